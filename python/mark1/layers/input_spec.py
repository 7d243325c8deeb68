"""What a layer says of the inputs that it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mark1.utils.nest import flatten

Shape = Sequence["int | None"]


class InputSpec:
    """The rank and shape of an input; assigned to a layer's ``input_spec``, it is checked.

    Args:
        dtype: for information: inputs of layers are cast.
        shape: the shape with the batch axis; None for what may be of any size.
        ndim: how many axes there are.
        max_ndim: how many there are at most.
        min_ndim: how many there are at least.
        axes: sizes by axis.
        allow_last_axis_squeeze: whether a last axis of size 1 may be missing, or be there besides.
        name: the key of this input, where inputs come as a dictionary.
        optional: whether there may be no such input.

    Raises:
        TypeError: axes are not numbers.
        ValueError: there is no such axis.

    >>> from mark1.layers import Layer
    >>> class Columns(Layer):
    ...     def __init__(self):
    ...         super().__init__(name="columns")
    ...         self.input_spec = InputSpec(ndim=2, axes={-1: 3})
    ...     def call(self, x):
    ...         return x
    >>> Columns()([[1.0, 2.0]])
    Traceback (most recent call last):
    ValueError: [Columns "columns"] needs an input with 3 on axis -1, got one of shape (1, 2)
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Shape | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = dtype
        self.shape: tuple[int | None, ...] | None = None if shape is None else tuple(shape)
        self.ndim: int | None = ndim if self.shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name
        self.optional = optional
        try:
            self.axes: dict[int, int | None] = {
                int(axis): size for axis, size in (axes or {}).items()
            }
        except (AttributeError, TypeError, ValueError) as error:
            raise TypeError(f"[InputSpec] axes must be sizes by axis, got {axes!r}") from error
        ranks = [n for n in (self.ndim, self.max_ndim) if n is not None]
        for axis in self.axes:
            if ranks and axis >= ranks[0]:
                raise ValueError(
                    f"[InputSpec] there is no axis {axis} in an input of {ranks[0]} axes"
                )

    def refusal(self, shape: Shape) -> str:
        """Return what is wrong with an input of some shape; nothing if it will do.

        >>> InputSpec(min_ndim=2).refusal((3,))
        'an input of at least 2 axes'
        """
        n, squeeze = len(shape), self.allow_last_axis_squeeze
        if self.ndim is not None and not squeeze and n != self.ndim:
            return f"an input of {self.ndim} axes"
        if self.max_ndim is not None and n > self.max_ndim:
            return f"an input of at most {self.max_ndim} axes"
        if self.min_ndim is not None and n < self.min_ndim:
            return f"an input of at least {self.min_ndim} axes"
        for axis, size in self.axes.items():
            there = -n <= axis < n
            if size is not None and not (there and shape[axis] in (size, None)):
                return f"an input with {size} on axis {axis}"
        if self.shape is None:
            return ""
        wanted, got = tuple(self.shape), tuple(shape)
        if squeeze:
            wanted, got = (s[:-1] if s and s[-1] == 1 else s for s in (wanted, got))
        pairs = list(zip(wanted, got, strict=False))
        if len(wanted) != len(got) or any(None not in (a, b) and a != b for a, b in pairs):
            return f"an input of shape {self.shape}"
        return ""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this was made with."""
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes", "optional")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> InputSpec:
        """Make one from its config."""
        return cls(**config)

    def __repr__(self) -> str:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        given = [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]
        return f"InputSpec({', '.join(given)})"


def check_shapes(spec: Any, shapes: Any, who: str) -> None:
    """Refuse the first inputs of a layer if they are not as it says.

    Args:
        spec: one InputSpec, or several in a list or dictionary; None for what is not looked at.
        shapes: the shapes of the inputs, in the same order.
        who: the layer, for messages.

    Raises:
        ValueError: there is another number of inputs, or one has another shape.

    >>> check_shapes([InputSpec(ndim=2), None], [(None, 3), (1,)], "layer")
    """
    specs = list(flatten(spec))
    if isinstance(shapes, dict):
        names = [s.name for s in specs if s is not None]
        by_name = len(names) == len(specs) and all(names)
        if by_name and (missing := [n for n in names if n not in shapes]):
            raise ValueError(f"[{who}] needs an input {missing[0]!r}, got {sorted(shapes)}")
        given = [shapes[n] for n in names] if by_name else [shapes[k] for k in sorted(shapes)]
    else:
        several = isinstance(shapes, list) or any(isinstance(s, tuple) for s in shapes or ())
        given = list(shapes) if several else [shapes]
    if len(given) != len(specs):
        raise ValueError(f"[{who}] needs {len(specs)} inputs, got {len(given)}")
    for number, (each, shape) in enumerate(zip(specs, given, strict=True)):
        if each is None or (shape is None and each.optional):
            continue
        wrong = each.refusal(shape)
        if wrong:
            which = each.name or (f"input {number}" if len(specs) > 1 else "")
            about = f" for {which}" if which else ""
            raise ValueError(f"[{who}] needs {wrong}{about}, got one of shape {tuple(shape)}")

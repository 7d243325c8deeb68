"""What has weights: a layer, with the layers inside it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import numpy as np

from mark1 import constraints, initializers, ops, recording, regularizers
from mark1._core import Tensor
from mark1.typing import Array
from mark1.utils.naming import path_of
from mark1.utils.nest import flatten
from mark1.variable import Variable


class _Limit(threading.local):
    elements: int | None = None  # that may still be made


_limit = _Limit()


@contextmanager
def limit_weights(elements: int) -> Iterator[None]:
    """Refuse, within the block, to make more weights: a file must not fill the memory by a number.

    >>> from mark1.layers import Layer
    >>> with limit_weights(10):
    ...     Layer(name="big").add_weight((1000, 1000))
    Traceback (most recent call last):
    ValueError: [big] a weight of shape (1000, 1000) is more than there can be weights for
    """
    _limit.elements = elements
    try:
        yield
    finally:
        _limit.elements = None


class WeightHolder:
    """Weights of its own and of what is in its attributes.

    Args:
        name: what it is called.
        dtype: of new weights.
        trainable: whether training changes the weights.
    """

    _checks_input = False  # whether there is something that inputs have to be like
    _rules: tuple[str, ...] = ()
    _adds_losses = False  # whether a call of it, or of what is in it, may add to the loss
    _mixes_samples = False  # whether in training results of a sample depend on the others
    _incidental = frozenset({"built"})  # attributes that recorded steps do not depend on

    def __init__(self, name: str, dtype: str, trainable: bool) -> None:
        self._weights: list[Variable] = []
        self._sublayers: dict[str, list[WeightHolder]] = {}
        for attribute, value in list(self.__dict__.items()):  # set before this was called
            if not attribute.startswith("_"):
                self._track(attribute, value)
        self.name = name
        self.dtype = dtype
        self._trainable = trainable
        self._added_losses: list[Tensor] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            self._track(name, value)
            recording.attribute_set(self, name, value)
        object.__setattr__(self, name, value)

    @property
    def input_spec(self) -> Any:
        """What inputs have to be like, if the author of the layer has said so: an InputSpec."""
        return self.__dict__.get("_input_spec")

    @input_spec.setter
    def input_spec(self, spec: Any) -> None:
        self._input_spec = spec
        self._checks_input = spec is not None or type(self)._checks_input

    def _check_spec(self, shape: Any) -> None:
        if self.input_spec is not None:
            from mark1.layers.input_spec import check_shapes

            check_shapes(self.input_spec, shape, f'{type(self).__name__} "{self.name}"')

    def _track(self, name: str, value: Any) -> None:
        if "_sublayers" not in self.__dict__:
            return  # made up for by __init__
        if isinstance(value, Variable):
            if not any(w is value for w in self._weights):
                self._weights.append(value)
            return
        found = [value] if isinstance(value, WeightHolder) else value
        if (
            isinstance(found, (list, tuple))
            and found
            and all(isinstance(v, WeightHolder) for v in found)
        ):
            self._sublayers[name] = list(found)
            if any(layer._adds_losses for layer in found):
                self._adds_losses = True
        elif name in self.__dict__.get("_sublayers", ()):
            del self._sublayers[name]

    def add_weight(
        self,
        shape: Sequence[int | None] | None = None,
        initializer: Any = None,
        dtype: str | None = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a weight.

        Args:
            shape: its shape; () if None.
            initializer: anything `mark1.initializers.get` takes; Glorot uniform if None.
            dtype: its dtype; the layer's if None.
            trainable: whether training changes it.
            regularizer: anything `mark1.regularizers.get` takes; if None, the layer's attribute
                called ``name_regularizer``.
            constraint: likewise.
            name: what it is called; the path is ``layer/name``, with the layers around it first.

        Raises:
            ValueError: the shape is not known.
        """
        sizes = _known(shape, self.name, name)
        if _limit.elements is not None:
            _limit.elements -= math.prod(sizes)
            if _limit.elements < 0:
                raise ValueError(
                    f"[{self.name}] a weight of shape {shape} is more than there can be weights for"
                )
        make = initializers.get("glorot_uniform" if initializer is None else initializer)
        dtype = dtype or self.dtype
        name = name or "weight"
        value = make(sizes, dtype=dtype)
        variable = Variable(value, dtype=dtype, trainable=trainable, name=name)
        variable.path = path_of(self, name)
        stem = name.removesuffix("_kernel")
        variable.regularizer = regularizers.get(
            regularizer or getattr(self, f"{stem}_regularizer", None)
        )
        variable.constraint = constraints.get(
            constraint or getattr(self, f"{stem}_constraint", None)
        )
        self._weights.append(variable)
        return variable

    def _set_rules(self, **rules: Any) -> None:
        """Keep regularizers and constraints as attributes, by which `add_weight` finds them."""
        for name, rule in rules.items():
            kind = regularizers if name.endswith("_regularizer") else constraints
            setattr(self, name, kind.get(rule))
        self._rules = tuple(rules)

    def _config_of_rules(self) -> dict[str, Any]:
        """Describe them for a file."""
        return {
            name: (
                regularizers.serialize(getattr(self, name))
                if name.endswith("_regularizer")
                else constraints.serialize(getattr(self, name))
            )
            for name in self._rules
        }

    def add_loss(self, loss: Any) -> None:
        """Add to the loss of the model that is being called; said within ``call``.

        Args:
            loss: a tensor, whose elements are summed, or several.
        """
        self._adds_losses = True
        self._added_losses += [ops.convert_to_tensor(each) for each in flatten(loss)]

    @property
    def losses(self) -> list[Tensor]:
        """What is added to the loss: what the last call added, and what weights cost now."""
        losses = [x for each in self._all_parts() for x in each._added_losses]
        for weight in self.trainable_variables:
            if weight.regularizer is not None:
                recording.note(weight.regularizer)
                losses.append(weight.regularizer(weight))
        return losses

    def _clear_losses(self) -> None:
        for each in self._all_parts():
            each._added_losses.clear()

    def _all_parts(self) -> list[WeightHolder]:
        """Return the layer and all layers inside it, each once."""
        found: dict[int, WeightHolder] = {}
        waiting: list[WeightHolder] = [self]
        while waiting:
            each = waiting.pop()
            if id(each) not in found:
                found[id(each)] = each
                waiting += reversed(list(each._children()))
        return list(found.values())

    def _children(self) -> Iterator[WeightHolder]:
        for layers in self._sublayers.values():
            yield from layers

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; set on a layer, it holds for those inside it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if self._trainable != bool(value):
            recording.changed(self, "trainable")
        self._trainable = bool(value)
        for layer in self._children():
            layer.trainable = value

    @property
    def weights(self) -> list[Variable]:
        """All weights: the layer's own, then those of the layers inside it."""
        own = sorted(self._weights, key=lambda w: not w.trainable)
        return _unique([*own, *(w for layer in self._children() for w in layer.weights)])

    @property
    def variables(self) -> list[Variable]:
        """The weights."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that training changes."""
        if not self._trainable:
            return []
        own = [w for w in self._weights if w.trainable]
        inner = [w for layer in self._children() for w in layer.trainable_variables]
        return _unique([*own, *inner])

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        changing = {w.id for w in self.trainable_variables}
        return [w for w in self.weights if w.id not in changing]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return self.non_trainable_weights

    def get_weights(self) -> list[Array]:
        """Return copies of all weights, in the order of `weights`."""
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Replace all weights; nothing is changed if one of them does not fit.

        Args:
            weights: one array per weight, in the order of `weights`.

        Raises:
            ValueError: wrong number of arrays, or wrong shapes.
        """
        own = self.weights
        arrays = [np.asarray(w) for w in weights]
        if len(arrays) != len(own):
            raise ValueError(
                f'[set_weights] "{self.name}" has {len(own)} weights, got {len(arrays)} arrays'
                f"{_compared(own, arrays)}"
            )
        for variable, array in zip(own, arrays, strict=True):
            if variable.shape != array.shape:
                raise ValueError(
                    f"[set_weights] {variable.path} has shape {variable.shape}, "
                    f"got an array of shape {array.shape}{_compared(own, arrays)}"
                )
        values = [ops.convert_to_tensor(a, v.dtype) for v, a in zip(own, arrays, strict=True)]
        for variable, value in zip(own, values, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """Return the number of elements of all weights.

        Raises:
            ValueError: there are no weights yet.
        """
        if not getattr(self, "built", True) and not self.weights:
            raise ValueError(
                f'[count_params] "{self.name}" is not built: call it with data, or '
                "build(input_shape)"
            )
        return sum(w.size for w in self.weights)


def _compared(own: list[Variable], arrays: list[Array]) -> str:
    """Return lines that set the shapes of weights beside those of arrays, as far as it matters."""
    lines = [
        f"    {f'{v.path} {v.shape}' if v is not None else 'no weight'}: "
        f"{'no array' if a is None else a.shape}"
        for v, a in zip_longest(own, arrays)
    ]
    wrong = next(
        (i for i, (v, a) in enumerate(zip(own, arrays, strict=False)) if v.shape != a.shape),
        min(len(own), len(arrays)),
    )
    first = max(0, wrong - 5)
    shown = ["    ...", *lines[first : wrong + 4]] if first else lines[: wrong + 4]
    return "\n" + "\n".join([*shown, "    ..."] if wrong + 4 < len(lines) else shown)


def _known(shape: Sequence[int | None] | None, layer: str, weight: str | None) -> tuple[int, ...]:
    """Return the shape of a weight, or refuse one that has an axis of unknown length."""
    if isinstance(shape, int):
        raise TypeError(f"[{layer}] the shape of a weight is a tuple: ({shape},), not {shape}")
    sizes = tuple(n for n in shape or () if n is not None)
    if len(sizes) < len(shape or ()):
        raise ValueError(
            f"[{layer}] the weight {weight or ''!r} would have the shape {tuple(shape or ())}: it "
            "depends on an axis whose length is not known. State that length in the Input"
        )
    return sizes


def _unique(variables: list[Variable]) -> list[Variable]:
    return list({w.id: w for w in variables}.values())

"""Several inputs, one output: element by element, side by side, or multiplied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.inference import Spec, outputs_of
from mark1.layers.layer import Layer, registry
from mark1.utils.nest import map_structure


class Merge(Layer):
    """What all layers have that merge a list of inputs."""

    supports_masking = True
    _fewest = 2

    def check_input(self, shape: Any) -> None:
        """Refuse what is not a list of inputs."""
        if not isinstance(shape, list) or len(shape) < self._fewest:
            count = len(shape) if isinstance(shape, list) else "a single tensor"
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] needs a list of {self._fewest} inputs or '
                f"more, got {count}"
            )

    def call(self, inputs: Sequence[Tensor], mask: Any = None) -> Tensor:
        """Return the outputs."""
        rank = max(x.ndim for x in inputs)
        # Axes are added behind the batch, so that what is broadcast is never the batch.
        fitted = [
            x if x.ndim == rank else ops.expand_dims(x, tuple(range(1, 1 + rank - x.ndim)))
            for x in inputs
        ]
        if mask is None or all(one is None for one in mask):
            return self._merge(fitted)
        masks = [None if m is None else _like(m, x) for m, x in zip(mask, fitted, strict=True)]
        return self._merge_masked(fitted, masks)

    def _merge(self, inputs: Sequence[Tensor]) -> Tensor:
        raise NotImplementedError

    def _merge_masked(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Merge inputs some of which are masked: of no consequence for sums."""
        return self._merge(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output."""
        self.check_input(input_shape)
        given = [Spec(tuple(shape), self.compute_dtype) for shape in input_shape]
        spec = outputs_of(self.call, (given,), {}, Spec)
        return map_structure(lambda each: each.shape, spec)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return what counts in any of the inputs; all does if one has no mask."""
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        return reduce(ops.logical_or, previous_mask)


@registry.register()
class Add(Merge):
    """The sum of the inputs.

    >>> Add()([ops.ones((1, 1)), ops.ones((1, 1))]).numpy()
    array([[2.]], dtype=float32)
    """

    def _merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return reduce(ops.add, inputs)


@registry.register()
class Subtract(Merge):
    """The first input minus the second.

    >>> Subtract()([ops.ones((1, 1)), ops.ones((1, 1))]).numpy()
    array([[0.]], dtype=float32)
    """

    def check_input(self, shape: Any) -> None:
        """Refuse what is not a list of two inputs."""
        super().check_input(shape)
        if len(shape) != 2:
            raise ValueError(f'[Subtract "{self.name}"] needs two inputs, got {len(shape)}')

    def _merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return ops.subtract(inputs[0], inputs[1])


@registry.register()
class Multiply(Merge):
    """The product of the inputs, element by element.

    >>> Multiply()([ops.ones((1, 1)), ops.full((1, 1), 3.0)]).numpy()
    array([[3.]], dtype=float32)
    """

    def _merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return reduce(ops.multiply, inputs)

    def _merge_masked(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Multiply what counts; 0 where nothing does."""
        factors = [
            x if m is None else ops.where(m, x, 1.0) for x, m in zip(inputs, masks, strict=True)
        ]
        out = reduce(ops.multiply, factors)
        known = [m for m in masks if m is not None]
        return (
            ops.where(reduce(ops.logical_or, known), out, 0.0) if len(known) == len(masks) else out
        )


@registry.register()
class Average(Merge):
    """The mean of the inputs.

    >>> Average()([ops.ones((1, 1)), ops.full((1, 1), 3.0)]).numpy()
    array([[2.]], dtype=float32)
    """

    def _merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return ops.divide(reduce(ops.add, inputs), float(len(inputs)))


@registry.register()
class Maximum(Merge):
    """The greatest of the inputs, element by element.

    >>> Maximum()([ops.ones((1, 1)), ops.full((1, 1), 3.0)]).numpy()
    array([[3.]], dtype=float32)
    """

    def _merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return reduce(ops.maximum, inputs)

    def _merge_masked(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Compare what counts."""
        return _fold(ops.maximum, inputs, masks)


@registry.register()
class Minimum(Merge):
    """The smallest of the inputs, element by element.

    >>> Minimum()([ops.ones((1, 1)), ops.full((1, 1), 3.0)]).numpy()
    array([[1.]], dtype=float32)
    """

    def _merge(self, inputs: Sequence[Tensor]) -> Tensor:
        return reduce(ops.minimum, inputs)

    def _merge_masked(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Compare what counts."""
        return _fold(ops.minimum, inputs, masks)


@registry.register()
class Concatenate(Merge):
    """The inputs side by side.

    Args:
        axis: along which; not that of the batch.

    >>> Concatenate()([ops.ones((1, 1)), ops.zeros((1, 2))]).numpy()
    array([[1., 0., 0.]], dtype=float32)
    """

    _fewest = 1

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if axis == 0:
            raise ValueError("[Concatenate] axis 0 is that of the batch")
        self.axis = axis

    def call(self, inputs: Sequence[Tensor], mask: Any = None) -> Tensor:
        """Return the outputs."""
        return ops.concatenate(list(inputs), axis=self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the masks side by side, or what counts in any input if features are joined."""
        if previous_mask is None or all(mask is None for mask in previous_mask):
            return None
        whole = []
        for x, mask in zip(inputs, previous_mask, strict=True):
            ones = ops.full(x.shape, True, "bool")
            if mask is None:
                whole.append(ones)
                continue
            shape = mask.shape + (1,) * (x.ndim - mask.ndim)
            whole.append(ops.logical_and(ops.reshape(mask, shape), ones))
        return ops.any(ops.concatenate(whole, axis=self.axis), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "axis": self.axis}


@registry.register()
class Dot(Merge):
    """Products of two inputs summed over an axis of each, sample by sample.

    Args:
        axes: the axis of each input over which is summed; one number for both.
        normalize: whether the inputs are divided by their length along that axis first, which makes
            the outputs cosines.

    >>> Dot(1)([ops.ones((1, 3)), ops.full((1, 3), 2.0)]).numpy()
    array([[6.]], dtype=float32)
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        both = (axes, axes) if isinstance(axes, int) else tuple(axes)
        if len(both) != 2 or any(isinstance(a, bool) or not isinstance(a, int) for a in both):
            raise ValueError(f"[Dot] axes must be an integer or two, got {axes!r}")
        self.axes: Any = axes if isinstance(axes, int) else list(axes)
        self._axes = both
        self.normalize: bool = bool(normalize)

    def check_input(self, shape: Any) -> None:
        """Refuse what is not a list of two inputs that have these axes, of the same size."""
        super().check_input(shape)
        if len(shape) != 2:
            raise ValueError(f'[Dot "{self.name}"] needs two inputs, got {len(shape)}')
        for s, axis in zip(shape, self._axes, strict=True):
            if not -len(s) < axis < len(s) or axis % len(s) == 0:
                raise ValueError(
                    f'[Dot "{self.name}"] axes {self.axes} are not axes behind the batch of inputs '
                    f"of shapes {shape[0]} and {shape[1]}"
                )
        n, m = (s[axis] for s, axis in zip(shape, self._axes, strict=True))
        if None not in (n, m) and n != m:
            raise ValueError(
                f'[Dot "{self.name}"] the axes {self.axes} differ in size: {n} and {m} '
                f"(inputs: {shape[0]}, {shape[1]})"
            )

    def call(self, inputs: Sequence[Tensor], mask: Any = None) -> Tensor:
        """Return the outputs."""
        x, y = inputs
        if self.normalize:
            x, y = (ops.normalize(z, axis=a) for z, a in zip((x, y), self._axes, strict=True))
        names = iter("acdefghijklmnopqrstuvwxy")
        left = ["b", *(next(names) for _ in range(x.ndim - 1))]
        right = ["b", *(next(names) for _ in range(y.ndim - 1))]
        left[self._axes[0]] = right[self._axes[1]] = "z"
        kept = [n for n in (*left, *right[1:]) if n != "z"]
        out = ops.einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", x, y)
        return ops.expand_dims(out, 1) if out.ndim == 1 else out

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return None: the steps have been summed over."""
        return None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def _like(mask: Tensor, x: Tensor) -> Tensor:
    """Return a mask with an axis of one for each axis that x has besides."""
    return ops.reshape(mask, mask.shape + (1,) * (x.ndim - mask.ndim))


def _fold(better: Any, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
    """Compare inputs one after another; where one is masked, the other counts, as in Keras."""
    out, counts = inputs[0], masks[0]
    for x, mask in zip(inputs[1:], masks[1:], strict=True):
        if mask is not None:
            x = ops.where(mask, x, out)
        if counts is not None:
            out = ops.where(counts, out, x)
        both = mask is not None and counts is not None
        counts = ops.logical_or(counts, mask) if both else None
        out = better(out, x)
    return out


def add(inputs: Any, **kwargs: Any) -> Any:
    """Return ``Add(**kwargs)(inputs)``."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """Return ``Subtract(**kwargs)(inputs)``."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """Return ``Multiply(**kwargs)(inputs)``."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """Return ``Average(**kwargs)(inputs)``."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """Return ``Maximum(**kwargs)(inputs)``."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """Return ``Minimum(**kwargs)(inputs)``."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """Return ``Concatenate(axis, **kwargs)(inputs)``."""
    return Concatenate(axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """Return ``Dot(axes, **kwargs)(inputs)``."""
    return Dot(axes, **kwargs)(inputs)

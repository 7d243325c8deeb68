"""Features with mean 0 and variance 1, by what the data was before training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, Shape, registry
from mark1.layers.preprocessing.batches import batches_of
from mark1.losses.alignment import shape_text
from mark1.variable import Variable

_EPSILON = 1e-7  # the least deviation that is divided by, as in Keras


@registry.register()
class Normalization(Layer):
    """Brings each feature to mean 0 and variance 1: ``(x - mean) / max(sqrt(variance), 1e-7)``.

    Mean and variance are given, or `adapt` takes them from data; training does not change them.

    Args:
        axis: the axis or axes of which each element has a mean and a variance of its own, -1 being
            that of the features; None for one mean and one variance of all numbers.
        mean: the mean, a number or what fits the axes; if None, `adapt` finds it.
        variance: likewise; both are given or neither is.
        invert: whether the opposite is done: ``mean + x max(sqrt(variance), 1e-7)``.

    Raises:
        ValueError: only one of mean and variance is given, or they do not fit; when built: an axis
            is not there, or of a size that is not known.

    >>> layer = Normalization()
    >>> layer.adapt([[[0.0, 7.0], [2.0, 9.0]]])
    >>> layer([[0.0, 9.0]]).numpy()
    array([[-1.,  1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis: tuple[int, ...] = (
            () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        )
        if (mean is None) != (variance is None):
            raise ValueError(
                "[Normalization] takes mean and variance together, "
                f"got mean={mean!r} and variance={variance!r}"
            )
        if np.shape(mean) != np.shape(variance) or np.ndim(mean) > len(self.axis):
            raise ValueError(
                "[Normalization] mean and variance must have one shape, with at most the axes in "
                f"axis={self.axis} (mean: {np.shape(mean)}, variance: {np.shape(variance)})"
            )
        self.input_mean: Any = None if mean is None else np.asarray(mean, float).tolist()
        self.input_variance: Any = None if mean is None else np.asarray(variance, float).tolist()
        self.invert: bool = bool(invert)
        self.adapt_mean: Variable | None = None
        self.adapt_variance: Variable | None = None
        self._shape: tuple[int, ...] = ()

    def build(self, input_shape: Any) -> None:
        """Make room for mean and variance."""
        kept = self._kept(input_shape)
        sizes = tuple(input_shape[axis] for axis in kept)
        self._shape = tuple(n if i in kept else 1 for i, n in enumerate(input_shape))
        if self.input_mean is None:
            self.adapt_mean = self.add_weight(sizes, "zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(sizes, "ones", trainable=False, name="variance")
            # In Keras' files, and always 0 there.
            self.add_weight((), "zeros", "int64", trainable=False, name="count")
            return
        try:
            np.broadcast_to(np.asarray(self.input_mean), sizes)
        except ValueError:
            raise ValueError(
                f'[Normalization "{self.name}"] mean and variance of shape '
                f"{np.shape(self.input_mean)} do not fit axis={self.axis} of inputs of shape "
                f"{shape_text(input_shape)}"
            ) from None

    def _kept(self, shape: Shape) -> tuple[int, ...]:
        rank = len(shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                f'[Normalization "{self.name}"] there is no axis={self.axis} in inputs of shape '
                f"{shape_text(shape)}"
            )
        kept = tuple(sorted({axis % rank for axis in self.axis}))
        if any(shape[axis] is None for axis in kept):
            raise ValueError(
                f'[Normalization "{self.name}"] axis={self.axis} must have a known size in inputs '
                f"of shape {shape_text(shape)}. axis=None makes one mean of all numbers"
            )
        return kept

    def adapt(self, data: Any) -> None:
        """Take mean and variance from data, in place of those of an earlier call.

        Args:
            data: an array, or batches of it: an iterable of arrays, or of tuples that begin with
                one, or a `mark1.utils.PyDataset`.

        Raises:
            ValueError: mean and variance were given, there is no data, or its shape does not fit.
            TypeError: batches are no arrays.
        """
        if self.input_mean is not None:
            raise ValueError(
                f'[Normalization "{self.name}"] was given mean and variance, so adapt has nothing '
                "to find"
            )
        count = 0
        mean: Any = 0.0
        variance: Any = 0.0
        for batch in batches_of(data, "Normalization"):
            x = ops.cast(batch, "float64") if batch.dtype != "float32" else batch
            if not self.built:
                self.build((None, *x.shape[1:]))
            axes = self._spread(x.shape)
            n = math.prod(x.shape[axis] for axis in axes)
            if not n:
                continue
            # Float64 where batches meet, and the formula of T. Chan et al., 1979.
            new_mean = ops.cast(ops.mean(x, axes), "float64")
            new_variance = ops.cast(ops.var(x, axes), "float64")
            count += n
            share = n / count
            step = ops.subtract(new_mean, mean)
            mean = ops.add(mean, ops.multiply(step, share))
            within = ops.add(ops.multiply(variance, 1.0 - share), ops.multiply(new_variance, share))
            between = ops.multiply(ops.square(step), share * (1.0 - share))
            variance = ops.add(within, between)
        if not count or self.adapt_mean is None or self.adapt_variance is None:
            raise ValueError(f'[Normalization "{self.name}"] adapt was given no data')
        self.adapt_mean.assign(ops.cast(mean, self.adapt_mean.dtype))
        self.adapt_variance.assign(ops.cast(variance, self.adapt_variance.dtype))

    def _spread(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The axes over which means are taken, of data that fits."""
        fits = len(shape) == len(self._shape)
        kept = self._kept(shape) if fits else ()
        if not fits or any(shape[axis] != self._shape[axis] for axis in kept):
            raise ValueError(
                f'[Normalization "{self.name}"] was built for inputs of shape '
                f"{shape_text(self._build_shape)}, adapt was given {shape_text(shape)}"
            )
        return tuple(axis for axis in range(len(shape)) if axis not in kept)

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        mean = self._values(self.adapt_mean, self.input_mean)
        deviation = ops.sqrt(self._values(self.adapt_variance, self.input_variance))
        deviation = ops.maximum(deviation, _EPSILON)
        x = ops.cast(x, self.dtype)
        if self.invert:
            y = ops.add(mean, ops.multiply(x, deviation))
        else:
            y = ops.divide(ops.subtract(x, mean), deviation)
        return ops.cast(y, self.compute_dtype)

    def _values(self, weight: Variable | None, given: Any) -> Tensor:
        if weight is not None:
            return ops.reshape(weight, self._shape)
        sizes = [n for i, n in enumerate(self._shape) if i in self._kept(self._build_shape)]
        return ops.convert_to_tensor(
            np.broadcast_to(np.asarray(given, self.dtype), sizes).reshape(self._shape)
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {"axis": self.axis, "invert": self.invert}
        return {
            **super().get_config(),
            **own,
            "mean": self.input_mean,
            "variance": self.input_variance,
        }

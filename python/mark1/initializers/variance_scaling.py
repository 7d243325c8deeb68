"""Initializers whose spread follows from the number of inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import random
from mark1._core import Tensor
from mark1.initializers.initializer import RandomInitializer, Seed, registry

Axes = Sequence[int] | None

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
# The standard deviation of a standard normal distribution cut off at -2 and 2.
_TRUNCATED_STDDEV = 0.87962566103423978


def compute_fans(
    shape: tuple[int, ...], input_axes: Axes = None, output_axes: Axes = None
) -> tuple[int, int]:
    """Return the number of inputs and outputs of a weight; leading axes are a receptive field.

    >>> compute_fans((784, 128)), compute_fans((3, 3, 16, 32))
    ((784, 128), (144, 288))
    >>> compute_fans((8, 4, 2), input_axes=[0], output_axes=[1, 2])
    (8, 8)
    """
    if input_axes is not None and output_axes is not None:
        fans = (math.prod(shape[axis] for axis in axes) for axes in (input_axes, output_axes))
        return next(fans), next(fans)
    if len(shape) == 0:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


@registry.register()
class VarianceScaling(RandomInitializer):
    """Variance ``scale / n``, n being the number of inputs, of outputs, or their mean.

    Args:
        scale: positive number.
        mode: ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``.
        distribution: ``"truncated_normal"``, ``"untruncated_normal"`` or ``"uniform"``.
        seed: an integer, a `SeedGenerator`, or None to take one from the global generator.

        input_axes: the axes of inputs, where they are not the last but one and the field.
        output_axes: the axes of outputs; both or neither.

    Raises:
        ValueError: an argument is out of range.

    >>> VarianceScaling(2.0, "fan_out", "uniform", seed=1)((4, 2)).shape
    (4, 2)
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        super().__init__(seed)
        if not scale > 0:
            raise ValueError(f"[{type(self).__name__}] scale must be positive, got {scale}")
        if mode not in _MODES:
            raise ValueError(f"[{type(self).__name__}] mode must be one of {_MODES}, got {mode!r}")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                f"[{type(self).__name__}] distribution must be one of {_DISTRIBUTIONS}, "
                f"got {distribution!r}"
            )
        if (input_axes is None) != (output_axes is None):
            raise ValueError(
                f"[{type(self).__name__}] input_axes and output_axes go together, got "
                f"{input_axes} and {output_axes}"
            )
        self.input_axes = input_axes
        self.output_axes = output_axes
        self.scale = scale
        self.mode = mode
        self.distribution = distribution

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        dtype = dtype or "float32"
        fan_in, fan_out = compute_fans(tuple(shape), self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "truncated_normal":
            stddev = math.sqrt(variance) / _TRUNCATED_STDDEV
            return random.truncated_normal(shape, 0.0, stddev, dtype, self.seed)
        return random.normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class _Named(VarianceScaling):
    """A variance scaling with a name of its own: only the seed is an argument."""

    _arguments: tuple[float, str, str]

    def __init__(
        self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(*self._arguments, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {
            **RandomInitializer.get_config(self),
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


@registry.register("xavier_uniform")
class GlorotUniform(_Named):
    """Uniform on ``[-a, a)``, ``a = sqrt(6 / (inputs + outputs))``.

    Source:
        Glorot and Bengio, Understanding the difficulty of training deep feedforward networks, 2010.

    >>> w = GlorotUniform(seed=1)((2, 4)).numpy()
    >>> bool(abs(w).max() <= 1.0)
    True
    """

    _arguments = (1.0, "fan_avg", "uniform")


@registry.register("xavier_normal")
class GlorotNormal(_Named):
    """Truncated normal of variance ``2 / (inputs + outputs)``; source as for GlorotUniform.

    >>> GlorotNormal(seed=1)((2, 4)).shape
    (2, 4)
    """

    _arguments = (1.0, "fan_avg", "truncated_normal")


@registry.register()
class HeUniform(_Named):
    """Uniform on ``[-a, a)``, ``a = sqrt(6 / inputs)``.

    Source:
        He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015.

    >>> HeUniform(seed=1)((2, 4)).shape
    (2, 4)
    """

    _arguments = (2.0, "fan_in", "uniform")


@registry.register()
class HeNormal(_Named):
    """Truncated normal of variance ``2 / inputs``; source as for HeUniform.

    >>> HeNormal(seed=1)((2, 4)).shape
    (2, 4)
    """

    _arguments = (2.0, "fan_in", "truncated_normal")


@registry.register()
class LecunUniform(_Named):
    """Uniform on ``[-a, a)``, ``a = sqrt(3 / inputs)``.

    Source:
        LeCun, Bottou, Orr and Mueller, Efficient BackProp, 1998.

    >>> LecunUniform(seed=1)((2, 4)).shape
    (2, 4)
    """

    _arguments = (1.0, "fan_in", "uniform")


@registry.register()
class LecunNormal(_Named):
    """Truncated normal of variance ``1 / inputs``; source as for LecunUniform.

    >>> LecunNormal(seed=1)((2, 4)).shape
    (2, 4)
    """

    _arguments = (1.0, "fan_in", "truncated_normal")

"""Normalisation of channels: of a batch, by given statistics, and in groups."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input

_EPSILON = 1e-3
# Squares of the format's extremes overflow.
_RANGES = ("normal", "zeros", "ties", "large", "denormal")


def _along(factors: Array | None, x: Array, axis: int) -> Any:
    """Factors of the channels in a shape that broadcasts to x's."""
    if factors is None:
        return 1.0
    shape = [1] * x.ndim
    shape[axis] = -1
    return factors.reshape(shape)


def _moments(x: Array, axis: int, groups: int) -> tuple[Array, Array]:
    """Mean and variance, spread to x's shape; groups 0: of channels over the whole batch."""
    moved = np.moveaxis(x, axis, -1)
    channels = moved.shape[-1]
    if groups == 0:
        parts, axes = moved.reshape(-1, channels), (0,)
    else:
        parts = moved.reshape(moved.shape[0], -1, groups, channels // groups)
        axes = (1, 3)
    spread = [np.broadcast_to(f(parts, axis=axes, keepdims=True), parts.shape).reshape(moved.shape)
              for f in (np.mean, np.var)]  # fmt: skip
    mean, variance = (np.moveaxis(s, -1, axis) for s in spread)
    return mean, variance


def batch(
    x: Array, gamma: Array | None = None, beta: Array | None = None, axis: int = -1, groups: int = 0
) -> Array:
    mean, variance = _moments(x, axis, groups)
    y = (x - mean) / np.sqrt(variance + _EPSILON) * _along(gamma, x, axis)
    return y if beta is None else y + _along(beta, x, axis)


def _magnitude(
    x: Array, gamma: Array | None = None, beta: Array | None = None, axis: int = -1, groups: int = 0
) -> Array:
    # An error of the deviations, relative to the largest element, is multiplied by r; it also
    # changes r, by as much again for each unit of h.
    mean, variance = _moments(x, axis, groups)
    r = 1 / np.sqrt(variance + _EPSILON)
    h = np.abs((x - mean) * r)
    top = np.abs(x).max(initial=0)
    y = (h + 2 * top * r * (1 + h)) * np.abs(_along(gamma, x, axis))
    return y if beta is None else y + np.abs(_along(beta, x, axis))


def frozen(
    x: Array, gamma: Array, beta: Array, mean: Array, variance: Array, axis: int = -1
) -> Array:
    r = 1 / np.sqrt(_along(variance, x, axis) + _EPSILON)
    return (x - _along(mean, x, axis)) * r * _along(gamma, x, axis) + _along(beta, x, axis)


def _frozen_magnitude(
    x: Array, gamma: Array, beta: Array, mean: Array, variance: Array, axis: int = -1
) -> Array:
    return frozen(*map(np.abs, (x, gamma, beta)), -np.abs(mean), variance, axis)


def _run_batch(x: Any, gamma: Any = None, beta: Any = None, axis: int = -1) -> Any:
    import mark1

    return mark1.ops.train_batch_normalization(x, gamma, beta, axis=axis, epsilon=_EPSILON)


def _run_frozen(x: Any, gamma: Any, beta: Any, mean: Any, variance: Any, axis: int = -1) -> Any:
    import mark1

    return mark1.ops.batch_normalization(x, mean, variance, axis, beta, gamma, _EPSILON)


def _run_groups(
    x: Any, gamma: Any = None, beta: Any = None, axis: int = -1, groups: int = 1
) -> Any:
    import mark1

    return mark1.ops.group_normalization(x, groups, gamma, beta, axis, _EPSILON)


def _torch(x: Any, *channels: Any, groups: int = 0) -> Any:
    from torch.nn import functional

    moved = x.movedim(-1, 1)
    gamma, beta = channels[:2]
    if groups:
        return functional.group_norm(moved, groups, gamma, beta, _EPSILON)
    if len(channels) == 4:
        return functional.batch_norm(moved, channels[2], channels[3], gamma, beta, False, 0.0,
                                     _EPSILON)  # fmt: skip
    return functional.batch_norm(moved, None, None, gamma, beta, True, 0.01, _EPSILON)


def _case(
    shape: tuple[int, ...], axis: int = -1, groups: int = 0, given: bool = False, factors: int = 2
) -> Case:
    channels = shape[axis]
    attributes: dict[str, Any] = {"axis": axis}
    if groups:
        attributes["groups"] = groups
    function = "train_batch_normalization"
    call: Any = _run_batch
    if groups:
        function, call = "group_normalization", _run_groups
    if given:
        function, call = "batch_normalization", _run_frozen
    inputs = [Input(shape)] + [Input((channels,))] * factors
    if given:
        inputs += [Input((channels,)), Input((channels,), "positive")]
    length = 1
    if not given:
        size = int(np.prod(shape))
        length = max(1, size // max(channels, 1) if not groups else size // shape[0] // groups)
    parts = [f"axis{axis}" if axis != -1 else "", f"g{groups}" if groups else ""]
    return Case(
        op="batch_norm",
        function=function,
        define=frozen if given else batch,
        inputs=tuple(inputs),
        attributes=attributes,
        name="-".join(p for p in parts if p),
        call=call,
        length=length,
        ulps=5,
        scale=_frozen_magnitude if given else _magnitude,
        ranges=_RANGES,
        bytes=(8.0 if given else 12.0) * float(np.prod(shape)),
        torch_call=lambda *tensors: _torch(*tensors, groups=groups),
    )


_SHAPES = [
    (7, 1), (5, 10), (4, 16), (1, 3), (3, 31), (2, 33), (2, 3, 4, 5), (300, 3), (4, 150, 67),
    (517, 130), (16_700, 2),
]  # fmt: skip
_GROUPS = [
    ((3, 6), 1), ((3, 6), 2), ((3, 6), 6), ((2, 5, 9), 3), ((2, 3, 4, 8), 4), ((1, 300, 34), 2),
    ((5, 260, 7), 7), ((2, 3, 70), 1),
]  # fmt: skip

CASES = [_case(shape) for shape in _SHAPES]
CASES += [_case((2, 3, 4, 5), axis) for axis in (0, 1, 2)]
CASES += [_case((5, 19), factors=n) for n in (0, 1)]
CASES += [_case(shape, groups=groups) for shape, groups in _GROUPS]
CASES += [_case((2, 6, 4), axis=1, groups=3), _case((3, 6), groups=3, factors=0)]
CASES += [_case(shape, given=True) for shape in ((5, 10), (0, 4), (2, 3, 67), (600, 33))]
CASES += [_case((2, 3, 5), axis=1, given=True)]

_SIZES = ((64, 14, 14, 64), (64, 112, 112, 64))
BENCHMARKS = [_case(shape) for shape in _SIZES]
BENCHMARKS += [_case(shape, given=True) for shape in _SIZES]
BENCHMARKS += [_case(shape, groups=32) for shape in _SIZES]

"""Gradients against differences: random direction, random upstream gradient, float64.

The upstream gradient is random because ones hide errors: the gradient of sum(softmax(x)) is zero
whatever the rule says. All inputs move along one random direction at once; a wrong entry anywhere
shows in the directional derivative with probability one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

import mark1
from mark1 import _core
from tests.cases.base import Case

Array = npt.NDArray[Any]

# With a direction of at most 1 in each component, four-point differences err by h^4 f'''''/30 by
# truncation and about 1.5 u f / h by rounding: 1e-13 and 1e-12 of the scale in the middle step.
STEPS = (2e-3, 5e-4, 1e-4)
TOLERANCE = 1e-8
# The stencil reaches 2 h; nothing may be closer than that to a kink.
MARGIN = 8e-3


def numeric_derivative(function: Callable[[float], float]) -> tuple[float, float]:
    """f'(0) by four-point central differences, and how far two neighbouring steps disagree."""
    estimates = []
    for h in STEPS:
        near = function(h) - function(-h)
        far = function(2 * h) - function(-2 * h)
        estimates.append((8 * near - far) / (12 * h))
    spreads = [abs(a - b) for a, b in pairwise(estimates)]
    best = int(np.argmin(spreads))
    return estimates[best + 1], spreads[best]


def away_from_kinks(case: Case, seed: int) -> tuple[Array, ...]:
    """Inputs in float64 at which a step of the stencil crosses no kink."""
    if callable(case.kinks):
        for attempt in range(200):
            arrays = case.arrays("float64", "normal", seed + 1000 * attempt)
            distance = np.abs(case.kinks(*arrays, **case.attributes))
            if distance.size == 0 or distance.min() > 2 * MARGIN:
                return arrays
        raise AssertionError(f"{case.id}: always too close to a kink; use a smaller shape")
    arrays = tuple(a.copy() for a in case.arrays("float64", "normal", seed))
    for i in case.gradients:
        for kink in case.kinks:
            distance = arrays[i] - kink
            close = np.abs(distance) < MARGIN
            arrays[i][close] = kink + np.where(distance[close] < 0, -2, 2) * MARGIN
    return arrays


def check_gradient(case: Case, seed: int = 0) -> None:
    """mark1's gradient against differences of the float64 definition."""
    arrays = away_from_kinks(case, seed)
    rng = np.random.default_rng(seed + 1)
    upstream = [_direction(rng, y) for y in case.expect(*arrays)]
    gradients = gradient(case, arrays, upstream)
    directions = [_direction(rng, arrays[i]) for i in case.gradients]
    for i, g in zip(case.gradients, gradients, strict=True):
        assert g.shape == arrays[i].shape, f"gradient {i}: {g.shape}, not {arrays[i].shape}"
        assert g.dtype == np.float64, f"gradient {i} is {g.dtype}"

    def along(t: float) -> float:
        ys = case.expect(*_moved(arrays, case.gradients, directions, t))
        return _dot(ys, upstream)

    _compare(along, gradients, directions, f"{case.id}: first derivative")


def check_second_derivative(case: Case, seed: int = 0) -> None:
    """A tape around the tape, against differences of mark1's first gradient.

    The upstream gradient moves too: backward kernels are operations of it as well.
    """
    arrays = away_from_kinks(case, seed)
    rng = np.random.default_rng(seed + 2)
    upstream = [_direction(rng, y) for y in case.expect(*arrays)]
    weights = [_direction(rng, arrays[i]) for i in case.gradients]
    xs = [_core.convert(a) for a in arrays]
    dys = [_core.convert(dy) for dy in upstream]
    sources = [xs[i] for i in case.gradients] + dys
    with mark1.GradientTape() as outer:
        outer.watch(sources)
        first = _tape_gradient(case, xs, dys)
    second = outer.gradient(
        first,
        sources,
        output_gradients=[_core.convert(w) for w in weights],
        unconnected_gradients="zero",
    )
    n = len(case.gradients)
    directions = [_direction(rng, a) for a in [arrays[i] for i in case.gradients] + upstream]

    def along(t: float) -> float:
        moved = _moved(arrays, case.gradients, directions[:n], t)
        turned = [np.asarray(dy + t * v) for dy, v in zip(upstream, directions[n:], strict=True)]
        return _dot(gradient(case, moved, turned), weights)

    _compare(along, [np.array(g) for g in second], directions, f"{case.id}: second derivative")


def gradient(case: Case, arrays: Sequence[Array], upstream: Sequence[Array]) -> list[Array]:
    """mark1's gradients of sum(y * upstream) for the case's differentiable inputs."""
    xs = [_core.convert(a) for a in arrays]
    return [np.array(g) for g in _tape_gradient(case, xs, [_core.convert(d) for d in upstream])]


def _tape_gradient(case: Case, xs: Sequence[Any], dys: Sequence[Any]) -> list[Any]:
    watched = [xs[i] for i in case.gradients]
    with mark1.GradientTape() as tape:
        tape.watch(watched)
        ys = case.run(*xs)
    gradients: list[Any] = tape.gradient(list(ys), watched, output_gradients=list(dys))
    for i, g in zip(case.gradients, gradients, strict=True):
        assert g is not None, f"{case.id}: no gradient for input {i}"
    return gradients


def _direction(rng: np.random.Generator, like: Array) -> Array:
    return np.asarray(rng.uniform(-1, 1, like.shape))


def _moved(
    arrays: Sequence[Array], indices: Sequence[int], directions: Sequence[Array], t: float
) -> list[Array]:
    moved = list(arrays)
    for i, v in zip(indices, directions, strict=True):
        moved[i] = np.asarray(arrays[i] + t * v)
    return moved


def _dot(xs: Sequence[Array], ys: Sequence[Array]) -> float:
    return float(sum(np.vdot(x, y) for x, y in zip(xs, ys, strict=True)))


def _compare(
    along: Callable[[float], float],
    gradients: Sequence[Array],
    directions: Sequence[Array],
    what: str,
) -> None:
    analytic = _dot(gradients, directions)
    numeric, spread = numeric_derivative(along)
    scale = abs(along(0.0)) + float(
        sum(np.abs(g * v).sum() for g, v in zip(gradients, directions, strict=True))
    )
    allowed = TOLERANCE * (scale + 1e-3)
    assert spread <= allowed, f"{what}: differences do not settle ({spread:.3g} > {allowed:.3g})"
    assert abs(analytic - numeric) <= allowed, (
        f"{what}: {analytic!r} by the tape, {numeric!r} by differences, allowed {allowed:.3g}"
    )

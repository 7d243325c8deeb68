"""Weighted means, spreads, correlations, differences, areas and distances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input, composed


def _case(
    function: str, define: Callable[..., Any], *inputs: Input | tuple[int, ...], **options: Any
) -> Case:
    """Terms may cancel: errors go by the greatest element."""
    largest = lambda *xs, **_: np.full((), max(np.abs(x).max() for x in xs))  # noqa: E731
    settings = {"ranges": ("normal", "ties"), "ulps": 3, "length": 6, "scale": largest}
    return composed("averages", function, define, *inputs, **{**settings, **options})


def _average(x: Array, w: Array, axis: Any = None) -> Array:
    return np.average(x, axis, w)


def _call_average(x: Any, w: Any, axis: Any = None) -> Any:
    import mark1

    return mark1.ops.average(x, axis, w)


def _moments(x: Array, axes: Any, keepdims: bool = False) -> tuple[Array, Array]:
    return np.mean(x, axes, keepdims=keepdims), np.var(x, axes, keepdims=keepdims)


def _cdist(x: Array, y: Array) -> Array:
    return np.linalg.norm(x[..., :, None, :] - y[..., None, :, :], axis=-1)


def _psnr(x1: Array, x2: Array, max_val: float) -> Array:
    return 20 * np.log10(max_val) - 10 * np.log10(np.mean((x1 - x2) ** 2))


def _ties(x: Array, **_: Any) -> Array:
    return np.diff(np.sort(x, axis=None)) / 2


# NumPy 1 has the second name.
_trapezoid = getattr(np, "trapezoid", None) or getattr(np, "trapz")  # noqa: B009

CASES = [
    _case("average", lambda x: np.average(x), (3, 4), length=12),
    _case("average", _average, (3, 4), Input((3, 4), "positive"), call=_call_average, length=12),
    _case("average", _average, (3, 4), Input((3,), "positive"), call=_call_average,
          attributes={"axis": 0}),
    _case("average", _average, (2, 3), Input((2, 3), "positive"), call=_call_average,
          attributes={"axis": (0, 1)}),
    _case("moments", _moments, (3, 5), attributes={"axes": 1, "keepdims": True}, ulps=6,
          scale=lambda x, **_: (np.full((), 1 + np.square(x).max()),) * 2),
    _case("ptp", lambda x, **kw: np.ptp(x, **kw), (3, 4), attributes={"axis": 1}, kinks=_ties),
    _case("ptp", lambda x, **kw: np.ptp(x, **kw), (5,), attributes={"keepdims": True},
          kinks=_ties),
    _case("corrcoef", np.corrcoef, (3, 6), ranges=("normal",), ulps=12,
          scale=lambda x: np.ones(())),
    _case("corrcoef", np.corrcoef, (6,), ranges=("normal",), scale=lambda x: np.ones(()),
          # A constant: gradients of nothing but rounding errors are relative to nothing.
          differentiable=()),
    _case("diff", np.diff, (3, 5)),
    _case("diff", np.diff, (5, 3), attributes={"n": 2, "axis": 0}),
    _case("diff", np.diff, (4,), attributes={"n": 0}),
    _case("trapezoid", _trapezoid, (3, 5), attributes={"dx": 0.5}),
    _case("trapezoid", _trapezoid, (3, 5), (5,), ulps=8,
          scale=lambda y, x: np.full((), np.abs(y).max() * np.abs(x).max() * 4)),
    _case("trapezoid", lambda y, x: _trapezoid(y, x, axis=0), (4, 2), (4, 2), ulps=8,
          call=lambda y, x: __import__("mark1").ops.trapezoid(y, x, axis=0), name="axis",
          scale=lambda y, x: np.full((), np.abs(y).max() * np.abs(x).max() * 4)),
    _case("cdist", _cdist, (3, 4), (2, 4)),
    _case("cdist", _cdist, (2, 3, 1), (1, 2, 1), kinks=lambda x, y: _cdist(x, y)),
    _case("psnr", _psnr, (3, 4), (3, 4), attributes={"max_val": 2.0}, ranges=("normal",),
          length=12, scale=lambda *xs, **_: np.full((), 20.0)),
]  # fmt: skip

"""dot_product_attention: block sizes and their neighbours, all masks, dropout, shared heads."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, Input
from tests.cases.random import philox

# Scores of the format's extremes are infinite, their products with zeros NaN.
_RANGES = ("normal", "zeros", "ties", "large", "denormal")
_SEED = 11


def _spread(mask: Array | None, axes: tuple[int, ...]) -> Any:
    """A mask with axes of length 1 put in."""
    return True if mask is None else np.expand_dims(mask, axes)


def _probabilities(
    q: Array, k: Array, mask: Any, query_mask: Any, key_mask: Any, scale: float, is_causal: bool
) -> tuple[Array, Array]:
    """Softmax of scores, (B, H, T, S), and the magnitude of each query's scores."""
    k = np.repeat(k, q.shape[2] // k.shape[2], axis=2)
    seen = np.tri(q.shape[1], k.shape[1], dtype=bool) if is_causal else np.array(True)
    seen = seen & _spread(query_mask, (1, 3)) & _spread(key_mask, (1, 2))
    seen = seen & (True if mask is None else mask)
    s = np.where(seen, np.einsum("bthd,bshd->bhts", q * scale, k), -np.inf)
    size = np.where(seen, np.einsum("bthd,bshd->bhts", abs(q) * scale, abs(k)), 0.0)
    top = s.max(-1, keepdims=True, initial=np.finfo(np.float64).min)
    e = np.exp(s - top)
    total = e.sum(-1, keepdims=True)
    p = np.divide(e, total, out=np.zeros_like(e), where=total > 0)
    return p, size.max(-1, keepdims=True, initial=0.0)


def _kept(p: Array, dropout: float) -> Array:
    if dropout == 0:
        return np.ones(p.shape)
    words = philox(_SEED, 0, p.size // 4 + 1, stream=1)[: p.size].reshape(p.shape)
    return (words >= np.uint64(round(dropout * 2**32))) / (1 - dropout)


def _average(p: Array, v: Array) -> Array:
    return np.einsum("bhts,bshe->bthe", p, np.repeat(v, p.shape[1] // v.shape[2], axis=2))


def _define(
    q: Array,
    k: Array,
    v: Array,
    mask: Any = None,
    query_mask: Any = None,
    key_mask: Any = None,
    *,
    scale: float | None = None,
    is_causal: bool = False,
    dropout: float = 0.0,
) -> Array:
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    p, _ = _probabilities(q, k, mask, query_mask, key_mask, scale, is_causal)
    return _average(p * _kept(p, dropout), v)


def _magnitude(
    q: Array,
    k: Array,
    v: Array,
    mask: Any = None,
    query_mask: Any = None,
    key_mask: Any = None,
    *,
    scale: float | None = None,
    is_causal: bool = False,
    dropout: float = 0.0,
) -> Array:
    # An error of a score is a relative one of its probability; where scores are so large that the
    # wrong one wins, any value may come out.
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    p, size = _probabilities(q, k, mask, query_mask, key_mask, scale, is_causal)
    top = np.abs(v).max(axis=(1, 2, 3), initial=0.0).reshape(-1, 1, 1, 1)
    average = _average(p * _kept(p, dropout), np.abs(v))
    return average + 2 * top / (1 - dropout) * np.swapaxes(size, 1, 2)


def _call(which: tuple[str, ...]) -> Any:
    def call(q: Any, k: Any, v: Any, *masks: Any, **options: Any) -> Any:
        given = dict(zip(which, masks, strict=True))
        return mark1.ops.dot_product_attention(q, k, v, **given, **options, seed=_SEED)

    return call


def _ordered(function: Any, which: tuple[str, ...]) -> Any:
    def ordered(q: Array, k: Array, v: Array, *masks: Array, **options: Any) -> Array:
        return function(q, k, v, **dict(zip(which, masks, strict=True)), **options)

    return ordered


def _case(
    t: int,
    s: int,
    b: int = 2,
    h: int = 1,
    g: int | None = None,
    d: int = 5,
    e: int = 3,
    *,
    masks: dict[str, tuple[int, ...]] | None = None,
    name: str = "",
    ranges: tuple[str, ...] = _RANGES,
    **options: Any,
) -> Case:
    masks = masks or {}
    which = tuple(masks)
    g = h if g is None else g
    return Case(
        op="attention",
        function="dot_product_attention",
        define=_ordered(_define, which),
        inputs=(
            Input((b, t, h, d)),
            Input((b, s, g, d)),
            Input((b, s, g, e)),
            *(Input(shape, "01", "bool") for shape in masks.values()),
        ),
        attributes=options,
        name="-".join(filter(None, (name, *masks, *(f"{o}{x}" for o, x in options.items())))),
        call=_call(which),
        # One key has all of the weight, whatever the score: the gradient is mere rounding.
        differentiable=(2,) if s == 1 or (t == 1 and options.get("is_causal")) else (0, 1, 2),
        length=d + s,
        ulps=8,
        scale=_ordered(_magnitude, which),
        ranges=ranges,
    )


def _scores(q: Array, k: Array, v: Array, is_causal: bool) -> tuple[Array, Array]:
    p, _ = _probabilities(q, k, None, None, None, q.shape[-1] ** -0.5, is_causal)
    return _average(p, v), p


def _scores_magnitude(q: Array, k: Array, v: Array, is_causal: bool) -> tuple[Array, Array]:
    p, size = _probabilities(q, k, None, None, None, q.shape[-1] ** -0.5, is_causal)
    return _magnitude(q, k, v, is_causal=is_causal), p + 2 * size


def _with_scores(t: int, s: int, h: int, g: int) -> Case:
    return Case(
        op="attention",
        function="attention_scores",
        define=_scores,
        inputs=(Input((2, t, h, 5)), Input((2, s, g, 5)), Input((2, s, g, 3))),
        attributes={"is_causal": True},
        length=5 + s,
        ulps=8,
        scale=_scores_magnitude,
        ranges=_RANGES,
        composite=True,
    )


CASES = [
    _with_scores(5, 7, 4, 2),
    _with_scores(17, 16, 1, 1),
    *(_case(n, n, is_causal=c) for n in (1, 2, 15, 16, 17, 63, 64, 65) for c in (False, True)),
    *(_case(t, s) for t, s in ((1, 130), (67, 1), (33, 129), (5, 0), (0, 5))),
    *(_case(t, s, is_causal=True) for t, s in ((3, 130), (130, 3), (70, 129), (129, 70))),
    _case(3, 67, b=0),
    _case(19, 35, h=3, d=8, e=16),
    _case(35, 19, h=2, d=1, e=1),
    _case(20, 70, h=2, d=33, e=67),
    _case(9, 11, d=129, e=513),
    _case(7, 9, d=512, e=2),
    _case(130, 131, b=1, h=2, d=17, e=31, is_causal=True),
    *(_case(t, s, h=2, d=19, e=65) for t, s in ((1, 16), (1, 65), (2, 17), (3, 79), (4, 129))),
    _case(1, 200, h=6, g=2, d=16, e=80),
    _case(3, 130, h=2, d=16, e=16, is_causal=True),
    _case(3, 70, h=70, b=1, d=2, e=2),
    _case(1, 83, h=3, masks={"mask": (2, 3, 1, 83)}),
    _case(3, 83, h=2, masks={"mask": (2, 1, 3, 83), "key_mask": (2, 83)}, dropout=0.5),
    _case(1, 67, h=2, masks={"query_mask": (2, 1)}),
    _case(18, 21, h=6, g=2),
    _case(67, 66, h=4, g=1, is_causal=True),
    _case(17, 19, scale=0.25),
    _case(17, 70, h=3, masks={"mask": (2, 3, 17, 70)}),
    _case(70, 17, h=3, masks={"mask": (1, 1, 70, 17)}, is_causal=True),
    _case(66, 67, h=2, masks={"mask": (2, 1, 1, 67)}),
    _case(66, 67, h=2, masks={"mask": (2, 2, 66, 1)}),
    _case(5, 7, masks={"mask": (5, 7)}),
    _case(3, 4, h=4, g=2, masks={"mask": (2, 4, 3, 4)}),
    _case(66, 67, masks={"key_mask": (2, 67)}),
    _case(66, 67, masks={"query_mask": (2, 66)}),
    _case(
        65, 70, h=2, masks={"mask": (1, 2, 65, 70), "query_mask": (2, 65), "key_mask": (2, 70)},
        is_causal=True,
    ),
    _case(17, 66, h=2, dropout=0.5),
    _case(66, 65, h=2, dropout=0.2, is_causal=True),
    _case(5, 9, h=4, g=2, dropout=0.9, masks={"key_mask": (2, 9)}),
]  # fmt: skip

BENCHMARKS = [
    _case(t, t, 4, 8, d=64, e=64, is_causal=causal)
    for t in (64, 512, 2048)
    for causal in (False, True)
]

# One query and the keys and values of what came before, as when a sequence is generated.
DECODING = [_case(1, s, b, 8, d=64, e=64) for b, s in ((1, 128), (4, 512), (4, 4096))]

"""Scaled dot-product attention: one kernel per direction, without the matrix of scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mark1 import _core, random
from mark1._core import Tensor
from mark1.ops.broadcast import add, multiply
from mark1.ops.cast import cast
from mark1.ops.compare import logical_and
from mark1.ops.copy import transpose
from mark1.ops.dropout import _dropout
from mark1.ops.matmul import batched_product
from mark1.ops.reshape import reshape
from mark1.ops.softmax import softmax
from mark1.tape import Gradients, GradientTape, _state, record


class _Setting(NamedTuple):
    """What `_core.attention` takes behind query, key and value."""

    mask: Tensor | None  # bool, 4 axes
    query_mask: Tensor | None
    key_mask: Tensor | None
    state: Tensor | None
    rate: float
    scale: float
    causal: bool


def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    *,
    query_mask: Any = None,
    key_mask: Any = None,
    dropout: float = 0.0,
    seed: int | random.SeedGenerator | None = None,
) -> Tensor:
    """Averages values by how well their keys go with each query.

    `y[b, i, h] = sum over j of p[i, j] v[b, j, h]`, where p[i] is the softmax of the scores
    `scale q[b, i, h] . k[b, j, h]` over the keys j that query i sees; a query that sees none has
    zeros. Scores are computed in blocks of 64 by 64 and never kept, so memory grows with T + S and
    not with their product. Blocks in which no query sees a key cost nothing. The gradient computes
    the scores again.

    Args:
        query: (B, T, H, D).
        key: (B, S, G, D); G divides H, and each head of keys serves H / G heads of queries in a
            row.
        value: (B, S, G, E).
        bias: added to the scores, broadcast to (B, H, T, S), or None. With a bias the matrix of
            scores is made.
        mask: bool, broadcast to (B, H, T, S), true where a query sees a key; None: everywhere.
        scale: factor of the scores; 1 / sqrt(D) if None.
        is_causal: whether query i sees keys up to i only.
        flash_attention: taken for Keras' sake; there is one way of computing this.
        query_mask: bool (B, T), false for queries that see nothing.
        key_mask: bool (B, S), false for keys that nobody sees, such as padding.
        dropout: share of the probabilities set to 0, the others being divided by what is left.
            Element (b, h, i, j) of all probabilities draws as it would in `dropout`.
        seed: an integer (the same elements each time), a `SeedGenerator`, or None.

    Returns:
        (B, T, H, E).

    Raises:
        ValueError: if shapes do not fit, or the rate of dropout is out of range.
        TypeError: if a mask is not bool.

    Source:
        Vaswani et al.: Attention is all you need, 2017. Dao et al.: FlashAttention, 2022.

    Example:
        >>> import mark1
        >>> q = mark1.ops.reshape([1.0, 1.0], (1, 2, 1, 1))
        >>> v = mark1.ops.reshape([3.0, 5.0], (1, 2, 1, 1))
        >>> mark1.ops.dot_product_attention(q, q, v, is_causal=True).numpy().ravel()
        array([3., 4.], dtype=float32)
    """
    q, k, v = _promoted(query, key, value)
    setting = _Setting(
        _as_mask("mask", mask),
        _as_mask("query_mask", query_mask),
        _as_mask("key_mask", key_mask),
        random._state(seed) if dropout != 0 else None,
        dropout,
        _scale(q.shape, scale),
        is_causal,
    )
    if bias is None:
        return _attention(q, k, v, setting)
    _core.attention_shape(q.shape, k.shape, v.shape)
    return _composed(q, k, v, setting, bias)[0]


def attention_scores(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    *,
    query_mask: Any = None,
    key_mask: Any = None,
    dropout: float = 0.0,
    seed: int | random.SeedGenerator | None = None,
) -> tuple[Tensor, Tensor]:
    """Does what `dot_product_attention` does, and returns the probabilities as well.

    The matrix of scores is made, by matrix products and `softmax`.

    Args:
        query: (B, T, H, D).
        key: (B, S, G, D).
        value: (B, S, G, E).
        mask: bool, broadcast to (B, H, T, S).
        scale: factor of the scores; 1 / sqrt(D) if None.
        is_causal: whether query i sees keys up to i only.
        query_mask: bool (B, T).
        key_mask: bool (B, S).
        dropout: share of the probabilities set to 0.
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        (B, T, H, E), and the probabilities before dropout, (B, H, T, S).

    Raises:
        ValueError: if shapes do not fit, or the rate of dropout is out of range.
        TypeError: if a mask is not bool.

    Example:
        >>> import mark1
        >>> q = mark1.ops.ones((1, 2, 1, 1))
        >>> mark1.ops.attention_scores(q, q, q, is_causal=True)[1].numpy()[0, 0]
        array([[1. , 0. ],
               [0.5, 0.5]], dtype=float32)
    """
    q, k, v = _promoted(query, key, value)
    _core.attention_shape(q.shape, k.shape, v.shape)
    state = random._state(seed) if dropout != 0 else None
    masks = (_as_mask("mask", mask), _as_mask("query_mask", query_mask))
    key_mask = _as_mask("key_mask", key_mask)
    setting = _Setting(*masks, key_mask, state, dropout, _scale(q.shape, scale), is_causal)
    return _composed(q, k, v, setting)


def _scale(shape: Sequence[int], scale: float | None) -> float:
    return float(scale) if scale is not None else float(max(shape[-1], 1)) ** -0.5


def _attention(q: Tensor, k: Tensor, v: Tensor, setting: _Setting) -> Tensor:
    out, stats = _core.attention(q, k, v, *setting)
    if _state.stack:
        record(_rule, (q, k, v), out, (q, k, v, out, stats, setting))
    return out


def _rule(
    dout: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, stats: Tensor, setting: _Setting
) -> Gradients:
    gradients = _core.attention_backward(dout, q, k, v, out, stats, *setting)
    if _state.stack:
        record(_backward_rule, (dout, q, k, v), list(gradients), (dout, q, k, v, setting))
    return gradients


def _backward_rule(
    given: list[Tensor | None], dout: Tensor, q: Tensor, k: Tensor, v: Tensor, setting: _Setting
) -> Gradients:
    # Views have ids of their own: query, key and value may well be one tensor.
    operands = [reshape(x, x.shape) for x in (dout, q, k, v)]
    with GradientTape(watch_accessed_variables=False) as outer:
        outer.watch(operands)
        with GradientTape(watch_accessed_variables=False) as inner:
            inner.watch(operands[1:])
            y = _composed(operands[1], operands[2], operands[3], setting)[0]
        first = inner.gradient(y, operands[1:], output_gradients=operands[0])
    pairs = [(d, g) for d, g in zip(first, given, strict=True) if g is not None]
    second: Gradients = outer.gradient(
        [d for d, _ in pairs], operands, output_gradients=[g for _, g in pairs]
    )
    return second


def _composed(
    q: Tensor, k: Tensor, v: Tensor, setting: _Setting, bias: Any = None
) -> tuple[Tensor, Tensor]:
    """Attention made of other operations: its result and the probabilities before dropout."""
    batch, queries, heads, depth = q.shape
    keys, groups = k.shape[1:3]
    readers = heads // max(groups, 1)
    # Heads of queries that read one head of keys stand below each other, (B, G, H / G, T, D).
    rows = transpose(multiply(q, setting.scale), (0, 2, 1, 3))
    rows = reshape(rows, (batch, groups, readers, queries, depth))
    left = reshape(transpose(k, (0, 2, 1, 3)), (batch, groups, 1, keys, depth))
    right = reshape(transpose(v, (0, 2, 1, 3)), (batch, groups, 1, keys, v.shape[3]))
    scores = reshape(batched_product(rows, left, trans_b=True), (batch, heads, queries, keys))
    if bias is not None:
        scores = add(scores, cast(bias, scores.dtype))
    p = softmax(scores, mask=_seen(setting, queries, keys))
    kept = p if setting.state is None else _dropout(p, setting.state, setting.rate)
    kept = reshape(kept, (batch, groups, readers, queries, keys))
    y = reshape(batched_product(kept, right), (batch, heads, queries, v.shape[3]))
    return transpose(y, (0, 2, 1, 3)), p


def _seen(setting: _Setting, queries: int, keys: int) -> Tensor | None:
    """All masks in one that broadcasts to (B, H, T, S)."""
    masks = [setting.mask] if setting.mask is not None else []
    if setting.query_mask is not None:
        masks.append(reshape(setting.query_mask, (-1, 1, queries, 1)))
    if setting.key_mask is not None:
        masks.append(reshape(setting.key_mask, (-1, 1, 1, keys)))
    if setting.causal:
        masks.append(_core.convert(np.tri(queries, keys, dtype=bool)))
    seen = masks[0] if masks else None
    for mask in masks[1:]:
        seen = logical_and(seen, mask)
    return seen


def _as_mask(name: str, mask: Any) -> Tensor | None:
    if mask is None:
        return None
    tensor = mask if isinstance(mask, Tensor) else _core.convert(mask)
    if tensor.dtype != "bool":
        raise TypeError(f"[attention] {name} must be bool, got {tensor.dtype} {tensor.shape}")
    if name == "mask" and tensor.ndim < 4:
        return _core.reshape(tensor, (*(1,) * (4 - tensor.ndim), *tensor.shape))
    return tensor


def _promoted(*operands: Any) -> list[Tensor]:
    """All operands in the widest of their floating dtypes."""
    given = [x if hasattr(x, "dtype") else _core.convert(x) for x in operands]
    dtype = "float64" if any(str(x.dtype) == "float64" for x in given) else "float32"
    return [cast(x, dtype) for x in given]

"""Recurrent layers spelled out in other operations, step by step.

The kernels give values and first gradients. Gradients of gradients are taken from here, and so is
everything where an activation is a function of the user's own. It is correct and not fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import add, multiply, subtract
from mark1.ops.concatenate import stack
from mark1.ops.dense import dense
from mark1.ops.matmul import matmul
from mark1.ops.reshape import expand_dims, squeeze
from mark1.ops.split import split
from mark1.ops.where import where

SIMPLE, LSTM, GRU, GRU_BEFORE = range(4)
NAMES = ("simple_rnn", "lstm", "gru", "gru")
GATES = (1, 4, 3, 3)

Function = Callable[[Any], Tensor]
# Index of the kernels' activation and its parameters.
Choice = tuple[int, float, float, float]


class Setting(NamedTuple):
    """What a call is told besides its tensors."""

    cell: int
    activation: Function
    recurrent_activation: Function
    backwards: bool
    sequences: bool
    choices: tuple[Choice, Choice] | None  # None: the kernels do not know the activations


class Operands(NamedTuple):
    """The tensors of a call; those that have gradients come first."""

    x: Any
    w: Any
    u: Any
    b: Any
    h: Any
    c: Any
    mask: Any
    dropout: Any


def compose(setting: Setting, it: Operands) -> list[Tensor]:
    """The outputs of a recurrent layer from operations that have all derivatives.

    Args:
        setting: cell, activations, direction.
        it: operands, of shapes that fit.

    Returns:
        The outputs of all steps if they are asked for, the last h, and for lstm the last c.

    Example:
        >>> import mark1
        >>> one = mark1.ops.ones
        >>> linear = mark1.activations.linear
        >>> setting = Setting(SIMPLE, linear, linear, False, False, None)
        >>> it = Operands(one((1, 3, 1)), one((1, 1)), one((1, 1)), None, None, None, None, None)
        >>> [h.numpy() for h in compose(setting, it)]
        [array([[3.]], dtype=float32)]
    """
    cell = setting.cell
    b, bias = it.b, None
    if cell == GRU and b is not None:
        b, bias = (squeeze(part, 0) for part in split(b, 2))
    z = dense(it.x, it.w, b)
    steps = z.shape[1]
    state = (z.shape[0], z.shape[2] // GATES[cell])
    zeros = _core.full(state, 0.0, z.dtype)
    h = zeros if it.h is None else it.h
    c = zeros if it.c is None else it.c
    seen = [None] * steps if it.mask is None else split(it.mask, steps, axis=1)
    parts = [squeeze(part, 1) for part in split(z, steps, axis=1)]
    outputs = []
    for t in reversed(range(steps)) if setting.backwards else range(steps):
        p = h if it.dropout is None else multiply(h, it.dropout)
        if cell == SIMPLE:
            now = setting.activation(add(parts[t], matmul(p, it.u))), c
        elif cell == LSTM:
            now = _lstm(setting, parts[t], p, c, it.u)
        else:
            now = _gru(setting, parts[t], h, p, it.u, bias), c
        mask = seen[t]
        h, c = now if mask is None else (where(mask, now[0], h), where(mask, now[1], c))
        outputs.append(h)
    result = [h, c] if cell == LSTM else [h]
    return [stack(outputs, axis=1), *result] if setting.sequences else result


def _lstm(setting: Setting, z: Tensor, p: Tensor, c: Tensor, u: Any) -> tuple[Tensor, Tensor]:
    f, r = setting.activation, setting.recurrent_activation
    i, forget, fresh, o = split(add(z, matmul(p, u)), 4, axis=1)
    c = add(multiply(r(forget), c), multiply(r(i), f(fresh)))
    return multiply(r(o), f(c)), c


def _gru(setting: Setting, z: Tensor, h: Tensor, p: Tensor, u: Any, bias: Any) -> Tensor:
    f, r = setting.activation, setting.recurrent_activation
    update, reset, fresh = split(z, 3, axis=1)
    if setting.cell == GRU:
        product = matmul(p, u)
        inner = split(product if bias is None else add(product, bias), 3, axis=1)
        update, reset = r(add(update, inner[0])), r(add(reset, inner[1]))
        candidate = f(add(fresh, multiply(reset, inner[2])))
    else:
        u_update, u_reset, u_fresh = split(u, 3, axis=1)
        update, reset = r(add(update, matmul(p, u_update))), r(add(reset, matmul(p, u_reset)))
        candidate = f(add(fresh, matmul(multiply(reset, p), u_fresh)))
    return add(multiply(update, h), multiply(subtract(1.0, update), candidate))


def spread(factors: Tensor) -> Tensor:
    """Factors of a state as they meet the states of all steps: (N, 1, H).

    Args:
        factors: (N, H).

    Returns:
        A view of them.

    Example:
        >>> import mark1
        >>> spread(mark1.ops.ones((2, 3))).shape
        (2, 1, 3)
    """
    return expand_dims(factors, 1)

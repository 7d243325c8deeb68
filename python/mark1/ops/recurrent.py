"""Recurrent layers over whole sequences: simple_rnn, lstm, gru."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.cast import cast
from mark1.ops.matmul import _held, _like, _wanted
from mark1.ops.recurrent_steps import (
    GRU,
    GRU_BEFORE,
    LSTM,
    NAMES,
    SIMPLE,
    Choice,
    Operands,
    Setting,
    compose,
    spread,
)
from mark1.tape import Gradients, GradientTape, _state, record

# The kernels' first parameter where a function of one argument has one that is not 0.
_ALPHA = {
    "celu": 1.0,
    "elu": 1.0,
    "hard_shrink": 0.5,
    "leaky_relu": 0.2,
    "soft_shrink": 0.5,
    "squareplus": 4.0,
}
# Has parameters without defaults: nobody can mean it by its name.
_NEEDS_MORE = frozenset({"threshold"})


def simple_rnn(
    x: Any,
    w: Any,
    u: Any,
    b: Any = None,
    h: Any = None,
    mask: Any = None,
    *,
    activation: Any = "tanh",
    dropout_factors: Any = None,
    go_backwards: bool = False,
    return_sequences: bool = False,
) -> tuple[Tensor, Tensor]:
    """Feeds its output back as input: `h = f(((x w) + b) + (h u))`, step by step.

    Order of sums: that of `matmul`. The result of a row does not depend on the batch it is in.

    Args:
        x: Tensor, Variable or array (N, T, C).
        w: weights of the input (C, H).
        u: weights of the state (H, H).
        b: bias (H,), or None.
        h: the first state (N, H); zeros if None.
        mask: bool (N, T): at a step that is false state and output stay as they are.
        activation: f, a function or its name; those of `mark1.activations` are fast.
        dropout_factors: (N, H), what h is multiplied by in every product; none if None.
        go_backwards: whether to begin at the last step.
        return_sequences: whether to return the outputs of all steps, in the order they are made.

    Returns:
        The outputs (N, T, H), or the last one (N, H); and the last state (N, H).

    Raises:
        ValueError: if shapes do not fit, or there is no step.
        TypeError: if the operands are not floating-point.

    Source:
        Elman: Finding structure in time, 1990.

    Example:
        >>> import mark1
        >>> x = [[[1.0], [2.0], [3.0]]]
        >>> y, h = mark1.ops.simple_rnn(x, [[1.0]], [[0.5]], activation="linear")
        >>> y.numpy()
        array([[4.25]], dtype=float32)
    """
    it = Operands(x, w, u, b, h, None, mask, dropout_factors)
    out = _run(SIMPLE, it, activation, "linear", go_backwards, return_sequences)
    return out[0], out[-1]


def lstm(
    x: Any,
    w: Any,
    u: Any,
    b: Any = None,
    h: Any = None,
    c: Any = None,
    mask: Any = None,
    *,
    activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid",
    dropout_factors: Any = None,
    go_backwards: bool = False,
    return_sequences: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """Long short-term memory: a state c with gates for what comes in, stays and goes out.

    `z = ((x w) + b) + (h u)`, `c = r(z1) c + r(z0) f(z2)`, `h = r(z3) f(c)`, step by step.

    Args:
        x: Tensor, Variable or array (N, T, C).
        w: weights of the input (C, 4 H), gates in the order i, f, c, o.
        u: weights of the state (H, 4 H).
        b: bias (4 H,), or None.
        h: the first state (N, H); zeros if None.
        c: likewise.
        mask: bool (N, T): at a step that is false states and output stay as they are.
        activation: f, a function or its name; those of `mark1.activations` are fast.
        recurrent_activation: r, likewise.
        dropout_factors: (N, H), what h is multiplied by in every product; none if None.
        go_backwards: whether to begin at the last step.
        return_sequences: whether to return the outputs of all steps, in the order they are made.

    Returns:
        The outputs (N, T, H), or the last one (N, H); and the last states h and c (N, H).

    Raises:
        ValueError: if shapes do not fit, or there is no step.
        TypeError: if the operands are not floating-point.

    Source:
        Hochreiter, Schmidhuber: Long short-term memory, 1997; Gers, Schmidhuber, Cummins: Learning
        to forget, 2000.

    Example:
        >>> import mark1
        >>> ones = mark1.ops.ones
        >>> y, h, c = mark1.ops.lstm(ones((1, 2, 3)), ones((3, 8)), ones((2, 8)))
        >>> c.numpy().round(3)
        array([[1.924, 1.924]], dtype=float32)
    """
    it = Operands(x, w, u, b, h, c, mask, dropout_factors)
    out = _run(LSTM, it, activation, recurrent_activation, go_backwards, return_sequences)
    return out[0], out[-2], out[-1]


def gru(
    x: Any,
    w: Any,
    u: Any,
    b: Any = None,
    h: Any = None,
    mask: Any = None,
    *,
    activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid",
    reset_after: bool = True,
    dropout_factors: Any = None,
    go_backwards: bool = False,
    return_sequences: bool = False,
) -> tuple[Tensor, Tensor]:
    """Gated recurrent unit: mixes the state with a candidate, `h = z h + (1 - z) n`.

    `z = r(x0 + s0)`, `n = f(x2 + g s2)` with the reset gate `g = r(x1 + s1)`, where x is what comes
    from the input and s what comes from the state. Without `reset_after`, s2 is `(g h) u2`.

    Args:
        x: Tensor, Variable or array (N, T, C).
        w: weights of the input (C, 3 H), gates in the order z, g, n.
        u: weights of the state (H, 3 H).
        b: biases (2, 3 H) of x w and of h u; (3 H,) without `reset_after`; or None.
        h: the first state (N, H); zeros if None.
        mask: bool (N, T): at a step that is false state and output stay as they are.
        activation: f, a function or its name; those of `mark1.activations` are fast.
        recurrent_activation: r, likewise.
        reset_after: whether the gate works on the finished product.
        dropout_factors: (N, H), what h is multiplied by in every product; none if None.
        go_backwards: whether to begin at the last step.
        return_sequences: whether to return the outputs of all steps, in the order they are made.

    Returns:
        The outputs (N, T, H), or the last one (N, H); and the last state (N, H).

    Raises:
        ValueError: if shapes do not fit, or there is no step.
        TypeError: if the operands are not floating-point.

    Source:
        Cho et al.: Learning phrase representations using RNN encoder-decoder for statistical
        machine translation, 2014.

    Example:
        >>> import mark1
        >>> ones = mark1.ops.ones
        >>> y, h = mark1.ops.gru(ones((1, 2, 3)), ones((3, 6)), ones((2, 6)))
        >>> h.numpy().round(3)
        array([[0.088, 0.088]], dtype=float32)
    """
    it = Operands(x, w, u, b, h, None, mask, dropout_factors)
    cell = GRU if reset_after else GRU_BEFORE
    out = _run(cell, it, activation, recurrent_activation, go_backwards, return_sequences)
    return out[0], out[-1]


def _run(
    cell: int, it: Operands, activation: Any, recurrent: Any, backwards: bool, sequences: bool
) -> list[Tensor]:
    from mark1 import activations

    op = NAMES[cell]
    it = Operands(*(None if x is None else _operand(x) for x in it))
    if len(it.x.shape) != 3:
        raise ValueError(f"[{op}] x must be (batch, steps, features), got x: {it.x.shape}")
    if it.x.shape[1] == 0:
        raise ValueError(f"[{op}] needs at least one step, got none (x: {it.x.shape})")
    functions = activations.get(activation), activations.get(recurrent)
    choices = _choice(functions[0]), _choice(functions[1])
    known = None if choices[0] is None or choices[1] is None else (choices[0], choices[1])
    setting = Setting(cell, *functions, backwards, sequences, known)
    if setting.choices is None:
        return compose(setting, it)
    keep = bool(_state.stack)
    gates, (y, h, c, *saved) = _steps(setting, it, keep)
    out = [part for part in (y, h, c) if part is not None]
    if keep:
        wanted = tuple(part is not None and _wanted(part) for part in it[:6])
        held = Operands(*(None if part is None else _held(part) for part in it))
        record(_rule, it[:6], out, (setting, wanted, held, [gates], saved))
    return out


def _steps(setting: Setting, it: Operands, keep: bool) -> tuple[Tensor, Sequence[Any]]:
    """All steps: the gates, and what the kernel returns."""
    assert setting.choices is not None
    bias, inner_bias = _biases(setting.cell, it)
    gates = _core.gemm(it.x, it.w, bias, False, False, NAMES[setting.cell])
    return gates, _core.recurrent(
        setting.cell, gates, it.u, inner_bias, it.h, it.c, it.mask, it.dropout,
        *setting.choices, setting.backwards, setting.sequences, keep,
    )  # fmt: skip


def _operand(x: Any) -> Any:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)


def _biases(cell: int, it: Operands) -> tuple[Any, Any]:
    """The biases of the input's and of the state's product."""
    if cell != GRU or it.b is None:
        return it.b, None
    b = _held(it.b)
    if len(b.shape) != 2 or b.shape[0] != 2:
        raise ValueError(
            f"[gru] b must be (2, 3 units), for x w and for h u, got b: {b.shape}. "
            "With reset_after=False it has one axis"
        )
    n = b.shape[1]
    return _core.reshape(b.rows(0, 1), (n,)), _core.reshape(b.rows(1, 2), (n,))


def _choice(function: Any) -> Choice | None:
    """The kernels' activation; None for functions that they do not know."""
    from mark1.activations import _FUNCTIONS

    name = getattr(function, "__name__", "")
    if _FUNCTIONS.get(name) is not function or name in _NEEDS_MORE:
        return None
    return _kernel(name)


@cache
def _kernel(name: str) -> Choice | None:
    try:
        return _core.activation_index(name), _ALPHA.get(name, 0.0), 0.0, 0.0
    except ValueError:
        return None  # softmax, for instance, is no function of one element


def _rule(
    dys: list[Tensor | None],
    setting: Setting,
    wanted: tuple[bool, ...],
    it: Operands,
    gates: list[Tensor],
    saved: list[Any],
) -> Gradients:
    cell, choices = setting.cell, setting.choices
    assert choices is not None
    # Their gradients take their place, so whoever asks again has the steps made again.
    dz = gates.pop() if gates else _steps(setting, it, True)[0]
    u = cast(it.u, dz.dtype)
    dy, dh, dc = _by_output(setting, dys)
    states, cells, inner = saved
    inner_dz, reset, dh0, dc0 = _core.recurrent_backward(
        cell, dz, u, it.c, it.mask, it.dropout, *choices, setting.backwards,
        states, cells, inner, dy, dh, dc,
    )  # fmt: skip
    want_x, want_w, want_u, want_b, want_h, want_c = wanted
    p = states
    if it.dropout is not None and want_u:
        p = _core.multiply(p, spread(it.dropout))
    towards = dz if inner_dz is None else inner_dz
    gradients = [
        _like(_core.gemm(dz, it.w, None, False, True, NAMES[cell]), it.x) if want_x else None,
        _like(_core.gemm(it.x, dz, None, True, False, NAMES[cell]), it.w) if want_w else None,
        _like(_state_weights(p, towards, reset), it.u) if want_u else None,
        _like(_bias(dz, inner_dz), it.b) if want_b else None,
        _like(dh0, it.h) if want_h else None,
        _like(dc0, it.c) if want_c else None,
    ]
    if _state.stack:
        found = [g for g in gradients if g is not None]
        given = [d for d in dys if d is not None]
        present = tuple(d is not None for d in dys)
        operands = (*given, *it[:6])
        record(_second_rule, operands, found, (setting, wanted, present, given, it))
    return gradients


def _by_output(setting: Setting, dys: list[Tensor | None]) -> list[Tensor | None]:
    """The gradients of y, h and c."""
    padded = dys if setting.sequences else [None, *dys]
    return [*padded, None][:3]


def _state_weights(p: Tensor, dz: Tensor, reset: Tensor | None) -> Tensor:
    """The gradient of u: states times what reaches their product."""
    if reset is None:
        return _core.gemm(p, dz, None, True, False)
    n = p.shape[2]
    whole = [(0, 1, k) for k in dz.shape]
    first = _core.slice(_core.gemm(p, dz, None, True, False), [(0, 1, n), (0, 1, 2 * n)])
    fresh = _core.slice(dz, [*whole[:2], (2 * n, 1, n)])
    return _core.concatenate([first, _core.gemm(reset, fresh, None, True, False)], 1)


def _bias(dz: Tensor, inner_dz: Tensor | None) -> Tensor:
    total = _core.sum(dz, (0, 1), False)
    if inner_dz is None:
        return total
    both = _core.concatenate([total, _core.sum(inner_dz, (0, 1), False)], 0)
    return _core.reshape(both, (2, total.shape[0]))


def _second_rule(
    gs: list[Tensor | None],
    setting: Setting,
    wanted: tuple[bool, ...],
    present: tuple[bool, ...],
    dys: list[Tensor],
    it: Operands,
) -> Gradients:
    """The gradient of the first gradients, which are taken from the steps spelled out."""
    # Views have ids of their own: one tensor may well be given as two operands.
    views = [None if x is None else _core.reshape(x, x.shape) for x in (*dys, *it[:6])]
    given = [x for x in views if x is not None]
    with GradientTape(watch_accessed_variables=False) as outer:
        outer.watch(given)
        operands = it._replace(**dict(zip(Operands._fields, views[len(dys) :], strict=False)))
        sources = [x for x, want in zip(operands, wanted, strict=False) if want]
        with GradientTape(watch_accessed_variables=False) as inner:
            inner.watch(sources)
            outputs = compose(setting, operands)
        targets = [y for y, want in zip(outputs, present, strict=True) if want]
        first = inner.gradient(targets, sources, output_gradients=views[: len(dys)])
    pairs = [(f, g) for f, g in zip(first, gs, strict=True) if f is not None and g is not None]
    targets, upstream = [f for f, _ in pairs], [g for _, g in pairs]
    found = iter(outer.gradient(targets, given, output_gradients=upstream))
    return [None if x is None else next(found) for x in views]

"""Cross-entropy: of classes given as numbers, of classes given as probabilities, and of bits."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import add, divide, multiply, negative, subtract
from mark1.ops.cast import cast, convert_to_tensor
from mark1.ops.compare import greater_equal, less_equal, logical_and
from mark1.ops.fill import ones_like, zeros_like
from mark1.ops.logits import logits_of
from mark1.ops.one_hot import one_hot
from mark1.ops.reduce import sum as sum_
from mark1.ops.reshape import expand_dims
from mark1.ops.softmax import _softmax_backward, log_softmax, softmax
from mark1.tape import GradientTape, _state, record

_EPSILON = 1e-7


def sparse_categorical_crossentropy(
    target: Any,
    output: Any,
    from_logits: bool = False,
    axis: int = -1,
    check_labels: bool = True,
) -> Tensor:
    """The negative logarithm of the probability that each row gives to its class.

    `-log(softmax(output)[target])`, computed from logits wherever they are known: the output of
    `softmax` remembers them. Bare probabilities are divided by their sum and clipped to
    [1e-7, 1 - 1e-7], as in Keras.

    Args:
        target: class numbers (...), of any dtype, whole and from 0 to O - 1.
        output: probabilities, or logits (..., O).
        from_logits: output holds logits.
        axis: -1, the axis of classes.
        check_labels: whether labels are looked at first; without, a label out of range makes its
            row's loss and gradient NaN.

    Returns:
        One loss per row (...).

    Raises:
        ValueError: if a label is out of range, or the shapes do not go together.

    Example:
        >>> import mark1
        >>> mark1.ops.sparse_categorical_crossentropy([1], [[0.25, 0.75]]).numpy()
        array([0.28768206], dtype=float32)
    """
    x, logits = _start(output, from_logits)
    _check_axis(axis, x, "sparse_categorical_crossentropy")
    labels = convert_to_tensor(target)
    loss, stats = _core.sparse_cross_entropy(labels, x, logits, check_labels)
    if _state.stack:
        record(_sparse_rule, (_watched(output, x),), loss, (labels, x, stats, logits))
    return loss


def _sparse_rule(
    dy: Tensor, labels: Tensor, x: Tensor, stats: Tensor, logits: bool
) -> tuple[Tensor]:
    return (_sparse_backward(dy, labels, x, stats, logits),)


def _sparse_backward(dy: Tensor, labels: Tensor, x: Tensor, stats: Tensor, logits: bool) -> Tensor:
    dx = _core.sparse_cross_entropy_backward(dy, labels, x, stats, logits)
    if _state.stack:
        record(_sparse_backward_rule, (dy, x), dx, (dy, labels, x, stats, logits))
    return dx


def _sparse_backward_rule(
    g: Tensor, dy: Tensor, labels: Tensor, x: Tensor, stats: Tensor, logits: bool
) -> tuple[Tensor, Tensor]:
    # dx is linear in dy, so its derivative along dy is dx of ones.
    slope = _sparse_backward(ones_like(dy), labels, x, stats, logits)
    ddy = sum_(multiply(g, slope), axis=-1)
    if logits:
        return ddy, _softmax_backward(multiply(g, expand_dims(dy, -1)), softmax(x))
    return ddy, _through(g, dy, one_hot(labels, x.shape[-1], dtype=x.dtype), x)[1]


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """The cross-entropy of rows of probabilities: `-sum(target * log(softmax(output)))`.

    Computed from logits wherever they are known: the output of `softmax` remembers them. Bare
    probabilities are divided by their sum and clipped to [1e-7, 1 - 1e-7], as in Keras.

    Args:
        target: probabilities (..., O), such as one-hot rows.
        output: probabilities, or logits (..., O).
        from_logits: output holds logits.
        axis: -1, the axis of classes.

    Returns:
        One loss per row (...).

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> import mark1
        >>> mark1.ops.categorical_crossentropy([[0.0, 1.0]], [[0.25, 0.75]]).numpy()
        array([0.28768206], dtype=float32)
    """
    x, logits = _start(output, from_logits)
    _check_axis(axis, x, "categorical_crossentropy")
    t = cast(target, x.dtype)
    loss, stats = _core.cross_entropy(t, x, logits)
    if _state.stack:
        inputs = (_followed(target, t), _watched(output, x))
        record(_dense_rule, inputs, loss, (t, x, stats, logits, inputs[0] is not None))
    return loss


def _dense_rule(
    dy: Tensor, t: Tensor, x: Tensor, stats: Tensor, logits: bool, target_too: bool
) -> tuple[Tensor | None, Tensor]:
    dt = None
    if target_too:
        log_p = log_softmax(x) if logits else _clipped_log(x)
        dt = negative(multiply(expand_dims(dy, -1), log_p))
    return dt, _dense_backward(dy, t, x, stats, logits)


def _dense_backward(dy: Tensor, t: Tensor, x: Tensor, stats: Tensor, logits: bool) -> Tensor:
    dx = _core.cross_entropy_backward(dy, t, x, stats, logits)
    if _state.stack:
        record(_dense_backward_rule, (dy, t, x), dx, (dy, t, x, stats, logits))
    return dx


def _dense_backward_rule(
    g: Tensor, dy: Tensor, t: Tensor, x: Tensor, stats: Tensor, logits: bool
) -> tuple[Tensor, Tensor, Tensor]:
    slope = _dense_backward(ones_like(dy), t, x, stats, logits)
    ddy = sum_(multiply(g, slope), axis=-1)
    if not logits:
        return (ddy, *_through(g, dy, t, x))
    # dx = dy (p T - t) with T = sum(t).
    p = softmax(x)
    gdy = multiply(g, expand_dims(dy, -1))
    total = sum_(t, axis=-1, keepdims=True)
    dt = subtract(sum_(multiply(gdy, p), axis=-1, keepdims=True), gdy)
    return ddy, dt, _softmax_backward(multiply(gdy, total), p)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """The cross-entropy of bits: `-t log(p) - (1 - t) log(1 - p)`, element by element.

    Computed from logits wherever they are known: the output of `sigmoid` remembers them. Bare
    probabilities are clipped to [1e-7, 1 - 1e-7], as in Keras.

    Args:
        target: numbers from 0 to 1, any shape.
        output: probabilities, or logits, of the same shape.
        from_logits: output holds logits.

    Returns:
        One loss per element, of that shape.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> import mark1
        >>> mark1.ops.binary_crossentropy([1.0, 0.0], [0.75, 0.75]).numpy()
        array([0.28768206, 1.3862944 ], dtype=float32)
    """
    x, logits = _start(output, from_logits, bits=True)
    t = cast(target, x.dtype)
    loss = _core.binary_cross_entropy(t, x, logits)
    if _state.stack:
        inputs = (_followed(target, t), _watched(output, x))
        record(_binary_rule, inputs, loss, (t, x, logits, inputs[0] is not None))
    return loss


def _binary_rule(
    dy: Tensor, t: Tensor, x: Tensor, logits: bool, target_too: bool
) -> tuple[Tensor | None, Tensor]:
    dt = None
    if target_too:
        # The loss is linear in t: its slope, -x from logits, is its value at 1 less that at 0.
        one, zero = ones_like(x), zeros_like(x)
        slope = subtract(binary_crossentropy(one, x, logits), binary_crossentropy(zero, x, logits))
        dt = multiply(dy, slope)
    return dt, _binary_backward(dy, t, x, logits)


def _binary_backward(dy: Tensor, t: Tensor, x: Tensor, logits: bool) -> Tensor:
    dx = _core.binary_cross_entropy_backward(dy, t, x, logits)
    if _state.stack:
        record(_binary_backward_rule, (dy, t, x), dx, (dy, t, x, logits))
    return dx


def _binary_backward_rule(
    g: Tensor, dy: Tensor, t: Tensor, x: Tensor, logits: bool
) -> tuple[Tensor, Tensor, Tensor]:
    one, zero = ones_like(x), zeros_like(x)
    ddy = multiply(g, _binary_backward(one, t, x, logits))
    gdy = multiply(g, dy)
    # p and p - 1 are the slopes at t = 0 and t = 1: sigmoid(x) - t.
    p, q = _binary_backward(one, zero, x, logits), _binary_backward(one, one, x, logits)
    dt = multiply(gdy, subtract(q, p))
    if logits:
        return ddy, dt, negative(multiply(gdy, multiply(p, q)))
    # From probabilities p = 1 / (1 - x) and q = -1 / x, both 0 where x was clipped.
    curve = add(multiply(multiply(p, p), subtract(one, t)), multiply(multiply(q, q), t))
    return ddy, dt, multiply(gdy, curve)


def _start(output: Any, from_logits: bool, bits: bool = False) -> tuple[Tensor, bool]:
    """The floating-point tensor to start from, and whether it holds logits."""
    x = convert_to_tensor(output)
    if x.dtype not in ("float32", "float64"):
        x = cast(x, "float32")
    logits = None if from_logits else logits_of(x, bits)
    return (x, from_logits) if logits is None else (logits, True)


def _watched(output: Any, x: Tensor) -> Any:
    """What the tape knows x by."""
    return output if isinstance(output, _core.Variable) and output.id == x.id else x


def _followed(target: Any, t: Tensor) -> Any:
    """The target, if a tape follows it; its gradient costs as much as the output's."""
    if isinstance(target, _core.Variable):
        return target if target.id == t.id else t
    return t if any(t.id in tape._watched for tape in _state.stack) else None


def _check_axis(axis: int, x: Tensor, op: str) -> None:
    if axis != -1 and axis != x.ndim - 1:
        raise ValueError(f"[{op}] classes must be on the last axis, got axis={axis}")


def _inside(q: Tensor) -> Tensor:
    """1 where a probability was not clipped, else 0; a constant."""
    inside = logical_and(greater_equal(q, _EPSILON), less_equal(q, 1 - _EPSILON))
    return cast(inside, q.dtype)


def _clipped_log(x: Tensor) -> Tensor:
    """log(clip(x / sum(x))): the cross-entropy of a bit that is 1 has that form."""
    q = divide(x, sum_(x, axis=-1, keepdims=True))
    return negative(binary_crossentropy(ones_like(q), q))


def _through(g: Tensor, dy: Tensor, t: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """Derivatives of sum(g dx) along t and x, dx = dy (U / S - [inside] t / x) from probabilities.

    By composition: U = sum of t inside, S = sum(x).
    """
    inside = _inside(divide(x, sum_(x, axis=-1, keepdims=True)))
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([t, x])
        kept = multiply(t, inside)
        share = divide(sum_(kept, axis=-1, keepdims=True), sum_(x, axis=-1, keepdims=True))
        dx = multiply(expand_dims(dy, -1), subtract(share, divide(kept, x)))
    dt, ddx = tape.gradient(dx, [t, x], output_gradients=g)
    return dt, ddx

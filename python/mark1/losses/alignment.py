"""Bringing targets and outputs to one shape.

As in Keras a missing last axis of one is added or dropped; nothing else is ever broadcast, because
``(n,)`` against ``(n, 1)`` would silently become ``(n, n)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.device_array import DeviceArray
from mark1.typing import Values


def operands(y_true: Any, y_pred: Any, op: str) -> tuple[Tensor, Tensor]:
    """Make targets and outputs floating-point tensors of one dtype and shape.

    Args:
        y_true: targets.
        y_pred: outputs of the same shape, up to a last axis of one.
        op: what messages begin with.

    Returns:
        Both, in the dtype of the outputs; integers are converted to float32.

    Raises:
        ValueError: the shapes differ.

    >>> [t.dtype for t in operands([1, 2], [1, 3], "mse")]
    ['float32', 'float32']
    """
    y_pred = floating(y_pred)
    return align(ops.cast(y_true, y_pred.dtype), y_pred, op)


def floating(x: Any) -> Tensor:
    """Make a floating-point tensor; integers become float32.

    >>> floating([1, 2]).dtype
    'float32'
    """
    x = ops.convert_to_tensor(x)
    return x if x.dtype in ("float32", "float64") else ops.cast(x, "float32")


def align(y_true: Tensor, y_pred: Tensor, op: str = "loss") -> tuple[Tensor, Tensor]:
    """Give targets and outputs the same shape.

    Args:
        y_true: targets.
        y_pred: outputs of the same shape, up to a last axis of one.
        op: what messages begin with.

    Returns:
        Both, of the same shape.

    Raises:
        ValueError: the shapes differ otherwise.

    >>> import mark1
    >>> a, b = align(mark1.ops.zeros((3,)), mark1.ops.zeros((3, 1)))
    >>> a.shape, b.shape
    ((3, 1), (3, 1))
    """
    if y_true.shape == y_pred.shape:
        return y_true, y_pred
    if (*y_true.shape, 1) == y_pred.shape:
        return ops.reshape(y_true, y_pred.shape), y_pred
    if y_true.shape == (*y_pred.shape, 1):
        if y_pred.ndim == 1:
            return y_true, ops.reshape(y_pred, y_true.shape)
        return ops.reshape(y_true, y_pred.shape), y_pred
    raise ValueError(
        f"[{op}] targets and outputs must have the same shape "
        f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
    )


def fit_weights(weight: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Give weights the rank of the values they belong to, axes being matched from the left.

    Args:
        weight: one for all, one per row, or the shape of the values up to axes of one.
        shape: shape of the values (n, ...).

    Raises:
        ValueError: the weights do not fit.

    >>> import mark1
    >>> fit_weights(mark1.ops.ones((3,)), (3, 2)).shape
    (3, 1)
    """
    given = weight.shape
    if weight.ndim == len(shape) + 1 and given[-1] == 1:
        weight = ops.reshape(weight, given[:-1])
    elif weight.ndim < len(shape):
        weight = ops.reshape(weight, given + (1,) * (len(shape) - weight.ndim))
    if weight.ndim > len(shape) or any(
        w not in (1, n) for w, n in zip(weight.shape, shape, strict=True)
    ):
        raise ValueError(
            f"[loss] sample_weight of shape {given} does not fit values of shape {shape}"
        )
    return weight


def align_array(y: Values, output_shape: tuple[int | None, ...], op: str) -> Values:
    """Give a whole array of targets the shape of the outputs, without copying it.

    Args:
        y: targets (n, ...).
        output_shape: (None, ...).
        op: name of the loss, for messages.

    Returns:
        A view of y of shape (n, ...) like the outputs.

    Raises:
        ValueError: the shapes do not go together.

    >>> align_array(np.zeros(3), (None, 1), "mse").shape
    (3, 1)
    """
    y = align_if_possible(y, output_shape)
    want = tuple(output_shape[1:])
    have = y.shape[1:]
    if len(have) == len(want) and all(b in (None, a) for a, b in zip(have, want, strict=True)):
        return y
    hint = ""
    if not have and want and want[0] and want[0] > 1:
        hint = (
            f". For class numbers use sparse_categorical_crossentropy, or one-hot rows: "
            f"mark1.utils.to_categorical(y, {want[0]})"
        )
    elif len(want) > len(have):
        hint = (
            f". The outputs have {len(want) - len(have)} axes more: is there a Flatten missing, a "
            "global pooling, or has a recurrent layer return_sequences=True?"
        )
    elif len(have) == len(want) == 1:
        hint = f". The last layer has {want[0]} outputs, the targets have {have[0]} columns"
    raise ValueError(
        f"[{op}] targets must have the shape of the outputs "
        f"(y: {y.shape}, outputs: {shape_text(output_shape)}){hint}"
    )


def align_if_possible(y: Values, output_shape: tuple[int | None, ...]) -> Values:
    """Add or drop a last axis of one if that gives targets the shape of the outputs.

    >>> align_if_possible(np.zeros(3), (None, 1)).shape
    (3, 1)
    >>> align_if_possible(np.zeros(3), (None, 10)).shape
    (3,)
    """
    want = tuple(output_shape[1:])
    if want == (*y.shape[1:], 1):
        return y.reshape((*y.shape, 1))
    return y.reshape(y.shape[:-1]) if y.shape[1:] == (*want, 1) else y


def shape_text(shape: tuple[int | None, ...]) -> str:
    """Write a shape for a message.

    >>> shape_text((None, 784))
    '(batch, 784)'
    """
    first = ["batch" if shape[0] is None else str(shape[0])] if shape else []
    rest = ["None" if n is None else str(n) for n in shape[1:]]
    inner = ", ".join(first + rest)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def whole_labels(y: Values, op: str) -> Values:
    """Return class numbers unchanged, and refuse fractions.

    >>> whole_labels(np.array([0.0, 2.0]), "loss")
    array([0., 2.])
    """
    if y.dtype.kind in "iub" or (isinstance(y, DeviceArray) and y.is_whole()):
        return y
    seen = np.asarray(y)
    wrong = np.flatnonzero(~(np.rint(seen) == seen))
    if wrong.size:
        raise ValueError(
            f"[{op}] labels must be whole numbers, y holds {seen.flat[wrong[0]]} "
            f"at position {wrong[0]}"
        )
    return y


def check_range(y: Values, low: float, high: float, op: str, rule: str) -> None:
    """Refuse values outside [low, high], naming the first with its position.

    >>> check_range(np.array([0, 10]), 0, 9, "loss", "labels must be 0 to 9")
    Traceback (most recent call last):
    ValueError: [loss] labels must be 0 to 9, y holds 10 at position 1
    """
    if y.size == 0 or (y.min() >= low and y.max() <= high):
        return
    y = np.asarray(y)
    flat = int(np.flatnonzero(~((y >= low) & (y <= high)))[0])
    where = flat if y.ndim == 1 else tuple(int(i) for i in np.unravel_index(flat, y.shape))
    raise ValueError(f"[{op}] {rule}, y holds {y.flat[flat]} at position {where}")

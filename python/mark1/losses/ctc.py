"""Connectionist temporal classification: sequences of labels without their places in time."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import check_range, floating, shape_text, whole_labels
from mark1.losses.loss import StandardLoss, enter_function, registry
from mark1.typing import Values

# Stands for the logarithm of 0: sums of it and its gradients stay finite.
_NOTHING = -1e30


def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """Negative logarithm of the probability of all paths that spell the labels.

    A path has one class per time; class 0 is blank. It spells its classes without repetitions that
    no blank separates, and without blanks. The probability is summed up along time (the forward
    recursion), in logarithms, by a few operations per time.

    Args:
        y_true: class numbers (n, L), 0 after the last one of a row.
        y_pred: logits (n, T, O).

    Returns:
        (n,); infinite, and without gradient, where there are too few times for the labels.

    Raises:
        ValueError: the shapes do not go together.

    Source:
        Graves, Fernandez, Gomez and Schmidhuber, Connectionist temporal classification, 2006.

    >>> ctc([[1]], [[[0.0, 0.0], [0.0, 0.0]]]).numpy()  # three paths of four spell 1
    array([0.28768206], dtype=float32)
    """
    labels, logits = ops.convert_to_tensor(y_true), floating(y_pred)
    if labels.ndim != 2 or logits.ndim != 3 or labels.shape[0] != logits.shape[0]:
        raise ValueError(
            "[ctc] labels (n, L) and logits (n, T, classes) are needed "
            f"(y_true: {labels.shape}, y_pred: {logits.shape})"
        )
    states = _with_blanks(ops.cast(labels, "int32"))
    n, count = states.shape
    times = logits.shape[1]
    places = ops.broadcast_to(ops.expand_dims(states, 1), (n, times, count))
    emitted = ops.take_along_axis(ops.log_softmax(logits), places, axis=-1)
    by_time = ops.split(ops.transpose(emitted, (1, 0, 2)), times)
    # From a state to the next but one: past a blank between two different labels.
    before = _shifted(states, 2, 0)
    leap = ops.logical_and(ops.not_equal(states, 0), ops.not_equal(states, before))
    first = ops.convert_to_tensor(np.arange(count) < 2)
    alpha = ops.where(first, by_time[0][0], _NOTHING)
    for at_time in by_time[1:]:
        reached = ops.logaddexp(alpha, _shifted(alpha, 1, _NOTHING))
        leapt = ops.where(leap, _shifted(alpha, 2, _NOTHING), _NOTHING)
        alpha = ops.add(ops.logaddexp(reached, leapt), at_time[0])
    return _ends(alpha, labels)


def _with_blanks(labels: Tensor) -> Tensor:
    """Labels (n, L) with a blank before, after and between them (n, 2 L + 1)."""
    n, length = labels.shape
    pairs = ops.stack([ops.zeros_like(labels), labels], axis=-1)
    return ops.pad(ops.reshape(pairs, (n, 2 * length)), ((0, 0), (0, 1)))


def _shifted(x: Tensor, by: int, fill: float) -> Tensor:
    """Each row moved towards its end; x itself has at least one column."""
    by = min(by, x.shape[1])
    return ops.pad(x[:, : x.shape[1] - by], ((0, 0), (by, 0)), constant_values=fill)


def _ends(alpha: Tensor, labels: Tensor) -> Tensor:
    """What the last label and the blank after it have reached, as a loss."""
    last = ops.multiply(ops.cast(ops.count_nonzero(labels, axis=1, keepdims=True), "int32"), 2)
    blank = ops.take_along_axis(alpha, last, axis=1)[:, 0]
    label = ops.take_along_axis(alpha, ops.maximum(ops.subtract(last, 1), 0), axis=1)[:, 0]
    label = ops.where(ops.greater(last[:, 0], 0), label, _NOTHING)
    total = ops.logaddexp(blank, label)
    return ops.where(ops.less(total, 0.5 * _NOTHING), float("inf"), ops.negative(total))


@registry.register()
class CTC(StandardLoss):
    """`ctc`, reduced over the batch.

    >>> round(float(CTC()([[1]], [[[0.0, 0.0], [0.0, 0.0]]])), 4)
    0.2877
    """

    _function = staticmethod(ctc)

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets are rows of class numbers."""
        if y.ndim != 2 or len(output_shape) != 3:
            raise ValueError(
                f"[{self.name}] labels (n, L) and outputs (n, T, classes) are needed "
                f"(y: {y.shape}, outputs: {shape_text(output_shape)})"
            )
        classes = output_shape[-1]
        if classes is not None:
            check_range(y, 0, classes - 1, self.name, f"labels must be 0 to {classes - 1}")
        return whole_labels(y, self.name).astype(np.int32, copy=False)


enter_function(ctc, CTC)

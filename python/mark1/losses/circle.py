"""Circle loss: embeddings of one class near each other, those of different classes apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import ops, recording
from mark1._core import Tensor
from mark1.losses.alignment import floating, shape_text, whole_labels
from mark1.losses.loss import StandardLoss, count_only, enter_function, reduce_values, registry
from mark1.typing import Values

# Stands for minus infinity in sums of exponentials: their gradients stay finite.
_NOTHING = -1e30


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80.0,
    margin: float = 0.4,
) -> Tensor:
    """``softplus(logsumexp(positive) + logsumexp(negative))`` over pairs of embeddings.

    With d the cosine distance ``max(1 - y_pred . ref, 0)`` and m the margin, a pair of one class
    gives ``gamma (m + d) (d - m)``, a pair of two ``gamma max(1 + m - d, 0) (1 - m - d)``.

    Args:
        y_true: class numbers (n,) or (n, 1).
        y_pred: embeddings of length 1 (n, d).
        ref_labels: class numbers of what is compared with (k,); y_true if None.
        ref_embeddings: what is compared with (k, d); y_pred if None.
        remove_diagonal: leave out pairs (i, i).
        gamma: scale.
        margin: how strict, from 0 to 1.

    Returns:
        (n,); 0 for those without a pair of either kind.

    Raises:
        ValueError: the shapes do not go together.

    Source:
        Sun et al., Circle loss: a unified perspective of pair similarity optimization, 2020.

    >>> x = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]
    >>> circle([0, 0, 1], x, gamma=1.0).numpy()
    array([0.6163438 , 0.96167487, 0.        ], dtype=float32)
    """
    y_pred = floating(y_pred)
    labels = _labels(y_true, y_pred, "y_true")
    others = y_pred if ref_embeddings is None else ops.cast(ref_embeddings, y_pred.dtype)
    other_labels = labels if ref_labels is None else _labels(ref_labels, others, "ref_labels")
    distance = ops.relu(ops.subtract(1.0, ops.matmul(y_pred, ops.transpose(others))))
    same = ops.equal(ops.expand_dims(labels, 1), ops.expand_dims(other_labels, 0))
    positive, negative = same, ops.logical_not(same)
    if remove_diagonal:
        n, k = len(labels), len(other_labels)
        positive = ops.logical_and(positive, ops.convert_to_tensor(~np.eye(n, k, dtype=bool)))
    near = ops.multiply(ops.add(distance, margin), ops.subtract(distance, margin))
    reach = ops.relu(ops.subtract(1.0 + margin, distance))
    far = ops.multiply(reach, ops.subtract(1.0 - margin, distance))
    return ops.softplus(ops.add(_gather(near, positive, gamma), _gather(far, negative, gamma)))


def _gather(values: Tensor, taken: Tensor, gamma: float) -> Tensor:
    values = ops.where(taken, ops.multiply(values, gamma), _NOTHING)
    return ops.logsumexp(values, axis=1)


def _labels(y: Any, embeddings: Tensor, name: str) -> Tensor:
    y = ops.convert_to_tensor(y)
    labels = ops.reshape(y, (y.shape[0],)) if y.ndim == 2 and y.shape[1] == 1 else y
    if embeddings.ndim != 2 or labels.shape != embeddings.shape[:1]:
        raise ValueError(
            "[circle] one label per embedding (n, d) is needed "
            f"({name}: {y.shape}, embeddings: {embeddings.shape})"
        )
    return ops.cast(labels, "int32")


@registry.register()
class Circle(StandardLoss):
    """`circle`, reduced over the batch: means are taken over samples whose loss is not 0.

    >>> x = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]
    >>> round(float(Circle(gamma=1.0)([0, 0, 1], x)), 4)
    0.789
    """

    _function = staticmethod(circle)
    _arguments = ("gamma", "margin", "remove_diagonal")

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            reduction, name, dtype, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal
        )

    def __call__(
        self,
        y_true: Any,
        y_pred: Any,
        sample_weight: Any = None,
        ref_labels: Any = None,
        ref_embeddings: Any = None,
    ) -> Tensor:
        """Return the reduced loss."""
        recording.note(self)
        values = circle(y_true, y_pred, ref_labels, ref_embeddings, **self._bound())
        counted = ops.greater(values, 0)
        values, sample_weight = count_only(values, sample_weight, self.reduction, counted, None)
        return reduce_values(values, sample_weight, self.reduction)

    def of_prepared(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None) -> Tensor:
        """Return the reduced loss."""
        return self(y_true, y_pred, sample_weight)

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets are class numbers, one per row of outputs."""
        y = y.reshape(len(y)) if y.ndim == 2 and y.shape[1] == 1 else y
        if y.ndim != 1 or len(output_shape) != 2:
            raise ValueError(
                f"[{self.name}] one label per embedding is needed "
                f"(y: {y.shape}, outputs: {shape_text(output_shape)})"
            )
        return whole_labels(y, self.name).astype(np.int32, copy=False)


enter_function(circle, Circle)

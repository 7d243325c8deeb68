"""Intersection over union of classes, for segmentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.loss import divide_no_nan
from mark1.metrics.metric import Metric, registry, spread_weights
from mark1.ops.gather import scatter_add
from mark1.utils.naming import snake_case, unique_name


@registry.register()
class IoU(Metric):
    """Of each class ``tp / (tp + fp + fn)``, and the mean of the classes asked for.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes whose mean is taken; those that never occur are left out.
        name: what it is called in logs.
        dtype: of the result.
        ignore_class: targets of this class do not count.
        sparse_y_true: targets are class numbers, not one-hot.
        sparse_y_pred: outputs are class numbers, not one per class.
        axis: where classes are, if they are not numbers.

    Raises:
        ValueError: a class is out of range, or the shapes differ.

    >>> float(IoU(2, [0])([0, 0, 1, 1], [0, 1, 0, 1])).__round__(4)
    0.3333
    """

    _arguments: ClassVar[tuple[str, ...]] = (
        "num_classes",
        "target_class_ids",
        "ignore_class",
        "sparse_y_true",
        "sparse_y_pred",
        "axis",
    )

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name or unique_name(snake_case(type(self).__name__)), dtype)
        classes = [int(c) for c in target_class_ids]
        wrong = [c for c in classes if not 0 <= c < num_classes]
        if wrong or not classes:
            raise ValueError(
                f"[{self.name}] target_class_ids must be from 0 to {num_classes - 1}, got {classes}"
            )
        self.num_classes = num_classes
        self.target_class_ids = classes
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        # [target, output], and last those that do not count.
        self._cells = self.add_variable((num_classes**2 + 1,), dtype="float64", name="cells")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets and outputs of a batch; weights as for `Mean`."""
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        if not self.sparse_y_true:
            y_true = ops.argmax(y_true, axis=self.axis)
        if not self.sparse_y_pred:
            y_pred = ops.argmax(y_pred, axis=self.axis)
        self._count(ops.cast(y_true, "int32"), ops.cast(y_pred, "int32"), sample_weight)

    def _count(self, t: Tensor, p: Tensor, sample_weight: Any) -> None:
        if t.size != p.size:
            raise ValueError(
                f"[{self.name}] one target per output is needed (y_true: {t.shape}, "
                f"y_pred: {p.shape})"
            )
        weights = ops.full((t.size,), 1.0, "float64")
        if sample_weight is not None:
            given = ops.convert_to_tensor(sample_weight, "float64")
            weights = ops.reshape(spread_weights(given, ops.cast(t, "float64")), (-1,))
        t, p = ops.reshape(t, (-1,)), ops.reshape(p, (-1,))
        n = self.num_classes
        inside = ops.logical_and(self._inside(t), self._inside(p))
        if self.ignore_class is not None:
            inside = ops.logical_and(inside, ops.not_equal(t, self.ignore_class))
        cell = ops.where(inside, ops.add(ops.multiply(t, n), p), n * n)
        self._cells.assign_add(scatter_add(weights, cell, n * n + 1))

    def _inside(self, x: Tensor) -> Tensor:
        return ops.logical_and(ops.greater_equal(x, 0), ops.less(x, self.num_classes))

    @property
    def total_cm(self) -> Tensor:
        """The confusion matrix so far [target, output], in float64."""
        n = self.num_classes
        return ops.reshape(self._cells.value[: n * n], (n, n))

    def result(self) -> Tensor:
        """Return the mean; 0 if none of the classes occurred."""
        matrix = self.total_cm
        right = ops.sum(ops.multiply(matrix, np.eye(self.num_classes)), axis=1)
        either = ops.subtract(ops.add(ops.sum(matrix, axis=0), ops.sum(matrix, axis=1)), right)
        places = ops.convert_to_tensor(self.target_class_ids, "int32")
        right, either = ops.take(right, places), ops.take(either, places)
        occurred = ops.cast(ops.greater(either, 1e-9), "float64")
        shares = ops.multiply(divide_no_nan(right, either), occurred)
        return ops.cast(divide_no_nan(ops.sum(shares), ops.sum(occurred)), self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {**super().get_config(), **{name: getattr(self, name) for name in self._arguments}}


@registry.register()
class BinaryIoU(IoU):
    """`IoU` of two classes, outputs being at least a threshold or not.

    >>> float(BinaryIoU((0, 1), 0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])).__round__(4)
    0.3333
    """

    _arguments = ("target_class_ids", "threshold")

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets and outputs of a batch; weights as for `Mean`."""
        above = ops.greater_equal(y_pred, self.threshold)
        self._count(ops.cast(y_true, "int32"), ops.cast(above, "int32"), sample_weight)


@registry.register()
class MeanIoU(IoU):
    """`IoU` averaged over all classes.

    >>> float(MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1])).__round__(4)
    0.3333
    """

    _arguments: ClassVar[tuple[str, ...]] = (
        "num_classes",
        "ignore_class",
        "sparse_y_true",
        "sparse_y_pred",
        "axis",
    )

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            range(num_classes),
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )


@registry.register()
class OneHotIoU(IoU):
    """`IoU` of one-hot targets.

    >>> metric = OneHotIoU(2, [0])
    >>> float(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8]]))
    1.0
    """

    _arguments = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


@registry.register()
class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of one-hot targets.

    >>> float(OneHotMeanIoU(2)([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8]]))
    1.0
    """

    _arguments = ("num_classes", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

"""Class numbers as rows of zeros with a single one."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.typing import DTypeLike


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: DTypeLike = "float32") -> Tensor:
    """A new axis on which the element that x names is 1 and all others are 0.

    out[..., j] = 1 if x[...] = j else 0. A number that names no class gives zeros.

    Args:
        x: class numbers, Tensor or array of any shape.
        num_classes: length of the new axis.
        axis: where it is inserted, counted in the result.
        dtype: of the result.

    Returns:
        A tensor of x's shape with one axis more.

    Raises:
        ValueError: if there are less than no classes or more than int32 holds, or no such axis.

    Example:
        >>> import mark1
        >>> mark1.ops.one_hot([1, 0], 3).numpy()
        array([[0., 1., 0.],
               [1., 0., 0.]], dtype=float32)
    """
    labels = _core.convert(x)
    rank = labels.ndim + 1
    if num_classes < 0:
        raise ValueError(f"[one_hot] needs the number of classes, got num_classes={num_classes}")
    if num_classes > 2**31 - 1:
        raise ValueError(f"[one_hot] at most 2^31 - 1 classes fit int32, got {num_classes}")
    if not -rank <= axis < rank:
        raise ValueError(f"[one_hot] there is no axis {axis} in a tensor of {rank} axes")
    axis %= rank
    # A constant, whatever the step: classes along their axis, to be compared with each label.
    classes = _core.convert(np.arange(num_classes, dtype=np.int32))
    along = [1] * rank
    along[axis] = num_classes
    shape = [*labels.shape[:axis], 1, *labels.shape[axis:]]
    hits = _core.equal(_core.reshape(labels, shape), _core.reshape(classes, along))
    return _core.cast(hits, dtype)

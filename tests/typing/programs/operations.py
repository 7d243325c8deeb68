"""Operations with tensors, variables, arrays, lists and numbers, as strict checkers see them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from typing_extensions import assert_type

import mark1 as keras
from mark1 import Tensor, ops

t = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
v = keras.Variable([[1.0, 0.0], [0.0, 1.0]])
a = np.eye(2, dtype="float32")
Array = npt.NDArray[Any]

assert_type(t, Tensor)
assert_type(t.shape, tuple[int, ...])
assert_type(t.dtype, str)
assert_type(t.numpy(), Array)
assert_type(ops.convert_to_numpy(t), Array)
assert_type(t + 1, Tensor)
assert_type(1.0 / t, Tensor)
assert_type(t * v, Tensor)
assert_type(v * t, Tensor)
assert_type(t - a, Tensor)
assert_type(t @ a, Tensor)
assert_type(t**2, Tensor)
assert_type(-t, Tensor)
assert_type(abs(t), Tensor)
assert_type(t > 1, Tensor)
assert_type(t[0, :1], Tensor)
assert_type(t[..., None], Tensor)
assert_type(list(t), list[Tensor])
assert_type(len(t), int)
assert_type(float(ops.sum(t)), float)

assert_type(ops.add(t, 1), Tensor)
assert_type(ops.maximum(v, 0.5), Tensor)
assert_type(ops.matmul([[1.0, 2.0]], a), Tensor)
assert_type(ops.mean(t, axis=-1, keepdims=True), Tensor)
assert_type(ops.argmax(a, axis=1), Tensor)
assert_type(ops.concatenate([t, v, a], axis=0), Tensor)
assert_type(ops.stack([t, t]), Tensor)
assert_type(ops.split(t, 2, axis=1), list[Tensor])
assert_type(ops.reshape(t, (-1,)), Tensor)
assert_type(ops.transpose(t), Tensor)
assert_type(ops.where(t > 2.0, t, 0.0), Tensor)
assert_type(ops.softmax(t), Tensor)
assert_type(ops.one_hot([0, 1], 3), Tensor)
assert_type(ops.einsum("ij,jk->ik", t, a), Tensor)
assert_type(ops.cast(t, "int32"), Tensor)
assert_type(ops.shape(t), tuple[int, ...])
assert_type(ops.zeros((2, 3), dtype="float32"), Tensor)
assert_type(ops.arange(3), Tensor)
assert_type(ops.median(t), Tensor)
assert_type(ops.image.resize(ops.ones((1, 4, 4, 1)), (2, 2)), Tensor)
assert_type(ops.stop_gradient(t), Tensor)
assert_type(keras.activations.gelu(t), Tensor)
values, places = ops.top_k(t, k=1)
assert_type(values, Tensor)


def norm(x: Tensor, epsilon: float = 1e-7) -> Tensor:
    """A function of operations needs no annotation within."""
    square = ops.sum(ops.square(x), axis=-1, keepdims=True)
    return x / ops.sqrt(square + epsilon)


assert_type(norm(t), Tensor)

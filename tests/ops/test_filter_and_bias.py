"""Gradients of filter and bias in one pass, also out of a max-pool's, have the bits of several."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from mark1.ops.activation import activation_backward
from mark1.ops.pool import make_windows
from tests.variants import REFERENCE, force, same_bits, variants

_RELU = _core.activation_index("relu")

# x, filter, stride, dilation and zeros per axis, pool_size, its strides and padding. The third has
# more windows than a group of chunks; then groups, a filter of one pixel and no image at all, for
# which there are other ways.
CASES = [
    ((2, 9, 8, 3), (3, 3, 3, 5), ((1, 1, 0, 0),) * 2, 2, None, "valid"),
    ((2, 9, 8, 3), (3, 3, 3, 37), ((1, 1, 1, 1),) * 2, 2, None, "same"),
    ((5, 66, 67, 3), (3, 3, 3, 32), ((1, 1, 1, 1),) * 2, 2, None, "valid"),
    ((2, 40, 4), (3, 4, 64), ((2, 1, 0, 0),), 2, 3, "valid"),
    ((1, 6, 5, 7, 2), (2, 2, 2, 2, 6), ((1, 1, 0, 0),) * 3, 2, None, "same"),
    ((3, 20, 20, 16), (3, 3, 16, 72), ((1, 1, 1, 1),) * 2, (2, 3), None, "same"),
    ((2, 9, 8, 4), (3, 3, 2, 8), ((1, 1, 0, 0),) * 2, 2, None, "valid"),
    ((2, 9, 8, 4), (1, 1, 4, 8), ((1, 1, 0, 0),) * 2, (3, 2), None, "same"),
    ((2, 40, 40, 2), (3, 3, 2, 3), ((1, 1, 0, 0),) * 2, 17, None, "valid"),
    ((0, 9, 8, 4), (3, 3, 4, 8), ((1, 1, 0, 0),) * 2, 2, None, "valid"),
]


def _operands(case, dtype, special=False):
    """x, dy of the pool's results, and what the pool keeps."""
    x_shape, w_shape, axes, *pool = case
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(s).astype(dtype) for s in (x_shape, w_shape, w_shape[-1:]))
    y = _core.conv(x, w, axes, b, "conv", _RELU)
    windows = make_windows("max_pool", y.ndim - 2, *pool)
    pooled, index = _core.max_pool(y, *windows)
    dy = rng.standard_normal(pooled.shape).astype(dtype)
    if special:
        dy = rng.choice(np.array([0.0, -0.0, 1e-42, np.inf, np.nan], dtype), pooled.shape)
    return x, _core.convert(dy), index, pooled, y.shape, windows


def _apart(case, x, dy, index, pooled, shape, windows):
    dz = activation_backward(dy, pooled, _RELU)
    dz = _core.max_pool_backward(dz, index, shape, *windows)
    dw = _core.conv_filter_gradient(x, dz, case[1], case[2], "conv")
    return dz, dw, ops.sum(dz, axis=tuple(range(dz.ndim - 1)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("special", [False, True])
def test_the_bits_are_those_of_one_after_the_other(case, dtype, special):
    operands = _operands(case, dtype, special)
    x, dy, index, pooled, shape, windows = operands
    dz, *apart = _apart(case, *operands)
    for variant in [REFERENCE, *variants()]:
        with force(variant):
            together = _core.conv_filter_and_bias_gradient(x, dz, *case[1:3], "conv")
            way = (*case[1:3], "conv", index, pooled, shape, *windows)
            through_pool = _core.conv_pooled_gradient(x, dy, *way)
        for found in (together, through_pool):
            assert all(same_bits(f.numpy(), e.numpy()) for f, e in zip(found, apart, strict=True))


def test_a_first_layer_takes_the_short_way():
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(s).astype("float32") for s in ((2, 8, 9, 3), (3, 3, 3, 5), 5))
    filters, bias = mark1.Variable(w), mark1.Variable(b)

    def gradients(*watched):
        with mark1.GradientTape() as tape:
            for tensor in watched:
                tape.watch(tensor)
            y = ops.conv(tensors[0], filters, bias=bias, activation="relu")
            loss = ops.sum(ops.square(ops.max_pool(y, 2)))
        return [g.numpy().tobytes() for g in tape.gradient(loss, [filters, bias])]

    tensors = [ops.convert_to_tensor(x)]
    assert gradients() == gradients(*tensors)


def test_an_index_that_does_not_fit_is_refused():
    case = CASES[0]
    x, dy, index, pooled, shape, windows = _operands(case, "float32")
    way = (case[1], case[2], "conv", index[:1], pooled, shape, *windows)
    with pytest.raises(ValueError, match=r"^\[conv\] needs one value per window, "):
        _core.conv_pooled_gradient(x, dy, *way)

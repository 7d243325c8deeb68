"""float16: rounding, promotion, what operations do with it, and its products."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.narrow import rounded_to_half
from tests.variants import assert_same_everywhere, same_bits

ALL = np.arange(65536, dtype=np.uint16).view(np.float16)  # every value there is


def to_f16(x):
    return ops.cast(_core.convert(np.asarray(x)), "float16")


def test_every_value_survives_a_cast_there_and_back():
    wide = ALL.astype(np.float32)
    assert same_bits(ops.cast(to_f16(wide), "float32").numpy(), wide)
    assert to_f16(wide).nbytes == 2 * ALL.size


def test_floats_round_to_the_nearest_and_ties_to_even():
    finite = ALL[np.isfinite(ALL)].astype(np.float64)
    following = np.ldexp(1.0, np.maximum(np.frexp(finite)[1] - 11, -24))  # to the next value
    # Around every value and every tie between two: what lies a step of float32 to either side.
    for part in (0.0, 0.25, 0.5, 0.75):
        middle = (finite + part * following).astype(np.float32)
        for x in (middle, np.nextafter(middle, np.inf), np.nextafter(middle, -np.inf)):
            with np.errstate(over="ignore"):
                assert same_bits(to_f16(x).numpy(), x.astype(np.float16))
    rng = np.random.default_rng(0)
    x = rng.integers(0, 1 << 32, 1 << 18, dtype=np.uint64).astype(np.uint32).view(np.float32)
    with np.errstate(all="ignore"):
        assert same_bits(to_f16(x).numpy(), x.astype(np.float16))
        edge = np.array([65519.9, 65520.0, 2.0**-25, 2.0**-25 * 1.001, -(2.0**-26)], np.float32)
        assert same_bits(to_f16(edge).numpy(), edge.astype(np.float16))


def test_doubles_and_integers_are_rounded_once():
    # Just above a tie: by way of float32 it would be one, and go to even.
    x = np.array([1.0 + 2.0**-11 + 2.0**-40, 1.0 + 2.0**-11, -1.0 - 2.0**-11 - 2.0**-40])
    assert to_f16(x).numpy().tolist() == [1.0 + 2.0**-10, 1.0, -1.0 - 2.0**-10]
    rng = np.random.default_rng(0)
    x = np.ldexp(rng.standard_normal(1 << 16), rng.integers(-30, 20, 1 << 16))
    with np.errstate(over="ignore"):
        assert same_bits(to_f16(x).numpy(), x.astype(np.float16))
    whole = np.array([2049, 2051, -4098, 65519, 65520, -(2**40), 2**62 + 1])
    want = [2048.0, 2052.0, -4096.0, 65504.0, np.inf, -np.inf, np.inf]
    assert to_f16(whole).numpy().tolist() == want


def test_cast_has_the_same_bits_everywhere():
    rng = np.random.default_rng(1)
    for dtype in (np.float32, np.float64):
        words = rng.integers(0, 256, 70_001 * np.dtype(dtype).itemsize, dtype=np.uint8)
        x = _core.convert(words.view(dtype))
        assert_same_everywhere(lambda x=x: (ops.cast(x, "float16"),), what=str(dtype))
    for target in ("float32", "float64", "int32", "bool", "uint8", "bfloat16"):
        x = to_f16(ALL.astype(np.float32))
        assert_same_everywhere(
            lambda x=x, t=target: (ops.cast(ops.cast(x, t), "float32"),), what=target
        )


@pytest.mark.parametrize(
    ("other", "want"),
    [
        ("bool", "float16"),
        ("int64", "float16"),
        ("bfloat16", "float32"),
        ("float32", "float32"),
        ("float64", "float64"),
    ],
)
def test_promotion_is_that_of_keras(other, want):
    x, y = to_f16([1.0]), _core.convert([2], other)
    assert ops.add(x, y).dtype == ops.add(y, x).dtype == want
    assert ops.matmul(x, ops.cast(y, other)).dtype == want or other in ("bool", "int64")
    assert ops.multiply(x, 2.5).dtype == ops.multiply(3, x).dtype == "float16"


def test_operations_round_once():
    rng = np.random.default_rng(2)
    a = rounded_to_half(rng.standard_normal((5, 7)).astype(np.float32))
    for name in ("exp", "tanh", "gelu", "softmax", "sort", "cumsum", "sqrt"):
        function = getattr(ops, name)
        out = function(to_f16(a))
        assert out.dtype == "float16"
        assert same_bits(out.numpy(), function(a).numpy().astype(np.float16))
    joined = ops.concatenate([to_f16(a), to_f16(a)], axis=1)
    assert (joined.dtype, joined.shape) == ("float16", (5, 14))
    assert to_f16(a)[1:, ::2].numpy().tolist() == a[1:, ::2].tolist()
    assert ops.zeros_like(to_f16(a)).dtype == "float16"
    assert ops.full((2,), 1.5, "float16").numpy().tolist() == [1.5, 1.5]
    assert mark1.random.normal((3,), dtype="float16", seed=1).dtype == "float16"


def test_numpy_shares_its_memory_and_arrays_keep_their_values():
    x = to_f16([1.0, 2.5])
    assert np.asarray(x).dtype == np.float16
    assert memoryview(x).format == "e"
    assert float(x[1]) == 2.5
    assert _core.convert(ALL).dtype == "float32"  # all values are exact there
    assert same_bits(_core.convert(ALL, "float16").numpy(), ALL)
    assert _core.convert(np.float16(1.5), np.float16).item() == 1.5


def test_kernels_without_float16_refuse_it():
    x = to_f16([1.0, 2.0])
    calls = [
        lambda: _core.add(x, x),
        lambda: _core.sum(x, [0], False),
        lambda: _core.less(x, x),
        lambda: _core.matmul(x, x),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"float16"):
            call()


# Products ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [(0, 31), (0, 32), (10, 20)])
def test_products_are_those_of_float32(values):
    rng = np.random.default_rng(3)
    a, b = (
        (rng.integers(0, 2, s) << 15 | rng.integers(*values, s) << 10 | rng.integers(0, 1024, s))
        .astype(np.uint16)
        .view(np.float16)
        for s in ((9, 700), (700, 21))
    )
    wide = ops.matmul(a.astype(np.float32), b.astype(np.float32)).numpy()
    x, w = (_core.convert(v, "float16") for v in (a, b))
    sums = _core.f16_gemm(x, w, None, False, False, "matmul", -1, "float32").numpy()
    assert same_bits(sums, wide)
    with np.errstate(over="ignore"):
        assert same_bits(ops.matmul(x, w).numpy(), wide.astype(np.float16))


def test_a_product_reads_variables_in_its_precision():
    x, w = to_f16(np.ones((2, 3))), mark1.Variable(np.full((3, 2), 1.0002, np.float32))
    y = ops.matmul(x, w)
    assert y.dtype == "float16"
    assert y.numpy().tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert ops.matmul(x, w.value).dtype == "float32"
    assert ops.matmul(x, to_f16(np.ones(3))).shape == (2,)


@pytest.mark.parametrize("activation", ["linear", "relu", "tanh", "gelu"])
def test_gradients_of_dense_are_those_of_rounded_operands(activation):
    rng = np.random.default_rng(6)
    x, w, b = (rng.standard_normal(s).astype(np.float32) for s in ((9, 40), (40, 11), (11,)))
    dy = rounded_to_half(rng.standard_normal((9, 11)).astype(np.float32))

    def gradients(x, w):
        x, w, bias = x, mark1.Variable(w), mark1.Variable(b)
        with mark1.GradientTape() as tape:
            tape.watch(x)
            y = ops.dense(x, w, bias, activation)
        return y, tape.gradient(y, [x, w, bias], output_gradients=_core.convert(dy, y.dtype))

    y, narrow = gradients(to_f16(x), w)
    _, wide = gradients(_core.convert(rounded_to_half(x)), rounded_to_half(w))
    assert y.dtype == "float16"
    assert [g.dtype for g in narrow] == ["float16", "float32", "float32"]
    for g, e in zip(narrow, wide, strict=True):
        g, e = g.numpy().astype(np.float32), e.numpy()
        # dy, and with it each term, is off by half a unit of its eleven bits at several places.
        assert np.abs(g - e).max() <= 4 * 2.0**-11 * np.abs(e).max()


def test_second_derivatives_flow():
    x = to_f16([[1.0, 2.0], [0.5, -1.0]])
    w = mark1.Variable([[1.0], [2.0]])
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            inner.watch(x)
            loss = ops.sum(ops.square(ops.matmul(x, w)))
        (dx,) = inner.gradient(loss, [x])
        total = ops.sum(dx)
    dw = outer.gradient(total, w).numpy()
    xs, ws = x.numpy().astype(np.float32), w.numpy()
    want = 2 * xs.sum(0, keepdims=True).T * ws.sum() + 2 * (xs @ ws).sum()
    assert np.allclose(dw, want, rtol=2.0**-9)


def test_batched_products_and_their_gradients():
    rng = np.random.default_rng(7)
    a, b = (
        rounded_to_half(rng.standard_normal(s).astype(np.float32))
        for s in ((2, 3, 8, 20), (3, 20, 6))
    )
    x, w = to_f16(a), to_f16(b)
    with mark1.GradientTape() as tape:
        tape.watch([x, w])
        y = ops.matmul(x, w)
    dx, dw = tape.gradient(y, [x, w])
    assert same_bits(y.numpy(), ops.matmul(a, b).numpy().astype(np.float16))
    assert (dx.shape, dw.shape, dw.dtype) == (a.shape, b.shape, "float16")
    ones = np.ones(y.shape, np.float32)
    assert np.allclose(dw.numpy(), (np.swapaxes(a, -1, -2) @ ones).sum(0), rtol=2.0**-10, atol=0.01)


def test_shapes_and_dtypes_that_do_not_fit_are_refused():
    x = to_f16(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"\[matmul\] inner dimensions differ"):
        ops.matmul(x, x)
    with pytest.raises(ValueError, match=r"\[dense\] inner dimensions differ"):
        ops.dense(x, x)


def test_torch_rounds_alike():
    torch = pytest.importorskip("torch")
    bits = np.random.default_rng(8).integers(0, 1 << 32, 1 << 20, dtype=np.uint64)
    x = bits.astype(np.uint32).view(np.float32)
    assert same_bits(to_f16(x).numpy(), torch.from_numpy(x).to(torch.float16).numpy())

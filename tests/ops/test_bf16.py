"""bfloat16: rounding, promotion, what operations do with it, and the units that multiply it."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.narrow import rounded
from tests.variants import assert_same_everywhere, same_bits

ALL = (np.arange(65536, dtype=np.uint32) << 16).view(np.float32)  # every value there is


def to_bf16(x):
    return ops.cast(_core.convert(np.asarray(x)), "bfloat16")


def test_every_value_survives_a_cast_there_and_back():
    assert same_bits(to_bf16(ALL).numpy(), ALL)
    assert to_bf16(ALL).nbytes == 2 * ALL.size


def test_floats_round_to_the_nearest_and_ties_to_even():
    finite = ALL[np.isfinite(ALL)]
    bits = finite.view(np.uint32)
    # Around every value and every tie between two: what lies a step of float32 to either side.
    for offset in (1, 0x7FFF, 0x8000, 0x8001, 0xFFFF):
        x = (bits + np.uint32(offset)).view(np.float32)
        x = x[~np.isnan(x)]
        assert same_bits(to_bf16(x).numpy(), rounded(x))


def test_doubles_are_rounded_once():
    # Just above a tie: by way of float32 it would be one, and go to even.
    x = np.array([1.0 + 2.0**-8 + 2.0**-40, 1.0 + 2.0**-8, -1.0 - 2.0**-8 - 2.0**-40])
    assert to_bf16(x).numpy().tolist() == [1.0 + 2.0**-7, 1.0, -1.0 - 2.0**-7]
    rng = np.random.default_rng(0)
    x = rng.integers(0, 1 << 64, 1 << 18, dtype=np.uint64).view(np.float64)
    x = np.concatenate(
        [x, np.ldexp(rng.standard_normal(1 << 16), rng.integers(-160, 130, 1 << 16))]
    )
    x = x[~np.isnan(x)]
    assert same_bits(to_bf16(x).numpy(), rounded(x).astype(np.float32))


def test_integers_are_rounded_once():
    x = np.array([2**62 + 2**54, 2**62 + 2**54 + 1, -(2**62) - 2**54 - 1, 257, -257, 0])
    want = [2.0**62, 2.0**62 + 2.0**55, -(2.0**62) - 2.0**55, 256.0, -256.0, 0.0]
    assert to_bf16(x).numpy().tolist() == want


def test_cast_has_the_same_bits_everywhere():
    rng = np.random.default_rng(1)
    for dtype in (np.float32, np.float64):
        words = rng.integers(0, 256, 70_001 * np.dtype(dtype).itemsize, dtype=np.uint8)
        x = _core.convert(words.view(dtype))
        assert_same_everywhere(lambda x=x: (ops.cast(x, "bfloat16"),), what=str(dtype))
    for target in ("float64", "int32", "bool", "uint8"):
        x = to_bf16(ALL)
        assert_same_everywhere(lambda x=x, t=target: (ops.cast(x, t),), what=target)


@pytest.mark.parametrize(
    ("other", "want"),
    [("bool", "bfloat16"), ("int64", "bfloat16"), ("float32", "float32"), ("float64", "float64")],
)
def test_promotion_is_that_of_keras(other, want):
    x, y = to_bf16([1.0]), _core.convert([2], other)
    assert ops.add(x, y).dtype == ops.add(y, x).dtype == want
    assert ops.multiply(x, 2.5).dtype == ops.multiply(3, x).dtype == "bfloat16"


def test_operations_round_once():
    x, y = np.float32(1.0078125), np.float32(0.00390625)  # a sum halfway between two values
    assert ops.add(to_bf16([x]), to_bf16([y])).item() == rounded(np.array(x + y))
    rng = np.random.default_rng(2)
    a = rounded(rng.standard_normal((5, 7)).astype(np.float32))
    for name in ("exp", "tanh", "gelu", "softmax", "sort", "cumsum", "sqrt"):
        function = getattr(ops, name)
        out = function(to_bf16(a))
        assert out.dtype == "bfloat16"
        assert same_bits(out.numpy(), rounded(function(a).numpy()))
    joined = ops.concatenate([to_bf16(a), to_bf16(a)], axis=1)
    assert joined.dtype == "bfloat16"
    assert joined.shape == (5, 14)
    assert to_bf16(a)[1:, ::2].numpy().tolist() == a[1:, ::2].tolist()
    assert ops.argmax(to_bf16(a), axis=1).dtype == "int32"
    assert ops.zeros_like(to_bf16(a)).dtype == "bfloat16"
    assert ops.full((2,), 1.5, "bfloat16").numpy().tolist() == [1.5, 1.5]


def test_a_variable_is_read_in_the_precision_of_what_it_meets():
    x, w = to_bf16(np.ones((2, 3))), mark1.Variable(np.full((3, 2), 1.001, np.float32))
    assert ops.add(x, ops.transpose(w)).dtype == "float32"  # a tensor: promoted
    assert ops.multiply(x, mark1.Variable([1.0, 2.0, 3.0])).dtype == "bfloat16"
    y = ops.matmul(x, w)
    assert y.dtype == "bfloat16"
    assert y.numpy().tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert ops.matmul(x, w.value).dtype == "float32"


def test_numpy_gets_float32_and_gives_bfloat16():
    x = to_bf16([1.0, 2.5])
    assert np.asarray(x).dtype == np.float32
    assert float(x[1]) == 2.5
    with pytest.raises(BufferError):
        memoryview(x)
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert np.asarray(x, dtype=ml_dtypes.bfloat16).tolist() == [1.0, 2.5]
    back = _core.convert(np.array([[1.5, -2.0]], ml_dtypes.bfloat16))
    assert back.dtype == "bfloat16"
    assert back.numpy().tolist() == [[1.5, -2.0]]


def test_kernels_without_bfloat16_refuse_it():
    x = to_bf16([1.0, 2.0])
    calls = [
        lambda: _core.add(x, x),
        lambda: _core.sum(x, [0], False),
        lambda: _core.less(x, x),
        lambda: _core.argsort(x, False, 2),
        lambda: _core.matmul(x, x),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"bfloat16"):
            call()


# Products ---------------------------------------------------------------------------------------


def emulated(a, b):
    """The definition in NumPy, for operands whose products and sums stay off the denormals."""
    a, b = (rounded(x).astype(np.float64) for x in (a, b))
    blocks = -(-a.shape[1] // 32)
    a = np.pad(a, ((0, 0), (0, 32 * blocks - a.shape[1])))
    b = np.pad(b, ((0, 32 * blocks - b.shape[0]), (0, 0)))
    total = np.zeros((len(a), b.shape[1]), np.float32)
    for block in range(blocks):
        chains = []
        for first in (0, 1):
            chain = np.zeros_like(total)
            for k in range(32 * block + first, 32 * block + 32, 2):
                # Exact in float64 but for its rounding, which two that follow do not show here.
                chain = (np.outer(a[:, k], b[k]) + chain.astype(np.float64)).astype(np.float32)
            chains.append(chain)
        total = total + (chains[0] + chains[1])
    return total


def test_the_order_is_that_of_the_tiles():
    rng = np.random.default_rng(3)
    # Few bits, so that float64 holds each product and sum exactly.
    a, b = (
        rng.integers(-(2**7), 2**7, s) * 2.0 ** rng.integers(-9, 9, s) for s in ((9, 70), (70, 5))
    )
    a, b = a.astype(np.float32), b.astype(np.float32)
    y = _core.bf16_gemm(a, b, None, False, False, "matmul", -1, "float32").numpy()
    assert same_bits(y, emulated(a, b))


def test_denormals_count_as_zeros_of_their_sign():
    def product(a, b):
        a, b = np.array([a], np.float32), np.array(b, np.float32)[:, None]
        return _core.bf16_gemm(a, b, None, False, False, "matmul", -1, "float32").numpy()[0, 0]

    tiny = 2.0**-126
    assert product([tiny / 2], [2.0**100]) == 0.0  # operands
    assert product([2.0**-63], [2.0**-64]) == 0.0  # results
    assert product([2.0**-63], [2.0**-63]) == tiny
    # A chain that has left the normal range begins anew.
    assert product([2.0**-63, 0, 1.5 * 2.0**-63], [2.0**-64, 0, 2.0**-63]) == 1.5 * tiny
    assert np.isnan(product([np.inf], [0.0]))
    assert product([np.inf], [2.0]) == np.inf


@pytest.mark.parametrize("unit", _core.bf16_units())
@pytest.mark.parametrize("turns", [(False, False), (True, False), (False, True), (True, True)])
def test_every_unit_has_the_same_bits(unit, turns):
    rng = np.random.default_rng(4)
    try:
        for m, k, n in ((1, 1, 1), (5, 33, 31), (40, 300, 70), (33, 64, 32), (100, 520, 33)):
            for low, high in ((120, 134), (56, 66), (0, 255)):
                shapes = ((k, m) if turns[0] else (m, k), (n, k) if turns[1] else (k, n))
                a, b = (
                    _core.convert(
                        (rng.integers(0, 2, s) << 31 | rng.integers(low, high, s) << 23
                         | rng.integers(0, 128, s) << 16).astype(np.uint32).view(np.float32),
                        "bfloat16",
                    )
                    for s in shapes
                )  # fmt: skip
                _core.set_isa("reference")
                want = _core.bf16_gemm(a, b, None, *turns, "matmul", -1, "float32").numpy()
                _core.set_isa("avx512")
                _core.set_bf16_unit(unit)
                y = _core.bf16_gemm(a, b, None, *turns, "matmul", -1, "float32").numpy()
                assert same_bits(y, want)
    finally:
        _core.set_bf16_unit("")
        _core.set_isa(_core.available_isas()[-1])


def test_there_is_no_other_unit():
    with pytest.raises(ValueError, match=r"\[bf16_gemm\] there is no unit abacus here"):
        _core.set_bf16_unit("abacus")


def test_a_row_does_not_depend_on_its_batch():
    rng = np.random.default_rng(5)
    x, w = to_bf16(rng.standard_normal((50, 100))), to_bf16(rng.standard_normal((100, 40)))
    whole = ops.matmul(x, w).numpy()
    for i in (0, 13, 49):
        assert same_bits(ops.matmul(x[i : i + 1], w).numpy()[0], whole[i])
    assert same_bits(ops.matmul(x[7], w).numpy(), whole[7])
    stacked = ops.matmul(ops.reshape(x, (5, 10, 100)), ops.stack([w] * 5)).numpy()
    assert same_bits(stacked.reshape(50, 40), whole)


@pytest.mark.parametrize("activation", ["linear", "relu", "tanh", "gelu"])
def test_gradients_of_dense_are_those_of_rounded_operands(activation):
    rng = np.random.default_rng(6)
    x, w, b = (rng.standard_normal(s).astype(np.float32) for s in ((9, 40), (40, 11), (11,)))
    dy = rounded(rng.standard_normal((9, 11)).astype(np.float32))

    def gradients(x, w):
        x, w, bias = x, mark1.Variable(w), mark1.Variable(b)
        with mark1.GradientTape() as tape:
            tape.watch(x)
            y = ops.dense(x, w, bias, activation)
        return y, tape.gradient(y, [x, w, bias], output_gradients=_core.convert(dy, y.dtype))

    y, narrow = gradients(to_bf16(x), w)
    _, wide = gradients(_core.convert(rounded(x)), rounded(w))
    assert y.dtype == "bfloat16"
    assert [g.dtype for g in narrow] == ["bfloat16", "float32", "float32"]
    for g, e in zip(narrow, wide, strict=True):
        g, e = g.numpy(), e.numpy()
        # dy, and with it each term, is off by half a unit of its eight bits at several places.
        assert np.abs(g - e).max() <= 4 * 2.0**-8 * np.abs(e).max()


def test_second_derivatives_flow():
    x = to_bf16([[1.0, 2.0], [0.5, -1.0]])
    w = mark1.Variable([[1.0], [2.0]])
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            inner.watch(x)
            y = ops.matmul(x, w)
            loss = ops.sum(ops.square(y))
        (dx,) = inner.gradient(loss, [x])
        total = ops.sum(dx)
    dw = outer.gradient(total, w).numpy()
    # total = sum over i of 2 y_i (w_0 + w_1): its derivative by w is 2 x^T (1 s) + 2 sum(y).
    xs, ws = x.numpy(), w.numpy()
    want = 2 * xs.sum(0, keepdims=True).T * ws.sum() + 2 * (xs @ ws).sum()
    assert np.allclose(dw, want, rtol=2.0**-6)


def test_batched_products_and_their_gradients():
    rng = np.random.default_rng(7)
    a, b = (rounded(rng.standard_normal(s).astype(np.float32)) for s in ((2, 3, 8, 20), (3, 20, 6)))
    x, w = to_bf16(a), to_bf16(b)
    with mark1.GradientTape() as tape:
        tape.watch([x, w])
        y = ops.matmul(x, w)
    dx, dw = tape.gradient(y, [x, w])
    assert np.allclose(y.numpy(), a @ b, rtol=2.0**-8, atol=2.0**-6)
    assert dx.shape == a.shape
    assert dw.shape == b.shape
    assert dw.dtype == "bfloat16"
    ones = np.ones(y.shape, np.float32)
    assert np.allclose(dx.numpy(), ones @ np.swapaxes(b, -1, -2), rtol=2.0**-8, atol=2.0**-6)
    assert np.allclose(dw.numpy(), (np.swapaxes(a, -1, -2) @ ones).sum(0), rtol=2.0**-8, atol=0.05)


def test_shapes_that_do_not_fit_are_refused():
    x = to_bf16(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"\[matmul\] inner dimensions differ"):
        ops.matmul(x, x)
    with pytest.raises(ValueError, match=r"\[dense\] inner dimensions differ"):
        ops.dense(x, x)


def test_torch_rounds_alike():
    torch = pytest.importorskip("torch")
    bits = np.random.default_rng(8).integers(0, 1 << 32, 1 << 20, dtype=np.uint64)
    x = np.concatenate([bits.astype(np.uint32).view(np.float32), ALL])
    want = torch.from_numpy(x).to(torch.bfloat16).float().numpy()
    assert same_bits(to_bf16(x).numpy(), want)

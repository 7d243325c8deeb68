"""What the cases cannot say about activations: sizes beyond the caches, shapes that differ."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.variants import same_bits

NO_PARAMETERS = (0.0, 0.0, 0.0)
# Written past the caches, with whole blocks and a rest.
N = (1 << 22) + 1003


def backward(index: int, dy: np.ndarray, saved: _core.Tensor) -> _core.Tensor:
    return _core.activation_backward(index, _core.convert(dy), saved, *NO_PARAMETERS)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("isa", _core.available_isas())
@pytest.mark.parametrize("name", ["relu", "exponential", "tanh"])
def test_outputs_beyond_the_caches(name, isa, threads):
    _core.set_isa(isa)
    _core.set_num_threads(threads)
    x = np.linspace(-3, 3, N, dtype="float32")
    dy = np.linspace(1, 2, N, dtype="float32")
    index = _core.activation_index(name)
    y = _core.activation(index, x)
    dx = backward(index, dy, y)
    # In pieces that fit, at other offsets.
    for begin in range(0, N, 999_983):
        end = min(begin + 999_983, N)
        part = _core.activation(index, x[begin:end])
        assert same_bits(y.numpy()[begin:end], part.numpy())
        gradient = backward(index, dy[begin:end], part)
        assert same_bits(dx.numpy()[begin:end], gradient.numpy())


def test_gradients_of_another_shape_are_refused():
    index = _core.activation_index("tanh")
    x = _core.convert(np.zeros((2, 3), "f"))
    with pytest.raises(ValueError, match="needs operands of one shape and dtype"):
        backward(index, np.zeros((3, 2), "f"), x)
    with pytest.raises(ValueError, match="needs operands of one shape and dtype"):
        backward(index, np.zeros((2, 3)), x)


def test_a_name_that_is_not_listed():
    with pytest.raises(ValueError, match="there is no activation named 'relo'"):
        _core.activation_index("relo")


def _derivatives(function, at: np.ndarray, order: int) -> np.ndarray:
    x = mark1.Variable(at, dtype="float64")
    tapes = [mark1.GradientTape() for _ in range(order)]
    for tape in tapes:
        tape.__enter__()
    found = ops.sum(function(x))
    for tape in reversed(tapes):
        tape.__exit__(None, None, None)
        found = tape.gradient(found, x)  # the sum's: entries do not depend on each other
    return found.numpy()


SMOOTH = ["celu", "cos", "elu", "erf", "exp", "expm1", "gelu", "hard_silu", "leaky_relu", "log"]
SMOOTH += ["log1p", "log_sigmoid", "mish", "reciprocal", "relu", "rsqrt", "selu", "sigmoid", "silu"]
SMOOTH += ["sin", "softplus", "softsign", "sqrt", "square", "squareplus", "tan", "tanh"]
SMOOTH += ["tanh_shrink"]


@pytest.mark.parametrize("order", [3, 4])
@pytest.mark.parametrize("name", SMOOTH)
def test_higher_derivatives(name, order):
    """Against differences of the derivative below, by Richardson's rule; away from kinks."""
    at = np.array([0.3, 0.9, 1.3] if name in ("log", "rsqrt", "sqrt", "tan") else [-0.6, 0.2, 2.1])
    function = getattr(ops, name)
    _compare_with_differences(function, at, order)


def test_higher_derivatives_of_the_approximate_gelu():
    for order in (3, 4):
        _compare_with_differences(
            lambda x: ops.gelu(x, approximate=True), np.array([-2.0, 0.7]), order
        )


def _compare_with_differences(function, at: np.ndarray, order: int) -> None:
    def differences(h: float) -> np.ndarray:
        above, below = (_derivatives(function, at + s, order - 1) for s in (h, -h))
        return (above - below) / (2 * h)

    near = (4 * differences(1e-3) - differences(2e-3)) / 3
    np.testing.assert_allclose(_derivatives(function, at, order), near, rtol=1e-6, atol=1e-8)


def test_a_variable_has_its_gradient_through_linear():
    x = mark1.Variable([1.0, 2.0])
    with mark1.GradientTape() as tape:
        y = ops.sum(ops.linear(x) * [3.0, 4.0])
    np.testing.assert_array_equal(tape.gradient(y, x).numpy(), [3.0, 4.0])

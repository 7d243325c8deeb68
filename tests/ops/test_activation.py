"""What the cases cannot say about activations: sizes beyond the caches, shapes that differ."""

from __future__ import annotations

import numpy as np
import pytest

from mark1 import _core
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

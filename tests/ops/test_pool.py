"""What the cases cannot say about pooling: errors, ties, NaN, how places are kept."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops

X = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)

ERRORS = [
    (
        lambda: ops.max_pool(X, 5),
        "[max_pool] a window of (5, 5) does not fit into x: (1, 4, 4, 1). "
        "Use a smaller pool_size or padding='same'",
    ),
    (
        lambda: ops.average_pool(X, (2, 5)),
        "[average_pool] a window of (2, 5) does not fit into x: (1, 4, 4, 1). "
        "Use a smaller pool_size or padding='same'",
    ),
    (
        lambda: ops.max_pool(X[0, 0], 2),
        "[max_pool] needs (batch, 1 to 3 spatial axes, channels), got x: (4, 1)",
    ),
    (
        lambda: ops.average_pool(X, 0),
        "[average_pool] pool_size must be a positive integer, or one for each of the 2 spatial "
        "axes, got 0",
    ),
    (
        lambda: ops.max_pool(X, 2, (1, 2, 3)),
        "[max_pool] strides must be a positive integer, or one for each of the 2 spatial axes, "
        "got (1, 2, 3)",
    ),
    (
        lambda: ops.max_pool(X, 2.5),
        "[max_pool] pool_size must be a positive integer, or one for each of the 2 spatial "
        "axes, got 2.5",
    ),
    (
        lambda: ops.max_pool(X, 2, padding="full"),
        "[max_pool] padding must be 'valid' or 'same', got 'full'",
    ),
    (
        lambda: ops.average_pool(X, 2, data_format="NHWC"),
        "[average_pool] data_format must be 'channels_last' or 'channels_first', got 'NHWC'",
    ),
    (
        lambda: ops.max_pool(X, 2**31, padding="same"),
        "[max_pool] pool_size and strides must be from 1 to 2^31 - 1 "
        "(pool_size: (2147483648, 2147483648), strides: (2147483648, 2147483648))",
    ),
    (
        lambda: ops.max_pool(X, 2**16, padding="same"),
        "[max_pool] a window has at most 2^31 - 1 elements (pool_size: (65536, 65536))",
    ),
    (
        lambda: _core.average_pool_backward(_core.convert(X), (1, 4, 4, 1), (2, 2), (2, 2), False),
        "[average_pool_backward] needs one value per window, (1, 2, 2, 1), got (1, 4, 4, 1)",
    ),
]


@pytest.mark.parametrize(("call", "text"), ERRORS, ids=[e[1][:60] for e in ERRORS])
def test_errors_say_what_came(call, text):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        call()
    assert str(raised.value) == text


def _gradient(x, function, *arguments, **options):
    variable = mark1.Variable(x)
    with mark1.GradientTape() as tape:
        y = function(variable, *arguments, **options)
    return y.numpy(), tape.gradient(y, variable).numpy()


@pytest.mark.parametrize("isa", _core.available_isas())
def test_the_first_of_equals_wins_and_takes_the_gradient(isa):
    _core.set_isa(isa)
    for channels in (1, 16, 19):
        x = np.zeros((1, 2, 2, channels), "float32")
        x[0, 0, 0] = -0.0
        y, dx = _gradient(x, ops.max_pool, 2)
        assert np.signbit(y).all()
        assert dx[0, :, :, 0].tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize("isa", _core.available_isas())
def test_nan_wins_over_all_the_first_of_several(isa):
    _core.set_isa(isa)
    for channels in (1, 16, 19):
        x = np.full((1, 2, 2, channels), np.inf, "float32")
        x[0, 0, 1] = x[0, 1, 1] = np.nan
        y, dx = _gradient(x, ops.max_pool, 2)
        assert np.isnan(y).all()
        assert dx[0, :, :, 0].tolist() == [[0, 1], [0, 0]]


def test_minus_infinity_is_found_beside_padding():
    x = np.full((1, 3, 3, 2), -np.inf, "float32")
    y, dx = _gradient(x, ops.max_pool, 2, padding="same")
    assert (y == -np.inf).all()
    assert dx.sum() == y.size


def test_overlapping_windows_add_their_gradients():
    x = np.array([0, 9, 0, 0], "float32").reshape(1, 4, 1)
    _, dx = _gradient(x, ops.max_pool, 3, 1)
    assert dx.ravel().tolist() == [0, 2, 0, 0]
    _, dx = _gradient(x, ops.average_pool, 2, 1, padding="same")
    assert dx.ravel().tolist() == [0.5, 1, 1, 1.5]


def test_elements_that_no_window_holds_have_no_gradient():
    for function in (ops.max_pool, ops.average_pool):
        _, dx = _gradient(np.ones((1, 7, 5, 3), "float32"), function, 2, 3)
        held = np.zeros((7, 5), bool)
        held[np.ix_([0, 1, 3, 4], [0, 1, 3, 4])] = True
        assert (dx[0][~held] == 0).all()
        assert dx.sum() == 2 * 2 * 3


def test_places_take_a_byte_up_to_256():
    for size, dtype in ((256, "uint8"), (257, "int32")):
        x = np.zeros((1, size, 2), "float32")
        x[0, size - 1] = 1
        _, index = _core.max_pool(x, (size,), (size,), False)
        assert index.dtype == dtype
        assert index.numpy().tolist() == [[[size - 1, size - 1]]]


def test_channels_first():
    x = np.random.default_rng(0).standard_normal((2, 3, 6, 5)).astype("float32")
    for function in (ops.max_pool, ops.average_pool):
        last = function(x.transpose(0, 2, 3, 1), 2, padding="same").numpy()
        first = function(x, 2, padding="same", data_format="channels_first").numpy()
        assert (first.transpose(0, 2, 3, 1) == last).all()


def test_integers_become_float32():
    assert ops.max_pool(X.astype("int32"), 2).dtype == "float32"
    assert ops.max_pool(X.astype("int32"), 2).numpy().ravel().tolist() == [5, 7, 13, 15]


def test_large_results_are_written_past_the_caches():
    """2^24 bytes and more, in channels that fill vectors and in some that do not."""
    rng = np.random.default_rng(0)
    for channels in (32, 33):
        x = rng.standard_normal((3, 410, 431, channels)).astype("float32")
        blocks = x[:, :, :430].reshape(3, 205, 2, 215, 2, channels)
        y, dx = _gradient(x, ops.max_pool, 2)
        assert (y == blocks.max((2, 4))).all()
        inside = dx[:, :, :430].reshape(blocks.shape)
        assert (inside.sum((2, 4)) == 1).all()
        assert ((inside == 1) <= (blocks == y[:, :, None, :, None])).all()
        assert (dx[:, :, 430] == 0).all()

"""What the cases cannot say about convolutions: errors, the order of sums, layouts, batches."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core
from mark1.ops.conv_products import convolve, filter_gradient, input_gradient
from tests.variants import REFERENCE, Variant, force, same_bits


def draw(*shape: int, dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize(
    ("x", "w", "arguments", "message"),
    [
        (
            (2, 5, 5, 4),
            (3, 3, 3, 8),
            {},
            "[conv] the filter takes 3 channels, x has 4 (x: (2, 5, 5, 4), w: (3, 3, 3, 8)). "
            "They must be equal, or in groups a multiple",
        ),
        (
            (2, 5, 5, 4),
            (3, 3, 2, 7),
            {},
            "[conv] 7 outputs cannot be shared out to 2 groups (x: (2, 5, 5, 4), w: (3, 3, 2, 7))",
        ),
        (
            (2, 2, 5, 4),
            (3, 3, 4, 7),
            {},
            "[conv] a window of 3 does not fit 2 positions (x: (2, 2, 5, 4), w: (3, 3, 4, 7)). "
            "Use padding='same', or a smaller filter",
        ),
        (
            (5, 4),
            (3, 4, 7),
            {},
            "[conv] needs x (N, 1 to 3 spatial axes, C) and a filter of as many axes "
            "(x: (5, 4), w: (3, 4, 7))",
        ),
        (
            (2, 5, 5, 0),
            (3, 3, 3, 7),
            {},
            "[conv] the filter takes 3 channels, x has 0 (x: (2, 5, 5, 0), w: (3, 3, 3, 7)). "
            "They must be equal, or in groups a multiple",
        ),
        ((2, 5, 4), (3, 4, 0), {}, "[conv] a filter needs outputs (w: (3, 4, 0))"),
        (
            (2, 5, 4),
            (0, 4, 7),
            {},
            "[conv] a filter needs 1 to 2^31 - 1 taps along an axis (w: (0, 4, 7))",
        ),
        (
            (2, 5, 4),
            (3, 4, 7),
            {"strides": 2**70},
            f"[conv] strides must be below 2^31, got {2**70}",
        ),
        (
            (2, 5, 4),
            (3, 4, 7),
            {"dilation_rate": 2**31, "padding": "same"},
            f"[conv] dilation_rate must be below 2^31, got {2**31}",
        ),
        (
            (2, 5, 4),
            (3, 4, 7),
            {"padding": "full"},
            "[conv] padding must be 'valid', 'same' or 'causal', got 'full'",
        ),
        (
            (2, 5, 5, 4),
            (3, 3, 4, 7),
            {"padding": "causal"},
            "[conv] padding must be 'valid' or 'same', got 'causal'. "
            "Causal padding needs one axis, time",
        ),
        (
            (2, 5, 5, 4),
            (3, 3, 4, 7),
            {"strides": (1, 0)},
            "[conv] strides must be a positive integer or 2 of them, got (1, 0)",
        ),
        (
            (2, 5, 5, 4),
            (3, 3, 4, 7),
            {"data_format": "first"},
            "[conv] data_format must be 'channels_last' or 'channels_first', got 'first'",
        ),
        (
            (2, 5, 5, 4),
            (3, 3, 4, 7),
            {"bias": np.zeros(6, "float32")},
            "[conv] the bias must have shape (7,), one element per output, got (6,)",
        ),
    ],
)
def test_arguments_that_do_not_fit(x, w, arguments, message):
    with pytest.raises(ValueError, match=r"^\[conv\]") as error:
        mark1.ops.conv(draw(*x), draw(*w), **arguments)
    assert str(error.value) == message


def test_integers_are_refused():
    with pytest.raises(TypeError, match=r"\[conv\] needs float32 or float64, got int32"):
        mark1.ops.conv(np.zeros((1, 3, 3, 1), "int32"), np.zeros((2, 2, 1, 1), "int32"))


def test_depthwise_filters_must_fit_the_channels():
    with pytest.raises(ValueError, match=r"\[depthwise_conv\] the filter takes 3 channels, x has "):
        mark1.ops.depthwise_conv(draw(1, 4, 4, 2), draw(2, 2, 3, 1))


def test_transposed_filters_name_their_axes():
    with pytest.raises(ValueError, match=r"x has 2 .*Its last two axes are \(outputs, channels\)"):
        mark1.ops.conv_transpose(draw(1, 4, 4, 2), draw(2, 2, 2, 3))
    with pytest.raises(ValueError, match=r"\[conv_transpose\] padding must be 'valid' or 'same'"):
        mark1.ops.conv_transpose(draw(1, 4, 2), draw(2, 3, 2), padding="causal")
    with pytest.raises(ValueError, match=r"output_padding must be less than the strides \(2,\)"):
        mark1.ops.conv_transpose(draw(1, 4, 2), draw(2, 3, 2), strides=2, output_padding=2)


def test_gradients_must_have_the_shape_of_the_output():
    axes = ((1, 1, 0, 0),)
    with pytest.raises(ValueError, match=r"the output has shape \(1, 3, 2\), got \(1, 4, 2\)"):
        input_gradient(draw(1, 4, 2), draw(2, 3, 2), (1, 4, 3), axes)
    with pytest.raises(ValueError, match=r"the output has shape \(1, 3, 2\), got \(1, 4, 2\)"):
        filter_gradient(draw(1, 4, 3), draw(1, 4, 2), (2, 3, 2), axes)


def test_a_walk_that_int64_cannot_count_is_refused():
    x, w = draw(1, 5, 2), draw(3, 2, 2)
    with pytest.raises(ValueError, match=r"strides and dilations must be below 2\^31, got 1 and 2"):
        convolve(x, w, ((1, 2**31, 0, 0),))
    with pytest.raises(
        ValueError, match=r"padding must be below 2\^48, got \(281474976710656, 0\)"
    ):
        convolve(x, w, ((1, 1, 2**48, 0),))


def test_strides_beyond_the_input_cost_nothing():
    """An input gradient has no more phases than positions."""
    w = draw(2, 3, 2, 4)
    dx = np.array(input_gradient(draw(1, 1, 1, 4), w, (1, 5, 6, 2), ((2**30, 1, 0, 0),) * 2))
    assert np.any(dx[:, :2, :3] != 0)
    dx[:, :2, :3] = 0
    assert not np.any(dx)


def test_taps_far_apart_need_no_memory_between_them():
    x, w = draw(1, 9, 20), draw(3, 1, 20)
    axes = ((1, 2**20, 2**20, 2**20),)
    assert same_bits(convolve(x, w, axes).numpy(), x * w[1])
    assert same_bits(
        filter_gradient(x, x, w.shape, axes).numpy()[::2], np.zeros((2, 1, 20), "float32")
    )


@pytest.mark.parametrize("isa", _core.available_isas())
def test_a_convolution_is_the_matrix_product_of_its_patches(isa):
    """Padding included, bit for bit: zeros of the border are terms like others."""
    x, w = draw(2, 7, 6, 40), draw(3, 3, 40, 19)
    padded = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)])
    patches = np.stack(
        [padded[:, i : i + 7, j : j + 6] for i in range(3) for j in range(3)], axis=3
    ).reshape(84, 360)
    with force(Variant(isa, 1)):
        y = mark1.ops.conv(x, w, padding="same").numpy()
        assert same_bits(y.reshape(84, 19), mark1.ops.matmul(patches, w.reshape(360, 19)).numpy())
        dw = filter_gradient(x, y, w.shape, ((1, 1, 1, 1),) * 2).numpy()
        expected = mark1.ops.matmul(patches.T, y.reshape(84, 19)).numpy()
        assert same_bits(dw.reshape(360, 19), expected)


@pytest.mark.parametrize("isa", _core.available_isas())
def test_an_input_gradient_counts_the_taps_that_hit(isa):
    """With a stride of 2, even positions meet taps 0 and 2 and odd ones tap 1."""
    dy, w = draw(1, 5, 130), draw(3, 7, 130)
    with force(Variant(isa, 1)):
        dx = input_gradient(dy, w, (1, 11, 7), ((2, 1, 0, 0),)).numpy()
        before = np.concatenate([dy, np.zeros((1, 1, 130), "float32")], axis=1)
        after = np.concatenate([np.zeros((1, 1, 130), "float32"), dy], axis=1)
        rows = np.concatenate([before, after], axis=2)[0]
        filters = np.concatenate([w[0].T, w[2].T])
        assert same_bits(dx[0, ::2], mark1.ops.matmul(rows, filters).numpy())
        assert same_bits(dx[0, 1::2], mark1.ops.matmul(dy[0], w[1].T.copy()).numpy())


def test_images_do_not_depend_on_the_batch():
    x, w = draw(9, 8, 7, 20), draw(3, 3, 20, 33)
    whole = mark1.ops.conv(x, w, padding="same").numpy()
    for i in (0, 4, 8):
        assert same_bits(mark1.ops.conv(x[i : i + 1], w, padding="same").numpy()[0], whole[i])


def test_channels_first_is_a_transposition():
    x, w = draw(2, 6, 5, 3), draw(3, 3, 3, 4)
    y = mark1.ops.conv(x, w, strides=2, padding="same").numpy()
    first = mark1.ops.conv(np.moveaxis(x, -1, 1), w, 2, "same", "channels_first").numpy()
    assert same_bits(np.moveaxis(first, 1, -1).copy(), y)


def test_a_bias_and_an_activation_are_those_of_the_plain_ops():
    x, w, b = draw(2, 9, 6, 5), draw(3, 2, 5, 21), draw(21)
    with force(REFERENCE):
        z = mark1.ops.conv(x, w, strides=2) + b
        for name in ("relu", "tanh", "gelu", "sigmoid"):
            y = mark1.ops.conv(x, w, strides=2, bias=b, activation=name)
            assert same_bits(y.numpy(), mark1.activations.get(name)(z).numpy())


def test_the_wider_dtype_wins_and_gradients_keep_their_own():
    x, w = mark1.Variable(draw(1, 4, 3)), mark1.Variable(draw(2, 3, 2, dtype="float64"))
    with mark1.GradientTape() as tape:
        y = mark1.ops.conv(x, w)
    assert y.dtype == "float64"
    assert [g.dtype for g in tape.gradient(y, [x, w])] == ["float32", "float64"]

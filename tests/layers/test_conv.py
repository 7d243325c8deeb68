import numpy as np
import pytest

import mark1
from mark1.layers import (
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    Dense,
    DepthwiseConv1D,
    DepthwiseConv2D,
    Flatten,
    Input,
    SeparableConv1D,
    SeparableConv2D,
)
from mark1.models import Sequential, load_model
from tests.convolution import axes_of, forward

ALL = [
    (Conv1D, 1, {"filters": 6}),
    (Conv2D, 2, {"filters": 6}),
    (Conv3D, 3, {"filters": 6}),
    (Conv1DTranspose, 1, {"filters": 6}),
    (Conv2DTranspose, 2, {"filters": 6}),
    (Conv3DTranspose, 3, {"filters": 6}),
    (DepthwiseConv1D, 1, {"depth_multiplier": 2}),
    (DepthwiseConv2D, 2, {"depth_multiplier": 2}),
    (SeparableConv1D, 1, {"filters": 6, "depth_multiplier": 2}),
    (SeparableConv2D, 2, {"filters": 6, "depth_multiplier": 2}),
]
IDS = [cls.__name__ for cls, *_ in ALL]


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("activation", [None, "relu", "sigmoid", "softmax"])
def test_value(activation):
    layer = Conv2D(4, (3, 2), strides=2, padding="same", activation=activation)
    layer.build((None, 7, 6, 3))
    layer.bias.assign([0.5, -0.5, 1.0, 0.0])
    x = draw(2, 7, 6, 3)
    kernel, bias = (w.astype(np.float64) for w in layer.get_weights())
    axes = axes_of(x.shape, kernel.shape, 2, "same", 1)
    z = forward(x.astype(np.float64), kernel, axes) + bias
    want = {
        None: lambda: z,
        "relu": lambda: np.maximum(z, 0),
        "sigmoid": lambda: 1 / (1 + np.exp(-z)),
        "softmax": lambda: np.exp(z) / np.exp(z).sum(-1, keepdims=True),
    }[activation]()
    np.testing.assert_allclose(layer(x), want, rtol=1e-5, atol=1e-6)


def test_sigmoid_remembers_its_logits():
    assert Conv1D(2, 2, activation="sigmoid")(draw(1, 3, 2)).logits is not None


@pytest.mark.parametrize(("cls", "rank", "arguments"), ALL, ids=IDS)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2])
def test_shapes_and_channels_first(cls, rank, arguments, padding, strides):
    x = draw(2, *(7, 6, 5)[:rank], 4)
    layer = cls(kernel_size=3, strides=strides, padding=padding, **arguments)
    y = layer(x)
    assert layer.compute_output_shape(x.shape) == y.shape
    unknown = layer.compute_output_shape((None, *(None,) * rank, 4))
    assert unknown == (None, *(None,) * rank, y.shape[-1])
    first = cls(
        kernel_size=3,
        strides=strides,
        padding=padding,
        data_format="channels_first",
        **arguments,
    )
    turned = np.moveaxis(x, -1, 1)
    first.build((None, *turned.shape[1:]))
    first.set_weights(layer.get_weights())
    assert first.compute_output_shape(turned.shape) == first(turned).shape
    np.testing.assert_array_equal(np.moveaxis(first(turned).numpy(), 1, -1), y)


@pytest.mark.parametrize(("cls", "rank", "arguments"), ALL, ids=IDS)
def test_config(cls, rank, arguments):
    layer = cls(kernel_size=2, padding="same", activation="relu", use_bias=False, **arguments)
    config = layer.get_config()
    assert config["kernel_size"] == (2,) * rank
    assert config["data_format"] == "channels_last"
    assert cls.from_config(config).get_config() == config


def test_weights_are_those_of_keras():
    def weights(layer, *shape):
        layer.build(shape)
        return [(w.name, w.shape) for w in layer.weights]

    x = (None, 8, 8, 4)
    assert weights(Conv2D(6, 3, groups=2), *x) == [("kernel", (3, 3, 2, 6)), ("bias", (6,))]
    assert weights(Conv2DTranspose(6, 3), *x) == [("kernel", (3, 3, 6, 4)), ("bias", (6,))]
    depthwise = weights(DepthwiseConv2D(3, depth_multiplier=2), *x)
    assert depthwise == [("kernel", (3, 3, 4, 2)), ("bias", (8,))]
    assert weights(SeparableConv2D(6, 3, depth_multiplier=2), *x) == [
        ("depthwise_kernel", (3, 3, 4, 2)),
        ("pointwise_kernel", (1, 1, 8, 6)),
        ("bias", (6,)),
    ]


def test_keras_names_them_twice():
    assert mark1.layers.Convolution2D is Conv2D
    assert mark1.layers.SeparableConvolution1D is SeparableConv1D
    assert mark1.layers.Convolution3DTranspose is Conv3DTranspose


# What Keras 3.15 on JAX gives for ones.
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"kernel_size": 3, "strides": 2}, [1, 1, 2, 1, 2, 1, 1]),
        ({"kernel_size": 3, "strides": 2, "padding": "same"}, [1, 1, 2, 1, 2, 1]),
        ({"kernel_size": 2, "strides": 3}, [1, 1, 0, 1, 1, 0, 1, 1, 0]),
        ({"kernel_size": 2, "strides": 3, "padding": "same"}, [1, 1, 0, 1, 1, 0, 1, 1, 0]),
        (
            {"kernel_size": 4, "strides": 3, "padding": "same", "output_padding": 0},
            [1, 2, 1, 1, 2, 1],
        ),
        ({"kernel_size": 3, "strides": 2, "output_padding": 1}, [1, 1, 2, 1, 2, 1, 1, 0]),
    ],
)
def test_transposed_padding_is_that_of_keras(arguments, expected):
    layer = Conv1DTranspose(1, kernel_initializer="ones", **arguments)
    assert layer(np.ones((1, 3, 1), np.float32)).numpy().ravel().tolist() == expected


def test_causal_outputs_see_no_later_step():
    layer = Conv1D(2, 3, padding="causal", dilation_rate=2)
    x = draw(1, 9, 3)
    y = layer(x).numpy()
    x[:, 5:] = 0
    np.testing.assert_array_equal(layer(x).numpy()[:, :5], y[:, :5])


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (
            (28, 28, 1),
            r'\[Conv2D "c"\] expected inputs of shape \(batch, height, width, 1\), '
            r"got \(28, 28, 1\). The channel axis is missing: x\[..., None\] adds one",
        ),
        (
            (2, 28, 28, 3),
            r"got \(2, 28, 28, 3\). The layer was built for 1 channels, these inputs have others",
        ),
        ((2, 1, 28, 28), r"For channels in that place pass data_format='channels_first'"),
        ((784,), r"\(batch, height, width, 1\), got \(784,\)"),
    ],
)
def test_wrong_inputs(shape, text):
    layer = Conv2D(2, 3, name="c")
    layer.build((None, 28, 28, 1))
    with pytest.raises(ValueError, match=text):
        layer(np.zeros(shape, np.float32))


def test_wrong_inputs_before_it_is_built():
    with pytest.raises(ValueError, match=r"\(5, 28, 28\). The channel axis is missing: x\[..., No"):
        Conv2D(2, 3)(np.zeros((5, 28, 28), np.float32))
    with pytest.raises(ValueError, match=r"\(28, 28, 3\). The batch axis is missing: x\[None\]"):
        Conv2D(2, 3)(np.zeros((28, 28, 3), np.float32))
    with pytest.raises(ValueError, match=r"a filter of \(5, 5\) does not fit inputs of shape"):
        Conv2D(2, 5)(np.zeros((1, 4, 8, 3), np.float32))
    with pytest.raises(ValueError, match=r"3 channels cannot be shared out to 2 groups"):
        Conv2D(2, 2, groups=2)(np.zeros((1, 4, 8, 3), np.float32))
    with pytest.raises(ValueError, match="the number of channels of its inputs must be known"):
        Conv2D(2, 2).build((None, 4, 8, None))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Conv2D(0, 3), r"\[Conv2D\] filters must be a positive integer, got 0"),
        (lambda: Conv2D(4, 3, groups=3), r"\[Conv2D\] 4 filters cannot be shared out to 3 groups"),
        (lambda: Conv2D(4, (3, 0)), r"kernel_size must be a positive integer or 2 of them, got"),
        (lambda: Conv1D(4, 3, padding="full"), r"'valid', 'same' or 'causal', got 'full'"),
        (lambda: Conv1DTranspose(4, 3, padding="causal"), r"must be 'valid' or 'same', got 'caus"),
        (lambda: Conv2D(4, 3, strides=2, dilation_rate=2), r"cannot both be more than 1"),
        (lambda: Conv2D(4, 3, data_format="x"), r"data_format must be 'channels_last' or"),
        (lambda: DepthwiseConv2D(3, depth_multiplier=0), r"depth_multiplier must be a positive"),
        (
            lambda: Conv2DTranspose(4, 3, strides=2, output_padding=(1, 2)),
            r"output_padding must be less than the strides \(2, 2\), got \(1, 2\)",
        ),
    ],
)
def test_wrong_arguments(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def network():
    return Sequential(
        [
            Input((8, 8, 2)),
            Conv2D(4, 3, padding="same", activation="relu"),
            SeparableConv2D(5, 3, strides=2, activation="tanh"),
            DepthwiseConv2D(2, depth_multiplier=2),
            Conv2DTranspose(3, 3, strides=2, padding="same"),
            Flatten(),
            Dense(3, activation="softmax"),
        ]
    )


def test_a_network_is_saved_and_loaded(tmp_path):
    model = network()
    x = draw(3, 8, 8, 2)
    model.save(tmp_path / "m.keras")
    np.testing.assert_array_equal(load_model(tmp_path / "m.keras").predict(x), model.predict(x))


def test_a_network_learns():
    mark1.utils.set_random_seed(0)
    model = network()
    model.compile(optimizer=mark1.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    x = draw(24, 8, 8, 2)
    labels = np.arange(24) % 3
    x[np.arange(24), labels, labels] += 3
    losses = model.fit(x, labels, batch_size=8, epochs=25, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]

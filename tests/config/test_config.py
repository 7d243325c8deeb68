"""Settings of the whole library, and the functions of keras.backend."""

from __future__ import annotations

import io

import numpy as np
import pytest

import mark1
from mark1 import backend, config, layers


@pytest.fixture
def channels_first():
    config.set_image_data_format("channels_first")
    yield
    config.set_image_data_format("channels_last")


@pytest.fixture
def float64():
    config.set_floatx("float64")
    yield
    config.set_floatx("float32")


@pytest.mark.usefixtures("channels_first")
def test_layers_look_for_channels_where_they_are_told():
    made = [
        layers.Conv2D(2, 3), layers.MaxPooling2D(), layers.GlobalAveragePooling2D(),
        layers.AdaptiveAveragePooling2D(1), layers.DepthwiseConv2D(3), layers.Conv2DTranspose(2, 3),
        layers.ZeroPadding2D(), layers.Cropping2D(), layers.UpSampling2D(),
        layers.SpatialDropout2D(0.5), layers.RandomFlip(), layers.Flatten(),
    ]  # fmt: skip
    assert {layer.data_format for layer in made} == {"channels_first"}
    assert layers.Conv2D(2, 3, data_format="channels_last").data_format == "channels_last"
    assert config.image_data_format() == backend.image_data_format() == "channels_first"


def test_a_network_sees_the_same_in_either_order(channels_first):
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 3)).astype("float32")

    def network(data_format):
        mark1.utils.set_random_seed(1)
        return mark1.Sequential(
            [
                layers.Conv2D(4, 3, data_format=data_format),
                layers.MaxPooling2D(data_format=data_format),
                layers.Flatten(data_format=data_format),
                layers.Dense(2),
            ]
        )

    first = network(None)(x.transpose(0, 3, 1, 2)).numpy()
    np.testing.assert_allclose(first, network("channels_last")(x).numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("float64")
def test_layers_are_made_in_the_dtype_of_the_whole():
    layer = layers.Dense(2)
    assert layer([[1.0]]).dtype == "float64"
    assert layer.kernel.dtype == "float64"
    assert config.floatx() == backend.floatx() == "float64"
    assert backend.standardize_dtype(None) == "float64"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: config.set_floatx("float16"),
            r"\[set_floatx\] must be 'float32' or 'float64', got",
        ),
        (lambda: config.set_image_data_format("last"), r"must be one of \('channels_last', "),
        (lambda: backend.standardize_dtype("complex64"), r"must be one of .*, got 'complex64'"),
        (lambda: layers.Flatten(data_format="last"), r"\[Flatten\] data_format must be"),
    ],
)
def test_what_is_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_names_of_dtypes():
    given = [
        "float32",
        np.int64,
        float,
        int,
        "int",
        np.dtype("uint8"),
        np.dtype("int64"),
        np.dtype("float64"),
        mark1.Variable([True]).dtype,
    ]
    assert [backend.standardize_dtype(d) for d in given] == [
        "float32", "int64", "float32", "int32", "int32", "uint8", "int64", "float64", "bool",
    ]  # fmt: skip


DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]


@pytest.mark.parametrize("x", DTYPES)
@pytest.mark.parametrize("y", DTYPES)
def test_result_types_are_those_of_sums(x, y):
    arrays = [mark1.ops.convert_to_tensor(np.ones((2,), d)) for d in (x, y)]
    if x == y == "bool":
        assert backend.result_type(x, y) == "bool"
        return
    arrays = [mark1.ops.cast(a, "uint8") if a.dtype == "bool" else a for a in arrays]
    assert backend.result_type(x, y) == (arrays[0] + arrays[1]).dtype


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_logging_that_is_not_interactive_draws_no_bars(monkeypatch):
    from mark1.callbacks import ProgbarLogger

    monkeypatch.setenv("TERM", "xterm")
    for interactive in (True, False):
        stream = Terminal()
        monkeypatch.setattr("sys.stdout", stream)
        (config.enable_interactive_logging if interactive else config.disable_interactive_logging)()
        shown = ProgbarLogger()
        shown.set_params({"verbose": 1, "epochs": 1, "steps": 2})
        shown.on_train_begin()
        shown.on_epoch_begin(0)
        shown._last = -1.0
        shown.on_train_batch_end(0, {"loss": 1.0})
        shown.on_epoch_end(0, {"loss": 0.5})
        assert ("\x1b" in stream.getvalue()) is interactive
        assert "loss 0.5000" in stream.getvalue()
    config.enable_interactive_logging()


def test_names_at_the_top():
    assert mark1.version() == mark1.__version__
    assert mark1.Regularizer is mark1.regularizers.Regularizer
    assert mark1.InputSpec is layers.InputSpec
    assert mark1.preprocessing.sequence.pad_sequences is mark1.utils.pad_sequences
    with pytest.raises(AttributeError, match="module 'mark1' has no attribute 'nothing'"):
        mark1.nothing  # noqa: B018
    with pytest.raises(AttributeError, match=r"module 'mark1\.utils' has no attribute"):
        mark1.utils.nothing  # noqa: B018


def test_a_function_of_symbolic_tensors():
    a, b = mark1.Input((2,)), mark1.Input((2,))
    function = mark1.Function([a, b], {"sum": a + b, "product": a * b})
    out = function([np.full((1, 2), 2.0), np.full((1, 2), 3.0)])
    assert {k: v.numpy().tolist() for k, v in out.items()} == {
        "sum": [[5.0, 5.0]], "product": [[6.0, 6.0]],
    }  # fmt: skip
    assert len(function.inputs) == 2
    assert backend.is_keras_tensor(a)
    with pytest.raises(ValueError, match="input"):
        mark1.Function(a, a + b)


def test_processors_multiply_in_float32_whatever_devices_do():
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(s).astype(np.float32) for s in ((5, 70), (70, 4)))
    exact = mark1.ops.matmul(a, b).numpy()
    assert config.matmul_precision() == "float32"
    config.set_matmul_precision("tensorfloat32")
    try:
        assert config.matmul_precision() == "tensorfloat32"
        assert np.array_equal(mark1.ops.matmul(a, b).numpy(), exact)
    finally:
        config.set_matmul_precision("float32")
    with pytest.raises(
        ValueError, match=r"\[set_matmul_precision\] precision must be one of .* got 'tf32'"
    ):
        config.set_matmul_precision("tf32")

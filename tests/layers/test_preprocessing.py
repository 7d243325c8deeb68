"""Layers of arithmetic on data: Rescaling, Normalization, Discretization, CategoryEncoding."""

import numpy as np
import pytest

import mark1
from mark1 import layers

RNG = np.random.default_rng(0)
X = RNG.normal(3.0, 2.0, (40, 5)).astype(np.float32)
IMAGES = RNG.integers(0, 256, (6, 4, 5, 3)).astype(np.uint8)
IDS = RNG.integers(0, 4, (6, 3))

# A layer, and what it is called with.
CALLS = {
    "rescaling": (lambda k: k.Rescaling(1 / 127.5, -1), IMAGES),
    "rescaling-channels": (lambda k: k.Rescaling([1.0, 2.0, 3.0], offset=[0.0, 1.0, 2.0]), IMAGES),
    "normalization": (lambda k: k.Normalization(mean=3.0, variance=2.0), X),
    "normalization-each": (lambda k: k.Normalization(mean=X[0], variance=X[1] ** 2), X),
    "normalization-invert": (lambda k: k.Normalization(mean=3.0, variance=2.0, invert=True), X),
    "normalization-axes": (
        lambda k: k.Normalization((1, 3), mean=[1.0, 2.0, 3.0], variance=[1.0, 0.0, 4.0]),
        IMAGES.astype("float32"),
    ),
    "discretization": (lambda k: k.Discretization([0.0, 2.5, 5.0]), X),
    "discretization-rows": (lambda k: k.Discretization([0.0, 2.5], output_mode="one_hot"), X),
    "discretization-count": (lambda k: k.Discretization([0.0, 2.5], output_mode="count"), X),
    "multi_hot": (lambda k: k.CategoryEncoding(4), IDS),
    "one_hot": (lambda k: k.CategoryEncoding(4, "one_hot"), IDS),
    "one_hot-column": (lambda k: k.CategoryEncoding(4, "one_hot"), IDS[:, :1]),
    "count": (lambda k: k.CategoryEncoding(4, "count"), IDS),
    "adaptive-mean": (lambda k: k.AdaptiveAveragePooling2D((2, 3)), IMAGES.astype("float32")),
    "adaptive-max": (lambda k: k.AdaptiveMaxPooling2D(2), IMAGES.astype("float32")),
    "adaptive-1d": (lambda k: k.AdaptiveMaxPooling1D(2), X[..., None]),
    "adaptive-3d": (
        lambda k: k.AdaptiveAveragePooling3D(2, data_format="channels_first"),
        RNG.normal(size=(2, 3, 4, 5, 2)).astype("float32"),
    ),
    "identity": (lambda k: k.Identity(), X),
}


@pytest.mark.parametrize("name", CALLS)
def test_as_keras(name):
    keras = pytest.importorskip("keras")
    make, x = CALLS[name]
    ours, theirs = make(layers), make(keras.layers)
    want = np.asarray(theirs(x))
    got = ours(x).numpy()
    assert got.dtype == want.dtype or want.dtype.kind == "i" == got.dtype.kind
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)
    # Keras' config makes the same layer here, and ours one of Keras.
    config = theirs.get_config()
    np.testing.assert_array_equal(type(ours).from_config(config)(x).numpy(), got)
    assert ours.get_config().keys() == config.keys()
    np.testing.assert_array_equal(type(theirs).from_config(ours.get_config())(x), want)


@pytest.mark.parametrize("name", CALLS)
def test_shapes_configs_and_programs(name, tmp_path):
    make, x = CALLS[name]
    layer = make(layers)
    want = layer(x).numpy()
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *want.shape[1:])
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    given = mark1.Input(x.shape[1:], dtype="int32" if x is IDS else "float32")
    model = mark1.Model(given, layer(given))
    assert model.output.dtype == want.dtype
    np.testing.assert_array_equal(model.predict(x, batch_size=4), want)
    model.save(tmp_path / "m.keras")
    loaded = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(loaded.predict(x), want)


@pytest.mark.parametrize("axis", [-1, None, (1, 2)])
def test_adapt(axis):
    data = RNG.normal(5.0, 3.0, (50, 4, 3)).astype(np.float32)
    layer = layers.Normalization(axis)
    layer.adapt(data)
    axes = {-1: (0, 1), None: None, (1, 2): (0,)}[axis]
    mean, variance = data.mean(axes, dtype="float64"), data.var(axes, dtype="float64")
    np.testing.assert_allclose(layer.adapt_mean, mean, rtol=1e-6)
    np.testing.assert_allclose(layer.adapt_variance, variance, rtol=1e-6)
    out = layer(data).numpy()
    np.testing.assert_allclose(out.mean(axes), 0, atol=1e-5)
    np.testing.assert_allclose(out.var(axes), 1, rtol=1e-4)
    # In batches, whatever they are.
    for batches in ([data[:20], data[20:]], ((part, 0) for part in np.split(data, 5))):
        other = layers.Normalization(axis)
        other.adapt(batches)
        np.testing.assert_allclose(other.adapt_mean, mean, rtol=1e-6)
        np.testing.assert_allclose(other.adapt_variance, variance, rtol=1e-6)


def test_adapt_as_keras():
    keras = pytest.importorskip("keras")
    ours, theirs = layers.Normalization(), keras.layers.Normalization()
    ours.adapt(X)
    theirs.adapt(X)
    np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-5, atol=1e-6)
    for bins in (3, 7):
        ours, theirs = (
            layers.Discretization(num_bins=bins),
            keras.layers.Discretization(num_bins=bins),
        )
        batches = [RNG.normal(size=n).astype(np.float32) for n in (300, 41, 700)]
        ours.adapt(batches)
        theirs.adapt(batches)
        # Keras adds up counts in float32.
        np.testing.assert_allclose(ours.bin_boundaries, theirs.bin_boundaries, atol=1e-5)


def test_adapted_bounds_part_the_data_evenly():
    data = RNG.normal(size=4000).astype(np.float32)
    layer = layers.Discretization(num_bins=4, epsilon=0.001)
    layer.adapt(data)
    counts = np.bincount(layer(data).numpy())
    assert counts.min() > 980, counts
    again = layers.Discretization.from_config(layer.get_config())
    np.testing.assert_array_equal(again(data), layer(data))


def test_adapting_again_reaches_recorded_steps():
    layer = layers.Normalization()
    layer.adapt(X)
    model = mark1.Sequential([mark1.Input((5,)), layer, layers.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(X, X[:, :2], epochs=2, verbose=0)
    before = model.predict(X)
    layer.adapt(2 * X + 1)
    np.testing.assert_allclose(model.predict(2 * X + 1), before, rtol=1e-3, atol=1e-4)
    assert [w.name for w in model.trainable_variables] == ["kernel", "bias"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_keras_reads_and_writes_them(tmp_path):
    keras = pytest.importorskip("keras")
    theirs = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Rescaling(0.5, 1),
            keras.layers.Normalization(),
            keras.layers.Identity(),
            keras.layers.Dense(3),
        ]
    )
    theirs.layers[1].adapt(0.5 * X + 1)
    theirs.save(tmp_path / "theirs.keras")
    ours = mark1.saving.load_model(tmp_path / "theirs.keras")
    want = theirs.predict(X, verbose=0)
    np.testing.assert_allclose(ours.predict(X), want, rtol=1e-5, atol=1e-6)
    ours.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), want, rtol=1e-5, atol=1e-6)


def test_weighted_counts():
    layer = layers.CategoryEncoding(3, "count")
    out = layer([[0, 1, 1]], count_weights=np.array([[0.5, 1.0, 2.0]], "float32"))
    np.testing.assert_array_equal(out, [[0.5, 3.0, 0.0]])


def test_arrays_in_keras_files_are_read():
    scale = {"class_name": "__numpy__", "config": {"value": [1.0, 2.0], "dtype": "float32"}}
    np.testing.assert_array_equal(layers.Rescaling(scale)([[3.0, 4.0]]), [[3.0, 8.0]])


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.Rescaling("a"), TypeError, r"\[Rescaling\] scale must be a number or a"),
        (lambda: layers.Normalization(mean=1.0), ValueError, "takes mean and variance together"),
        (
            lambda: layers.Normalization(mean=[1.0], variance=[[1.0]]),
            ValueError,
            r"must have one shape, with at most the axes in axis=\(-1,\) \(mean: \(1,\)",
        ),
        (
            lambda: layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0], name="n")(X),
            ValueError,
            r'\[Normalization "n"\] mean and variance of shape \(2,\) do not fit axis=\(-1,\)',
        ),
        (lambda: layers.Normalization(3)(X), ValueError, r"there is no axis=\(3,\) in inputs"),
        (lambda: layers.Normalization()(X[:, 0]), ValueError, "axis=None makes one mean"),
        (lambda: layers.Normalization().adapt([]), ValueError, "adapt was given no data"),
        (lambda: layers.Normalization().adapt([1.0, 2.0]), TypeError, r"Pass np\.array\(data\)"),
        (lambda: layers.Normalization().adapt(3), TypeError, "takes an array or batches, got int"),
        (
            lambda: layers.Normalization(mean=1.0, variance=1.0).adapt(X),
            ValueError,
            "was given mean and variance",
        ),
        (
            lambda: layers.Normalization().adapt([X, X[:, :2]]),
            ValueError,
            r"was built for inputs of shape \(batch, 5\), adapt was given \(40, 2\)",
        ),
        (lambda: layers.Discretization(), ValueError, "takes either bin_boundaries or num_bins"),
        (lambda: layers.Discretization([2.0, 1.0]), ValueError, "bin_boundaries must be ascending"),
        (lambda: layers.Discretization(num_bins=0), ValueError, "num_bins must be a positive"),
        (lambda: layers.Discretization(num_bins=2, epsilon=0), ValueError, "epsilon must be in"),
        (lambda: layers.Discretization(num_bins=2)(X), ValueError, "has no bounds yet: call adapt"),
        (lambda: layers.Discretization([1.0]).adapt(X), ValueError, "Pass num_bins instead"),
        (
            lambda: layers.Discretization(num_bins=2).adapt(X[:0]),
            ValueError,
            "adapt was given no data",
        ),
        (lambda: layers.CategoryEncoding(), ValueError, "num_tokens must be a positive integer"),
        (lambda: layers.CategoryEncoding(3, "rows"), ValueError, "output_mode must be one of"),
        (lambda: layers.CategoryEncoding(3, sparse=True), ValueError, "tensors here are dense"),
        (
            lambda: layers.CategoryEncoding(3)(np.zeros((2, 3, 4), int)),
            ValueError,
            r"inputs are \(batch, numbers\), got \(2, 3, 4\)",
        ),
        (
            lambda: layers.CategoryEncoding(3)([[1]], count_weights=[[1.0]]),
            ValueError,
            "count_weights are for output_mode",
        ),
        (lambda: layers.AdaptiveMaxPooling2D((1, 2, 3)), ValueError, "output_size must be a posit"),
    ],
)
def test_refused(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_names_that_come_later_are_those_that_type_checkers_see():
    import ast
    from pathlib import Path

    tree = ast.parse(Path(layers.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module.removeprefix("mark1.layers.")
        for node in block.body
        for alias in node.names
    }
    assert seen == layers._MODULES
    assert set(seen) <= set(layers.__all__)
    for name in seen:
        assert getattr(layers, name).__name__ == name
    with pytest.raises(AttributeError, match=r"module 'mark1\.layers' has no attribute 'Dens'"):
        layers.Dens  # noqa: B018


class Alone(layers.Layer):
    def call(self, x, training=True):
        return x * (2.0 if training else 1.0)


class Outer(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = Alone()

    def call(self, x):
        return self.inner(x)


def test_the_default_of_training_counts_where_nobody_is_told():
    one = np.ones((1, 1), np.float32)
    assert Alone()(one).numpy().item() == 2.0
    assert Alone()(one, training=False).numpy().item() == 1.0
    assert Outer()(one).numpy().item() == 2.0
    assert Outer()(one, training=False).numpy().item() == 1.0
    model = mark1.Sequential([Outer()])
    assert model.predict(one).item() == 1.0
    assert model(one).numpy().item() == 1.0
    assert model(one, training=True).numpy().item() == 2.0

"""Embedding, Masking, merging and wrapping layers."""

import numpy as np
import pytest

import mark1
from mark1 import Model, layers, ops
from mark1.layers import Bidirectional, Dense, Embedding, Input, Layer, Masking, TimeDistributed
from mark1.layers.masks import mask_of

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 5, 3)).astype(np.float32)
Y = RNG.normal(size=(4, 5, 3)).astype(np.float32)
IDS = np.array([[1, 2, 0], [3, 0, 0]])


class Running(Layer):
    """The least that is a recurrent layer: running sums, times a weight."""

    supports_masking = True

    def __init__(
        self,
        go_backwards=False,
        return_sequences=False,
        return_state=False,
        stateful=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.go_backwards = go_backwards
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.stateful = stateful
        self.state_size = 3

    def build(self, sequences_shape, initial_state_shape=None):
        self.scale = self.add_weight((sequences_shape[-1],), "ones", name="scale")

    def call(self, sequences, initial_state=None, mask=None, training=False):
        x = sequences * self.scale
        if mask is not None:
            x = x * ops.expand_dims(ops.cast(mask, x.dtype), -1)
        if initial_state is not None:
            x = x + ops.expand_dims(initial_state[0], 1)
        x = ops.cumsum(ops.flip(x, axis=1) if self.go_backwards else x, axis=1)
        out = x if self.return_sequences else x[:, -1]
        return (out, x[:, -1]) if self.return_state else out

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        n, t, c = sequences_shape
        out = (n, t, c) if self.return_sequences else (n, c)
        return [out, (n, c)] if self.return_state else out

    def compute_mask(self, inputs, previous_mask):
        return previous_mask if self.return_sequences else None

    def get_config(self):
        names = ("go_backwards", "return_sequences", "return_state", "stateful")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def test_embedding():
    layer = Embedding(4, 2, mask_zero=True)
    out = layer(IDS)
    table = layer.embeddings.numpy()
    np.testing.assert_array_equal(out, table[IDS])
    np.testing.assert_array_equal(mask_of(out), IDS != 0)
    assert np.abs(table).max() <= 0.05
    assert layer.embeddings.path == f"{layer.name}/embeddings"
    np.testing.assert_array_equal(layer(IDS.astype(np.float32)), table[IDS])
    assert mask_of(Embedding(4, 2)(IDS)) is None
    assert layer.compute_output_shape((None, 3)) == (None, 3, 2)


def test_gradient_of_embedding_adds_up_rows():
    layer = Embedding(4, 2)
    layer.build(None)
    with mark1.GradientTape() as tape:
        loss = ops.sum(layer(IDS) * 2.0)
    gradient = tape.gradient(loss, layer.embeddings).numpy()
    np.testing.assert_array_equal(gradient[:, 0], [6, 2, 2, 2])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Embedding(4, 2)(np.array([[4]])), "index 4 at position 0 is out of range"),
        (lambda: Embedding(4, 2)(np.array([[-1]])), "index -1 at position 0 is out of range"),
        (lambda: Embedding(4, 2)(np.array([[1.0, 1.5]])), "index -1 at position 1 is out of range"),
        (lambda: Embedding(0, 2), r"\[Embedding\] input_dim must be a positive integer, got 0"),
    ],
)
def test_embedding_refuses(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def words(run_eagerly):
    mark1.utils.set_random_seed(2)
    model = mark1.Sequential(
        [Embedding(20, 4, mask_zero=True), TimeDistributed(Dense(6, "tanh")), Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=run_eagerly)
    return model


def test_embedding_in_native_fits():
    ids = RNG.integers(0, 20, (50, 6))
    y = RNG.normal(size=(50, 6, 1)).astype(np.float32)
    native, eager = words(False), words(True)
    histories = [m.fit(ids, y, 8, 4, verbose=0, shuffle=False).history for m in (native, eager)]
    assert histories[0] == histories[1]
    assert mark1.utils.weights_hash(native) == mark1.utils.weights_hash(eager)
    texts = []
    native.explain_speed(texts.append)
    assert "native" in texts[0]
    for data in (ids, ids.astype(np.float32), ids.astype(np.int32)):
        np.testing.assert_array_equal(native.predict(data), native(ids))
    # The check of the numbers is part of the recorded step.
    ids[40, 3] = 20
    with pytest.raises(ValueError, match=r"index 20 at position .* is out of range for 20 rows"):
        native.fit(ids, y, 8, 1, verbose=0, shuffle=False)


def test_masking():
    x = X.copy()
    x[1, 3:] = 0
    out = Masking()(x)
    np.testing.assert_array_equal(mask_of(out), np.any(x != 0, axis=-1))
    other = Masking(mask_value=x[0, 0, 0])
    np.testing.assert_array_equal(mask_of(other(np.full((1, 2, 3), x[0, 0, 0]))), [[False, False]])


@pytest.mark.parametrize(
    ("layer", "want"),
    [
        (layers.Add(), X + Y),
        (layers.Subtract(), X - Y),
        (layers.Multiply(), X * Y),
        (layers.Average(), (X + Y) / 2),
        (layers.Maximum(), np.maximum(X, Y)),
        (layers.Minimum(), np.minimum(X, Y)),
        (layers.Concatenate(), np.concatenate([X, Y], -1)),
        (layers.Concatenate(axis=1), np.concatenate([X, Y], 1)),
        (layers.Dot(axes=2), np.einsum("btc,bsc->bts", X, Y)),
        (layers.Dot(axes=(1, 1)), np.einsum("btc,btd->bcd", X, Y)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_merging(layer, want):
    np.testing.assert_allclose(layer([X, Y]), want, rtol=1e-5, atol=1e-6)
    shape = layer.compute_output_shape([(None, 5, 3), (None, 5, 3)])
    assert shape == (None, *want.shape[1:])
    a, b = Input((5, 3)), Input((5, 3))
    model = Model([a, b], layer([a, b]))
    np.testing.assert_array_equal(model.predict([X, Y]), layer([X, Y]))
    again = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(again([X, Y]), layer([X, Y]))


def test_merging_functions_and_ranks():
    np.testing.assert_array_equal(layers.add([X, X[:, 0]]), X + X[:, :1])
    np.testing.assert_array_equal(layers.concatenate([X, Y], axis=1), np.concatenate([X, Y], 1))
    cosine = layers.dot([X[:, 0], X[:, 0] * 3], axes=1, normalize=True)
    np.testing.assert_allclose(cosine, np.ones((4, 1)), rtol=1e-5)


def test_masks_of_merged_inputs():
    a, b = Masking()(X * (X > 0)), Masking()(Y * (Y > 0.5))
    either = np.logical_or(mask_of(a).numpy(), mask_of(b).numpy())
    np.testing.assert_array_equal(mask_of(layers.Add()([a, b])), either)
    np.testing.assert_array_equal(mask_of(layers.Concatenate()([a, b])), either)
    assert mask_of(layers.Multiply()([a, X])) is None


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: layers.Add(name="a")(X), r'\[Add "a"\] needs a list of 2 inputs or more, got a s'),
        (lambda: layers.Subtract(name="s")([X, X, X]), r'\[Subtract "s"\] needs two inputs, got 3'),
        (lambda: layers.Concatenate(axis=0), "axis 0 is that of the batch"),
        (lambda: layers.Dot(axes=(1, 2), name="d")([X, Y]), "differ in size: 5 and 3"),
        (lambda: layers.Dot(axes=3, name="d")([X, Y]), "are not axes behind the batch"),
        (lambda: TimeDistributed(Dense(1), name="t")(X[0]), "expected inputs of shape .batch, ste"),
        (lambda: Bidirectional(Running(), merge_mode="max"), "merge_mode must be in"),
        (
            lambda: Bidirectional(Running(), backward_layer=Running()),
            "must differ in go_backwards",
        ),
        (
            lambda: Bidirectional(
                Running(), backward_layer=Running(go_backwards=True, return_sequences=True)
            ),
            "must agree in return_sequences",
        ),
    ],
)
def test_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_only_layers_are_wrapped():
    with pytest.raises(TypeError, match=r"expected a layer, got type. Put \(\) behind its name"):
        TimeDistributed(Dense)
    with pytest.raises(TypeError, match="needs a recurrent layer, got Dense"):
        Bidirectional(Dense(1))


def test_time_distributed():
    layer = TimeDistributed(Dense(2, name="inner"))
    out = layer(X)
    np.testing.assert_allclose(out, layer.layer(X), rtol=1e-6)
    assert layer.compute_output_shape((None, None, 3)) == (None, None, 2)
    again = TimeDistributed.from_config(layer.get_config())
    again.build((None, 5, 3))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(X), out)
    images = TimeDistributed(layers.Flatten())(np.ones((2, 3, 4, 5), np.float32))
    assert images.shape == (2, 3, 20)
    np.testing.assert_array_equal(mask_of(layer(Masking()(X))), np.ones((4, 5), bool))


def both(x=X):
    return np.cumsum(x, 1), np.cumsum(x[:, ::-1], 1)[:, ::-1]


@pytest.mark.parametrize(
    ("mode", "join"),
    [
        ("concat", lambda a, b: np.concatenate([a, b], -1)),
        ("sum", lambda a, b: a + b),
        ("ave", lambda a, b: (a + b) / 2),
        ("mul", lambda a, b: a * b),
    ],
)
def test_bidirectional(mode, join):
    forth, back = both()
    layer = Bidirectional(Running(return_sequences=True, name="run"), mode)
    np.testing.assert_allclose(layer(X), join(forth, back), rtol=1e-5, atol=1e-6)
    assert [x.name for x in (layer.forward_layer, layer.backward_layer)] == [
        "forward_run",
        "backward_run",
    ]
    assert len(layer.weights) == 2
    last = Bidirectional(Running(), mode)
    np.testing.assert_allclose(last(X), join(forth[:, -1], back[:, 0]), rtol=1e-5, atol=1e-6)
    x = Input((5, 3))
    model = Model(x, last(layer(x) if mode != "concat" else layer(x)[..., :3]))
    assert model.output_shape == (None, last.compute_output_shape((None, 5, 3))[-1])


def test_bidirectional_states_and_masks():
    forth, back = both()
    layer = Bidirectional(Running(return_sequences=True, return_state=True), merge_mode=None)
    y, z, s, t = layer(X)
    np.testing.assert_allclose(y, forth, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(z, back, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(s, y.numpy()[:, -1])
    np.testing.assert_array_equal(t, z.numpy()[:, 0])
    start = np.ones((4, 3), np.float32)
    joined = Bidirectional(Running())(X, initial_state=[start, 2 * start])
    want = np.concatenate([both(X + 1)[0][:, -1], both(X + 2)[1][:, 0]], -1)
    np.testing.assert_allclose(joined, want, rtol=1e-5, atol=1e-5)
    x = np.where(np.arange(5)[:, None] < 3, X, 0)
    out = Bidirectional(Running(return_sequences=True))(Masking()(x))
    np.testing.assert_array_equal(mask_of(out), np.broadcast_to(np.arange(5) < 3, (4, 5)))
    with pytest.raises(ValueError, match="unknown layer 'Running'"):
        Bidirectional.from_config(layer.get_config())
    shapes = layer.compute_output_shape((None, 5, 3))
    assert shapes == [(None, 5, 3), (None, 5, 3), (None, 3), (None, 3)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_keras_computes_the_same(tmp_path):
    keras = pytest.importorskip("keras")
    ids = keras.Input((6,), name="ids", dtype="int32")
    words = keras.layers.Embedding(9, 4, mask_zero=True, name="words")(ids)
    steps = keras.layers.TimeDistributed(keras.layers.Dense(3, activation="tanh"))(words)
    mean = keras.layers.GlobalAveragePooling1D()(steps)
    dots = keras.layers.Dot(axes=(2, 2), normalize=True)([steps, steps])
    sums = keras.layers.Add()([steps, keras.layers.Maximum()([steps, words[..., :3]])])
    other = keras.layers.TimeDistributed(keras.layers.Dense(3))(words)
    product = keras.layers.Multiply()([steps, other])
    both = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))(words)
    last = keras.layers.Bidirectional(keras.layers.GRU(2), merge_mode="ave")(both)
    theirs = keras.Model(
        ids, {"mean": mean, "dots": dots, "sums": sums, "product": product, "last": last}
    )
    theirs.save(tmp_path / "theirs.keras")
    ours = mark1.saving.load_model(tmp_path / "theirs.keras")
    data = RNG.integers(0, 9, (8, 6)).astype(np.int32)
    want = theirs.predict(data, verbose=0)
    for key, got in ours.predict(data).items():
        np.testing.assert_allclose(got, want[key], rtol=1e-4, atol=1e-5)
    ours.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras").predict(data, verbose=0)
    for key, got in again.items():
        np.testing.assert_allclose(got, want[key], rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_keras_weights_losses_by_masks():
    keras = pytest.importorskip("keras")
    data = RNG.integers(0, 9, (16, 6)).astype(np.int32)
    y = RNG.normal(size=(16, 6, 1)).astype(np.float32)
    results = []
    for api in (keras, mark1):
        layer = api.layers
        model = api.Sequential([layer.Embedding(9, 4, mask_zero=True), layer.Dense(1)])
        model.build((None, 6))
        rng = np.random.default_rng(1)
        model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
        model.compile("sgd", "mse", metrics=["mae"])
        logs = model.evaluate(data, y, verbose=0)
        model.fit(data, y, batch_size=4, shuffle=False, verbose=0)
        results.append([logs, *model.get_weights()])
    for theirs, ours in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)

"""Models of any topology: how they are described, run, trained and refused."""

import numpy as np
import pytest

import mark1
from mark1 import Model, ops
from mark1.layers import BatchNormalization, Dense, Dropout, Flatten, Input, Layer, Reshape

RNG = np.random.default_rng(0)
A = RNG.normal(size=(48, 4)).astype(np.float32)
B = RNG.normal(size=(48, 3)).astype(np.float32)
U = RNG.normal(size=(48, 3)).astype(np.float32)
V = RNG.normal(size=(48, 1)).astype(np.float32)


def two(run_eagerly=None, **compiled):
    """Two inputs, two outputs, a shared layer, operations and operators."""
    mark1.utils.clear_session()
    mark1.utils.set_random_seed(1)
    a, b = Input((4,), name="a"), Input((3,), name="b")
    shared = Dense(3, "tanh", name="p")
    x = Dropout(0.2)(shared(a))
    y = ops.concatenate([x, b * 2.0, shared(1.0 - a)[:, :2]], axis=-1)
    model = Model([a, b], [x, Dense(1, name="q")(y)], name="two")
    if run_eagerly is not None:
        compiled = {"loss": "mse", "optimizer": "adam", **compiled}
        model.compile(run_eagerly=run_eagerly, **compiled)
        assert model.shuffle_generator.seed >= 0
    return model


def test_values():
    model = two()
    p, q = model.get_layer("p"), model.get_layer("q")
    x, y = model([A, B])
    np.testing.assert_array_equal(x, p(A))
    joined = np.concatenate([x, B * np.float32(2), p(np.float32(1) - A).numpy()[:, :2]], axis=-1)
    np.testing.assert_array_equal(y, q(joined))
    assert model.input_shape == [(None, 4), (None, 3)]
    assert model.output_shape == [(None, 3), (None, 1)]
    assert model.input_names == ["a", "b"]
    assert model.count_params() == 15 + 9
    assert [layer.name for layer in model.layers] == ["a", "p", "b", "dropout", "q"]


def test_inputs_by_name_and_in_other_nests():
    model = two()
    want = model([A, B])
    for given in ((A, B), {"b": B, "a": A}):
        for got, w in zip(model(given), want, strict=True):
            np.testing.assert_array_equal(got, w)
    for got, w in zip(model.predict({"a": A, "b": B}, batch_size=7), want, strict=True):
        np.testing.assert_array_equal(got, w)


def test_nests_of_inputs_and_outputs():
    a, b = Input((4,)), Input((3,))
    model = Model({"left": a, "right": b}, {"sum": a[:, :3] + b, "more": [a, (b * b,)]})
    out = model({"right": B, "left": A})
    np.testing.assert_array_equal(out["sum"], A[:, :3] + B)
    np.testing.assert_array_equal(out["more"][1][0], B * B)
    predicted = model.predict({"right": B, "left": A})
    np.testing.assert_array_equal(predicted["more"][0], A)
    assert model.output_shape["more"] == [(None, 4), [(None, 3)]]


def test_inner_outputs_as_a_new_model():
    model = two()
    inner = Model(model.inputs, model.get_layer("q").output)
    np.testing.assert_array_equal(inner([A, B]), model([A, B])[1])
    chain = mark1.Sequential([Input((4,)), Dense(5, "relu"), Dense(2)])
    features = Model(chain.inputs, chain.layers[0].output)
    np.testing.assert_array_equal(features([A]), chain.layers[0](A))
    # From the middle on: a symbolic tensor that a layer returned can be fed as well.
    rest = Model(chain.layers[0].output, chain.output)
    np.testing.assert_array_equal(rest(chain.layers[0](A)), chain(A))


def test_models_as_layers_and_frozen_modes():
    x = Input((4,))
    inner = Model(x, BatchNormalization()(Dense(3)(x)))
    z = Input((4,))
    outer = Model(z, inner(z, training=False) + inner(z * 2.0, training=False))
    before = inner.get_weights()
    outer.compile("sgd", "mse")
    outer.fit(A, U, verbose=0)
    after = inner.get_weights()
    np.testing.assert_array_equal(before[-1], after[-1])  # the moving variance
    assert np.any(before[0] != after[0])
    np.testing.assert_allclose(outer(A), inner(A).numpy() + inner(2 * A).numpy(), rtol=1e-5)


def test_unknown_axes():
    x = Input((None, 3))
    pooled = ops.mean(Dense(2)(x), axis=1)
    assert ops.reshape(x, (-1, 3)).shape == (None, 3)
    assert x[:, ::2].shape == (None, None, 3)
    model = Model(x, pooled)
    for length in (1, 5):
        data = RNG.normal(size=(2, length, 3)).astype(np.float32)
        assert model.predict(data).shape == (2, 2)
        assert model.compute_output_shape((None, length, 3)) == (None, 2)


def test_layers_of_a_user_need_no_shape_rule():
    class Both(Layer):
        def build(self, input_shape):
            self.scale = self.add_weight((input_shape[0][-1],), "ones")

        def call(self, xs, factor=1.0, training=False):
            self._told = training
            return {"sum": (xs[0] + xs[1]) * self.scale * factor, "mean": ops.mean(xs[0], axis=-1)}

    x = Input((3,))
    out = Both()([x, x * 2.0], factor=2.0)
    assert out["sum"].shape == (None, 3)
    assert out["mean"].shape == (None,)
    model = Model(x, out)
    np.testing.assert_allclose(model(B)["sum"], 6 * B, rtol=1e-6)


def test_every_operator_and_constants_on_either_side():
    x = Input((3,))
    constant = ops.convert_to_tensor([1.0, 2.0, 3.0])
    outs = [x + 1, 1 - x, x * x, 2 / x, x // 2, x % 2, x**2, -x, abs(x), x @ np.eye(3, dtype="f")]
    outs += [constant * x, np.ones(3, "f") + x, x < 0, x >= 0, mark1.activations.gelu(x)]
    model = Model(x, outs)
    c = constant.numpy()
    want = [B + 1, 1 - B, B * B, 2 / B, B // 2, B % 2, B**2, -B, np.abs(B), B, c * B, 1 + B]
    for got, w in zip(model(B), want, strict=False):
        np.testing.assert_allclose(got, w, rtol=1e-5)
    assert model.output_shape[12] == (None, 3)


def test_recorded_steps_give_the_bits_of_eager_ones():
    options = {"epochs": 3, "batch_size": 16, "verbose": 0, "validation_split": 0.25}
    weights = RNG.uniform(0.5, 2.0, 48)
    states = []
    for run_eagerly in (False, True):
        model = two(run_eagerly, metrics=[["mae"], ["mse"]], loss_weights=[1.0, 0.5])
        history = model.fit([A, B], [U, V], sample_weight=weights, **options).history
        states.append((history, mark1.utils.weights_hash(model)))
        texts = []
        model.explain_speed(texts.append)
        assert ("native" in texts[0]) != run_eagerly
    assert states[0] == states[1]
    names = ["loss", "dropout_loss", "q_loss", "dropout_mae", "q_mse"]
    assert list(states[0][0]) == [*names, *(f"val_{name}" for name in names)]


def test_losses_of_several_outputs():
    model = two(True, loss=["mse", "mae"], metrics={"q": ["mse"]}, loss_weights=[1.0, 0.5])
    logs = model.evaluate([A, B], [U, V], verbose=0, return_dict=True)
    x, y = model.predict([A, B])
    np.testing.assert_allclose(logs["dropout_loss"], ((x - U) ** 2).mean(), rtol=1e-5)
    np.testing.assert_allclose(logs["q_loss"], np.abs(y - V).mean(), rtol=1e-5)
    np.testing.assert_allclose(logs["q_mse"], ((y - V) ** 2).mean(), rtol=1e-5)
    total = logs["dropout_loss"] + 0.5 * logs["q_loss"]
    np.testing.assert_allclose(logs["loss"], total, rtol=1e-6)
    named = two(True, loss={"q": "mae"})
    logs = named.evaluate([A, B], {"dropout": U, "q": V}, verbose=0, return_dict=True)
    np.testing.assert_allclose(logs["loss"], np.abs(y - V).mean(), rtol=1e-5)


def test_streams_of_several_inputs():
    arrays, stream = two(False), two(False)
    arrays.fit([A, B], [U, V], batch_size=16, epochs=2, verbose=0, shuffle=False)
    batches = [
        ((A[i : i + 16], B[i : i + 16]), (U[i : i + 16], V[i : i + 16])) for i in (0, 16, 32)
    ]
    stream.fit(Pieces(batches), epochs=2, verbose=0)
    assert mark1.utils.weights_hash(arrays) == mark1.utils.weights_hash(stream)
    parts = stream.predict(Pieces([(x,) for x, _ in batches]))
    for got, want in zip(parts, stream.predict([A, B]), strict=True):
        np.testing.assert_array_equal(got, want)


class Pieces:
    def __init__(self, pieces):
        self.pieces = pieces

    def __iter__(self):
        return iter(self.pieces)


def test_a_subclass_that_describes_itself():
    class Net(Model):
        def __init__(self):
            x = Input((4,))
            super().__init__(inputs=x, outputs=Dense(3)(x))

    net = Net()
    assert net(A).shape == (48, 3)
    assert net.count_params() == 15


def test_dtype_of_inputs():
    ids = Input((2,), dtype="int32")
    model = Model(ids, ops.one_hot(ids, 4))
    np.testing.assert_array_equal(model.predict(np.array([[0, 3]])), [np.eye(4)[[0, 3]]])
    np.testing.assert_array_equal(model(np.array([[1, 2]])), [np.eye(4)[[1, 2]]])


def test_summary():
    lines = []
    two().summary(print_fn=lines.append)
    assert "Connected to" in lines[0]
    assert "concatenate (concatenate)" in lines[0]
    assert "dropout, multiply, get_item" in lines[0]
    x = Input((4,), name="x")
    lines = []
    Model(x, Dense(2)(x)).summary(print_fn=lines.append)
    assert "Connected to" not in lines[0]


def test_the_way_to_a_mistake_is_told():
    x = Input((4,), name="x")
    y = Dense(3, name="d")(x) + 1.0
    d = Dense(2, name="other")
    d(x)
    with pytest.raises(ValueError, match="other") as info:
        d(y)
    for line in ("x: (None, 4)", "d: (None, 3)", "(batch, 4), got (batch, 3)"):
        assert line in str(info.value)
    with pytest.raises(ValueError, match=r"on the way to .*\n    x: \(None, 4\)"):
        ops.matmul(x, np.ones((3, 3), np.float32))


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda x, b: Model(x, Dense(1)(b)), ValueError, 'depend on the input "b", which is not'),
        (lambda x, b: Model(x, 3), TypeError, "outputs must be symbolic tensors.* got int"),
        (lambda x, b: Model([x, x], x), ValueError, "an input is named twice"),
        (lambda x, b: Model([], x), ValueError, "there are no inputs"),
        (lambda x, b: bool(x), TypeError, "has no value by which Python could branch"),
        (lambda x, b: np.asarray(x), TypeError, "has no values. Compute with mark1.ops"),
        (lambda x, b: list(x), TypeError, "has any number of rows"),
        (lambda x, b: mark1.Sequential([x + 1]), TypeError, "expected layers, got the result"),
        (
            lambda x, b: Model(x, Dense(2, name="d")(Dense(2, name="d")(x))),
            ValueError,
            'two layers are called "d"',
        ),
        (lambda x, b: Dense(1).output, AttributeError, "called with symbolic tensors never"),
        (
            lambda x, b: Model([x, b], x)([A]),
            ValueError,
            r"needs 2 inputs \(a \(batch, 4\), b \(batch, 3\)\), got 1",
        ),
        (
            lambda x, b: Model(x, x)(B),
            ValueError,
            r'input "a" has shape \(batch, 4\), got \(48, 3\)',
        ),
        (lambda x, b: Model([x, b], x).predict(A), ValueError, "x must be a list or dictionary"),
        (
            lambda x, b: Model([x, b], x).predict({"a": A}),
            ValueError,
            "x must hold a, b, it holds a",
        ),
    ],
)
def test_refused(make, error, text):
    with pytest.raises(error, match=text):
        make(Input((4,), name="a"), Input((3,), name="b"))


@pytest.mark.parametrize(
    ("compiled", "y", "text"),
    [
        ({"loss": ["mse", "mse", "mae"]}, [U, V], "the model has 2 outputs .* loss has 3 entries"),
        ({"loss": {"z": "mse"}}, [U, V], "loss names 'z', the outputs are dropout, q"),
        ({"loss": "mse"}, U, r"\[fit\] y must be a list or dictionary of 2 arrays: dropout, q"),
        ({"loss": "mse"}, {"q": V}, r"\[fit\] y must hold dropout, q, it holds q"),
    ],
)
def test_losses_that_do_not_fit(compiled, y, text):
    model = two(False, **compiled)
    with pytest.raises(ValueError, match=text):
        model.fit([A, B], y, verbose=0)


def test_weights_of_classes_are_for_one_output():
    with pytest.raises(ValueError, match="class_weight is for models with one output"):
        two(False).fit([A, B], [U, V], class_weight={0: 2.0}, verbose=0)


def test_config_gives_the_same_model():
    model = two()
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    for got, want in zip(copy.predict([A, B]), model.predict([A, B]), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_keras_reads_the_files_and_writes_such(tmp_path):
    keras = pytest.importorskip("keras")
    model = two(False, loss=["mse", "mae"])
    model.fit([A, B], [U, V], verbose=0)
    model.save(tmp_path / "ours.keras")
    theirs = keras.saving.load_model(tmp_path / "ours.keras")
    assert [layer.name for layer in theirs.layers] == [layer.name for layer in model.layers]
    for got, want in zip(theirs.predict([A, B], verbose=0), model.predict([A, B]), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
    x, b = keras.Input((4,), name="x"), keras.Input((3,), name="b")
    shared = keras.layers.Dense(3, name="s")
    z = keras.Input((3,))
    inner = keras.Model(z, keras.layers.Dense(2)(z))
    stacked = keras.ops.stack([shared(x), shared(x - 1.0)], axis=1)
    y = keras.ops.reshape(stacked, (-1, 6)) / 2.0
    y = keras.ops.concatenate([y, inner(b), inner(shared(x)), x[:, :2]], axis=-1)
    m = keras.Model({"x": x, "b": b}, {"y": keras.ops.mean(y, axis=1), "z": keras.ops.relu(y)})
    m.compile("adam", {"y": "mse", "z": "mae"}, loss_weights={"y": 1.0, "z": 0.5})
    m.save(tmp_path / "theirs.keras")
    ours = mark1.saving.load_model(tmp_path / "theirs.keras")
    assert [layer.name for layer in ours.layers] == [layer.name for layer in m.layers]
    want = m.predict({"x": A, "b": B}, verbose=0)
    for key, got in ours.predict({"x": A, "b": B}).items():
        np.testing.assert_allclose(got, want[key], rtol=1e-5, atol=1e-6)
    for got, w in zip(ours.get_weights(), m.get_weights(), strict=True):
        np.testing.assert_array_equal(got, w)


def test_files(tmp_path):
    model = two(False, loss=["mse", "mae"], metrics=[["mae"], None], loss_weights=[1.0, 0.5])
    model.fit([A, B], [U, V], verbose=0)
    model.save(tmp_path / "two.keras")
    copy = mark1.saving.load_model(tmp_path / "two.keras")
    for got, want in zip(copy.predict([A, B]), model.predict([A, B]), strict=True):
        np.testing.assert_array_equal(got, want)
    assert copy.evaluate([A, B], [U, V], verbose=0) == model.evaluate([A, B], [U, V], verbose=0)
    x = Input((4,))
    inner = Model(x, Dense(2)(x))
    z = Input((2, 2))
    outer = Model(z, inner(Flatten()(z)) * inner(Flatten()(Reshape((4, 1))(z))))
    outer.save(tmp_path / "outer.keras")
    data = A.reshape(-1, 2, 2)
    loaded = mark1.saving.load_model(tmp_path / "outer.keras")
    np.testing.assert_array_equal(loaded.predict(data), outer.predict(data))


def test_only_training_that_was_an_argument_is_read_from_configs():
    x = Input((3,))
    model = Model(x, mark1.layers.Dropout(0.5)(mark1.layers.Dropout(0.5)(x), training=True))
    config = model.get_config()
    kwargs = [entry["inbound_nodes"][0]["kwargs"] for entry in config["layers"][1:]]
    assert kwargs == [{}, {"training": True}]
    kwargs[0]["training"] = False  # which Keras writes down wherever nobody said anything
    again = Model.from_config(config).get_config()
    assert [entry["inbound_nodes"][0]["kwargs"] for entry in again["layers"][1:]] == [
        {},
        {"training": True},
    ]

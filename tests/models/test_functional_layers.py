"""Layers with several inputs and outputs, and models of users, within functional models."""

import numpy as np

import mark1
from mark1 import Model, layers, ops
from mark1.layers import Input

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 5, 3)).astype(np.float32)
H = RNG.normal(size=(6, 4)).astype(np.float32)
IDS = RNG.integers(0, 5, (16, 2))
A = RNG.normal(size=(16, 4)).astype(np.float32)
Y = RNG.normal(size=(16, 3)).astype(np.float32)


class Words(Model):
    """Takes a dictionary, returns one."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.table = layers.Embedding(5, 3)

    def call(self, inputs, training=False):
        x = self.dense(inputs["a"])
        return {"sum": x + ops.mean(self.table(inputs["ids"]), axis=1), "x": x}


def test_states_are_inputs_and_outputs(tmp_path):
    x, h, c = Input((5, 3)), Input((4,)), Input((4,))
    lstm = layers.LSTM(4, return_sequences=True, return_state=True)
    out = lstm(x, initial_state=[h, c])
    assert [y.shape for y in out] == [(None, 5, 4), (None, 4), (None, 4)]
    model = Model([x, h, c], out)
    want = lstm(X, initial_state=[H, 2 * H])
    for got, w in zip(model.predict([X, H, 2 * H]), want, strict=True):
        np.testing.assert_array_equal(got, w)
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    for got, w in zip(again.predict([X, H, 2 * H]), want, strict=True):
        np.testing.assert_array_equal(got, w)


def test_options_of_a_call_are_kept(tmp_path):
    x = Input((5, 3))
    attention = layers.MultiHeadAttention(2, 4)
    model = Model(x, attention(x, x, use_causal_mask=True))
    want = attention(X, X, use_causal_mask=True).numpy()
    assert np.any(attention(X, X).numpy() != want)
    np.testing.assert_array_equal(model.predict(X), want)
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(X), want)


def test_models_of_users_take_and_return_nests():
    models = []
    for run_eagerly in (False, True):
        mark1.utils.set_random_seed(7)
        models.append(Words())
        models[-1].compile("adam", {"sum": "mse", "x": "mae"}, run_eagerly=run_eagerly)
    options = {"epochs": 3, "batch_size": 4, "verbose": 0, "shuffle": False}
    histories = [m.fit({"a": A, "ids": IDS}, {"x": Y, "sum": Y}, **options).history for m in models]
    assert histories[0] == histories[1]
    assert list(histories[0]) == ["loss", "sum_loss", "x_loss"]
    predicted = models[0].predict({"a": A, "ids": IDS})
    np.testing.assert_array_equal(predicted["x"], models[0].dense(A))
    a, ids = Input((4,)), Input((2,), dtype="int32")
    inside = Model([a, ids], models[0]({"a": a, "ids": ids})["sum"])
    np.testing.assert_array_equal(inside.predict([A, IDS]), predicted["sum"])


def test_masks_go_through_functional_models():
    ids = Input((5,), dtype="int32")
    words = layers.Embedding(9, 4, mask_zero=True)
    lstm = layers.Bidirectional(layers.LSTM(3))
    model = Model(ids, lstm(layers.Dropout(0.5)(words(ids))))
    data = np.array([[1, 2, 0, 0, 0], [3, 4, 5, 6, 7]])
    short = lstm(words(data[:1, :2]))
    np.testing.assert_allclose(model.predict(data)[:1], short, rtol=1e-6, atol=1e-7)

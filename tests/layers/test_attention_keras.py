"""Layers of attention on copied weights beside Keras, where that is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import layers


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


QUERY, VALUE, KEY = draw(2, 5, 8), draw(2, 7, 6, seed=1), draw(2, 7, 4, seed=2)
SEEN = (draw(2, 5, 7, seed=3) > -0.5) | (np.arange(7) == 0)
MASKS = [np.arange(5) < [[5], [3]], np.arange(7) < [[4], [7]]]


def assert_alike(keras: Any, theirs: Any, ours: Any, *inputs: Any, **options: Any) -> None:
    theirs(*inputs, **options)
    ours(*inputs, **options)
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    weights = [w + 0.1 * draw(*w.shape, seed=i) for i, w in enumerate(ours.get_weights())]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    expected, found = theirs(*inputs, **options), ours(*inputs, **options)
    if not isinstance(expected, tuple):
        expected, found = (expected,), (found,)
    for e, y in zip(expected, found, strict=True):
        np.testing.assert_allclose(y, keras.ops.convert_to_numpy(e), rtol=1e-5, atol=2e-6)


CALLS: list[dict[str, Any]] = [
    {},
    {"use_causal_mask": True},
    {"attention_mask": SEEN},
    {"attention_mask": SEEN, "use_causal_mask": True, "return_attention_scores": True},
]


@pytest.mark.parametrize("options", CALLS, ids=lambda o: "-".join(o) or "plain")
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"value_dim": 5, "use_bias": False},
        {"output_shape": 9},
        {"output_shape": (3, 2)},
        {"use_gate": True},
        {"sliding_window": 2},
    ],
    ids=str,
)
def test_multi_head_attention(keras, arguments, options):
    try:
        theirs = keras.layers.MultiHeadAttention(2, 3, **arguments)
    except (TypeError, ValueError):
        pytest.skip("this Keras does not know the argument")
    ours = layers.MultiHeadAttention(2, 3, **arguments)
    assert_alike(keras, theirs, ours, QUERY, VALUE, KEY, **options)


@pytest.mark.parametrize("axes", [None, (1,), (2,), (1, 2)])
def test_attention_axes(keras, axes):
    x = draw(2, 3, 4, 8)
    theirs = keras.layers.MultiHeadAttention(2, 3, attention_axes=axes)
    ours = layers.MultiHeadAttention(2, 3, attention_axes=axes)
    assert_alike(keras, theirs, ours, x, x, return_attention_scores=True)


@pytest.mark.parametrize("options", CALLS, ids=lambda o: "-".join(o) or "plain")
def test_grouped_query_attention(keras, options):
    theirs = keras.layers.GroupQueryAttention(3, 4, 2)
    assert_alike(keras, theirs, layers.GroupQueryAttention(3, 4, 2), QUERY, VALUE, KEY, **options)


@pytest.mark.parametrize("name", ["Attention", "AdditiveAttention"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("mask", [None, MASKS], ids=["whole", "masked"])
@pytest.mark.parametrize("arguments", [{}, {"use_scale": True}, {"score_mode": "concat"}], ids=str)
def test_attention(keras, name, causal, mask, arguments):
    if name == "AdditiveAttention" and "score_mode" in arguments:
        arguments = {"use_scale": False}
    theirs, ours = (getattr(m, name)(**arguments) for m in (keras.layers, layers))
    inputs = [QUERY[..., :6], VALUE]
    options = {} if mask is None else {"mask": [keras.ops.convert_to_tensor(m) for m in mask]}
    theirs(inputs, **options)
    ours(inputs)
    scale = [draw(*w.shape, seed=5) for w in ours.get_weights()]
    ours.set_weights(scale)
    theirs.set_weights(scale)
    expected = theirs(inputs, use_causal_mask=causal, return_attention_scores=True, **options)
    found = ours(inputs, mask=mask, use_causal_mask=causal, return_attention_scores=True)
    for e, y in zip(expected, found, strict=True):
        np.testing.assert_allclose(y, keras.ops.convert_to_numpy(e), rtol=1e-5, atol=2e-6)
    alone = ours(inputs, mask=mask, use_causal_mask=causal)
    np.testing.assert_allclose(alone, found[0], rtol=1e-5, atol=2e-6)


def test_softmax_with_a_mask(keras):
    x, seen = draw(2, 3, 4), draw(2, 3, 4, seed=1) > 0
    expected = keras.layers.Softmax()(x, mask=keras.ops.convert_to_tensor(seen))
    expected = np.where(seen.any(-1, keepdims=True), keras.ops.convert_to_numpy(expected), 0.0)
    np.testing.assert_allclose(layers.Softmax()(x, mask=seen), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_files_go_both_ways(keras, tmp_path):
    x = keras.Input((5, 8))
    y = keras.layers.MultiHeadAttention(2, 3, dropout=0.1, use_gate=True, seed=3)(
        x, x, use_causal_mask=True
    )
    z = keras.layers.GroupQueryAttention(3, 4, 2)(y, x)
    sums = keras.layers.AdditiveAttention()([z, y])
    theirs = keras.Model(x, [keras.layers.Attention(use_scale=True, dropout=0.1)([z, y]), sums])
    theirs.save(tmp_path / "theirs.keras")
    ours = mark1.saving.load_model(tmp_path / "theirs.keras")
    ours.save(tmp_path / "ours.keras")
    back = keras.models.load_model(tmp_path / "ours.keras")
    data = draw(3, 5, 8, seed=7)
    expected = theirs.predict(data, verbose=0)
    for model in (ours, back):
        for y, e in zip(model.predict(data, verbose=0), expected, strict=True):
            np.testing.assert_allclose(y, e, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rule", ["kernel_regularizer", "bias_regularizer", "activity_regularizer"])
@pytest.mark.parametrize("kind", ["MultiHeadAttention", "GroupQueryAttention"])
def test_costs(keras, kind, rule):
    sizes = (2, 3) if kind == "MultiHeadAttention" else (3, 4, 2)
    theirs, ours = (getattr(m.layers, kind)(*sizes, **{rule: "l2"}) for m in (keras, mark1))
    assert_alike(keras, theirs, ours, QUERY, VALUE)
    expected = sum(float(keras.ops.convert_to_numpy(x)) for x in theirs.losses)
    assert sum(float(x) for x in ours.losses) == pytest.approx(expected, rel=1e-5)

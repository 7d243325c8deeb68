"""Layers of attention: masks, axes, files, errors; beside Keras in test_attention_keras.py."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mark1
from mark1 import layers, ops
from mark1.layers.layer import registry, serialize_layer
from mark1.layers.masks import mask_of, set_mask
from mark1.saving.weights import entries
from tests.variants import same_bits


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


QUERY, VALUE = draw(2, 5, 8), draw(2, 7, 6, seed=1)


def masked(x: np.ndarray, lengths: tuple[int, ...]) -> mark1.Tensor:
    tensor = ops.convert_to_tensor(x)
    set_mask(tensor, np.arange(x.shape[1]) < np.array(lengths)[:, None])
    return tensor


def test_masks_that_travel_with_the_inputs_hide_positions():
    layer = layers.MultiHeadAttention(2, 3)
    y, p = layer(masked(QUERY, (5, 2)), masked(VALUE, (3, 7)), return_attention_scores=True)
    assert not p.numpy()[0, :, :, 3:].any()
    assert not p.numpy()[1, :, 2:].any()
    short = layer(QUERY[:1], VALUE[:1, :3])
    np.testing.assert_allclose(y.numpy()[:1], short, atol=1e-6)
    assert mask_of(y).numpy().tolist() == mask_of(masked(QUERY, (5, 2))).numpy().tolist()
    fused = layer(masked(QUERY, (5, 2)), masked(VALUE, (3, 7)))
    np.testing.assert_allclose(fused, y, atol=1e-6)


def test_masks_of_queries_and_values_are_those_given_by_name():
    query_mask, value_mask = np.arange(5) < [[5], [2]], np.arange(7) < [[3], [7]]
    for layer, inputs, options in (
        (
            layers.MultiHeadAttention(2, 3),
            (QUERY, VALUE),
            {"query_mask": query_mask, "value_mask": value_mask},
        ),
        (layers.Attention(), ([QUERY[..., :6], VALUE],), {"mask": [query_mask, value_mask]}),
    ):
        travelling = [masked(x, n) for x, n in zip((QUERY, VALUE), ((5, 2), (3, 7)), strict=True)]
        if isinstance(inputs[0], list):
            travelling = [[masked(QUERY[..., :6], (5, 2)), travelling[1]]]
        y = layer(*travelling)
        assert same_bits(y.numpy(), layer(*inputs, **options).numpy())


def test_a_mask_may_be_one_for_all_and_one_for_each_head():
    layer = layers.MultiHeadAttention(2, 3)
    seen = draw(5, 7, seed=3) > 0
    expected = layer(QUERY, VALUE, attention_mask=np.tile(seen, (2, 1, 1))).numpy()
    for mask in (seen, seen[None], np.tile(seen, (2, 2, 1, 1)), seen.astype(np.int32)):
        np.testing.assert_array_equal(layer(QUERY, VALUE, attention_mask=mask), expected)


def test_dropout_acts_in_training_alone():
    layer = layers.MultiHeadAttention(2, 3, dropout=0.5, seed=1)
    plain = layer(QUERY, VALUE).numpy()
    assert same_bits(plain, layer(QUERY, VALUE, training=False).numpy())
    first, second = (layer(QUERY, VALUE, training=True).numpy() for _ in range(2))
    assert np.abs(first - plain).max() > 1e-3
    assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize(
    ("axes", "order"),
    [((1,), (0, 2, 3, 1, 4)), ((2,), (0, 1, 3, 2, 4)), ((3,), (0, 1, 2, 3, 4))],
)
def test_attention_over_one_of_several_axes(axes, order):
    x = draw(2, 3, 4, 5, 8)
    layer = layers.MultiHeadAttention(2, 3, attention_axes=axes)
    y, p = layer(x, x, return_attention_scores=True)
    time = x.shape[axes[0]]
    flat = np.transpose(x, order).reshape(-1, time, 8)
    alone = layers.MultiHeadAttention(2, 3)
    alone.build(flat.shape, flat.shape)
    alone.set_weights(layer.get_weights())
    expected, scores = alone(flat, flat, return_attention_scores=True)
    others = [x.shape[a] for a in order[1:3]]
    np.testing.assert_allclose(np.transpose(y, order).reshape(flat.shape), expected, atol=1e-6)
    np.testing.assert_allclose(p.numpy().reshape(scores.shape), scores, atol=1e-6)
    assert p.shape == (2, *others, 2, time, time)


def test_attention_over_all_axes():
    x = draw(2, 3, 4, 8)
    layer = layers.MultiHeadAttention(2, 3)
    mask = draw(2, 3, 4, 3, 4, seed=4) > -0.5
    y, p = layer(x, x, attention_mask=mask, return_attention_scores=True)
    assert p.shape == (2, 2, 3, 4, 3, 4)
    flat = x.reshape(2, 12, 8)
    alone = layers.MultiHeadAttention(2, 3)
    alone.build(flat.shape, flat.shape)
    alone.set_weights(layer.get_weights())
    expected = alone(flat, flat, attention_mask=mask.reshape(2, 12, 12))
    np.testing.assert_allclose(y.numpy().reshape(2, 12, 8), expected, atol=1e-6)


def test_parts_begin_apart_unless_they_are_given_a_seed():
    layer = layers.MultiHeadAttention(2, 4)
    layer(QUERY, QUERY)
    kernels = [w.numpy() for w in layer.weights if w.name == "kernel"]
    assert not np.array_equal(kernels[0], kernels[1])
    # Glorot's limit for 8 inputs and 2 x 4 outputs.
    limit = np.sqrt(6 / 16)
    assert all(0.8 * limit < np.abs(k).max() <= limit for k in kernels[:3])


def test_files_name_the_parts_as_keras_does():
    one = layers.MultiHeadAttention(2, 3, use_gate=True)
    other = layers.GroupedQueryAttention(3, 4, 2)
    for layer, prefix, parts in (
        (one, "", ["query", "key", "gate", "value", "output"]),
        (other, "_", ["query", "key", "value", "output"]),
    ):
        layer(QUERY, VALUE)
        model = mark1.Sequential([layers.Input((2,)), layers.Dense(1)])
        model._layers.append(layer)
        found = {path: [v.shape for v in own] for path, _, own in entries(model)}
        name = "multi_head_attention" if layer is one else "grouped_query_attention"
        for part in parts:
            start = "_" if part == "gate" else prefix
            assert len(found[f"layers/{name}/{start}{part}_dense/vars"]) == 2
    assert found["layers/grouped_query_attention/_key_dense/vars"] == [(6, 2, 3), (2, 3)]
    assert found["layers/grouped_query_attention/_output_dense/vars"] == [(4, 3, 8), (8,)]
    assert serialize_layer(other)["class_name"] == "GroupQueryAttention"
    assert serialize_layer(one)["build_config"] == {
        "shapes_dict": {"query_shape": (None, 5, 8), "value_shape": (None, 7, 6)}
    }


LAYERS = [
    layers.MultiHeadAttention(2, 3, 4, 0.1, False, (5,), 1, 3, use_gate=True, seed=4),
    layers.GroupedQueryAttention(3, 4, 2, dropout=0.2, kernel_initializer="he_normal"),
    layers.Attention(True, "concat", 0.3, 5),
    layers.AdditiveAttention(False, 0.1, name="sums"),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
def test_a_config_makes_the_layer_again(layer):
    again = registry.deserialize(registry.serialize(layer))
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()


def test_softmax_has_a_mask():
    x, seen = draw(2, 3, 4), draw(2, 3, 4, seed=1) > 0
    seen[0, 0] = False
    y = layers.Softmax()(x, mask=seen).numpy()
    assert not y[~seen].any()
    np.testing.assert_allclose(y.sum(-1), seen.any(-1), rtol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        timesteps = layers.Softmax()(masked(x, (3, 1)))
    assert same_bits(timesteps.numpy(), layers.Softmax()(x).numpy())


ERRORS = [
    (
        lambda: layers.MultiHeadAttention(0, 3),
        "[MultiHeadAttention] num_heads must be a positive integer, got 0",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3, output_shape=(4, -1)),
        "[MultiHeadAttention] output_shape must be a positive integer, got -1",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3, dropout=1.0),
        "[MultiHeadAttention] dropout must be at least 0 and below 1, got 1.0",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3)(QUERY[0], VALUE),
        "[MultiHeadAttention] query and value have the axes batch, time, features "
        "(query: (batch, 8), value: (batch, 7, 6))",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3)(QUERY, VALUE, VALUE[:, :5]),
        "[MultiHeadAttention] key and value must agree in all axes but the last "
        "(key: (batch, 5, 6), value: (batch, 7, 6))",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3, attention_axes=2)(QUERY, VALUE),
        "[MultiHeadAttention] attention_axes lie between batch and features, 1 to 1, got (2,)",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3)(QUERY, VALUE, attention_mask=np.ones(7, bool)),
        "[MultiHeadAttention] attention_mask must be (batch, queries, keys), with or without "
        "heads, got (7,)",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3)(
            QUERY, VALUE, attention_mask=np.ones((2, 5, 6), bool)
        ),
        "[attention] mask must be bool and broadcast to (batch, heads, queries, keys) = "
        "(2, 2, 5, 7), got bool (2, 1, 5, 6)",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3)(
            QUERY[:, :, None], VALUE[:, :, None], use_causal_mask=True
        ),
        "[MultiHeadAttention] a causal mask needs attention over one axis, got (1, 2)",
    ),
    (
        lambda: layers.MultiHeadAttention(2, 3, attention_axes=1)(
            QUERY[:, :, None], VALUE[:, :, None], attention_mask=np.ones((5, 7), bool)
        ),
        "[MultiHeadAttention] masks need attention over all axes, got (1,)",
    ),
    (
        lambda: layers.GroupedQueryAttention(3, 4, 3),
        "[GroupedQueryAttention] num_key_value_heads must divide num_query_heads, got 3 and 4",
    ),
    (
        lambda: layers.Attention(score_mode="sum"),
        "[Attention] score_mode must be 'dot' or 'concat', got 'sum'",
    ),
    (
        lambda: layers.Attention(name="a")(QUERY),
        '[Attention "a"] is called on a list: [query, value] or [query, value, key]',
    ),
    (
        lambda: layers.AdditiveAttention(name="a")([QUERY, VALUE]),
        '[AdditiveAttention "a"] needs (batch, T, D), (batch, S, E) and (batch, S, D) '
        "(query: (2, 5, 8), value: (2, 7, 6), key: (2, 7, 6))",
    ),
]


@pytest.mark.parametrize(("call", "text"), ERRORS, ids=[e[1][:70] for e in ERRORS])
def test_errors_say_what_came(call, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011, all of the text is compared
        call()
    assert str(caught.value).partition("\n  in ")[0] == text


def test_projections_refuse_another_width():
    layer = layers.MultiHeadAttention(2, 3)
    layer(QUERY, VALUE)
    with pytest.raises(ValueError, match=r"\[value\] expected inputs whose last axes are \(6,\)"):
        layer(QUERY, VALUE[..., :5], VALUE)


RULES = {
    "kernel_regularizer": "l2",
    "bias_regularizer": mark1.regularizers.L1(0.5),
    "activity_regularizer": "l1",
    "kernel_constraint": mark1.constraints.MaxNorm(0.1),
    "bias_constraint": "non_neg",
}


@pytest.mark.parametrize("kind", [layers.MultiHeadAttention, layers.GroupedQueryAttention])
def test_weights_have_costs_and_constraints(kind, tmp_path):
    sizes = (2, 3) if kind is layers.MultiHeadAttention else (3, 4, 2)
    x = mark1.Input((5, 8))
    layer = kind(*sizes, **RULES)
    model = mark1.Model(x, layer(x, x))
    kernels = [w for w in layer.trainable_weights if "kernel" in w.name]
    biases = [w for w in layer.trainable_weights if "bias" in w.name]
    assert len(kernels) == len(biases) == 4
    for bias in biases:
        bias.assign(ops.full(bias.shape, -0.25))
    cost = sum(0.01 * (np.array(w) ** 2).sum() for w in kernels)
    cost += sum(0.5 * np.abs(np.array(w)).sum() for w in biases)
    assert sum(float(x) for x in model.losses) == pytest.approx(cost)

    data = np.random.default_rng(0).normal(size=(4, 5, 8))
    model(data)
    assert sum(float(x) for x in model.losses) > cost + 1e-3, "outputs cost nothing"
    model.compile("sgd", "mse")
    model.fit(data, data, verbose=0)
    for kernel in kernels:
        assert np.sqrt((np.array(kernel) ** 2).sum(axis=0)).max() < 0.1 + 1e-6
    for bias in biases:
        assert np.array(bias).min() >= 0

    model.save(tmp_path / "m.keras")
    again = mark1.models.load_model(tmp_path / "m.keras")
    assert again.layers[-1].get_config() == layer.get_config()
    np.testing.assert_array_equal(again.predict(data, verbose=0), model.predict(data, verbose=0))

import numpy as np
import pytest

import mark1
from mark1.layers import (
    BatchNormalization,
    Dense,
    GroupNormalization,
    Input,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from tests.variants import assert_same_everywhere

RNG = np.random.default_rng(0)
X = RNG.standard_normal((6, 4, 5, 8)).astype(np.float32) * 3 + 1


def standard(x, axes, epsilon=1e-3):
    x = x.astype(np.float64)
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


@pytest.mark.parametrize("axis", [-1, 1, (1, 2), [2, 3], (-1, 1)])
def test_layer_normalization(axis):
    layer = LayerNormalization(axis)
    axes = tuple(np.atleast_1d(axis))
    np.testing.assert_allclose(layer(X), standard(X, axes), rtol=1e-4, atol=1e-5)
    want = [X.shape[i] for i in sorted(i % 4 for i in axes)]
    assert [(w.name, list(w.shape)) for w in layer.weights] == [("gamma", want), ("beta", want)]


def test_rms_and_unit_normalization():
    x = X.astype(np.float64)
    layer = RMSNormalization()
    want = x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(layer(X), want, rtol=1e-5, atol=1e-6)
    assert [w.name for w in layer.weights] == ["scale"]
    length = np.sqrt((x**2).sum((1, 3), keepdims=True))
    np.testing.assert_allclose(UnitNormalization((1, 3))(X), x / length, rtol=1e-5, atol=1e-6)
    assert UnitNormalization()(np.zeros((2, 3), np.float32)).numpy().tolist() == [[0] * 3] * 2


def test_unit_normalization_of_tiny_rows_has_a_gradient():
    x = mark1.Variable([[1e-14, 0.0], [3.0, 4.0]])
    with mark1.GradientTape() as tape:
        y = UnitNormalization()(mark1.ops.convert_to_tensor(x))
    dx = tape.gradient(y, x).numpy()
    np.testing.assert_allclose(dx[0], [1e12, 1e12])
    np.testing.assert_allclose(dx[1], [4 / 125, -3 / 125], rtol=1e-5)


@pytest.mark.parametrize("groups", [1, 2, 8, -1])
def test_group_normalization(groups):
    layer = GroupNormalization(groups)
    n = 8 if groups == -1 else groups
    want = standard(X.reshape(6, 20, n, 8 // n), (1, 3)).reshape(X.shape)
    np.testing.assert_allclose(layer(X), want, rtol=1e-4, atol=1e-5)
    moved = GroupNormalization(groups, axis=1)(np.moveaxis(X, -1, 1))
    np.testing.assert_array_equal(np.moveaxis(moved.numpy(), 1, -1), layer(X))


def test_batch_normalization_in_training_and_after():
    layer = BatchNormalization(momentum=0.75)
    y = layer(X, training=True)
    np.testing.assert_allclose(y, standard(X, (0, 1, 2)), rtol=1e-4, atol=1e-5)
    assert [w.name for w in layer.weights] == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert [w.name for w in layer.trainable_weights] == ["gamma", "beta"]
    mean, variance = (w.numpy() for w in layer.non_trainable_weights)
    np.testing.assert_allclose(mean, 0.25 * X.mean((0, 1, 2), dtype=np.float64), rtol=1e-5)
    np.testing.assert_allclose(
        variance, 0.75 + 0.25 * X.var((0, 1, 2), dtype=np.float64), rtol=1e-5
    )
    want = (X.astype(np.float64) - mean) / np.sqrt(variance.astype(np.float64) + 1e-3)
    np.testing.assert_allclose(layer(X), want, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(layer.moving_mean.numpy(), mean)


def test_a_frozen_layer_is_never_in_training():
    layer = BatchNormalization()
    layer.build((None, 4, 5, 8))
    layer.trainable = False
    np.testing.assert_allclose(layer(X, training=True), X / np.sqrt(1.001), rtol=1e-6)
    assert layer.moving_mean.numpy().tolist() == [0] * 8


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_batch_normalization_of_any_axis(axis):
    axes = tuple(i for i in range(4) if i != axis % 4)
    y = BatchNormalization(axis)(X, training=True)
    np.testing.assert_allclose(y, standard(X, axes), rtol=1e-4, atol=1e-5)


def test_moving_statistics_have_the_same_bits_everywhere():
    x = RNG.standard_normal((1000, 37)).astype(np.float32)

    def train():
        layer = BatchNormalization(momentum=0.9)
        for batch in (x[:700], x[700:], x[:1]):
            layer(batch, training=True)
        return layer.get_weights()

    assert_same_everywhere(train)


def test_an_empty_batch_leaves_the_moving_statistics_alone():
    layer = BatchNormalization()
    assert layer(np.zeros((0, 3), np.float32), training=True).shape == (0, 3)
    assert layer.moving_variance.numpy().tolist() == [1, 1, 1]


def test_a_value_that_someone_holds_is_not_overwritten():
    layer = BatchNormalization()
    layer.build((None, 8))
    held = layer.moving_mean.value
    layer(X[0, 0], training=True)
    assert held.numpy().tolist() == [0] * 8
    assert (layer.moving_mean.numpy() != 0).all()


LAYERS = [
    BatchNormalization,
    lambda **k: GroupNormalization(4, **k),
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
]


@pytest.mark.parametrize("make", LAYERS)
def test_config_shape_and_float64(make):
    layer = make(dtype="float64", name="n")
    layer(X)
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again(X).dtype == "float64"
    np.testing.assert_array_equal(again(X), layer(X))
    assert layer.compute_output_shape((None, 4, 5, 8)) == (None, 4, 5, 8)


def test_without_weights():
    for make in (BatchNormalization, LayerNormalization, lambda **k: GroupNormalization(4, **k)):
        layer = make(center=False, scale=False)
        assert layer(X).shape == X.shape
        assert layer.trainable_weights == []


def model():
    return mark1.Sequential(
        [
            Input((8,)),
            Dense(16),
            BatchNormalization(momentum=0.9),
            LayerNormalization(),
            Dense(16, activation="relu"),
            GroupNormalization(4),
            RMSNormalization(),
            UnitNormalization(),
            Dense(1),
        ]
    )


def test_in_a_model_that_learns_and_is_saved(tmp_path):
    mark1.utils.set_random_seed(0)
    x = RNG.standard_normal((200, 8)).astype(np.float32) * 5 + 3
    y = (x[:, :1] > x[:, 1:2]).astype(np.float32)
    net = model()
    net.compile(mark1.optimizers.Adam(0.01), "mse")
    before = net.evaluate(x, y, verbose=0)
    # 200 is no multiple of 64: the last batch of an epoch is a short one.
    net.fit(x, y, batch_size=64, epochs=20, verbose=0)
    after = net.evaluate(x, y, verbose=0)
    assert np.ravel(after)[0] < 0.5 * np.ravel(before)[0]
    net.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), net.predict(x, verbose=0))
    for old, new in zip(net.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_recorded_step_updates_the_moving_statistics_as_an_eager_one():
    x = RNG.standard_normal((96, 8)).astype(np.float32)
    y = RNG.standard_normal((96, 1)).astype(np.float32)
    found = []
    for eagerly in (True, False):
        mark1.utils.set_random_seed(0)
        net = model()
        net.compile("sgd", "mse", run_eagerly=eagerly)
        net.fit(x, y, batch_size=40, epochs=3, verbose=0)
        found.append(net.get_weights())
    for eager, recorded in zip(*found, strict=True):
        np.testing.assert_array_equal(eager, recorded)


@pytest.mark.parametrize(
    ("make", "text", "shape"),
    [
        (
            lambda: GroupNormalization(3, name="g"),
            r'\[GroupNormalization "g"\] 8 channels cannot be divided into 3 groups '
            r"\(inputs: \(batch, 8\)\)",
            (2, 8),
        ),
        (
            lambda: GroupNormalization(0),
            r"\[GroupNormalization\] groups must be a positive integer or -1, got 0",
            (2, 8),
        ),
        (
            lambda: GroupNormalization(axis=0),
            r"\[GroupNormalization\] axis must be an integer, but not 0, got 0",
            (2, 8),
        ),
        (
            lambda: BatchNormalization(0, name="b"),
            r'\[BatchNormalization "b"\] axis 0 of its inputs must be known, got \(batch, 8\)',
            (2, 8),
        ),
        (
            lambda: LayerNormalization(3, name="n"),
            r'\[LayerNormalization "n"\] there is no axis 3 in inputs of shape \(2, 8\)',
            (2, 8),
        ),
        (
            lambda: LayerNormalization("last"),
            r"\[LayerNormalization\] axis must be an integer or several, got 'last'",
            (2, 8),
        ),
        (
            lambda: LayerNormalization(epsilon=-1.0),
            r"\[LayerNormalization\] epsilon must be a number from 0 up, got -1.0",
            (2, 8),
        ),
        (
            lambda: LayerNormalization(rms_scaling=True),
            r"\[LayerNormalization\] rms_scaling is not supported: use RMSNormalization",
            (2, 8),
        ),
        (
            lambda: BatchNormalization(momentum=1.5),
            r"\[BatchNormalization\] momentum must be from 0 to 1, got 1.5",
            (2, 8),
        ),
        (
            lambda: BatchNormalization(renorm=True),
            r"\[BatchNormalization\] renorm and synchronized are not supported",
            (2, 8),
        ),
        (
            lambda: BatchNormalization((1, 2)),
            r"\[BatchNormalization\] axis must be an integer, got \(1, 2\)",
            (2, 8, 3),
        ),
        (
            lambda: BatchNormalization(name="b"),
            r'\[BatchNormalization "b"\] expected inputs of shape \(batch, ..., channels\), got',
            (8,),
        ),
    ],
)
def test_refused(make, text, shape):
    with pytest.raises(ValueError, match=text):
        make()(np.zeros(shape, np.float32))


def test_other_inputs_than_it_was_built_for():
    for layer in (BatchNormalization(name="b"), LayerNormalization(name="b")):
        layer.build((None, 8))
        with pytest.raises(
            ValueError, match=r'"b"\] was built for inputs of shape \(batch, 8\), got \(2, 7\)'
        ):
            layer(np.zeros((2, 7), np.float32))

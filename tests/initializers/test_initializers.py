import math

import numpy as np
import pytest

import mark1
from mark1 import initializers

RANDOM = [
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
    "random_normal", "random_uniform", "truncated_normal", "variance_scaling", "orthogonal",
]  # fmt: skip
FANS = {"fan_in": 300, "fan_out": 200, "fan_avg": 250}


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_seed_and_config(name, dtype):
    initializer = initializers.get(name)
    made = initializer((30, 20), dtype=dtype)
    assert made.dtype == dtype
    assert made.shape == (30, 20)
    np.testing.assert_array_equal(made, initializer((30, 20), dtype=dtype))
    assert np.any(made.numpy() != initializers.get(name)((30, 20), dtype=dtype).numpy())
    seeded = type(initializer)(seed=5)
    again = type(initializer).from_config(seeded.get_config())
    np.testing.assert_array_equal(seeded((4, 3)), again((4, 3)))


@pytest.mark.parametrize("name", RANDOM)
def test_global_seed(name):
    made = []
    for _ in range(2):
        mark1.utils.set_random_seed(11)
        made.append(initializers.get(name)((8, 8)).numpy())
    np.testing.assert_array_equal(*made)


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("glorot_uniform", 1 / FANS["fan_avg"]),
        ("glorot_normal", 1 / FANS["fan_avg"]),
        ("he_uniform", 2 / FANS["fan_in"]),
        ("he_normal", 2 / FANS["fan_in"]),
        ("lecun_uniform", 1 / FANS["fan_in"]),
        ("lecun_normal", 1 / FANS["fan_in"]),
    ],
)
def test_variance(name, variance):
    w = type(initializers.get(name))(seed=1)((300, 200)).numpy().astype(np.float64)
    # 60,000 draws: mean and variance within 5 standard errors.
    assert abs(w.mean()) < 5 * math.sqrt(variance / w.size)
    assert abs(w.var() / variance - 1) < 5 * math.sqrt(2 / w.size)


@pytest.mark.parametrize("mode", FANS)
@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal"])
def test_variance_scaling(mode, distribution):
    made = initializers.VarianceScaling(3.0, mode, distribution, seed=2)((300, 200))
    w = made.numpy().astype(np.float64)
    assert abs(w.var() * FANS[mode] / 3.0 - 1) < 5 * math.sqrt(2 / w.size)


@pytest.mark.parametrize("shape", [(5, 5), (8, 3), (3, 8), (1, 4), (3, 3, 2, 4), (64, 64)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_orthogonal(shape, dtype):
    w = initializers.Orthogonal(gain=2.0, seed=3)(shape, dtype=dtype).numpy()
    assert w.shape == shape
    flat = w.reshape(-1, shape[-1]).astype(np.float64) / 2.0
    few = flat if flat.shape[0] <= flat.shape[1] else flat.T
    tolerance = 1e-12 if dtype == "float64" else 1e-6
    np.testing.assert_allclose(few @ few.T, np.eye(len(few)), atol=tolerance)


def test_orthogonal_is_the_q_of_a_positive_r():
    drawn = mark1.random.normal((4, 6), 0.0, 1.0, "float64", 3).numpy()
    q = initializers.Orthogonal(seed=3)((6, 4), dtype="float64").numpy()
    r = q.T @ drawn.T
    np.testing.assert_allclose(np.tril(r, -1), 0.0, atol=1e-12)
    assert (np.diag(r) > 0).all()


def test_orthogonal_needs_two_axes():
    with pytest.raises(ValueError, match=r"\[Orthogonal\] needs a shape of two axes or more"):
        initializers.Orthogonal()((3,))


def test_constants():
    np.testing.assert_array_equal(initializers.Zeros()((2, 3)), np.zeros((2, 3), np.float32))
    np.testing.assert_array_equal(initializers.Ones()((2,), "float64"), np.ones(2))
    np.testing.assert_array_equal(initializers.Constant(2.5)((2,)), [2.5, 2.5])
    assert initializers.Constant(2.5).get_config() == {"value": 2.5}


def test_constants_of_several_values():
    rows = initializers.Constant(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(rows((3, 2), "float64"), [[1, 2]] * 3)
    again = initializers.Constant.from_config(rows.get_config())
    np.testing.assert_array_equal(again((2,)), [1, 2])
    with pytest.raises(ValueError, match="broadcast"):
        rows((3, 3))


def test_identity():
    made = initializers.get("identity")((3, 2), dtype="float64")
    np.testing.assert_array_equal(made, np.eye(3, 2))
    np.testing.assert_array_equal(initializers.Identity(gain=3.0)((2, 2)), 3 * np.eye(2))
    assert initializers.Identity(gain=3.0).get_config() == {"gain": 3.0}
    with pytest.raises(ValueError, match=r"\[Identity\] needs a shape of two axes, got \(2, 2"):
        initializers.Identity()((2, 2, 2))


def test_given_values():
    values = np.arange(6.0).reshape(2, 3)
    for given in (values, mark1.ops.convert_to_tensor(values)):
        initializer = initializers.get(given)
        made = initializer((2, 3), "float32")
        assert made.dtype == "float32"
        np.testing.assert_array_equal(made, values)
    with pytest.raises(ValueError, match=r"values of shape \(2, 3\) .* weight of shape \(3, 2\)"):
        initializer((3, 2))
    with pytest.raises(ValueError, match=r"given values have no config: use Constant\(values\)"):
        initializer.get_config()


def test_axes_of_inputs_and_outputs():
    axes = {"input_axes": [0, 1], "output_axes": [2]}
    w = initializers.HeNormal(seed=1, **axes)((20, 15, 200)).numpy().astype(np.float64)
    assert abs(w.var() / (2 / 300) - 1) < 5 * math.sqrt(2 / w.size)
    assert initializers.HeNormal(**axes).get_config() == {"seed": None, **axes}
    with pytest.raises(ValueError, match=r"input_axes and output_axes go together, got \[0\]"):
        initializers.VarianceScaling(input_axes=[0])


def test_seed_generators():
    initializer = initializers.HeNormal(mark1.random.SeedGenerator(3))
    first, second = initializer((4, 4)), initializer((4, 4))
    assert np.any(first.numpy() != second.numpy())
    again = initializers.HeNormal(mark1.random.SeedGenerator(3))
    np.testing.assert_array_equal(again((4, 4)), first)
    assert initializer.get_config()["seed"] == 3


def test_names_of_deserialized():
    for name in initializers.__all__:
        made = getattr(initializers, name)
        if isinstance(made, type) and made is not initializers.Initializer:
            described = initializers.serialize(made())
            assert type(initializers.deserialize(described)) is made
            assert type(initializers.get(name)) is made


def test_get():
    assert initializers.get(None) is None
    made = initializers.GlorotUniform(seed=1)
    assert initializers.get(made) is made
    assert isinstance(initializers.get("GlorotUniform"), initializers.GlorotUniform)
    described = {"module": "keras.initializers", "class_name": "HeNormal", "config": {"seed": 4}}
    assert initializers.get(described).seed == 4
    with pytest.raises(
        ValueError, match=r"unknown initializer 'glorot_unifrm'. Did you mean 'glor"
    ):
        initializers.get("glorot_unifrm")
    with pytest.raises(TypeError, match=r"\[initializer\] expected a name.* got int"):
        initializers.get(3)


def test_keras_config_keys():
    assert initializers.GlorotUniform().get_config() == {
        "seed": None, "input_axes": None, "output_axes": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"scale": 0.0}, "scale must be positive"),
        ({"mode": "fan"}, "mode must be one of"),
        ({"distribution": "flat"}, "distribution must be one of"),
    ],
)
def test_variance_scaling_refuses(arguments, text):
    with pytest.raises(ValueError, match=rf"\[VarianceScaling\] {text}"):
        initializers.VarianceScaling(**arguments)


def test_seed_must_be_an_integer():
    with pytest.raises(TypeError, match=r"\[HeNormal\] seed must be an integer, a Seed.* got str"):
        initializers.HeNormal(seed="1")

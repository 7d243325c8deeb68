import random as python_random

import numpy as np
import pytest

import mark1
from mark1.utils.naming import clear_session, snake_case, unique_name
from mark1.utils.registry import Registry, suggest


def test_unique_names():
    clear_session()
    assert [unique_name("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]


@pytest.mark.parametrize(
    ("name", "expected"), [("Dense", "dense"), ("LeakyReLU", "leaky_re_lu"), ("ELU", "elu")]
)
def test_snake_case(name, expected):
    assert snake_case(name) == expected


def test_suggest_says_nothing_when_nothing_is_near():
    assert suggest("zzz", ["adam", "sgd"]) == ""


def test_registry_refuses_malformed_descriptions():
    registry = Registry("thing", "keras.things")
    with pytest.raises(ValueError, match=r"\[thing\] not a description of a thing: 3"):
        registry.deserialize(3)
    with pytest.raises(ValueError, match=r"\[thing\] unknown thing 'os.system'"):
        registry.deserialize({"class_name": "os.system", "config": {}})
    with pytest.raises(TypeError, match=r"\[thing\] expected a name, .* got float"):
        registry.get(1.5)


def test_set_random_seed_seeds_everything():
    draws = []
    for _ in range(2):
        mark1.utils.set_random_seed(3)
        weight = mark1.initializers.HeNormal()((3, 3)).numpy().tolist()
        draws.append((python_random.random(), np.random.rand(), weight))  # noqa: NPY002
    assert draws[0] == draws[1]


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_set_random_seed_refuses_what_is_out_of_range(seed):
    with pytest.raises(ValueError, match=r"\[set_random_seed\] seed must be from 0 to 2\*\*32 - 1"):
        mark1.utils.set_random_seed(seed)


def test_set_random_seed_refuses_what_is_no_integer():
    with pytest.raises(TypeError, match=r"\[set_random_seed\] seed must be an integer, got float"):
        mark1.utils.set_random_seed(1.0)


def test_to_categorical():
    rows = mark1.utils.to_categorical([[1], [0]], 3)
    np.testing.assert_array_equal(rows, [[0, 1, 0], [1, 0, 0]])
    assert rows.dtype == np.float64
    with pytest.raises(ValueError, match="label 3 at position 1 is not within 0 to 2"):
        mark1.utils.to_categorical([0, 3], 3)
    with pytest.raises(ValueError, match="whole numbers"):
        mark1.utils.to_categorical([0.5])


def test_weights_hash_depends_on_bits_not_on_names():
    def make(name):
        return mark1.Sequential(
            [mark1.Input((3,)), mark1.layers.Dense(2, kernel_initializer="ones", name=name)]
        )

    first, second = make("a"), make("b")
    assert mark1.utils.weights_hash(first) == mark1.utils.weights_hash(second)
    kernel, bias = second.get_weights()
    kernel[0, 0] = np.nextafter(np.float32(1), np.float32(2))
    second.set_weights([kernel, bias])
    assert mark1.utils.weights_hash(first) != mark1.utils.weights_hash(second)

"""The joint gradient of relu and max_pool has the bits of one after the other."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from mark1.tape import joint_rules

# What a convolution of one tap by 1 leaves as it is.
SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, 1e-42, -1e-42, np.inf, -np.inf, np.nan]
DY = [0.0, -0.0, 1.5, -1.5, np.inf, -np.inf, np.nan]


def _special(values, shape, dtype, seed):
    return np.random.default_rng(seed).choice(np.array(values, dtype), shape)


def _conv(x):
    kernel = np.eye(x.shape[-1], dtype=x.dtype).reshape((1,) * (x.ndim - 2) + (x.shape[-1],) * 2)
    return ops.conv(x, kernel, activation="relu")


def _gradient(x, make, pool, dy):
    """Of a pool of what is made of x."""
    variable = mark1.Variable(x)
    with mark1.GradientTape() as tape:
        y = ops.max_pool(make(variable), **pool)
    return tape.gradient(y, variable, output_gradients=ops.convert_to_tensor(dy(y.shape))).numpy()


def _both_ways(monkeypatch, *arguments):
    """The gradient by the joint rules, that without, and whether a joint rule gave the first."""
    taken = []
    with monkeypatch.context() as patch:
        for pair, rule in list(joint_rules.items()):

            def noted(*given, rule=rule):
                found = rule(*given)
                taken.append(found is not None)
                return found

            patch.setitem(joint_rules, pair, noted)
        joint = _gradient(*arguments)
    with monkeypatch.context() as patch:
        for pair in list(joint_rules):
            patch.delitem(joint_rules, pair)
        apart = _gradient(*arguments)
    return joint, apart, taken


POOLS = [
    {"pool_size": 2},
    {"pool_size": 2, "padding": "same"},
    {"pool_size": 3, "padding": "same"},
    {"pool_size": 2, "strides": 3},
    {"pool_size": (3, 1), "strides": (3, 2)},
]


@pytest.mark.parametrize("isa", _core.available_isas())
@pytest.mark.parametrize("make", [_conv, ops.relu], ids=["conv", "relu"])
@pytest.mark.parametrize("pool", POOLS, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_bits_are_those_of_one_after_the_other(monkeypatch, isa, make, pool, dtype):
    _core.set_isa(isa)
    # A convolution sums over channels: with one, special values stay where they are.
    channels = 1 if make is _conv else 19
    x = _special(SPECIAL, (3, 9, 8, channels), dtype, 0)
    joint, apart, taken = _both_ways(
        monkeypatch, x, make, pool, lambda shape: _special(DY, shape, dtype, 1)
    )
    assert taken == [True]
    assert joint.tobytes() == apart.tobytes()
    assert np.isnan(joint).any()
    assert make is _conv or np.signbit(joint[joint == 0]).any()


@pytest.mark.parametrize(
    ("make", "pool"),
    [
        (ops.relu, {"pool_size": 3, "strides": 2}),  # windows overlap
        (ops.sigmoid, {"pool_size": 2}),
        (lambda x: ops.leaky_relu(x, 0.1), {"pool_size": 2}),
        (lambda x: ops.conv(x, np.ones((1, 1, 3, 3), "float32")), {"pool_size": 2}),
    ],
)
def test_other_pairs_have_no_shorter_way(monkeypatch, make, pool):
    x = np.random.default_rng(0).standard_normal((2, 8, 8, 3)).astype("float32")
    joint, apart, taken = _both_ways(monkeypatch, x, make, pool, lambda s: np.ones(s, "float32"))
    assert taken == [False]
    assert joint.tobytes() == apart.tobytes()


def _branches(x, wanted):
    """Gradients of x and of what lies between, where others look at it too."""
    v = mark1.Variable(x)
    with mark1.GradientTape() as tape:
        between = ops.relu(v)
        y = ops.max_pool(between, 2)
        if wanted == "used again":
            y = ops.sum(y) + ops.sum(between * 3.0)
    if wanted == "asked for":
        return tape.gradient(y, [v, between])
    return [tape.gradient(y, v)]


@pytest.mark.parametrize("wanted", ["asked for", "used again"])
def test_a_gradient_between_that_somebody_wants_is_made(wanted):
    x = np.random.default_rng(0).permutation(64).astype("float32").reshape(1, 8, 8, 1) - 32
    winners = ops.max_pool(x, 2).numpy().repeat(2, 1).repeat(2, 2) == x
    found = [g.numpy() for g in _branches(x, wanted)]
    more = 3.0 if wanted == "used again" else 0.0
    np.testing.assert_array_equal(found[0], (winners + more) * (x > 0))
    if wanted == "asked for":
        np.testing.assert_array_equal(found[1], winners)


def test_a_convolution_gets_all_its_gradients(monkeypatch):
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(s).astype("float32") for s in ((2, 8, 9, 3), (3, 3, 3, 5)))
    variables = [mark1.Variable(v) for v in (x, w, np.full(5, -0.5, "float32"))]

    def gradients():
        with mark1.GradientTape() as tape:
            y = ops.conv(*variables[:2], bias=variables[2], activation="relu")
            loss = ops.sum(ops.square(ops.max_pool(y, 2)))
        return [g.numpy().tobytes() for g in tape.gradient(loss, variables)]

    joint = gradients()
    for pair in list(joint_rules):
        monkeypatch.delitem(joint_rules, pair)
    assert joint == gradients()


def test_second_derivatives_go_through_both():
    x = np.random.default_rng(0).permutation(16).astype("float32").reshape(1, 4, 4, 1) - 8
    v = mark1.Variable(x)
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            y = ops.sum(ops.max_pool(ops.relu(v), 2) ** 3)
        dx = inner.gradient(y, v)
    winners = ops.max_pool(x, 2).numpy().repeat(2, 1).repeat(2, 2) == x
    np.testing.assert_array_equal(outer.gradient(dx, v), 6 * x * winners * (x > 0))


@pytest.mark.parametrize(
    ("stride", "pooled", "message"),
    [
        (2, (1, 2, 2), r"needs one result per window \(pooled: "),
        (1, (1, 3, 3, 1), r"windows overlap \(pool_size: \(2, 2\), strides: \(1, 1\)\)"),
    ],
)
def test_the_joint_kernel_refuses_what_it_cannot_do(stride, pooled, message):
    windows = ((2, 2), (stride, stride), False)
    y, index = _core.max_pool(np.ones((1, 4, 4, 1), "float32"), *windows)
    with pytest.raises(ValueError, match=rf"^\[max_pool_backward\] {message}"):
        _core.max_pool_backward(y, index, (1, 4, 4, 1), *windows, pooled=ops.ones(pooled))

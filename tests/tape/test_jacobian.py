"""Jacobians, of whole tensors and row by row."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import ops

RNG = np.random.default_rng(7)


def variable(*shape):
    return mark1.Variable(RNG.normal(size=shape))


def differences(function, x, step=1e-6):
    """The Jacobian of `function` at x by central differences, shape y.shape + x.shape."""
    columns = []
    for i in range(x.size):
        delta = np.zeros(x.size)
        delta[i] = step
        delta = delta.reshape(x.shape)
        columns.append((function(x + delta) - function(x - delta)) / (2 * step))
    y = function(x)
    return np.stack(columns, axis=-1).reshape(y.shape + x.shape)


def two_layers(x, w):
    return ops.tanh(ops.matmul(x, w)) * 2.0


def test_jacobian_agrees_with_differences():
    x, w = variable(3, 4), variable(4, 2)
    with mark1.GradientTape() as tape:
        y = two_layers(x, w)
    found = tape.jacobian(y, {"x": x, "w": w})
    assert found["x"].shape == (3, 2, 3, 4)
    assert found["w"].shape == (3, 2, 4, 2)
    of_x = differences(lambda v: two_layers(v, w).numpy(), x.numpy())
    of_w = differences(lambda v: two_layers(x, v).numpy(), w.numpy())
    np.testing.assert_allclose(found["x"].numpy(), of_x, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found["w"].numpy(), of_w, rtol=1e-6, atol=1e-8)


def test_the_order_of_sources_in_a_dict_does_not_matter():
    b, a = mark1.Variable([1.0, 2.0]), mark1.Variable([3.0])
    with mark1.GradientTape() as tape:
        y = ops.sum(b * b) * a
    found = tape.jacobian(y, {"b": b, "a": a})
    assert found["b"].numpy().tolist() == [[6.0, 12.0]]
    assert found["a"].numpy().tolist() == [[5.0]]


def test_hessian_by_a_jacobian_of_a_gradient():
    x = mark1.Variable(np.array([1.0, 2.0, 3.0]))
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            y = ops.sum(x * x * x) + x[0] * x[1]
        gradient = inner.gradient(y, x)
    hessian = outer.jacobian(gradient, x).numpy()
    np.testing.assert_array_equal(hessian, [[6, 1, 0], [1, 12, 0], [0, 0, 18]])


def test_a_jacobian_can_be_differentiated():
    x = mark1.Variable(np.array([1.0, 2.0]))
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            y = x * x * x
        j = inner.jacobian(y, x)
    np.testing.assert_array_equal(outer.gradient(j, x).numpy(), [6.0, 12.0])


def test_a_scalar_target_has_the_source_for_a_shape():
    x = variable(5)
    with mark1.GradientTape() as tape:
        y = ops.sum(x * x)
    np.testing.assert_array_equal(tape.jacobian(y, x).numpy(), 2 * x.numpy())


def test_unconnected_sources_get_none_or_zeros():
    x, other = variable(2), variable(3)
    with mark1.GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.jacobian(y, [x, other])[1] is None
    zero = tape.jacobian(y, other, unconnected_gradients="zero")
    np.testing.assert_array_equal(zero.numpy(), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="unconnected_gradients must be"):
        tape.jacobian(y, x, unconnected_gradients="no")


def test_a_tape_gives_a_jacobian_once():
    x = variable(2)
    with mark1.GradientTape() as tape:
        y = x * x
    tape.jacobian(y, x)
    with pytest.raises(RuntimeError, match=r"persistent=True"):
        tape.jacobian(y, x)


def test_the_target_must_be_one_floating_point_tensor():
    x = variable(2)
    with mark1.GradientTape(persistent=True) as tape:
        y = x * x
        n = ops.argmax(y)
    with pytest.raises(TypeError, match="target must be a Tensor or Variable, got list"):
        tape.jacobian([y], x)
    with pytest.raises(TypeError, match="floating-point, it is int32"):
        tape.jacobian(n, x)
    with pytest.raises(TypeError, match="sources must be Tensor or Variable, got float"):
        tape.jacobian(y, 3.0)


def test_batch_jacobian_is_the_diagonal_of_the_jacobian():
    x, w = variable(3, 4), variable(4, 2)
    with mark1.GradientTape(persistent=True) as tape:
        y = ops.reshape(two_layers(x, w), (3, 2, 1))
    whole = tape.jacobian(y, x).numpy()
    rows = tape.batch_jacobian(y, x)
    assert rows.shape == (3, 2, 1, 4)
    for i in range(3):
        np.testing.assert_array_equal(rows.numpy()[i], whole[i, :, :, i])


def test_batch_jacobian_of_vectors():
    x = mark1.Variable(np.array([1.0, 2.0, 3.0]))
    with mark1.GradientTape() as tape:
        y = x * x
    np.testing.assert_array_equal(tape.batch_jacobian(y, x).numpy(), [2.0, 4.0, 6.0])


def test_batch_jacobian_without_a_path():
    x, other = variable(3, 2), variable(3, 4)
    with mark1.GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.batch_jacobian(y, other) is None
    zero = tape.batch_jacobian(y, other, unconnected_gradients="zero")
    np.testing.assert_array_equal(zero.numpy(), np.zeros((3, 2, 4)))


def test_batch_jacobian_needs_as_many_rows():
    x = variable(3, 2)
    with mark1.GradientTape(persistent=True) as tape:
        y = ops.sum(x, axis=0)
        z = ops.sum(x)
    with pytest.raises(ValueError, match=r"as many rows \(target: \(2,\), source: \(3, 2\)\)"):
        tape.batch_jacobian(y, x)
    with pytest.raises(ValueError, match=r"as many rows \(target: \(\)"):
        tape.batch_jacobian(z, x)

"""What losses refuse, and what they remember."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import ops


def test_a_label_out_of_range_is_named_with_its_position():
    with pytest.raises(ValueError, match=r"labels must be whole numbers from 0 to 2, .* is 3 at"):
        ops.sparse_categorical_crossentropy([0, 3], np.zeros((2, 3), np.float32), True)
    with pytest.raises(ValueError, match=r"the target is -1 at position 1"):
        ops.sparse_categorical_crossentropy([0, -1], np.zeros((2, 3), np.float32), True)
    with pytest.raises(ValueError, match=r"the target is 0.5 at position 0"):
        ops.sparse_categorical_crossentropy([0.5, 1.0], np.zeros((2, 3), np.float32), True)
    with pytest.raises(ValueError, match=r"the target is nan at position 1"):
        ops.sparse_categorical_crossentropy([0.0, np.nan], np.zeros((2, 3), np.float32), True)


@pytest.mark.parametrize("from_logits", [True, False])
def test_an_unchecked_label_out_of_range_spoils_its_row_only(from_logits):
    x = mark1.Variable(np.full((3, 4), 0.25, np.float32))
    with mark1.GradientTape() as tape:
        loss = ops.sparse_categorical_crossentropy([1, 4, 2], x, from_logits, check_labels=False)
    dx = tape.gradient(loss, x).numpy()
    assert np.isnan(loss.numpy()).tolist() == [False, True, False]
    assert np.isnan(dx).all(axis=1).tolist() == [False, True, False]


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float32", "float64"])
def test_labels_of_any_dtype_give_the_same_loss(dtype):
    x = np.random.default_rng(0).standard_normal((4, 5)).astype(np.float32)
    labels = np.array([0, 4, 2, 1])
    expected = ops.sparse_categorical_crossentropy(labels.astype(np.int32), x, True).numpy()
    result = ops.sparse_categorical_crossentropy(labels.astype(dtype), x, True).numpy()
    assert result.tobytes() == expected.tobytes()


def test_shapes_that_do_not_go_together_are_refused():
    x = np.zeros((2, 3), np.float32)
    with pytest.raises(ValueError, match=r"one label per row \(target: \(3,\), output: \(2, 3\)\)"):
        ops.sparse_categorical_crossentropy([0, 1, 2], x, True)
    with pytest.raises(ValueError, match=r"\[categorical_crossentropy\] target and output must"):
        ops.categorical_crossentropy(np.zeros((2, 4), np.float32), x)
    with pytest.raises(ValueError, match=r"\[binary_crossentropy\] target and output must"):
        ops.binary_crossentropy(np.zeros((2, 4), np.float32), x)
    with pytest.raises(ValueError, match=r"\[mean_squared_error\] y_true and y_pred must"):
        ops.mean_squared_error(np.zeros((2,), np.float32), x)
    with pytest.raises(ValueError, match=r"classes must be on the last axis, got axis=0"):
        ops.categorical_crossentropy(x, x, axis=0)
    with pytest.raises(ValueError, match=r"\[softmax\] there is no axis 2"):
        ops.softmax(x, axis=2)


def test_softmax_remembers_logits_and_cross_entropy_starts_from_them():
    x = ops.convert_to_tensor([[200.0, 0.0]])
    y = ops.softmax(x)
    assert y.logits is not None
    # From the probability 0 itself it would be -log(1e-7) = 16.
    assert ops.sparse_categorical_crossentropy([1], y).numpy()[0] == 200.0
    assert ops.categorical_crossentropy([[0.0, 1.0]], y).numpy()[0] == 200.0


def test_each_cross_entropy_starts_from_its_own_logits():
    x = ops.convert_to_tensor([[2.0, -1.0], [0.5, 3.0]])
    target = [[1.0, 0.0], [0.0, 1.0]]
    for function, other in ((ops.softmax, ops.sigmoid), (ops.sigmoid, ops.softmax)):
        y = function(x)
        plain = ops.convert_to_tensor(y.numpy())
        bits = ops.binary_crossentropy(target, y).numpy()
        np.testing.assert_allclose(bits, ops.binary_crossentropy(target, plain), rtol=1e-6)
        rows = ops.categorical_crossentropy(target, y).numpy()
        np.testing.assert_allclose(rows, ops.categorical_crossentropy(target, plain), rtol=1e-6)
        # What was made of such an output remembers that output, and not what that was made of.
        np.testing.assert_array_equal(other(y).logits, y)
        assert x.logits is None


def test_probabilities_are_normalised_and_clipped_as_in_keras():
    loss = ops.sparse_categorical_crossentropy([0, 1], [[2.0, 2.0], [1.0, 0.0]]).numpy()
    np.testing.assert_allclose(loss, [np.log(2.0), -np.log(1e-7)], rtol=1e-6)
    bits = ops.binary_crossentropy([1.0, 0.0], [0.0, 0.0]).numpy()
    np.testing.assert_allclose(bits, [-np.log(1e-7), 0.0], atol=2e-7, rtol=1e-6)


def test_derivative_of_the_absolute_error_at_zero_is_zero():
    x = mark1.Variable([1.0, 2.0])
    with mark1.GradientTape() as tape:
        y = ops.mean_absolute_error([1.0, 1.0], x)
    assert tape.gradient(y, x).numpy().tolist() == [0.0, 0.5]


def test_binary_crossentropy_is_stable_in_logits():
    x = mark1.Variable([1000.0, -1000.0, 0.0])
    with mark1.GradientTape() as tape:
        y = ops.binary_crossentropy([0.0, 1.0, 1.0], x, from_logits=True)
    np.testing.assert_allclose(y.numpy(), [1000.0, 1000.0, np.log(2.0)], rtol=1e-6)
    assert tape.gradient(y, x).numpy().tolist() == [1.0, -1.0, -0.5]

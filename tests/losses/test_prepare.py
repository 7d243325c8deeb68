"""What losses say about whole arrays of targets, before training."""

import numpy as np
import pytest

from mark1 import losses

LABELS = np.array([0, 3, 1, 2, 2, 0])
ONE_HOT = np.eye(4)[LABELS]


class TestPrepare:
    """Whole target arrays are checked once, before training."""

    def test_label_too_large(self):
        y = np.array([0, 1, 2, 10, 3])
        text = "model has 10 outputs, so labels must be 0 to 9, y holds 10 at position 3"
        with pytest.raises(ValueError, match=text):
            losses.SparseCategoricalCrossentropy().prepare(y, (None, 10), "float32")

    def test_label_negative(self):
        with pytest.raises(ValueError, match="labels must be 0 to 2, y holds -1 at position 1"):
            losses.SparseCategoricalCrossentropy().prepare(np.array([0, -1]), (None, 3), "float32")

    def test_labels_count_from_one(self):
        with pytest.raises(ValueError, match="these count from 1: subtract 1"):
            losses.SparseCategoricalCrossentropy().prepare(
                np.array([1, 2, 3]), (None, 3), "float32"
            )

    def test_fractions(self):
        with pytest.raises(
            ValueError, match=r"labels must be whole numbers, y holds 0.5 at positio"
        ):
            losses.SparseCategoricalCrossentropy().prepare(
                np.array([1.0, 0.5]), (None, 3), "float32"
            )

    def test_whole_floats_and_columns_are_labels(self):
        y = losses.SparseCategoricalCrossentropy().prepare(
            np.array([[1.0], [2.0]]), (None, 3), "float32"
        )
        assert y.dtype == np.int32
        assert y.tolist() == [1, 2]

    def test_one_hot_with_sparse_loss(self):
        with pytest.raises(ValueError, match="One-hot rows go with categorical_crossentropy"):
            losses.SparseCategoricalCrossentropy().prepare(ONE_HOT, (None, 4), "float32")

    def test_labels_with_categorical_loss(self):
        with pytest.raises(
            ValueError, match="For class numbers use sparse_categorical_crossentropy"
        ):
            losses.CategoricalCrossentropy().prepare(LABELS, (None, 4), "float32")

    def test_one_output_per_class(self):
        with pytest.raises(
            ValueError, match=r"the loss would be 0 for ever. For two classes and one"
        ):
            losses.CategoricalCrossentropy().prepare(np.ones((3, 1)), (None, 1), "float32")

    def test_targets_beyond_zero_and_one(self):
        with pytest.raises(
            ValueError, match=r"targets must be from 0 to 1, y holds 2.0 at position"
        ):
            losses.BinaryCrossentropy().prepare(np.array([0.0, 2.0]), (None, 1), "float32")

    def test_column_is_added(self):
        y = losses.MeanSquaredError().prepare(np.zeros(5), (None, 1), "float32")
        assert y.shape == (5, 1)
        assert y.dtype == np.float32

    def test_other_shapes(self):
        text = r"targets must have the shape of the outputs \(y: \(5, 3\), outputs: \(batch, 2\)\)"
        with pytest.raises(ValueError, match=text):
            losses.MeanSquaredError().prepare(np.zeros((5, 3)), (None, 2), "float32")

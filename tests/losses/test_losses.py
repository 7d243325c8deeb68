import numpy as np
import pytest

from mark1 import losses, ops
from mark1.losses.loss import as_loss

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(6, 4))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)
LABELS = np.array([0, 3, 1, 2, 2, 0])
ONE_HOT = np.eye(4)[LABELS]
BITS = RNG.integers(0, 2, (6, 4)).astype(float)
SIGMOIDS = 1 / (1 + np.exp(-LOGITS))
WEIGHTS = np.array([1.0, 2.0, 0.0, 1.0, 3.0, 1.0])

ROW_LOSSES = {
    "mean_squared_error": (BITS, LOGITS, ((LOGITS - BITS) ** 2).mean(-1)),
    "mean_absolute_error": (BITS, LOGITS, np.abs(LOGITS - BITS).mean(-1)),
    "categorical_crossentropy": (ONE_HOT, PROBABILITIES, -np.log(PROBABILITIES)[ONE_HOT == 1]),
    "sparse_categorical_crossentropy": (
        LABELS, PROBABILITIES, -np.log(PROBABILITIES)[ONE_HOT == 1],
    ),
    "binary_crossentropy": (
        BITS,
        SIGMOIDS,
        -(BITS * np.log(SIGMOIDS) + (1 - BITS) * np.log(1 - SIGMOIDS)).mean(-1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ROW_LOSSES)
def test_rows_and_reductions(name, dtype):
    y, p, rows = ROW_LOSSES[name]
    p = p.astype(dtype)
    y = y if y.dtype.kind == "i" else y.astype(dtype)
    close = {"rtol": 1e-5 if dtype == "float32" else 1e-12}
    np.testing.assert_allclose(losses.get(name)(y, p), rows, **close)
    cls = type(as_loss(name))
    np.testing.assert_allclose(float(cls()(y, p)), rows.mean(), **close)
    np.testing.assert_allclose(float(cls(reduction="sum")(y, p)), rows.sum(), **close)
    np.testing.assert_allclose(cls(reduction="none")(y, p), rows, **close)
    np.testing.assert_allclose(float(cls()(y, p, WEIGHTS)), (rows * WEIGHTS).mean(), **close)
    mean = cls(reduction="mean_with_sample_weight")(y, p, WEIGHTS)
    np.testing.assert_allclose(float(mean), (rows * WEIGHTS).sum() / WEIGHTS.sum(), **close)


@pytest.mark.parametrize(
    ("name", "y", "outputs"),
    [
        ("CategoricalCrossentropy", ONE_HOT, PROBABILITIES),
        ("SparseCategoricalCrossentropy", LABELS, PROBABILITIES),
        ("BinaryCrossentropy", BITS, SIGMOIDS),
    ],
)
def test_from_logits(name, y, outputs):
    cls = getattr(losses, name)
    np.testing.assert_allclose(
        float(cls(from_logits=True)(y, LOGITS)), float(cls()(y, outputs)), rtol=1e-10
    )


def test_a_softmax_output_is_judged_by_its_logits():
    # The probability of class 1 underflows; only the logits know the loss.
    p = ops.softmax(np.array([[200.0, 0.0]], np.float32))
    assert float(losses.CategoricalCrossentropy()([[0.0, 1.0]], p)) == 200.0
    assert float(losses.SparseCategoricalCrossentropy()([1], p)) == 200.0


def test_a_sigmoid_output_is_judged_by_its_logits():
    p = ops.sigmoid(np.array([[200.0]], np.float32))
    assert float(losses.BinaryCrossentropy()([[0.0]], p)) == 200.0


def test_bare_probabilities_are_clipped():
    loss = float(losses.SparseCategoricalCrossentropy()([0], np.array([[0.0, 1.0]])))
    np.testing.assert_allclose(loss, -np.log(1e-7), rtol=1e-6)


def test_label_smoothing():
    smooth = losses.CategoricalCrossentropy(label_smoothing=0.2)(ONE_HOT, PROBABILITIES)
    want = -((ONE_HOT * 0.8 + 0.05) * np.log(PROBABILITIES)).sum(-1).mean()
    np.testing.assert_allclose(float(smooth), want, rtol=1e-10)
    smooth = losses.BinaryCrossentropy(label_smoothing=0.2)(BITS, SIGMOIDS)
    y = BITS * 0.8 + 0.1
    want = -(y * np.log(SIGMOIDS) + (1 - y) * np.log(1 - SIGMOIDS)).mean()
    np.testing.assert_allclose(float(smooth), want, rtol=1e-10)
    with pytest.raises(ValueError, match="label_smoothing must be from 0 to 1, got 2"):
        losses.BinaryCrossentropy(label_smoothing=2)


@pytest.mark.parametrize(
    "name", ["mean_squared_error", "mean_absolute_error", "binary_crossentropy"]
)
def test_targets_are_aligned_and_never_broadcast(name):
    loss = losses.get(name)
    y = np.array([0.0, 1.0, 1.0])
    p = np.array([[0.2], [0.4], [0.9]])
    want = loss(y[:, None], p)
    assert want.shape == (3,)
    np.testing.assert_array_equal(loss(y, p), want)
    with pytest.raises(
        ValueError, match=r"must have the same shape \(y_true: \(3,\), y_pred: \(3, 2"
    ):
        loss(y, np.zeros((3, 2)))
    with pytest.raises(
        ValueError, match=r"must have the same shape \(y_true: \(1, 1\), y_pred: \(3"
    ):
        loss(y[:1, None], p)


def test_sparse_labels_may_be_a_column():
    np.testing.assert_array_equal(
        losses.sparse_categorical_crossentropy(LABELS[:, None], PROBABILITIES),
        losses.sparse_categorical_crossentropy(LABELS, PROBABILITIES),
    )
    with pytest.raises(ValueError, match="one label per row of outputs is needed"):
        losses.sparse_categorical_crossentropy(ONE_HOT, PROBABILITIES)


def test_sample_weight_must_fit():
    with pytest.raises(ValueError, match=r"sample_weight of shape \(2,\) does not fit values of"):
        losses.MeanSquaredError()(BITS, LOGITS, [1.0, 2.0])


def test_get():
    assert losses.get(None) is None
    assert losses.get("mse") is losses.mean_squared_error
    assert isinstance(losses.get("MeanSquaredError"), losses.MeanSquaredError)
    assert losses.get(len) is len
    with pytest.raises(
        ValueError, match=r"unknown loss 'mean_square_error'. Did you mean 'mean_squ"
    ):
        losses.get("mean_square_error")
    with pytest.raises(ValueError, match=r"unknown loss 'msee'. Did you mean 'mse'"):
        losses.get("msee")
    with pytest.raises(TypeError, match=r"\[loss\] expected a name.* got float"):
        losses.get(1.5)


def test_reduction_must_be_known():
    with pytest.raises(ValueError, match=r"\[MeanSquaredError\] reduction must be one of"):
        losses.MeanSquaredError(reduction="average")


def test_config():
    loss = losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    assert loss.get_config() == {
        "name": "categorical_crossentropy", "reduction": "sum_over_batch_size",
        "from_logits": True, "label_smoothing": 0.1, "axis": -1,
    }  # fmt: skip
    assert losses.CategoricalCrossentropy.from_config(loss.get_config()).label_smoothing == 0.1


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

import numpy as np
import pytest

import mark1
from mark1 import losses, ops
from mark1.layers.masks import set_mask
from mark1.losses.loss import as_loss
from tests.losses.loss_forms import FORMS, IDS

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(6, 4))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)
LABELS = np.array([0, 3, 1, 2, 2, 0])
ONE_HOT = np.eye(4)[LABELS]
BITS = RNG.integers(0, 2, (6, 4)).astype(float)
SIGMOIDS = 1 / (1 + np.exp(-LOGITS))
WEIGHTS = np.array([1.0, 2.0, 0.0, 1.0, 3.0, 1.0])

SHARES = np.roll(PROBABILITIES, 1, axis=0)
RIGHT = np.where(BITS == 1, SIGMOIDS, 1 - SIGMOIDS)


def _huber(e):
    return np.where(np.abs(e) <= 1, e * e / 2, np.abs(e) - 0.5)


ROW_LOSSES = {
    "mean_squared_error": (BITS, LOGITS, ((LOGITS - BITS) ** 2).mean(-1)),
    "mean_absolute_error": (BITS, LOGITS, np.abs(LOGITS - BITS).mean(-1)),
    "mean_absolute_percentage_error": (
        LOGITS + 0.5, LOGITS, 100 * np.abs(0.5 / np.maximum(np.abs(LOGITS + 0.5), 1e-7)).mean(-1),
    ),
    "mean_squared_logarithmic_error": (
        BITS, SIGMOIDS, (np.log((1 + SIGMOIDS) / (1 + np.maximum(BITS, 1e-7))) ** 2).mean(-1),
    ),
    "huber": (BITS, LOGITS, _huber(LOGITS - BITS).mean(-1)),
    "log_cosh": (BITS, LOGITS, np.log(np.cosh(LOGITS - BITS)).mean(-1)),
    "cosine_similarity": (
        PROBABILITIES,
        LOGITS,
        -(PROBABILITIES * LOGITS).sum(-1)
        / np.linalg.norm(PROBABILITIES, axis=-1)
        / np.linalg.norm(LOGITS, axis=-1),
    ),
    "hinge": (BITS, LOGITS, np.maximum(1 - (2 * BITS - 1) * LOGITS, 0).mean(-1)),
    "squared_hinge": (BITS, LOGITS, (np.maximum(1 - (2 * BITS - 1) * LOGITS, 0) ** 2).mean(-1)),
    "categorical_hinge": (
        ONE_HOT,
        LOGITS,
        np.maximum(((1 - ONE_HOT) * LOGITS).max(-1) - LOGITS[ONE_HOT == 1] + 1, 0),
    ),
    "kl_divergence": (
        SHARES, PROBABILITIES, (SHARES * np.log(SHARES / PROBABILITIES)).sum(-1),
    ),
    "poisson": (BITS, SIGMOIDS, (SIGMOIDS - BITS * np.log(SIGMOIDS + 1e-7)).mean(-1)),
    "binary_focal_crossentropy": (
        BITS, SIGMOIDS, (-((1 - RIGHT) ** 2) * np.log(RIGHT)).mean(-1),
    ),
    "categorical_focal_crossentropy": (
        ONE_HOT,
        PROBABILITIES,
        (-0.25 * (1 - PROBABILITIES) ** 2 * np.log(PROBABILITIES))[ONE_HOT == 1],
    ),
    "categorical_generalized_cross_entropy": (
        LABELS, PROBABILITIES, 2 * (1 - np.sqrt(PROBABILITIES[ONE_HOT == 1])),
    ),
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


ALIGNED = sorted(
    set(ROW_LOSSES)
    - {
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "categorical_generalized_cross_entropy",
        "sparse_categorical_crossentropy",
    }
)


@pytest.mark.parametrize("name", ALIGNED)
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


def test_mean_with_weights_of_zero_is_zero():
    loss = losses.MeanSquaredError(reduction="mean_with_sample_weight")
    assert float(loss(BITS, LOGITS, np.zeros(6))) == 0.0


def test_ignored_classes_do_not_count():
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255)
    some = np.where(LABELS == 2, 255, LABELS)
    rows = -np.log(PROBABILITIES)[ONE_HOT == 1]
    counted = LABELS != 2
    np.testing.assert_allclose(float(loss(some, PROBABILITIES)), rows[counted].mean(), rtol=1e-6)
    want = (rows * WEIGHTS)[counted].sum() / counted.sum()
    np.testing.assert_allclose(float(loss(some, PROBABILITIES, WEIGHTS)), want, rtol=1e-6)
    assert float(loss(np.full(6, 255), PROBABILITIES)) == 0.0
    with pytest.raises(ValueError, match="label"):
        losses.SparseCategoricalCrossentropy()(some, PROBABILITIES)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight"])
def test_ignored_classes_within_masks(reduction):
    labels = LABELS.reshape(2, 3)
    mask = np.array([[True, True, False], [True, False, True]])
    outputs = ops.convert_to_tensor(PROBABILITIES.reshape(2, 3, 4))
    set_mask(outputs, mask)
    loss = losses.SparseCategoricalCrossentropy(ignore_class=2, reduction=reduction)
    weight = WEIGHTS.reshape(2, 3)
    rows = -np.log(PROBABILITIES)[ONE_HOT == 1].reshape(2, 3)
    counted = mask & (labels != 2)
    total = (rows * weight)[counted].sum()
    divisor = {"sum": 1, "sum_over_batch_size": counted.sum()}.get(reduction, weight[counted].sum())
    np.testing.assert_allclose(float(loss(labels, outputs, weight)), total / divisor, rtol=1e-6)


def test_circle_and_masks_by_hand():
    x = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    # Distances: 0 and 1: 0.4, 0 and 2: 1, 1 and 2: 0.2; the third has no other of its class.
    np.testing.assert_allclose(
        losses.circle([0, 0, 1], x, gamma=1.0, margin=0.5),
        [np.log1p(np.exp(0.9 * -0.1 + 0.5 * -0.5)), np.log1p(np.exp(-0.09 + 1.3 * 0.3)), 0],
        rtol=1e-12,
    )
    y, p = np.array([[0.0, 1.0, 1.0]]), np.array([[0.5, 0.5, 1.0]])
    np.testing.assert_allclose(float(losses.dice(y, p)), 1 - 3 / 4, rtol=1e-6)
    want = 1 - 1.5 / (1.5 + 0.2 * 0.5 + 0.6 * 0.5)
    np.testing.assert_allclose(float(losses.tversky(y, p, 0.2, 0.6)), want, rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: losses.Huber(delta=0.0), r"\[huber_loss\] delta must be positive, got 0.0"),
        (
            lambda: losses.CategoricalGeneralizedCrossEntropy(q=1),
            r"q must lie between 0 and 1, got 1",
        ),
        (
            lambda: losses.CategoricalCrossentropy(axis=True),
            r"\[categorical_crossentropy\] axis must be an integer, got True",
        ),
        (
            lambda: losses.SparseCategoricalCrossentropy(axis=None),
            r"\[sparse_categorical_crossentropy\] axis must be an integer, got None",
        ),
        (
            lambda: losses.categorical_crossentropy(ONE_HOT, PROBABILITIES, axis=2),
            r"there is no axis 2 \(y_pred: \(6, 4\)\)",
        ),
        (
            lambda: losses.categorical_focal_crossentropy(LABELS, PROBABILITIES),
            r"same shape \(y_true: \(6,\), y_pred: \(6, 4\)\)",
        ),
        (
            lambda: losses.circle(LABELS[:3], LOGITS),
            r"\[circle\] one label per embedding \(n, d\) is needed \(y_true: \(3,\), emb",
        ),
        (
            lambda: losses.Circle().prepare(ONE_HOT, (None, 2), "float32"),
            r"\[circle\] one label per embedding is needed \(y: \(6, 4\), outputs: \(batch, 2",
        ),
        (
            lambda: losses.ctc(LABELS, LOGITS),
            r"\[ctc\] labels \(n, L\) and logits \(n, T, classes\) are .* \(6,\), y_pred: \(6, 4",
        ),
        (
            lambda: losses.CTC().prepare(LABELS, (None, 4), "float32"),
            r"labels \(n, L\) and outputs \(n, T, classes\) are needed \(y: \(6,\), outputs",
        ),
        (
            lambda: losses.CTC().prepare(LABELS[:, None], (None, 5, 3), "float32"),
            r"\[ctc\] labels must be 0 to 2, y holds 3 at position \(1, 0\)",
        ),
        (
            lambda: losses.Dice()(BITS, SIGMOIDS, WEIGHTS),
            r"sample_weight of shape \(6,\) does not fit values of shape \(\)",
        ),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_unknown_arguments():
    with pytest.raises(TypeError, match=r"\[MeanSquaredError\] unknown arguments \['delta'\]"):
        losses.MeanSquaredError(delta=1.0)


@pytest.mark.parametrize(("cls", "function", "arguments", "y", "p"), FORMS, ids=IDS)
def test_configs_and_gradients(cls, function, arguments, y, p):
    loss = getattr(losses, cls)(**arguments)
    again = losses.deserialize(losses.serialize(loss))
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    x = mark1.Variable(p)
    with mark1.GradientTape() as tape:
        value = loss(y, x)
    gradient = np.asarray(tape.gradient(value, x))
    assert gradient.shape == p.shape
    direction = np.random.default_rng(1).normal(size=p.shape)
    h = 1e-6
    numeric = (float(loss(y, p + h * direction)) - float(loss(y, p - h * direction))) / (2 * h)
    np.testing.assert_allclose((gradient * direction).sum(), numeric, rtol=1e-6, atol=1e-8)


def test_config():
    loss = losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    assert loss.get_config() == {
        "name": "categorical_crossentropy", "reduction": "sum_over_batch_size",
        "from_logits": True, "label_smoothing": 0.1, "axis": -1,
    }  # fmt: skip
    assert losses.CategoricalCrossentropy.from_config(loss.get_config()).label_smoothing == 0.1

"""Every loss with its options, and data on which it makes sense."""

from __future__ import annotations

from typing import Any

import numpy as np

N, O = 6, 4  # noqa: E741
RNG = np.random.default_rng(0)


def _softmax(x: Any) -> Any:
    e = np.exp(x)
    return e / e.sum(-1, keepdims=True)


REAL = RNG.normal(size=(N, O))
OTHER = RNG.normal(size=(N, O))
SHARES = _softmax(RNG.normal(size=(N, O)))
PROBABILITIES = _softmax(RNG.normal(size=(N, O)))
SIGMOIDS = 1 / (1 + np.exp(-REAL))
BITS = RNG.integers(0, 2, (N, O)).astype(float)
LABELS = np.array([0, 3, 1, 2, 2, 0])
ONE_HOT = np.eye(O)[LABELS]
COUNTS = RNG.poisson(2.0, (N, O)).astype(float)
UNIT = REAL / np.linalg.norm(REAL, axis=-1, keepdims=True)
PICTURES = _softmax(RNG.normal(size=(N, 3, O)))
PICTURE_LABELS = RNG.integers(0, 3, (N, O))
PICTURE_ONE_HOT = np.moveaxis(np.eye(3)[PICTURE_LABELS], -1, 1)
MASKS = RNG.integers(0, 2, (N, 3, O)).astype(float)
TIMES = RNG.normal(size=(N, 7, O)) * 2
SPELLED = np.array([[1, 2, 0], [3, 3, 1], [2, 0, 0], [1, 1, 1], [3, 2, 1], [2, 3, 3]])

# class, function, arguments, targets, outputs
FORMS: list[tuple[str, str, dict[str, Any], Any, Any]] = [
    ("MeanSquaredError", "mean_squared_error", {}, OTHER, REAL),
    ("MeanAbsoluteError", "mean_absolute_error", {}, OTHER, REAL),
    ("MeanAbsolutePercentageError", "mean_absolute_percentage_error", {}, OTHER, REAL),
    ("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", {}, COUNTS, REAL),
    ("Huber", "huber", {}, OTHER, REAL),
    ("Huber", "huber", {"delta": 0.3}, OTHER, REAL),
    ("LogCosh", "log_cosh", {}, OTHER, 3 * REAL),
    ("CosineSimilarity", "cosine_similarity", {}, OTHER, REAL),
    ("CosineSimilarity", "cosine_similarity", {"axis": 1}, MASKS, PICTURES),
    ("Hinge", "hinge", {}, 2 * BITS - 1, REAL),
    ("Hinge", "hinge", {}, BITS, REAL),
    ("Hinge", "hinge", {}, OTHER, REAL),
    ("SquaredHinge", "squared_hinge", {}, BITS, REAL),
    ("CategoricalHinge", "categorical_hinge", {}, ONE_HOT, REAL),
    ("KLDivergence", "kl_divergence", {}, SHARES, PROBABILITIES),
    ("Poisson", "poisson", {}, COUNTS, np.exp(REAL)),
    ("BinaryCrossentropy", "binary_crossentropy", {}, BITS, SIGMOIDS),
    ("BinaryCrossentropy", "binary_crossentropy", {"from_logits": True}, BITS, REAL),
    ("BinaryCrossentropy", "binary_crossentropy", {"label_smoothing": 0.2}, BITS, SIGMOIDS),
    ("BinaryCrossentropy", "binary_crossentropy", {"axis": 1}, MASKS, PICTURES),
    ("BinaryFocalCrossentropy", "binary_focal_crossentropy", {}, BITS, SIGMOIDS),
    (
        "BinaryFocalCrossentropy",
        "binary_focal_crossentropy",
        {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "from_logits": True},
        BITS,
        REAL,
    ),
    (
        "BinaryFocalCrossentropy",
        "binary_focal_crossentropy",
        {"gamma": 0.0, "label_smoothing": 0.1, "axis": 1},
        MASKS,
        PICTURES,
    ),
    ("CategoricalCrossentropy", "categorical_crossentropy", {}, ONE_HOT, PROBABILITIES),
    (
        "CategoricalCrossentropy",
        "categorical_crossentropy",
        {"from_logits": True, "label_smoothing": 0.1},
        ONE_HOT,
        REAL,
    ),
    (
        "CategoricalCrossentropy",
        "categorical_crossentropy",
        {"axis": 1},
        PICTURE_ONE_HOT,
        PICTURES / PICTURES.sum(1, keepdims=True),
    ),
    ("CategoricalFocalCrossentropy", "categorical_focal_crossentropy", {}, ONE_HOT, PROBABILITIES),
    (
        "CategoricalFocalCrossentropy",
        "categorical_focal_crossentropy",
        {"from_logits": True, "alpha": [0.1, 0.2, 0.3, 0.4], "gamma": 1.0, "label_smoothing": 0.1},
        ONE_HOT,
        REAL,
    ),
    (
        "CategoricalFocalCrossentropy",
        "categorical_focal_crossentropy",
        {"axis": 1},
        PICTURE_ONE_HOT,
        PICTURES,
    ),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", {}, LABELS, PROBABILITIES),
    (
        "SparseCategoricalCrossentropy",
        "sparse_categorical_crossentropy",
        {"from_logits": True, "ignore_class": 2},
        LABELS,
        REAL,
    ),
    (
        "SparseCategoricalCrossentropy",
        "sparse_categorical_crossentropy",
        {"axis": 1, "ignore_class": 0},
        PICTURE_LABELS,
        PICTURES,
    ),
    (
        "CategoricalGeneralizedCrossEntropy",
        "categorical_generalized_cross_entropy",
        {"q": 0.7},
        LABELS,
        PROBABILITIES,
    ),
    ("CTC", "ctc", {}, SPELLED, TIMES),
    ("Dice", "dice", {"axis": (1, 2)}, MASKS, PICTURES),
    ("Dice", "dice", {"axis": None}, BITS, SIGMOIDS),
    ("Tversky", "tversky", {"alpha": 0.3, "beta": 0.8, "axis": (1, 2)}, MASKS, PICTURES),
    ("Tversky", "tversky", {"axis": None}, BITS, SIGMOIDS),
    ("Circle", "circle", {"gamma": 4.0, "margin": 0.3}, LABELS % 2, UNIT),
    ("Circle", "circle", {"remove_diagonal": False}, LABELS, UNIT),
]
IDS = [
    "-".join([form[1], *(f"{k}={v}".replace(" ", "") for k, v in form[2].items()), str(i)])
    for i, form in enumerate(FORMS)
]

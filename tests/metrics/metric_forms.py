"""Every metric with its options, and batches on which it makes sense."""

from __future__ import annotations

from typing import Any

import numpy as np

N, O = 12, 4  # noqa: E741
RNG = np.random.default_rng(3)


def _softmax(x: Any) -> Any:
    e = np.exp(x)
    return (e / e.sum(-1, keepdims=True)).astype(np.float32)


def _normal(*shape: int) -> Any:
    return RNG.normal(size=shape).astype(np.float32)


REAL, OTHER = _normal(N, O), _normal(N, O)
SHARES, PROBABILITIES = _softmax(_normal(N, O)), _softmax(_normal(N, O))
SIGMOIDS = 1 / (1 + np.exp(-REAL))
BITS = RNG.integers(0, 2, (N, O)).astype(np.float32)
LABELS = RNG.integers(0, O, N)
ONE_HOT = np.eye(O, dtype=np.float32)[LABELS]
GUESSES = RNG.integers(0, O, N)
RANKED = np.argsort(-PROBABILITIES, axis=-1)
COUNTS = RNG.poisson(2.0, (N, O)).astype(np.float32)
LEVELS = np.linspace(0, 1, 11)[RNG.integers(0, 11, (N, O))].astype(np.float32)  # ties, 0 and 1
THREE = [0.2, 0.9, 0.5]

# class, arguments, targets, outputs
FORMS: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("Accuracy", {}, LABELS, GUESSES),
    ("BinaryAccuracy", {}, BITS, SIGMOIDS),
    ("BinaryAccuracy", {"threshold": 0.3}, BITS, SIGMOIDS),
    ("CategoricalAccuracy", {}, ONE_HOT, PROBABILITIES),
    ("SparseCategoricalAccuracy", {}, LABELS, PROBABILITIES),
    ("TopKCategoricalAccuracy", {"k": 2}, ONE_HOT, PROBABILITIES),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, LABELS, PROBABILITIES),
    ("SparseTopKCategoricalAccuracy", {"k": 3, "from_sorted_ids": True}, LABELS, RANKED),
    ("MeanSquaredError", {}, OTHER, REAL),
    ("RootMeanSquaredError", {}, OTHER, REAL),
    ("MeanAbsoluteError", {}, OTHER, REAL),
    ("MeanAbsolutePercentageError", {}, OTHER, REAL),
    ("MeanSquaredLogarithmicError", {}, COUNTS, np.abs(REAL)),
    ("LogCoshError", {}, OTHER, REAL),
    ("CosineSimilarity", {}, OTHER, REAL),
    ("PearsonCorrelation", {}, OTHER, REAL),
    ("ConcordanceCorrelation", {}, OTHER, REAL),
    ("Hinge", {}, BITS, REAL),
    ("SquaredHinge", {}, BITS, REAL),
    ("CategoricalHinge", {}, ONE_HOT, REAL),
    ("KLDivergence", {}, SHARES, PROBABILITIES),
    ("Poisson", {}, COUNTS, np.exp(REAL)),
    ("BinaryCrossentropy", {}, BITS, SIGMOIDS),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, BITS, REAL),
    ("CategoricalCrossentropy", {}, ONE_HOT, PROBABILITIES),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, ONE_HOT, REAL),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS, REAL),
    ("R2Score", {}, OTHER, REAL),
    ("R2Score", {"class_aggregation": None}, OTHER, REAL),
    (
        "R2Score",
        {"class_aggregation": "variance_weighted_average", "num_regressors": 2},
        OTHER,
        REAL,
    ),
    ("F1Score", {}, ONE_HOT, PROBABILITIES),
    ("F1Score", {"average": "macro", "threshold": 0.4}, BITS, SIGMOIDS),
    ("F1Score", {"average": "weighted"}, ONE_HOT, PROBABILITIES),
    ("FBetaScore", {"average": "micro", "beta": 2.0, "threshold": 0.5}, BITS, SIGMOIDS),
    ("TruePositives", {}, BITS, SIGMOIDS),
    ("FalsePositives", {"thresholds": THREE}, BITS, SIGMOIDS),
    ("TrueNegatives", {"thresholds": [0.0, 0.5, 1.0]}, BITS, LEVELS),
    ("FalseNegatives", {"thresholds": 0.3}, BITS, LEVELS),
    ("Precision", {}, BITS, SIGMOIDS),
    ("Precision", {"thresholds": THREE}, BITS, SIGMOIDS),
    ("Precision", {"top_k": 2}, BITS, SIGMOIDS),
    ("Precision", {"top_k": 2, "class_id": 1, "thresholds": 0.4}, BITS, SIGMOIDS),
    ("Recall", {}, BITS, SIGMOIDS),
    ("Recall", {"class_id": 3, "thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}, BITS, LEVELS),
    ("Recall", {"top_k": 3}, BITS, SIGMOIDS),
    ("SensitivityAtSpecificity", {"specificity": 0.4}, BITS, SIGMOIDS),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 11}, BITS, LEVELS),
    ("PrecisionAtRecall", {"recall": 0.7, "class_id": 2}, BITS, SIGMOIDS),
    ("RecallAtPrecision", {"precision": 0.55, "num_thresholds": 1}, BITS, SIGMOIDS),
    ("RecallAtPrecision", {"precision": 0.55}, BITS, LEVELS),
    ("AUC", {}, BITS, SIGMOIDS),
    ("AUC", {"num_thresholds": 11}, BITS, LEVELS),
    ("AUC", {"curve": "PR"}, BITS, SIGMOIDS),
    ("AUC", {"curve": "PR", "summation_method": "minoring", "num_thresholds": 9}, BITS, LEVELS),
    ("AUC", {"curve": "PRGAIN", "summation_method": "majoring"}, BITS, SIGMOIDS),
    ("AUC", {"curve": "PRGAIN"}, BITS, SIGMOIDS),
    ("AUC", {"thresholds": [0.7, 0.2, 0.4]}, BITS, SIGMOIDS),
    ("AUC", {"from_logits": True, "summation_method": "majoring"}, BITS, REAL),
    ("AUC", {"multi_label": True, "num_labels": O}, BITS, SIGMOIDS),
    ("AUC", {"multi_label": True, "label_weights": [0.1, 0.2, 0.3, 0.4]}, BITS, SIGMOIDS),
    ("AUC", {"multi_label": True, "thresholds": [0.2, 0.7], "curve": "PR"}, BITS, SIGMOIDS),
    ("AUC", {"label_weights": [1.0, 2.0, 0.0, 1.0]}, BITS, SIGMOIDS),
    ("IoU", {"num_classes": O, "target_class_ids": [1, 3]}, LABELS, GUESSES),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, LABELS, GUESSES),
    ("BinaryIoU", {}, BITS, SIGMOIDS),
    ("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, BITS, SIGMOIDS),
    ("MeanIoU", {"num_classes": O}, LABELS, GUESSES),
    ("MeanIoU", {"num_classes": O, "ignore_class": 2, "sparse_y_pred": False}, LABELS, SIGMOIDS),
    ("OneHotIoU", {"num_classes": O, "target_class_ids": [0, 2]}, ONE_HOT, PROBABILITIES),
    ("OneHotMeanIoU", {"num_classes": O}, ONE_HOT, PROBABILITIES),
    ("OneHotMeanIoU", {"num_classes": O, "sparse_y_pred": True}, ONE_HOT, GUESSES),
]
IDS = [
    "-".join([form[0], *(f"{k}={v}".replace(" ", "") for k, v in form[1].items()), str(i)])
    for i, form in enumerate(FORMS)
]
WEIGHTS = RNG.integers(0, 3, N).astype(np.float32)
BATCHES = (slice(0, 5), slice(5, 10), slice(10, 12))

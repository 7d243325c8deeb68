"""Metrics that count outputs between thresholds, by hand, beside NumPy and beside scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mark1
from mark1 import metrics
from mark1.layers import Dense, Input
from mark1.metrics.curves import average_precision, roc_area
from mark1.recording import EagerStepWarning
from tests.metrics.metric_forms import BATCHES, BITS, LEVELS, SIGMOIDS, WEIGHTS

SPREAD = np.broadcast_to(WEIGHTS[:, None], BITS.shape)


def _by_hand(thresholds, y, p, w):
    above = p.reshape(1, -1) > np.reshape(thresholds, (-1, 1))
    y, w = y.ravel() != 0, w.ravel()
    return [(m * w).sum(1) for m in (above & y, above & ~y, ~above & ~y, ~above & y)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("p", [SIGMOIDS, LEVELS], ids=["between", "on thresholds"])
@pytest.mark.parametrize(
    "thresholds", [0.5, [0.3], [0.9, 0.1, 0.5], list(np.arange(11) / 10), [0.0, 0.5, 1.0]]
)
def test_counts_by_hand(thresholds, p, dtype):
    p = p.astype(dtype)
    recall = metrics.Recall(thresholds)
    for rows in BATCHES:
        recall.update_state(BITS[rows], p[rows], WEIGHTS[rows])
    limits = np.atleast_1d(thresholds).astype(dtype)
    want = _by_hand(limits, BITS, p, SPREAD)
    counts = recall.confusion()
    for ours, theirs in zip(counts, want, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs)
    np.testing.assert_array_equal(recall.true_positives.numpy(), want[0])
    np.testing.assert_array_equal(recall.false_positives.numpy(), want[1])
    np.testing.assert_array_equal(recall.true_negatives.numpy(), want[2])
    np.testing.assert_array_equal(recall.false_negatives.numpy(), want[3])
    result = np.squeeze(want[0] / (want[0] + want[3]))
    np.testing.assert_allclose(recall.result().numpy(), result, rtol=1e-6)


@pytest.mark.parametrize("thresholds", [None, [0.2, 0.7, 0.9]])
def test_outputs_that_are_no_probabilities(thresholds):
    p = np.array([np.nan, -np.inf, np.inf, 2.0, -1.0, 0.95], np.float32)
    metric = metrics.AUC(thresholds=thresholds)
    metric.update_state([1, 1, 1, 0, 0, 0], p)
    counts = metric.confusion()
    last = -2  # the greatest threshold that is not beyond 1
    assert counts.true_positives.numpy()[last] == 1
    assert counts.false_positives.numpy()[last] == (2 if thresholds else 1)
    assert counts.false_negatives.numpy()[last] == 2


@pytest.mark.parametrize("p", [SIGMOIDS, LEVELS], ids=["distinct", "ties"])
@pytest.mark.parametrize("weighted", [False, True])
def test_exact_areas_are_those_of_scikit_learn(p, weighted):
    sklearn = pytest.importorskip("sklearn.metrics")
    weights = WEIGHTS + 0.5  # no label without ones
    for curve, function in (
        ("ROC", sklearn.roc_auc_score),
        ("PR", sklearn.average_precision_score),
    ):
        flat = metrics.AUC(None, curve)
        labels = metrics.AUC(None, curve, multi_label=True)
        for rows in BATCHES:
            weight = weights[rows] if weighted else None
            flat.update_state(BITS[rows], p[rows], weight)
            labels.update_state(BITS[rows], p[rows], weight)
        weight = np.repeat(weights, BITS.shape[1]) if weighted else None
        want = function(BITS.ravel(), p.ravel(), sample_weight=weight)
        np.testing.assert_allclose(flat.value(), want, rtol=1e-7)
        want = function(BITS, p, sample_weight=weights if weighted else None, average="macro")
        np.testing.assert_allclose(labels.value(), want, rtol=1e-7)


def test_exact_areas_by_hand():
    ones = np.array([True, False, True, False])
    scores = np.array([0.9, 0.5, 0.5, 0.1])
    weights = np.array([1.0, 1.0, 1.0, 2.0])
    # Pairs of a one and a zero: 1 + 2 for the first, a half and 2 for the second, of 6.
    assert roc_area(ones, scores, weights) == pytest.approx(5.5 / 6)
    assert average_precision(ones, scores, weights) == pytest.approx((1 + 2 / 3) / 2)
    nothing = np.array([False, False, False, False])
    assert roc_area(nothing, scores, weights) == 0.0
    assert average_precision(nothing, scores, weights) == 0.0


def test_many_thresholds_come_near_the_exact_area():
    p, y = SIGMOIDS.ravel(), BITS.ravel()
    exact, near = metrics.AUC(None), metrics.AUC(10001)
    assert near(y, p).numpy() == pytest.approx(exact(y, p).numpy(), abs=2e-3)
    exact.reset_state()
    assert float(exact.result()) == 0.0


def test_exact_areas_train_in_python():
    x, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    model = mark1.Sequential([Input((3,)), Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=[metrics.AUC(None, name="exact")])
    with pytest.warns(EagerStepWarning, match="keeps all outputs for AUC"):
        model.fit(x, y, 8, 5, verbose=0)
    got = model.evaluate(x, y, verbose=0, return_dict=True)["exact"]
    want = roc_area(y == 1, model.predict(x, verbose=0)[:, 0], np.ones(40))
    assert got == pytest.approx(want)


def test_top_k_and_class():
    y, p = [[0, 1, 0], [1, 0, 0]], [[0.9, 0.8, 0.1], [0.1, 0.2, 0.7]]
    precision = metrics.Precision(top_k=2)
    assert float(precision(y, p)) == pytest.approx(1 / 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recall = metrics.Recall(top_k=1, class_id=1, thresholds=0.5)
        assert float(recall(y, p)) == 0.0
    assert metrics.Precision(top_k=2, name="p").get_config() == {
        "name": "p", "dtype": "float32", "thresholds": None, "top_k": 2, "class_id": None,
    }  # fmt: skip


def test_nothing_gives_zero():
    for metric in (
        metrics.AUC(),
        metrics.AUC(multi_label=True),
        metrics.AUC(curve="PR"),
        metrics.Precision(),
        metrics.PrecisionAtRecall(0.5),
    ):
        assert float(metric.result()) == 0.0


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: metrics.AUC(1), r"\[auc.*\] num_thresholds must be at least 2, got 1"),
        (lambda: metrics.AUC(curve="RoC "), r"curve must be one of \('ROC', 'PR', 'PRGAIN'\)"),
        (
            lambda: metrics.AUC(summation_method="mean"),
            r"summation_method must be one of .* got 'mean'",
        ),
        (lambda: metrics.AUC(thresholds=[0.5, 2.0]), r"thresholds must be from 0 to 1, got \[0.5"),
        (lambda: metrics.AUC(num_labels=3), "num_labels goes with multi_label=True"),
        (lambda: metrics.AUC(None, "PRGAIN"), "without thresholds only the curves ROC and PR"),
        (
            lambda: metrics.AUC(multi_label=True, num_labels=3)(BITS, SIGMOIDS),
            r"outputs must be \(n, 3\), got \(12, 4\)",
        ),
        (
            lambda: metrics.AUC(multi_label=True)(BITS[:, 0], SIGMOIDS[:, 0]),
            r"outputs must be \(n, labels\), got \(12,\)",
        ),
        (
            lambda: metrics.Precision(1.5),
            r"\[precision.*\] thresholds must be from 0 to 1, got 1.5",
        ),
        (lambda: metrics.Recall([None]), r"thresholds must be from 0 to 1, got \[None\]"),
        (lambda: metrics.Precision(top_k=0), "k must be a positive integer, got 0"),
        (
            lambda: metrics.Precision(class_id=4)(BITS, SIGMOIDS),
            r"class_id=4 needs outputs \(n, classes\) with more classes than that, got \(12, 4\)",
        ),
        (
            lambda: metrics.Precision(class_id=0)(BITS[:, 0], SIGMOIDS[:, 0]),
            r"class_id=0 needs outputs \(n, classes\) .* got \(12,\)",
        ),
        (
            lambda: metrics.Precision()(BITS, SIGMOIDS[:3]),
            r"targets and outputs must have the same shape \(y_true: \(12, 4\), y_pred: \(3, 4\)\)",
        ),
        (
            lambda: metrics.SensitivityAtSpecificity(1.5),
            r"\[sensitivity_at_specificity.*\] specificity must be from 0 to 1, got 1.5",
        ),
        (lambda: metrics.RecallAtPrecision(-1), "precision must be from 0 to 1, got -1"),
        (
            lambda: metrics.PrecisionAtRecall(0.5, num_thresholds=0),
            "num_thresholds must be positive, got 0",
        ),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()

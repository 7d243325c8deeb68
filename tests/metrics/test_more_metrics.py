"""F-scores, R2, overlaps, correlations and the best k, beside their definitions in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import metrics, ops
from mark1.layers import Dense, Input
from mark1.layers.masks import set_mask
from tests.metrics.metric_forms import (
    BATCHES,
    BITS,
    FORMS,
    GUESSES,
    IDS,
    LABELS,
    ONE_HOT,
    OTHER,
    PROBABILITIES,
    REAL,
    SIGMOIDS,
    WEIGHTS,
)  # fmt: skip

W = WEIGHTS[:, None]


def run(metric, y, p, weighted=True):
    for rows in BATCHES:
        metric.update_state(y[rows], p[rows], WEIGHTS[rows] if weighted else None)
    return metric.result().numpy()


def _f_scores(ones, y, w, beta):
    right, predicted, actual = ((x * w).sum(0) for x in (ones * y, ones + 0.0 * y, y))
    precision, recall = right / np.maximum(predicted, 1), right / np.maximum(actual, 1)
    below = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / np.where(below, below, 1)


@pytest.mark.parametrize("beta", [1.0, 0.5, 2])
def test_f_scores(beta):
    ones = SIGMOIDS > 0.4
    want = _f_scores(ones, BITS, W, beta)
    np.testing.assert_allclose(
        run(metrics.FBetaScore(beta=beta, threshold=0.4), BITS, SIGMOIDS), want, rtol=1e-6
    )
    macro = metrics.FBetaScore("macro", beta, 0.4)
    assert float(run(macro, BITS, SIGMOIDS)) == pytest.approx(want.mean(), rel=1e-6)
    share = (BITS * W).sum(0) / (BITS * W).sum()
    weighted = metrics.FBetaScore("weighted", beta, 0.4)
    assert float(run(weighted, BITS, SIGMOIDS)) == pytest.approx((want * share).sum(), rel=1e-6)
    flat = _f_scores(ones.reshape(-1, 1), BITS.reshape(-1, 1), W.repeat(4)[:, None], beta)
    micro = metrics.FBetaScore("micro", beta, 0.4)
    assert float(run(micro, BITS, SIGMOIDS)) == pytest.approx(flat[0], rel=1e-6)
    best = np.eye(4)[PROBABILITIES.argmax(1)]
    np.testing.assert_allclose(
        run(metrics.FBetaScore(beta=beta), ONE_HOT, PROBABILITIES),
        _f_scores(best, ONE_HOT, W, beta),
        rtol=1e-6,
    )


def test_r2_score():
    m = (OTHER * W).sum(0) / W.sum()
    total = (W * (OTHER - m) ** 2).sum(0)
    want = 1 - (W * (OTHER - REAL) ** 2).sum(0) / total
    np.testing.assert_allclose(run(metrics.R2Score(None), OTHER, REAL), want, rtol=1e-5)
    assert run(metrics.R2Score(), OTHER, REAL) == pytest.approx(want.mean(), rel=1e-5)
    weighted = metrics.R2Score("variance_weighted_average")
    assert run(weighted, OTHER, REAL) == pytest.approx((want * total).sum() / total.sum(), rel=1e-5)
    adjusted = 1 - (1 - want.mean()) * 47 / 44
    assert run(metrics.R2Score(num_regressors=3), OTHER, REAL) == pytest.approx(adjusted, rel=1e-5)
    with pytest.warns(UserWarning, match="50 regressors and 48 values: the score is not adjusted"):
        assert run(metrics.R2Score(num_regressors=50), OTHER, REAL) == pytest.approx(want.mean())


def test_r2_score_far_from_zero():
    y = np.array([[1e6], [1e6 + 1], [1e6 + 2]])
    assert float(metrics.R2Score()(y, y + 0.5)) == pytest.approx(1 - 0.75 / 2)


def test_intersections_over_unions():
    shares = []
    for c in range(4):
        true, guessed = c == LABELS, c == GUESSES
        shares.append(
            ((true & guessed) * WEIGHTS).sum() / max(((true | guessed) * WEIGHTS).sum(), 1)
        )
    mean = metrics.MeanIoU(4)
    assert run(mean, LABELS, GUESSES) == pytest.approx(np.mean(shares), rel=1e-6)
    matrix = np.zeros((4, 4))
    np.add.at(matrix, (LABELS, GUESSES), WEIGHTS)
    np.testing.assert_array_equal(mean.total_cm.numpy(), matrix)
    two = metrics.IoU(4, [1, 3])
    assert run(two, LABELS, GUESSES) == pytest.approx((shares[1] + shares[3]) / 2, rel=1e-6)
    # A class that never occurs does not count, and neither do labels out of range.
    some = metrics.MeanIoU(9)
    assert float(some([1, 1, 99, -1], [1, 2, 1, 1])) == pytest.approx((1 / 2 + 0) / 2)
    ignoring = metrics.MeanIoU(3, ignore_class=255)
    assert float(ignoring([1, 255, 2], [1, 2, 2])) == 1.0
    assert float(metrics.MeanIoU(2).result()) == 0.0


def test_correlations():
    rows = [np.corrcoef(a, b)[0, 1] for a, b in zip(OTHER, REAL, strict=True)]
    want = np.average(rows, weights=WEIGHTS)
    assert run(metrics.PearsonCorrelation(), OTHER, REAL) == pytest.approx(want, rel=1e-5)
    means, spreads = (OTHER.mean(1) - REAL.mean(1)) ** 2, OTHER.var(1) + REAL.var(1)
    deviations = [x - x.mean(1, keepdims=True) for x in (OTHER, REAL)]
    rows = 2 * (deviations[0] * deviations[1]).mean(1) / (spreads + means + 1e-7)
    want = np.average(rows, weights=WEIGHTS)
    assert run(metrics.ConcordanceCorrelation(), OTHER, REAL) == pytest.approx(want, rel=1e-5)
    columns = [np.corrcoef(a, b)[0, 1] for a, b in zip(OTHER.T, REAL.T, strict=True)]
    np.testing.assert_allclose(
        metrics.pearson_correlation(OTHER, REAL, axis=0).numpy(), columns, rtol=1e-5
    )


def test_the_best_k():
    p = np.array([[0.1, 0.4, 0.3, 0.2], [0.3, 0.3, 0.3, 0.1], [0.1, np.nan, 0.2, 0.0]])
    got = [metrics.sparse_top_k_categorical_accuracy([2, 2, 2], p, k).numpy() for k in (1, 2, 3)]
    # Equal outputs are all among the best; a NaN is greater than everything, and never right.
    np.testing.assert_array_equal(got, [[0, 1, 0], [1, 1, 1], [1, 1, 1]])
    np.testing.assert_array_equal(
        metrics.sparse_top_k_categorical_accuracy([1, 4, -1], p[[2, 1, 1]], 2).numpy(), [0, 0, 0]
    )
    np.testing.assert_array_equal(
        metrics.top_k_categorical_accuracy(np.eye(4)[[2, 3]], p[:2], 2).numpy(), [1, 0]
    )
    deep = metrics.sparse_top_k_categorical_accuracy([[2, 0], [2, 3]], p[[[0, 0], [1, 1]]], 2)
    np.testing.assert_array_equal(deep.numpy(), [[1, 0], [1, 0]])


def test_sums_and_roots():
    total = metrics.Sum()
    total.update_state([1.0, 2.0], [0.5, 2.0])
    total.update_state(3)
    assert float(total.result()) == 7.5
    root = run(metrics.RootMeanSquaredError(), OTHER, REAL)
    want = np.sqrt(np.average(((OTHER - REAL) ** 2).mean(1), weights=WEIGHTS))
    assert root == pytest.approx(want, rel=1e-6)


def test_ignored_rows_and_masks():
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=2)
    rows = -np.log(PROBABILITIES[np.arange(12), LABELS])
    counted = LABELS != 2
    want = np.average(rows[counted], weights=WEIGHTS[counted])
    assert run(metric, LABELS, PROBABILITIES) == pytest.approx(want, rel=1e-5)
    mask = np.arange(12).reshape(3, 4) % 3 != 0
    p = ops.convert_to_tensor(PROBABILITIES.reshape(3, 4, 4))
    set_mask(p, mask)
    metric.reset_state()
    metric.update_state(LABELS.reshape(3, 4), p)
    both = counted & mask.ravel()
    assert float(metric.result()) == pytest.approx(rows[both].mean(), rel=1e-5)
    root = metrics.RootMeanSquaredError()
    q = ops.convert_to_tensor(REAL)
    set_mask(q, np.arange(12) < 5)
    root.update_state(OTHER, q)
    assert root.value() == pytest.approx(np.sqrt(((OTHER - REAL)[:5] ** 2).mean()), rel=1e-5)


@pytest.mark.parametrize(("cls", "arguments", "y", "p"), FORMS, ids=IDS)
def test_configs(cls, arguments, y, p):
    metric = getattr(metrics, cls)(**arguments, name="mine")
    again = metrics.deserialize(metrics.serialize(metric))
    assert type(again) is type(metric)
    assert again.get_config() == metric.get_config()
    assert {**arguments, "name": "mine"}.items() <= {
        k: list(v) if isinstance(v, tuple) else v for k, v in again.get_config().items()
    }.items() or cls == "AUC"
    np.testing.assert_array_equal(again(y, p).numpy(), metric(y, p).numpy())
    metric.reset_state()
    np.testing.assert_array_equal(metric(y, p).numpy(), again.result().numpy())


def test_wrapper_config():
    metric = metrics.MeanMetricWrapper(metrics.huber, "far", delta=2.0)
    again = metrics.MeanMetricWrapper.from_config(metric.get_config())
    assert again.get_config() == metric.get_config()
    assert float(again([0.0], [[3.0]])) == 4.0


def test_totals_of_ones_own():
    class Greatest(metrics.Metric):
        def __init__(self):
            super().__init__("greatest")
            self.top = self.add_weight((2,), initializer="ones")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.top.assign(ops.maximum(self.top, ops.max(y_pred, axis=0)))

        def result(self):
            return self.top.value

    metric = Greatest()
    assert metric(0, [[0.5, 3.0], [0.0, 2.0]]).numpy().tolist() == [1.0, 3.0]
    metric.reset_state()
    assert metric.value().tolist() == [0.0, 0.0]


def test_the_base_class_comes_first():
    class Hasty(metrics.Metric):
        def __init__(self):
            self.n = self.add_variable((), "zeros")

    with pytest.raises(RuntimeError, match=r"\[Hasty\] call super\(\).__init__\(\) before totals"):
        Hasty()


def test_attributes_are_options():
    metric = metrics.BinaryAccuracy()
    metric.threshold = 0.1
    assert float(metric([1.0], [0.3])) == 1.0


def test_several_values_in_logs(capsys):
    x = np.random.default_rng(0).normal(size=(12, 3))
    model = mark1.Sequential([Input((3,)), Dense(4, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=["f1_score", "auc"])
    history = model.fit(x, ONE_HOT, 4, 2, verbose=2).history
    assert [v.shape for v in history["f1_score"]] == [(4,), (4,)]
    numbers = ", ".join(f"{v:.4f}" for v in history["f1_score"][-1])
    assert f"f1_score [{numbers}]  auc " in capsys.readouterr().out
    stop = mark1.callbacks.EarlyStopping("f1_score")
    with pytest.raises(ValueError, match="'f1_score' has 4 values; monitor a metric with one"):
        model.fit(x, ONE_HOT, verbose=0, callbacks=[stop])


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: metrics.F1Score("mean"), r"\[f1_score\] average must be one of .* got 'mean'"),
        (lambda: metrics.FBetaScore(beta=0), r"beta must be a positive number, got 0"),
        (lambda: metrics.FBetaScore(beta="1"), r"beta must be a positive number, got '1'"),
        (lambda: metrics.F1Score(threshold=1.5), r"threshold must be from 0 to 1, got 1.5"),
        (
            lambda: metrics.F1Score()(LABELS, PROBABILITIES),
            r"must both be \(n, classes\) \(y_true: \(12,\), y_pred: \(12, 4\)\)",
        ),
        (lambda: metrics.R2Score("mean"), r"class_aggregation must be one of .* got 'mean'"),
        (lambda: metrics.R2Score(num_regressors=-1), "num_regressors must not be negative, got -1"),
        (
            lambda: metrics.R2Score()(np.ones(3), np.ones(3)),
            r"\[r2_score\] outputs must be \(n, O\), got \(3,\)",
        ),
        (lambda: metrics.IoU(3, [1, 3]), r"target_class_ids must be from 0 to 2, got \[1, 3\]"),
        (
            lambda: metrics.MeanIoU(2)([0, 1], [0, 1, 1]),
            r"one target per output is needed \(y_true: \(2,\), y_pred: \(3,\)\)",
        ),
        (lambda: metrics.TopKCategoricalAccuracy(k=0), "k must be a positive integer, got 0"),
        (
            lambda: metrics.top_k_categorical_accuracy(LABELS, PROBABILITIES),
            r"same shape \(y_true: \(12,\), y_pred: \(12, 4\)\)",
        ),
        (
            lambda: metrics.sparse_top_k_categorical_accuracy(LABELS[:3], PROBABILITIES),
            r"one label per row of outputs is needed \(y_true: \(3,\), y_pred: \(12, 4\)\)",
        ),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_unknown_arguments():
    with pytest.raises(TypeError, match=r"\[MeanSquaredError\] unknown arguments \['axis'\]"):
        metrics.MeanSquaredError(axis=1)

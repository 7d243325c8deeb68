import numpy as np
import pytest

from mark1 import metrics, ops

OUTPUTS = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]], np.float32)
LABELS = np.array([1, 0, 0, 0])


@pytest.mark.parametrize(
    ("metric", "y", "p", "expected"),
    [
        (metrics.Accuracy, [1, 2, 3, 4], [1, 2, 3, 0], 0.75),
        (metrics.BinaryAccuracy, [[1.0], [0.0], [1.0], [1.0]], OUTPUTS[:, :1], 0.25),
        (metrics.CategoricalAccuracy, np.eye(2)[LABELS], OUTPUTS, 0.75),
        (metrics.SparseCategoricalAccuracy, LABELS, OUTPUTS, 0.75),
        (metrics.SparseCategoricalAccuracy, LABELS[:, None].astype(np.float32), OUTPUTS, 0.75),
        (metrics.MeanSquaredError, [[0.0], [0.0]], [[1.0], [3.0]], 5.0),
        (metrics.MeanAbsoluteError, [0.0, 0.0], [[1.0], [3.0]], 2.0),
    ],
)
def test_values(metric, y, p, expected):
    assert float(metric()(y, p)) == pytest.approx(expected)


def test_totals_run_over_batches():
    metric = metrics.SparseCategoricalAccuracy()
    metric.update_state(LABELS[:3], OUTPUTS[:3])
    metric.update_state(LABELS[3:], OUTPUTS[3:])
    assert float(metric.result()) == 0.75
    metric.reset_state()
    assert float(metric.result()) == 0.0
    metric.update_state(LABELS[3:], OUTPUTS[3:])
    assert float(metric.result()) == 1.0


def test_sample_weight():
    metric = metrics.SparseCategoricalAccuracy()
    metric.update_state(LABELS, OUTPUTS, sample_weight=[1.0, 1.0, 2.0, 0.0])
    assert float(metric.result()) == 0.5


def test_mean():
    mean = metrics.Mean()
    mean.update_state(2.0, 3)
    mean.update_state([4.0, 6.0])
    assert float(mean.result()) == pytest.approx(16 / 5)
    assert mean.get_config() == {"name": "mean", "dtype": "float32"}


def test_threshold():
    p = [[0.2], [0.4]]
    assert float(metrics.BinaryAccuracy(threshold=0.3)([[0.0], [1.0]], p)) == 1.0
    assert metrics.BinaryAccuracy(threshold=0.3).get_config()["threshold"] == 0.3


def test_never_broadcast():
    with pytest.raises(ValueError, match=r"same shape \(y_true: \(3,\), y_pred: \(3, 2\)\)"):
        metrics.BinaryAccuracy()([0.0, 1.0, 1.0], np.zeros((3, 2)))
    assert float(metrics.BinaryAccuracy()([0.0, 1.0, 1.0], [[0.0], [1.0], [1.0]])) == 1.0


def test_own_function():
    def gap(y_true, y_pred):
        return ops.subtract(y_pred, y_true)

    metric = metrics.MeanMetricWrapper(gap)
    assert metric.name == "gap"
    assert float(metric([1.0, 1.0], [2.0, 4.0])) == 2.0


def test_get():
    assert metrics.get("mse").__name__ == "mean_squared_error"
    assert isinstance(metrics.get("BinaryAccuracy"), metrics.BinaryAccuracy)
    with pytest.raises(
        ValueError, match=r"unknown metric 'binary_acuracy'. Did you mean 'binary_acc"
    ):
        metrics.get("binary_acuracy")
    with pytest.raises(ValueError, match=r"unknown metric 'msee'. Did you mean 'mse'"):
        metrics.get("msee")
    with pytest.raises(TypeError, match=r"\[metric\] expected a name.* got int"):
        metrics.get(3)

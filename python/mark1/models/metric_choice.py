"""From what `compile` is told to metrics: some names mean different ones for different shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mark1.metrics.metric import MeanMetricWrapper, Metric, known_names
from mark1.metrics.metric import get as get_metric
from mark1.utils.registry import unknown

Shape = tuple["int | None", ...]
_ACCURACIES = ("BinaryAccuracy", "SparseCategoricalAccuracy", "CategoricalAccuracy")
_CROSSENTROPIES = (
    "binary_crossentropy",
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
)
_BY_SHAPE = {
    "accuracy": _ACCURACIES,
    "acc": _ACCURACIES,
    "crossentropy": _CROSSENTROPIES,
    "ce": _CROSSENTROPIES,
}


def check_name(name: str, custom: Mapping[str, Any] | None) -> None:
    """Refuse the name of a metric that there is not.

    Raises:
        ValueError: there is none; the nearest is suggested.
    """
    if name not in known_names() and name not in (custom or {}):
        raise unknown("metric", name, known_names())


def make_metric(
    identifier: Any, target_shape: Shape, output_shape: Shape, custom: Mapping[str, Any] | None
) -> Metric:
    """Make the metric that a name, a config, a function or a Metric stands for."""
    found = identifier
    if isinstance(identifier, str) and identifier in _BY_SHAPE:
        found = _by_shape(identifier, target_shape, output_shape)
    chosen = get_metric(found, custom)
    metric: Metric = chosen if isinstance(chosen, Metric) else MeanMetricWrapper(chosen)
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def _by_shape(name: str, target_shape: Shape, output_shape: Shape) -> str:
    """Choose the kind of accuracy or cross-entropy as Keras does."""
    binary, sparse, dense = _BY_SHAPE[name]
    width = output_shape[-1] if len(output_shape) > 1 else 1
    if width == 1:
        return binary
    return sparse if len(target_shape) < len(output_shape) or target_shape[-1] == 1 else dense

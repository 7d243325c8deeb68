"""What `compile` was told, made ready for training."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mark1 import ops, optimizers, recording
from mark1._core import Tensor
from mark1.layers.masks import mask_of
from mark1.losses.loss import Loss, as_loss, masked_weights
from mark1.losses.loss import registry as loss_registry
from mark1.metrics.metric import Mean, MeanMetricWrapper, Metric, known_names
from mark1.metrics.metric import get as get_metric
from mark1.metrics.metric import registry as metric_registry
from mark1.models.runner import Runner
from mark1.optimizers.optimizer import Optimizer
from mark1.optimizers.optimizer import registry as optimizer_registry
from mark1.recording import ReplayCache
from mark1.typing import Array
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


_all: weakref.WeakSet[Compiled] = weakref.WeakSet()


def _new_turns() -> None:
    """The child of a fork has none of the threads whose turn it may be."""
    for compiled in _all:
        compiled._turn = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_turns)


class Compiled:
    """Optimizer, loss and metrics of a model.

    Metrics asked for as ``"accuracy"`` or ``"crossentropy"`` are chosen when the shapes of targets
    and outputs are known.

    Args:
        optimizer: a name, a config or an Optimizer.
        loss: a name, a config, a Loss, a function, or None.
        metrics: a list of names, configs, Metrics or functions.
        weighted_metrics: likewise; these are weighted by sample_weight and class_weight.
        run_eagerly: kept for the config.
        custom: further classes and functions by name.
    """

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        custom: Mapping[str, Any] | None = None,
    ) -> None:
        self._custom = custom
        self.optimizer: Optimizer = optimizers.get(optimizer, custom)
        if isinstance(loss, (list, tuple)) and len(loss) == 1:
            loss = loss[0]
        if isinstance(loss, (list, tuple)) or (isinstance(loss, dict) and "class_name" not in loss):
            raise TypeError("[compile] several losses need several outputs, which come later")
        self._given_loss = loss
        self.loss: Loss | None = None if loss is None else as_loss(loss, custom)
        self._given = _flat(metrics, "metrics")
        self._given_weighted = _flat(weighted_metrics, "weighted_metrics")
        for identifier in (*self._given, *self._given_weighted):
            if isinstance(identifier, str):
                _check_name(identifier, custom)
            else:
                get_metric(identifier, custom)
        self.run_eagerly = bool(run_eagerly)
        self.loss_tracker = Mean("loss")
        self.metrics: list[Metric] = []
        self._weighted: list[bool] = []
        self._resolved = False
        self._counts: dict[int, Tensor] = {}  # batch sizes as tensors, made once
        self.replays = ReplayCache()
        self._turn = threading.RLock()
        _all.add(self)

    def resolve(self, target_shape: Shape | None, output_shape: Shape) -> None:
        """Choose the metrics for these shapes; they are chosen once."""
        if self._resolved or target_shape is None:
            return
        taken = {"loss"}
        for identifiers, weighted in ((self._given, False), (self._given_weighted, True)):
            for identifier in identifiers:
                metric = _make(identifier, target_shape, output_shape, self._custom)
                stem, number = metric.name, 0
                while metric.name in taken:
                    number += 1
                    metric.name = f"{stem}_{number}"
                taken.add(metric.name)
                self.metrics.append(metric)
                self._weighted.append(weighted)
        self._resolved = True

    def targets(self, y: Array, output_shape: Shape, dtype: str) -> Array:
        """Return targets as the loss needs them, and choose the metrics by their shape.

        Raises:
            TypeError: targets of a kind that the loss cannot take.
            ValueError: of a shape that does not go with the outputs.
        """
        assert self.loss is not None
        y = self.loss.prepare(y, output_shape, dtype)
        self.resolve((None, *y.shape[1:]), output_shape)
        return y

    @contextmanager
    def exclusive(self, op: str) -> Iterator[None]:
        """Keep other threads from training and testing, which share totals and state, meanwhile.

        Raises:
            RuntimeError: another thread is at it.
        """
        turn = self._turn  # the child of a fork gets another
        if not turn.acquire(blocking=False):
            raise RuntimeError(
                f"[{op}] another thread is training or testing this model: wait for it, or use a "
                "model of its own in each thread"
            )
        try:
            yield
        finally:
            turn.release()

    def runner(self, step: Any, what: str) -> Runner:
        """Return what runs a step, natively unless `compile` was told not to."""
        return Runner(step, what, self.replays, self.run_eagerly)

    def loss_of(self, y: Tensor, y_pred: Tensor, sample_weight: Tensor | None) -> Tensor:
        """Return the loss of a batch; what the outputs' mask leaves out does not count."""
        assert self.loss is not None
        mask = mask_of(y_pred)
        if mask is not None:
            reduction = self.loss.reduction
            sample_weight = masked_weights(sample_weight, mask, reduction, y_pred.dtype)
        return self.loss.of_prepared(y, y_pred, sample_weight)

    def update(self, loss: Tensor, y: Tensor, y_pred: Tensor, sample_weight: Tensor | None) -> None:
        """Add a batch to the totals, all of which are tensors."""
        samples = y_pred.shape[0]
        if samples not in self._counts:
            self._counts[samples] = ops.full((), float(samples), loss.dtype)
        self.loss_tracker.update_state(loss, self._counts[samples])
        for metric, weighted in zip(self.metrics, self._weighted, strict=True):
            recording.note(metric)
            if weighted and sample_weight is not None:
                metric.update_state(y, y_pred, sample_weight)
            else:
                metric.update_state(y, y_pred)

    def reset(self) -> None:
        """Begin all totals anew."""
        for metric in (self.loss_tracker, *self.metrics):
            metric.reset_state()

    def results(self) -> dict[str, float]:
        """Return loss and metrics so far: here, and only here, totals are read back."""
        return {m.name: m.value() for m in (self.loss_tracker, *self.metrics)}

    def get_config(self) -> dict[str, Any]:
        """Describe everything for a file, as Keras does."""
        return {
            "optimizer": optimizer_registry.serialize(self.optimizer),
            "loss": _describe(self._given_loss, Loss, loss_registry),
            "loss_weights": None,
            "metrics": [_describe(m, Metric, metric_registry) for m in self._given] or None,
            "weighted_metrics": [
                _describe(m, Metric, metric_registry) for m in self._given_weighted
            ]
            or None,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": 1,
            "jit_compile": False,
        }


def _flat(identifiers: Any, name: str) -> list[Any]:
    if identifiers is None:
        return []
    if isinstance(identifiers, dict) and "class_name" not in identifiers:
        raise TypeError(f"[compile] {name} by output name need several outputs, which come later")
    if not isinstance(identifiers, (list, tuple)):
        return [identifiers]
    flat: list[Any] = []
    for identifier in identifiers:
        flat.extend(
            _flat(identifier, name) if isinstance(identifier, (list, tuple)) else [identifier]
        )
    return flat


def _check_name(name: str, custom: Mapping[str, Any] | None) -> None:
    if name not in known_names() and name not in (custom or {}):
        raise unknown("metric", name, known_names())


def _make(
    identifier: Any, target_shape: Shape, output_shape: Shape, custom: Mapping[str, Any] | None
) -> Metric:
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


def _describe(identifier: Any, base: type, registry: Any) -> Any:
    if identifier is None or isinstance(identifier, (str, dict)):
        return identifier
    if isinstance(identifier, base):
        return registry.serialize(identifier)
    return getattr(identifier, "__name__", type(identifier).__name__)

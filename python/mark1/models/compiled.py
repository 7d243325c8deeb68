"""What `compile` was told, made ready for training."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mark1 import ops, optimizers
from mark1._core import Tensor
from mark1.losses.loss import Loss, as_loss
from mark1.losses.loss import registry as loss_registry
from mark1.metrics.metric import Mean, Metric
from mark1.metrics.metric import get as get_metric
from mark1.metrics.metric import registry as metric_registry
from mark1.models.heads import Head, arranged, per_output, total_of
from mark1.models.metric_choice import Shape, check_name, make_metric
from mark1.models.runner import Runner
from mark1.optimizers.optimizer import Optimizer
from mark1.optimizers.optimizer import registry as optimizer_registry
from mark1.recording import ReplayCache
from mark1.utils.custom_objects import name_of
from mark1.utils.nest import flatten

_all: weakref.WeakSet[Compiled] = weakref.WeakSet()


def _new_turns() -> None:
    """The child of a fork has none of the threads whose turn it may be."""
    for compiled in _all:
        compiled._turn = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_turns)


class Compiled:
    """Optimizer, losses and metrics of a model.

    Metrics asked for as ``"accuracy"`` or ``"crossentropy"`` are chosen when the shapes of targets
    and outputs are known, and so is what belongs to which of several outputs.

    Args:
        optimizer: a name, a config or an Optimizer.
        loss: a name, a config, a Loss, a function, or None; for several outputs a list of them, or
            a dictionary by name.
        metrics: a list of names, configs, Metrics or functions; for several outputs a list of
            lists, or a dictionary by name.
        weighted_metrics: likewise; these are weighted by sample_weight and class_weight.
        run_eagerly: kept for the config.
        loss_weights: for several outputs, a list of numbers or a dictionary by name.
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
        loss_weights: Any = None,
    ) -> None:
        self._custom = custom
        self.optimizer: Optimizer = optimizers.get(optimizer, custom)
        if isinstance(loss, (list, tuple)) and len(loss) == 1:
            loss = loss[0]
        self._given_loss = loss
        for one in flat(loss):
            as_loss(one, custom)
        self._given = metrics
        self._given_weighted = weighted_metrics
        for identifier in (*flat(metrics), *flat(weighted_metrics)):
            if isinstance(identifier, str):
                check_name(identifier, custom)
            else:
                get_metric(identifier, custom)
        self._loss_weights = loss_weights
        self.run_eagerly: bool = bool(run_eagerly)
        self.loss_tracker: Mean = Mean("loss")
        self.heads: list[Head] = []
        self._names: list[str] | None = None
        # Batch sizes as tensors, made once for each device.
        self._counts: dict[tuple[int, str], Tensor] = {}
        self.reports: dict[str, dict[str, Any]] = {}  # of steps that a model writes itself
        self.replays: ReplayCache = ReplayCache()
        self._turn = threading.RLock()
        _all.add(self)

    @property
    def metrics(self) -> list[Metric]:
        """The losses of the outputs, if there are several, and the metrics of all outputs."""
        trackers: list[Metric] = [h.tracker for h in self.heads if h.tracker is not None]
        return [*trackers, *(metric for head in self.heads for metric, _ in head.metrics)]

    @property
    def has_loss(self) -> bool:
        """Whether there is anything to train by."""
        return self._given_loss is not None

    @property
    def needs_no_outputs(self) -> bool:
        """Whether nothing has to be chosen by the shapes of outputs."""
        return not flat(self._given) and not flat(self._given_weighted)

    def bind(self, names: list[str]) -> None:
        """Say what the outputs are called; a single one has the name "".

        Raises:
            ValueError: losses or metrics do not go with the outputs.
        """
        if self._names == names:
            return
        if self._names is not None:
            raise ValueError(
                f"[compile] the model was compiled for {len(self._names)} outputs and has "
                f"{len(names)}: compile it again"
            )
        weights: list[Any] = [None]
        if len(names) == 1:
            losses: list[Any] = flat(self._given_loss) or [None]
            if len(losses) != 1:
                raise ValueError(f"[compile] {len(losses)} losses for a model with one output")
            metrics, weighted = [flat(self._given)], [flat(self._given_weighted)]
            if self._loss_weights is not None:
                weights = flat(self._loss_weights)
        else:
            losses = per_output(self._given_loss, names, "loss")
            weights = per_output(self._loss_weights, names, "loss_weights")
            metrics, weighted = (
                [flat(m) for m in per_output(given, names, what)]
                for given, what in (
                    (self._given, "metrics"),
                    (self._given_weighted, "weighted_metrics"),
                )
            )
        self.heads = [
            Head(
                name,
                loss,
                1.0 if weight is None else float(weight),
                own,
                own_weighted,
                self._custom,
            )
            for name, loss, weight, own, own_weighted in zip(
                names, losses, weights, metrics, weighted, strict=True
            )
        ]
        if sum(head.loss is not None for head in self.heads) == 1:
            for head in self.heads:
                head.tracker = None  # it would be the loss
        self._names = names

    def _resolve(self, head: Head, target_shape: Shape, output_shape: Shape) -> None:
        """Choose the metrics for these shapes; they are chosen once."""
        if head.resolved:
            return
        taken = {"loss", *(metric.name for metric in self.metrics)}
        for identifier, weighted in head.given:
            metric = make_metric(identifier, target_shape, output_shape, self._custom)
            own = f"{head.name}_" if head.name else ""
            again = "weighted_" if weighted and own + metric.name in taken else ""
            metric.name = stem = own + again + metric.name
            number = 0
            while metric.name in taken:
                metric.name = f"{stem}_{(number := number + 1)}"
            taken.add(metric.name)
            head.metrics.append((metric, weighted))
        head.resolved = True

    def targets(self, y: Any, outputs: list[tuple[str, Shape]], dtype: str, op: str) -> Any:
        """Return targets as the losses need them, and choose the metrics by their shape.

        Args:
            y: an array, or for several outputs a list or a dictionary by name.
            outputs: their names and shapes.
            dtype: floating-point dtype of the model.
            op: what messages begin with.

        Returns:
            An array, or a tuple of arrays in the order of the outputs.

        Raises:
            TypeError: targets of a kind that the loss cannot take.
            ValueError: of a shape that does not go with the outputs.
        """
        names = [name for name, _ in outputs]
        self.bind(names)
        if y is not None and not isinstance(y, (list, tuple, Mapping)):
            wanted = [head.loss is not None for head in self.heads]
            if sum(wanted) == 1:  # the other outputs need none
                y = [y if wants else None for wants in wanted]
        prepared = []
        for head, (_, shape), own in zip(
            self.heads, outputs, arranged(y, names, "y", op), strict=True
        ):
            own = head.prepare(own, shape, dtype)
            if own is not None:
                self._resolve(head, (None, *own.shape[1:]), shape)
            prepared.append(own)
        return prepared[0] if len(prepared) == 1 else tuple(prepared)

    def weights(self, sample_weight: Any, op: str) -> Any:
        """Return weights of samples for each output: one array holds for all of them."""
        names = self._names or [""]
        if sample_weight is None or len(names) == 1:
            if isinstance(sample_weight, (list, tuple)) and len(sample_weight) == 1:
                return sample_weight[0]
            return sample_weight
        if isinstance(sample_weight, (list, tuple, dict)):
            return tuple(arranged(sample_weight, names, "sample_weight", op))
        return (sample_weight,) * len(names)

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

    def losses_of(self, y: Any, y_pred: Any, sample_weight: Any) -> tuple[Tensor, list[Any]]:
        """Return the loss of a batch, and that of each output."""
        heads = self.heads
        if len(heads) == 1:
            loss = heads[0].loss_of(y, _only(y_pred), sample_weight)
            assert loss is not None
            weight = heads[0].weight
            return (loss if weight == 1.0 else ops.multiply(loss, weight)), [loss]
        losses = [
            head.loss_of(*each)
            for head, each in zip(heads, _per_head(y, y_pred, sample_weight), strict=True)
        ]
        weighted = [
            (loss, head.weight)
            for head, loss in zip(heads, losses, strict=True)
            if loss is not None
        ]
        return total_of(weighted), losses

    def update(
        self, loss: Tensor, losses: list[Any], y: Any, y_pred: Any, sample_weight: Any
    ) -> None:
        """Add a batch to the totals, all of which are tensors."""
        count = self.track(loss, y_pred)
        if len(self.heads) == 1:
            self.heads[0].update(y, _only(y_pred), sample_weight)
            return
        parts = _per_head(y, y_pred, sample_weight)
        for head, own, each in zip(self.heads, losses, parts, strict=True):
            if head.tracker is not None and own is not None:
                head.tracker.update_state(own, count)
            head.update(*each)

    def track(self, loss: Tensor, y_pred: Any) -> Tensor:
        """Add the loss of a batch to its mean; returns the number of samples as a tensor."""
        samples = next(flatten(y_pred)).shape[0]
        key = (samples, loss.device)
        if key not in self._counts:
            self._counts[key] = ops.full((), float(samples), loss.dtype)
        count = self._counts[key]
        self.loss_tracker.update_state(loss, count)
        return count

    def total_loss(self, y: Any, y_pred: Any, sample_weight: Any) -> Tensor | None:
        """Return the weighted loss of targets as they are given; None if there is no loss."""
        if not self.has_loss:
            return None
        self._bind_to(y_pred)
        losses = [
            (head.loss(own, out, weight), head.weight)
            for head, (own, out, weight) in zip(
                self.heads, self._parts(y, y_pred, sample_weight), strict=True
            )
            if head.loss is not None and own is not None
        ]
        return total_of(losses)

    def update_metrics(self, y: Any, y_pred: Any, sample_weight: Any) -> None:
        """Add targets as they are given, and outputs, to the metrics."""
        if y is None:
            return
        self._bind_to(y_pred)
        for head, (own, out, weight) in zip(
            self.heads, self._parts(y, y_pred, sample_weight), strict=True
        ):
            if own is not None:
                self._resolve(head, (None, *own.shape[1:]), (None, *out.shape[1:]))
            head.update(own, out, weight)

    def resolve(self, y: Any, outputs: list[tuple[str, Shape]]) -> None:
        """Choose the metrics for targets as they are given and outputs of these shapes."""
        names = [name for name, _ in outputs]
        self.bind(names)
        for head, (_, shape), own in zip(
            self.heads, outputs, arranged(y, names, "y", "fit"), strict=True
        ):
            if own is not None:
                self._resolve(head, (None, *own.shape[1:]), shape)

    def _bind_to(self, y_pred: Any) -> None:
        if self._names is None:
            count = len(list(flatten(y_pred)))
            self.bind([""] if count == 1 else [f"output_{i}" for i in range(count)])

    def _parts(self, y: Any, y_pred: Any, sample_weight: Any) -> list[tuple[Any, Any, Any]]:
        if len(self.heads) == 1:
            return [(y, _only(y_pred), sample_weight)]
        names = [head.name for head in self.heads]
        return _per_head(
            arranged(y, names, "y", "compute_loss"),
            y_pred,
            self.weights(sample_weight, "compute_loss"),
        )

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
            "loss_weights": self._loss_weights,
            "metrics": _describe(_listed(self._given), Metric, metric_registry),
            "weighted_metrics": _describe(_listed(self._given_weighted), Metric, metric_registry),
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": 1,
            "jit_compile": False,
        }


def flat(identifiers: Any) -> list[Any]:
    """Return all that is in lists and dictionaries by name, except configs, which name a class.

    >>> flat({"a": ["mae", None], "b": "mse"})
    ['mae', 'mse']
    """
    if identifiers is None:
        return []
    if isinstance(identifiers, dict) and "class_name" not in identifiers:
        identifiers = list(identifiers.values())
    if not isinstance(identifiers, (list, tuple)):
        return [identifiers]
    return [one for identifier in identifiers for one in flat(identifier)]


def _listed(identifiers: Any) -> Any:
    plain = identifiers is not None and not isinstance(identifiers, (list, tuple, dict))
    return [identifiers] if plain else identifiers or None


def _only(outputs: Any) -> Tensor:
    (only,) = flatten(outputs)
    tensor: Tensor = only
    return tensor


def _per_head(y: Any, y_pred: Any, sample_weight: Any) -> list[tuple[Any, Any, Any]]:
    outputs = list(flatten(y_pred))
    weights = (None,) * len(outputs) if sample_weight is None else sample_weight
    return list(zip(y, outputs, weights, strict=True))


def _describe(identifier: Any, base: type, registry: Any) -> Any:
    if isinstance(identifier, (list, tuple)):
        return [_describe(one, base, registry) for one in identifier]
    if isinstance(identifier, dict) and "class_name" not in identifier:
        return {name: _describe(one, base, registry) for name, one in identifier.items()}
    if identifier is None or isinstance(identifier, (str, dict)):
        return identifier
    if isinstance(identifier, base):
        return registry.serialize(identifier)
    return name_of(identifier) or getattr(identifier, "__name__", type(identifier).__name__)

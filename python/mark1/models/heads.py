"""The outputs of a model, each with a loss, its weight and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mark1 import ops, recording
from mark1._core import Tensor
from mark1.layers.masks import keep_mask, mask_of
from mark1.losses.loss import Loss, as_loss, masked_weights
from mark1.metrics.metric import Mean, Metric
from mark1.ops.cast import NARROW, full_precision
from mark1.typing import Values


class Head:
    """What an output is trained with.

    Args:
        name: of the output; "" if it is the only one.
        loss: what `compile` was given for it, or None.
        weight: what its loss counts in the sum.
        metrics: what `compile` was given for it.
        weighted_metrics: likewise; these are weighted as the loss.
        custom: further classes and functions by name.
    """

    def __init__(
        self,
        name: str,
        loss: Any,
        weight: float,
        metrics: list[Any],
        weighted_metrics: list[Any],
        custom: Mapping[str, Any] | None,
    ) -> None:
        self.name = name
        self.loss: Loss | None = None if loss is None else as_loss(loss, custom)
        self.weight = weight
        self.given: list[tuple[Any, bool]] = [(m, False) for m in metrics] + [
            (m, True) for m in weighted_metrics
        ]
        self.metrics: list[tuple[Metric, bool]] = []
        self.tracker: Mean | None = Mean(f"{name}_loss") if name and self.loss is not None else None
        self.resolved = False

    def prepare(self, y: Values | None, shape: Any, dtype: str) -> Values | None:
        """Return targets as the loss needs them."""
        if self.loss is not None and y is not None:
            return self.loss.prepare(y, shape, dtype)
        if self.loss is not None:
            raise ValueError(f'[fit] the output "{self.name}" has a loss, but there are no targets')
        return None if y is None else y.astype(dtype, copy=False)

    def loss_of(self, y: Tensor | None, y_pred: Tensor, weight: Tensor | None) -> Tensor | None:
        """Return the loss of a batch; what the output's mask leaves out does not count."""
        if self.loss is None or y is None:
            return None
        mask, y_pred = mask_of(y_pred), full_precision(y_pred)
        if mask is not None:
            weight = masked_weights(weight, mask, self.loss.reduction, y_pred.dtype)
        return self.loss.of_prepared(y, y_pred, weight)

    def update(self, y: Tensor | None, y_pred: Tensor, weight: Tensor | None) -> None:
        """Add a batch to the totals of the metrics."""
        if y is None:
            return
        if y_pred.dtype in NARROW:
            y_pred = keep_mask(y_pred, full_precision(y_pred))
        for metric, weighted in self.metrics:
            recording.note(metric)
            if weighted and weight is not None:
                metric.update_state(y, y_pred, weight)
            else:
                metric.update_state(y, y_pred)


def per_output(given: Any, names: Sequence[str], what: str) -> list[Any]:
    """Return what was given for each output: a dictionary by name, a list, or one for all.

    Raises:
        ValueError: a name is not that of an output, or there are too many or too few.

    >>> per_output({"b": 1}, ["a", "b"], "loss"), per_output([1, 2], ["a", "b"], "loss")
    ([None, 1], [1, 2])
    """
    if isinstance(given, Mapping) and "class_name" not in given:
        unknown = [key for key in given if key not in names]
        if unknown:
            raise ValueError(
                f"[compile] {what} names {unknown[0]!r}, the outputs are {', '.join(names)}"
            )
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(
                f"[compile] the model has {len(names)} outputs ({', '.join(names)}), "
                f"{what} has {len(given)} entries"
            )
        return list(given)
    return [given] * len(names)


def refuse_other_outputs(names: Sequence[str], **given: Any) -> None:
    """Refuse dictionaries of losses or metrics that name what a model's only output is not called.

    >>> refuse_other_outputs(["score"], loss={"scores": "mse"})
    Traceback (most recent call last):
    ValueError: [compile] loss is for 'scores', but the model's only output is called 'score'
    """
    for what, value in given.items():
        if not isinstance(value, Mapping) or "class_name" in value:
            continue
        for name in value:
            if name not in names:
                raise ValueError(
                    f"[compile] {what} is for {name!r}, but the model's only output is called "
                    f"{names[0]!r}"
                )


def total_of(losses: list[tuple[Tensor, float]]) -> Tensor:
    """Return the weighted sum of losses, in the order of the outputs.

    >>> float(total_of([(ops.ones(()), 1.0), (ops.ones(()), 0.5)]))
    1.5
    """
    total: Tensor | None = None
    for loss, weight in losses:
        part = loss if weight == 1.0 else ops.multiply(loss, weight)
        total = part if total is None else ops.add(total, part)
    assert total is not None
    return total


def arranged(given: Any, names: Sequence[str], what: str, op: str) -> list[Any]:
    """Return arrays in the order of inputs or outputs.

    Args:
        given: a dictionary by name, a list or tuple, one array if there is one name, or None.
        names: of the inputs or outputs.
        what: ``"x"`` or ``"y"``.
        op: what messages begin with.

    Raises:
        ValueError: something is missing or too much.

    >>> arranged({"b": 1, "a": 2}, ["a", "b"], "x", "fit")
    [2, 1]
    """
    listed = ", ".join(names)
    if isinstance(given, Mapping):
        missing = [name for name in names if name not in given]
        if missing or len(given) > len(names):
            raise ValueError(
                f"[{op}] {what} must hold {listed}, it holds {', '.join(map(str, given))}"
            )
        return [given[name] for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) == 1 != len(names) and isinstance(given[0], (list, tuple, Mapping)):
            return arranged(given[0], names, what, op)
        if len(given) != len(names):
            raise ValueError(
                f"[{op}] {what} must be {len(names)} arrays ({listed}), got {len(given)}"
            )
        return list(given)
    if len(names) == 1:
        return [given]
    raise ValueError(f"[{op}] {what} must be a list or dictionary of {len(names)} arrays: {listed}")

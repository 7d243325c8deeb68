"""One step of training, testing or predicting: from the tensors of a batch to tensors.

A step only launches operations. It reads no value back and its structure depends on shapes alone,
so that it can be recorded once and replayed; whatever changes from step to step - learning rate,
step count, random call numbers, totals - lives in variables.
"""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.models.compiled import Compiled
from mark1.models.data import Batch
from mark1.ops.cast import full_precision
from mark1.tape import GradientTape
from mark1.utils.nest import map_structure
from mark1.utils.packing import pack_x_y_sample_weight


class Measured:
    """A step whose totals are those of `compile`."""

    _compiled: Compiled

    def reset(self) -> None:
        """Begin all totals anew."""
        self._compiled.reset()

    def results(self) -> dict[str, float]:
        """Return loss and metrics so far."""
        return self._compiled.results()

    def tensors(self) -> dict[str, Tensor]:
        """Return loss and metrics so far, unread; nothing if one of them is a number."""
        compiled = self._compiled
        found = {m.name: m.result() for m in (compiled.loss_tracker, *compiled.metrics)}
        return found if all(isinstance(one, Tensor) for one in found.values()) else {}


class TrainStep(Measured):
    """Forward, backward, update, totals.

    Args:
        model: called with ``training=True``.
        compiled: loss, optimizer and totals.
    """

    def __init__(self, model: Any, compiled: Compiled) -> None:
        self._model = model
        self._compiled = compiled
        variables = model.trainable_variables
        self.key: tuple[Any, ...] = tuple(v.id for v in variables)
        compiled.optimizer._build_for(variables)

    def __call__(self, batch: Batch) -> None:
        """Train on a batch."""
        x, y, sample_weight = batch
        compiled = self._compiled
        assert y is not None
        variables = self._model.trainable_variables
        if not variables:
            y_pred = self._model(x, training=True)
            loss, losses = compiled.losses_of(y, y_pred, sample_weight)
            loss = with_additions(loss, self._model)
            self._model._clear_losses()
            compiled.update(loss, losses, y, y_pred, sample_weight)
            return
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            y_pred = self._model(x, training=True)
            loss, losses = compiled.losses_of(y, y_pred, sample_weight)
            loss = with_additions(loss, self._model)
            scaled = compiled.optimizer.scale_loss(loss)
        self._model._clear_losses()
        # The totals first: a metric that refuses its shapes must not leave half a step behind.
        compiled.update(loss, losses, y, y_pred, sample_weight)
        gradients = tape.gradient(scaled, variables)
        compiled.optimizer.apply(gradients, variables)


class TestStep(Measured):
    """Forward and totals.

    Args:
        model: called with ``training=False``.
        compiled: loss and totals.
    """

    __test__ = False  # pytest shall not collect it
    key: tuple[int, ...] = ()

    def __init__(self, model: Any, compiled: Compiled) -> None:
        self._model = model
        self._compiled = compiled

    def __call__(self, batch: Batch) -> None:
        """Test on a batch."""
        x, y, sample_weight = batch
        compiled = self._compiled
        assert y is not None
        y_pred = self._model(x, training=False)
        loss, losses = compiled.losses_of(y, y_pred, sample_weight)
        loss = with_additions(loss, self._model)
        self._model._clear_losses()
        compiled.update(loss, losses, y, y_pred, sample_weight)


class PredictStep:
    """Forward.

    Args:
        model: called with ``training=False``.
    """

    key: tuple[int, ...] = ()

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(self, batch: Batch) -> Any:
        """Return the outputs for a batch, in dtypes that NumPy has."""
        if self._model._has_own("predict_step"):
            out = self._model.predict_step(pack_x_y_sample_weight(batch.x))
        else:
            out = self._model(batch.x, training=False)
        return map_structure(full_precision, out)


def with_additions(loss: Tensor | None, model: Any) -> Tensor:
    """Return a loss with what layers and weights of a model add to it, in the order of `losses`.

    Raises:
        ValueError: there is neither a loss nor an addition.
    """
    for each in model.losses:
        part = ops.sum(each) if each.shape else each
        loss = part if loss is None else ops.add(loss, part)
    if loss is None:
        raise ValueError("[compute_loss] the model has no loss: call compile(optimizer, loss)")
    return loss

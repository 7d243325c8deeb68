"""Steps as a class of models writes them: `train_step`, `test_step`, `predict_step`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.signature import signature_of
from mark1.metrics.metric import Metric
from mark1.models.compiled import Compiled
from mark1.models.data import Batch
from mark1.models.steps import with_additions
from mark1.tape import GradientTape
from mark1.utils.nest import flatten
from mark1.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from mark1.variable import Variable


class OwnSteps:
    """What a subclass of a model may write itself; `fit` and its kin call it and run it natively.

    Such a step must do with operations on tensors: one that reads values runs in Python.

    >>> import mark1
    >>> class Fitted(mark1.Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w = self.add_weight((), "ones")
    ...         self.squared = mark1.metrics.Mean("squared")
    ...     def train_step(self, x):
    ...         with mark1.GradientTape() as tape:
    ...             loss = mark1.ops.mean(mark1.ops.square(x - self.w))
    ...         self.optimizer.apply(tape.gradient(loss, [self.w]), [self.w])
    ...         self.squared.update_state(loss)
    ...         return {"squared": self.squared.result()}
    >>> model = Fitted()
    >>> model.compile(mark1.optimizers.SGD(0.25))
    >>> model.fit([[3.0], [3.0]], epochs=2, verbose=0).history
    {'squared': [4.0, 1.0]}
    """

    _compiled: Compiled | None

    def train_step(self, data: Any) -> dict[str, Any]:
        """Train on a batch.

        Args:
            data: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``, tensors or nests of them.

        Returns:
            What is to be reported, scalars by name; the last step of an epoch counts.
        """
        model: Any = self
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        variables = model.trainable_variables
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            y_pred = model(x, training=True)
            loss = self.compute_loss(x, y, y_pred, sample_weight)
            scaled = model.optimizer.scale_loss(loss)
        # The totals first: a metric that refuses its shapes must not leave half a step behind.
        self._need_compiled("train_step").track(loss, y_pred)
        results = self.compute_metrics(x, y, y_pred, sample_weight)
        if variables:
            model.optimizer.apply(tape.gradient(scaled, variables), variables)
        return results

    def test_step(self, data: Any) -> dict[str, Any]:
        """Test on a batch; arguments and result are those of `train_step`."""
        model: Any = self
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = model(x, training=False)
        takes = signature_of(type(self).compute_loss)
        told = {"training": False} if "training" in takes.names or takes.varkeywords else {}
        loss = self.compute_loss(x, y, y_pred, sample_weight, **told)
        self._need_compiled("test_step").track(loss, y_pred)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for a batch of inputs."""
        model: Any = self
        return model(unpack_x_y_sample_weight(data)[0], training=False)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Return the loss that `compile` was given, with what layers and weights add to it.

        Args:
            x: inputs; for subclasses that need them.
            y: targets.
            y_pred: outputs.
            sample_weight: weights of the samples.
            training: for subclasses that make a difference.

        Raises:
            ValueError: there is neither a loss nor anything that layers add.
        """
        compiled = self._need_compiled("compute_loss")
        total = compiled.total_loss(y, y_pred, sample_weight)
        return with_additions(total, self)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Add a batch to the metrics and return the results of all of them by name."""
        compiled = self._need_compiled("compute_metrics")
        compiled.update_metrics(y, y_pred, sample_weight)
        metrics: list[Metric] = self.metrics  # type: ignore[attr-defined]
        return {metric.name: metric.result() for metric in metrics}

    def _need_compiled(self, op: str) -> Compiled:
        if self._compiled is None:
            raise ValueError(f"[{op}] the model is not compiled: call compile(optimizer, loss)")
        return self._compiled

    def _has_own(self, step: str) -> bool:
        """Whether the class has written a step, or what the step consists of."""
        if step == "predict_step":
            return type(self).predict_step is not OwnSteps.predict_step
        compiled, adds = self._compiled, getattr(self, "_adds_losses", False)
        if adds and compiled is not None and not compiled.has_loss:
            return True  # what layers add is all there is, and needs no targets
        parts = (step, "compute_loss", "compute_metrics")
        return any(getattr(type(self), part) is not getattr(OwnSteps, part) for part in parts)


class OwnStep:
    """A step that a class of models has written itself. What it reports lives in variables.

    Args:
        model: whose method it is.
        compiled: its loss, optimizer and totals.
        method: ``"train_step"`` or ``"test_step"``.
    """

    def __init__(self, model: Any, compiled: Compiled, method: str) -> None:
        self._model = model
        self._compiled = compiled
        self._method = method
        self._reports: dict[str, Variable] = compiled.reports.setdefault(method, {})
        self.key: tuple[Any, ...] = (method, *(v.id for v in model.trainable_variables))

    def __call__(self, batch: Batch) -> None:
        """Make the step with a batch."""
        logs = getattr(self._model, self._method)(pack_x_y_sample_weight(*batch))
        self._model._clear_losses()
        if not isinstance(logs, dict):
            raise TypeError(
                f"[{self._method}] must return a dictionary of numbers by name, "
                f"got {type(logs).__name__}"
            )
        for name, value in logs.items():
            self._report(name, ops.convert_to_tensor(value))

    def _report(self, name: str, value: Tensor) -> None:
        if value.size != 1:
            raise ValueError(
                f"[{self._method}] what is reported must be one number, "
                f"{name!r} has shape {value.shape}"
            )
        if name not in self._reports:
            self._reports[name] = Variable(0.0, dtype="float64", trainable=False, name=name)
        self._reports[name].assign(ops.cast(ops.reshape(value, ()), "float64"))

    def reset(self) -> None:
        """Begin all totals anew."""
        for metric in self._model.metrics:
            metric.reset_state()

    def results(self) -> dict[str, float]:
        """Return what the last step has reported."""
        return {name: float(variable) for name, variable in self._reports.items()}


def metrics_in(model: Any) -> Iterator[Metric]:
    """The metrics that a model or a layer in it holds in attributes, each once."""
    seen: set[int] = set()
    waiting = [model]
    while waiting:
        each = waiting.pop(0)
        for name, value in vars(each).items():
            if name.startswith("_"):
                continue
            for found in flatten(value) if isinstance(value, (list, tuple, dict)) else (value,):
                if isinstance(found, Metric) and id(found) not in seen:
                    seen.add(id(found))
                    yield found
        waiting += each._children()

"""From what `fit`, `evaluate` and `predict` are given to streams that fit the model."""

from __future__ import annotations

from typing import Any

from mark1.models.checks import positive_integer
from mark1.models.compiled import Compiled
from mark1.models.data import Arrays, weights_of_classes
from mark1.models.streams import StreamData
from mark1.utils.nest import map_structure


def training_stream(
    model: Any,
    source: Any,
    steps: Any,
    op: str,
    name: str = "steps",
    class_weight: dict[int, float] | None = None,
) -> StreamData:
    """Return batches to train or test with; the first is looked at, and builds the model.

    Raises:
        TypeError: steps is not an integer, or a batch not made of arrays of numbers.
        ValueError: the first batch does not go with the model, has no targets, or does not exist.
    """
    known: dict[str, Any] = {}

    def prepare(x: Any, y: Any, sample_weight: Any) -> Arrays:
        if y is None:
            raise ValueError(f"[{op}] needs targets: batches must be (x, y)")
        if class_weight is not None:
            sample_weight = weights_of_classes(class_weight, y, sample_weight)
        x = model._arrange(x, op)
        key = repr(map_structure(lambda a: a.shape[1:], x))
        if key not in known:
            known[key] = model._outputs_for(x)
        compiled: Compiled = model._compiled
        y = compiled.targets(y, known[key], model.dtype, op)
        return x, y, compiled.weights(sample_weight, op)

    count = _steps(steps, name, op)
    data = StreamData(source, count, model.dtype, prepare, op, model._keeps_integers)
    try:
        data.peek()
    except BaseException:
        data.close()
        raise
    return data


def prediction_stream(model: Any, source: Any, steps: Any) -> StreamData:
    """Return batches to predict for; targets and weights are dropped.

    Raises:
        TypeError: steps is not an integer.
        ValueError: it is below 1.
    """

    def prepare(x: Any, y: Any, sample_weight: Any) -> Arrays:
        return model._arrange(x, "predict"), None, None

    count = _steps(steps, "steps", "predict")
    return StreamData(source, count, model.dtype, prepare, "predict", model._keeps_integers)


def refuse_beside_stream(op: str, **given: Any) -> None:
    """Refuse arguments that make no sense beside data that comes batch by batch.

    Raises:
        ValueError: one of them is given.

    >>> refuse_beside_stream("fit", y=None, sample_weight=None)
    """
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"[{op}] {name} cannot be given with x as a stream. Its batches are x, (x, y) or "
                "(x, y, sample_weight)"
            )


def refuse_beside_arrays(op: str, **given: Any) -> None:
    """Refuse arguments that make no sense beside arrays.

    Raises:
        ValueError: one of them is given.

    >>> refuse_beside_arrays("fit", steps_per_epoch=None)
    """
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"[{op}] {name} is for generators, iterables and PyDatasets; arrays have as many "
                "steps as batches"
            )


def _steps(steps: Any, name: str, op: str) -> int | None:
    return None if steps is None else positive_integer(steps, name, op)

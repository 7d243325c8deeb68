"""From what `fit`, `evaluate` and `predict` are given to streams that fit the model."""

from __future__ import annotations

from typing import Any

from mark1.models.checks import positive_integer
from mark1.models.compiled import Compiled, Shape
from mark1.models.data import weights_of_classes
from mark1.models.sources import Arrays
from mark1.models.streams import StreamData
from mark1.typing import Array


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
    known: dict[tuple[int, ...], Shape] = {}

    def prepare(x: Array, y: Array | None, sample_weight: Array | None) -> Arrays:
        if y is None:
            raise ValueError(f"[{op}] needs targets: batches must be (x, y)")
        if class_weight is not None:
            sample_weight = weights_of_classes(class_weight, y, sample_weight)
        model.check_input(x.shape)
        if x.shape[1:] not in known:
            known[x.shape[1:]] = model._output_shape_for(x)
        compiled: Compiled = model._compiled
        return x, compiled.targets(y, known[x.shape[1:]], model.dtype), sample_weight

    data = StreamData(source, _steps(steps, name, op), model.dtype, prepare, op)
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

    def prepare(x: Array, y: Array | None, sample_weight: Array | None) -> Arrays:
        model.check_input(x.shape)
        return x, None, None

    return StreamData(source, _steps(steps, "steps", "predict"), model.dtype, prepare, "predict")


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

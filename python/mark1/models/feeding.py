"""From what `fit`, `evaluate` and `predict` are given to streams that fit the model."""

from __future__ import annotations

from typing import Any

from mark1.models.checks import positive_integer
from mark1.models.compiled import Compiled
from mark1.models.data import Arrays, kept_dtype, weights_of_classes
from mark1.models.streams import StreamData
from mark1.utils.nest import map_structure


def prepared(
    model: Any, arrays: Arrays, op: str, step: str, outputs: dict[str, Any] | None = None
) -> Arrays:
    """Check inputs against the model, and targets against its outputs.

    Args:
        model: a compiled model.
        arrays: inputs, targets, weights.
        op: what messages begin with.
        step: ``"train_step"`` or ``"test_step"``. One of the model's own gets targets as they are.
        outputs: where names and shapes of outputs are kept, by shapes of inputs.

    Returns:
        Inputs, targets and weights for `Batch`.
    """
    x, y, sample_weight = arrays
    compiled: Compiled = model._compiled
    own = model._has_own(step)
    x = model._arrange(x, op)
    known = {} if outputs is None else outputs
    key = repr(map_structure(lambda a: a.shape[1:], x))
    if key not in known and not (own and compiled.needs_no_outputs):
        known[key] = model._outputs_for(x)
    if not own:
        y = compiled.targets(y, known[key], model.dtype, op)
        return x, y, compiled.weights(sample_weight, op)
    if y is not None:
        y = map_structure(lambda a: a.astype(kept_dtype(a, model.dtype), copy=False), y)
        if key in known:
            compiled.resolve(y, known[key])
    return x, y, sample_weight


def training_stream(
    model: Any,
    source: Any,
    steps: Any,
    op: str,
    step: str,
    name: str = "steps",
    class_weight: dict[int, float] | None = None,
) -> StreamData:
    """Return batches to train or test with; the first is looked at, and builds the model.

    Raises:
        TypeError: steps is not an integer, or a batch not made of arrays of numbers.
        ValueError: the first batch does not go with the model, has no targets, or does not exist.
    """
    outputs: dict[str, Any] = {}

    def prepare(x: Any, y: Any, sample_weight: Any) -> Arrays:
        if y is None and not model._has_own(step):
            raise ValueError(f"[{op}] needs targets: batches must be (x, y)")
        if class_weight is not None:
            sample_weight = weights_of_classes(class_weight, y, sample_weight)
        return prepared(model, (x, y, sample_weight), op, step, outputs)

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


def _steps(steps: Any, name: str, op: str) -> int | None:
    return None if steps is None else positive_integer(steps, name, op)

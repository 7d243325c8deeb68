"""predict, and what a model says about its speed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np

from mark1.layers.arguments import shapes_of
from mark1.models.checks import positive_integer
from mark1.models.compiled import Compiled
from mark1.models.data import ArrayData, check_arrays, first_batches, to_batch
from mark1.models.feeding import prediction_stream
from mark1.models.loops import predict_loop
from mark1.models.placement import Placed, placed
from mark1.models.runner import Runner
from mark1.models.sources import is_stream
from mark1.models.speed import explain
from mark1.models.steps import PredictStep
from mark1.recording import Replay, ReplayCache
from mark1.typing import Array
from mark1.utils.nest import flatten, map_structure


class Predictor(Placed):
    """What every model can do with inputs alone."""

    _compiled: Compiled | None = None
    _replays_of_predict: ReplayCache | None = None
    _last_predict: tuple[tuple[int, ...], Any, Replay] | None = None

    @placed
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Compute the outputs.

        A row's output does not depend on the rows beside it: any batch_size gives the same bits.

        Args:
            x: inputs (n, ...); or batches of them, from a generator, an iterable or a
                `mark1.utils.PyDataset`.
            batch_size: samples per step; chosen for speed if None; a stream's batches are as they
                come.
            verbose: 0 silent, 1 or "auto" a progress bar when there is more than one step.
            steps: batches to compute, the first ones; all if None. Of arrays a batch then has 32
                samples if batch_size is None.
            callbacks: a list of `mark1.callbacks.Callback`.

        Returns:
            Array (n, ...); a model with several outputs has a nest of arrays.

        Raises:
            TypeError: data that is not an array of numbers.
            ValueError: shapes that do not go together.

        >>> import mark1
        >>> model = mark1.Sequential([mark1.layers.Dense(3, kernel_initializer="ones")])
        >>> model.predict([[1.0, 2.0]])
        array([[3., 3., 3.]], dtype=float32)
        """
        if batch_size is None and callbacks is None and steps is None:
            out = self._predict_at_once(x)
            if out is not None:
                return out
        default = 256 if steps is None else 32
        size = (
            default if batch_size is None else positive_integer(batch_size, "batch_size", "predict")
        )
        if is_stream(x):
            with closing(prediction_stream(self, x, steps)) as stream:
                return predict_loop(self, self._predict_runner(), stream, callbacks, verbose)
        arrays = check_arrays(x, None, None, "predict")
        x = self._arrange(first_batches(arrays, steps, size, "steps", "predict")[0], "predict")
        data = ArrayData(x, None, None, self.dtype, size, self._keeps_integers)
        runner = self._predict_runner()
        out = predict_loop(self, runner, data, callbacks, verbose)
        one = isinstance(x, np.ndarray) and isinstance(out, np.ndarray)
        if one and data.steps == 1 and x.dtype.name == data.x.dtype and not runner.eager:
            self._last_predict = (x.shape, x.dtype, runner.replay(data.whole, data.samples))
        return out

    @placed
    def predict_on_batch(self, x: Any) -> Any:
        """Compute the outputs of one batch.

        Returns:
            Array (n, ...).
        """
        x = check_arrays(x, None, None, "predict_on_batch")[0]
        x = self._arrange(x, "predict_on_batch")
        batch = to_batch(x, None, None, self.dtype, self._keeps_integers)
        return map_structure(np.array, self._predict_runner().once(batch))

    def _arrange(self, x: Any, op: str) -> Any:
        """Check arrays of inputs and return them in the nest that the model is called with."""
        self.check_input(shapes_of(x))
        return x

    def _outputs_for(self, x: Any) -> list[tuple[str, Any]]:
        """Return names and shapes of the outputs for such inputs, building the model if need be."""
        first = to_batch(
            map_structure(lambda a: a[:1], x), None, None, self.dtype, self._keeps_integers
        )
        return named_shapes(self(first.x, training=False))

    def _predict_at_once(self, x: Any) -> Array | None:
        """Return the outputs for inputs like those of the last call, if that has a program."""
        if self._last_predict is None or type(x) is not np.ndarray:
            return None
        shape, dtype, replay = self._last_predict
        if x.shape != shape or x.dtype != dtype or not x.flags.c_contiguous:
            return None
        program = replay.program
        if program is None:
            return None
        ((out_shape, out_dtype),) = program.outputs
        out = np.empty(out_shape, out_dtype)
        return out if program.call_array(x, out) else None

    def explain_speed(self, print_fn: Callable[[str], Any] | None = None) -> None:
        """Say whether steps run natively, why if not, and where the time goes per operation.

        Every 64th native step is timed kernel by kernel, on a device two of the first alone, so
        nothing has to be run for it.

        Args:
            print_fn: what the text is given to; `print` if None.

        >>> import mark1
        >>> model = mark1.Sequential([mark1.Input((2,)), mark1.layers.Dense(1)])
        >>> model.explain_speed()
        No step has run yet: call fit, evaluate or predict first.
        """
        compiled = self._compiled
        replays = [] if compiled is None else compiled.replays.items()
        if self._replays_of_predict is not None:
            replays += self._replays_of_predict.items()
        eagerly = compiled is not None and compiled.run_eagerly
        text = explain(replays, eagerly)
        if self._device is not None:
            text = f"On {self._device} ({self._reason}).\n{text}"
        (print if print_fn is None else print_fn)(text)

    def _predict_runner(self) -> Runner:
        if self._replays_of_predict is None:
            self._replays_of_predict = ReplayCache()
        eager = self._compiled is not None and self._compiled.run_eagerly
        return Runner(PredictStep(self), "predict", self._replays_of_predict, eager)


def named_shapes(outputs: Any) -> list[tuple[str, Any]]:
    """Return names and shapes of outputs in the order of `flatten`; a single one has no name.

    >>> from mark1 import ops
    >>> named_shapes({"b": ops.ones((1, 2)), "a": ops.ones((1, 3))})
    [('a', (None, 3)), ('b', (None, 2))]
    """
    shapes = [(None, *y.shape[1:]) for y in flatten(outputs)]
    if len(shapes) == 1:
        return [("", shapes[0])]
    keyed = isinstance(outputs, dict) and len(outputs) == len(shapes)
    names = sorted(outputs) if keyed else [f"output_{i + 1}" for i in range(len(shapes))]
    return list(zip(names, shapes, strict=True))

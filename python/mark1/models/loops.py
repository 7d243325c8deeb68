"""The loops over epochs and batches, and what they tell callbacks."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any

import numpy as np

from mark1 import devices, random
from mark1._core import Tensor
from mark1.callbacks import CallbackList, History
from mark1.models.compiled import Compiled
from mark1.models.data import ArrayData
from mark1.models.glance import Glance
from mark1.models.interruption import Interruption
from mark1.models.runner import Results, Runner
from mark1.models.streams import StreamData
from mark1.models.walks import Data, PartWalk, Pieces, walk

Logs = dict[str, float]


class FitLoop:
    """Training, with validation.

    Args:
        model: the model; its ``stop_training`` ends the loop.
        compiled: its loss, optimizer and metrics.
        data: what to train on.
        validation: what to validate with, or None.
        validation_freq: validate after every so many epochs.
        steps: of an epoch over data in memory; all if None.
    """

    def __init__(
        self,
        model: Any,
        compiled: Compiled,
        data: Data,
        validation: Data | None,
        validation_freq: int,
        steps: int | None = None,
    ) -> None:
        self._model = model
        self._compiled = compiled
        self._data = data
        self._validation = validation
        self._validation_freq = validation_freq
        self._steps = steps
        self._pass: Any = None  # that the last epoch has left unfinished

    def run(
        self, initial_epoch: int, epochs: int, shuffle: bool, callbacks: Any, verbose: Any
    ) -> History:
        """Train from one epoch to another and return the history."""
        model = self._model
        count = self._steps or self._data.steps
        hooks = make_callbacks(callbacks, model, verbose, history=True, epochs=epochs, steps=count)
        model.stop_training = False
        step = model._step("train_step")
        runner = self._compiled.runner(step, "fit")
        logs: Logs = {}
        try:
            with Interruption() as interruption:
                hooks.on_train_begin()
                begin, model._resumed_at = model._resumed_at or initial_epoch, None
                for epoch in range(begin, epochs):
                    if not self._data.more():
                        break
                    steps = self._begin(runner, shuffle)
                    hooks.on_epoch_begin(epoch)
                    done = self._epoch(step, steps, hooks, interruption)
                    # Of a stream only known now.
                    hooks.params["steps"] = self._steps or self._data.steps
                    logs = step.results()
                    if not interruption.requested and (epoch + 1) % self._validation_freq == 0:
                        logs.update(self._validate(hooks, interruption))
                    if interruption.requested:
                        hooks.params["interrupted"] = True
                        hooks.close()
                        _say_interrupted(verbose, epoch, done)
                        break
                    hooks.on_epoch_end(epoch, logs)
                    if model.stop_training:
                        break
                self._compiled.optimizer.finalize_variable_values(model.trainable_variables)
                hooks.on_train_end(logs)
        except BaseException:
            hooks.close()
            raise
        history: History = hooks.history
        return history

    def _order(self) -> Tensor | None:
        """Return the order of samples, or of a stream's batches, in the model's next epoch.

        A shuffle goes from number to number, which a processor does in 2 to 3 ns, one thread of a
        device in a microsecond. The order then lies where the data do, because who picks batches
        reads it.
        """
        data = self._data
        count = data.numbers if isinstance(data, StreamData) else data.samples
        if count is None:
            return None
        generator = self._model.shuffle_generator
        epoch = int(np.asarray(generator.next())[1])
        with devices.device("cpu"):
            order = random.permutation(count, generator.seed, epoch)
        return order.to(data.device)

    def _begin(self, runner: Runner, shuffle: bool) -> Any:
        """Return the steps of an epoch."""

        def whole() -> Any:
            return walk(self._data, self._order() if shuffle else None, runner)

        if self._steps is None:
            return whole()
        left = None if self._pass is None else self._pass.walk
        self._pass = PartWalk(left, whole, self._steps)
        return self._pass

    def _epoch(
        self, step: Any, walked: Any, hooks: CallbackList, interruption: Interruption
    ) -> int:
        step.reset()
        every = hooks.wants_train_batches
        glance = Glance(step)
        with closing(walked) as steps:
            while steps.more():
                if every:
                    hooks.on_train_batch_begin(steps.done)
                steps.advance(every)
                if every:
                    hooks.on_train_batch_end(steps.done - 1, step.results())
                elif hooks.due() and (seen := glance(steps.done)) is not None:
                    hooks.on_train_batch_end(*seen)
                if interruption.requested or self._model.stop_training:
                    break
            done: int = steps.done
        return done

    def _validate(self, hooks: CallbackList, interruption: Interruption) -> Logs:
        if self._validation is None:
            return {}
        self._validation.reset()
        if not self._validation.more():
            return {}
        logs = run_test(self._model, self._compiled, self._validation, hooks, interruption)
        return {f"val_{name}": value for name, value in logs.items()}


def make_callbacks(
    callbacks: Any, model: Any, verbose: Any, history: bool = False, **params: Any
) -> CallbackList:
    """Return the callbacks of a run; one that is a CallbackList already is used as it is.

    Raises:
        ValueError: verbose is not "auto", 0, 1 or 2.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise ValueError(f"[fit] verbose must be 'auto', 0, 1 or 2, got {verbose!r}")
    if isinstance(callbacks, CallbackList):
        return callbacks
    verbose = 1 if verbose == "auto" else int(verbose)
    return CallbackList(
        callbacks,
        add_history=history,
        add_progbar=verbose != 0,
        model=model,
        verbose=verbose,
        **params,
    )


def run_test(
    model: Any,
    compiled: Compiled,
    data: Data,
    hooks: CallbackList,
    interruption: Interruption | None = None,
) -> Logs:
    """Measure loss and metrics on data, telling callbacks."""
    step = model._step("test_step")
    runner = compiled.runner(step, "evaluate")
    every = hooks.wants_test_batches
    glance = Glance(step)
    step.reset()
    hooks.on_test_begin()
    with closing(walk(data, None, runner)) as steps:
        while steps.more():
            if every:
                hooks.on_test_batch_begin(steps.done)
            steps.advance(every)
            if every:
                hooks.on_test_batch_end(steps.done - 1, step.results())
            elif hooks.due() and (seen := glance(steps.done)) is not None:
                hooks.on_test_batch_end(*seen)
            if interruption is not None and interruption.requested:
                break
    logs: Logs = step.results()
    hooks.on_test_end(logs)
    return logs


def test_loop(model: Any, compiled: Compiled, data: Data, callbacks: Any, verbose: Any) -> Logs:
    """Measure loss and metrics on data."""
    hooks = make_callbacks(callbacks, model, verbose, steps=data.steps)
    try:
        return run_test(model, compiled, data, hooks)
    except BaseException:
        hooks.close()
        raise


test_loop.__test__ = False  # type: ignore[attr-defined]  # pytest shall not collect it


def predict_loop(model: Any, runner: Runner, data: Data, callbacks: Any, verbose: Any) -> Any:
    """Return the outputs for all of data; a single batch goes without callbacks."""
    results: Any = Pieces() if isinstance(data, StreamData) else Results(data.samples)
    if isinstance(data, ArrayData) and data.steps == 1 and not callbacks:
        runner.advance(data, None, 0, 1, results)
        return results.array
    hooks = make_callbacks(callbacks, model, verbose, steps=data.steps)
    every = hooks.wants_predict_batches
    try:
        hooks.on_predict_begin()
        with closing(walk(data, None, runner, results)) as steps:
            while steps.more():
                if every:
                    hooks.on_predict_batch_begin(steps.done)
                steps.advance(every)
                if every or hooks.due():
                    hooks.on_predict_batch_end(steps.done - 1)
        hooks.on_predict_end()
    except BaseException:
        hooks.close()
        raise
    return results.array


def _say_interrupted(verbose: Any, epoch: int, batches: int) -> None:
    if verbose:
        sys.stdout.write(
            f"Interrupted: training stopped after batch {batches} of epoch {epoch + 1}\n"
        )
        sys.stdout.flush()

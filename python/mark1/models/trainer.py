"""compile, fit, evaluate, predict."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

from mark1 import random
from mark1.models.checks import positive_integer
from mark1.models.compiled import Compiled
from mark1.models.data import (
    ArrayData,
    Arrays,
    Batch,
    as_list,
    first_batches,
    read_arrays,
    split_validation,
    validation_arrays,
    weights_of_classes,
)
from mark1.models.feeding import (
    prepared,
    refuse_beside_stream,
    training_stream,
)
from mark1.models.heads import refuse_other_outputs
from mark1.models.loops import FitLoop, test_loop
from mark1.models.own_steps import OwnStep, OwnSteps, metrics_in
from mark1.models.placement import placed, worded
from mark1.models.predictor import Predictor
from mark1.models.sources import is_stream
from mark1.models.steps import TestStep, TrainStep
from mark1.models.walks import Data
from mark1.optimizers.loss_scale_optimizer import loss_scaled

if TYPE_CHECKING:
    from mark1.callbacks import History


class Trainer(OwnSteps, Predictor):
    """What every model can do with data; `Model` adds the rest."""

    stop_training = False
    _resumed_at: int | None = None  # the epoch that a callback has fit begin with
    history: Any = None
    _incidental = frozenset({"stop_training", "history", "built"})
    _shuffle_generator: random.SeedGenerator | None = None

    @worded
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        device: str | None = None,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: a name, a config or an Optimizer.
            loss: a name, a config, a Loss, or a function ``(y_true, y_pred)`` of tensors; for
                several outputs a list of them, or a dictionary by the outputs' names.
            loss_weights: what the outputs' losses count in their sum: numbers, in a list or a
                dictionary; 1 if None.
            metrics: a list of names, Metrics or functions; for several outputs a list of lists, or
                a dictionary.
            weighted_metrics: likewise; these take sample_weight and class_weight into account.
            run_eagerly: whether every step runs in Python.
            steps_per_execution: accepted, without effect.
            jit_compile: accepted, without effect.
            auto_scale_loss: whether policy "mixed_float16" gets a LossScaleOptimizer.
            device: where to put the model, see `to`; "auto" for a GPU if one can be used, and a
                line that says so; where it is if None.

        Raises:
            TypeError: an argument is none of these.
            ValueError: an unknown name; the nearest is suggested.
        """
        if isinstance(loss_weights, (list, tuple)) and any(
            isinstance(weight, str) for weight in loss_weights
        ):
            raise ValueError(
                f"[compile] loss_weights are numbers. Metrics are named: metrics={loss_weights!r}"
            )
        names = getattr(self, "output_names", ())
        if len(names) == 1:
            refuse_other_outputs(names, loss=loss, metrics=metrics, loss_weights=loss_weights)
        self._last_predict = None
        self._compiled = Compiled(
            optimizer,
            loss,
            metrics,
            weighted_metrics,
            run_eagerly,
            loss_weights=loss_weights,
        )
        if auto_scale_loss and self.dtype_policy.name == "mixed_float16":
            self._compiled.optimizer = loss_scaled(self._compiled.optimizer)
        self._choose(device)

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled is not None

    @property
    def optimizer(self) -> Any:
        """The optimizer, or None before `compile`."""
        return None if self._compiled is None else self._compiled.optimizer

    @property
    def loss(self) -> Any:
        """The loss as `compile` was given it."""
        return None if self._compiled is None else self._compiled._given_loss

    @property
    def metrics(self) -> list[Any]:
        """The mean loss and the metrics; those chosen by shape appear with the first data."""
        if self._compiled is None:
            return list(metrics_in(self))
        return [self._compiled.loss_tracker, *self._compiled.metrics, *metrics_in(self)]

    @property
    def metrics_names(self) -> list[str]:
        """The names of `metrics`, in the order in which `evaluate` returns them."""
        return [m.name for m in self.metrics]

    @property
    def shuffle_generator(self) -> random.SeedGenerator:
        """What `fit` shuffles by: a seed, and the number of epochs shuffled so far.

        It is saved with the optimizer, so that a resumed run goes on with the orders that the
        unbroken one would have had.
        """
        if self._shuffle_generator is None:
            self._shuffle_generator = random.SeedGenerator(random.make_seed())
        return self._shuffle_generator

    def reset_metrics(self) -> None:
        """Begin all totals anew."""
        self._need_compiled("reset_metrics").reset()

    @placed
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
    ) -> History:
        """Train for a number of epochs.

        Ctrl-C ends training after the current batch; the model stays usable and the history of the
        finished epochs is returned. After the first two steps an epoch runs natively, see
        `explain_speed`. Contiguous arrays of the right dtype are not copied: what another thread
        writes into them meanwhile is seen by later batches, and a label that has become invalid
        ends training with an error between two steps.

        Args:
            x: inputs (n, ...): an array, or anything NumPy can read. Or batches, ``(x, y)`` or
                ``(x, y, sample_weight)`` each, from a generator, an iterable or a
                `mark1.utils.PyDataset`; they are made on a thread of their own, ahead of their use.
            y: targets (n, ...).
            batch_size: samples per step; 32 if None; a stream's batches are as they come.
            epochs: number of the last epoch.
            verbose: 0 silent, 1 or "auto" a progress bar, 2 one line per epoch.
            callbacks: a list of `mark1.callbacks.Callback`.
            validation_split: share of the samples, taken from the end, to validate with.
            validation_data: ``(x, y)`` or ``(x, y, sample_weight)`` to validate with, or a stream.
            shuffle: whether every epoch has its own order: of samples, or of the batches of a
                `mark1.utils.PyDataset`.
            class_weight: class number to weight.
            sample_weight: (n,).
            initial_epoch: number of epochs done before, in earlier calls.
            steps_per_epoch: batches of an epoch; all if None. Over arrays an epoch goes on where
                the last one stopped, and where they end, from the start; training ends with a
                generator that ends.
            validation_steps: batches to validate with, the first ones; all if None.
            validation_batch_size: batch_size if None.
            validation_freq: validate after every so many epochs.

        Returns:
            A `mark1.callbacks.History`.

        Raises:
            TypeError: data that is not an array of numbers, arguments of a wrong type.
            ValueError: shapes or values that do not go together.

        >>> import mark1, numpy as np
        >>> mark1.utils.set_random_seed(0)
        >>> model = mark1.Sequential([mark1.Input((2,)), mark1.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.eye(2, dtype="float32")
        >>> history = model.fit(x, x[:, :1], epochs=3, verbose=0)
        >>> len(history.history["loss"])
        3
        """
        compiled = self._need_loss("fit", "train_step")
        batch_size = positive_integer(32 if batch_size is None else batch_size, "batch_size", "fit")
        epochs = positive_integer(epochs, "epochs", "fit")
        initial_epoch = positive_integer(initial_epoch, "initial_epoch", "fit", least=0)
        validation_freq = positive_integer(validation_freq, "validation_freq", "fit")
        if validation_data is not None:
            validation_split = 0.0
        with ExitStack() as streams:
            tail = limit = None
            if is_stream(x):
                split = validation_split or None
                refuse_beside_stream(
                    "fit", y=y, sample_weight=sample_weight, validation_split=split
                )
                stream = training_stream(
                    self, x, steps_per_epoch, "fit", "train_step", "steps_per_epoch", class_weight
                )
                data: Data = streams.enter_context(stream)
            else:
                if steps_per_epoch is not None:
                    limit = positive_integer(steps_per_epoch, "steps_per_epoch", "fit")
                if y is None and not self._has_own("train_step"):
                    raise ValueError("[fit] needs targets: fit(x, y), or x a generator of (x, y)")
                arrays = read_arrays(x, y, sample_weight, "fit")
                if validation_split:
                    arrays, tail = split_validation(arrays, validation_split)
                # After the split: what is validated with is not weighted.
                if class_weight is not None:
                    weights = weights_of_classes(class_weight, arrays[1], arrays[2])
                    arrays = (arrays[0], arrays[1], weights)
                data = self._data(arrays, batch_size, "fit", "train_step")
            size = batch_size
            if validation_batch_size is not None:
                size = positive_integer(validation_batch_size, "validation_batch_size", "fit")
            validation: Data | None = None
            if is_stream(validation_data):
                validation = streams.enter_context(
                    training_stream(
                        self,
                        validation_data,
                        validation_steps,
                        "validation",
                        "test_step",
                        "validation_steps",
                    )
                )
            else:
                if validation_data is not None:
                    tail = validation_arrays(validation_data)
                if tail is not None:
                    tail = first_batches(tail, validation_steps, size, "validation_steps", "fit")
                    validation = self._data(tail, size, "fit", "test_step")
            loop = FitLoop(self, compiled, data, validation, validation_freq, limit)
            with compiled.exclusive("fit"):
                return loop.run(initial_epoch, epochs, bool(shuffle), callbacks, verbose)

    @placed
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Measure loss and metrics.

        Args:
            x: inputs (n, ...), or a stream of batches as for `fit`.
            y: targets (n, ...).
            batch_size: samples per step; 32 if None.
            verbose: 0 silent, 1 or "auto" a progress bar, 2 one line.
            sample_weight: (n,).
            steps: batches to measure, the first ones; all if None.
            callbacks: a list of `mark1.callbacks.Callback`.
            return_dict: whether to return a dictionary.

        Returns:
            The loss; with metrics, a list of the loss and them; or a dictionary.

        Raises:
            TypeError: data that is not an array of numbers.
            ValueError: shapes or values that do not go together.

        >>> import mark1
        >>> model = mark1.Sequential([mark1.layers.Dense(1, kernel_initializer="ones")])
        >>> model.compile("sgd", "mse", metrics=["mae"])
        >>> model.evaluate([[1.0], [2.0]], [[0.0], [0.0]], verbose=0)
        [2.5, 1.5]
        """
        compiled = self._need_loss("evaluate", "test_step")
        size = positive_integer(32 if batch_size is None else batch_size, "batch_size", "evaluate")
        if is_stream(x):
            refuse_beside_stream("evaluate", y=y, sample_weight=sample_weight)
            data: Data = training_stream(self, x, steps, "evaluate", "test_step")
        else:
            if y is None and not self._has_own("test_step"):
                raise ValueError("[evaluate] needs targets: evaluate(x, y)")
            arrays = read_arrays(x, y, sample_weight, "evaluate")
            arrays = first_batches(arrays, steps, size, "steps", "evaluate")
            data = self._data(arrays, size, "evaluate", "test_step")
        with closing(data), compiled.exclusive("evaluate"):
            logs = test_loop(self, compiled, data, callbacks, verbose)
        return logs if return_dict else as_list(logs)

    @placed
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Make one training step; the totals go on from call to call until `reset_metrics`.

        Returns:
            The loss; with metrics, a list of the loss and them; or a dictionary.

        >>> import mark1
        >>> model = mark1.Sequential([mark1.layers.Dense(1, kernel_initializer="ones")])
        >>> model.compile(mark1.optimizers.SGD(0.25), "mse")
        >>> [model.train_on_batch([[1.0]], [[0.0]]) for _ in range(2)]
        [1.0, 0.5]
        """
        compiled = self._need_loss("train_on_batch", "train_step")
        arrays = read_arrays(x, y, sample_weight, "train_on_batch")
        if class_weight is not None and arrays[1] is not None:
            arrays = (*arrays[:2], weights_of_classes(class_weight, arrays[1], arrays[2]))
        batch = self._one_batch(arrays, "train_on_batch", "train_step")
        with compiled.exclusive("train_on_batch"):
            step = self._step("train_step")
            compiled.runner(step, "train_on_batch").once(batch)
            logs: dict[str, float] = step.results()
        return logs if return_dict else as_list(logs)

    @placed
    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Measure one batch; the totals go on from call to call until `reset_metrics`.

        Returns:
            The loss; with metrics, a list of the loss and them; or a dictionary.
        """
        compiled = self._need_loss("test_on_batch", "test_step")
        arrays = read_arrays(x, y, sample_weight, "test_on_batch")
        batch = self._one_batch(arrays, "test_on_batch", "test_step")
        with compiled.exclusive("test_on_batch"):
            step = self._step("test_step")
            compiled.runner(step, "test_on_batch").once(batch)
            logs: dict[str, float] = step.results()
        return logs if return_dict else as_list(logs)

    def _need_loss(self, op: str, step: str) -> Compiled:
        compiled = self._need_compiled(op)
        if not compiled.has_loss and not self._has_own(step):
            raise ValueError(f"[{op}] the model has no loss: call compile(optimizer, loss)")
        return compiled

    def _step(self, method: str) -> Any:
        """Return the step of training or testing: the class's own, or ours."""
        compiled = self._need_compiled(method)
        if self._has_own(method):
            return OwnStep(self, compiled, method)
        return (TrainStep if method == "train_step" else TestStep)(self, compiled)

    def _one_batch(self, arrays: Arrays, op: str, step: str) -> Batch:
        if arrays[1] is None and not self._has_own(step):
            raise ValueError(f"[{op}] needs targets: {op}(x, y)")
        return self._data(arrays, 1, op, step).whole

    def _data(self, arrays: Arrays, batch_size: int, op: str, step: str) -> ArrayData:
        """Return the data of a step, checked against the model."""
        x, y, weights = prepared(self, arrays, op, step)
        return ArrayData(x, y, weights, self.dtype, batch_size, self._keeps_integers)

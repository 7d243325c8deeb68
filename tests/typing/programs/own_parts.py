"""Layers, models, losses, metrics and callbacks of the user's own, as strict checkers see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from typing_extensions import assert_type

import mark1 as keras
from mark1 import GradientTape, Tensor, layers, ops


class Scale(layers.Layer):
    """A factor for each column."""

    def __init__(self, initial: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initial = initial

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the factors."""
        self.factor = self.add_weight(
            shape=(input_shape[-1],),
            initializer=keras.initializers.Constant(self.initial),
            trainable=True,
            name="factor",
        )
        assert_type(self.factor, keras.Variable)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the products."""
        return inputs * self.factor

    def get_config(self) -> dict[str, Any]:
        """Say how it was made."""
        return {**super().get_config(), "initial": self.initial}


class Mixed(layers.Layer):
    """Several inputs, an option, a mask, two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(4)
        self.norm = layers.BatchNormalization()

    def build(self, query_shape: Any, value_shape: Any) -> None:
        """Build what is inside."""
        self.dense.build(query_shape)
        self.norm.build((None, 4))

    def call(
        self, query: Tensor, value: Tensor, training: bool = False, query_mask: Any = None
    ) -> tuple[Tensor, Tensor]:
        """Return the sum and the first part of it."""
        first = self.norm(self.dense(query), training=training)
        return first + value, first

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Have none."""
        return None


class Distance(keras.Loss):
    """The mean distance."""

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return ops.mean(ops.abs(y_true - y_pred), axis=-1)


def halved(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """A loss that is a function."""
    return ops.mean(ops.square(y_pred - y_true), axis=-1) / 2


class Count(keras.Metric):
    """How many samples there were."""

    def __init__(self, name: str = "count", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true: Tensor, y_pred: Tensor, sample_weight: Any = None) -> None:
        """Take in a batch."""
        self.total.assign_add(ops.sum(ops.ones_like(y_pred)))

    def result(self) -> Tensor:
        """Return the number."""
        return ops.convert_to_tensor(self.total)


class Own(keras.Model):
    """A step of training of one's own."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.hidden = layers.Dense(units, activation="relu")
        self.scale = Scale()
        self.out = layers.Dense(1)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return the outputs."""
        hidden = self.scale(self.hidden(inputs))
        return self.out(hidden, training=training)

    def train_step(self, data: Any) -> dict[str, Any]:
        """Make one step."""
        x, y = data
        with GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    @property
    def metrics(self) -> list[keras.Metric]:
        """What begins anew with every epoch."""
        return [self.loss_tracker]


class Rates(keras.callbacks.Callback):
    """Notes the learning rate of every epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write it down."""
        self.rates.append(float(self.model.optimizer.learning_rate))


class Positive(keras.constraints.Constraint):
    """No weight below 0."""

    def __call__(self, w: Tensor) -> Tensor:
        """Return the weights nearest to these."""
        return ops.relu(w)


class Ramp(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that grows."""

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        return 0.01 * ops.cast(step + 1, "float32")

    def get_config(self) -> dict[str, Any]:
        """Say how it was made: from nothing."""
        return {}


class Batches(keras.utils.PyDataset):
    """Batches that are made when they are needed."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return np.ones((4, 3), "float32"), np.full((4, 1), float(index), "float32")


@keras.saving.register_keras_serializable(package="typing")
def doubled(x: Tensor) -> Tensor:
    """An activation of one's own."""
    return 2.0 * x


def train(parts: Sequence[layers.Layer]) -> keras.callbacks.History:
    """Train a chain of layers."""
    model = keras.Sequential([keras.Input((3,)), *parts, layers.Dense(1, activation=doubled)])
    model.compile(keras.optimizers.Adam(Ramp()), loss=Distance(), metrics=[halved, Count()])
    return model.fit(Batches(), epochs=1, verbose=0)


assert_type(train([Scale(2.0), layers.Dense(2, kernel_constraint=Positive())]).epoch, list[int])
model = Own(4)
model.compile(optimizer="sgd", loss=halved)
rates = Rates()
stop = keras.callbacks.EarlyStopping(monitor="loss", patience=2, restore_best_weights=True)
model.fit(np.ones((8, 3)), np.ones((8, 1)), epochs=2, verbose=0, callbacks=[rates, stop])
assert rates.rates == [float(model.optimizer.learning_rate)] * 2
total, first = Mixed()(ops.ones((2, 3)), ops.ones((2, 4)))

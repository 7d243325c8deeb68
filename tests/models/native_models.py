"""A model with all that a step can contain, for tests of native fits."""

import numpy as np

import mark1
from mark1 import ops
from mark1.layers import Dense, Dropout, Input, Layer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(70, 4))
Y = (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 0)
WEIGHT = RNG.uniform(0.5, 2.0, 70)


class Scale(Layer):
    """A user's own layer."""

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), initializer="ones")

    def call(self, x):
        return x * self.scale + ops.mean(x * x, axis=-1, keepdims=True) * 0.1


def own_loss(y_true, y_pred):
    return ops.mean((y_pred - ops.cast(y_true, y_pred.dtype)) ** 2, axis=-1)


def own_metric(y_true, y_pred):
    return ops.mean(y_pred * y_pred, axis=-1)


def make(dtype="float32", optimizer="adam", run_eagerly=False, seed=1):
    mark1.utils.set_random_seed(seed)
    model = mark1.Sequential(
        [
            Input((4,), dtype=dtype),
            Dense(8, activation="tanh", dtype=dtype),
            Dropout(0.3, dtype=dtype),
            Scale(dtype=dtype),
            Dense(3, activation="softmax", dtype=dtype),
        ],
    )
    rate = 0.01 if optimizer == "adam" else 0.1
    model.compile(
        mark1.optimizers.get({"class_name": optimizer, "config": {"learning_rate": rate}}),
        "sparse_categorical_crossentropy",
        metrics=["accuracy", own_metric],
        weighted_metrics=["sparse_categorical_crossentropy"],
        run_eagerly=run_eagerly,
    )
    return seeded(model)


def seeded(model):
    """Orders come from the global generator: drawn now, they depend on the model's seed alone."""
    assert model.shuffle_generator.seed >= 0
    return model


def fit(model, epochs=4, **options):
    options = {"batch_size": 16, "verbose": 0, "sample_weight": WEIGHT, **options}
    return model.fit(X, Y, epochs=epochs, validation_data=(X[:20], Y[:20]), **options).history


def state(model):
    """Everything that training changes."""
    own = model.optimizer.state_of(model.trainable_variables)
    return [mark1.utils.weights_hash(model), *(v.numpy().tobytes() for v in own)]

"""A metric, a layer with losses of its own and a callback that sets the learning rate."""

import numpy as np

import mark1 as keras
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class BinaryTruePositives(keras.metrics.Metric):
    def __init__(self, name="binary_true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.true_positives = self.add_variable(shape=(), initializer="zeros", name="tp")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "bool")
        y_pred = ops.greater(y_pred, 0.5)
        values = ops.logical_and(ops.equal(y_true, True), ops.equal(y_pred, True))
        values = ops.cast(values, self.dtype)
        if sample_weight is not None:
            sample_weight = ops.cast(sample_weight, self.dtype)
            sample_weight = ops.broadcast_to(sample_weight, ops.shape(values))
            values = ops.multiply(values, sample_weight)
        self.true_positives.assign(self.true_positives + ops.sum(values))

    def result(self):
        return self.true_positives

    def reset_state(self):
        self.true_positives.assign(0)


class Linear(layers.Layer):
    def __init__(self, units=32, regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.regularizer = keras.regularizers.get(regularizer)

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer="random_normal",
            trainable=True,
            regularizer=self.regularizer,
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)
        self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False, name="steps")

    def call(self, inputs, training=None):
        if training:
            self.steps.assign_add(1.0)
        self.add_loss(0.01 * ops.mean(ops.square(inputs)))
        return ops.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super().get_config()
        config.update(
            {"units": self.units, "regularizer": keras.regularizers.serialize(self.regularizer)}
        )
        return config


class LossAndLr(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.lrs, self.losses = [], []

    def on_train_begin(self, logs=None):
        self.seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        self.losses.append(logs["loss"])

    def on_epoch_begin(self, epoch, logs=None):
        lr = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.model.optimizer.learning_rate = lr * 0.5
        self.lrs.append(lr)

    def on_epoch_end(self, epoch, logs=None):
        keys = sorted(logs.keys())
        if epoch == 0:
            print(keys)
        if logs.get("loss") < 0:
            self.model.stop_training = True


x = np.random.rand(64, 5).astype("float32")
y = (x.sum(1) > 2.5).astype("float32")[:, None]
model = keras.Sequential(
    [
        keras.Input((5,)),
        Linear(8, regularizer="l2"),
        layers.Activation("relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.1),
    loss="binary_crossentropy",
    metrics=[BinaryTruePositives(), "accuracy", keras.metrics.Precision(name="prec")],
)
cb = LossAndLr()
model.fit(
    x,
    y,
    epochs=3,
    batch_size=16,
    verbose=0,
    callbacks=[cb],
    validation_split=0.25,
    sample_weight=np.ones(64),
)
print(
    [round(rate, 4) for rate in cb.lrs],
    cb.seen,
    len(cb.losses),
    float(model.layers[0].steps.numpy()),
)
c = Linear.from_config(model.layers[0].get_config())
print(c.units)

"""Steps of training and testing for a functional model; lists of layers; streams of batches."""

import numpy as np

import mark1 as keras
import mark1 as tf
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class CustomModel(keras.Model):
    def train_step(self, data):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            sample_weight = None
            x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        trainable_vars = self.trainable_variables
        gradients = tape.gradient(loss, trainable_vars)
        self.optimizer.apply(gradients, trainable_vars)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        x, y = data
        y_pred = self(x, training=False)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


inputs = keras.Input(shape=(32,))
outputs = keras.layers.Dense(1)(inputs)
model = CustomModel(inputs, outputs)
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
x = np.random.random((100, 32))
y = np.random.random((100, 1))
sw = np.random.random((100, 1))
h = model.fit(x, y, sample_weight=sw, epochs=2, verbose=0)
print(sorted(h.history))
print(len(model.evaluate(x, y, verbose=0)))
print(type(model.predict(x[:2], verbose=0)).__name__)


class Boost(keras.Model):
    def __init__(self):
        super().__init__()
        self.b1 = layers.Dense(4)
        self.blocks = [layers.Dense(4) for _ in range(2)]
        self.out = layers.Dense(1)

    def call(self, x, training=False):
        x = self.b1(x)
        for b in self.blocks:
            x = ops.relu(b(x)) + x
        return self.out(x)


b = Boost()
b(np.ones((1, 3)))
print(len(b.trainable_weights), len(b.layers))
b.compile("adam", "mse")
b.fit(np.ones((4, 3)), np.ones(4), verbose=0)
b.summary(print_fn=lambda *a, **k: None)


def gen():
    for k in range(3):
        yield np.ones((4, 3)), np.ones((4, 1))


b.fit(gen(), verbose=0, steps_per_epoch=3)
print(
    b.train_on_batch(np.ones((4, 3)), np.ones((4, 1))) is not None,
    b.test_on_batch(np.ones((4, 3)), np.ones((4, 1))) is not None,
)


class Seq(keras.utils.Sequence):
    def __init__(self, x, y, bs, **kw):
        super().__init__(**kw)
        self.x, self.y, self.bs = x, y, bs

    def __len__(self):
        return int(np.ceil(len(self.x) / self.bs))

    def __getitem__(self, i):
        s = slice(i * self.bs, (i + 1) * self.bs)
        return self.x[s], self.y[s]

    def on_epoch_end(self):
        self.ended = True


s = Seq(np.ones((10, 3)), np.ones((10, 1)), 4, workers=1)
b.fit(s, epochs=2, verbose=0)
print(s.ended, b.predict(s, verbose=0).shape, b.evaluate(s, verbose=0) is not None)

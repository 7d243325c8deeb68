"""Weights tied between layers, and losses that layers add."""

import numpy as np

import mark1 as keras
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class DenseTranspose(layers.Layer):
    def __init__(self, dense, activation=None, **kw):
        super().__init__(**kw)
        self.dense = dense
        self.activation = keras.activations.get(activation)

    def build(self, s):
        self.biases = self.add_weight(
            name="bias", shape=(self.dense.kernel.shape[0],), initializer="zeros"
        )

    def call(self, x):
        return self.activation(ops.matmul(x, ops.transpose(self.dense.kernel)) + self.biases)


d1 = layers.Dense(8, activation="selu")
d2 = layers.Dense(4, activation="selu")
enc = keras.Sequential([keras.Input((12,)), d1, d2])
dec = keras.Sequential([DenseTranspose(d2, "selu"), DenseTranspose(d1, "sigmoid")])
ae = keras.Sequential([enc, dec])
ae.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(0.5))
x = np.random.rand(64, 12).astype("float32")
h = ae.fit(x, x, epochs=3, verbose=0)
print(h.history["loss"][-1] < h.history["loss"][0], len(ae.trainable_weights))


class Sampling(layers.Layer):
    def __init__(self, **k):
        super().__init__(**k)
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, inputs):
        m, lv = inputs
        e = keras.random.normal(shape=(ops.shape(m)[0], ops.shape(m)[1]), seed=self.seed_generator)
        return m + ops.exp(0.5 * lv) * e


class KL(layers.Layer):
    def call(self, inputs):
        m, lv = inputs
        self.add_loss(-0.5 * ops.mean(1 + lv - ops.square(m) - ops.exp(lv)))
        return m


i = keras.Input((12,))
hdd = layers.Dense(8, activation="relu")(i)
m = layers.Dense(2)(hdd)
lv = layers.Dense(2)(hdd)
m = KL()([m, lv])
z = Sampling()([m, lv])
o = layers.Dense(12, activation="sigmoid")(layers.Dense(8, activation="relu")(z))
vae = keras.Model(i, o)
vae.compile("adam", "mse")
h = vae.fit(x, x, epochs=2, verbose=0)
print(np.isfinite(h.history["loss"][-1]))


class Endpoint(layers.Layer):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

    def call(self, targets, logits, sample_weights=None):
        self.add_loss(self.loss_fn(targets, logits, sample_weights))
        return ops.softmax(logits)


inputs = keras.Input((3,), name="inputs")
targets = keras.Input((10,), name="targets")
logits = layers.Dense(10)(inputs)
pred = Endpoint(name="predictions")(targets, logits)
mod = keras.Model([inputs, targets], pred)
mod.compile(optimizer="adam")
hh = mod.fit({"inputs": np.ones((3, 3)), "targets": np.ones((3, 10))}, verbose=0)
print(sorted(hh.history))

"""A loss that defines __call__, dropout that goes on in prediction, one network used twice."""

import numpy as np

import mark1 as keras
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class SupervisedContrastive(keras.losses.Loss):
    def __init__(self, temperature=1, name=None):
        super().__init__(name=name)
        self.temperature = temperature

    def __call__(self, labels, feature_vectors, sample_weight=None):
        f = feature_vectors / ops.sqrt(ops.sum(feature_vectors**2, axis=1, keepdims=True) + 1e-9)
        logits = ops.divide(ops.matmul(f, ops.transpose(f)), self.temperature)
        labels = ops.reshape(labels, (-1, 1))
        eq = ops.cast(ops.equal(labels, ops.transpose(labels)), "float32")
        p = eq / ops.sum(eq, axis=1, keepdims=True)
        return ops.mean(keras.losses.categorical_crossentropy(p, logits, from_logits=True))


enc = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu"), layers.Dense(8)])
x = np.random.rand(64, 6).astype("float32")
y = np.argmax(x[:, :3], 1)
enc.compile(optimizer=keras.optimizers.Adam(0.01), loss=SupervisedContrastive(0.5))
h = enc.fit(x, y, epochs=4, verbose=0)
print(h.history["loss"][-1] < h.history["loss"][0])


def mc(model, x, n=5):
    return np.stack([model(x, training=True).numpy() for _ in range(n)])


m = keras.Sequential(
    [keras.Input((6,)), layers.Dense(16, activation="relu"), layers.Dropout(0.5), layers.Dense(1)]
)
p = mc(m, x)
print(p.shape, p.std(0).mean() > 0)
x1 = keras.Input((6,))
x2 = keras.Input((6,))
cosd = layers.Dot(axes=1, normalize=True)([enc(x1), enc(x2)])
print(keras.Model([x1, x2], cosd)([x, x]).shape)
lam = layers.Lambda(lambda t: ops.abs(t[0] - t[1]))([enc(x1), enc(x2)])
print(lam.shape)

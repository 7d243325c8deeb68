"""Triplets: three inputs to one network, with steps of training and testing of its own."""

import numpy as np

import mark1 as keras
import mark1 as tf
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class DistanceLayer(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, anchor, positive, negative):
        ap = ops.sum(ops.square(anchor - positive), -1)
        an = ops.sum(ops.square(anchor - negative), -1)
        return (ap, an)


inp = layers.Input((6,))
emb = keras.Model(
    inp,
    layers.Dense(4)(layers.BatchNormalization()(layers.Dense(8, activation="relu")(inp))),
    name="Embedding",
)
a, p, n = (layers.Input(name=k, shape=(6,)) for k in ("anchor", "positive", "negative"))
distances = DistanceLayer()(emb(a), emb(p), emb(n))
net = keras.Model(inputs=[a, p, n], outputs=distances)


class SiameseModel(keras.Model):
    def __init__(self, siamese_network, margin=0.5):
        super().__init__()
        self.siamese_network = siamese_network
        self.margin = margin
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def call(self, inputs):
        return self.siamese_network(inputs)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._compute_loss(data)
        gradients = tape.gradient(loss, self.siamese_network.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.siamese_network.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        loss = self._compute_loss(data)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def _compute_loss(self, data):
        ap, an = self.siamese_network(data)
        return ops.maximum(ap - an + self.margin, 0.0)

    @property
    def metrics(self):
        return [self.loss_tracker]


m = SiameseModel(net)
m.compile(optimizer=keras.optimizers.Adam(0.001))


class Triples(keras.utils.PyDataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        r = np.random.default_rng(i).random((3, 8, 6)).astype("float32")
        return ((r[0], r[1], r[2]),)


h = m.fit(Triples(), epochs=2, validation_data=Triples(), verbose=0)
print(sorted(h.history), h.history["loss"][1] <= h.history["loss"][0] * 1.5)
cos = keras.metrics.CosineSimilarity()
print(cos(emb(np.ones((2, 6))), emb(np.ones((2, 6)))).numpy().round(3))

"""A small language model that writes after every epoch; one of its outputs has no loss."""

import numpy as np

import mark1 as keras
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1):
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads, embed_dim)
        self.ffn = keras.Sequential(
            [layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)]
        )
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)

    def call(self, inputs):
        a = self.att(inputs, inputs, use_causal_mask=True)
        a = self.dropout1(a)
        o1 = self.layernorm1(inputs + a)
        return self.layernorm2(o1 + self.dropout2(self.ffn(o1)))


class TokenAndPositionEmbedding(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim):
        super().__init__()
        self.token_emb = layers.Embedding(vocab_size, embed_dim)
        self.pos_emb = layers.Embedding(maxlen, embed_dim)

    def call(self, x):
        maxlen = ops.shape(x)[-1]
        positions = ops.arange(0, maxlen, 1)
        return self.token_emb(x) + self.pos_emb(positions)


inputs = layers.Input(shape=(8,), dtype="int32")
x = TokenAndPositionEmbedding(8, 20, 16)(inputs)
x = TransformerBlock(16, 2, 16)(x)
outputs = layers.Dense(20)(x)
model = keras.Model(inputs=inputs, outputs=[outputs, x])
model.compile("adam", loss=[keras.losses.SparseCategoricalCrossentropy(from_logits=True), None])
xs = np.random.randint(20, size=(64, 9))


class TextGen(keras.callbacks.Callback):
    def __init__(self, k=5):
        self.k = k

    def sample_from(self, logits):
        logits, indices = ops.top_k(logits, k=self.k, sorted=True)
        indices = np.asarray(indices).astype("int32")
        preds = keras.activations.softmax(ops.expand_dims(logits, 0))[0]
        preds = np.asarray(preds).astype("float64")
        return np.random.choice(indices, p=preds / preds.sum())

    def on_epoch_end(self, epoch, logs=None):
        start = [1, 2]
        while len(start) < 6:
            y, _ = self.model.predict(np.array([start + [0] * (8 - len(start))]), verbose=0)
            start.append(int(self.sample_from(y[0][len(start) - 1])))
        self.text = start


t = TextGen()
h = model.fit(xs[:, :-1], xs[:, 1:], verbose=0, epochs=2, callbacks=[t])
print(len(t.text), sorted(h.history))
model.summary(print_fn=lambda *a, **k: None)

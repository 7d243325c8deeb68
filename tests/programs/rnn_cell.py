"""Cells of the user, states in nests, sequence to sequence, states that are kept."""

import numpy as np

import mark1 as keras
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class MinimalRNNCell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer="uniform", name="recurrent_kernel"
        )

    def call(self, inputs, states):
        prev_output = states[0]
        h = ops.matmul(inputs, self.kernel)
        output = h + ops.matmul(prev_output, self.recurrent_kernel)
        return output, [output]


x = keras.Input((None, 5))
y = layers.RNN(MinimalRNNCell(32))(x)
print(y.shape)
cells = [MinimalRNNCell(32), MinimalRNNCell(64)]
y = layers.RNN(cells, return_sequences=True)(x)
print(y.shape)


class NestedCell(keras.layers.Layer):
    def __init__(self, unit_1, **kwargs):
        self.unit_1 = unit_1
        self.state_size = [unit_1, unit_1]
        self.output_size = unit_1
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.k = self.add_weight(
            shape=(input_shape[-1], self.unit_1), initializer="uniform", name="k"
        )

    def call(self, inputs, states):
        s1, s2 = states
        o = ops.matmul(inputs, self.k) + s1
        return o, [s1 + o, s2 + s1]


m = keras.Sequential(
    [
        keras.Input((7, 5)),
        layers.RNN(NestedCell(6), return_sequences=True),
        layers.Bidirectional(layers.GRU(3)),
        layers.Dense(2),
    ]
)
m.compile("rmsprop", "mse")
m.fit(np.random.rand(8, 7, 5), np.zeros((8, 2)), verbose=0)
print(m.output_shape)
enc_in = keras.Input((None, 4))
out, h, c = layers.LSTM(8, return_state=True)(enc_in)
dec_in = keras.Input((None, 3))
dout, _, _ = layers.LSTM(8, return_sequences=True, return_state=True)(dec_in, initial_state=[h, c])
s2s = keras.Model([enc_in, dec_in], layers.Dense(3, activation="softmax")(dout))
s2s.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
s2s.fit(
    [np.random.rand(8, 6, 4), np.random.rand(8, 5, 3)],
    keras.utils.to_categorical(np.random.randint(3, size=(8, 5)), 3),
    verbose=0,
)
enc = keras.Model(enc_in, [h, c])
print([s.shape for s in enc.predict(np.zeros((1, 6, 4)), verbose=0)])
ds = [keras.Input((8,)), keras.Input((8,))]
dec_lstm = [l for l in s2s.layers if isinstance(l, layers.LSTM)][1]
o, sh, sc = dec_lstm(dec_in, initial_state=ds)
dec = keras.Model([dec_in] + ds, [s2s.layers[-1](o), sh, sc])
t, hh, cc = dec.predict([np.zeros((1, 1, 3)), np.zeros((1, 8)), np.zeros((1, 8))], verbose=0)
print(t.shape, hh.shape)
lstm = layers.LSTM(4, stateful=True)
o = lstm(np.ones((2, 3, 5), "float32"))
lstm.reset_state()
print(o.shape)

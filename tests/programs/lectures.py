"""What courses show: tensors, dense, convolutional and recurrent networks, the tape, optimizers."""

import numpy as np

import mark1 as keras
import mark1 as tf
from mark1 import layers, ops
from mark1.layers import (
    LSTM,
    Activation,
    Conv2D,
    Dense,
    Flatten,
    LeakyReLU,
    MaxPooling2D,
    SimpleRNN,
)
from mark1.models import Sequential
from mark1.optimizers import Adam

keras.utils.set_random_seed(0)

# Tensors and broadcasting.
print(
    np.asarray(ops.arange(3) + 5),
    np.asarray(ops.ones((3, 3)) + ops.cast(ops.arange(3), "float32")).tolist(),
)
print(np.asarray(ops.reshape(ops.arange(3), (3, 1)) + ops.arange(3)).tolist())

# A dense network.
model = Sequential()
model.add(Dense(64, input_dim=20))
model.add(LeakyReLU(negative_slope=0.1))
model.add(Dense(64))
model.add(Activation("relu"))
model.add(Dense(10, activation="softmax"))
model.compile(
    loss="categorical_crossentropy", optimizer=Adam(learning_rate=0.001), metrics=["accuracy"]
)
x = np.random.rand(64, 20)
y = keras.utils.to_categorical(np.random.randint(10, size=64), 10)
history = model.fit(x, y, epochs=2, batch_size=16, verbose=0)
print(
    model.count_params(),
    sorted(history.history),
    len(model.evaluate(x, y, verbose=0)),
    model.predict(x, verbose=0).shape,
)

# A convolutional network.
cnn = Sequential(
    [
        Conv2D(32, (3, 3), activation="relu", input_shape=(64, 64, 3)),
        MaxPooling2D(pool_size=(2, 2)),
        Conv2D(64, (3, 3), activation="relu"),
        MaxPooling2D(pool_size=(2, 2)),
        Flatten(),
        Dense(128, activation="relu"),
        Dense(10, activation="softmax"),
    ]
)
cnn.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
cnn.summary(print_fn=lambda *args, **kwargs: None)
cnn.fit(np.random.rand(8, 64, 64, 3), y[:8], verbose=0)
print(cnn.count_params(), [layer.output.shape for layer in cnn.layers][4])

# Recurrent networks.
for recurrent in (SimpleRNN, LSTM):
    rnn = Sequential()
    rnn.add(recurrent(50, input_shape=(None, 1)))
    rnn.add(Dense(1, activation="sigmoid"))
    rnn.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    rnn.summary(print_fn=lambda *args, **kwargs: None)
    rnn.fit(np.random.rand(8, 7, 1), np.ones((8, 1)), verbose=0)
    print(rnn.count_params(), rnn.output_shape)


# The functional API, and a layer of one's own.
class SimpleDense(layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.units = units
        self.activation = activation

    def build(self, input_shape):
        self.W = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        y = ops.matmul(inputs, self.W) + self.b
        return y if self.activation is None else self.activation(y)


inputs = keras.Input(shape=(28 * 28,), name="pixels")
features = SimpleDense(32, activation=ops.relu)(inputs)
outputs = [
    layers.Dense(10, activation="softmax", name="digit")(features),
    layers.Dense(1, name="slant")(features),
]
both = keras.Model(inputs, outputs)
both.compile(optimizer="rmsprop", loss=["sparse_categorical_crossentropy", "mse"])
both.fit(np.random.rand(16, 784), [np.arange(16) % 10, np.ones((16, 1))], verbose=0)
print(both.count_params(), [tuple(out.shape) for out in both.outputs])

# Gradients by the tape: logistic regression, the cost of one weight, second derivatives.
w, b = keras.Variable(np.zeros((2, 1), "float32")), keras.Variable(np.zeros(1, "float32"))
points = np.array([[0.0, 3.0], [3.0, 0.0]], "float32")
labels = np.array([[1.0], [0.0]], "float32")
for step in range(40):
    with tf.GradientTape() as tape:
        phi = ops.sigmoid(ops.matmul(points, w) + b)
        loss = ops.mean(keras.losses.binary_crossentropy(labels, phi))
    dw, db = tape.gradient(loss, [w, b])
    if step == 0:
        by_hand = points.T @ (phi.numpy() - labels) / 2
        print(np.allclose(dw, by_hand))
    w.assign_sub(0.5 * dw)
    b.assign_sub(0.5 * db)
print(bool(loss < 0.1), np.round(phi.numpy()).ravel().tolist())
costs = [
    float(0.5 * ops.sum(ops.square(v * np.array([1.0, 2.0, 3.0]) - np.array([1.0, 2.0, 3.0]))))
    for v in (0.0, 1.0, 2.0)
]
print(costs)
t = keras.Variable(3.0)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        position = 4.9 * t**2
    speed = inner.gradient(position, t)
print(round(float(speed), 3), round(float(outer.gradient(speed, t)), 3))
a, bb, c = (keras.Variable(v) for v in (5.0, 3.0, 2.0))
with tf.GradientTape() as tape:
    j = 3 * (a + bb * c)
print([float(g) for g in tape.gradient(j, [a, bb, c])])

# Nine optimizers on one surface.
for name in ("sgd", "adam", "adagrad", "adadelta", "rmsprop", "adamax", "nadam", "ftrl"):
    v = keras.Variable([1.0, -1.0])
    optimizer = keras.optimizers.get(name)
    with tf.GradientTape() as tape:
        loss = ops.sum(ops.square(v))
    optimizer.apply_gradients([(tape.gradient(loss, v), v)])
    print(name, bool(ops.sum(ops.square(v)) < 2.0))

# XOR by a network, which no line separates.
xor = Sequential([keras.Input((2,)), Dense(8, activation="tanh"), Dense(1, activation="sigmoid")])
xor.compile(Adam(0.1), "binary_crossentropy")
corners, truth = (
    np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"),
    np.array([0, 1, 1, 0], "float32"),
)
xor.fit(corners, truth, epochs=150, verbose=0)
print(np.round(xor.predict(corners, verbose=0)).ravel().tolist())

# What layers respond to.
activations = keras.Model(inputs=cnn.inputs, outputs=[layer.output for layer in cnn.layers[:4]])
print([a.shape for a in activations.predict(np.random.rand(1, 64, 64, 3), verbose=0)])

"""Models as users write them, with the types that checkers must find."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from typing_extensions import assert_type

import mark1 as keras
from mark1 import Model, Sequential, Tensor, layers, ops

Array = npt.NDArray[Any]

x = np.linspace(-1.0, 1.0, 32).reshape(8, 4).astype("float32")
y = np.arange(8) % 3
targets = keras.utils.to_categorical(y, 3)

# A chain of layers, with the arguments of today and of old.
model = Sequential(
    [
        layers.Dense(8, input_dim=4),
        layers.LeakyReLU(alpha=0.1),
        layers.Dropout(0.2),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.summary(print_fn=lambda line: None)
history = model.fit(x, targets, epochs=2, batch_size=4, validation_split=0.25, verbose=0)
assert_type(history, keras.callbacks.History)
assert_type(history.history, dict[str, list[float]])
assert_type(history.history["val_loss"][-1], float)
assert_type(history.epoch, list[int])
assert_type(model.predict(x, verbose=0), Array)
assert_type(model.evaluate(x, targets, verbose=0, return_dict=True), dict[str, float])
loss, accuracy = model.evaluate(x, targets, verbose=0)
assert_type(model.get_weights(), list[Array])
assert_type(model.trainable_variables, list[keras.Variable])
assert_type(model.layers, list[keras.Layer])
assert_type(model.get_layer(index=0), keras.Layer)
assert_type(model.count_params(), int)
assert_type(model.built, bool)
assert_type(model.stop_training, bool)

pictures = Sequential()
pictures.add(layers.Conv2D(4, (3, 3), activation="relu", input_shape=(8, 8, 3)))
pictures.add(layers.MaxPooling2D(pool_size=(2, 2)))
pictures.add(layers.Flatten())
pictures.add(layers.Dense(3, activation="softmax"))
pictures.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(0.1))
pictures.fit(np.zeros((8, 8, 8, 3)), y, verbose=0)

words = Sequential([layers.LSTM(5, input_shape=(None, 1)), layers.Dense(1, activation="sigmoid")])
words.compile("rmsprop", keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.AUC()])
words.fit(np.zeros((8, 6, 1)), np.zeros((8, 1)), verbose=0, callbacks=[])

# Layers and operations with tensors and with what stands for them.
inputs = keras.Input(shape=(4,), name="numbers")
assert_type(inputs, keras.KerasTensor)
hidden = layers.Dense(6, activation="relu")(inputs)
assert_type(hidden, keras.KerasTensor)
assert_type(layers.BatchNormalization()(hidden, training=False), keras.KerasTensor)
assert_type(layers.Concatenate()([hidden, inputs]), keras.KerasTensor)
assert_type(2.0 * hidden - 1.0, keras.KerasTensor)
assert_type(-hidden, keras.KerasTensor)
assert_type(ops.sqrt(hidden * hidden), Tensor)  # in annotations what is symbolic is a tensor, too
assert_type(layers.Dense(2)(x), Tensor)
assert_type(layers.Dense(2)(ops.convert_to_tensor(x), training=True), Tensor)
assert_type(layers.Add()([ops.ones((1, 2)), ops.ones((1, 2))]), Tensor)


def block(z: Tensor, units: int) -> Tensor:
    """Two layers and what goes round them."""
    inner = layers.Dense(units, activation=ops.tanh)(z)
    return ops.relu(layers.LayerNormalization()(inner + z))


one = layers.Dense(1, name="one")(block(hidden, 6))
several = layers.Dense(3, name="several")(hidden)
functional = Model(inputs=inputs, outputs={"one": one, "several": several}, name="two_heads")
assert_type(functional, Model)
assert_type(functional.inputs, list[keras.KerasTensor])
functional.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)),
    loss={"one": "mse", "several": keras.losses.SparseCategoricalCrossentropy(from_logits=True)},
    loss_weights={"one": 0.5, "several": 1.0},
    metrics={"one": ["mae"], "several": [keras.metrics.SparseCategoricalAccuracy()]},
)
functional.fit(
    {"numbers": x},
    {"one": np.ones((8, 1)), "several": y},
    sample_weight={"one": np.ones(8), "several": np.ones(8)},
    epochs=1,
    verbose=0,
)
assert set(functional.predict(x, verbose=0)) == {"one", "several"}
inner_outputs = Model(model.inputs, [layer.output for layer in model.layers])
assert len(inner_outputs(x)) == 4

copy = keras.models.clone_model(model)
assert_type(copy, Model)
copy.set_weights(model.get_weights())
assert_type(keras.models.model_from_json(model.to_json()), Model)

# What strings and configs stand for.
assert_type(keras.losses.MeanSquaredError()(targets, targets), Tensor)
assert_type(keras.losses.mean_squared_error(targets, targets), Tensor)
assert_type(keras.optimizers.get("sgd"), keras.Optimizer)
assert_type(keras.activations.relu(x), Tensor)
assert_type(keras.random.normal((2, 3), seed=1), Tensor)
assert_type(keras.utils.to_categorical([0, 2], 3), npt.NDArray[np.float64])
initial: Tensor = keras.initializers.GlorotUniform(seed=1)((3, 4))
mean = keras.metrics.Mean(name="mean")
mean.update_state([1.0, 2.0])
assert float(mean.result()) == 1.5

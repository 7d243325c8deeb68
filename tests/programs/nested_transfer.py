"""Models in models: freezing, inner outputs, cutting, weights from one to another."""

import numpy as np

import mark1 as keras
from mark1 import layers

keras.utils.set_random_seed(0)


def make_base(include_top=True, name="base"):
    i = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, activation="relu", name="c1")(i)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.MaxPooling2D(name="p1")(x)
    x = layers.Conv2D(16, 3, activation="relu", name="c2")(x)
    if include_top:
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dense(10, name="top")(x)
    return keras.Model(i, x, name=name)


base = make_base(False)
base.trainable = False
inputs = keras.Input(shape=(16, 16, 3))
x = layers.RandomFlip("horizontal")(inputs)
x = layers.RandomRotation(0.1)(x)
x = layers.Rescaling(1.0 / 127.5, offset=-1)(x)
x = base(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy()],
)
xs = np.random.rand(16, 16, 16, 3) * 255
ys = np.random.randint(2, size=(16,))
model.fit(xs, ys, epochs=1, verbose=0)
print(len(model.trainable_weights), len(model.non_trainable_weights))
base.trainable = True
for layer in base.layers[:-1]:
    layer.trainable = False
for layer in base.layers:
    if isinstance(layer, layers.BatchNormalization):
        layer.trainable = False
model.compile(
    optimizer=keras.optimizers.Adam(1e-5), loss=keras.losses.BinaryCrossentropy(from_logits=True)
)
model.fit(xs, ys, verbose=0)
print(len(model.trainable_weights), model.get_layer("base").get_layer("c2").output.shape)
feat = keras.Model(inputs=base.inputs, outputs=[base.get_layer(n).output for n in ("c1", "c2")])
print([tuple(f.shape) for f in feat(xs)])
full = make_base(True)
full.get_layer("c1").set_weights(base.get_layer("c1").get_weights())
cut = keras.Model(full.input, full.layers[-2].output)
print(cut.output_shape)
model.summary(print_fn=lambda s, **k: None)
ens = [make_base(True, f"m{i}") for i in range(2)]
inp = keras.Input((16, 16, 3))
avg = layers.average([e(inp) for e in ens])
print(keras.Model(inp, avg).output_shape)

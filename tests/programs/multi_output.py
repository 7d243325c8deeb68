"""Three inputs and two outputs: losses, weights and metrics by name."""

import numpy as np

import mark1 as keras
from mark1 import layers

keras.utils.set_random_seed(0)
title = keras.Input(shape=(None,), name="title")
body = keras.Input(shape=(None,), name="body")
tags = keras.Input(shape=(12,), name="tags")
tf_ = layers.Embedding(100, 8)(title)
bf = layers.Embedding(100, 8)(body)
tf_ = layers.LSTM(16)(tf_)
bf = layers.LSTM(8)(bf)
x = layers.concatenate([tf_, bf, tags])
priority = layers.Dense(1, name="priority")(x)
department = layers.Dense(4, name="department")(x)
model = keras.Model(
    inputs=[title, body, tags], outputs={"priority": priority, "department": department}
)
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"priority": ["mae"], "department": ["accuracy"]},
)
n = 64
t = np.random.randint(100, size=(n, 10))
b = np.random.randint(100, size=(n, 20))
g = np.random.randint(2, size=(n, 12)).astype("float32")
p = np.random.random(size=(n, 1))
d = keras.utils.to_categorical(np.random.randint(4, size=(n,)), 4)
h = model.fit(
    {"title": t, "body": b, "tags": g},
    {"priority": p, "department": d},
    epochs=2,
    batch_size=32,
    verbose=0,
    sample_weight={"priority": np.ones(n), "department": np.linspace(0, 1, n)},
    validation_split=0.25,
)
print(sorted(h.history))
e = model.evaluate(
    {"title": t, "body": b, "tags": g},
    {"priority": p, "department": d},
    verbose=0,
    return_dict=True,
)
print(sorted(e))
r = model.predict([t, b, g], verbose=0)
print({k: v.shape for k, v in sorted(r.items())})
l = model.evaluate([t, b, g], {"priority": p, "department": d}, verbose=0)
print(len(l))
m2 = keras.Model([title, body, tags], [priority, department])
m2.compile(
    "adam",
    loss=[
        keras.losses.BinaryCrossentropy(from_logits=True),
        keras.losses.CategoricalCrossentropy(from_logits=True),
    ],
    loss_weights=[1.0, 0.2],
    metrics=[["mae"], ["accuracy"]],
)
print(sorted(m2.fit([t, b, g], [p, d], verbose=0).history))

"""Gradients accumulated, clipped, averaged: by hand and by the optimizer."""

import numpy as np

import mark1 as keras
import mark1 as tf
from mark1 import layers, ops

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="tanh"), layers.Dense(1)])
optimizer = keras.optimizers.Adam(1e-2)
loss_fn = keras.losses.MeanSquaredError()
x = np.random.rand(32, 4).astype("float32")
y = x.sum(1, keepdims=True)
acc = [ops.zeros_like(v) for v in model.trainable_variables]
train_acc = keras.metrics.MeanAbsoluteError()
for step in range(8):
    with tf.GradientTape() as tape:
        pred = model(x[step * 4 : (step + 1) * 4], training=True)
        loss = loss_fn(y[step * 4 : (step + 1) * 4], pred) / 4
        loss += sum(model.losses)
    grads = tape.gradient(loss, model.trainable_weights)
    grads = [ops.clip(g, -1.0, 1.0) for g in grads]
    acc = [a + g for a, g in zip(acc, grads)]
    train_acc.update_state(y[step * 4 : (step + 1) * 4], pred)
    if (step + 1) % 4 == 0:
        optimizer.apply_gradients(zip(acc, model.trainable_variables))
        acc = [ops.zeros_like(v) for v in model.trainable_variables]
print(int(optimizer.iterations), float(train_acc.result()) > 0)
train_acc.reset_state()
for kw in (
    {"clipnorm": 1.0},
    {"clipvalue": 0.5},
    {"global_clipnorm": 1.0},
    {"gradient_accumulation_steps": 4},
    {"use_ema": True, "ema_momentum": 0.9},
    {"weight_decay": 0.01},
):
    m = keras.models.clone_model(model)
    m.compile(keras.optimizers.Adam(1e-3, **kw), "mse")
    m.fit(x, y, verbose=0, batch_size=4)
optimizer.apply(grads, model.trainable_variables)


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        l = loss_fn(yb, model(xb, training=True))
    g = tape.gradient(l, model.trainable_weights)
    optimizer.apply_gradients(zip(g, model.trainable_weights))
    return l


losses = [float(train_step(x, y)) for _ in range(5)]
print(losses[-1] < losses[0])

"""Small models and data with which mistakes are made."""

from __future__ import annotations

import os
import tempfile

import numpy as np

import mark1 as keras
from mark1 import layers

C = keras.callbacks
FOLDER = os.path.join(tempfile.gettempdir(), f"mark1-mistakes-{os.getpid()}")
X = np.ones((8, 4), "float32")
Y = np.ones((8, 1), "float32")


def seq(*parts, inp=(4,), **options):
    model = keras.Sequential([keras.Input(inp), *parts])
    if options:
        model.compile(**options)
    return model


def comp(**options):
    return seq(layers.Dense(1), **{"optimizer": "sgd", "loss": "mse", **options})


def saved():
    os.makedirs(FOLDER, exist_ok=True)
    path, weights = (os.path.join(FOLDER, name) for name in ("m.keras", "m.weights.h5"))
    model = seq(layers.Dense(3, name="d"))
    model.save(path)
    model.save_weights(weights)
    return path, weights


class Sub(keras.Model):
    def __init__(self):
        super().__init__()
        self.d = layers.Dense(1)

    def call(self, x):
        return self.d(x)


class NoCall(keras.Model):
    def __init__(self):
        super().__init__()
        self.d = layers.Dense(1)


class NoCallLayer(layers.Layer):
    pass

"""Checkpoints, resuming, and all ways to write a model down."""

import os
import tempfile

import numpy as np

import mark1 as keras
from mark1 import layers

keras.utils.set_random_seed(0)
d = tempfile.mkdtemp()
x = np.random.rand(64, 4).astype("float32")
y = (x[:, :1] > 0.5).astype("float32")


def make_model():
    m = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, activation="relu", name="d1"),
            layers.Dropout(0.1),
            layers.Dense(1, activation="sigmoid", name="d2"),
        ]
    )
    m.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return m


m = make_model()
cbs = [
    keras.callbacks.ModelCheckpoint(
        filepath=os.path.join(d, "best.keras"), save_best_only=True, monitor="val_loss", verbose=0
    ),
    keras.callbacks.ModelCheckpoint(
        os.path.join(d, "cp-{epoch:02d}.weights.h5"), save_weights_only=True
    ),
    keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True),
    keras.callbacks.CSVLogger(os.path.join(d, "log.csv")),
    keras.callbacks.BackupAndRestore(os.path.join(d, "bk")),
    keras.callbacks.TerminateOnNaN(),
]
h = m.fit(x, y, epochs=3, validation_split=0.2, callbacks=cbs, verbose=0)
print(sorted(os.listdir(d)))
best = keras.models.load_model(os.path.join(d, "best.keras"))
print(sorted(best.evaluate(x, y, verbose=0, return_dict=True)))
m2 = make_model()
m2.load_weights(os.path.join(d, "cp-03.weights.h5"))
best.fit(x, y, epochs=5, initial_epoch=3, verbose=0)
m.save(os.path.join(d, "final.keras"))
r = keras.saving.load_model(os.path.join(d, "final.keras"))
print(np.allclose(m.predict(x, verbose=0), r.predict(x, verbose=0)))
print(int(r.optimizer.iterations) == int(m.optimizer.iterations))
j = m.to_json()
k = keras.models.model_from_json(j)
k.set_weights(m.get_weights())
print(np.allclose(m.predict(x, verbose=0), k.predict(x, verbose=0)))
cfg = m.get_config()
print(keras.Sequential.from_config(cfg).count_params())

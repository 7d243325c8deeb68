"""Learning rates: a finder, schedules, callbacks."""

import numpy as np

import mark1 as keras
from mark1 import layers

keras.utils.set_random_seed(0)


class LRFinder(keras.callbacks.Callback):
    def __init__(self, start=1e-4, end=1.0, steps=20):
        super().__init__()
        self.start, self.end, self.steps = start, end, steps
        self.rates, self.losses = [], []

    def on_train_begin(self, logs=None):
        self.factor = (self.end / self.start) ** (1 / self.steps)
        self.model.optimizer.learning_rate.assign(self.start)
        self.saved = self.model.get_weights()

    def on_train_batch_end(self, batch, logs=None):
        lr = float(self.model.optimizer.learning_rate)
        self.rates.append(lr)
        self.losses.append(logs["loss"])
        self.model.optimizer.learning_rate.assign(lr * self.factor)
        if len(self.rates) >= self.steps:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.saved)


x = np.random.rand(320, 5)
y = x @ np.arange(5.0)
model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1)])
model.build((None, 5))
model.compile("sgd", "mse")
f = LRFinder()
model.fit(x, y, batch_size=8, epochs=1, callbacks=[f], verbose=0)
print(len(f.rates), round(f.rates[-1], 4))


def schedule(epoch, lr):
    return lr if epoch < 1 else lr * 0.5


h = model.fit(
    x,
    y,
    epochs=3,
    verbose=0,
    callbacks=[
        keras.callbacks.LearningRateScheduler(schedule, verbose=0),
        keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1),
    ],
)
print(sorted(h.history))
lr_schedule = keras.optimizers.schedules.CosineDecay(0.1, 100, warmup_target=0.2, warmup_steps=10)
model.compile(
    optimizer=keras.optimizers.SGD(
        learning_rate=lr_schedule, momentum=0.9, nesterov=True, clipnorm=1.0
    ),
    loss="mse",
)
model.fit(x, y, epochs=1, verbose=0)
print(round(float(model.optimizer.learning_rate), 4), int(model.optimizer.iterations))

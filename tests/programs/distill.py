"""A student learns from its teacher: compile and compute_loss of the model itself."""

import numpy as np

import mark1 as keras
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.teacher = teacher
        self.student = student

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha=0.1, temperature=3
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, allow_empty=False, training=True
    ):
        teacher_pred = self.teacher(x, training=False)
        student_loss = self.student_loss_fn(y, y_pred)
        distillation_loss = self.distillation_loss_fn(
            ops.softmax(teacher_pred / self.temperature, axis=1),
            ops.softmax(y_pred / self.temperature, axis=1),
        ) * (self.temperature**2)
        return self.alpha * student_loss + (1 - self.alpha) * distillation_loss

    def call(self, x):
        return self.student(x)


def net(n):
    return keras.Sequential(
        [keras.Input((6,)), layers.Dense(n, activation="relu"), layers.Dense(3)]
    )


t, s = net(16), net(4)
x = np.random.rand(96, 6).astype("float32")
y = np.argmax(x[:, :3], 1)
t.compile(
    optimizer=keras.optimizers.Adam(0.05),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
t.fit(x, y, epochs=5, verbose=0)
d = Distiller(student=s, teacher=t)
d.compile(
    optimizer=keras.optimizers.Adam(0.05),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
    student_loss_fn=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    distillation_loss_fn=keras.losses.KLDivergence(),
    alpha=0.1,
    temperature=10,
)
h = d.fit(x, y, epochs=5, verbose=0)
print(sorted(h.history), h.history["loss"][-1] < h.history["loss"][0])
print(len(d.evaluate(x, y, verbose=0)))

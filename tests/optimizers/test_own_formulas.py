"""Optimizers of one's own that derive from native ones, and those whose build makes its state."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers, optimizers


class Hundredfold(optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        self.assign_sub(variable, 100 * learning_rate * gradient)


class Heavy(optimizers.Optimizer):
    def build(self, variables):
        super().build(variables)
        self.m = self.add_optimizer_variables(variables, "m")

    def update_step(self, gradient, variable, learning_rate):
        m = self.m[self._get_variable_index(variable)]
        self.assign(m, 0.9 * m + gradient)
        self.assign_sub(variable, learning_rate * m)


def test_a_formula_takes_the_place_of_the_one_that_was_inherited():
    w = mark1.Variable([1.0])
    Hundredfold(0.01).apply([np.float32([1.0])], [w])
    assert w.numpy()[0] == pytest.approx(0.0, abs=1e-6)


def test_state_is_made_once_however_many_steps_and_fits_there_are(tmp_path):
    model = mark1.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile(Heavy(0.01), "mse")
    x, y = np.ones((8, 2), np.float32), np.ones((8, 1), np.float32)
    for _ in range(3):
        model.train_on_batch(x, y)
        model.fit(x, y, verbose=0)
    assert len(model.optimizer.variables) == 4
    model.save(tmp_path / "m.keras")
    again = mark1.models.load_model(tmp_path / "m.keras", custom_objects={"Heavy": Heavy})
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_states_of_ones_own_are_not_made_again_for_weights_that_come_later():
    model = mark1.Sequential([layers.Input((2,)), layers.Dense(3), layers.Dense(1)])
    model.layers[0].trainable = False
    x, y = np.ones((8, 2), np.float32), np.ones((8, 1), np.float32)
    for optimizer, known in ((Heavy(0.01), 2), (optimizers.SGD(0.01, momentum=0.9), 2)):
        model.layers[0].trainable = False
        model.compile(optimizer, "mse")
        model.fit(x, y, verbose=0)
        model.layers[0].trainable = True
        before = [v.numpy() for v in optimizer.variables[2:]]
        assert len(before) == known
        if isinstance(optimizer, Heavy):
            with pytest.raises(
                ValueError, match=r"\[Heavy\] was built for other variables than seq"
            ):
                model.train_on_batch(x, y)
            for old, state in zip(before, optimizer.variables[2:], strict=True):
                np.testing.assert_array_equal(state, old)
        else:
            model.train_on_batch(x, y)
            assert len(optimizer.variables) == 6


def test_weights_that_muon_leaves_to_adam_decay_on_their_own():
    w = mark1.Variable(np.ones(3, np.float32))
    optimizers.Muon(0.1, weight_decay=None, adam_weight_decay=0.5).apply([np.zeros(3, "f")], [w])
    np.testing.assert_allclose(w, 0.95 * np.ones(3), rtol=1e-6)

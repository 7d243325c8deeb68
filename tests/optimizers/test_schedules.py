"""Learning-rate schedules: values, training by them, files."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1.optimizers import SGD, schedules

RNG = np.random.default_rng(0)

EXAMPLES = [
    schedules.ExponentialDecay(0.1, 10, 0.5),
    schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
    schedules.PiecewiseConstantDecay([3, 20], [0.1, 0.05, 0.01]),
    schedules.PolynomialDecay(0.1, 20, 0.01, power=0.5),
    schedules.PolynomialDecay(0.1, 20, 0.01, power=2.0, cycle=True),
    schedules.InverseTimeDecay(0.1, 10, 0.5),
    schedules.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
    schedules.CosineDecay(0.1, 20, 0.1),
    schedules.CosineDecay(0.0, 20, 0.1, warmup_target=0.1, warmup_steps=5),
    schedules.CosineDecay(0.2, 20, 0.1, warmup_target=0.1),
    schedules.CosineDecayRestarts(0.1, 10),
    schedules.CosineDecayRestarts(0.1, 10, t_mul=1.0, m_mul=0.5, alpha=0.1),
]
IDS = [type(e).__name__ for e in EXAMPLES]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("schedule", EXAMPLES, ids=IDS)
def test_values_and_configs_are_those_of_keras(schedule):
    keras = pytest.importorskip("keras")
    config = schedule.get_config()
    theirs = getattr(keras.optimizers.schedules, type(schedule).__name__).from_config(config)
    assert theirs.get_config() == config
    for step in (0, 1, 4, 9, 11, 19, 23, 45, 1000):
        assert float(schedule(step)) == pytest.approx(float(theirs(step)), rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("schedule", EXAMPLES, ids=IDS)
def test_description_makes_the_same_schedule(schedule):
    description = schedules.serialize(schedule)
    assert description["module"] == "keras.optimizers.schedules"
    again = schedules.deserialize(description)
    assert type(again) is type(schedule)
    assert again.get_config() == schedule.get_config()
    optimizer = SGD(schedule)
    config = optimizer.get_config()
    assert config["learning_rate"] == description
    assert SGD.from_config(config).get_config() == config
    assert mark1.optimizers.get({"class_name": "SGD", "config": config}).get_config() == config


def test_steps_may_have_any_shape_and_kind_of_number():
    rate = schedules.ExponentialDecay(0.5, 1, 0.5)
    assert rate(np.array([0, 1, 2])).numpy().tolist() == [0.5, 0.25, 0.125]
    assert float(rate(2.0)) == 0.125
    assert float(rate(mark1.Variable(3, dtype="int64"))) == 0.0625


def train(learning_rate, epochs=3):
    mark1.utils.set_random_seed(3)
    x = np.random.default_rng(1).normal(size=(64, 3)).astype(np.float32)
    model = mark1.Sequential([mark1.Input((3,)), mark1.layers.Dense(1)])
    model.compile(SGD(learning_rate), "mse")
    model.fit(x, x.sum(axis=1, keepdims=True), batch_size=8, epochs=epochs, verbose=0)
    return model


class Own(schedules.LearningRateSchedule):
    def __init__(self, start):
        self.start = start

    def __call__(self, step):
        return self.start / (step + 1)

    def get_config(self):
        return {"start": self.start}


def test_a_recorded_step_follows_the_schedule():
    # 24 steps, of which only the first ones run in Python.
    model = train(schedules.PiecewiseConstantDecay([19], [0.1, 0.0]))
    changed = train(schedules.PiecewiseConstantDecay([15], [0.1, 0.0]))
    assert mark1.utils.weights_hash(model) != mark1.utils.weights_hash(changed)
    assert mark1.utils.weights_hash(train(schedules.PiecewiseConstantDecay([19], [0.1, 0.1]))) == (
        mark1.utils.weights_hash(train(0.1))
    )
    assert float(model.optimizer.learning_rate) == 0.0
    assert int(model.optimizer.iterations) == 24


def test_a_schedule_of_ones_own_is_followed_step_by_step():
    model = train(Own(0.5))
    w = [mark1.Variable(v) for v in model.get_weights()]
    built_in = train(schedules.InverseTimeDecay(0.5, 1, 1.0))
    for a, b in zip(w, built_in.get_weights(), strict=True):
        np.testing.assert_allclose(a.numpy(), b, rtol=1e-5)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.5 / 25)


def test_a_saved_model_keeps_its_schedule(tmp_path):
    for rate, custom in ((schedules.CosineDecay(0.1, 50), None), (Own(0.5), {"Own": Own})):
        model = train(rate, epochs=1)
        # As in Keras the rate is then no part of the state.
        assert [v.name for v in model.optimizer.variables] == ["iteration"]
        model.save(tmp_path / "model.keras")
        again = mark1.models.load_model(tmp_path / "model.keras", custom)
        assert type(again.optimizer._schedule) is type(rate)
        assert int(again.optimizer.iterations) == 8
        assert float(again.optimizer.learning_rate) == float(model.optimizer.learning_rate)


def test_a_schedule_cannot_be_overruled_but_replaced():
    optimizer = SGD(schedules.ExponentialDecay(0.5, 1, 0.5))
    with pytest.raises(TypeError, match=r"\[SGD\] learning_rate follows ExponentialDecay"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.ExponentialDecay(0.25, 1, 0.5)
    assert float(optimizer.learning_rate) == 0.25
    assert repr(optimizer) == "<SGD learning_rate=0.25>"


def test_a_function_is_no_schedule():
    with pytest.raises(TypeError, match=r"\[SGD\] learning_rate must be a number or a schedule"):
        SGD(lambda: 0.1)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), ValueError, "decay_steps must be a num"),
        (lambda: schedules.CosineDecay("a", 5), TypeError, "initial_learning_rate must be a num"),
        (lambda: schedules.CosineDecay(0.1, 5, warmup_target=1, warmup_steps=-1), ValueError,
         "warmup_steps must be at least 0, got -1"),
        (lambda: schedules.CosineDecayRestarts(0.1, 5, t_mul=0.5), ValueError,
         "t_mul must be at least 1, got 0.5"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), ValueError,
         "one value more than boundaries, got 1 values and 1 boundaries"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [3, 2, 1]), ValueError,
         r"boundaries must ascend, got \[2, 1\]"),
        (lambda: schedules.deserialize({"class_name": "Cosine", "config": {}}), ValueError,
         r"\[learning-rate schedule\] unknown"),
        (lambda: schedules.LearningRateSchedule()(0), NotImplementedError, "defines __call__"),
        (lambda: schedules.LearningRateSchedule().get_config(), NotImplementedError, "get_config"),
        (lambda: mark1._core.schedule("linear", 0, []), ValueError, r"\[schedule\] unknown kind"),
        (lambda: mark1._core.schedule("cosine", 0, [1.0]), ValueError,
         r"\[schedule\] cosine takes 5 numbers, got 1"),
    ],
)  # fmt: skip
def test_refused(make, error, text):
    with pytest.raises(error, match=text):
        make()

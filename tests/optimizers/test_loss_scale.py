"""LossScaleOptimizer: what it leaves out, what it scales, and Keras beside it."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, config, layers, mixed_precision, ops, optimizers
from mark1.optimizers import LossScaleOptimizer
from mark1.utils.weights_hash import weights_hash
from tests.variants import Variant, force, same_bits

SHAPES = ((3, 4), (4,), (70, 33))
INNER = [
    lambda: optimizers.SGD(0.1, momentum=0.9),
    lambda: optimizers.Adam(0.1, use_ema=True, ema_momentum=0.8, clipnorm=0.5),
    lambda: optimizers.Adam(0.1, gradient_accumulation_steps=2, weight_decay=0.1),
    lambda: optimizers.Nadam(0.1),
    lambda: optimizers.RMSprop(optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)),
    lambda: optimizers.Lamb(0.1, use_ema=True),
]


def variables():
    rng = np.random.default_rng(0)
    return [mark1.Variable(rng.standard_normal(s).astype(np.float32)) for s in SHAPES]


def gradients(step, scale=1.0):
    rng = np.random.default_rng(step + 1)
    return [_core.convert(rng.standard_normal(s).astype(np.float32) * scale) for s in SHAPES]


def spoiled(given, at, value):
    arrays = [g.numpy().copy() for g in given]
    arrays[at].flat[-1] = value
    return [_core.convert(a) for a in arrays]


def state_of(optimizer):
    return [v.numpy().copy() for v in optimizer.variables]


@pytest.mark.parametrize("make", INNER)
def test_steps_are_those_of_the_inner_optimizer(make):
    """A power of two scales without rounding; steps that are left out might not have been."""
    plain, scaled = make(), LossScaleOptimizer(make(), initial_scale=2.0**10)
    v, w = variables(), variables()
    for step in range(6):
        plain.apply(gradients(step), v)
        scaled.apply(gradients(step, float(scaled.dynamic_scale)), w)
        before = [x.numpy().copy() for x in (*w, *scaled.inner_optimizer.variables)]
        bad = (np.inf, -np.inf, np.nan)[step % 3]
        scaled.apply(spoiled(gradients(step), step % 3, bad), w)
        for old, new in zip(before, (*w, *scaled.inner_optimizer.variables), strict=True):
            assert same_bits(old, new.numpy())
        assert float(scaled.dynamic_scale) == 2.0 ** (9 - step)
    for x, y in zip(v, w, strict=True):
        assert same_bits(x.numpy(), y.numpy())
    assert int(scaled.inner_optimizer._iterations) == int(plain._iterations) == 6


@pytest.mark.parametrize("make", [INNER[0], INNER[-1]])
def test_finite_steps_in_a_row_double_the_scale(make):
    optimizer = LossScaleOptimizer(make(), initial_scale=4.0, dynamic_growth_steps=3)
    v, seen = variables(), []
    for step in range(8):
        given = gradients(step)
        optimizer.apply(spoiled(given, 0, np.inf) if step == 4 else given, v)
        seen.append((float(optimizer.dynamic_scale), int(optimizer.step_counter)))
    assert seen == [(4, 1), (4, 2), (8, 0), (8, 1), (4, 0), (4, 1), (4, 2), (8, 0)]


def test_every_variant_finds_what_is_not_finite():
    for isa in _core.available_isas():
        for threads in (1, 2, 3, 7):
            with force(Variant(isa, threads)):
                for n in (1, 1023, 1024, 1025, 100_000):
                    for at in (None, 0, n // 2, n - 1):
                        optimizer = LossScaleOptimizer(optimizers.SGD(0.1), initial_scale=1.0)
                        v = [mark1.Variable(np.ones(3, np.float32)), mark1.Variable(np.ones(n))]
                        g = np.full(n, 1e38)
                        if at is not None:
                            g[at] = np.nan
                        optimizer.apply([np.ones(3, np.float32), _core.convert(g)], v)
                        assert float(optimizer.dynamic_scale) == (1.0 if at is None else 0.5)
                        assert (float(v[0].numpy()[0]) == 1.0) == (at is not None)


def test_the_loss_is_scaled():
    optimizer = LossScaleOptimizer(optimizers.SGD(0.5), initial_scale=8.0)
    w = mark1.Variable([1.0])
    with mark1.GradientTape() as tape:
        loss = optimizer.scale_loss(ops.sum(w * 3.0))
    assert float(loss) == 24.0
    optimizer.apply(tape.gradient(loss, [w]), [w])
    assert w.numpy().tolist() == [-0.5]


def test_what_the_inner_optimizer_has_is_passed_on():
    inner = optimizers.Adam(0.25, loss_scale_factor=2.0)
    optimizer = LossScaleOptimizer(inner)
    assert mixed_precision.LossScaleOptimizer is LossScaleOptimizer
    assert inner.loss_scale_factor is None
    assert (optimizer.initial_scale, optimizer.dynamic_growth_steps) == (2.0**15, 2000)
    assert float(optimizer.learning_rate) == 0.25
    optimizer.learning_rate = 0.5
    assert float(inner.learning_rate) == 0.5
    read = optimizers.deserialize(optimizers.serialize(optimizer))
    assert read.get_config() == optimizer.get_config()
    assert repr(read) == "<LossScaleOptimizer <Adam learning_rate=0.5>>"
    v = variables()
    optimizer.build(v)
    assert [x.name for x in optimizer.variables][:6] == [
        "iteration",
        "learning_rate",
        "step_counter",
        "dynamic_scale",
        "iteration",
        "learning_rate",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"initial_scale": 0.0}, r"initial_scale must be a number above 0, got 0.0"),
        ({"initial_scale": float("inf")}, r"initial_scale must be a number above 0, got inf"),
        ({"dynamic_growth_steps": 0}, r"dynamic_growth_steps must be an integer from 1 up, got 0"),
        (
            {"dynamic_growth_steps": None},
            r"dynamic_growth_steps must be an integer from 1 up, got None",
        ),
        ({"dynamic": False}, r"is always dynamic: set loss_scale_factor of the inner"),
        ({"clipnorm": 1.0}, r"has no clipnorm of its own: set that of the inner optimizer"),
        ({"use_ema": True}, r"has no use_ema of its own"),
        ({"speed": 1}, r"does not know the argument 'speed'"),
    ],
)
def test_what_it_cannot_do_is_refused(options, message):
    with pytest.raises(ValueError, match=rf"\[LossScaleOptimizer\] {message}"):
        LossScaleOptimizer(optimizers.SGD(), **options)


def test_optimizers_of_several_are_refused():
    several = optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.SGD()))
    with pytest.raises(ValueError, match=r"\[LossScaleOptimizer\] cannot wrap a MultiOptimizer"):
        LossScaleOptimizer(several)
    with pytest.raises(TypeError, match=r"must be an optimizer for itself"):
        optimizers.OptimizerMap(LossScaleOptimizer(optimizers.SGD()))


# Models -----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _restore():
    yield
    config.set_dtype_policy("float32")


def trained(scale=2.0**15, epochs=3, optimizer="adam", factor=1.0):
    mark1.utils.set_random_seed(1)
    config.set_dtype_policy("mixed_float16")
    model = mark1.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(40, activation="relu"),
            layers.LayerNormalization(),
            layers.Dense(33, activation="gelu"),
            layers.Dense(3, activation="softmax", dtype="float32"),
        ]
    )
    wrapped = LossScaleOptimizer(optimizers.get(optimizer), initial_scale=scale)
    model.compile(wrapped, "sparse_categorical_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 96)
    x = (rng.standard_normal((96, 6)) + y[:, None]).astype(np.float32) * factor
    history = model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    config.set_dtype_policy("float32")
    return model, x, history.history


def test_training_is_native_and_learns(capsys):
    model, _, history = trained(epochs=12)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    model.explain_speed()
    assert "native" in capsys.readouterr().out
    assert {w.dtype for w in model.weights} == {"float32"}


def test_a_scale_that_is_too_great_comes_down_in_recorded_steps():
    model, _, _ = trained(scale=2.0**40, epochs=6)
    optimizer = model.optimizer
    assert float(optimizer.dynamic_scale) < 2.0**40
    assert int(optimizer.iterations) == 18 - int(40 - np.log2(float(optimizer.dynamic_scale)))
    assert all(np.isfinite(w.numpy()).all() for w in model.weights)


@pytest.mark.parametrize("scale", [2.0**15, 2.0**30])
def test_training_has_one_hash(scale):
    hashes = set()
    for isa in _core.available_isas():
        for threads in (1, 3) if isa == _core.available_isas()[-1] else (1,):
            with force(Variant(isa, threads)):
                hashes.add(weights_hash(trained(scale)[0]))
    mark1.run_functions_eagerly(True)
    try:
        hashes.add(weights_hash(trained(scale)[0]))
    finally:
        mark1.run_functions_eagerly(False)
    assert len(hashes) == 1


def test_compile_scales_the_loss_of_mixed_float16():
    def model(policy):
        config.set_dtype_policy(policy)
        made = mark1.Sequential([layers.Input((2,)), layers.Dense(1)])
        config.set_dtype_policy("float32")
        return made

    half = model("mixed_float16")
    half.compile("sgd", "mse")
    assert isinstance(half.optimizer, LossScaleOptimizer)
    assert half.optimizer.name == "loss_scale_optimizer"
    half.compile("sgd", "mse", auto_scale_loss=False)
    assert isinstance(half.optimizer, optimizers.SGD)
    own = LossScaleOptimizer(optimizers.SGD())
    half.compile(own, "mse")
    assert half.optimizer is own
    for policy in ("float32", "mixed_bfloat16"):
        other = model(policy)
        other.compile("sgd", "mse")
        assert isinstance(other.optimizer, optimizers.SGD)


def test_files_keep_scale_and_state(tmp_path):
    model, x, _ = trained(scale=2.0**30)
    model.save(tmp_path / "half.keras")
    read = mark1.saving.load_model(tmp_path / "half.keras")
    assert read.layers[0].compute_dtype == "float16"
    assert isinstance(read.optimizer, LossScaleOptimizer)
    for old, new in zip(state_of(model.optimizer), state_of(read.optimizer), strict=True):
        assert same_bits(old, new)
    assert same_bits(read.predict(x, verbose=0), model.predict(x, verbose=0))


# Against Keras ----------------------------------------------------------------------------------


def keras_with_torch():
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


@pytest.mark.filterwarnings("ignore")  # of Keras itself
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_steps_and_scales_are_those_of_keras(name):
    keras = keras_with_torch()
    ours = LossScaleOptimizer(getattr(optimizers, name)(0.1), 3.0 * 2**8, 3)
    theirs = keras.optimizers.LossScaleOptimizer(
        getattr(keras.optimizers, name)(0.1), initial_scale=3.0 * 2**8, dynamic_growth_steps=3
    )
    v = variables()
    w = [keras.Variable(x.numpy()) for x in v]
    for step in range(12):
        given = gradients(step, 500.0)
        if step in (2, 3, 9):
            given = spoiled(given, 1, np.nan)
        ours.apply(given, v)
        theirs.apply([keras.ops.convert_to_tensor(g.numpy()) for g in given], w)
        assert float(ours.dynamic_scale) == float(theirs.dynamic_scale)
        assert int(ours.step_counter) == int(theirs.step_counter)
        assert int(ours.iterations) == int(theirs.iterations)
    for x, y in zip(v, w, strict=True):
        y = keras.ops.convert_to_numpy(y.value)
        # As in test_keras.py: formulas are rounded in other places.
        np.testing.assert_allclose(x.numpy(), y, rtol=0, atol=3e-5 * np.abs(y).max())


@pytest.mark.filterwarnings("ignore")  # of Keras itself
def test_files_go_to_keras_and_back(tmp_path):
    keras = keras_with_torch()
    model, x, _ = trained()
    model.save(tmp_path / "ours.keras")
    theirs = keras.saving.load_model(tmp_path / "ours.keras")
    assert theirs.layers[0].dtype_policy.name == "mixed_float16"
    assert type(theirs.optimizer).__name__ == "LossScaleOptimizer"
    assert float(theirs.optimizer.dynamic_scale) == float(model.optimizer.dynamic_scale)
    assert int(theirs.optimizer.iterations) == int(model.optimizer.iterations) == 9
    want = model.predict(x, verbose=0)
    assert np.abs(np.asarray(theirs.predict(x, verbose=0)) - want).max() < 0.01
    theirs.save(tmp_path / "theirs.keras")
    back = mark1.saving.load_model(tmp_path / "theirs.keras")
    assert same_bits(back.predict(x, verbose=0), want)
    for old, new in zip(state_of(model.optimizer), state_of(back.optimizer), strict=True):
        assert same_bits(old, new)

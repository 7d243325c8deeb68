"""Optimizers that are written with operations, and several in one."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import ops, optimizers


@mark1.saving.register_keras_serializable("tests")
class OwnAdam(optimizers.Optimizer):
    """Adam as a user writes it for Keras."""

    def __init__(self, learning_rate=0.001, name=None, **options):
        super().__init__(learning_rate=learning_rate, name=name, **options)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.m, self.v = self.add_optimizer_variables(variables, ["momentum", "velocity"])

    def update_step(self, gradient, variable, learning_rate):
        t = ops.cast(self.iterations + 1, variable.dtype)
        i = self._get_variable_index(variable)
        alpha = ops.cast(learning_rate, variable.dtype) * ops.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        self.assign_add(self.m[i], (gradient - self.m[i]) * 0.1)
        self.assign_add(self.v[i], (ops.square(gradient) - self.v[i]) * (1 - 0.999))
        self.assign_sub(variable, self.m[i] * alpha / (ops.sqrt(self.v[i]) + 1e-7))


OPTIONS = [
    {},
    {"weight_decay": 0.1, "clipvalue": 0.3},
    {"clipnorm": 0.5, "loss_scale_factor": 4.0},
    {"global_clipnorm": 0.5, "gradient_accumulation_steps": 3, "weight_decay": 0.1},
    {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    {"use_ema": True, "ema_momentum": 0.5, "gradient_accumulation_steps": 2},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o) or "plain")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_options_do_what_those_of_kernels_do(options, dtype):
    results = []
    for cls in (optimizers.Adam, OwnAdam):
        rng = np.random.default_rng(0)
        variables = [mark1.Variable(rng.normal(size=s), dtype=dtype) for s in [(3, 2), (5,), ()]]
        optimizer = cls(0.05, **options)
        for _ in range(7):
            optimizer.apply([rng.normal(size=v.shape).astype(dtype) for v in variables], variables)
        results.append([v.numpy() for v in (*variables, *optimizer.variables)])
    for native, own in zip(*results, strict=True):
        tolerance = 3e-5 if dtype == "float32" else 1e-12
        np.testing.assert_allclose(own, native, rtol=tolerance, atol=tolerance)


def small_model(optimizer):
    mark1.utils.set_random_seed(3)
    model = mark1.Sequential([mark1.Input((3,)), mark1.layers.Dense(4), mark1.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


X = np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)
MAKERS = {
    "own": lambda: OwnAdam(0.02),
    "own accumulating": lambda: OwnAdam(0.02, gradient_accumulation_steps=2, use_ema=True),
    "lamb": lambda: optimizers.Lamb(0.02),
    "adafactor": lambda: optimizers.Adafactor(0.02),
    "muon": lambda: optimizers.Muon(0.02),
    "schedule": lambda: optimizers.Lamb(optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)),
    "several": lambda: optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.Lamb(0.02), {".*bias": optimizers.SGD(0.1)})
    ),
}


@pytest.mark.filterwarnings("error::mark1.EagerStepWarning")
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_recorded_steps_are_those_of_python(make):
    recorded, eager = small_model(make()), small_model(make())
    before = recorded.evaluate(X, Y, verbose=0)
    recorded.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    assert recorded.evaluate(X, Y, verbose=0) < before
    eager.run_eagerly = True
    eager.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    assert mark1.utils.weights_hash(recorded) == mark1.utils.weights_hash(eager)
    assert int(recorded.optimizer._iterations) == 15


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_saved_runs_go_on(make, tmp_path):
    model = small_model(make())
    model.fit(X, Y, batch_size=8, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    again = mark1.models.load_model(tmp_path / "model.keras")
    states = zip(model.optimizer.variables, again.optimizer.variables, strict=True)
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in states)
    for one in (model, again):
        one.fit(X, Y, batch_size=8, epochs=1, verbose=0)
    assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(again)


def test_what_muon_leaves_to_adam():
    names = [("dense/kernel", (2, 3)), ("dense/bias", (3,)), ("embedding/w", (4, 2)),
             ("head/kernel", (3, 2))]  # fmt: skip
    variables = [mark1.Variable(np.ones(s, np.float32), name=n) for n, s in names]
    for variable, (name, _) in zip(variables, names, strict=True):
        variable.path = name
    optimizer = optimizers.Muon(exclude_layers=["head"])
    optimizer.build(variables)
    assert [v.name for v in optimizer.variables[2:]] == [
        "dense_kernel_momentum", "dense_bias_momentum", "dense_bias_velocity",
        "embedding_w_momentum", "embedding_w_velocity", "head_kernel_momentum",
        "head_kernel_velocity",
    ]  # fmt: skip


def test_a_gradient_of_zeros_leaves_lamb_in_place():
    w = mark1.Variable([1.0, 2.0])
    optimizers.Lamb(0.5).apply([[0.0, 0.0]], [w])
    assert w.numpy().tolist() == [1.0, 2.0]


def test_an_optimizer_that_defines_nothing_is_refused():
    class Empty(optimizers.Optimizer):
        pass

    with pytest.raises(
        NotImplementedError, match=r"\[Empty\] an optimizer defines its update_step"
    ):
        Empty(0.1).apply([[1.0]], [mark1.Variable([1.0])])


def test_an_own_optimizer_for_other_variables_is_refused():
    optimizer = OwnAdam(0.1)
    optimizer.build([mark1.Variable([1.0])])
    with pytest.raises(ValueError, match=r"\[OwnAdam\] was built for other variables than v2"):
        optimizer.apply([[1.0]], [mark1.Variable([1.0], name="v2")])


def test_states_and_initializers_go_together():
    optimizer = OwnAdam(0.1)
    with pytest.raises(ValueError, match="as many initializers as names, got 1 for a, b"):
        optimizer.add_optimizer_variables([], ["a", "b"], ["zeros"])
    state = optimizer.add_variable((2,), "ones", name="state")
    assert (state.numpy().tolist(), state.name) == ([1.0, 1.0], "state")
    assert any(v is state for v in optimizer.variables)


def test_what_several_optimizers_refuse():
    sgd = optimizers.SGD()
    chosen = optimizers.OptimizerMap(sgd, {"a.*": optimizers.Adam(), ".*b": optimizers.Lion()})
    with pytest.raises(
        ValueError, match=r"\[OptimizerMap\] several patterns match ab: 'a.*', '.*b'"
    ):
        chosen["ab"]
    with pytest.raises(ValueError, match=r"has an optimizer for 'a.\*'; delete it first"):
        chosen["a.*"] = sgd
    with pytest.raises(TypeError, match="a key is a path or pattern, got 3"):
        chosen[3] = sgd
    del chosen["a.*"]
    assert (len(chosen), list(chosen)) == (1, [".*b"])
    with pytest.raises(TypeError, match="default_optimizer must be an optimizer for itself, got s"):
        optimizers.OptimizerMap("sgd")
    with pytest.raises(TypeError, match="optimizer_map must be an OptimizerMap or a function, got"):
        optimizers.MultiOptimizer(3)
    several = optimizers.MultiOptimizer(lambda variable: sgd)
    with pytest.raises(TypeError, match="a function that chooses cannot be written to a file"):
        several.get_config()
    several.apply([[1.0]], [mark1.Variable([1.0])])
    with pytest.raises(AttributeError, match="has no learning rate of its own"):
        several.learning_rate  # noqa: B018
    with pytest.raises(AttributeError, match="set those of its `optimizers`"):
        several.learning_rate = 0.5
    assert several.optimizers == [sgd]
    with pytest.raises(ValueError, match="1 variables need as many gradients, got 2"):
        several.apply([[1.0], [1.0]], [mark1.Variable([1.0])])

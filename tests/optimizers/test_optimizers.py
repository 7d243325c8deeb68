import numpy as np
import pytest

import mark1
from mark1 import optimizers

RNG = np.random.default_rng(0)


def sgd(w, g, state, learning_rate, momentum=0.0, nesterov=False):
    if momentum == 0.0:
        return w - learning_rate * g
    v = state["v"] = momentum * state.get("v", 0.0) - learning_rate * g
    return w + momentum * v - learning_rate * g if nesterov else w + v


def adam(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = state.get("m", 0.0) + (g - state.get("m", 0.0)) * (1 - beta_1)
    v = state["v"] = state.get("v", 0.0) + (g * g - state.get("v", 0.0)) * (1 - beta_2)
    a = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - m * a / (np.sqrt(v) + epsilon)


CASES = [
    (optimizers.SGD, sgd, {"learning_rate": 0.1}),
    (optimizers.SGD, sgd, {"learning_rate": 0.1, "momentum": 0.9}),
    (optimizers.SGD, sgd, {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    (optimizers.Adam, adam, {"learning_rate": 0.01}),
    (
        optimizers.Adam,
        adam,
        {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    ),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("cls", "formula", "arguments"), CASES)
def test_formula(cls, formula, arguments, dtype):
    optimizer = cls(**arguments)
    shapes = [(3, 5), (5,), (17, 2)]
    expected = [RNG.normal(size=s) for s in shapes]
    variables = [mark1.Variable(w.astype(dtype), name=f"w{i}") for i, w in enumerate(expected)]
    states = [{} for _ in shapes]
    # The learning rate is a float32 variable.
    arguments = {**arguments, "learning_rate": float(np.float32(arguments["learning_rate"]))}
    for _ in range(5):
        grads = [RNG.normal(size=s).astype(dtype) for s in shapes]
        optimizer.apply([mark1.ops.convert_to_tensor(g) for g in grads], variables)
        expected = [
            formula(w, g.astype(np.float64), s, **arguments)
            for w, g, s in zip(expected, grads, states, strict=True)
        ]
    for variable, w in zip(variables, expected, strict=True):
        tolerance = 1e-5 if dtype == "float32" else 1e-9
        np.testing.assert_allclose(variable.numpy(), w, rtol=tolerance, atol=tolerance)
    assert int(optimizer.iterations) == 5


def test_keras_defaults():
    assert optimizers.SGD().get_config() == {
        "name": "sgd", "learning_rate": float(np.float32(0.01)), "weight_decay": None,
        "clipnorm": None, "global_clipnorm": None, "clipvalue": None, "use_ema": False,
        "ema_momentum": 0.99, "ema_overwrite_frequency": None, "loss_scale_factor": None,
        "gradient_accumulation_steps": None, "momentum": 0.0, "nesterov": False,
    }  # fmt: skip
    config = optimizers.Adam().get_config()
    assert config["learning_rate"] == float(np.float32(0.001))
    kept = {k: config[k] for k in ("beta_1", "beta_2", "epsilon", "amsgrad")}
    assert kept == {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False}
    assert optimizers.Adam.from_config(config).get_config() == config


def test_state_has_keras_order_and_names():
    variables = [mark1.Variable([1.0], name="a"), mark1.Variable([1.0], name="b")]
    optimizer = optimizers.Adam()
    optimizer.build(variables)
    assert [v.name for v in optimizer.variables] == [
        "iteration", "learning_rate", "a_momentum", "a_velocity", "b_momentum", "b_velocity",
    ]  # fmt: skip


def test_learning_rate_can_be_set():
    optimizer = optimizers.SGD(0.5)
    w = mark1.Variable([1.0])
    optimizer.learning_rate = 0.25
    optimizer.apply_gradients([(mark1.ops.convert_to_tensor([1.0]), w)])
    assert w.numpy().tolist() == [0.75]
    with pytest.raises(ValueError, match="learning_rate must be a number from 0 up, got -1"):
        optimizer.learning_rate = -1.0
    with pytest.raises(TypeError, match="learning_rate must be a number, got str"):
        optimizers.Adam("fast")


def test_missing_gradients():
    a, b = mark1.Variable([1.0], name="a"), mark1.Variable([1.0], name="b")
    optimizer = optimizers.SGD(1.0)
    one = mark1.ops.convert_to_tensor([1.0])
    with pytest.warns(UserWarning, match=r"\[SGD\] no gradient for b: left as they are"):
        optimizer.apply([one, None], [a, b])
    assert (float(a.numpy()[0]), float(b.numpy()[0])) == (0.0, 1.0)
    with pytest.raises(ValueError, match=r"\[SGD\] no variable has a gradient \(a, b\)"):
        optimizer.apply([None, None], [a, b])
    with pytest.raises(ValueError, match="2 variables need as many gradients, got 1"):
        optimizer.apply([one], [a, b])


def test_gradient_of_another_shape_changes_nothing():
    w = mark1.Variable([1.0, 2.0], name="w")
    optimizer = optimizers.Adam()
    with pytest.raises(ValueError, match="gradient 0 must be like its variable"):
        optimizer.apply([mark1.ops.convert_to_tensor([1.0])], [w])
    assert w.numpy().tolist() == [1.0, 2.0]
    assert int(optimizer.iterations) == 0


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: optimizers.SGD(momentum=2.0), r"\[SGD\] momentum must be from 0 to 1"),
        (lambda: optimizers.Adam(beta_1=1.0), r"\[Adam\] beta_1 must be at least 0 and below 1"),
        (lambda: optimizers.Adam(amsgrad=True), r"\[Adam\] amsgrad is not supported yet"),
        (lambda: optimizers.Adam(clipnorm=1.0), r"\[Adam\] clipnorm is not supported yet, got 1.0"),
        (lambda: optimizers.Adam(lr=1.0), r"\[Adam\] does not know the argument 'lr'"),
        (lambda: optimizers.get("adm"), "unknown optimizer 'adm'. Did you mean 'adam'?"),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_get():
    assert isinstance(optimizers.get("adam"), optimizers.Adam)
    assert isinstance(optimizers.get("SGD"), optimizers.SGD)
    assert isinstance(optimizers.get(optimizers.Adam), optimizers.Adam)
    with pytest.raises(TypeError, match=r"\[optimizer\] expected a name.* got int"):
        optimizers.get(3)


def test_training_with_a_tape():
    mark1.utils.set_random_seed(0)
    layer = mark1.layers.Dense(1)
    x = RNG.normal(size=(32, 2)).astype(np.float32)
    y = x @ np.array([[1.0], [-2.0]], np.float32)
    layer.build((None, 2))
    optimizer = optimizers.SGD(0.1, momentum=0.9)
    for _ in range(400):
        with mark1.GradientTape() as tape:
            loss = mark1.losses.MeanSquaredError()(y, layer(x))
        grads = tape.gradient(loss, layer.trainable_variables)
        optimizer.apply_gradients(zip(grads, layer.trainable_variables, strict=True))
    assert float(loss) < 1e-6

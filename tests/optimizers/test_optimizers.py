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
    with pytest.raises(TypeError, match="learning_rate must be a number or a schedule, got str"):
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
        (lambda: optimizers.Adam(clipnorm=-1.0), r"\[Adam\] clipnorm must be None or a number"),
        (
            lambda: optimizers.SGD(clipnorm=1.0, clipvalue=2.0),
            r"\[SGD\] clips in one way only, got clipnorm=1.0, clipvalue=2.0",
        ),
        (
            lambda: optimizers.SGD(gradient_accumulation_steps=1),
            r"\[SGD\] gradient_accumulation_steps must be None or an integer from 2 up, got 1",
        ),
        (
            lambda: optimizers.SGD(use_ema=True, ema_overwrite_frequency=0.5),
            r"\[SGD\] ema_overwrite_frequency must be None or an integer from 1 up, got 0.5",
        ),
        (lambda: optimizers.SGD(ema_momentum=2), r"\[SGD\] ema_momentum must be from 0 to 1"),
        (lambda: optimizers.SGD(loss_scale_factor=0), r"\[SGD\] loss_scale_factor must be greater"),
        (lambda: optimizers.AdamW(weight_decay=None), r"\[AdamW\] weight_decay must be a number"),
        (lambda: optimizers.RMSprop(rho=2.0), r"\[RMSprop\] rho must be from 0 to 1, got 2.0"),
        (lambda: optimizers.Adagrad(epsilon=-1.0), r"\[Adagrad\] epsilon must be a number from 0"),
        (lambda: optimizers.Lion(beta_1=0.0), r"\[Lion\] beta_1 must be above 0, got 0.0"),
        (
            lambda: optimizers.Ftrl(l1_regularization_strength=-1.0),
            r"\[Ftrl\] l1_regularization_strength must be a number from 0 up, got -1.0",
        ),
        (lambda: optimizers.Lamb(beta_1=1.0), r"\[Lamb\] beta_1 must be at least 0 and below 1"),
        (
            lambda: optimizers.Adafactor(beta_2_decay=0.5),
            r"\[Adafactor\] beta_2_decay must be at m",
        ),
        (
            lambda: optimizers.Adafactor(clip_threshold=0.0),
            r"clip_threshold must be greater than 0",
        ),
        (lambda: optimizers.Muon(momentum=2.0), r"\[Muon\] momentum must be from 0 to 1, got 2.0"),
        (
            lambda: optimizers.ScheduleFreeAdamW(beta_1=0.0),
            r"\[ScheduleFreeAdamW\] beta_1 must be above 0, got 0.0",
        ),
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


def step(optimizer, variables, *gradients):
    optimizer.apply([mark1.ops.convert_to_tensor([g]) for g in gradients], variables)


def test_weight_decay_spares_what_is_excluded():
    w, b = mark1.Variable([1.0], name="kernel"), mark1.Variable([1.0], name="bias")
    other = mark1.Variable([1.0], name="other")
    optimizer = optimizers.SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay([other], ["bias"])
    step(optimizer, [w, b, other], 0.0, 0.0, 0.0)
    assert [float(v) for v in (w, b, other)] == [0.75, 1.0, 1.0]
    with pytest.raises(ValueError, match=r"\[SGD\] exclude_from_weight_decay comes before"):
        optimizer.exclude_from_weight_decay([w])


def test_an_option_can_be_changed_between_steps():
    w = mark1.Variable([1.0])
    optimizer = optimizers.SGD(1.0)
    step(optimizer, [w], 8.0)
    optimizer.clipvalue = 0.5
    step(optimizer, [w], 8.0)
    assert float(w) == -7.5


def test_accumulated_gradients_make_one_step_of_their_mean():
    w = mark1.Variable([0.0])
    optimizer = optimizers.SGD(1.0, gradient_accumulation_steps=2)
    seen = []
    for g in (1.0, 3.0, 5.0, 7.0):
        step(optimizer, [w], g)
        seen.append((float(w), int(optimizer.iterations)))
    assert seen == [(0.0, 0), (-2.0, 1), (-2.0, 1), (-8.0, 2)]


def test_averages_take_the_place_of_weights_at_the_end():
    w, unseen = mark1.Variable([0.0]), mark1.Variable([3.0])
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    optimizer.build([w])
    optimizer.finalize_variable_values([w])
    assert float(w) == 0.0
    step(optimizer, [w], -2.0)
    step(optimizer, [w], -2.0)
    assert float(w) == 4.0
    optimizer.finalize_variable_values([w, unseen])
    assert (float(w), float(unseen)) == (3.0, 3.0)


def test_missing_gradients_with_averages():
    a, b = mark1.Variable([1.0], name="a"), mark1.Variable([2.0], name="b")
    optimizer = optimizers.SGD(1.0, use_ema=True)
    with pytest.warns(UserWarning, match=r"\[SGD\] no gradient for b: left as they are"):
        optimizer.apply([mark1.ops.convert_to_tensor([1.0]), None], [a, b])
    optimizer.finalize_variable_values([a, b])
    assert (float(a), float(b)) == (0.0, 2.0)


def test_fit_scales_the_loss_and_ends_with_averages():
    x = RNG.normal(size=(64, 3)).astype(np.float32)
    y = x.sum(axis=1, keepdims=True)
    weights, losses = [], []
    for factor in (None, 8.0):
        mark1.utils.set_random_seed(3)
        model = mark1.Sequential([mark1.Input((3,)), mark1.layers.Dense(1)])
        optimizer = optimizers.SGD(0.1, loss_scale_factor=factor, use_ema=True, ema_momentum=0.5)
        model.compile(optimizer, "mse")
        history = model.fit(x, y, epochs=2, verbose=0)
        weights.append(model.get_weights()[0])
        losses.append(history.history["loss"])
        np.testing.assert_array_equal(optimizer.variables[2].numpy(), weights[-1])
    np.testing.assert_array_equal(weights[0], weights[1])  # A power of two changes no bits.
    assert losses[0] == losses[1]


def test_the_default_of_compile_learns():
    mark1.utils.set_random_seed(3)
    x = RNG.normal(size=(256, 3)).astype(np.float32)
    model = mark1.Sequential([mark1.Input((3,)), mark1.layers.Dense(1)])
    model.compile(loss="mse")
    assert isinstance(model.optimizer, optimizers.RMSprop)
    losses = model.fit(x, x.sum(axis=1, keepdims=True), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]


def test_names_are_those_of_keras():
    for name in ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamw", "adamax", "nadam",
                 "ftrl", "lion", "lamb", "adafactor", "muon"):  # fmt: skip
        optimizer = optimizers.get(name)
        assert type(optimizer).__name__.lower() == name
        config = optimizer.get_config()
        again = type(optimizer).from_config(config)
        assert again.get_config() == config


def test_state_order_with_every_option():
    variables = [mark1.Variable([1.0], name="a"), mark1.Variable([1.0], name="b")]
    optimizer = optimizers.Adam(amsgrad=True, use_ema=True, gradient_accumulation_steps=2)
    optimizer.build(variables)
    assert [v.name for v in optimizer.variables] == [
        "iteration", "learning_rate", "a_average", "b_average", "a_gradient_accumulator",
        "b_gradient_accumulator", "a_momentum", "a_velocity", "b_momentum", "b_velocity",
        "a_velocity_hat", "b_velocity_hat",
    ]  # fmt: skip


def test_apply_without_variables_takes_those_it_was_built_with():
    w = mark1.Variable([1.0])
    optimizer = optimizers.SGD(1.0)
    optimizer.build([w])
    optimizer.apply([[1.0]])
    assert float(w) == 0.0


ARGUMENTS = [
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.01}),
    ("Nadam", {}),
    ("Ftrl", {}),
    ("SGD", {"use_ema": True, "gradient_accumulation_steps": 2, "global_clipnorm": 1.0}),
    ("Lamb", {"use_ema": True, "gradient_accumulation_steps": 2, "global_clipnorm": 1.0}),
    ("Adafactor", {}),
    ("Muon", {"clipnorm": 1.0}),
    ("ScheduleFreeAdamW", {"warmup_steps": 4}),
]


@pytest.mark.parametrize(("name", "arguments"), ARGUMENTS)
def test_a_saved_run_goes_on_as_the_unbroken_one(name, arguments, tmp_path):
    x = RNG.normal(size=(40, 3)).astype(np.float32)
    y = x.sum(axis=1, keepdims=True)
    mark1.utils.set_random_seed(3)
    model = mark1.Sequential([mark1.Input((3,)), mark1.layers.Dense(2), mark1.layers.Dense(1)])
    model.compile(getattr(optimizers, name)(0.05, **arguments), "mse")
    model.fit(x, y, batch_size=8, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    again = mark1.models.load_model(tmp_path / "model.keras")
    states = zip(model.optimizer.variables, again.optimizer.variables, strict=True)
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in states)
    for one in (model, again):
        one.fit(x, y, batch_size=8, epochs=1, verbose=0)
    assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(again)

"""EinsumDense and Lambda."""

import numpy as np
import pytest

import mark1
from mark1 import layers, ops

RNG = np.random.default_rng(0)
X2 = RNG.normal(size=(4, 3)).astype(np.float32)
X3 = RNG.normal(size=(4, 5, 3)).astype(np.float32)
X4 = RNG.normal(size=(4, 5, 2, 3)).astype(np.float32)

EQUATIONS = [
    ("ab,bc->ac", 7, "c", X2),
    ("abc,cd->abd", (None, 7), "d", X3),
    ("abc,cde->abde", (5, 2, 7), "de", X3),
    ("abcd,cde->abe", (5, 6), "e", X4),
    ("abc,bd->adc", (6, 3), "d", X3),
    ("...x,xy->...y", 7, "y", X2),
    ("...x,xy->...y", (5, 7), "y", X3),
    ("ab...,bc->ac...", 7, "c", X4),
    ("abc,cd->abd", (None, 7), None, X3),
    ("abc,cd->abd", (5, 7), "bd", X3),
]


def shape_given(equation, output_shape, x):
    """For '...' Keras and we want what has letters."""
    return (7,) if equation.startswith("...") else output_shape


@pytest.mark.parametrize(("equation", "output_shape", "bias_axes", "x"), EQUATIONS)
def test_as_keras(equation, output_shape, bias_axes, x, tmp_path):
    keras = pytest.importorskip("keras")
    shape = shape_given(equation, output_shape, x)
    given = {"bias_axes": bias_axes, "activation": "tanh", "bias_initializer": "normal"}
    theirs = keras.layers.EinsumDense(equation, shape, **given)
    want = np.asarray(theirs(x))
    ours = layers.EinsumDense(equation, shape, **given)
    ours.build((None, *x.shape[1:]))
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(x), want, rtol=1e-5, atol=1e-6)
    assert ours.compute_output_shape((None, *x.shape[1:])) == (None, *want.shape[1:])
    assert type(ours).from_config(theirs.get_config()).get_config().keys() <= (
        theirs.get_config().keys()
    )
    model = mark1.Sequential([mark1.Input(x.shape[1:]), ours])
    model.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(again(x), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("equation", "output_shape", "bias_axes", "x"), EQUATIONS)
def test_shapes_configs_and_training(equation, output_shape, bias_axes, x, tmp_path):
    shape = shape_given(equation, output_shape, x)
    model = mark1.Sequential(
        [mark1.Input(x.shape[1:]), layers.EinsumDense(equation, shape, bias_axes=bias_axes)]
    )
    assert model.output_shape == (None, *model(x).shape[1:])
    model.compile("sgd", "mse")
    y = np.zeros(model(x).shape, np.float32)
    losses = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_kernels_begin_as_those_of_dense():
    mark1.utils.set_random_seed(1)
    wide = layers.EinsumDense("abc,cde->abde", (5, 20, 30))
    wide.build((None, 5, 40))
    limit = np.sqrt(6 / (40 + 600))
    assert 0.95 * limit < abs(wide.kernel.numpy()).max() <= limit
    # What is summed stands last, here.
    other = layers.EinsumDense("abc,dec->abde", (5, 20, 30))
    other.build((None, 5, 40))
    assert other.kernel.shape == (20, 30, 40)
    assert 0.95 * limit < abs(other.kernel.numpy()).max() <= limit


def test_lambda(tmp_path):
    double = layers.Lambda(lambda x: x * 2.0)
    np.testing.assert_array_equal(double(X2), 2 * X2)
    power = layers.Lambda(lambda x, n, training=False: x**n, arguments={"n": 2})
    np.testing.assert_array_equal(power(X2), X2**2)
    told = layers.Lambda(lambda x, training: x + (1.0 if training else 0.0))
    np.testing.assert_array_equal(told(X2, training=True), X2 + 1)
    np.testing.assert_array_equal(told(X2), X2)
    both = layers.Lambda(lambda pair: ops.concatenate(pair, -1))
    given = mark1.Input((5, 3))
    model = mark1.Model(given, [both([given, given]), layers.Lambda(ops.sum)(given)])
    assert [y.shape for y in model.outputs] == [(None, 5, 6), ()]
    sums = layers.Lambda(lambda x: ops.sum(x, axis=1), output_shape=(3,))
    assert sums.compute_output_shape((None, 5, 3)) == (None, 3)
    chain = mark1.Sequential([mark1.Input((5, 3)), layers.Lambda(lambda x: x[:, 0]), sums.__class__(
        lambda x: x + 1.0, output_shape=lambda shape: shape), layers.Dense(2)])  # fmt: skip
    assert chain.output_shape == (None, 2)
    chain.compile("sgd", "mse")
    chain.fit(X3, X2[:, :2], epochs=3, verbose=0)
    with pytest.raises(NotImplementedError, match="a function cannot be saved: define a class"):
        chain.save(tmp_path / "m.keras")


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.Lambda(3), TypeError, r"\[Lambda\] takes a function, got int"),
        (lambda: layers.EinsumDense("ab->ac", 3), ValueError, "an equation is like 'abc,cd->abd'"),
        (lambda: layers.EinsumDense("...b,bc->ac", 3), ValueError, "an equation is like"),
        (lambda: layers.EinsumDense("a...b,bc->a...c", 3), ValueError, "an equation is like"),
        (lambda: layers.EinsumDense("ab,bc->ac", 3, lora_rank=2), ValueError, "neither LoRA nor"),
        (
            lambda: layers.EinsumDense("ab,bc->ac", 3)(X3),
            ValueError,
            r"'ab,bc->ac' does not fit inputs of shape \(batch, 5, 3\)",
        ),
        (
            lambda: layers.EinsumDense("abc,cd->abd", (4, 3))(X3),
            ValueError,
            "axis 'b' of 'abc,cd->abd' has 5 elements in the inputs, 4 in output_shape",
        ),
        (
            lambda: layers.EinsumDense("abc,cd->abd", 3)(X3),
            ValueError,
            r"output_shape=\(3,\) does not fit",
        ),
        (
            lambda: layers.EinsumDense("ab,bc->ac", 3, bias_axes="x")(X2),
            ValueError,
            "bias_axes='x' are no axes of the outputs",
        ),
        (
            lambda: layers.EinsumDense("abc,cd->abd", (None, 3)).build((None, 5, None)),
            ValueError,
            "the size of axis 'c' of the kernel",
        ),
    ],
)
def test_refused(make, error, text):
    with pytest.raises(error, match=text):
        make()

"""What a layer can be called with: several inputs, nests of them, options, masks."""

import numpy as np
import pytest

import mark1
from mark1 import ops
from mark1.layers import Dense, Dropout, Flatten, GlobalAveragePooling1D, Layer
from mark1.layers.layer import MaskWarning
from mark1.layers.masks import held, mask_of, set_mask

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 4)).astype(np.float32)
MASK = np.array([[True, True, False], [True, False, False]])


class Attends(Layer):
    """Three inputs, one of which may be missing, and an option."""

    def build(self, query_shape, value_shape, key_shape=None):
        self.shapes = (query_shape, value_shape, key_shape)
        self.scale = self.add_weight((query_shape[-1],), "ones", name="scale")

    def call(self, query, value, key=None, query_mask=None, value_mask=None, factor=1.0):
        self.seen = (query_mask, value_mask)
        out = query * self.scale + value * factor
        return out if key is None else out + key


class Pair(Layer):
    def build(self, input_shape):
        self.seen = input_shape

    def call(self, inputs):
        return inputs[0] + inputs[1]


class Zeros(Layer):
    """Makes a mask, as Masking does."""

    def call(self, x):
        return x * 1.0

    def compute_mask(self, inputs, previous_mask):
        return ops.any(ops.not_equal(inputs, 0.0), axis=-1)


class Takes(Layer):
    supports_masking = True

    def call(self, x, mask=None):
        self._mask = mask
        return x * 2.0

    def compute_mask(self, inputs, previous_mask):
        return None


def masked(x=X, mask=MASK):
    x = ops.convert_to_tensor(x)
    set_mask(x, mask)
    return x


def test_several_inputs_by_place_and_by_name():
    layer = Attends(name="attends")
    want = X + 2 * X + X
    np.testing.assert_array_equal(layer(X, X, X, factor=2.0), want)
    np.testing.assert_array_equal(layer(X, key=X, value=X, factor=2.0), want)
    np.testing.assert_array_equal(layer(query=X, value=X), X + X)
    assert layer.shapes == ((None, 3, 4), (None, 3, 4), (None, 3, 4))
    assert layer._build_shapes["key_shape"] == (None, 3, 4)
    assert layer.scale.path == "attends/scale"


def test_missing_inputs_have_no_shape():
    layer = Attends()
    layer(X, X)
    assert layer.shapes == ((None, 3, 4), (None, 3, 4), None)


def test_nests_of_inputs():
    layer = Pair()
    np.testing.assert_array_equal(layer([X, X]), X + X)
    assert layer.seen == [(None, 3, 4), (None, 3, 4)]
    np.testing.assert_array_equal(layer((X.astype(np.float64), ops.convert_to_tensor(X))), X + X)

    class Named(Layer):
        def build(self, input_shape):
            self.seen = input_shape

        def call(self, inputs):
            return inputs["a"] - inputs["b"]

    named = Named()
    np.testing.assert_array_equal(named({"b": X, "a": 3 * X}), 3 * X - X)
    assert named.seen == {"a": (None, 3, 4), "b": (None, 3, 4)}


def test_arrays_of_floats_get_the_dtype_of_the_layer_and_integers_stay():
    class Looks(Layer):
        def call(self, x, y=None):
            self.seen = (x.dtype, y.dtype)
            return x

    layer = Looks()
    layer(np.ones(2), y=np.ones(2))
    assert layer.seen == ("float32", "float32")
    layer(np.ones(2, np.int32), y=np.ones(2, np.bool_))
    assert layer.seen == ("int32", "bool")
    # Dense computes, and takes what it is given for numbers.
    assert Dense(1)(np.ones((1, 2), np.int64)).dtype == "float32"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Attends(name="a")(X, X, X, None, None, 1.0, 2), r"\[a\] takes 6 inputs"),
        (lambda: Attends(name="a")(X, query=X), r"\[a\] got query twice"),
        (lambda: Dense(1, name="d")(X, mask=X), r"\[d\] does not take mask; its inputs are x"),
        (lambda: Dense(1, name="d")(), r'\[Dense "d"\] needs an input'),
    ],
)
def test_refused(call, text):
    with pytest.raises(TypeError, match=text):
        call()


def test_training_is_passed_down_beside_other_arguments():
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.drop = Dropout(0.5)

        def call(self, x, y, training=False):
            self.told = training
            return self.drop(x) + y

    layer = Outer()
    zeros = np.zeros_like(X)
    ones = np.ones_like(X)
    assert np.ptp(layer(ones, zeros, training=True).numpy()) > 0
    assert layer.told is True
    assert np.ptp(layer(ones, y=zeros).numpy()) == 0
    assert layer.told is False
    assert np.ptp(layer(ones, zeros, True).numpy()) > 0


def test_masks_travel_with_tensors():
    x = np.where(MASK[..., None], X, 0)
    takes = Takes()
    out = takes(Dense(2)(Dropout(0.5)(Zeros()(x))))
    np.testing.assert_array_equal(takes._mask, MASK)
    assert mask_of(out) is None  # Takes says so
    del out, takes
    assert not held


def test_a_mask_can_be_given_by_name():
    layer = Takes()
    layer(X, mask=MASK)
    np.testing.assert_array_equal(layer._mask, MASK)
    layer(X)
    assert layer._mask is None


def test_masks_of_several_inputs():
    layer = Attends()
    with pytest.warns(MaskWarning):
        layer(masked(), X)
    np.testing.assert_array_equal(layer.seen[0], MASK)
    assert layer.seen[1] is None


def test_conversion_keeps_the_mask():
    layer = Takes(dtype="float64")
    layer(masked())
    np.testing.assert_array_equal(layer._mask, MASK)


def test_a_mask_that_ends_is_told():
    with pytest.warns(MaskWarning, match=r'\[Flatten "flat"\] does not pass on the mask'):
        Flatten(name="flat")(masked())


def test_average_of_what_counts():
    out = GlobalAveragePooling1D()(masked())
    np.testing.assert_allclose(out, [X[0, :2].mean(0), X[1, 0]], rtol=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
def test_losses_and_metrics_leave_out_what_is_masked(weighted):
    y = RNG.normal(size=(2, 3, 1)).astype(np.float32)
    weight = np.array([1.0, 3.0], np.float32) if weighted else None
    rows = ((X[..., :1] - y) ** 2)[..., 0]
    w = MASK * (1.0 if weight is None else weight[:, None])
    loss = mark1.losses.MeanSquaredError()(y, masked(X[..., :1]), weight)
    np.testing.assert_allclose(float(loss), (rows * w).sum() / MASK.sum(), rtol=1e-5)
    metric = mark1.metrics.MeanSquaredError()
    metric.update_state(y, masked(X[..., :1]), weight)
    np.testing.assert_allclose(metric.value(), (rows * w).sum() / w.sum(), rtol=1e-5)


def make(run_eagerly):
    mark1.utils.set_random_seed(3)
    model = mark1.Sequential([mark1.Input((3, 4)), Zeros(), Dense(5, "tanh"), Dense(1)])
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=run_eagerly)
    return model


def test_masks_in_a_native_fit():
    x = np.where(RNG.random((40, 3, 1)) < 0.7, RNG.normal(size=(40, 3, 4)), 0).astype(np.float32)
    y = RNG.normal(size=(40, 3, 1)).astype(np.float32)
    native, eager = make(False), make(True)
    histories = [m.fit(x, y, 8, 3, verbose=0, shuffle=False).history for m in (native, eager)]
    assert histories[0] == histories[1]
    assert mark1.utils.weights_hash(native) == mark1.utils.weights_hash(eager)
    texts = []
    native.explain_speed(texts.append)
    assert "native" in texts[0]
    # What is masked has no influence.
    other = np.where(np.any(x != 0, axis=-1, keepdims=True), y, 100.0)
    assert native.evaluate(x, y, verbose=0) == native.evaluate(x, other, verbose=0)


def test_outputs_of_recorded_calls_have_masks():
    model = mark1.Sequential([mark1.Input((3, 4)), Zeros()])
    x = np.where(MASK[..., None], X, 0)
    for _ in range(4):
        np.testing.assert_array_equal(mask_of(model(x)), MASK)

    @mark1.function
    def step(x):
        return takes(x), model(x)

    takes = Takes()
    for _ in range(4):
        _, out = step(masked(x))
        np.testing.assert_array_equal(mask_of(out), MASK)

"""What layers say of their inputs, and what they say to those who give them others."""

from __future__ import annotations

import pytest

import mark1
from mark1.layers import InputSpec, Layer


class Checked(Layer):
    def __init__(self, spec, **kwargs):
        super().__init__(name="checked", **kwargs)
        self.input_spec = spec

    def call(self, x):
        return x


GOOD = [
    (InputSpec(ndim=2), (3, 4)),
    (InputSpec(min_ndim=2, max_ndim=3), (3, 4, 5)),
    (InputSpec(axes={-1: 4, 0: None}), (3, 4)),
    (InputSpec(shape=(None, 4)), (3, 4)),
    (InputSpec(shape=(None, 4, 1), allow_last_axis_squeeze=True), (3, 4)),
    (InputSpec(shape=(None, 4), allow_last_axis_squeeze=True), (3, 4, 1)),
]
BAD = [
    (InputSpec(ndim=3), (3, 4), r"needs an input of 3 axes, got one of shape \(3, 4\)"),
    (InputSpec(max_ndim=1), (3, 4), "needs an input of at most 1 axes"),
    (InputSpec(min_ndim=3), (3, 4), "needs an input of at least 3 axes"),
    (InputSpec(axes={-1: 5}), (3, 4), "needs an input with 5 on axis -1"),
    (InputSpec(axes={2: 5}), (3, 4), "needs an input with 5 on axis 2"),
    (InputSpec(shape=(None, 5)), (3, 4), r"needs an input of shape \(None, 5\)"),
]


@pytest.mark.parametrize(("spec", "shape"), GOOD, ids=str)
def test_what_fits_passes(spec, shape):
    assert Checked(spec)(mark1.ops.ones(shape)).shape == shape


@pytest.mark.parametrize(("spec", "shape", "text"), BAD, ids=str)
def test_what_does_not_is_refused(spec, shape, text):
    with pytest.raises(ValueError, match=r'\[Checked "checked"\] ' + text):
        Checked(spec)(mark1.ops.ones(shape))
    with pytest.raises(ValueError, match=text.split(",")[0]):  # with a batch of any size
        Checked(spec)(mark1.Input(shape[1:]))


def test_several_inputs():
    layer = Checked([InputSpec(ndim=2), InputSpec(ndim=3, name="picture")])
    two, three = mark1.ops.ones((2, 3)), mark1.ops.ones((2, 3, 4))
    assert len(layer([two, three])) == 2
    with pytest.raises(ValueError, match="needs an input of 3 axes for picture, got one of shape"):
        layer([two, two])
    with pytest.raises(ValueError, match=r'\[Checked "checked"\] needs 2 inputs, got 1'):
        layer([two])
    named = Checked([InputSpec(ndim=2, name="a"), InputSpec(ndim=3, name="b")])
    assert set(named({"b": three, "a": two})) == {"a", "b"}
    with pytest.raises(ValueError, match=r"needs an input 'b', got \['a', 'c'\]"):
        named({"c": three, "a": two})


def test_a_layer_in_a_model_is_asked_too():
    model = mark1.Sequential([Checked(InputSpec(min_ndim=3))])
    with pytest.raises(ValueError, match="needs an input of at least 3 axes"):
        model(mark1.ops.ones((2, 3)))


def test_a_spec_may_be_taken_back():
    layer = Checked(InputSpec(ndim=3))
    layer.input_spec = None
    assert layer.input_spec is None
    assert layer(mark1.ops.ones((2, 3))).shape == (2, 3)


def test_what_a_spec_cannot_be():
    with pytest.raises(TypeError, match=r"\[InputSpec\] axes must be sizes by axis, got 3"):
        InputSpec(axes=3)
    with pytest.raises(ValueError, match=r"\[InputSpec\] there is no axis 2 in an input of 2 axes"):
        InputSpec(ndim=2, axes={2: 1})


def test_configs_go_round():
    spec = InputSpec(shape=(None, 3), axes={1: 3})
    again = InputSpec.from_config(spec.get_config())
    assert repr(again) == repr(spec) == "InputSpec(shape=(None, 3), ndim=2, axes={1: 3})"

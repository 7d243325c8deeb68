"""A gradient that is missing has a reason, and the tape can name it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import mark1
from mark1 import ops


def line() -> int:
    return sys._getframe(1).f_lineno


def weight(**options):
    return mark1.Variable([1.0, 2.0, 3.0], name="w", **options)


@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize(
    ("cut", "what"),
    [
        (lambda x: ops.cast(x > 1.0, "float32"), "goes into greater ("),
        (lambda x: ops.cast(ops.argmax(x), "float32"), "goes into argmax ("),
        (lambda x: ops.cast(ops.argmin(x, axis=0), "float32"), "goes into argmin ("),
        (lambda x: ops.cast(ops.argsort(x), "float32"), "goes into argsort ("),
        (lambda x: ops.cast(ops.cast(x, "int32"), "float32"), "goes into cast ("),
        (lambda x: ops.cast(ops.isnan(x), "float32"), "goes into isnan ("),
        (lambda x: ops.cast(ops.any(x), "float32"), "goes into any ("),
        (lambda x: ops.stop_gradient(x), "goes into stop_gradient ("),
        (lambda x: ops.convert_to_tensor(x.numpy() * 2.0), "is read as an array ("),
        (lambda x: ops.convert_to_tensor(float(x[0])), "is read as a number ("),
    ],
)
def test_the_operation_and_its_line_are_named(cut, what, persistent):
    w = weight()
    with mark1.GradientTape(persistent=persistent) as tape:
        y = cut(w * 2.0) * 3.0
    assert tape.gradient(y, w) is None
    text = tape.explain(y, w)
    assert text.startswith("w has no gradient: what is computed from it ")
    assert what in text
    assert f"{__file__}:{cut.__code__.co_firstlineno}" in text


def test_a_variable_that_goes_straight_into_the_cut():
    w = weight()
    with mark1.GradientTape() as tape:
        y, here = ops.cast(w > 1.0, "float32"), line()
    assert tape.gradient(y, w) is None
    assert tape.explain(y, w) == (
        f"w has no gradient: it goes into greater ({__file__}:{here}), which has no derivative"
    )


def test_a_cut_beside_the_path_is_not_the_reason():
    w, v = weight(), mark1.Variable(1.0, name="v")
    with mark1.GradientTape() as tape:
        y = ops.sum(w * 2.0)
        ops.argmax(w)
        z = y + ops.cast(ops.argmax(v * w), "float32")
    assert tape.gradient(z, [w, v])[1] is None
    assert tape.explain(z, w).startswith("w reaches the target through ")
    assert "argmax" in tape.explain(z, v)


def test_what_was_not_watched():
    x, w = ops.ones(3), weight(trainable=False)
    with mark1.GradientTape() as tape:
        y = x * w
    assert tape.gradient(y, [x, w]) == [None, None]
    assert tape.explain(y, x) == (
        "the tensor float32 (3,) has no gradient: a tape follows a tensor only from "
        "tape.watch(tensor) on"
    )
    assert tape.explain(y, w).endswith(
        "it is not trainable. Set trainable=True, or call tape.watch(variable)"
    )


def test_a_tape_that_does_not_watch_variables():
    w = weight()
    with mark1.GradientTape(watch_accessed_variables=False) as tape:
        y = w * w
    assert tape.gradient(y, w) is None
    assert "was not told to watch this one" in tape.explain(y, w)


def test_what_was_not_used():
    w, v = weight(), weight()
    with mark1.GradientTape() as tape:
        y = v * v
    assert tape.gradient(y, w) is None
    assert tape.explain(y, w).endswith("it was not read while the tape was recording")
    x = ops.ones(2)
    with mark1.GradientTape() as tape:
        tape.watch(x)
        y = v * v
        z = v * 2.0
    assert tape.gradient(y, [x, z]) == [None, None]
    assert tape.explain(y, x).endswith("no operation used it while the tape was recording")
    assert tape.explain(y, v).startswith("w reaches the target through ")
    with mark1.GradientTape() as tape:
        tape.watch(x)
        z = x * 2.0
        y = v * 2.0
    assert tape.gradient(y, x) is None
    assert tape.explain(y, x).endswith("the target does not depend on it")


def test_what_happened_outside_the_tape():
    w = weight()
    with mark1.GradientTape() as tape:
        z = w * 2.0
    y = z * 2.0
    assert tape.gradient(y, w) is None
    assert tape.explain(y, w).endswith(
        "the target was not computed by operations that the tape recorded"
    )


def test_a_rule_that_gives_no_gradient():
    w = weight()
    with mark1.GradientTape() as tape:
        y = w * 2.0
        z = ops.convert_to_tensor(np.ones(3, np.float32))
        mark1.tape.record(_constant_rule, (y,), z)
    assert tape.gradient(z, w) is None
    assert "goes into constant, which gives no gradient to this operand" in tape.explain(z, w)


def _constant_rule(dy):
    return (None,)


def test_integers_have_no_derivative():
    w = weight()
    with mark1.GradientTape() as tape:
        n = ops.argmax(w)
    assert "the target is int32" in tape.explain(n, w)


def test_a_gradient_that_is_there():
    w = weight()
    with mark1.GradientTape() as tape:
        y = ops.sum(ops.tanh(w))
    assert tape.explain(y, w).startswith("w reaches the target through ")
    assert tape.gradient(y, w) is not None
    assert tape.explain(y, w) == "every source that was asked for had a gradient"


def test_a_tape_that_knows_why_keeps_no_tensors():
    from mark1 import _core

    w, v = mark1.Variable(np.ones(100_000)), weight()
    before = int(_core.allocator_stats()["bytes_in_use"])
    with mark1.GradientTape() as tape:
        y = ops.sum(w * w * w)
    assert tape.gradient(y, [w, v])[1] is None
    assert int(_core.allocator_stats()["bytes_in_use"]) < before + 10_000
    assert "not read" in tape.explain(y, v)

"""Functions made of others within recorded steps, and what choices and loops look at."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops
from mark1.recording import EagerStepWarning
from tests.cases import all_cases
from tests.cases.base import Case
from tests.recording.replays import check

# What these look at decides shapes; those of `closeness` are given arrays of NumPy.
_LOOK = ("bincount", "isclose", "allclose")


def _first_cases() -> list[Case]:
    found: dict[str, Case] = {}
    for case in all_cases():
        if case.composite and case.inputs and case.function not in _LOOK:
            found.setdefault(case.function, case)
    return list(found.values())


@pytest.mark.parametrize("case", _first_cases(), ids=lambda case: case.function)
def test_replays_give_the_bits_of_python(case: Case) -> None:
    check(lambda *xs: list(case.run(*xs)), *(case.arrays("float32", seed=i) for i in range(5)))


def test_one_branch_alone_is_called() -> None:
    called: list[str] = []
    y = ops.cond(ops.ones(()) > 0, lambda: called.append("then"), lambda: called.append("else"))
    assert y is None
    assert called == ["then"]
    branches = [lambda i=i: called.append(str(i)) for i in range(3)]
    for index in (-5, 1, 7):
        ops.switch(ops.convert_to_tensor(index), branches)
    assert called == ["then", "0", "1", "2"]


def test_loop_variables_keep_their_kind() -> None:
    doubled = ops.while_loop(lambda x: ops.sum(x) < 10, lambda x: x * 2.0, ops.ones(3))
    assert doubled.numpy().tolist() == [4.0, 4.0, 4.0]
    body = lambda i, x: [i + 1, x + 1.0]  # noqa: E731
    i, x = ops.while_loop(lambda i, x: True, body, [0, ops.zeros(2)], maximum_iterations=3)
    assert (i, x.numpy().tolist()) == (3, [3.0, 3.0])
    assert isinstance(ops.while_loop(lambda i: i < 2, lambda i: (i + 1,), (0,)), tuple)


def test_a_choice_by_value_is_left_to_python() -> None:
    @mark1.function
    def step(x: Any) -> Any:
        return ops.cond(ops.sum(x) > 0, lambda: x * 2.0, lambda: -x)

    with pytest.warns(EagerStepWarning, match="value"):
        results = [step(np.full(2, v, np.float32)).numpy()[0] for v in (1.0, -1.0, 1.0, -1.0)]
    assert results == [2.0, 1.0, 2.0, 1.0]


def test_loops_of_python_are_recorded() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", EagerStepWarning)
        step = mark1.function(lambda x: ops.fori_loop(0, 3, lambda i, y: y * x, x))
        results = [float(step(np.float32(v))) for v in (2.0, 3.0, 1.0, 2.0)]
    assert results == [16.0, 81.0, 1.0, 16.0]


def test_constants_of_bool_are_recorded() -> None:
    step = lambda x: ops.where(ops.full(x.shape, True), x, 0.0)  # noqa: E731
    check(step, *((np.full(3, i, np.float32),) for i in range(5)))


@pytest.mark.parametrize("case", _first_cases(), ids=lambda case: case.function)
def test_variables_are_taken_as_tensors_are(case: Case) -> None:
    arrays = case.arrays("float32")
    want = [np.array(y) for y in case.run(*map(ops.convert_to_tensor, arrays))]
    held = [
        mark1.Variable(a) if x.floating else ops.convert_to_tensor(a)
        for a, x in zip(arrays, case.inputs, strict=True)
    ]
    with mark1.GradientTape() as tape:
        results = list(case.run(*held))
    for y, expected in zip(results, want, strict=True):
        assert np.array(y).tobytes() == expected.tobytes()
    sources = [held[i] for i in case.gradients]
    if sources:
        gradients = tape.gradient(results, sources)
        assert all(g is not None for g in gradients)


SYMBOLIC: dict[str, Any] = {
    "adaptive_max_pool": lambda x: ops.adaptive_max_pool(x, 2),
    "cdist": lambda x: ops.cdist(x, x),
    "cross": lambda x: ops.cross(x[..., :3], x[..., 3:]),
    "digitize": lambda x: ops.digitize(x, np.array([0.0, 1.0], np.float32)),
    "extract_sequences": lambda x: ops.extract_sequences(x, 3, 1),
    "glu": lambda x: ops.glu(x),
    "hsplit": lambda x: ops.hsplit(x, 2)[0],
    "hypot": lambda x: ops.hypot(x, 1.0),
    "moments": lambda x: ops.moments(x, [-1])[1],
    "nanvar": lambda x: ops.nanvar(x, axis=-1),
    "quantile": lambda x: ops.quantile(x, 0.3, axis=-1),
    "rearrange": lambda x: ops.rearrange(x, "b (h i) c -> b h (i c)", i=2),
    "select": lambda x: ops.select([x > 1, x < 0], [x, x * 2.0], 0.5),
    "sparsemax": lambda x: ops.sparsemax(x, axis=1),
    "swish": lambda x: ops.swish(x),
    "tensordot": lambda x: ops.tensordot(x, np.ones((6, 2), np.float32), 1),
    "tril": lambda x: ops.tril(x),
    "unstack": lambda x: ops.unstack(x, axis=1)[1],
}


@pytest.mark.parametrize("name", SYMBOLIC)
def test_models_are_made_of_them(name: str) -> None:
    x = mark1.Input((4, 6))
    model = mark1.Model(x, SYMBOLIC[name](x))
    data = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(3, 4, 6)).astype("float32"))
    want = np.array(SYMBOLIC[name](data))
    got = np.array(model(data))
    assert got.tobytes() == want.tobytes()
    assert got.shape[1:] == model.outputs[0].shape[1:]

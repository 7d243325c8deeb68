"""mark1.ops beside keras.ops: signatures, values, and what dtype comes of which.

`tests/ops/keras_calls.py` has a line per function: what is called, on either module. Functions of
one tensor or two are called with all dtypes besides.
"""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import _core
from tests.ops import keras_calls

DTYPES = ("bool", "uint8", "int32", "int64", "float32", "float64")
# Arguments that only Keras has.
WITHOUT = {
    ("convert_to_tensor", "sparse"): "there are no sparse tensors",
    ("convert_to_tensor", "ragged"): "nor ragged ones",
    ("one_hot", "sparse"): "there are no sparse tensors",
    ("multi_hot", "sparse"): "there are no sparse tensors",
    ("dot_product_attention", "attn_logits_soft_cap"): "the kernel has no place for it",
}
# Results that differ, and with what: all else does not.
OTHERWISE = {
    "hstack vstack dstack": "Keras takes one tensor for one part, NumPy for a list of its rows",
    "layer_normalization rms_normalization": "Keras cuts results down to integers",
    "nanprod nansum prod sum trace": "int32 of uint8: there is no uint32",
    "cbrt corrcoef deg2rad rad2deg heaviside hypot": "float32 of int64, as of all other functions",
    "relu relu6 round": "float32 of integers",
    "size": "Keras has int32",
    "sparsemax": "Keras' does not sum to 1",
    "where": "needs both values: otherwise the shape of the result depends on them",
    "bincount diff square outer": "bool has no arithmetic",
    "gcd lcm": "of int32 and int64",
    "inner tensordot vdot dot matmul": "of floating-point numbers: cast says in which precision",
    "empty empty_like": "hold anything",
    "dtype shape": "are no tensors",
    "custom_gradient map scan": "take functions",
    "full_like geomspace get_item unravel_index take": "the second argument is of another kind",
    "quantile percentile nanquantile nanpercentile": "likewise",
    "left_shift right_shift bitwise_left_shift bitwise_right_shift": (
        "by a negative number nothing is left; TensorFlow leaves that to the machine"
    ),
    "categorical_crossentropy": "has the dtype of the outputs",
}
EXCUSED = {name for names in OTHERWISE for name in names.split()}


@pytest.fixture(scope="module")
def keras_ops(keras: Any) -> Any:
    return keras.ops


@pytest.mark.parametrize("name", sorted(keras_calls.CALLS))
def test_numbers_are_those_of_keras(name: str, keras_ops: Any) -> None:
    for call in keras_calls.CALLS[name]:
        ours, theirs = _arrays(call(mark1.ops)), _arrays(call(keras_ops))
        assert len(ours) == len(theirs)
        for y, expected in zip(ours, theirs, strict=True):
            assert y.shape == expected.shape
            np.testing.assert_allclose(y, expected, rtol=2e-5, atol=2e-6)


def _functions() -> list[str]:
    found = ((name, getattr(mark1.ops, name)) for name in dir(mark1.ops))
    return [name for name, f in found if isinstance(f, _core.Operation)]


def _parameters(function: Any) -> dict[str, inspect.Parameter]:
    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(function).parameters
    return {name: p for name, p in parameters.items() if p.kind not in starred}


@pytest.mark.parametrize("name", _functions())
def test_arguments_are_those_of_keras(name: str, keras_ops: Any) -> None:
    if not hasattr(keras_ops, name):
        return
    theirs, ours = (_parameters(getattr(m, name)) for m in (keras_ops, mark1.ops))
    wanted = [key for key in theirs if (name, key) not in WITHOUT]
    assert [key for key in ours if key in wanted] == wanted
    for key in wanted:
        default = theirs[key].default
        # None stands for something that is said in words.
        if default is not None and default is not inspect.Parameter.empty:
            assert ours[key].default == default, key


def _data(dtype: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.random((3, 4)) < 0.5
    if "int" in dtype:
        return rng.integers(0 if dtype == "uint8" else -3, 5, (3, 4)).astype(dtype)
    return rng.normal(size=(3, 4)).astype(dtype)


def _required(name: str) -> int:
    parameters = _parameters(getattr(mark1.ops, name)).values()
    return sum(p.default is inspect.Parameter.empty for p in parameters)


CALLED = [name for name in _functions() if _required(name) in (1, 2) and name not in EXCUSED]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLED)
def test_dtypes_and_values_are_those_of_keras(name: str, keras_ops: Any) -> None:
    """Whatever tensors Keras takes; what it refuses may do as it likes."""
    if not hasattr(keras_ops, name):
        return
    for dtypes in itertools.product(DTYPES, repeat=_required(name)):
        xs = [_data(dtype, seed) for seed, dtype in enumerate(dtypes)]
        try:
            theirs = _arrays(getattr(keras_ops, name)(*map(keras_ops.convert_to_tensor, xs)))
        except Exception:  # TensorFlow has many of its own
            continue
        ours = _arrays(getattr(mark1.ops, name)(*map(mark1.ops.convert_to_tensor, xs)))
        for y, expected in zip(ours, theirs, strict=True):
            assert (y.dtype, y.shape) == (expected.dtype, expected.shape), dtypes
            np.testing.assert_allclose(y, expected, rtol=2e-5, atol=2e-6, err_msg=str(dtypes))


def _arrays(result: Any) -> list[np.ndarray]:
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)) and not all(isinstance(r, int) for r in result):
        return [a for r in result for a in _arrays(r)]
    return [np.asarray(result)]

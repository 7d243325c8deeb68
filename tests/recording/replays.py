"""What tests of recorded functions have in common."""

import numpy as np

import mark1
from mark1 import ops

CALLS = 6


def replays(function):
    return [replay for _, replay in function._cache.items()]


def is_native(function):
    return all(replay.program is not None for replay in replays(function))


def rows(seed, shape=(3, 4), dtype=np.float32):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def tensors(structure):
    """The leaves of a nest as arrays."""
    if isinstance(structure, dict):
        return [leaf for part in structure.values() for leaf in tensors(part)]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in tensors(part)]
    return [np.asarray(structure)]


def assert_same_bits(a, b):
    for x, y in zip(tensors(a), tensors(b), strict=True):
        assert x.dtype == y.dtype
        assert x.shape == y.shape
        assert x.tobytes() == y.tobytes()


def check(python, *args_of_call, native=True):
    """Compare a function with Python, call by call; they must be pure."""
    function = mark1.function(python)
    for args in args_of_call:
        want = python(*map(ops.convert_to_tensor, args))
        assert_same_bits(function(*args), want)
    assert is_native(function) == native
    return function

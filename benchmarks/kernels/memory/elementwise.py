"""Functions of one and two numbers, truths and choices."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from benchmarks.kernels.memory.row import Make, Row, aten, method, normal, theirs
from mark1 import _core, ops

# PyTorch's names of functions with the same arguments.
_FUNCTIONS = [
    *("abs", "sign", "floor", "ceil", "round", "square"),
    *("exp", "expm1", "sin", "cos", "tanh"),
]
_POSITIVE = ["sqrt", "reciprocal", "log", "log1p"]
_BINARY = {"add": "add", "multiply": "multiply", "divide": "divide", "maximum": "maximum",
           "mod": "remainder", "floor_divide": "floor_divide"}  # fmt: skip


def _erf(x: np.ndarray) -> np.ndarray:
    # Every thousandth number is right: math.erf is slow.
    out = np.full(x.shape, np.nan)
    out[::1000] = [math.erf(value) for value in x[::1000]]
    return out


_ACTIVATIONS: dict[str, Make] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(x, 0),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "gelu": lambda x: x / (1 + np.exp(-2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
}


def unary(x: np.ndarray) -> Iterator[Row]:
    moved = 2.0 * x.nbytes
    positive = np.abs(x) + np.float32(0.1)
    for name in _FUNCTIONS + _POSITIVE:
        array = positive if name in _POSITIVE else x
        ufunc = getattr(np, name)
        yield Row(name, (array,), moved, getattr(ops, name), ufunc, method(name), ufunc)
    yield Row("rsqrt", (positive,), moved, ops.rsqrt, lambda x: 1 / np.sqrt(x), method("rsqrt"))
    yield Row("erf", (x,), moved, ops.erf, _erf, method("erf"), False)
    yield Row("clip", (x,), moved, lambda x: ops.clip(x, -1, 1), lambda x: np.clip(x, -1, 1),
              method("clip", -1, 1), lambda x, out: np.clip(x, -1, 1, out=out))  # fmt: skip
    for name, define in _ACTIVATIONS.items():
        timed = (lambda x, out: np.maximum(x, 0, out=out)) if name == "relu" else None
        form = {"approximate": "tanh"} if name == "gelu" else {}
        torch = theirs(f"nn.functional.{name}", **form)
        yield Row(name, (x,), moved, getattr(ops, name), define, torch, timed)


def slopes(y: np.ndarray) -> Iterator[Row]:
    """dx from dy and what was saved."""
    dy = normal(y.size, seed=1)
    threshold = aten("threshold_backward")
    rows: dict[str, tuple[Make, Make]] = {
        "relu": (lambda dy, y: dy * (y > 0), lambda dy, y: threshold(dy, y, 0)),
        "tanh": (lambda dy, y: dy * (1 - y * y), aten("tanh_backward")),
        "sigmoid": (lambda dy, y: dy * y * (1 - y), aten("sigmoid_backward")),
    }
    for name, (define, torch) in rows.items():
        index = _core.activation_index(name)
        yield Row(f"{name} backward", (dy, y), 3.0 * y.nbytes,
                  lambda dy, y, i=index: _core.activation_backward(i, dy, y, 0, 0, 0), define,
                  torch)  # fmt: skip


def binary(x: np.ndarray, square: np.ndarray) -> Iterator[Row]:
    y = np.abs(normal(x.size, seed=1)) + np.float32(0.5)
    for name, torch in _BINARY.items():
        ufunc = getattr(np, name)
        # What is next to a whole number may be the one or the other.
        off = 1.0 if name == "floor_divide" else 2.0 if name == "mod" else 2e-6
        yield Row(name, (x, y), 3.0 * x.nbytes, getattr(ops, name), ufunc, method(torch), ufunc,
                  off)  # fmt: skip
    positive = np.abs(x) + np.float32(0.1)
    yield Row("power", (positive, y), 3.0 * x.nbytes, ops.power, np.power, method("pow"), np.power)
    line, column = square[0].copy(), square[:, :1].copy()
    for name, other in (("row", line), ("column", column), ("number", line[:1])):
        yield Row(f"add a {name}", (square, other), 2.0 * square.nbytes, ops.add, np.add,
                  method("add"), np.add)  # fmt: skip
    yield Row("add column and row", (column, line), 1.0 * square.nbytes, ops.add, np.add,
              method("add"), np.add)  # fmt: skip
    deep = square.reshape(-1, 8, square.shape[1] // 8)
    yield Row("multiply (a, 8, c) and (a, 1, c)", (deep, deep[:, :1].copy()), 2.125 * deep.nbytes,
              ops.multiply, np.multiply, method("multiply"), np.multiply)  # fmt: skip


def truths(x: np.ndarray) -> Iterator[Row]:
    y = normal(x.size, seed=1)
    size = float(x.nbytes)
    bits, others = x > 0, y > 0
    for name, torch in (("less", "less"), ("equal", "eq")):
        ufunc = getattr(np, name)
        yield Row(name, (x, y), 2.25 * size, getattr(ops, name), ufunc, method(torch), ufunc)
    yield Row("greater than a number", (x, y[:1]), 1.25 * size, ops.greater, np.greater,
              method("greater"), np.greater)  # fmt: skip
    for name in ("isnan", "isinf", "isfinite"):
        ufunc = getattr(np, name)
        yield Row(name, (x,), 1.25 * size, getattr(ops, name), ufunc, method(name), ufunc)
    yield Row("logical_and", (bits, others), 0.75 * size, ops.logical_and, np.logical_and,
              method("logical_and"), np.logical_and)  # fmt: skip
    yield Row("logical_not", (bits,), 0.5 * size, ops.logical_not, np.logical_not,
              method("logical_not"), np.logical_not)  # fmt: skip
    yield Row("where", (bits, x, y), 3.25 * size, ops.where, np.where, theirs("where"))
    yield Row("where a number", (bits, x), 2.25 * size, lambda c, x: ops.where(c, x, 0.0),
              lambda c, x: np.where(c, x, np.float32(0)),
              theirs("where", 0.0))  # fmt: skip
    yield Row("cast float32 to float64", (x,), 3.0 * size, lambda x: ops.cast(x, "float64"),
              lambda x: x.astype(np.float64), method("double"))  # fmt: skip
    yield Row("cast bool to float32", (bits,), 1.25 * size, lambda x: ops.cast(x, "float32"),
              lambda x: x.astype(np.float32), method("float"))  # fmt: skip

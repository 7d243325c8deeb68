"""simple_rnn, lstm, gru: whole sequences, masks, directions, activations of several kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input

_GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}


def _sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(0.5 * x))


_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": _sigmoid,
    "silu": lambda x: x * _sigmoid(x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "tanh": np.tanh,
}


class Layer:
    """One call: which tensors it has, and what it gives in NumPy and in mark1."""

    def __init__(
        self,
        function: str,
        shape: tuple[int, int, int, int],
        activation: str = "tanh",
        recurrent: str = "sigmoid",
        bias: bool = True,
        states: bool = True,
        mask: bool = False,
        dropout: bool = False,
        reset_after: bool = True,
        backwards: bool = False,
        sequences: bool = True,
    ) -> None:
        n, steps, features, units = shape
        self.function, self.units = function, units
        self.activation, self.recurrent = activation, recurrent
        self.reset_after, self.backwards, self.sequences = reset_after, backwards, sequences
        g = _GATES[function]
        two = function == "gru" and reset_after
        shapes: dict[str, tuple[int, ...]] = {
            "x": (n, steps, features), "w": (features, g * units), "u": (units, g * units),
        }  # fmt: skip
        if bias:
            shapes["b"] = (2, g * units) if two else (g * units,)
        if states:
            shapes["h"] = (n, units)
        if states and function == "lstm":
            shapes["c"] = (n, units)
        self.differentiable = len(shapes)
        if mask:
            shapes["mask"] = (n, steps)
        if dropout:
            shapes["dropout_factors"] = (n, units)
        self.shapes = shapes

    def define(self, *arrays: Array) -> tuple[Array, ...]:
        it = dict(zip(self.shapes, arrays, strict=True))
        x, w, u = it["x"], it["w"], it["u"]
        n, steps, _ = x.shape
        b, inner = it.get("b"), None
        if b is not None and b.ndim == 2:
            b, inner = b
        zero = np.zeros((n, self.units))
        h, c, ys = it.get("h", zero), it.get("c", zero), []
        factors = it.get("dropout_factors", 1.0)
        for t in reversed(range(steps)) if self.backwards else range(steps):
            z = x[:, t] @ w if b is None else x[:, t] @ w + b
            fresh, state = self._step(z, h, h * factors, c, u, inner)
            if "mask" in it:
                seen = it["mask"][:, t, None]
                fresh, state = np.where(seen, fresh, h), np.where(seen, state, c)
            h, c = fresh, state
            ys.append(h)
        last = (h, c) if self.function == "lstm" else (h,)
        return (np.stack(ys, 1), *last) if self.sequences else last

    def _step(self, z: Any, h: Any, p: Any, c: Any, u: Any, inner: Any) -> tuple[Any, Any]:
        f, r = _FUNCTIONS[self.activation], _FUNCTIONS[self.recurrent]
        if self.function == "simple_rnn":
            return f(z + p @ u), c
        if self.function == "lstm":
            i, forget, g, o = np.split(z + p @ u, 4, axis=1)
            c = r(forget) * c + r(i) * f(g)
            return r(o) * f(c), c
        x, k = np.split(z, 3, axis=1), np.split(u, 3, axis=1)
        if self.reset_after:
            s = np.split(p @ u if inner is None else p @ u + inner, 3, axis=1)
            fresh = f(x[2] + r(x[1] + s[1]) * s[2])
            update = r(x[0] + s[0])
        else:
            update, reset = r(x[0] + p @ k[0]), r(x[1] + p @ k[1])
            fresh = f(x[2] + (reset * p) @ k[2])
        return update * h + (1 - update) * fresh, c

    def call(self, *tensors: Any) -> tuple[Any, ...]:
        import mark1

        options: dict[str, Any] = {
            "activation": self.activation,
            "go_backwards": self.backwards,
            "return_sequences": self.sequences,
        }
        if self.function != "simple_rnn":
            options["recurrent_activation"] = self.recurrent
        if self.function == "gru":
            options["reset_after"] = self.reset_after
        out = getattr(mark1.ops, self.function)(
            **dict(zip(self.shapes, tensors, strict=True)), **options
        )
        return tuple(out) if self.sequences else tuple(out[1:])

    def magnitude(self, *arrays: Array) -> tuple[Array, ...]:
        # Errors are those of sums, relative to sums of absolute values; activations and gates do
        # not enlarge them much, and states are about 1.
        it = dict(zip(self.shapes, arrays, strict=True))
        x, w, u = (np.abs(it[k]) for k in "xwu")
        top = max([1.0, *(np.abs(it[k]).max(initial=0) for k in ("h", "b") if k in it)])
        sums = (x @ w).max(initial=0) + top * u.sum(axis=0).max(initial=0)
        return tuple(1 + sums + np.abs(y) for y in self.define(*arrays))

    def torch_call(self, *tensors: Any) -> Any:
        import torch

        it = dict(zip(self.shapes, tensors, strict=True))
        kind = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
        with torch.no_grad():
            layer = kind[self.function](it["x"].shape[2], self.units, batch_first=True)
            return layer(it["x"])[0]


def _case(
    function: str, shape: tuple[int, int, int, int], gradient: bool = True, **options: Any
) -> Case:
    layer = Layer(function, shape, **options)
    n, steps, features, units = shape
    g = _GATES[function]
    inputs = []
    for what, of in layer.shapes.items():
        values = "normal"
        # Differences settle only if a step does not shake the next one too much, and over many
        # steps even rounding grows unless each makes it smaller.
        if what == "u" and steps > 10:
            values = f"unit:{units**0.5:.3f}"
        elif what == "u" and units > 30:
            values = "unit"
        inputs.append(Input(of, "01", "bool") if what == "mask" else Input(of, values))
    name = "_".join(
        str(v) if isinstance(v, str) else k if v else f"no_{k}" for k, v in options.items()
    )
    return Case(
        op="recurrent",
        function=function,
        name=name,
        define=layer.define,
        call=layer.call,
        inputs=tuple(inputs),
        differentiable=tuple(range(layer.differentiable)) if gradient else (),
        second_order=gradient and units < 10,
        length=(features + units) * (steps + 2),
        ulps=8 * steps,
        scale=layer.magnitude,
        ranges=("normal", "zeros", "denormal"),
        flops=2.0 * n * steps * g * units * (features + units),
        bytes=4.0 * n * steps * (features + 2 * g * units + units),
        torch_call=layer.torch_call,
        composite=True,
    )


CASES = [
    case
    for function in _GATES
    for case in (
        _case(function, (3, 4, 2, 5)),
        _case(function, (1, 1, 1, 1)),
        _case(function, (2, 3, 3, 4), bias=False, states=False, sequences=False),
        _case(function, (3, 4, 2, 5), mask=True, dropout=True),
        _case(function, (3, 4, 2, 5), mask=True, backwards=True),
        _case(function, (2, 3, 2, 3), activation="silu", recurrent="softsign"),
        _case(function, (2, 3, 2, 3), activation="elu", recurrent="linear", sequences=False),
        _case(function, (37, 2, 3, 17), mask=True, gradient=False),
        # Other activations than the usual ones have loops of their own.
        _case(function, (3, 4, 2, 5), activation="softsign", mask=True, dropout=True),
        _case(function, (37, 2, 3, 17), activation="softsign", mask=True, gradient=False),
        _case(function, (5, 2, 7, 67)),
        _case(function, (2, 2, 3, 270), mask=True),
        _case(function, (0, 3, 2, 4), gradient=False),
    )
]
CASES += [
    _case("gru", (3, 4, 2, 5), reset_after=False),
    _case("gru", (3, 4, 2, 5), reset_after=False, mask=True, dropout=True, backwards=True),
    _case("gru", (2, 3, 2, 3), reset_after=False, activation="silu", recurrent="softsign"),
    _case("gru", (5, 3, 7, 67), reset_after=False, mask=True),
    # Weights beyond the second-level cache: the team divides the units.
    _case("lstm", (2, 2, 3, 300), sequences=False),
    _case("gru", (3, 2, 3, 410), reset_after=False, mask=True, gradient=False),
    _case("simple_rnn", (1, 2, 3, 570), gradient=False),
]

BENCHMARKS = [
    _case(function, shape, states=False)
    for function, shape in (
        ("simple_rnn", (32, 100, 1, 50)),
        ("lstm", (32, 100, 1, 50)),
        ("lstm", (32, 100, 128, 128)),
        ("gru", (32, 100, 128, 128)),
        ("lstm", (1, 100, 128, 128)),
        ("lstm", (1, 20, 128, 1024)),
    )
]

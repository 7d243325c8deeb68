"""Hyperbolic functions and their inverses: small, usual and great arguments."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input, composed

_RANGES = ("normal", "zeros", "large", "huge", "denormal", "special")


def _case(function: str, values: str, ulps: float) -> Case:
    return composed(
        "hyperbolic",
        function,
        getattr(np, function),
        Input((33,), values),
        ranges=_RANGES if values == "normal" else ("normal",),
        ulps=ulps,
    )


def _above(function: str) -> Case:
    """From 1 on: the argument is 1 + x^2, so that it is above 1 in every range."""

    def call(x: object) -> object:
        import mark1

        return getattr(mark1.ops, function)(mark1.ops.add(mark1.ops.square(x), 1.0))

    return composed(
        "hyperbolic", function, lambda x: getattr(np, function)(x * x + 1),
        Input((33,), "positive"), ranges=("normal",), name="above", call=call,
        # The rounding of 1 + x^2 matters as much as x is close to 1.
        scale=lambda x: getattr(np, function)(x * x + 1) + 1 / x, ulps=6,
    )  # fmt: skip


CASES = [
    _case("sinh", "normal", 5),
    _case("cosh", "normal", 5),
    _case("arcsinh", "normal", 5),
    _case("arctanh", "unit", 5),
    _case("arccosh", "constant:1e12", 4),
    _above("arccosh"),
]

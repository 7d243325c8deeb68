"""What layers say of arguments that no rule foresaw."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mark1 import Input, layers, name_scope

REFUSALS: list[tuple[type[Exception], str, Callable[[], Any]]] = [
    (TypeError, "[Conv2D] padding must be a string, got (3,)",
     lambda: layers.Conv2D(3, 3, padding=np.zeros(3))),
    (TypeError, "[LeakyReLU] negative_slope must be a number, got 'a'",
     lambda: layers.LeakyReLU("a")),
    (TypeError, "[Minimum] input_shape must be a sequence", lambda: layers.Minimum(input_shape=3)),
    (TypeError, '[MultiHeadAttention "mine"] needs value',
     lambda: layers.MultiHeadAttention(2, 3, name="mine")(np.zeros((2, 4, 4), "f"))),
    (TypeError, '[LSTMCell "mine"] needs states',
     lambda: layers.LSTMCell(2, name="mine")(np.zeros((2, 4), "f"))),
    (TypeError, "[Bidirectional] the arguments do not fit: 'NoneType'",
     lambda: layers.Bidirectional(None)),
    (TypeError, '[Dense "mine"] the arguments do not fit: object of type \'NoneType\' has no len() '
     "(x: None)", lambda: layers.Dense(3, name="mine")(None)),
    (ValueError, '[MaxPooling2D "mine"] the arguments do not fit: there is no 0 (x: {\'a\': 1})',
     lambda: layers.MaxPooling2D(name="mine")({"a": 1})),
    (TypeError, "got an unexpected keyword argument 'dtype' (x: [[1.0]])",
     lambda: layers.Dense(3, kernel_initializer=lambda shape: 0.0)([[1.0]])),
]  # fmt: skip


@pytest.mark.parametrize(("error", "text", "call"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(error: type[Exception], text: str, call: Callable[[], Any]) -> None:
    with pytest.raises(error, match=re.escape(text)):
        call()


class Broken(layers.Layer):
    def __init__(self, fail: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if fail:
            raise KeyError("of the user")

    def call(self, x: Any) -> Any:
        return {}[3]


def test_errors_of_layers_of_the_user_are_left_alone():
    with pytest.raises(KeyError, match=r"^'of the user'$"):
        Broken(fail=True)
    with pytest.raises(KeyError, match=r"^3$"):
        Broken()([[1.0]])
    with pytest.raises(KeyError, match=r"^3$"):
        layers.TimeDistributed(Broken())(np.zeros((1, 2, 3)))
    with pytest.raises(KeyError):
        Broken()(Input((3,)))


@pytest.mark.parametrize("name", ["a/b", 3])
def test_scopes_have_plain_names(name: Any) -> None:
    with pytest.raises(ValueError, match=r"\[name_scope\] name must be a string without '/', got"):
        name_scope(name)

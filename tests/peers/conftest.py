"""Everything in this folder compares with Keras; `make test-peers` runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import mark1

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras, with the backend that tapes gradients."""
    module = pytest.importorskip("keras")
    if module.backend.backend() != "tensorflow":
        pytest.skip("compares with KERAS_BACKEND=tensorflow")
    return module


@pytest.fixture
def dtype(request: pytest.FixtureRequest, keras: ModuleType) -> Iterator[str]:
    """The dtype in which both libraries compute during the test."""
    name: str = request.param
    ours, theirs = mark1.config.dtype_policy(), keras.config.dtype_policy()
    keras.config.set_floatx(name)
    keras.config.set_dtype_policy(name)
    mark1.config.set_dtype_policy(name)
    yield name
    mark1.config.set_dtype_policy(ours)
    keras.config.set_dtype_policy(theirs)
    keras.config.set_floatx("float32")

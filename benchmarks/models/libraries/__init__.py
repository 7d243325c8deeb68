"""One file per library, each with a `Trainer`.

`Trainer(problem)` builds the model. Then

* `train(epochs)` runs so many epochs over the problem's data: shuffled, with Adam, loss and
  accuracy summed up and read at the end of each epoch;
* `weights()` returns kernels (I, O) and biases as NumPy arrays;
* `calls()` maps "predict" and "call", where the library has them, to functions from a row in NumPy
  to its output in NumPy.

A module is imported only in the process that is to run it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol

from benchmarks.models.problems import Array, Problem, Weights


class Trainer(Protocol):
    def __init__(self, problem: Problem) -> None: ...
    def train(self, epochs: int) -> object: ...
    def weights(self) -> Weights: ...
    def calls(self) -> dict[str, Callable[[Array], Array]]: ...


# Name in the table: module here, environment before it is imported, package whose version counts.
LIBRARIES: dict[str, tuple[str, dict[str, str], str]] = {
    "mark1": ("with_mark1", {}, "mark1"),
    "JAX": ("with_jax", {}, "jax"),
    "JAX (scan)": ("with_jax", {"BENCHMARK_SCAN": "1"}, "jax"),
    "torch": ("with_torch", {}, "torch"),
    "torch.compile": ("with_torch", {"BENCHMARK_COMPILE": "1"}, "torch"),
    "scikit-learn": ("with_sklearn", {}, "sklearn"),
    "Keras (JAX)": ("with_keras", {"KERAS_BACKEND": "jax"}, "keras"),
    "Keras (TensorFlow)": ("with_keras", {"KERAS_BACKEND": "tensorflow"}, "keras"),
    "Keras (torch)": ("with_keras", {"KERAS_BACKEND": "torch"}, "keras"),
}


def load(name: str) -> tuple[type[Trainer], dict[str, str]]:
    """Import a library; return its Trainer and versions."""
    module_name, _, package = LIBRARIES[name]
    module: Any = importlib.import_module(f"{__name__}.{module_name}")
    packages = [package, *getattr(module, "ALSO", [])]
    return module.Trainer, {p: importlib.import_module(p).__version__ for p in packages}

"""Layers that work on Python's strings, before tensors begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from mark1 import _core
from mark1.layers.layer import Layer
from mark1.layers.symbolic import SymbolicTensor
from mark1.typing import Array


class HostLayer(Layer):
    """Makes numbers of texts, on the host and outside of models: there are no tensors of strings.

    Call it on the data, and give a model the numbers; a model may do so in a data set's
    ``__getitem__`` batch by batch.
    """

    def __call__(self, x: Any = None, /, *args: Any, training: Any = None, **kwargs: Any) -> Any:
        """Return the numbers for texts: a string, an array or a nest of lists of strings.

        Raises:
            TypeError: in a model, or in a step that is recorded.
        """
        if isinstance(x, (SymbolicTensor, _core.Tensor)) or _core.recording():
            self.stay_outside()
        self.built = True
        return self.call(x)

    def stay_outside(self) -> NoReturn:
        """Refuse to be part of a model.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            f'[{type(self).__name__} "{self.name}"] takes strings, of which there are no '
            "tensors, so that it cannot be part of a model: call it on the data first, and "
            "give the model the numbers"
        )


def texts_of(data: Any, op: str) -> Array:
    """Return an array of strings for strings in lists and arrays; bytes are UTF-8.

    >>> texts_of([b"a", "b"], "TextVectorization")
    array(['a', 'b'], dtype=object)
    """
    array = np.asarray(data, object)
    if array.dtype != object or isinstance(data, np.ndarray):
        array = np.asarray(data).astype(object)

    def text(item: Any) -> str:
        if isinstance(item, bytes):
            return item.decode("utf-8", "replace")
        if isinstance(item, str):
            return str(item)
        raise TypeError(f"[{op}] takes strings, got {type(item).__name__}")

    flat = np.empty(array.size, object)
    flat[:] = [text(item) for item in array.ravel()]
    return flat.reshape(array.shape)


def batches_of_texts(data: Any, op: str, steps: int | None = None) -> Iterator[Array]:
    """Go through a list or array of texts, or through batches of them.

    >>> [len(batch) for batch in batches_of_texts(iter([["a", "b"], ["c"]]), "TextVectorization")]
    [2, 1]
    """
    if isinstance(data, (str, bytes)):
        data = [data]
    if isinstance(data, (list, tuple, np.ndarray)):
        yield texts_of(data, op)
        return
    if not hasattr(data, "__iter__"):
        raise TypeError(f"[{op}] adapt takes texts or batches of texts, got {type(data).__name__}")
    for i, batch in enumerate(data):
        if steps is not None and i >= steps:
            return
        yield texts_of(batch[0] if isinstance(batch, tuple) else batch, op)

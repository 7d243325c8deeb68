"""What a layer is called with: arrays become tensors, whatever they are nested in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.device_array import is_on_device
from mark1.layers.masks import mask_of, set_mask
from mark1.layers.symbolic import SymbolicTensor

if TYPE_CHECKING:
    from mark1.layers.layer import Layer

_ARRAYS = (np.ndarray, Tensor, _core.Variable, SymbolicTensor)


def any_symbolic(structure: Any) -> bool:
    """Whether there is a symbolic tensor in a nest.

    >>> any_symbolic([1, {"a": None}])
    False
    """
    if isinstance(structure, SymbolicTensor):
        return True
    if isinstance(structure, (list, tuple)):
        return any(map(any_symbolic, structure))
    return isinstance(structure, dict) and any(map(any_symbolic, structure.values()))


def as_inputs(layer: Layer, given: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with tensors of the layer's dtype in place of arrays.

    The first argument is an input whatever it is; of the others numbers, strings and lists of
    numbers stay as they are, being options.
    """
    names = iter(given)
    out = {(first := next(names)): _convert(layer, given[first], True)}
    for name in names:
        out[name] = _convert(layer, given[name], False)
    return out


def _convert(layer: Layer, value: Any, first: bool) -> Any:
    if type(value) is Tensor:
        x = value
    elif value is None or isinstance(value, SymbolicTensor):
        return value
    elif is_nest(value):
        if isinstance(value, dict):
            return {key: _convert(layer, part, first) for key, part in value.items()}
        parts = [_convert(layer, part, first) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    elif first or isinstance(value, _ARRAYS) or hasattr(value, "__array__"):
        x = ops.convert_to_tensor(value)
        mask = mask_of(value)
        if mask is not None:
            set_mask(x, mask)
    else:
        return value
    return x if x.dtype == layer._compute_dtype else layer._cast(x, first)


def is_nest(value: Any) -> bool:
    """Whether lists, tuples and dictionaries hold tensors, and not the numbers of one array.

    >>> is_nest([[1.0, 2.0]]), is_nest([np.ones(2), np.ones(3)])
    (False, True)
    """
    if isinstance(value, dict):
        return True
    if not isinstance(value, (list, tuple)) or not value:
        return False
    return any(
        part is None or isinstance(part, _ARRAYS) or is_nest(part) or is_on_device(part)
        for part in value
    )


def shapes_of(structure: Any, any_batch: bool = False) -> Any:
    """Return the shapes of a nest of tensors or shapes, in lists and dictionaries.

    Args:
        structure: tensors, or shapes: tuples and lists of integers and None.
        any_batch: whether the first axis becomes None.

    >>> shapes_of([ops.ones((2, 3)), ops.ones((2, 4))], True)
    [(None, 3), (None, 4)]
    >>> shapes_of([None, 3])
    (None, 3)
    """
    if structure is None:
        return None
    if isinstance(structure, dict):
        return {key: shapes_of(part, any_batch) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        if all(part is None or isinstance(part, (int, np.integer)) for part in structure):
            return tuple(structure)
        return [shapes_of(part, any_batch) for part in structure]
    shape = structure.shape
    return (None, *shape[1:]) if any_batch and shape else tuple(shape)

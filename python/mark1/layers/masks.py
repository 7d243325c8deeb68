"""Masks: which timesteps of a tensor count.

A mask belongs to a tensor, not to its values, and most programs have none. So it is kept beside the
tensor, in a table that forgets it with the tensor; a call of a layer looks at the table only while
there is something in it.
"""

from __future__ import annotations

import warnings
import weakref
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.utils.nest import flatten, map_structure


class MaskWarning(UserWarning):
    """A mask ends at a layer that does not pass it on."""


#: What counts of which tensor.
table: weakref.WeakKeyDictionary[Tensor, Tensor] = weakref.WeakKeyDictionary()
#: Is true as long as there is a mask: what the hot path looks at.
held: dict[Any, Tensor] = table.data  # type: ignore[attr-defined]


def mask_of(x: Any) -> Tensor | None:
    """Return the mask of a tensor, or None.

    >>> mask_of(ops.ones((2, 3))) is None
    True
    """
    return table.get(x) if held and type(x) is Tensor else None


def set_mask(x: Any, mask: Any) -> None:
    """Give a tensor a mask: booleans, broadcast against it from the left; None takes it away.

    >>> x = ops.ones((1, 2))
    >>> set_mask(x, ops.convert_to_tensor([[True, False]]))
    >>> mask_of(x).numpy()
    array([[ True, False]])
    """
    if mask is None:
        table.pop(x, None)
    elif type(x) is Tensor:
        table[x] = mask if type(mask) is Tensor else ops.convert_to_tensor(mask)


def masks_of(structure: Any) -> Any:
    """Return the masks of a nest of tensors, as a nest; None for those that have none.

    >>> masks_of([ops.ones(1), ops.ones(1)])
    [None, None]
    """
    return map_structure(mask_of, structure)


def keep_mask(of: Tensor, x: Tensor) -> Tensor:
    """Return x with the mask of another tensor, which it stands for from now on."""
    mask = mask_of(of)
    if mask is not None:
        set_mask(x, mask)
    return x


def fill_in(takes: frozenset[str], given: dict[str, Any]) -> None:
    """Give a call the masks that it asks for, as Keras does.

    Args:
        takes: what the call can be given by name.
        given: its arguments by name, to which masks are added.
    """
    inputs = [
        name
        for name, value in given.items()
        if not name.endswith("mask") and any(type(x) is Tensor for x in flatten(value))
    ]
    if len(inputs) == 1:
        wanted = {"mask": inputs[0]} if "mask" in takes else {}
    else:
        wanted = {f"{name}_mask": name for name in inputs if f"{name}_mask" in takes}
    for argument, name in wanted.items():
        if given.get(argument) is None:
            given[argument] = masks_of(given[name])


def pass_on(layer: Any, first: Any, out: Any, mask: Any) -> None:
    """Give the outputs of a layer the masks that it says they have.

    Args:
        layer: what was called.
        first: its first input.
        out: its outputs.
        mask: the mask of the first input.
    """
    if not layer.supports_masking:
        if any(m is not None for m in flatten(mask)):
            warnings.warn(
                f'[{type(layer).__name__} "{layer.name}"] does not pass on the mask of its '
                "inputs: layers after it see every timestep",
                MaskWarning,
                stacklevel=5,
            )
        return
    outputs = list(flatten(out))
    if all(mask_of(y) is not None for y in outputs):
        return
    found = layer.compute_mask(first, mask)
    if found is None:
        return
    for y, m in zip(outputs, flatten(found), strict=False):
        if m is not None and mask_of(y) is None:
            set_mask(y, m)

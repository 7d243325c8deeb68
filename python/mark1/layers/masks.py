"""Masks: which timesteps of a tensor count.

A mask belongs to a tensor, not to its values, and most programs have none. So it is kept beside the
tensor, in a table that forgets it with the tensor; a call of a layer looks at the table only while
there is something in it.
"""

from __future__ import annotations

import weakref
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.utils.nest import map_structure

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

"""Values that gradients take for constants."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape import _state
from mark1.tape.state import cut


def stop_gradient(x: Any) -> Tensor:
    """The values of x as a constant: no gradient goes back from here.

    Args:
        x: Tensor, Variable or array; any shape.

    Returns:
        A tensor that shares x's memory.

    Example:
        >>> import mark1
        >>> x = mark1.Variable(3.0)
        >>> with mark1.GradientTape() as tape:
        ...     y = mark1.ops.stop_gradient(x) * x
        >>> float(tape.gradient(y, x))
        3.0
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        return _core.convert(x)
    if _state.stack:
        cut("stop_gradient", (x.id,))
    return _core.reshape(x, x.shape)

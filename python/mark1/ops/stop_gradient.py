"""Values that gradients take for constants."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape import _state
from mark1.tape.state import cut


def stop_gradient(variable: Any) -> Tensor:
    """The values of a tensor or variable as a constant: no gradient goes back from here.

    Args:
        variable: Tensor, Variable or array; any shape.

    Returns:
        A tensor that shares its memory.

    Example:
        >>> import mark1
        >>> x = mark1.Variable(3.0)
        >>> with mark1.GradientTape() as tape:
        ...     y = mark1.ops.stop_gradient(x) * x
        >>> float(tape.gradient(y, x))
        3.0
    """
    if not isinstance(variable, (Tensor, _core.Variable)):
        return _core.convert(variable)
    if _state.stack:
        cut("stop_gradient", (variable.id,))
    return _core.reshape(variable, variable.shape)

"""What all activations share: calling an entry of the kernels' list, and its derivatives.

Formulas, first and second derivatives are in `csrc/ops/activation/`. The public functions are in
`smooth.py` and `piecewise.py`.
"""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply
from mark1.tape import _state, record


class Activation:
    """One entry of the kernels' list: calling it computes and records.

    Example:
        >>> Activation("tanh")([0.0]).numpy()
        array([0.], dtype=float32)
    """

    __slots__ = ("index", "over_y")

    def __init__(self, name: str) -> None:
        self.index: int = _core.activation_index(name)
        self.over_y: bool = _core.activation_over_y(self.index)

    def __call__(self, x: Any, alpha: float = 0.0, beta: float = 0.0, gamma: float = 0.0) -> Tensor:
        """The activation of x, recorded if a tape listens; parameters are named as in C++."""
        if not _state.stack:
            return _core.activation(self.index, x, alpha, beta, gamma)
        if not isinstance(x, (Tensor, _core.Variable)):
            x = _core.convert(x)
        held = x.value if isinstance(x, _core.Variable) else x
        y = _core.activation(self.index, held, alpha, beta, gamma)
        saved = y if self.over_y else held
        record(_rule, (x,), y, (saved, self.index, alpha, beta, gamma))
        return y


def activation_backward(
    dy: Tensor, saved: Tensor, index: int, alpha: float = 0.0, beta: float = 0.0, gamma: float = 0.0
) -> Tensor:
    """The gradient of an activation, `dy f'(saved)`, as an operation of its own.

    Args:
        dy: gradient of the output, any shape.
        saved: output or input, whichever the activation's entry takes; same shape and dtype.
        index: position of the activation in the kernels' list.
        alpha: first parameter of the activation.
        beta: second parameter.
        gamma: third parameter.

    Returns:
        A tensor of the shape of dy.

    Raises:
        ValueError: if shapes or dtypes differ.

    Example:
        >>> y = _core.convert([0.5])
        >>> activation_backward(_core.convert([2.0]), y, Activation("tanh").index).numpy()
        array([1.5], dtype=float32)
    """
    dx = _core.activation_backward(index, dy, saved, alpha, beta, gamma)
    if _state.stack:
        record(_backward_rule, (dy, saved), dx, (dy, saved, index, alpha, beta, gamma))
    return dx


def _rule(dy: Tensor, saved: Tensor, index: int, *parameters: float) -> tuple[Tensor]:
    return (activation_backward(dy, saved, index, *parameters),)


def _backward_rule(
    g: Tensor, dy: Tensor, saved: Tensor, index: int, *parameters: float
) -> tuple[Tensor, Tensor]:
    d_dy = activation_backward(g, saved, index, *parameters)
    return d_dy, _activation_second(g, dy, saved, index, *parameters)


def _activation_second(
    g: Tensor, dy: Tensor, saved: Tensor, index: int, *parameters: float
) -> Tensor:
    out = _core.activation_second(index, g, dy, saved, *parameters)
    if _state.stack:
        record(_second_rule, (g, dy, saved), out, (g, dy, saved, index, *parameters))
    return out


def _second_rule(
    h: Tensor, g: Tensor, dy: Tensor, saved: Tensor, index: int, *parameters: float
) -> tuple[Tensor, Tensor, Tensor]:
    from mark1.ops.bends import times_third  # made of activations itself

    d_g = _activation_second(h, dy, saved, index, *parameters)
    d_dy = _activation_second(g, h, saved, index, *parameters)
    return d_g, d_dy, times_third(index, multiply(multiply(h, g), dy), saved, parameters[0])

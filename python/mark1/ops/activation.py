"""Smooth activations, element by element, and what all activations share.

Formulas, first and second derivatives are in `csrc/ops/activation/`; the functions here name them,
check parameters and tell the tape. Those made of straight pieces are in `piecewise.py`.
"""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
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
    d_saved = _core.activation_second(index, g, dy, saved, *parameters)
    if _state.stack:
        record(_second_rule, (g, dy, saved), d_saved, (g, dy, saved, index, *parameters))
    return d_dy, d_saved


def _second_rule(
    h: Tensor, g: Tensor, dy: Tensor, saved: Tensor, index: int, *parameters: float
) -> tuple[Tensor, Tensor, Tensor]:
    raise ValueError("[activation] third derivatives of activations are not available")


_sigmoid = Activation("sigmoid")
_tanh = Activation("tanh")
_softplus = Activation("softplus")
_log_sigmoid = Activation("log_sigmoid")
_exponential = Activation("exponential")
_elu = Activation("elu")
_selu = Activation("selu")
_celu = Activation("celu")
_softsign = Activation("softsign")
_squareplus = Activation("squareplus")
_silu = Activation("silu")
_gelu = Activation("gelu")
_gelu_tanh = Activation("gelu_tanh")
_mish = Activation("mish")
_tanh_shrink = Activation("tanh_shrink")


def sigmoid(x: Any) -> Tensor:
    """The logistic function.

    y = 1 / (1 + e^-x); dy/dx = y (1 - y). The result remembers x, its logits, for cross-entropy.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, between 0 and 1.

    Example:
        >>> import mark1
        >>> mark1.ops.sigmoid([0.0, 100.0]).numpy()
        array([0.5, 1. ], dtype=float32)
    """
    if not isinstance(x, Tensor):
        x = _core.convert(x) if not isinstance(x, _core.Variable) else x
    y = _sigmoid(x)
    y.logits = x.value if isinstance(x, _core.Variable) else x
    return y


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent.

    y = (e^x - e^-x) / (e^x + e^-x); dy/dx = 1 - y^2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, between -1 and 1.

    Example:
        >>> import mark1
        >>> mark1.ops.tanh([0.0, 20.0]).numpy()
        array([0., 1.], dtype=float32)
    """
    return _tanh(x)


def softplus(x: Any) -> Tensor:
    """A smooth relu.

    y = ln(1 + e^x); dy/dx = sigmoid(x).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, above 0.

    Example:
        >>> import mark1
        >>> mark1.ops.softplus([-200.0, 100.0]).numpy()
        array([  0., 100.], dtype=float32)
    """
    return _softplus(x)


def log_sigmoid(x: Any) -> Tensor:
    """The logarithm of the sigmoid, exact where the sigmoid itself would be 0 or 1.

    y = -ln(1 + e^-x); dy/dx = sigmoid(-x).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, below 0.

    Example:
        >>> import mark1
        >>> mark1.ops.log_sigmoid([-100.0]).numpy()
        array([-100.], dtype=float32)
    """
    return _log_sigmoid(x)


def exponential(x: Any) -> Tensor:
    """The exponential function.

    y = e^x = dy/dx.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, above 0.

    Example:
        >>> import mark1
        >>> mark1.ops.exponential([0.0, 100.0]).numpy()
        array([ 1., inf], dtype=float32)
    """
    return _exponential(x)


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """Exponential linear unit.

    y = x for x > 0, else alpha (e^x - 1); dy/dx = 1, else y + alpha.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        alpha: minus the limit for x to -infinity.

    Returns:
        A tensor of the shape of x, above -alpha.

    Raises:
        ValueError: if alpha is negative.

    Source: Clevert et al., 2016, arXiv:1511.07289.

    Example:
        >>> import mark1
        >>> mark1.ops.elu([-200.0, 2.0]).numpy()
        array([-1.,  2.], dtype=float32)
    """
    if alpha < 0:
        raise ValueError(f"[elu] alpha must not be negative, got {alpha}")
    return _elu(x, alpha)


def selu(x: Any) -> Tensor:
    """Scaled exponential linear unit, which keeps mean 0 and variance 1 from layer to layer.

    y = s x for x > 0, else s a (e^x - 1), s = 1.0507..., a = 1.6732...; dy/dx = s, else y + s a.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, above -1.7581.

    Source: Klambauer et al., 2017, arXiv:1706.02515.

    Example:
        >>> import mark1
        >>> mark1.ops.selu([0.0, 1.0]).numpy()
        array([0.      , 1.050701], dtype=float32)
    """
    return _selu(x)


def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """Continuously differentiable exponential linear unit.

    y = x for x > 0, else alpha (e^(x / alpha) - 1); dy/dx = 1, else e^(x / alpha).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        alpha: minus the limit for x to -infinity.

    Returns:
        A tensor of the shape of x, above -alpha.

    Raises:
        ValueError: if alpha is 0.

    Source: Barron, 2017, arXiv:1704.07483.

    Example:
        >>> import mark1
        >>> mark1.ops.celu([-200.0, 2.0], alpha=0.5).numpy()
        array([-0.5,  2. ], dtype=float32)
    """
    if alpha == 0:
        raise ValueError("[celu] alpha must not be 0")
    return _celu(x, alpha)


def softsign(x: Any) -> Tensor:
    """A sigmoid with long tails.

    y = x / (1 + |x|); dy/dx = 1 / (1 + |x|)^2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, between -1 and 1.

    Example:
        >>> import mark1
        >>> mark1.ops.softsign([-1.0, 0.0, 3.0]).numpy()
        array([-0.5 ,  0.  ,  0.75], dtype=float32)
    """
    return _softsign(x)


def squareplus(x: Any, b: float = 4.0) -> Tensor:
    """A smooth relu without exponentials.

    y = (x + r) / 2, r = sqrt(x^2 + b); dy/dx = y / r.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        b: smoothness; 0 gives relu.

    Returns:
        A tensor of the shape of x, at least 0.

    Raises:
        ValueError: if b is negative.

    Source: Barron, 2021, arXiv:2112.11687.

    Example:
        >>> import mark1
        >>> mark1.ops.squareplus([0.0, 1e30]).numpy()
        array([1.e+00, 1.e+30], dtype=float32)
    """
    if b < 0:
        raise ValueError(f"[squareplus] b must not be negative, got {b}")
    return _squareplus(x, b)


def silu(x: Any) -> Tensor:
    """Sigmoid-weighted linear unit, also called swish.

    y = x s, s = sigmoid(x); dy/dx = s (1 + x (1 - s)).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, at least -0.2785.

    Source: Elfwing et al., 2017, arXiv:1702.03118.

    Example:
        >>> import mark1
        >>> mark1.ops.silu([-1000.0, 0.0, 100.0]).numpy()
        array([ -0.,   0., 100.], dtype=float32)
    """
    return _silu(x)


def gelu(x: Any, approximate: bool = True) -> Tensor:
    """Gaussian error linear unit.

    y = x P(x), P the normal distribution; dy/dx = P(x) + x p(x), p its density. Approximate:
    y = x / 2 (1 + tanh u), u = sqrt(2 / pi) (x + 0.044715 x^3).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        approximate: whether to use the formula with tanh (the default of keras.ops).

    Returns:
        A tensor of the shape of x, at least -0.17.

    Source: Hendrycks and Gimpel, 2016, arXiv:1606.08415.

    Example:
        >>> import mark1
        >>> mark1.ops.gelu([0.0, 20.0]).numpy()
        array([ 0., 20.], dtype=float32)
    """
    return _gelu_tanh(x) if approximate else _gelu(x)


def mish(x: Any) -> Tensor:
    """A smooth, self-regularised unit.

    y = x tanh(softplus(x)).
    dy/dx = t + x (1 - t^2) sigmoid(x), t = tanh(softplus(x)).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, at least -0.309.

    Source: Misra, 2019, arXiv:1908.08681.

    Example:
        >>> import mark1
        >>> mark1.ops.mish([0.0, 50.0]).numpy()
        array([ 0., 50.], dtype=float32)
    """
    return _mish(x)


def tanh_shrink(x: Any) -> Tensor:
    """What tanh takes away.

    y = x - tanh(x); dy/dx = tanh(x)^2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, with the sign of x.

    Example:
        >>> import mark1
        >>> mark1.ops.tanh_shrink([0.0, 20.0]).numpy()
        array([ 0., 19.], dtype=float32)
    """
    return _tanh_shrink(x)

"""Smooth activations, element by element.

The functions name an entry of the kernels' list, check its parameters and tell the tape. Those made
of straight pieces are in `piecewise.py`.
"""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.logits import remember_bits

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
    remember_bits(y, x.value if isinstance(x, _core.Variable) else x)
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
    if not alpha >= 0:
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
    if not b >= 0:
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

"""Activations made of straight pieces; their kernels are those of `activation.py`."""

from __future__ import annotations

from typing import Any

from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.cast import convert_to_tensor

_step = Activation("step")
_relu = Activation("relu")
_leaky_relu = Activation("leaky_relu")
_general_relu = Activation("general_relu")
_relu6 = Activation("relu6")
_hard_sigmoid = Activation("hard_sigmoid")
_hard_silu = Activation("hard_silu")
_hard_tanh = Activation("hard_tanh")
_soft_shrink = Activation("soft_shrink")
_hard_shrink = Activation("hard_shrink")
_threshold = Activation("threshold")


def linear(x: Any) -> Tensor:
    """Returns x as it is.

    y = x; dy/dx = 1.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, x itself.

    Example:
        >>> import mark1
        >>> mark1.ops.linear([1.0, -2.0]).numpy()
        array([ 1., -2.], dtype=float32)
    """
    return convert_to_tensor(x)


def step(x: Any) -> Tensor:
    """The threshold of the perceptron.

    y = 1 for x >= 0, else 0; its derivative counts as 0 everywhere.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, 0 or 1.

    Source: Rosenblatt, The perceptron, Psychological Review 65 (1958), 386-408.

    Example:
        >>> import mark1
        >>> mark1.ops.step([-1.0, 0.0, 2.0]).numpy()
        array([0., 1., 1.], dtype=float32)
    """
    return _step(x)


def relu(x: Any) -> Tensor:
    """Rectified linear unit.

    y = max(x, 0); dy/dx = 1 for x > 0, else 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, at least 0.

    Example:
        >>> import mark1
        >>> mark1.ops.relu([-1.0, 2.0]).numpy()
        array([0., 2.], dtype=float32)
    """
    return _relu(x)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """Rectified linear unit that lets some of the negative side through.

    y = x for x > 0, else negative_slope * x; dy/dx = 1, else negative_slope.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        negative_slope: slope below zero.

    Returns:
        A tensor of the shape of x, of any sign.

    Raises:
        ValueError: if negative_slope is negative.

    Source: Maas et al., 2013.

    Example:
        >>> import mark1
        >>> mark1.ops.leaky_relu([-1.0, 2.0]).numpy()
        array([-0.2,  2. ], dtype=float32)
    """
    if not negative_slope >= 0:
        raise ValueError(f"[leaky_relu] negative_slope must not be negative, got {negative_slope}")
    return _leaky_relu(x, negative_slope) if negative_slope else _relu(x)


def general_relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Tensor:
    """The relu of `mark1.activations`, with all its parameters.

    y = max_value for x >= max_value, x for threshold <= x, else negative_slope * (x - threshold).
    dy/dx = 0, 1, else negative_slope.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        negative_slope: slope below the threshold.
        max_value: largest result; None for no limit.
        threshold: smallest x that is passed on.

    Returns:
        A tensor of the shape of x, at most max_value.

    Raises:
        ValueError: if max_value or negative_slope is negative.

    Example:
        >>> import mark1
        >>> mark1.ops.general_relu([-1.0, 2.0, 9.0], 0.1, 6.0).numpy()
        array([-0.1,  2. ,  6. ], dtype=float32)
    """
    top = float("inf") if max_value is None else max_value
    if not (top >= 0 and negative_slope >= 0):
        raise ValueError(
            "[relu] max_value and negative_slope must not be negative, "
            f"got {max_value} and {negative_slope}"
        )
    return _general_relu(x, negative_slope, top, threshold)


def relu6(x: Any) -> Tensor:
    """Rectified linear unit that saturates at 6.

    y = min(max(x, 0), 6); dy/dx = 1 for 0 < x < 6, else 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, from 0 to 6.

    Source: Krizhevsky, 2010.

    Example:
        >>> import mark1
        >>> mark1.ops.relu6([-1.0, 2.0, 9.0]).numpy()
        array([0., 2., 6.], dtype=float32)
    """
    return _relu6(x)


def hard_sigmoid(x: Any) -> Tensor:
    """A sigmoid of three straight pieces.

    y = 0 for x <= -3, 1 for x >= 3, else x / 6 + 1/2; dy/dx = 1/6 in the middle, else 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, from 0 to 1.

    Example:
        >>> import mark1
        >>> mark1.ops.hard_sigmoid([-4.0, 0.0, 4.0]).numpy()
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return _hard_sigmoid(x)


def hard_silu(x: Any) -> Tensor:
    """The silu with a hard sigmoid, also called hard swish.

    y = 0 for x <= -3, x for x >= 3, else x (x / 6 + 1/2); dy/dx = 0, 1, else x / 3 + 1/2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, at least -3/8.

    Source: Howard et al., 2019, arXiv:1905.02244.

    Example:
        >>> import mark1
        >>> mark1.ops.hard_silu([-4.0, 1.5, 4.0]).numpy()
        array([0.   , 1.125, 4.   ], dtype=float32)
    """
    return _hard_silu(x)


def hard_tanh(x: Any) -> Tensor:
    """Limits x to [-1, 1].

    y = min(max(x, -1), 1); dy/dx = 1 for |x| < 1, else 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A tensor of the shape of x, from -1 to 1.

    Example:
        >>> import mark1
        >>> mark1.ops.hard_tanh([-2.0, 0.5, 2.0]).numpy()
        array([-1. ,  0.5,  1. ], dtype=float32)
    """
    return _hard_tanh(x)


def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """Moves x towards zero.

    y = x - threshold for x > threshold, x + threshold for x < -threshold, else 0.
    dy/dx = 1 outside, 0 within.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        threshold: how far.

    Returns:
        A tensor of the shape of x, with the sign of x.

    Example:
        >>> import mark1
        >>> mark1.ops.soft_shrink([-1.0, 0.25, 1.0]).numpy()
        array([-0.5,  0. ,  0.5], dtype=float32)
    """
    return _soft_shrink(x, threshold)


def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """Drops small x.

    y = x for |x| > threshold, else 0; dy/dx = 1, else 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        threshold: the smallest magnitude that counts as small no more.

    Returns:
        A tensor of the shape of x, with the sign of x.

    Example:
        >>> import mark1
        >>> mark1.ops.hard_shrink([-1.0, 0.25, 1.0]).numpy()
        array([-1.,  0.,  1.], dtype=float32)
    """
    return _hard_shrink(x, threshold)


def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    """Passes x above a threshold.

    y = x for x > threshold, else default_value; dy/dx = 1, else 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        threshold: what x must exceed.
        default_value: the result where it does not.

    Returns:
        A tensor of the shape of x, x or default_value.

    Example:
        >>> import mark1
        >>> mark1.ops.threshold([-1.0, 0.5, 2.0], 1.0, 0.0).numpy()
        array([0., 0., 2.], dtype=float32)
    """
    return _threshold(x, threshold, default_value)

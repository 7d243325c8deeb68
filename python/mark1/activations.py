"""Activation functions by name, as `keras.activations` has them.

Example:
    >>> from mark1 import activations
    >>> activations.get("relu")([-1.0, 2.0]).numpy()
    array([0., 2.], dtype=float32)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.ops import celu as celu
from mark1.ops import elu as elu
from mark1.ops import exponential as exponential
from mark1.ops import glu as glu
from mark1.ops import hard_shrink as hard_shrink
from mark1.ops import hard_sigmoid as hard_sigmoid
from mark1.ops import hard_silu as hard_silu
from mark1.ops import hard_tanh as hard_tanh
from mark1.ops import leaky_relu as leaky_relu
from mark1.ops import linear as linear
from mark1.ops import log_sigmoid as log_sigmoid
from mark1.ops import log_softmax as log_softmax
from mark1.ops import mish as mish
from mark1.ops import relu6 as relu6
from mark1.ops import selu as selu
from mark1.ops import sigmoid as sigmoid
from mark1.ops import silu as silu
from mark1.ops import soft_shrink as soft_shrink
from mark1.ops import softmax as softmax
from mark1.ops import softplus as softplus
from mark1.ops import softsign as softsign
from mark1.ops import sparse_plus as sparse_plus
from mark1.ops import sparse_sigmoid as sparse_sigmoid
from mark1.ops import sparsemax as sparsemax
from mark1.ops import squareplus as squareplus
from mark1.ops import step as step
from mark1.ops import tanh as tanh
from mark1.ops import tanh_shrink as tanh_shrink
from mark1.ops import threshold as threshold
from mark1.utils.custom_objects import get_registered_object, name_of
from mark1.utils.registry import unknown

Function = Callable[..., Tensor]


def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Tensor:
    """Rectified linear unit with optional leak, ceiling and threshold.

    y = max(x, 0) by default; y = max_value for x >= max_value, x for threshold <= x, else
    negative_slope * (x - threshold).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        negative_slope: slope below the threshold.
        max_value: largest result; None for no limit.
        threshold: smallest x that is passed on.

    Returns:
        A tensor of the shape of x.

    Raises:
        ValueError: if max_value or negative_slope is negative.

    Example:
        >>> from mark1 import activations
        >>> activations.relu([-1.0, 2.0, 9.0], max_value=6.0).numpy()
        array([0., 2., 6.], dtype=float32)
    """
    if negative_slope == 0.0 and max_value is None and threshold == 0.0:
        return ops.relu(x)
    return ops.general_relu(x, negative_slope, max_value, threshold)


def gelu(x: Any, approximate: bool = False) -> Tensor:
    """Gaussian error linear unit: `mark1.ops.gelu`, exact unless told otherwise.

    y = x P(x), P the normal distribution.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        approximate: whether to use the formula with tanh.

    Returns:
        A tensor of the shape of x, at least -0.17.

    Example:
        >>> from mark1 import activations
        >>> activations.gelu([0.0, 20.0]).numpy()
        array([ 0., 20.], dtype=float32)
    """
    return ops.gelu(x, approximate)


_FUNCTIONS: dict[str, Function] = {
    f.__name__: f
    for f in (
        celu, elu, exponential, gelu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_tanh,
        leaky_relu, linear, log_sigmoid, log_softmax, mish, relu, relu6, selu, sigmoid, silu,
        soft_shrink, softmax, softplus, softsign, sparse_plus, sparse_sigmoid, sparsemax,
        squareplus, step, tanh, tanh_shrink, threshold,
    )
}  # fmt: skip
swish = silu
hard_swish = hard_silu
_ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}


def get(identifier: Any) -> Function:
    """Finds an activation.

    Args:
        identifier: a name, a configuration from `serialize`, None (linear) or a callable.

    Returns:
        The function.

    Raises:
        ValueError: if there is no such activation.

    Example:
        >>> from mark1 import activations
        >>> activations.get(None).__name__
        'linear'
    """
    if identifier is None:
        return linear
    if isinstance(identifier, (str, Mapping)):
        return deserialize(identifier)
    if callable(identifier):
        return identifier  # type: ignore[no-any-return]
    raise ValueError(f"[activations] cannot make an activation of {identifier!r}")


def serialize(activation: Function) -> str:
    """The name by which `get` finds an activation again.

    Args:
        activation: one of this module's functions, or the user's own.

    Returns:
        Its name. That of a function of the user's own has to be in `custom_objects` when it is
        read, unless it is registered.

    Raises:
        ValueError: if the function has no name, or one that stands for another.

    Example:
        >>> from mark1 import activations
        >>> activations.serialize(activations.relu)
        'relu'
    """
    if activation is ops.relu:
        activation = relu  # the same but for options, which layers do not pass
    name = getattr(activation, "__name__", None)
    if isinstance(name, str) and _FUNCTIONS.get(name) is activation:
        return name
    own = name_of(activation)
    if own is not None:
        return own
    if isinstance(name, str) and name.isidentifier():
        if name not in _FUNCTIONS and name not in _ALIASES:
            return name  # as in Keras: whoever loads it gives it by this name
        if activation is ops.gelu:
            raise ValueError(
                "[activations] mark1.ops.gelu approximates, and would be exact after loading. Use "
                "mark1.activations.gelu, or register a function that calls ops.gelu"
            )
        raise ValueError(
            f"[activations] your function {name!r} would be taken for that of the library when "
            "loading. Call it something else, or decorate it with "
            "mark1.saving.register_keras_serializable()"
        )
    raise ValueError(
        f"[activations] {activation!r} has no name to be saved under; use one of mark1.activations "
        "or a function with a name"
    )


def deserialize(
    config: str | Mapping[str, Any], custom_objects: Mapping[str, Function] | None = None
) -> Function:
    """The activation that a configuration names.

    Args:
        config: a name, or Keras' dictionary whose `config` is one.
        custom_objects: functions of the user's own by name; they come first.

    Returns:
        The function.

    Raises:
        ValueError: if there is no activation of that name.

    Example:
        >>> from mark1 import activations
        >>> activations.deserialize("swish").__name__
        'silu'
    """
    name = config.get("config", config.get("class_name")) if isinstance(config, Mapping) else config
    own: Function | None = (
        get_registered_object(name, custom_objects) if isinstance(name, str) else None
    )
    if own is not None:
        return own
    function = _FUNCTIONS.get(_ALIASES.get(name, name)) if isinstance(name, str) else None
    if function is None:
        raise unknown("activation", str(name), [*_FUNCTIONS, *_ALIASES])
    return function

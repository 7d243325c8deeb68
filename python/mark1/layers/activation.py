"""Activation functions as layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mark1 import activations, ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry


@registry.register()
class Activation(Layer):
    """Applies an activation function.

    Args:
        activation: a name or a function.

    >>> Activation("relu")([-1.0, 2.0]).numpy()
    array([0., 2.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation: Callable[..., Any] = activations.get(activation)

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        out: Tensor = self.activation(x)
        return out

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


@registry.register()
class ReLU(Layer):
    """``max(x, 0)``: x from ``threshold`` up, at most ``max_value``; below it a line.

    Args:
        max_value: the largest output; None for no limit.
        negative_slope: outputs below the threshold are ``negative_slope (x - threshold)``.
        threshold: the smallest x that is passed on.

    >>> ReLU()([-1.0, 2.0]).numpy()
    array([0., 2.], dtype=float32)
    >>> ReLU(max_value=3.0, negative_slope=0.5, threshold=1.0)([-1.0, 2.0, 4.0]).numpy()
    array([-1.,  2.,  3.], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = max_value
        self.negative_slope: float = negative_slope or 0.0
        self.threshold: float = threshold or 0.0
        numbers = (max_value or 0.0, self.negative_slope, self.threshold)
        if not all(number >= 0 for number in numbers):
            raise ValueError(
                "[ReLU] max_value, negative_slope and threshold must be numbers from 0 up, "
                f"got {max_value}, {negative_slope} and {threshold}"
            )

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        plain = not self.threshold
        if plain and self.max_value == 6 and not self.negative_slope:
            return ops.relu6(x)
        if not plain or self.max_value is not None:
            return ops.general_relu(x, self.negative_slope, self.max_value, self.threshold)
        return ops.leaky_relu(x, self.negative_slope) if self.negative_slope else ops.relu(x)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


@registry.register()
class LeakyReLU(Layer):
    """x, or below 0 ``negative_slope x``.

    Args:
        negative_slope: slope below 0.
        alpha: its name in earlier versions of Keras.

    >>> LeakyReLU(0.5)([-1.0, 2.0]).numpy()
    array([-0.5,  2. ], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self, negative_slope: float = 0.3, *, alpha: float | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if alpha is not None:
            negative_slope = alpha
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                f"[LeakyReLU] negative_slope must be a number from 0 up, got {negative_slope}"
            )
        self.negative_slope = negative_slope

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.leaky_relu(x, self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


@registry.register()
class ELU(Layer):
    """x, or below 0 ``alpha (exp(x) - 1)``.

    Args:
        alpha: the limit at minus infinity is -alpha.

    >>> ELU()([0.0, 2.0]).numpy()
    array([0., 2.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.elu(x, self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "alpha": self.alpha}


@registry.register()
class Softmax(Layer):
    """``exp(x) / sum(exp(x))`` along an axis; ``call(x, mask)`` over what a mask leaves.

    Args:
        axis: the axis whose sum is 1, or several.

    >>> Softmax()([[0.0, 0.0]]).numpy()
    array([[0.5, 0.5]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis: int | tuple[int, ...] = axis if isinstance(axis, int) else tuple(axis)

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the outputs; what a mask excludes is 0 and does not count.

        A mask of timesteps, as travels with a sequence, says nothing about the elements of one.
        """
        if mask is not None and mask.ndim < x.ndim and mask.shape == x.shape[: mask.ndim]:
            mask = None
        return ops.softmax(x, axis=self.axis, mask=mask)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "axis": self.axis}

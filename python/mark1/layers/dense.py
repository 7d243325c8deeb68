"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from mark1 import activations, initializers, ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, Shape, registry
from mark1.losses.alignment import shape_text
from mark1.ops.dense import FUSED
from mark1.variable import Variable


@registry.register()
class Dense(Layer):
    """``y = activation(x w + b)``.

    Args:
        units: number of outputs O.
        activation: a name, a function, or None for none.
        use_bias: whether there is a b.
        kernel_initializer: how w begins.
        bias_initializer: how b begins.
        kernel_regularizer: what w adds to the loss; and so on, see `mark1.regularizers`.
        kernel_constraint: what w is brought back to; and so on, see `mark1.constraints`.

    Weights:
        kernel (C, O), bias (O,), for inputs (..., C).

    Raises:
        ValueError: units is not a positive integer, or an argument is not known.

    >>> layer = Dense(2, activation="relu", kernel_initializer="ones")
    >>> layer([[1.0, 2.0, 3.0]]).numpy()
    array([[6., 6.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        quantization_config: None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        if isinstance(units, bool) or not isinstance(units, int) or units < 1:
            raise ValueError(f"[Dense] units must be a positive integer, got {units!r}")
        self._set_rules(
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        if quantization_config is not None:
            raise ValueError("[Dense] quantization is not supported")
        self.units = units
        self.activation: Callable[..., Any] = activations.get(activation)
        self.use_bias: bool = bool(use_bias)
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.kernel: Variable | None = None
        self.bias: Variable | None = None

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        self.check_input(input_shape)
        width = input_shape[-1]
        if width is None:
            raise ValueError(
                f'[Dense "{self.name}"] the last axis of its inputs must be known, '
                f"got {shape_text(input_shape)}"
            )
        self.kernel = self.add_weight((width, self.units), self.kernel_initializer, name="kernel")
        if self.use_bias:
            self.bias = self.add_weight((self.units,), self.bias_initializer, name="bias")

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs without a batch axis or of the wrong width."""
        if len(shape) >= 2 and (self.kernel is None or shape[-1] == self.kernel.shape[0]):
            return
        if self.kernel is None:
            want, width = "(batch, ...)", None
        else:
            width = self.kernel.shape[0]
            want = f"(batch, {width})"
        hint = ""
        if len(shape) == 1:
            hint = (
                ". This looks like one sample: add a batch axis, x[None]"
                if width in (None, shape[0])
                else ". The batch axis is missing: x[None] adds one"
            )
        elif len(shape) > 2:
            inner = 1
            for n in shape[1:]:
                inner *= n or 0
            if inner == width:
                hint = ". Put a Flatten() layer before it, or x.reshape(len(x), -1)"
        elif shape and shape[0] == width:
            hint = ". Samples are rows: did you mean x.T?"
        elif shape and shape[-1] is not None and width is not None:
            hint = f". The layer was built for {width} features per sample, these have {shape[-1]}"
        raise ValueError(
            f'[Dense "{self.name}"] expected inputs of shape {want}, got {shape_text(shape)}{hint}'
        )

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        if (name := _fused().get(self.activation)) is not None:
            return ops.dense(x, self.kernel, self.bias, activation=name)
        out: Tensor = self.activation(ops.dense(x, self.kernel, self.bias))
        return out

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (..., O)."""
        self.check_input(input_shape)
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            **self._config_of_rules(),
        }


@cache
def _fused() -> dict[Any, str]:
    """Return the activations that the product's kernel applies itself, by function.

    Not sigmoid: its outputs remember their logits, which a fused kernel never stores.
    """
    return {activations.get(name): name for name in FUSED - {"sigmoid"}}

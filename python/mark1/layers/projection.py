"""Matrix products between several axes at once: a part of attention layers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, Shape
from mark1.losses.alignment import shape_text
from mark1.variable import Variable


class Projection(Layer):
    """``y = activation(x w + b)``, summed over the last axes of x.

    What Keras' layers write as an ``EinsumDense``; here both sides are flattened, which copies
    nothing, and multiplied by `mark1.ops.dense`.

    Args:
        inputs: how many axes are summed over.
        outputs: the axes that take their place.
        use_bias: whether there is a b.
        activation: name of one that `mark1.ops.dense` takes.
        kernel_initializer: how w begins; it is asked for a matrix of all inputs by all outputs.
        bias_initializer: how b begins.
        rules: regularizers and constraints of both, such as ``kernel_regularizer``.

    Weights:
        kernel (*inputs, *outputs), bias (*outputs).

    >>> layer = Projection(1, (2, 3), kernel_initializer="ones")
    >>> layer([[1.0, 2.0]]).shape
    (1, 2, 3)
    """

    supports_masking = True

    def __init__(
        self,
        inputs: int,
        outputs: tuple[int, ...],
        use_bias: bool = True,
        activation: str = "linear",
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        rules: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._set_rules(**(rules or {}))
        self.inputs = inputs
        self.outputs = outputs
        self.use_bias = use_bias
        self.activation = activation
        self.kernel_initializer: Any = _fresh(initializers.get(kernel_initializer))
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.kernel: Variable | None = None
        self.bias: Variable | None = None

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        axes = tuple(input_shape[len(input_shape) - self.inputs :])
        if None in axes:
            raise ValueError(
                f"[{self.name}] the last axis of its inputs must be known, "
                f"got {shape_text(input_shape)}"
            )
        rows, columns = math.prod(axes), math.prod(self.outputs)  # type: ignore[arg-type]

        def matrix(shape: tuple[int, ...], dtype: str) -> Tensor:
            return ops.reshape(self.kernel_initializer((rows, columns), dtype=dtype), shape)

        self.kernel = self.add_weight(
            (*axes, *self.outputs),
            matrix,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(self.outputs, self.bias_initializer, name="bias")

    def check_input(self, shape: Shape) -> None:
        """Refuse inputs of another width than the layer was built for."""
        if self.kernel is None:
            return
        axes = self.kernel.shape[: self.inputs]
        if tuple(shape[len(shape) - self.inputs :]) != axes:
            raise ValueError(
                f"[{self.name}] expected inputs whose last axes are {axes}, got {shape_text(shape)}"
            )

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        kernel, bias = self.kernel, self.bias
        assert kernel is not None
        lead = x.shape[: x.ndim - self.inputs]
        columns = math.prod(self.outputs)
        y = ops.dense(
            ops.reshape(x, (*lead, kernel.size // columns)) if self.inputs > 1 else x,
            ops.reshape(kernel, (kernel.size // columns, columns)),
            None if bias is None else ops.reshape(bias, (columns,)),
            self.activation,
        )
        return ops.reshape(y, (*lead, *self.outputs))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with the last axes replaced."""
        return (*input_shape[: len(input_shape) - self.inputs], *self.outputs)


def _fresh(initializer: Any) -> Any:
    """Return an initializer like the one given, with a seed of its own if it was given none.

    One that several projections share would begin all of them alike.
    """
    if isinstance(initializer, initializers.Initializer):
        return type(initializer).from_config(initializer.get_config())
    return initializer

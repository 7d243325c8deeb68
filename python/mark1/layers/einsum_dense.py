"""Dense layers over any axes, given by letters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mark1 import activations, initializers, ops
from mark1._core import Tensor
from mark1.initializers.variance_scaling import VarianceScaling
from mark1.layers.layer import Layer, Shape, registry
from mark1.losses.alignment import shape_text
from mark1.variable import Variable


@registry.register()
class EinsumDense(Layer):
    """``y = activation(einsum(equation, x, w) + b)``.

    Args:
        equation: axes of the inputs, those of the kernel and those of the outputs by letters, as in
            ``"abc,cd->abd"``; ``...`` at one end of inputs and outputs stands for any axes.
        output_shape: the shape of one sample of the outputs, without axes that ``...`` stands
            for; None for an axis that is as long as that of the inputs.
        activation: a name, a function, or None for none.
        bias_axes: letters of the outputs' axes that the bias has; None for no bias.
        kernel_initializer: how w begins.
        bias_initializer: how b begins.
        kernel_regularizer: what w adds to the loss; and so on, see `mark1.regularizers`.
        kernel_constraint: what w is brought back to; and so on, see `mark1.constraints`.

    Weights:
        kernel, bias: axes by the letters.

    Raises:
        ValueError: an argument is not known; when built: letters and shapes do not go together.

    >>> layer = EinsumDense("ab,bc->ac", 2, bias_axes="c", kernel_initializer="ones")
    >>> layer([[1.0, 2.0, 3.0]]).numpy()
    array([[6., 6.]], dtype=float32)
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: None = None,
        lora_alpha: None = None,
        gptq_unpacked_column_size: None = None,
        quantization_config: None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if any((lora_rank, lora_alpha, gptq_unpacked_column_size, quantization_config)):
            raise ValueError("[EinsumDense] neither LoRA nor quantization is supported")
        self.equation = equation
        self.partial_output_shape: tuple[int | None, ...] = (
            (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        )
        self.bias_axes = bias_axes
        self.activation: Callable[..., Any] = activations.get(activation)
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self._set_rules(
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        _letters(equation)
        self.kernel: Variable | None = None
        self.bias: Variable | None = None

    def _shapes(self, input_shape: Shape) -> _Shapes:
        return shapes_of_equation(
            self.equation, self.bias_axes, input_shape, self.partial_output_shape
        )

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        shapes = self._shapes(input_shape)
        make = self.kernel_initializer
        if isinstance(make, VarianceScaling):
            make = _by_rows(make, shapes)
        self.kernel = self.add_weight(shapes.kernel, make, name="kernel")
        if shapes.bias is not None:
            self.bias = self.add_weight(shapes.bias, self.bias_initializer, name="bias")

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        y = ops.einsum(self.equation, x, self.kernel)
        if self.bias is not None:
            y = ops.add(y, self.bias)
        out: Tensor = self.activation(y)
        return out

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        return self._shapes(input_shape).outputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "equation": self.equation,
            "output_shape": self.partial_output_shape,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            **self._config_of_rules(),
        }


class _Shapes(NamedTuple):
    kernel: tuple[int, ...]
    bias: tuple[int, ...] | None
    outputs: Shape
    summed: tuple[int, ...]  # axes of the kernel, by their places
    made: tuple[int, ...]


def _letters(equation: str) -> tuple[str, str, str]:
    """Inputs, kernel, outputs."""
    left, arrow, outputs = equation.replace(" ", "").partition("->")
    inputs, comma, kernel = left.partition(",")
    plain = all(part.replace("...", "", 1).isalpha() for part in (inputs, outputs))
    ends = [part.startswith("...") - part.endswith("...") for part in (inputs, outputs)]
    dots = sum("..." in part for part in (inputs, outputs))
    fits = arrow and comma and plain and kernel.isalpha() and ends[0] == ends[1]
    if not fits or dots == 1 or (dots and not ends[0]):
        raise ValueError(
            "[EinsumDense] an equation is like 'abc,cd->abd', with '...' at one end of inputs and "
            f"outputs if at all, got {equation!r}"
        )
    return inputs, kernel, outputs


def shapes_of_equation(
    equation: str, bias_axes: str | None, input_shape: Shape, output_shape: Shape
) -> _Shapes:
    """Return the shapes of kernel, bias and outputs.

    >>> shapes_of_equation("...x,xy->...y", "y", (None, 5, 3), (7,)).outputs
    (None, 5, 7)
    """
    inputs, kernel, outputs = _letters(equation)
    after = inputs.endswith("...")
    inputs, outputs = inputs.replace("...", ""), outputs.replace("...", "")
    more = len(input_shape) - len(inputs)
    dotted = "..." in equation
    if more < 0 or (more > 0 and not dotted):
        raise ValueError(
            f"[EinsumDense] {equation!r} does not fit inputs of shape {shape_text(input_shape)}"
        )
    named = input_shape[: len(inputs)] if after else input_shape[more:]
    sizes: dict[str, int | None] = dict(zip(inputs, named, strict=True))
    # The first axis is the batch's, whether it has a letter or not.
    unnamed = input_shape[:more] if not after else input_shape[len(inputs) :]
    with_batch = outputs if more and not after else outputs[1:]
    if len(with_batch) != len(output_shape):
        raise ValueError(
            f"[EinsumDense] output_shape={tuple(output_shape)} does not fit {equation!r} and "
            f"inputs of shape {shape_text(input_shape)}"
        )
    found: dict[str, int | None] = {} if with_batch is outputs else {outputs[0]: input_shape[0]}
    for letter, n in zip(with_batch, output_shape, strict=True):
        known = sizes.get(letter)
        if n is not None and known is not None and n != known:
            raise ValueError(
                f"[EinsumDense] axis {letter!r} of {equation!r} has {known} elements in the "
                f"inputs, {n} in output_shape"
            )
        found[letter] = known if n is None else n
    named_outputs = tuple(found[letter] for letter in outputs)
    whole = (*named_outputs, *unnamed) if after else (*unnamed, *named_outputs)
    dims = []
    for letter in kernel:
        n = sizes.get(letter, found.get(letter))
        if n is None:
            raise ValueError(
                f"[EinsumDense] the size of axis {letter!r} of the kernel in {equation!r} is not "
                f"known (inputs: {shape_text(input_shape)})"
            )
        dims.append(n)
    bias = None
    if bias_axes is not None:
        if not bias_axes or not set(bias_axes) <= set(outputs):
            raise ValueError(
                f"[EinsumDense] bias_axes={bias_axes!r} are no axes of the outputs in {equation!r}"
            )
        begin = min(map(outputs.index, bias_axes))
        bias = tuple(
            int(found[letter] or 0) if letter in bias_axes else 1 for letter in outputs[begin:]
        ) + (1,) * (more if after else 0)
    summed = tuple(i for i, letter in enumerate(kernel) if letter not in outputs)
    made = tuple(i for i in range(len(kernel)) if i not in summed)
    return _Shapes(tuple(dims), bias, whole, summed, made)


def _by_rows(make: Any, shapes: _Shapes) -> Any:
    """An initializer that sees the kernel as a matrix of what is summed and what is made."""

    def initialize(shape: tuple[int, ...], dtype: str) -> Tensor:
        order = (*shapes.summed, *shapes.made)
        rows = math.prod(shape[i] for i in shapes.summed)
        columns = math.prod(shape[i] for i in shapes.made)
        matrix = make((rows, columns), dtype=dtype)
        back = [order.index(i) for i in range(len(order))]
        return ops.transpose(ops.reshape(matrix, [shape[i] for i in order]), back)

    return initialize

"""Category numbers as rows of zeros and ones."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.inference import Spec
from mark1.layers.layer import Layer, Shape, registry

_MODES = ("one_hot", "multi_hot", "count")


def check_mode(op: str, mode: Any, modes: tuple[str, ...], sparse: bool = False) -> str:
    """Return an output mode in its present name, if it is one of those that are known.

    >>> check_mode("CategoryEncoding", "binary", _MODES)
    'multi_hot'
    """
    if sparse:
        raise ValueError(f"[{op}] sparse=True is not supported: tensors here are dense")
    mode = "multi_hot" if mode == "binary" else mode
    if mode not in modes:
        known = ", ".join(map(repr, modes))
        raise ValueError(f"[{op}] output_mode must be one of {known}, got {mode!r}")
    return str(mode)


def encoded_shape(op: str, mode: str, depth: int, shape: Shape) -> Shape:
    """The shape of category numbers after `encode`.

    >>> encoded_shape("CategoryEncoding", "multi_hot", 4, (None, 3))
    (None, 4)
    """
    if mode == "int":
        return tuple(shape)
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    if len(shape) > 2:
        raise ValueError(
            f"[{op}] output_mode {mode!r} makes one row of each sample of numbers: inputs are "
            f"(batch, numbers), got {tuple(shape)}"
        )
    return (*shape[:-1], depth)


def encode(op: str, x: Tensor, mode: str, depth: int, dtype: str, weights: Any = None) -> Tensor:
    """Category numbers as a layer returns them.

    Args:
        op: the class of the layer, for messages.
        x: numbers from 0 to depth - 1; others count for nothing.
        mode: "one_hot", a row for each number; "multi_hot", one for each sample, with ones where
            a number is among the sample's; "count", one that says how often.
        depth: how many there are.
        dtype: of the result.
        weights: for "count", what each number counts.

    >>> numbers = ops.convert_to_tensor([[0, 2, 2]])
    >>> encode("CategoryEncoding", numbers, "count", 3, "float32").numpy()
    array([[1., 0., 2.]], dtype=float32)
    """
    encoded_shape(op, mode, depth, x.shape)
    if x.dtype.startswith("float"):
        x = ops.cast(x, "int32")
    if mode == "one_hot":
        if len(x.shape) > 1 and x.shape[-1] == 1:
            x = ops.squeeze(x, -1)
        return ops.one_hot(x, depth, -1, dtype)
    if not x.shape:
        x = ops.expand_dims(x, 0)
    if mode == "multi_hot":
        return ops.multi_hot(x, depth, -1, dtype)
    rows = ops.one_hot(x, depth, -1, dtype)
    if weights is not None:
        rows = ops.multiply(rows, ops.expand_dims(ops.cast(weights, dtype), -1))
    return ops.sum(rows, len(x.shape) - 1)


@registry.register()
class CategoryEncoding(Layer):
    """Category numbers as rows of zeros and ones.

    A number that names no category counts for nothing.

    Args:
        num_tokens: how many categories there are.
        output_mode: ``"multi_hot"``, one row for each sample with ones where a number is among
            the sample's; ``"one_hot"``, a row for each number; ``"count"``, one row for each
            sample that says how often.
        sparse: False.

    Raises:
        ValueError: an argument is out of range; when called: samples are no lists of numbers.

    >>> CategoryEncoding(4, output_mode="one_hot")([3, 0]).numpy()
    array([[0., 0., 0., 1.],
           [1., 0., 0., 0.]], dtype=float32)
    """

    _keeps_integers = True

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.output_mode: str = check_mode("CategoryEncoding", output_mode, _MODES, sparse)
        if isinstance(num_tokens, bool) or not isinstance(num_tokens, int) or num_tokens < 1:
            raise ValueError(
                f"[CategoryEncoding] num_tokens must be a positive integer, got {num_tokens!r}"
            )
        self.num_tokens = num_tokens

    def call(self, x: Tensor, count_weights: Any = None) -> Tensor:
        """Return the outputs; with ``output_mode="count"``, each number may have a weight."""
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                f'[CategoryEncoding "{self.name}"] count_weights are for output_mode "count", '
                f"not for {self.output_mode!r}"
            )
        mode, depth = self.output_mode, self.num_tokens
        rows = encode("CategoryEncoding", x, mode, depth, self.dtype, count_weights)
        return ops.cast(rows, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the rows."""
        return encoded_shape("CategoryEncoding", self.output_mode, self.num_tokens, input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {"num_tokens": self.num_tokens, "output_mode": self.output_mode}
        return {**super().get_config(), **own}


class Encoder(Layer):
    """A layer that makes numbers of its inputs, and rows of these if it is told to.

    Args:
        output_mode: ``"int"`` or one of those of `CategoryEncoding`.
        sparse: False.
    """

    _modes: tuple[str, ...] = ("int", *_MODES)

    def __init__(self, output_mode: str = "int", sparse: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_mode: str = check_mode(type(self).__name__, output_mode, self._modes, sparse)

    def _depth(self) -> int:
        raise NotImplementedError

    def _encoded(self, numbers: Tensor) -> Tensor:
        if self.output_mode == "int":
            return numbers
        kind = type(self).__name__
        rows = encode(kind, numbers, self.output_mode, self._depth(), self.dtype)
        return ops.cast(rows, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the numbers or rows."""
        depth = 0 if self.output_mode == "int" else self._depth()
        return encoded_shape(type(self).__name__, self.output_mode, depth, input_shape)

    def _specs_of_outputs(self, x: Any) -> Spec:
        dtype = "int32" if self.output_mode == "int" else self.compute_dtype
        return Spec(self.compute_output_shape(x.shape), dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "output_mode": self.output_mode, "sparse": False}

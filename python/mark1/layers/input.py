"""Where data comes in."""

from __future__ import annotations

from typing import Any

from mark1._core import Tensor
from mark1.layers.inference import Spec
from mark1.layers.layer import Layer, Shape, registry
from mark1.layers.symbolic import KerasTensor, Node, SymbolicTensor

_INTEGERS = ("int32", "int64", "uint8", "bool")


@registry.register()
class InputLayer(Layer):
    """States the shape of a model's inputs.

    Args:
        shape: shape of one sample; None for an axis of any length.
        batch_size: number of samples, or None for any.
        dtype: of the inputs; numbers of words, for instance, are ``"int32"``.
        batch_shape: shape with the batch axis, instead of the two.
        name: what it is called.
        kwargs: ``input_shape`` or ``batch_input_shape``, older names of shapes.

    Raises:
        ValueError: the shape is missing, or is not made of positive integers and None.

    >>> InputLayer(shape=(784,)).batch_shape
    (None, 784)
    """

    _computes = False

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        name: str | None = None,
        optional: bool = False,
        **kwargs: Any,
    ) -> None:
        if shape is None:
            shape = kwargs.pop("input_shape", None)
        if batch_shape is None:
            batch_shape = kwargs.pop("batch_input_shape", None)
        integers = dtype if isinstance(dtype, str) and dtype in _INTEGERS else None
        super().__init__(name=name or None, dtype=None if integers else dtype, **kwargs)
        if sparse or ragged or optional:
            raise ValueError("[Input] sparse, ragged and optional inputs are not supported")
        if shape is not None and batch_shape is not None:
            raise ValueError(
                f"[Input] takes shape or batch_shape, got both: {shape} and {batch_shape}"
            )
        if batch_shape is None:
            if shape is None:
                raise ValueError("[Input] needs a shape: Input(shape=(784,))")
            batch_shape = (batch_size, *_shape_tuple(shape))
        else:
            batch_shape = _shape_tuple(batch_shape)
        self.batch_shape: Shape = batch_shape
        if integers:
            self.dtype = self._compute_dtype = integers
        self.build(batch_shape)
        #: What stands for the inputs.
        self.symbolic: SymbolicTensor = Node(
            self, (), {}, Spec(self.batch_shape, self.dtype)
        ).structure

    def call(self, x: Tensor) -> Tensor:
        """Return the inputs."""
        return x

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            "batch_shape": list(self.batch_shape),
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": False,
        }


def Input(  # noqa: N802 - Keras' name
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    batch_shape: Any = None,
    name: str | None = None,
) -> KerasTensor:
    """State the shape of a model's inputs.

    Args:
        shape: shape of one sample; None for an axis of any length.
        batch_size: number of samples, or None for any.
        dtype: of the inputs.
        batch_shape: shape with the batch axis, instead of the two.
        name: what it is called.

    Returns:
        What `Sequential` takes as its first entry.

    Raises:
        ValueError: the shape is missing, or is not made of positive integers and None.

    >>> import mark1
    >>> model = mark1.Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    >>> model.output_shape
    (None, 2)
    """
    layer = InputLayer(shape, batch_size, dtype, batch_shape=batch_shape, name=name)
    return layer.symbolic


def _shape_tuple(shape: Any) -> Shape:
    if isinstance(shape, int):
        raise ValueError(f"[Input] a shape is a tuple: write ({shape},), not {shape}")
    out = tuple(shape)
    for n in out:
        if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
            raise ValueError(
                f"[Input] a shape is made of positive integers and None, got {shape!r}"
            )
    return out

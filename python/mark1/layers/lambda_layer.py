"""Any function as a layer."""

from __future__ import annotations

from typing import Any

from mark1.layers.arguments import shapes_of
from mark1.layers.inference import Spec, outputs_of
from mark1.layers.layer import Layer, registry
from mark1.layers.signature import signature_of
from mark1.layers.symbolic import SymbolicTensor


@registry.register()
class Lambda(Layer):
    """Calls a function.

    A model with such a layer trains like any other but cannot be saved, as a function is no data;
    a class of its own that derives from `Layer` can be.

    Args:
        function: of tensors, made of operations; it may take ``training`` and ``mask``.
        output_shape: the shape of one sample of the outputs, or a function of the inputs' shape;
            found out by itself if None.
        mask: the mask of the outputs, or a function of inputs and mask.
        arguments: further arguments of the function.

    Raises:
        TypeError: the function is none.

    >>> Lambda(lambda x: x * 2.0)([[1.0, 2.0]]).numpy()
    array([[2., 4.]], dtype=float32)
    """

    _keeps_integers = True

    def __init__(
        self,
        function: Any,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"[Lambda] takes a function, got {type(function).__name__}")
        self.function = function
        self.mask = mask
        self.arguments: dict[str, Any] = dict(arguments or {})
        self._output_shape = output_shape
        self._names = signature_of(function).names
        self.supports_masking: bool = mask is not None

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        """Return what the function does."""
        options = dict(self.arguments)
        if "mask" in self._names:
            options["mask"] = mask
        if "training" in self._names:
            options["training"] = training
        return self.function(x, **options)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the outputs."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs."""
        if callable(self._output_shape):
            return tuple(self._output_shape(input_shape))
        if self._output_shape is not None:
            return (input_shape[0], *self._output_shape)
        return outputs_of(
            self.call, (Spec(tuple(input_shape), self.compute_dtype),), {}, Spec
        ).shape

    def _specs_of_outputs(self, x: Any) -> Any:
        if self._output_shape is None:
            return outputs_of(self.call, (x,), {}, SymbolicTensor)
        return Spec(self.compute_output_shape(shapes_of(x)), self.compute_dtype)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Lambda:
        """Refuse: reading a file never runs code."""
        raise ValueError(
            "[Lambda] functions are not read from files: define a class that derives from "
            "mark1.layers.Layer, and name it in custom_objects"
        )

    def get_config(self) -> dict[str, Any]:
        """Refuse: a function is no data."""
        raise NotImplementedError(
            f'[Lambda "{self.name}"] a function cannot be saved: define a class that derives from '
            "mark1.layers.Layer, and name it in custom_objects when loading"
        )

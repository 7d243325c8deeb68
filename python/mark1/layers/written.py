"""The methods of a layer that subclasses write, and what type checkers are told about layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

_R_co = TypeVar("_R_co", covariant=True)

if TYPE_CHECKING:

    class Calls(Protocol[_R_co]):
        """What has a `call`, with whatever arguments."""

        def call(self, *args: Any, **kwargs: Any) -> _R_co: ...  # noqa: D102

    class Written:
        """Methods whose arguments subclasses count and name as they like."""

        def build(self, *args: Any, **kwargs: Any) -> None: ...  # noqa: D102
        def call(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102
        def __call__(  # noqa: D102
            self: Calls[_R_co],
            x: Any = ...,
            /,
            *args: Any,
            training: bool | None = None,
            **kwargs: Any,
        ) -> _R_co: ...
        def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102
        def compute_mask(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102

else:

    class Written:
        """What a layer does that writes none of these methods."""

        def build(self, input_shape):
            """Make the weights for inputs of that shape."""
            self.built = True
            self._remember_shapes(input_shape)

        def call(self, x):
            """Return the outputs."""
            raise NotImplementedError(f"[{type(self).__name__}] a layer defines call(x)")

        def compute_output_shape(self, input_shape):
            """Return the shape of the outputs: of the library's layers that of the inputs.

            That of a layer of the user is found by a call with numbers of such a shape.
            """
            if type(self).__module__.startswith("mark1."):
                return tuple(input_shape)
            from mark1.layers.tracing import shape_by_call

            return shape_by_call(self, input_shape)

        def compute_mask(self, inputs, previous_mask):
            """Return the mask of the outputs, given the first input and its mask."""
            return previous_mask

"""Computations between symbolic tensors, without what a model has besides."""

from __future__ import annotations

from typing import Any

from mark1.models.model import Model


class Function:
    """What leads from symbolic inputs to symbolic outputs, to be called with tensors.

    A `Model` of the same arguments can be trained and saved besides.

    Args:
        inputs: symbolic tensors, or a nest of them.
        outputs: what was computed from them.
        name: what it is called in messages.

    Raises:
        ValueError: the outputs need other inputs.

    >>> import mark1
    >>> x = mark1.Input((2,))
    >>> double = Function(x, x * 2.0)
    >>> double([[1.0, 3.0]]).numpy()
    array([[2., 6.]], dtype=float32)
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        self._model: Any = Model(inputs, outputs, name=name)
        self.name: str = self._model.name

    @property
    def inputs(self) -> Any:
        """The symbolic inputs."""
        return self._model.inputs

    @property
    def outputs(self) -> Any:
        """The symbolic outputs."""
        return self._model.outputs

    def __call__(self, inputs: Any) -> Any:
        """Return the outputs for tensors or arrays in the place of the inputs."""
        return self._model(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs."""
        return self._model.compute_output_shape(input_shape)

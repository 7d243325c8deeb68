"""A chain of layers."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mark1 import recording
from mark1._core import Tensor
from mark1.layers import masks
from mark1.layers.input import InputLayer
from mark1.layers.layer import Layer, Shape, registry, serialize_layer
from mark1.layers.symbolic import KerasTensor, SymbolicTensor, with_lines
from mark1.losses.alignment import shape_text
from mark1.models.checks import as_numbers
from mark1.models.native_calls import NativeCalls
from mark1.typing import Array


@registry.register()
class Sequential(NativeCalls):
    """Layers, each of which takes the outputs of the one before it.

    Weights are made when the shape of the inputs is known: from an `Input` at the beginning, or
    when the model sees the first data.

    Args:
        layers: a list of layers.
        trainable: whether training changes the weights.
        name: what it is called.

    >>> import mark1
    >>> model = Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    >>> model.count_params()
    10
    """

    _computes = False

    def __init__(
        self,
        layers: Any = None,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype)
        self._layers: list[Layer] = []
        self._chain: list[Layer] = []
        for layer in layers or ():
            self._append(layer)
        self._rebuild()
        if not trainable:
            self.trainable = False

    if TYPE_CHECKING:  # a chain ends in one output

        def predict(  # noqa: D102
            self,
            x: Any,
            batch_size: int | None = None,
            verbose: Any = "auto",
            steps: int | None = None,
            callbacks: Any = None,
        ) -> Array: ...

    def add(self, layer: Any) -> None:
        """Put a layer at the end.

        Raises:
            TypeError: it is not a layer.
            ValueError: its name is taken, or its inputs do not fit.

        >>> import mark1
        >>> model = Sequential()
        >>> model.add(mark1.layers.Dense(2))
        >>> len(model.layers)
        1
        """
        before = list(self._layers)
        try:
            self._append(layer)
            self._rebuild()
        except Exception:
            self._layers = before
            self._rebuild()
            raise

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer away and return it.

        Raises:
            ValueError: there is none.
        """
        if not self.layers:
            raise ValueError(f'[Sequential "{self.name}"] there is no layer to take away')
        layer = self._layers.pop()
        if rebuild:
            self._rebuild()
        return layer

    def _append(self, layer: Any) -> None:
        if isinstance(layer, SymbolicTensor):
            if not isinstance(layer.layer, InputLayer):
                raise TypeError(
                    f'[Sequential "{self.name}"] expected layers, got the result of calling '
                    f'"{layer.name}": make a model of that with Model(inputs, outputs)'
                )
            layer = layer.layer
        if not isinstance(layer, Layer):
            hint = ". Put () behind its name" if isinstance(layer, type) else ""
            name = layer.__name__ if isinstance(layer, type) else type(layer).__name__
            raise TypeError(f'[Sequential "{self.name}"] expected a layer, got {name}{hint}')
        if hasattr(layer, "stay_outside"):  # before data meet an error that names no layer
            layer.stay_outside()
        if any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f'[Sequential "{self.name}"] there is a layer called "{layer.name}" already: '
                "layers of a model need different names"
            )
        if isinstance(layer, InputLayer) and self._layers:
            raise ValueError(f'[Sequential "{self.name}"] an Input must come first')
        if not self._layers and layer._first_input_shape is not None:
            self._layers.append(InputLayer(shape=layer._first_input_shape, dtype=layer.dtype))
        self._layers.append(layer)

    def _rebuild(self) -> None:
        """Build what can be built; set what follows from the order of the layers."""
        recording.changed(self, "the layers")
        layers = self._chain = self.layers
        self._forget_calls(layers)
        self._described: Any = None
        for layer in layers:  # whose input and output are known when they are asked for
            layer.__dict__.setdefault("_within", weakref.ref(self))
        if layers:
            self.dtype: str = layers[0].dtype
            self._compute_dtype = self.dtype
            self._keeps_integers = layers[0]._keeps_integers
        self.built = False
        first = self._layers[0] if self._layers else None
        if isinstance(first, InputLayer):
            self.build(first.batch_shape)
        elif layers and layers[0].built and layers[0]._build_shape is not None:
            self.build(layers[0]._build_shape)

    def _children(self) -> Iterator[Layer]:
        return iter(self.__dict__.get("_layers", ()))

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the Input."""
        return [layer for layer in self._layers if not isinstance(layer, InputLayer)]

    def build(self, input_shape: Any = None) -> None:
        """Make the weights of all layers.

        Args:
            input_shape: (None, ...): the shape of the inputs with the batch axis.

        Raises:
            ValueError: there is no layer, or the shapes do not go together.
        """
        if not self._layers:
            raise ValueError(f'[Sequential "{self.name}"] has no layers: use add')
        shape: Shape = tuple(input_shape)
        known: list[tuple[str, Any]] = []
        for layer in self._layers:
            try:
                if not layer.built:
                    layer.build(shape)
                    layer.built = True
                else:
                    layer.check_input(shape)
                shape = layer.compute_output_shape(shape)
            except (ValueError, TypeError) as error:
                raise with_lines(error, layer.name, known or [("inputs", shape)]) from error
            known.append((layer.name, shape))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs for inputs of that shape."""
        shape = tuple(input_shape)
        for layer in self._layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs that do not fit the shape the model was built for."""
        layers = self._layers
        if not layers:
            raise ValueError(f'[Sequential "{self.name}"] has no layers: use add')
        first = layers[1] if isinstance(layers[0], InputLayer) and len(layers) > 1 else layers[0]
        first.check_input(shape)
        want = self._build_shape
        if want is None or not self.built:
            return
        fits = len(shape) == len(want) and all(
            b in (None, a) or a is None for a, b in zip(shape, want, strict=True)
        )
        if not fits:
            hint = ". Add a batch axis: x[None]" if shape == want[1:] else ""
            raise ValueError(
                f'[Sequential "{self.name}"] expected inputs of shape {shape_text(want)}, '
                f"got {shape_text(shape)}{hint}"
            )

    def call(self, x: Tensor, training: bool = False, mask: Tensor | None = None) -> Tensor:
        """Return the outputs."""
        if mask is not None:
            masks.set_mask(x, mask)
        for layer in self._chain:
            x = layer(x, training=training)
        return x

    @property
    def input_shape(self) -> Shape:
        """The shape of the inputs, with None for the batch."""
        if not self.built or self._build_shape is None:
            raise AttributeError(f'[Sequential "{self.name}"] is not built yet')
        shape: Shape = self._build_shape
        return shape

    @property
    def output_shape(self) -> Shape:
        """The shape of the outputs, with None for the batch."""
        shape: Shape = self.compute_output_shape(self.input_shape)
        return shape

    def _arrange(self, x: Any, op: str) -> Any:
        if not isinstance(x, np.ndarray):  # a list of rows, or nothing that fits
            x = as_numbers(x, "x", op)
        return super()._arrange(x, op)

    def _outputs_for(self, x: Any) -> list[tuple[str, Any]]:
        if not self.built:
            self.build((None, *x.shape[1:]))
        return [("", self.compute_output_shape((None, *x.shape[1:])))]

    def _describe(self) -> tuple[SymbolicTensor, Any]:
        """Return symbolic inputs and outputs: the layers called one after another, once."""
        if self._described is None:
            first = self._layers[0] if self._layers else None
            if not isinstance(first, InputLayer):
                first = InputLayer(batch_shape=self.input_shape, dtype=self.dtype)
            x: Any = first.symbolic
            for layer in self.layers:
                x = layer(x)
            self._described = (first.symbolic, x)
        inputs, outputs = self._described
        return inputs, outputs

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs."""
        return [self._describe()[0]]

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs."""
        return [self._describe()[1]]

    @property
    def input(self) -> Any:
        """The symbolic input."""
        return self._describe()[0]

    @property
    def output(self) -> Any:
        """The symbolic output."""
        return self._describe()[1]

    def get_config(self) -> dict[str, Any]:
        """Describe the model with all its layers."""
        config = Layer.get_config(self)
        layers = list(self._layers)
        if self.built and self._build_shape is not None and not isinstance(layers[0], InputLayer):
            layers.insert(0, InputLayer(batch_shape=self._build_shape, dtype=self.dtype))
        config["layers"] = [serialize_layer(layer) for layer in layers]
        if self.built and self._build_shape is not None:
            config["build_input_shape"] = list(self._build_shape)
        return config

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Sequential:
        """Make a model from its config; its weights are new.

        Args:
            config: what `get_config` returned.
            custom_objects: classes of the user by name.

        Raises:
            ValueError: the config is malformed, or names a class that is not known.
        """
        described = config.get("layers")
        if not isinstance(described, list):
            raise ValueError("[Sequential] not the config of a Sequential model: no list of layers")
        layers = [registry.deserialize(entry, custom_objects) for entry in described]
        model = cls(
            layers,
            trainable=config.get("trainable", True),
            name=config.get("name"),
        )
        shape = config.get("build_input_shape")
        if not model.built and shape is not None:
            model.build(tuple(shape))
        return model

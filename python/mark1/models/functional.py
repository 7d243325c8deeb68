"""Models of any topology, described by calling layers with symbolic tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers import masks
from mark1.layers.arguments import shapes_of
from mark1.layers.inference import Spec, outputs_of
from mark1.layers.layer import Layer, Shape, registry
from mark1.layers.symbolic import KerasTensor, SymbolicTensor
from mark1.losses.alignment import shape_text
from mark1.models.checks import as_numbers
from mark1.models.graph import Graph
from mark1.models.heads import arranged
from mark1.models.native_calls import NativeCalls
from mark1.utils.nest import flatten, map_structure


@registry.register()
class Functional(NativeCalls):
    """What ``Model(inputs, outputs)`` makes; see `mark1.Model`.

    Args:
        inputs: symbolic tensors in any nest.
        outputs: symbolic tensors in any nest, computed from the inputs.
        name: what it is called.
        trainable: whether training changes the weights.

    Raises:
        TypeError: inputs or outputs are not symbolic tensors.
        ValueError: an output cannot be computed from the inputs.

    >>> import mark1
    >>> x = mark1.Input((4,))
    >>> model = mark1.Model(x, mark1.layers.Dense(2)(x) * 2.0)
    >>> model.output_shape
    (None, 2)
    """

    _module = "keras.src.models.functional"

    _computes = False

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        name: str | None = None,
        trainable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._inputs = inputs
        self._outputs = outputs
        self._graph = Graph(inputs, outputs, self.name)
        self._single = isinstance(inputs, SymbolicTensor)
        floats = [x.dtype for x in self._graph.outputs if x.dtype.startswith("float")]
        self.dtype: str = floats[0] if floats else "float32"
        self._compute_dtype = self.dtype
        self._forget_calls(self._graph.layers)
        self.built = True
        self._build_shape = shapes_of(map_structure(lambda x: x, inputs))
        if not trainable:
            self.trainable = False

    @property
    def _layers(self) -> list[Layer]:
        graph = self.__dict__.get("_graph")
        return [] if graph is None else graph.layers

    def _children(self) -> Iterator[Layer]:
        return iter(self._layers)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs."""
        return list(self._graph.inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs."""
        return list(self._graph.outputs)

    @property
    def input(self) -> Any:
        """The symbolic inputs as they were given."""
        return self._inputs

    @property
    def output(self) -> Any:
        """The symbolic outputs as they were given."""
        return self._outputs

    @property
    def input_names(self) -> list[str]:
        """What the inputs are called: keys of a dictionary, or names of Input layers."""
        return _names(self._inputs)

    @property
    def output_names(self) -> list[str]:
        """What the outputs are called: keys of a dictionary, or names of layers."""
        return _names(self._outputs)

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs, with None for the batch."""
        return shapes_of(self._inputs)

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs, with None for the batch."""
        return shapes_of(self._outputs)

    def build(self, input_shape: Any = None) -> None:
        """Do nothing: the layers were built when they were called."""

    def check_input(self, shape: Any) -> None:
        """Refuse inputs of other shapes than the model was described with."""
        given = _flat_shapes(shape)
        wanted = self._graph.inputs
        if len(given) != len(wanted):
            listed = ", ".join(f"{x.name} {shape_text(x.shape)}" for x in wanted)
            raise ValueError(
                f'[Model "{self.name}"] needs {len(wanted)} inputs ({listed}), got {len(given)}'
            )
        for have, x in zip(given, wanted, strict=True):
            want = x.shape
            if len(have) == len(want) - 1 and want[-1] == 1:
                have = (*have, 1)
            if len(have) != len(want) or any(
                b not in (None, a) and a is not None for a, b in zip(have, want, strict=True)
            ):
                hint = ". Add a batch axis: x[None]" if tuple(have) == want[1:] else ""
                raise ValueError(
                    f'[Model "{self.name}"] the input "{x.name}" has shape {shape_text(want)}, '
                    f"got {shape_text(tuple(have))}{hint}"
                )

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        """Return the outputs."""
        given = self._in_order(inputs, "call")
        if mask is not None:
            for x, own in zip(given, self._in_order(mask, "call"), strict=True):
                if own is not None:
                    masks.set_mask(x, own)
        return self._graph.run(
            [_fitted(x, want) for x, want in zip(given, self._graph.inputs, strict=True)], training
        )

    def _in_order(self, inputs: Any, op: str) -> list[Any]:
        if self._single and not isinstance(inputs, (list, tuple, dict)):
            return [inputs]
        return list(flatten(arranged(inputs, self._keys(inputs), "x", op)))

    def _keys(self, given: Any) -> Sequence[str]:
        """Return the names by which inputs are given: in a dictionary, those of Input layers do."""
        if isinstance(given, Mapping) and not isinstance(self._inputs, Mapping):
            return [x.name for x in self._graph.inputs]
        if isinstance(given, (list, tuple)) and isinstance(self._inputs, (list, tuple)):
            return [str(i) for i in range(len(self._inputs))]
        return self.input_names

    def _arrange(self, x: Any, op: str) -> Any:
        if self._single and isinstance(x, (list, tuple)) and len(x) != 1:
            x = as_numbers(x, "x", op)
        arrays = self._in_order(x, op)
        self.check_input([a.shape for a in arrays] if len(arrays) > 1 else arrays[0].shape)
        dtypes = [each.dtype for each in self._graph.inputs]
        arrays = [
            a if dtype.startswith("float") else a.astype(dtype, copy=False)
            for a, dtype in zip(arrays, dtypes, strict=True)
        ]
        arrays = [
            a.astype(dtype) if dtype.startswith("float") and a.dtype.kind in "iub" else a
            for a, dtype in zip(arrays, dtypes, strict=True)
        ]
        return arrays[0] if len(arrays) == 1 else tuple(arrays)

    def _outputs_for(self, x: Any) -> list[tuple[str, Any]]:
        arrays = list(x) if isinstance(x, tuple) else [x]
        specs = self._specs_for([(None, *a.shape[1:]) for a in arrays])
        names = self.output_names
        shapes = [spec.shape for spec in flatten(specs)]
        return [("", shapes[0])] if len(names) == 1 else list(zip(names, shapes, strict=True))

    def _specs_for(self, shapes: list[Shape]) -> Any:
        """Return the outputs for inputs of certain shapes, as a nest of `Spec`."""
        graph = self._graph
        known = [x.shape for x in graph.inputs]
        if all(tuple(a)[1:] == b[1:] for a, b in zip(shapes, known, strict=True)):
            return map_structure(lambda x: Spec(x.shape, x.dtype), self._outputs)
        given = tuple(Spec(tuple(s), x.dtype) for s, x in zip(shapes, graph.inputs, strict=True))
        return outputs_of(lambda *inputs: graph.run(inputs, False), given, {}, Spec)

    def _specs_of_outputs(self, first: Any) -> Any:
        return self._specs_for([x.shape for x in self._in_order(first, "call")])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs for inputs of such shapes."""
        specs = self._specs_for(_flat_shapes(input_shape))
        return map_structure(lambda spec: spec.shape, specs)

    def get_config(self) -> dict[str, Any]:
        """Describe the model with all its layers and calls."""
        from mark1.models.functional_config import config_of

        config: dict[str, Any] = config_of(self)
        return config

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Any:
        """Make a model from its config; its weights are new.

        Args:
            config: what `get_config` returned.
            custom_objects: classes of the user by name.

        Raises:
            ValueError: the config is malformed, or names what is not known.
        """
        from mark1.models.functional_config import model_of

        return model_of(cls, config, custom_objects)


def _fitted(x: Tensor, want: SymbolicTensor) -> Tensor:
    """Return an input in the dtype and rank of the symbolic one."""
    if x.dtype != want.dtype:
        x = masks.keep_mask(x, ops.cast(x, want.dtype))
    if x.ndim == len(want.shape) - 1:
        x = ops.expand_dims(x, -1)
    return x


def _names(structure: Any) -> list[str]:
    if isinstance(structure, dict) and all(
        isinstance(x, SymbolicTensor) for x in structure.values()
    ):
        return sorted(structure)
    names: list[str] = []
    for x in flatten(structure):
        number = sum(name == x.name or name.startswith(f"{x.name}_") for name in names)
        taken = x.name in names
        names.append(f"{x.name}_{number}" if taken else x.name)
    return names


def _flat_shapes(shapes: Any) -> list[Any]:
    if isinstance(shapes, dict):
        return [s for key in sorted(shapes) for s in _flat_shapes(shapes[key])]
    if all(n is None or isinstance(n, int) for n in shapes):
        return [tuple(shapes)]
    return [s for part in shapes for s in _flat_shapes(part)]

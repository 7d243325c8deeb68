"""What happens when a layer is called with symbolic tensors: it is built, and the call is noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mark1.layers.arguments import as_inputs, shapes_of
from mark1.layers.inference import Spec, outputs_of
from mark1.layers.signature import signature_of
from mark1.layers.symbolic import Node, SymbolicTensor, with_shapes
from mark1.layers.written import Written
from mark1.utils.nest import map_structure

if TYPE_CHECKING:
    from mark1.layers.layer import Layer


def call_layer(layer: Layer, given: dict[str, Any], positional: int, training: Any) -> Any:
    """Note the call of a layer and return its symbolic outputs.

    Args:
        layer: what is called.
        given: its arguments by name, in order.
        positional: how many of them were given by place.
        training: what the call was told, or None.

    Raises:
        ValueError: a shape does not fit; the message lists the shapes of all layers before.
    """
    given = as_inputs(layer, given)
    names = list(given)[:positional]
    try:
        if layer._checks_input:
            layer.check_input(shapes_of(given[next(iter(given))]))
        if not layer.built:
            layer._build_for(given, any_batch=False)
        outputs = _outputs_of(layer, given)
    except (ValueError, TypeError) as error:
        raise with_shapes(error, layer.name, given) from error
    kwargs = {name: value for name, value in given.items() if name not in names}
    if training is not None:
        kwargs["training"] = training
    return Node(layer, tuple(given[name] for name in names), kwargs, outputs).structure


def shape_by_call(layer: Any, shapes: Any) -> Any:
    """Return the shapes of what a layer returns for inputs of such shapes; it may be called twice.

    >>> import mark1
    >>> class Twice(mark1.Layer):
    ...     def call(self, x):
    ...         return mark1.ops.concatenate([x, x], axis=-1)
    >>> shape_by_call(Twice(), (None, 3))
    (None, 6)
    """
    if not layer.built:
        layer.build(shapes)
    nowhere: Any = None
    inputs = _with_shapes(shapes, lambda s: SymbolicTensor(s, layer.compute_dtype, nowhere, 0))
    outputs = outputs_of(layer, (inputs,), {}, SymbolicTensor)
    return map_structure(lambda x: x.shape if isinstance(x, Spec) else None, outputs)


def _outputs_of(layer: Any, given: dict[str, Any]) -> Any:
    cls = type(layer)
    by_options = getattr(layer, "_specs_with_options", None)
    if by_options is not None:
        return by_options(**given)
    specs = getattr(layer, "_specs_of_outputs", None)
    if specs is not None:
        return specs(given[next(iter(given))])
    rule = cls.compute_output_shape
    unknown = rule is Written.compute_output_shape and not cls.__module__.startswith("mark1.")
    if unknown or cls._returns_states or given.get("return_attention_scores"):
        return outputs_of(lambda **inputs: layer(**inputs), (), given, SymbolicTensor)
    names = signature_of(rule).positional
    if len(names) > 1:
        inputs = {name: given.get(name.removesuffix("_shape")) for name in names}
        shapes = layer.compute_output_shape(
            **{name: shapes_of(x) for name, x in inputs.items() if x is not None}
        )
    else:
        shapes = layer.compute_output_shape(shapes_of(given[next(iter(given))]))
    return _with_shapes(shapes, lambda shape: Spec(shape, layer.compute_dtype))


def _with_shapes(shapes: Any, make: Callable[[tuple[int | None, ...]], Any]) -> Any:
    """Return a nest with something made of each shape in it."""
    if isinstance(shapes, dict):
        return {key: _with_shapes(shape, make) for key, shape in shapes.items()}
    if all(n is None or isinstance(n, int) for n in shapes):
        return make(tuple(shapes))
    return [_with_shapes(shape, make) for shape in shapes]

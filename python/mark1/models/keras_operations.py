"""Operations in files of functional models: Keras' classes and what they keep in their configs."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.symbolic import Call, get_item
from mark1.utils.naming import snake_case
from mark1.utils.registry import unknown

_AXES = ("axis", "keepdims")

# By module, the operations and the arguments that stand in the config; others stand in the call.
_PLAIN = """
add subtract multiply floor_divide mod power negative absolute matmul exp log sqrt square sin cos
tan tanh maximum minimum where get_item less less_equal greater greater_equal equal not_equal
logical_and logical_or logical_not logical_xor sign floor ceil expm1 log1p reciprocal isnan isinf
isfinite
"""
_REDUCTIONS = "mean sum max min argmax argmin var std prod all any"
_ACTIVATIONS = """
relu relu6 sigmoid silu softplus softsign selu log_sigmoid hard_sigmoid hard_silu tanh_shrink
squareplus
"""
_MODULES: dict[str, dict[str, tuple[str, ...]]] = {
    "numpy": {
        **dict.fromkeys(_PLAIN.split(), ()),
        **dict.fromkeys(_REDUCTIONS.split(), _AXES),
        "true_divide": (),
        "transpose": ("axes",),
        "expand_dims": ("axis",),
        "squeeze": ("axis",),
        "reshape": ("newshape",),
        "stack": ("axis",),
        "concatenate": ("axis",),
        "clip": ("x_min", "x_max"),
        "split": ("indices_or_sections", "axis"),
        "take": ("axis",),
        "einsum": ("subscripts",),
        "repeat": ("repeats", "axis"),
        "tile": ("repeats",),
        "flip": ("axis",),
        "swapaxes": ("axis1", "axis2"),
        "moveaxis": ("source", "destination"),
        "broadcast_to": ("shape",),
    },
    "nn": {
        **dict.fromkeys(_ACTIVATIONS.split(), ()),
        "softmax": ("axis",),
        "log_softmax": ("axis",),
        "gelu": ("approximate",),
        "leaky_relu": ("negative_slope",),
        "elu": ("alpha",),
        "celu": ("alpha",),
        "one_hot": ("num_classes", "axis", "dtype"),
    },
    "math": {"logsumexp": _AXES, "erf": (), "rsqrt": ()},
    "core": {"cast": ("dtype",)},
}
# Names here that differ from Keras'.
_OWN = {"true_divide": "divide", "absolute": "abs"}
_THEIRS = {own: theirs for theirs, own in _OWN.items()}


def class_of(name: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Return module and class that an operation has in Keras, and what stands in its config.

    >>> class_of("mean"), class_of("roll")
    (('keras.src.ops.numpy', 'Mean', ('axis', 'keepdims')), None)
    """
    name = _THEIRS.get(name, name)
    for module, known in _MODULES.items():
        if name in known:
            camel = "".join(part.capitalize() for part in name.split("_"))
            return f"keras.src.ops.{module}", camel, known[name]
    return None


def split_arguments(
    call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[str, str, dict[str, Any], list[Any]]:
    """Return module, class, config and arguments of a call as a file has them."""
    signature = inspect.signature(call.function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    described = class_of(call.function.__name__)
    module, name, options = described or ("mark1.ops", call.function.__name__, ())
    config = {key: bound.arguments[key] for key in options}
    rest: list[Any] = []
    for key, value in bound.arguments.items():
        if key in options:
            continue
        starred = signature.parameters[key].kind is inspect.Parameter.VAR_POSITIONAL
        rest.extend(value if starred else [value])
    return module, name, {"name": call.name, **config}, rest


def operation_of(entry: dict[str, Any]) -> tuple[Call, dict[str, Any]]:
    """Return the operation that an entry of a file names, and what its config holds.

    Raises:
        ValueError: it is not known.
    """
    theirs = entry["class_name"]
    name = snake_case(theirs) if entry.get("module") != "mark1.ops" else theirs
    name = _OWN.get(name, name)
    found = [getattr(place, name, None) for place in (ops, ops.image)]
    functions = (get_item,) if name == "get_item" else filter(callable, found)
    function = next(iter(functions), None)
    if function is None or isinstance(function, type):
        known = [name for names in _MODULES.values() for name in names]
        raise unknown("operation", str(theirs), known)
    config = dict(entry.get("config") or {})
    call = Call(function, config.pop("name", None))
    parameters = inspect.signature(call.function).parameters
    options = {}
    for key, value in config.items():
        if key in parameters:
            options[key] = value
        elif value is not None and value is not False:
            raise ValueError(f"[load] the operation {theirs} does not know {key}={value!r}")
    return call, options


def joined_arguments(call: Call, options: dict[str, Any], args: list[Any]) -> list[Any]:
    """Return arguments by place, some of which stood in the config."""
    left = list(args)
    out: list[Any] = []
    for name, parameter in inspect.signature(call.function).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            out.extend(left)
            left = []
        elif name in options:
            out.append(options[name])
        elif left:
            out.append(left.pop(0))
        elif parameter.default is not inspect.Parameter.empty:
            out.append(parameter.default)
    return out


def encode(value: Any) -> Any:
    """Return an argument that is not a symbolic tensor as a file has it.

    >>> encode((slice(None, 2), ...))[0]["config"]["stop"]
    2
    """
    if isinstance(value, slice):
        parts = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": parts}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(value, (Tensor, np.ndarray)):
        array = np.asarray(value)
        parts = {"value": array.tolist(), "dtype": array.dtype.name}
        return {"class_name": "__tensor__", "config": parts}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [encode(part) for part in value]
    if isinstance(value, dict):
        return {key: encode(part) for key, part in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(f"[save] an argument of type {type(value).__name__} cannot be saved")


def decode(value: Any, symbolic: Any) -> Any:
    """Return what `encode` described, symbolic tensors looked up by their history."""
    if isinstance(value, list):
        return [decode(part, symbolic) for part in value]
    if not isinstance(value, dict):
        return value
    config = value.get("config", {})
    kind = value.get("class_name")
    if kind == "__keras_tensor__":
        return symbolic(*config["keras_history"])
    if kind == "__slice__":
        return slice(*(config[key] for key in ("start", "stop", "step")))
    if kind == "__ellipsis__":
        return Ellipsis
    if kind in ("__tensor__", "__numpy__"):
        return ops.convert_to_tensor(np.array(config["value"], config["dtype"]))
    return {key: decode(part, symbolic) for key, part in value.items()}

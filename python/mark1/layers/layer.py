"""The base class of layers."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from mark1 import initializers, ops, recording
from mark1._core import Tensor
from mark1.layers.symbolic import SymbolicTensor
from mark1.typing import Array
from mark1.utils.naming import snake_case, unique_name
from mark1.utils.registry import Registry, serialize
from mark1.variable import Variable

Shape = tuple["int | None", ...]
_DTYPES = ("float32", "float64")


class _Call(threading.local):
    training = False
    weight_limit: int | None = None  # elements that may still be made


_call = _Call()


def in_training() -> bool:
    """Return whether the layer that is being called was told that this is training.

    >>> in_training()
    False
    """
    return _call.training


@contextmanager
def limit_weights(elements: int) -> Iterator[None]:
    """Refuse, within the block, to make more weights: a file must not fill the memory by a number.

    >>> with limit_weights(10):
    ...     Layer(name="big").add_weight((1000, 1000))
    Traceback (most recent call last):
    ValueError: [big] a weight of shape (1000, 1000) is more than there can be weights for
    """
    _call.weight_limit = elements
    try:
        yield
    finally:
        _call.weight_limit = None


class Layer:
    """A function with weights.

    Subclasses make their weights in ``build(input_shape)`` and define ``call(x)`` or
    ``call(x, training)``. A layer is built when it is first called, from the shape it is given.

    Args:
        trainable: whether training changes the weights.
        dtype: ``"float32"`` (if None) or ``"float64"``, for weights and arithmetic.
        name: what it is called in messages and summaries; made from the class name if None.
        input_shape: shape of one sample, for the first layer of a Sequential model.
        input_dim: short for ``input_shape=(input_dim,)``.

    Raises:
        ValueError: an argument is not known, or out of range.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")
    ...     def call(self, x):
    ...         return x * self.factor
    >>> Scale()([[1.0, 2.0]]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    _call_takes_training = False
    _incidental = frozenset({"built"})  # attributes that recorded steps do not depend on
    _module = "keras.layers"

    def __init__(
        self,
        *,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        input_shape: tuple[int | None, ...] | None = None,
        input_dim: int | None = None,
        activity_regularizer: None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise ValueError(
                f"[{type(self).__name__}] does not know the arguments {sorted(unknown)}"
            )
        if activity_regularizer is not None:
            raise ValueError(f"[{type(self).__name__}] regularizers are not supported yet")
        self._weights: list[Variable] = []
        self._sublayers: dict[str, list[Layer]] = {}
        self.dtype = dtype_name(dtype, type(self).__name__)
        self.name = name or unique_name(snake_case(type(self).__name__))
        self.built = False
        self._trainable = bool(trainable)
        self._build_shape: Shape | None = None
        if input_dim is not None:
            input_shape = (input_dim,)
        self._first_input_shape = None if input_shape is None else tuple(input_shape)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Signatures are looked at once per class, never per call.
        super().__init_subclass__(**kwargs)
        if "call" in cls.__dict__:
            code = getattr(getattr(cls.call, "__wrapped__", cls.call), "__code__", None)
            count = code.co_argcount + code.co_kwonlyargcount if code else 0
            cls._call_takes_training = code is not None and "training" in code.co_varnames[:count]
        if "build" in cls.__dict__:
            build = cls.build

            def build_once(self: Layer, input_shape: Any) -> None:
                build(self, input_shape)
                self.built = True
                self._build_shape = tuple(input_shape)

            build_once.__doc__ = build.__doc__
            cls.build = build_once  # type: ignore[method-assign]

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            self._track(name, value)
            recording.attribute_set(self, name, value)
        object.__setattr__(self, name, value)

    def _track(self, name: str, value: Any) -> None:
        if "_sublayers" not in self.__dict__:
            raise RuntimeError(
                f"[{type(self).__name__}] call super().__init__() before setting {name}"
            )
        if isinstance(value, Variable):
            if not any(w is value for w in self._weights):
                self._weights.append(value)
            return
        found = [value] if isinstance(value, Layer) else value
        if isinstance(found, (list, tuple)) and found and all(isinstance(v, Layer) for v in found):
            self._sublayers[name] = list(found)
        elif name in self.__dict__.get("_sublayers", ()):
            del self._sublayers[name]

    def add_weight(
        self,
        shape: tuple[int, ...] | None = None,
        initializer: Any = None,
        dtype: str | None = None,
        trainable: bool = True,
        regularizer: None = None,
        constraint: None = None,
        name: str | None = None,
    ) -> Variable:
        """Make a weight.

        Args:
            shape: its shape; () if None.
            initializer: anything `mark1.initializers.get` takes; Glorot uniform if None.
            dtype: its dtype; the layer's if None.
            trainable: whether training changes it.
            regularizer: None.
            constraint: None.
            name: what it is called; the path is ``layer/name``.
        """
        if regularizer is not None or constraint is not None:
            raise ValueError(f"[{self.name}] regularizers and constraints are not supported yet")
        if _call.weight_limit is not None:
            _call.weight_limit -= math.prod(shape or ())
            if _call.weight_limit < 0:
                raise ValueError(
                    f"[{self.name}] a weight of shape {shape} is more than there can be weights for"
                )
        make = initializers.get("glorot_uniform" if initializer is None else initializer)
        dtype = dtype or self.dtype
        name = name or "weight"
        value = make(tuple(shape or ()), dtype=dtype)
        variable = Variable(value, dtype=dtype, trainable=trainable, name=name)
        variable.path = f"{self.name}/{name}"
        self._weights.append(variable)
        return variable

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs of that shape."""
        self.built = True
        self._build_shape = tuple(input_shape)

    def call(self, x: Any) -> Any:
        """Return the outputs."""
        raise NotImplementedError(f"[{type(self).__name__}] a layer defines call(x)")

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs of a shape that this layer cannot take."""

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs for inputs of that shape."""
        return tuple(input_shape)

    def __call__(self, x: Any, training: bool | None = None) -> Any:
        """Return the outputs, building the layer first if need be.

        Args:
            x: Tensor or array-like (batch, ...).
            training: whether layers that behave differently in training do so; what the calling
                layer was told if None.
        """
        if isinstance(x, SymbolicTensor):
            raise TypeError(
                f'[{type(self).__name__} "{self.name}"] functional models are not supported yet: '
                "write Sequential([Input(...), ...])"
            )
        if not isinstance(x, Tensor):
            x = ops.convert_to_tensor(x)
        if x.dtype != self.dtype:
            x = ops.cast(x, self.dtype)
        self.check_input(x.shape)
        if not self.built:
            self.build((None, *x.shape[1:]))
            self.built = True
        if training is None:
            training = _call.training
        elif self._sublayers and training != _call.training:
            previous = _call.training
            _call.training = training
            try:
                return self._run(x, training)
            finally:
                _call.training = previous
        return self._run(x, training)

    def _run(self, x: Tensor, training: bool) -> Any:
        if recording.recordings:
            recording.note(self)
        if self._call_takes_training:
            return self.call(x, training=training)  # type: ignore[call-arg]
        return self.call(x)

    def _children(self) -> Iterator[Layer]:
        for layers in self._sublayers.values():
            yield from layers

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; set on a layer, it holds for those inside it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if self._trainable != bool(value):
            recording.changed(self, "trainable")
        self._trainable = bool(value)
        for layer in self._children():
            layer.trainable = value

    @property
    def weights(self) -> list[Variable]:
        """All weights: the layer's own, then those of the layers inside it."""
        own = sorted(self._weights, key=lambda w: not w.trainable)
        return _unique([*own, *(w for layer in self._children() for w in layer.weights)])

    @property
    def variables(self) -> list[Variable]:
        """The weights."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that training changes."""
        if not self._trainable:
            return []
        own = [w for w in self._weights if w.trainable]
        inner = [w for layer in self._children() for w in layer.trainable_variables]
        return _unique([*own, *inner])

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        changing = {w.id for w in self.trainable_variables}
        return [w for w in self.weights if w.id not in changing]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return self.non_trainable_weights

    def get_weights(self) -> list[Array]:
        """Return copies of all weights, in the order of `weights`."""
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Replace all weights; nothing is changed if one of them does not fit.

        Args:
            weights: one array per weight, in the order of `weights`.

        Raises:
            ValueError: wrong number of arrays, or wrong shapes.
        """
        own = self.weights
        arrays = [np.asarray(w) for w in weights]
        if len(arrays) != len(own):
            raise ValueError(
                f'[set_weights] "{self.name}" has {len(own)} weights, got {len(arrays)} arrays'
            )
        for variable, array in zip(own, arrays, strict=True):
            if variable.shape != array.shape:
                raise ValueError(
                    f"[set_weights] {variable.path} has shape {variable.shape}, "
                    f"got an array of shape {array.shape}"
                )
        values = [ops.convert_to_tensor(a, v.dtype) for v, a in zip(own, arrays, strict=True)]
        for variable, value in zip(own, values, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """Return the number of elements of all weights."""
        return sum(w.size for w in self.weights)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        policy = {
            "module": "keras",
            "class_name": "DTypePolicy",
            "config": {"name": self.dtype},
            "registered_name": None,
        }
        return {"name": self.name, "trainable": self._trainable, "dtype": policy}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Make a layer from its config; its weights are new."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


registry: Registry[Layer] = Registry("layer", "keras.layers")


def serialize_layer(layer: Layer) -> dict[str, Any]:
    """Describe a layer for a file, with the shape it was built for."""
    described = serialize(layer, layer._module)
    if layer.built and layer._build_shape is not None:
        described["build_config"] = {"input_shape": list(layer._build_shape)}
    return described


def dtype_name(dtype: Any, op: str) -> str:
    """Return a floating-point dtype as a string, given None, a string or Keras' policy config.

    >>> dtype_name(None, "Dense")
    'float32'
    """
    if dtype is None:
        return "float32"
    if isinstance(dtype, dict):
        config = dtype.get("config")
        dtype = config.get("name") if isinstance(config, dict) else None
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None)
    if name not in _DTYPES:
        raise ValueError(f"[{op}] dtype must be one of {_DTYPES}, got {dtype!r}")
    return str(name)


def _unique(variables: list[Variable]) -> list[Variable]:
    return list({w.id: w for w in variables}.values())

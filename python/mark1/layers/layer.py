"""The base class of layers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mark1 import dtype_policies, ops, recording, regularizers
from mark1._core import Tensor
from mark1.layers import masks
from mark1.layers.arguments import any_symbolic, as_inputs, shapes_of
from mark1.layers.holder import WeightHolder
from mark1.layers.holder import limit_weights as limit_weights
from mark1.layers.masks import MaskWarning as MaskWarning
from mark1.layers.masks import held as _masks_held
from mark1.layers.refusals import completing, refusing, reraise
from mark1.layers.signature import Signature, default_of, signature_of
from mark1.layers.written import Written
from mark1.ops.cast import full_precision
from mark1.tape.state import FLOATS
from mark1.utils.naming import building, snake_case, unique_name
from mark1.utils.nest import flatten
from mark1.utils.registry import Registry, serialize, unknown_argument

Shape = tuple["int | None", ...]
_MISSING: Any = object()


class _Call(threading.local):
    training: bool | None = None  # nobody has said
    inside = False  # of a call that collects what is added to the loss


_call = _Call()


def in_training() -> bool:
    """Return whether the layer that is being called was told that this is training.

    >>> in_training()
    False
    """
    return bool(_call.training)


class Layer(Written, WeightHolder):
    """A function with weights.

    Subclasses make their weights in ``build(input_shape)`` and define ``call(x)``, which may take
    further tensors, nests of tensors, options by name, ``training`` and ``mask``. A layer is built
    when it is first called, from the shapes it is given; a ``build`` with several arguments,
    ``query_shape`` and ``value_shape`` for instance, gets those of the inputs of these names.

    A mask travels with its tensor: ``call`` gets that of its only input as ``mask``, those of
    several as ``query_mask`` and so on, if it has such arguments. What the outputs' mask is says
    ``compute_mask``, if ``supports_masking`` is set.

    Args:
        trainable: whether training changes the weights.
        dtype: ``"float32"`` or ``"float64"``, for weights and arithmetic, or any other policy of
            `mark1.dtype_policies`; the global policy if None.
        name: what it is called in messages and summaries; made from the class name if None.
        input_shape: shape of one sample, for the first layer of a Sequential model.
        input_dim: short for ``input_shape=(input_dim,)``.
        activity_regularizer: what the outputs add to the loss, divided by the number of samples.

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

    #: Whether the outputs have a mask that `compute_mask` gives.
    supports_masking: bool = False

    _module = "keras.layers"
    _computes = True  # by itself, and not only by the layers in it
    _keeps_integers = False  # whether the first input stays what it is if it holds integers
    _call_takes: Signature
    _build_takes: Signature
    _call_takes_training = False
    _trains_alone = False  # whether this is training if nobody says: what `call` has as its default
    _returns_states = False  # beside outputs, so that compute_output_shape does not say all
    _makes_masks = False  # whether compute_mask may find one where the input has none

    @refusing
    def __init__(
        self,
        *,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        input_shape: tuple[int | None, ...] | None = None,
        input_dim: int | None = None,
        activity_regularizer: Any = None,
        **unknown: Any,
    ) -> None:
        if unknown := {k: v for k, v in unknown.items() if (k, v) != ("autocast", True)}:
            cls = type(self)
            raise ValueError(str(unknown_argument(cls.__name__, min(unknown), cls)))
        policy = dtype_policies.get(dtype, type(self).__name__)
        super().__init__(
            name or unique_name(snake_case(type(self).__name__)),
            policy.variable_dtype,
            bool(trainable),
        )
        self._policy = policy
        self._compute_dtype = policy.compute_dtype if self._computes else self.dtype
        self.built: bool = False
        self._build_shape: Any = None
        self._build_shapes: dict[str, Any] | None = None
        if input_dim is not None:
            input_shape = (input_dim,)
        self.activity_regularizer: Any = regularizers.get(activity_regularizer)
        if self.activity_regularizer is not None:
            self._adds_losses = True
        self._first_input_shape = None if input_shape is None else tuple(input_shape)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Signatures are looked at once per class, never per call.
        super().__init_subclass__(**kwargs)
        own = cls.__dict__
        if "call" in own:
            cls._call_takes = signature_of(cls.call)
            cls._call_takes_training = "training" in cls._call_takes.names
            cls._trains_alone = bool(default_of(cls.call, "training"))
            code = getattr(cls.call, "__code__", None)
            if code is not None and "add_loss" in code.co_names:
                cls._adds_losses = True
            if "_keeps_integers" not in own and not cls.__module__.startswith("mark1."):
                cls._keeps_integers = True  # as in Keras: only its author knows what they mean
        if "__init__" in own:
            wrapped = refusing if cls.__module__.startswith("mark1.") else completing
            cls.__init__ = wrapped(own["__init__"])  # type: ignore[method-assign]
        if "check_input" in own:
            cls._checks_input = True
        if "compute_mask" in own:
            if "_makes_masks" not in own:
                cls._makes_masks = not cls.__module__.startswith("mark1.")
            if "supports_masking" not in own:
                cls.supports_masking = True
        if "build" in own:
            cls._build_takes = signature_of(cls.build)
            build: Any = cls.build

            def build_once(self: Layer, *args: Any, **kwargs: Any) -> None:
                with building(self):
                    build(self, *args, **kwargs)
                self.built = True
                self._remember_shapes(*args, **kwargs)

            build_once.__doc__ = build.__doc__
            build_once.__wrapped__ = build  # type: ignore[attr-defined]
            type.__setattr__(cls, "build", build_once)  # which type checkers need not see

    def _remember_shapes(self, *args: Any, **kwargs: Any) -> None:
        if len(args) == 1 and not kwargs:
            self._build_shape = shapes_of(args[0], False)
        elif args or kwargs:
            given = self._build_takes.bind(self.name, args, kwargs)
            self._build_shapes = {
                name: None if shape is None else shapes_of(shape, False)
                for name, shape in given.items()
            }
            self._build_shape = next(iter(self._build_shapes.values()))

    def check_input(self, shape: Any) -> None:
        """Refuse inputs of a shape that this layer cannot take: others than ``input_spec`` says."""
        self._check_spec(shape)

    def _called(
        self, x: Any = _MISSING, /, *args: Any, training: bool | None = None, **kwargs: Any
    ) -> Any:
        """Return the outputs, building the layer first if need be.

        Args:
            x: the first input: Tensor or array-like (batch, ...), or a nest of them.
            args: further inputs.
            training: whether layers that behave differently in training do so; if None, what the
                calling layer was told, or the default of ``call`` if nobody was told anything.
            kwargs: inputs and options by name.

        Raises:
            TypeError: ``call`` does not take these arguments.
            ValueError: a shape does not fit.
        """
        try:
            if not self.built:
                with building(self):  # layers in it may be built by the call
                    given = args if x is _MISSING else (x, *args)
                    return self._call_with(given, kwargs, training)
            if (
                args
                or kwargs
                or type(x) is not Tensor
                or _masks_held
                or self._makes_masks
                or self._adds_losses
            ):
                given = args if x is _MISSING else (x, *args)
                return self._call_with(given, kwargs, training)
            if x.dtype != self._compute_dtype:
                x = self._cast(x, True)
            if self._checks_input:
                self.check_input(x.shape)
            if training is None:
                training = _call.training
            elif self._sublayers and training != _call.training:
                return self._run_told(training, (x,), {})
            return self._run(x, training)
        except Exception as error:
            given = args if x is _MISSING else (x, *args)
            reraise(self.call, given, kwargs, error, f'{type(self).__name__} "{self.name}"')

    if not TYPE_CHECKING:  # to which a call returns what `call` does: see `Written`
        __call__ = _called

    def _run(self, x: Tensor, training: bool | None) -> Any:
        if recording.recordings:
            recording.note(self)
        if self._call_takes_training:
            told = self._trains_alone if training is None else training
            return self.call(x, training=told)
        return self.call(x)

    def _call_with(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], training: bool | None
    ) -> Any:
        """Call the layer with any arguments, symbolic tensors and masks among them."""
        takes = self._call_takes
        given = takes.bind(self.name, args, kwargs)
        if missing := takes.missing(given):
            raise TypeError(f'[{type(self).__name__} "{self.name}"] needs {missing}')
        if any_symbolic(given):
            from mark1.layers.tracing import call_layer

            return call_layer(self, given, len(args), training)
        given = as_inputs(self, given)
        in_order = list(given)[: len(args)]
        if "training" in given:
            training = given.pop("training")
            if "training" in in_order:
                del in_order[in_order.index("training") :]
        first = given[next(iter(given))]
        shape = shapes_of(first)
        if self._checks_input:
            self.check_input(shape)
        if not self.built:
            self._build_for(given)
        if _masks_held:
            masks.fill_in(self._call_takes.names, given)
        mask = given.get("mask")
        if mask is None and _masks_held:
            mask = masks.masks_of(first)
        told = _call.training if training is None else training
        inputs = [given.pop(name) for name in in_order]
        if self._adds_losses:
            out = self._run_adding(told, inputs, given)
        else:
            out = self._run_told(told, inputs, given)
        if mask is not None or self._makes_masks:
            masks.pass_on(self, first, out, mask)
        return out

    def _run_told(self, told: bool | None, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run with the layers inside it told whether this is training."""
        previous = _call.training
        _call.training = told
        try:
            if len(args) == 1 and not kwargs:
                return self._run(args[0], told)
            if recording.recordings:
                recording.note(self)
            if self._call_takes_training:
                kwargs["training"] = self._trains_alone if told is None else told
            return self.call(*args, **kwargs)
        finally:
            _call.training = previous

    def _run_adding(self, told: bool | None, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run, and add what the outputs cost; the outermost call begins anew."""
        inside, _call.inside = _call.inside, True
        try:
            if not inside:
                self._clear_losses()
            out = self._run_told(told, args, kwargs)
            if self.activity_regularizer is not None:
                recording.note(self.activity_regularizer)
                for y in flatten(out):
                    samples = float(y.shape[0]) if y.shape else 1.0
                    cost = self.activity_regularizer(full_precision(y))
                    self.add_loss(ops.divide(cost, samples))
            return out
        finally:
            _call.inside = inside

    def _build_in_call(self, shape: Any) -> None:
        self.build(shape)

    def _build_for(self, given: dict[str, Any], any_batch: bool = True) -> None:
        takes = self._build_takes
        names = takes.positional
        if len(names) <= 1:
            self._build_in_call(shapes_of(given[next(iter(given))], any_batch))
        else:
            shapes = {name: given.get(name.removesuffix("_shape")) for name in names}
            known = {name: shapes_of(x, any_batch) for name, x in shapes.items() if x is not None}
            for name in names[: takes.required]:
                known.setdefault(name, None)
            self.build(**known)
        self.built = True

    def _cast(self, x: Tensor, first: bool) -> Tensor:
        """Return an input in the layer's dtype: integers only if it is the first, and wanted so."""
        if x.dtype not in FLOATS and not (first and not self._keeps_integers):
            return x
        return masks.keep_mask(x, ops.cast(x, self._compute_dtype))

    @property
    def dtype_policy(self) -> dtype_policies.DTypePolicy:
        """The dtypes of the layer's weights and results."""
        return self._policy

    @property
    def variable_dtype(self) -> str:
        """The dtype of the layer's weights."""
        return self.dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype to which floating-point inputs are cast, and of results."""
        return self._compute_dtype

    @property
    def input(self) -> Any:
        """The symbolic inputs of the layer, if it was called with such once."""
        node = self._only_node()
        return node.args[0] if len(node.args) == 1 else list(node.args)

    @property
    def output(self) -> Any:
        """The symbolic outputs of the layer, if it was called with symbolic inputs once."""
        return self._only_node().structure

    def _only_node(self) -> Any:
        chain = self.__dict__.get("_within", lambda: None)()
        if chain is not None and chain.built and "_nodes" not in self.__dict__:
            chain._describe()
        nodes = self.__dict__.get("_nodes", [])
        if len(nodes) != 1:
            times = "never" if not nodes else f"{len(nodes)} times"
            raise AttributeError(
                f'[{type(self).__name__} "{self.name}"] was called with symbolic tensors {times}: '
                "what its input and output are is not clear"
            )
        return nodes[0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        policy = dtype_policies.serialize(self._policy)
        config = {"name": self.name, "trainable": self._trainable, "dtype": policy}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        arguments = self.__dict__.get("_arguments")
        if arguments is not None and type(self).get_config is Layer.get_config:
            from mark1.layers.captured import config_of_arguments

            return config_of_arguments(self, arguments, config)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Make a layer from its config; its weights are new."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


Layer._call_takes = signature_of(Layer.call)
Layer._build_takes = signature_of(Layer.build)

registry: Registry[Layer] = Registry("layer", "keras.layers")


def serialize_layer(layer: Layer) -> dict[str, Any]:
    """Describe a layer for a file, with the shapes it was built for."""
    described = serialize(layer, layer._module)
    if layer.built and layer._build_shapes is not None:
        described["build_config"] = {"shapes_dict": layer._build_shapes}
    elif layer.built and layer._build_shape is not None:
        described["build_config"] = {"input_shape": layer._build_shape}
    return described

"""The base class of models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, overload

from mark1.layers.layer import Layer
from mark1.models.trainer import Trainer

if TYPE_CHECKING:
    from mark1.layers.symbolic import KerasTensor


class Model(Trainer):
    """A layer that can be trained, looked at and saved.

    ``Model(inputs, outputs)`` is a model of any topology: `mark1.Input` makes symbolic tensors,
    and layers and operations that are called with them give others. Nests of inputs and outputs,
    shared layers and models as layers are all possible, and any symbolic tensor in between can be
    an output of a further model.

    Subclasses keep their layers in attributes and define ``call(x)`` or ``call(x, training)``.

    Args:
        inputs: symbolic tensors in any nest.
        outputs: symbolic tensors in any nest.
        name: what it is called.

    >>> import mark1
    >>> a, b = mark1.Input((4,), name="a"), mark1.Input((4,), name="b")
    >>> shared = mark1.layers.Dense(3)
    >>> distance = Model([a, b], mark1.ops.abs(shared(a) - shared(b)))
    >>> distance([mark1.ops.ones((1, 4)), mark1.ops.ones((1, 4))]).numpy()
    array([[0., 0., 0.]], dtype=float32)

    >>> import mark1
    >>> class Two(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.first = mark1.layers.Dense(4, activation="relu")
    ...         self.second = mark1.layers.Dense(1)
    ...     def call(self, x):
    ...         return self.second(self.first(x))
    >>> Two()([[1.0, 2.0]]).shape
    (1, 1)
    """

    supports_masking = True
    _module = "keras"
    _keeps_integers = True

    if TYPE_CHECKING:  # of models that know their inputs, and more exactly than where it is written

        @property
        def inputs(self) -> list[KerasTensor]: ...  # noqa: D102
        @property
        def outputs(self) -> list[KerasTensor]: ...  # noqa: D102
        @property
        def input_shape(self) -> Any: ...  # noqa: D102
        @property
        def output_shape(self) -> Any: ...  # noqa: D102
        @overload
        def evaluate(
            self,
            x: Any = None,
            y: Any = None,
            batch_size: int | None = None,
            verbose: Any = "auto",
            sample_weight: Any = None,
            steps: int | None = None,
            callbacks: Any = None,
            *,
            return_dict: Literal[True],
        ) -> dict[str, float]: ...
        @overload
        def evaluate(
            self,
            x: Any = None,
            y: Any = None,
            batch_size: int | None = None,
            verbose: Any = "auto",
            sample_weight: Any = None,
            steps: int | None = None,
            callbacks: Any = None,
            return_dict: bool = False,
        ) -> Any: ...
        def evaluate(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102

    else:  # with it a checker would take models for anything

        def __new__(cls, *args, **kwargs):
            """Make a functional model if inputs and outputs are given."""
            if cls is Model and _is_functional(args, kwargs):
                from mark1.models.functional import Functional

                return object.__new__(Functional)
            return object.__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not _is_functional(args, kwargs):
            if "inputs" in kwargs and type(self).__module__.startswith("mark1."):
                raise ValueError("[Model] needs outputs as well: Model(inputs, outputs)")
            super().__init__(*args, **kwargs)
            return
        from mark1.models.functional import Functional

        if not isinstance(self, Functional):
            # A subclass that describes itself by symbolic tensors: it is one from now on.
            _make_functional(type(self), Functional)
        Functional.__init__(self, *args, **kwargs)  # type: ignore[arg-type]

    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs of that shape, by a call with zeros of the model's dtype."""
        from mark1.layers.tracing import shape_by_call

        with self._built_by_call():
            self.built = True
            shape_by_call(self, input_shape)

    def _build_in_call(self, shape: Any) -> None:
        if type(self).build is not Model.build:
            self.build(shape)
        else:  # the call itself builds the layers
            self.built = True
            self._remember_shapes(shape)

    def _call_with(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], training: bool | None
    ) -> Any:
        if self.built or type(self).build is not Model.build:
            return super()._call_with(args, kwargs, training)
        with self._built_by_call():
            return super()._call_with(args, kwargs, training)

    @contextmanager
    def _built_by_call(self) -> Iterator[None]:
        """Let a call that fails leave no word of it: another one, of another shape, may build."""
        built, shape, shapes = self.built, self._build_shape, self._build_shapes
        try:
            yield
        except BaseException:
            self.built: bool = built
            self._build_shape, self._build_shapes = shape, shapes
            raise

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return None: what the outputs' mask is, the layers inside have said."""
        return None

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Any:
        """Make a model from its config; its weights are new.

        Args:
            config: what `get_config` returned, of a functional model or of a class of the user.
            custom_objects: classes of the user by name.

        Raises:
            ValueError: the config is malformed, or names what is not known.
        """
        if cls is Model and "input_layers" in config:
            from mark1.models.functional import Functional

            return Functional.from_config(config, custom_objects)
        return cls(**config)

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order."""
        return list(self._children())  # type: ignore[arg-type]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place.

        Raises:
            ValueError: there is none, or both or neither were given.
        """
        if (name is None) == (index is None):
            raise ValueError("[get_layer] needs either a name or an index")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"[get_layer] there are {len(layers)} layers, got index {index}")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in layers)
        raise ValueError(f"[get_layer] no layer is called {name!r}; there are {names}")

    def summary(
        self,
        line_length: int | None = None,
        print_fn: Callable[[str], object] | None = None,
        show_trainable: bool = False,
    ) -> None:
        """Print layers, output shapes and numbers of parameters.

        Args:
            line_length: width in characters.
            print_fn: called with plain text instead of printing a table.
            show_trainable: add a column that says whether training changes a layer.
        """
        from mark1.models.summary import print_summary

        print_summary(self, line_length, print_fn, show_trainable)

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write architecture, weights, optimizer state and what `compile` was told to a file.

        The file appears under its name only when it is complete.

        Args:
            filepath: a path that ends in ``.keras``.
            overwrite: whether a file of that name may be replaced.

        Raises:
            FileExistsError: there is such a file and overwrite is False.
            ValueError: another ending, or a model that is not built.
        """
        from mark1.saving import save_model

        save_model(self, filepath, overwrite=overwrite)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights to a file that ends in ``.weights.h5``; see `save`."""
        from mark1.saving import save_weights

        save_weights(self, filepath, overwrite=overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Read the weights from a ``.weights.h5`` or ``.keras`` file of the same architecture.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is damaged, or belongs to another architecture; nothing is changed.
        """
        from mark1.saving import load_weights

        load_weights(self, filepath)

    def to_json(self, **kwargs: Any) -> str:
        """Describe the architecture as JSON; see `mark1.models.model_from_json`.

        Args:
            kwargs: for `json.dumps`.
        """
        import json

        from mark1.saving.saving import description_of

        return json.dumps(description_of(self), **kwargs)

    def get_compile_config(self) -> dict[str, Any] | None:
        """Describe what `compile` was told, or return None."""
        return None if self._compiled is None else self._compiled.get_config()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this model was made with.

        Raises:
            NotImplementedError: they are not only numbers, strings and nests of them.
        """
        from mark1.layers.captured import config_of_arguments

        arguments = self.__dict__.get("_arguments", (type(self).__init__, (), {}))
        try:
            return config_of_arguments(self, arguments, Layer.get_config(self))
        except NotImplementedError as error:
            raise NotImplementedError(
                f"{error}. The weights alone can be saved with save_weights"
            ) from None


def _is_functional(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) >= 2 or "outputs" in kwargs or (len(args) == 1 and "inputs" in kwargs)


def _make_functional(cls: type, functional: type) -> None:
    """Put the class of functional models in the place of Model among the ancestors of a class."""
    if Model in cls.__bases__:
        cls.__bases__ = tuple(functional if base is Model else base for base in cls.__bases__)
        return
    for base in cls.__bases__:
        if issubclass(base, Model):
            _make_functional(base, functional)

"""Layers around layers: every timestep alone, or the sequence in both directions."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry, serialize_layer
from mark1.utils.custom_objects import remade
from mark1.utils.nest import flatten


class Wrapper(Layer):
    """A layer around another.

    Args:
        layer: the other.

    Raises:
        TypeError: it is not a layer.
    """

    supports_masking = True

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise TypeError(
                f"[{type(self).__name__}] expected a layer, got {type(layer).__name__}"
                + (". Put () behind its name" if isinstance(layer, type) else "")
            )
        self.layer = layer

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "layer": serialize_layer(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Make a layer from its config; its weights are new."""
        config = dict(config)
        return cls(registry.deserialize(config.pop("layer")), **config)


@registry.register()
class TimeDistributed(Wrapper):
    """Applies a layer to every timestep: (N, T, ...) becomes (N, T, ...).

    The steps go through the layer as the samples of one batch, of N T samples; one after the other
    where the layer is stateful, or training and with a `BatchNormalization` in it: then every step
    has statistics of its own, and the moving ones follow each of them.

    Args:
        layer: what is applied.

    Raises:
        TypeError: it is not a layer.
        ValueError: the inputs have less than three axes.

    >>> from mark1.layers import Dense
    >>> TimeDistributed(Dense(4))(ops.ones((2, 3, 5))).shape
    (2, 3, 4)
    """

    def check_input(self, shape: Any) -> None:
        """Refuse inputs without steps."""
        if len(shape) < 3:
            raise ValueError(
                f'[TimeDistributed "{self.name}"] expected inputs of shape (batch, steps, ...), '
                f"got {shape}"
            )

    def build(self, input_shape: Any) -> None:
        """Build the layer for single steps."""
        self.check_input(input_shape)
        if not self.layer.built:
            self.layer.build((input_shape[0], *input_shape[2:]))
            self.layer.built = True

    def call(self, x: Tensor, training: bool = False, mask: Tensor | None = None) -> Tensor:
        """Return the outputs."""
        samples, steps = x.shape[:2]
        options: dict[str, Any] = {}
        if self._step_by_step(training):
            return self._over_steps(x, training, mask)
        if mask is not None and "mask" in self.layer._call_takes.names and mask.ndim > 2:
            options["mask"] = ops.reshape(mask, (samples * steps, *mask.shape[2:]))
        flat = ops.reshape(x, (samples * steps, *x.shape[2:]))
        out = self.layer(flat, training=training, **options)
        return ops.reshape(out, (samples, steps, *out.shape[1:]))

    def _step_by_step(self, training: bool) -> bool:
        return any(
            getattr(each, "stateful", False) or (training and each._mixes_samples)
            for each in self.layer._all_parts()
        )

    def _over_steps(self, x: Tensor, training: bool, mask: Tensor | None) -> Tensor:
        masked = mask is not None and "mask" in self.layer._call_takes.names
        outputs = []
        for t in range(x.shape[1]):
            options = {"mask": mask[:, t]} if masked and mask is not None else {}
            outputs.append(self.layer(x[:, t], training=training, **options))
        return ops.stack(outputs, 1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the layer's outputs with the steps in it."""
        self.check_input(input_shape)
        inner = self.layer.compute_output_shape((input_shape[0], *input_shape[2:]))
        return (inner[0], input_shape[1], *inner[1:])


_MODES = ("sum", "mul", "concat", "ave", None)


@registry.register()
class Bidirectional(Layer):
    """Runs a recurrent layer forwards, another backwards, and joins what they return.

    Args:
        layer: the recurrent layer; both directions are made from its config.
        merge_mode: ``"concat"``, ``"sum"``, ``"mul"``, ``"ave"``, or None for both outputs apart.
        weights: None.
        backward_layer: what runs backwards, instead of a copy of the layer.

    Raises:
        TypeError: something is not a recurrent layer.
        ValueError: an unknown mode, or layers that do not go together.

    Source:
        Schuster and Paliwal, Bidirectional recurrent neural networks, 1997.
    """

    supports_masking = True

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: None = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for each in (layer, backward_layer):
            if each is not None and not hasattr(each, "go_backwards"):
                raise TypeError(
                    f"[Bidirectional] needs a recurrent layer, got {type(each).__name__}"
                )
        if merge_mode not in _MODES:
            raise ValueError(f"[Bidirectional] merge_mode must be in {_MODES}, got {merge_mode!r}")
        if weights is not None:
            raise ValueError("[Bidirectional] weights are not supported: use set_weights")
        self.merge_mode = merge_mode
        stem = layer.name.removeprefix("forward_")
        self.forward_layer: Any = _copy(layer, f"forward_{stem}")
        self.backward_layer: Any = backward_layer
        if backward_layer is None:
            stem = layer.name.removeprefix("backward_")
            self.backward_layer = _copy(layer, f"backward_{stem}", go_backwards=True)
        forth, back = self.forward_layer, self.backward_layer
        if forth.go_backwards == back.go_backwards:
            raise ValueError("[Bidirectional] the layers must differ in go_backwards")
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(forth, name) != getattr(back, name):
                raise ValueError(
                    f"[Bidirectional] the layers must agree in {name}, got {getattr(forth, name)} "
                    f"and {getattr(back, name)}"
                )
        for each in (forth, back):
            if hasattr(each, "zero_output_for_mask"):
                each.zero_output_for_mask = each.return_sequences
        self.stateful: Any = layer.stateful
        self.return_sequences: Any = layer.return_sequences
        self.return_state: Any = layer.return_state

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build both layers."""
        for each in (self.forward_layer, self.backward_layer):
            if not each.built:
                each.build(sequences_shape)
                each.built = True

    def check_input(self, shape: Any) -> None:
        """Refuse what the layer refuses."""
        self.forward_layer.check_input(shape)

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """Return the outputs, and with return_state the states of both layers."""
        states: list[Any] = [None, None]
        if initial_state is not None:
            half = len(initial_state) // 2
            states = [initial_state[:half], initial_state[half:]]
        outs = []
        for each, state in zip((self.forward_layer, self.backward_layer), states, strict=True):
            options: dict[str, Any] = {} if state is None else {"initial_state": list(state)}
            if mask is not None:
                options["mask"] = mask
            outs.append(each(sequences, training=training, **options))
        after: list[Any] = []
        if self.return_state:
            after = [*outs[0][1:], *outs[1][1:]]
            outs = [outs[0][0], outs[1][0]]
        if self.return_sequences:
            outs[1] = ops.flip(outs[1], axis=1)
        joined = self._join(*outs)
        if self.merge_mode is None:
            return (*joined, *after)
        return (joined, *after) if self.return_state else joined

    def _join(self, y: Any, z: Any) -> Any:
        match self.merge_mode:
            case "concat":
                return ops.concatenate([y, z], axis=-1)
            case "sum":
                return ops.add(y, z)
            case "ave":
                return ops.divide(ops.add(y, z), 2.0)
            case "mul":
                return ops.multiply(y, z)
        return y, z

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shapes of what `call` returns."""
        shapes = self.forward_layer.compute_output_shape(sequences_shape)
        states: list[Any] = []
        if self.return_state:
            shapes, *states = shapes
        out = tuple(shapes)
        back = self.backward_layer.compute_output_shape(sequences_shape)
        behind: list[Any] = []
        if self.return_state:
            back, *behind = back
        if self.merge_mode is None:
            return [out, tuple(back), *states, *behind]
        if self.merge_mode == "concat":
            out = (*out[:-1], out[-1] + back[-1])
        return [out, *states, *behind] if self.return_state else out

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of sequences; what comes at the end has none."""
        mask = next(flatten(previous_mask), None)
        own = mask if self.return_sequences else None
        outputs = [own, own] if self.merge_mode is None else [own]
        if self.return_state:
            count = 2 * len(_states_of(self.forward_layer))
            return [*outputs, *([None] * count)]
        return outputs if self.merge_mode is None else own

    def reset_state(self) -> None:
        """Let the next sequences begin anew, in stateful layers."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize_layer(self.forward_layer),
            "backward_layer": serialize_layer(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Make a layer from its config; its weights are new."""
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None:
                config[name] = registry.deserialize(config[name])
        return cls(**config)


def _copy(layer: Any, name: str, **changes: Any) -> Any:
    return remade(layer, name=name, **changes)


def _states_of(layer: Any) -> list[Any]:
    size = layer.state_size
    return list(size) if isinstance(size, (list, tuple)) else [size]

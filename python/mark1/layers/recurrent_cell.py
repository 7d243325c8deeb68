"""What cells of recurrent layers share: weights, dropout, one step and whole sequences at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mark1 import activations, initializers, ops, random, recording
from mark1._core import Tensor
from mark1.layers.layer import Layer
from mark1.losses.alignment import shape_text
from mark1.ops.recurrent_steps import spread
from mark1.variable import Variable


class RecurrentCell(Layer):
    """What SimpleRNNCell, LSTMCell and GRUCell share.

    Args:
        units: number of outputs H.
        activation: a name, a function, or None for none; those of `mark1.activations` are fast.
        use_bias: whether there is a bias.
        kernel_initializer: how the weights of the input begin.
        recurrent_initializer: how those of the state begin.
        bias_initializer: how the bias begins.
        dropout: share of the inputs set to 0 in training, the same ones in all steps.
        recurrent_dropout: likewise of the state, where it meets its weights.
        seed: of dropout; None to take one from the global generator.

    Raises:
        ValueError: an argument is not known, or out of range.
    """

    _gates = 1
    _returns_states = True

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        *,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        implementation: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        kind = type(self).__name__
        if isinstance(units, bool) or not isinstance(units, int) or units < 1:
            raise ValueError(f"[{kind}] units must be a positive integer, got {units!r}")
        if implementation not in (1, 2):
            raise ValueError(f"[{kind}] implementation must be 1 or 2, got {implementation!r}")
        for what, rate in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout)):
            if not 0 <= rate < 1:
                raise ValueError(f"[{kind}] {what} must be at least 0 and below 1, got {rate!r}")
        self.units = units
        self.activation: Callable[..., Any] = activations.get(activation)
        self.use_bias: bool = bool(use_bias)
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.recurrent_initializer: Any = initializers.get(recurrent_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self._set_rules(
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
        )
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.seed_generator: random.SeedGenerator = random.SeedGenerator(seed)
        self.kernel: Variable | None = None
        self.recurrent_kernel: Variable | None = None
        self.bias: Variable | None = None
        self._dropout_mask: Tensor | None = None
        self._recurrent_dropout_mask: Tensor | None = None

    @property
    def state_size(self) -> Any:
        """The width of the state."""
        return self.units

    @property
    def output_size(self) -> int:
        """The width of the output."""
        return self.units

    def build(self, input_shape: Any) -> None:
        """Make kernel, recurrent kernel and bias for steps of that shape."""
        width = input_shape[-1]
        if width is None:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] the last axis of its inputs must be known, '
                f"got {shape_text(input_shape)}"
            )
        columns = self._gates * self.units
        self.kernel = self.add_weight((width, columns), self.kernel_initializer, name="kernel")
        self.recurrent_kernel = self.add_weight(
            (self.units, columns), self.recurrent_initializer, name="recurrent_kernel"
        )
        if self.use_bias:
            self.bias = self.add_weight(self._bias_shape(), self._first_bias, name="bias")

    def _bias_shape(self) -> tuple[int, ...]:
        return (self._gates * self.units,)

    def _first_bias(self, shape: tuple[int, ...], dtype: str) -> Tensor:
        bias: Tensor = self.bias_initializer(shape, dtype=dtype)
        return bias

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, Any]:
        """Return the output of one step and the states after it.

        Args:
            inputs: (N, C).
            states: (N, H), or a list of one for each part of the state.
            training: whether dropout takes place.
        """
        factors = None
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        nested = isinstance(states, (list, tuple))
        held = list(states) if nested else [states]
        if training and self.recurrent_dropout:
            factors = self.get_recurrent_dropout_mask(held[0])
        y, *after = self._steps(ops.expand_dims(inputs, 1), held, None, factors, False, False)
        return y, after if nested else after[0]

    def run_sequence(
        self,
        sequences: Tensor,
        states: Sequence[Any],
        mask: Tensor | None,
        training: bool,
        go_backwards: bool,
        return_sequences: bool,
    ) -> tuple[Tensor, list[Tensor]]:
        """Return outputs and last states of a whole sequence; states may be None for zeros."""
        if recording.recordings:
            recording.note(self)
        factors = None
        if training and self.dropout:
            sequences = sequences * spread(self._draw(sequences, sequences.shape[2], self.dropout))
        if training and self.recurrent_dropout:
            factors = self._draw(sequences, self.units, self.recurrent_dropout)
        y, *after = self._steps(sequences, states, mask, factors, go_backwards, return_sequences)
        return y, after

    def _steps(
        self,
        x: Tensor,
        states: Sequence[Any],
        mask: Tensor | None,
        factors: Tensor | None,
        go_backwards: bool,
        return_sequences: bool,
    ) -> tuple[Tensor, ...]:
        """Return outputs, h and further states."""
        raise NotImplementedError

    def _draw(self, like: Tensor, width: int, rate: float) -> Tensor:
        ones = ops.ones((like.shape[0], width), dtype=self.compute_dtype)
        return ops.dropout(ones, rate, self.seed_generator)

    def get_dropout_mask(self, step_input: Tensor) -> Tensor | None:
        """Return what inputs are multiplied by, drawn once until it is reset."""
        if self._dropout_mask is None and self.dropout:
            self._dropout_mask = self._draw(step_input, step_input.shape[-1], self.dropout)
        return self._dropout_mask

    def get_recurrent_dropout_mask(self, step_input: Tensor) -> Tensor | None:
        """Return what the state is multiplied by, drawn once until it is reset."""
        if self._recurrent_dropout_mask is None and self.recurrent_dropout:
            self._recurrent_dropout_mask = self._draw(
                step_input, self.units, self.recurrent_dropout
            )
        return self._recurrent_dropout_mask

    def reset_dropout_mask(self) -> None:
        """Forget what inputs were multiplied by."""
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Forget what the state was multiplied by."""
        self._recurrent_dropout_mask = None

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        """Return zeros, one tensor for each part of the state."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size or 0, size), dtype=self.compute_dtype) for size in sizes]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this cell was made with."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": initializers.serialize(self.recurrent_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            **self._config_of_rules(),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }


class GatedCell(RecurrentCell):
    """What LSTMCell and GRUCell share: gates have an activation of their own.

    Args:
        units: number of outputs H.
        activation: a name, a function, or None for none.
        recurrent_activation: likewise, of the gates.
        use_bias: whether there is a bias.
        kwargs: see `RecurrentCell`.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation, use_bias, **kwargs)
        self.recurrent_activation: Callable[..., Any] = activations.get(recurrent_activation)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this cell was made with."""
        name = activations.serialize(self.recurrent_activation)
        return {**super().get_config(), "recurrent_activation": name}

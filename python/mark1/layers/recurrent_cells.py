"""The cells SimpleRNNCell, LSTMCell and GRUCell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import registry
from mark1.layers.recurrent_cell import GatedCell, RecurrentCell


@registry.register()
class SimpleRNNCell(RecurrentCell):
    """A step of `SimpleRNN`: ``h = activation(((x w) + b) + (h u))``.

    The arguments are those of `RecurrentCell`.

    Weights:
        kernel (C, H), recurrent_kernel (H, H), bias (H,).

    >>> cell = SimpleRNNCell(1, None, kernel_initializer="ones", recurrent_initializer="ones")
    >>> y, states = cell(ops.ones((1, 2)), [ops.ones((1, 1))])
    >>> y.numpy()
    array([[3.]], dtype=float32)
    """

    def _steps(self, x: Tensor, states: Sequence[Any], mask: Any, factors: Any,
               go_backwards: bool, return_sequences: bool) -> tuple[Tensor, ...]:  # fmt: skip
        (h,) = states
        return ops.simple_rnn(
            x, self.kernel, self.recurrent_kernel, self.bias, h, mask,
            activation=self.activation, dropout_factors=factors,
            go_backwards=go_backwards, return_sequences=return_sequences,
        )  # fmt: skip


@registry.register()
class LSTMCell(GatedCell):
    """A step of `LSTM`.

    Args:
        units: number of outputs H.
        activation: a name, a function, or None for none.
        recurrent_activation: likewise, of the gates.
        use_bias: whether there is a bias.
        unit_forget_bias: whether the bias of the gate that keeps the state begins with 1.
        kwargs: see `RecurrentCell`.

    Weights:
        kernel (C, 4 H), recurrent_kernel (H, 4 H), bias (4 H,), gates in the order i, f, c, o.

    >>> cell = LSTMCell(3)
    >>> y, (h, c) = cell(ops.ones((2, 5)), cell.get_initial_state(2))
    >>> c.shape
    (2, 3)
    """

    _gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        *,
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation, recurrent_activation, use_bias, **kwargs)
        self.unit_forget_bias: bool = bool(unit_forget_bias)

    @property
    def state_size(self) -> list[int]:
        """The widths of h and c."""
        return [self.units, self.units]

    def _first_bias(self, shape: tuple[int, ...], dtype: str) -> Tensor:
        if not self.unit_forget_bias:
            return super()._first_bias(shape, dtype)
        parts = [
            self.bias_initializer((self.units,), dtype=dtype),
            ops.ones((self.units,), dtype=dtype),
            self.bias_initializer((2 * self.units,), dtype=dtype),
        ]
        return ops.concatenate(parts)

    def _steps(self, x: Tensor, states: Sequence[Any], mask: Any, factors: Any,
               go_backwards: bool, return_sequences: bool) -> tuple[Tensor, ...]:  # fmt: skip
        h, c = states
        return ops.lstm(
            x, self.kernel, self.recurrent_kernel, self.bias, h, c, mask,
            activation=self.activation, recurrent_activation=self.recurrent_activation,
            dropout_factors=factors, go_backwards=go_backwards, return_sequences=return_sequences,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this cell was made with."""
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}


@registry.register()
class GRUCell(GatedCell):
    """A step of `GRU`.

    Args:
        units: number of outputs H.
        activation: a name, a function, or None for none.
        recurrent_activation: likewise, of the gates.
        use_bias: whether there is a bias.
        reset_after: whether the reset gate works on the finished product of the state.
        kwargs: see `RecurrentCell`.

    Weights:
        kernel (C, 3 H), recurrent_kernel (H, 3 H), bias (2, 3 H), or (3 H,) without reset_after;
        gates in the order z, r, h.

    >>> cell = GRUCell(3)
    >>> y, states = cell(ops.ones((2, 5)), cell.get_initial_state(2))
    >>> y.shape
    (2, 3)
    """

    _gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        *,
        reset_after: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation, recurrent_activation, use_bias, **kwargs)
        self.reset_after: bool = bool(reset_after)

    def _bias_shape(self) -> tuple[int, ...]:
        columns = self._gates * self.units
        return (2, columns) if self.reset_after else (columns,)

    def _steps(self, x: Tensor, states: Sequence[Any], mask: Any, factors: Any,
               go_backwards: bool, return_sequences: bool) -> tuple[Tensor, ...]:  # fmt: skip
        (h,) = states
        return ops.gru(
            x, self.kernel, self.recurrent_kernel, self.bias, h, mask,
            activation=self.activation, recurrent_activation=self.recurrent_activation,
            reset_after=self.reset_after, dropout_factors=factors,
            go_backwards=go_backwards, return_sequences=return_sequences,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this cell was made with."""
        return {**super().get_config(), "reset_after": self.reset_after}

"""SimpleRNN, LSTM and GRU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mark1.layers.layer import registry
from mark1.layers.recurrent_cell import RecurrentCell
from mark1.layers.recurrent_cells import GRUCell, LSTMCell, SimpleRNNCell
from mark1.layers.rnn import RNN
from mark1.utils.naming import snake_case

_OF_LAYERS = frozenset(
    {"name", "trainable", "dtype", "input_shape", "input_dim", "activity_regularizer"}
)
_OF_RNN = frozenset(
    {
        "return_sequences", "return_state", "go_backwards", "stateful", "unroll",
        "zero_output_for_mask",
    }
)  # fmt: skip


def _of_cell(name: str) -> Any:
    return property(lambda self: getattr(self.cell, name), doc=f"The cell's {name}.")


class _Recurrent(RNN):
    """A layer of one of mark1's cells: arguments and config are those of both."""

    _cell: Callable[..., RecurrentCell]

    def __init__(self, units: int, *args: Any, use_cudnn: Any = "auto", **kwargs: Any) -> None:
        kind = type(self).__name__
        if use_cudnn not in ("auto", False):
            raise ValueError(f"[{kind}] use_cudnn must be 'auto' or False, got {use_cudnn!r}")
        own = {name: kwargs.pop(name) for name in list(kwargs) if name in _OF_LAYERS | _OF_RNN}
        shared = {name: own[name] for name in ("dtype", "trainable") if name in own}
        cell_name = getattr(self._cell, "__name__", kind)
        try:
            cell = self._cell(units, *args, name=snake_case(cell_name), **shared, **kwargs)
        except ValueError as error:
            raise ValueError(str(error).replace(cell_name, kind, 1)) from None
        super().__init__(cell, **own)

    units: Any = _of_cell("units")
    activation: Any = _of_cell("activation")
    use_bias: Any = _of_cell("use_bias")
    kernel_initializer: Any = _of_cell("kernel_initializer")
    recurrent_initializer: Any = _of_cell("recurrent_initializer")
    bias_initializer: Any = _of_cell("bias_initializer")
    dropout: Any = _of_cell("dropout")
    recurrent_dropout: Any = _of_cell("recurrent_dropout")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        cell = self.cell.get_config()
        return {**cell, **super(RNN, self).get_config(), **self._options()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> _Recurrent:
        """Make a layer from its config; its weights are new."""
        return cls(**config)


@registry.register()
class SimpleRNN(_Recurrent):
    """Feeds its output back as input: ``h = activation(((x w) + b) + (h u))``, step by step.

    Args:
        units: number of outputs H.
        activation: a name, a function, or None for none; those of `mark1.activations` are fast.
        use_bias: whether there is a b.
        kwargs: ``kernel_initializer``, ``recurrent_initializer``, ``bias_initializer``,
            ``dropout``, ``recurrent_dropout``, ``seed`` as in `RecurrentCell`;
            ``return_sequences``, ``return_state``, ``go_backwards``, ``stateful``, ``unroll``,
            ``zero_output_for_mask`` as in `RNN`.

    Weights:
        kernel (C, H), recurrent_kernel (H, H), bias (H,), for inputs (N, T, C).

    Raises:
        ValueError: an argument is not known, or out of range.

    Source:
        Elman: Finding structure in time, 1990.

    >>> import mark1
    >>> SimpleRNN(4, return_sequences=True)(mark1.ops.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    _cell = SimpleRNNCell


@registry.register()
class LSTM(_Recurrent):
    """Long short-term memory: a state c with gates for what comes in, stays and goes out.

    ``z = ((x w) + b) + (h u)``, ``c = r(z1) c + r(z0) f(z2)``, ``h = r(z3) f(c)`` with the
    activation f and the recurrent activation r.

    Args:
        units: number of outputs H.
        activation: a name, a function, or None for none; those of `mark1.activations` are fast.
        recurrent_activation: likewise, of the gates.
        use_bias: whether there is a b.
        kwargs: ``unit_forget_bias`` (True) as in `LSTMCell`; ``kernel_initializer``,
            ``recurrent_initializer``, ``bias_initializer``, ``dropout``, ``recurrent_dropout``,
            ``seed`` as in `RecurrentCell`; ``return_sequences``, ``return_state``,
            ``go_backwards``, ``stateful``, ``unroll``, ``zero_output_for_mask`` as in `RNN`.

    Weights:
        kernel (C, 4 H), recurrent_kernel (H, 4 H), bias (4 H,), gates in the order i, f, c, o, for
        inputs (N, T, C).

    Raises:
        ValueError: an argument is not known, or out of range.

    Source:
        Hochreiter, Schmidhuber: Long short-term memory, 1997; Gers, Schmidhuber, Cummins: Learning
        to forget, 2000.

    >>> import mark1
    >>> y, h, c = LSTM(4, return_state=True)(mark1.ops.ones((2, 5, 3)))
    >>> c.shape
    (2, 4)
    """

    _cell = LSTMCell
    recurrent_activation: Any = _of_cell("recurrent_activation")
    unit_forget_bias: Any = _of_cell("unit_forget_bias")


@registry.register()
class GRU(_Recurrent):
    """Gated recurrent unit: mixes the state with a candidate, ``h = z h + (1 - z) n``.

    ``z = r(x0 + s0)``, ``n = f(x2 + g s2)`` with the reset gate ``g = r(x1 + s1)``, the activation
    f and the recurrent activation r, where x is what comes from the input and s what comes from the
    state. Without ``reset_after``, s2 is ``(g h) u2``.

    Args:
        units: number of outputs H.
        activation: a name, a function, or None for none; those of `mark1.activations` are fast.
        recurrent_activation: likewise, of the gates.
        use_bias: whether there are biases.
        kwargs: ``reset_after`` (True) as in `GRUCell`; ``kernel_initializer``,
            ``recurrent_initializer``, ``bias_initializer``, ``dropout``, ``recurrent_dropout``,
            ``seed`` as in `RecurrentCell`; ``return_sequences``, ``return_state``,
            ``go_backwards``, ``stateful``, ``unroll``, ``zero_output_for_mask`` as in `RNN`.

    Weights:
        kernel (C, 3 H), recurrent_kernel (H, 3 H), bias (2, 3 H), or (3 H,) without reset_after;
        gates in the order z, r, h, for inputs (N, T, C).

    Raises:
        ValueError: an argument is not known, or out of range.

    Source:
        Cho et al.: Learning phrase representations using RNN encoder-decoder for statistical
        machine translation, 2014.

    >>> import mark1
    >>> GRU(4, go_backwards=True)(mark1.ops.ones((2, 5, 3))).shape
    (2, 4)
    """

    _cell = GRUCell
    recurrent_activation: Any = _of_cell("recurrent_activation")
    reset_after: Any = _of_cell("reset_after")

"""RNN: a recurrent layer of any cell."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry
from mark1.layers.recurrent_cell import RecurrentCell
from mark1.layers.stacked_rnn_cells import (
    StackedRNNCells,
    check_cell,
    describe_cell,
    output_size_of,
    runs_sequences,
    step_of,
)
from mark1.losses.alignment import shape_text
from mark1.utils.nest import flatten, map_structure
from mark1.variable import Variable


@registry.register()
class RNN(Layer):
    """Runs a cell from step to step.

    mark1's own cells, and stacks of them, go over the whole sequence in one kernel each; those of
    the user's own are called for every step. At a step that the mask leaves out, state and output
    stay as they are.

    Args:
        cell: has ``call(inputs, states)``, which returns the output and the states after a step,
            and ``state_size``, a number or a list of them.
        return_sequences: whether to return the outputs of all steps, in the order they are made.
        return_state: whether to return the last states as well.
        go_backwards: whether to begin at the last step.
        stateful: whether a batch begins with the states that the one before ended with.
        unroll: accepted for Keras' sake; makes no difference.
        zero_output_for_mask: whether outputs of steps that the mask leaves out are zeros.

    Raises:
        ValueError: the cell has no ``call`` or no ``state_size``, or shapes do not fit.

    >>> from mark1.layers import LSTMCell
    >>> layer = RNN(LSTMCell(4), return_sequences=True)
    >>> layer(ops.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    supports_masking = True

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell, dtype=self.dtype_policy)
        check_cell(cell, type(self).__name__)
        self.cell = cell
        self.return_sequences: bool = bool(return_sequences)
        self.return_state: bool = bool(return_state)
        self.go_backwards: bool = bool(go_backwards)
        self.stateful: bool = bool(stateful)
        self.unroll: bool = bool(unroll)
        self.zero_output_for_mask: bool = bool(zero_output_for_mask)
        self._states: Any = None

    @property
    def states(self) -> Any:
        """What a stateful layer begins the next batch with; None before its first."""
        return self._states

    @property
    def state_size(self) -> list[Any]:
        """The widths of the states."""
        size = self.cell.state_size
        return list(size) if isinstance(size, (list, tuple)) else [size]

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build the cell."""
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((sequences_shape[0], *sequences_shape[2:]))

    def check_input(self, shape: Any) -> None:
        """Refuse inputs without an axis of steps, without any step, or of the wrong width."""
        what = f'[{type(self).__name__} "{self.name}"]'
        kernel = getattr(self.cell, "kernel", None)
        width = None if kernel is None else kernel.shape[0]
        if len(shape) < 3 or width not in (None, shape[-1]):
            want = f"(batch, steps, {'features' if width is None else width})"
            hint = ". One feature per step: x[..., None]" if len(shape) == 2 else ""
            raise ValueError(
                f"{what} expected inputs of shape {want}, got {shape_text(shape)}{hint}"
            )
        if shape[1] == 0:
            raise ValueError(f"{what} needs at least one step, got {shape_text(shape)}")

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states that a sequence begins with if it is not told others: zeros."""
        if hasattr(self.cell, "get_initial_state"):
            state = self.cell.get_initial_state(batch_size=batch_size)
            return list(state) if isinstance(state, (list, tuple)) else [state]
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """Return the outputs, and the last states if they are wanted.

        Args:
            sequences: (N, T, C).
            initial_state: one tensor (N, H) per state, or a list of them; zeros if None.
            mask: bool (N, T).
            training: whether dropout takes place.
        """
        batch = sequences.shape[0]
        if mask is not None and len(mask.shape) == 3:
            mask = ops.squeeze(mask, 2)
        if initial_state is None:
            initial_state = self._carried(batch) if self.stateful else None
        whole = runs_sequences(self.cell)
        if initial_state is None and whole:
            initial_state = map_structure(lambda _: None, self.state_size)
        elif initial_state is None:
            initial_state = self.get_initial_state(batch)
        nested = isinstance(initial_state, (list, tuple))
        states = list(initial_state) if nested else [initial_state]
        if len(states) != len(self.state_size):
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] needs {len(self.state_size)} initial '
                f"states, got {len(states)}"
            )
        if whole:
            y, states = self.cell.run_sequence(
                sequences, states, mask, training, self.go_backwards, self.return_sequences
            )
        else:
            y, states = self._loop(sequences, states, mask, training)
        if mask is not None and self.zero_output_for_mask:
            y = self._zeroed(y, mask)
        if self.stateful:
            for variable, state in zip(flatten(self._states), flatten(states), strict=True):
                variable.assign(state)
        return (y, *states) if self.return_state else y

    def _carried(self, batch: int) -> Any:
        if self._states is None:
            self._states = map_structure(
                lambda zeros: Variable(zeros, trainable=False, name="rnn_state"),
                self.get_initial_state(batch),
            )
        known = next(iter(flatten(self._states))).shape[0]
        if known != batch:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] is stateful and had batches of {known} '
                f"rows, got one of {batch}. reset_state(batch_size) begins anew"
            )
        return map_structure(lambda variable: variable.value, self._states)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Begin the next batch with zeros; batches may then have another size, if it is given."""
        if batch_size is not None:
            self._states = None
            self._carried(batch_size)
        for variable in flatten(self._states) if self._states is not None else ():
            variable.assign(ops.zeros(variable.shape, dtype=variable.dtype))

    def reset_states(self) -> None:
        """Begin the next batch with zeros."""
        self.reset_state()

    def _loop(
        self, sequences: Tensor, states: list[Any], mask: Tensor | None, training: bool
    ) -> tuple[Tensor, list[Any]]:
        """Call the cell for every step."""
        _reset_dropout(self.cell)
        count = sequences.shape[1]
        steps = [ops.squeeze(x, 1) for x in ops.split(sequences, count, axis=1)]
        seen = None if mask is None else ops.split(mask, count, axis=1)
        outputs: list[Tensor] = []
        for t in reversed(range(count)) if self.go_backwards else range(count):
            y, after = step_of(self.cell, steps[t], states, training)
            if not isinstance(after, (list, tuple)):
                after = [after]
            if seen is not None:
                before = outputs[-1] if outputs else _first_output(y, states)
                y = _where(seen[t], y, before)
                after = _kept(seen[t], after, states)
            states = list(after)
            outputs.append(y)
        _reset_dropout(self.cell)
        return ops.stack(outputs, axis=1) if self.return_sequences else outputs[-1], states

    def _zeroed(self, y: Tensor, mask: Tensor) -> Tensor:
        if self.go_backwards:
            mask = ops.flip(mask, 1)
        if self.return_sequences:
            return ops.where(ops.expand_dims(mask, 2), y, ops.zeros_like(y))
        return ops.where(mask[:, -1:], y, ops.zeros_like(y))

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return (N, T, H) or (N, H), and the shapes of the states if they are returned."""
        self.check_input(sequences_shape)
        batch, steps = sequences_shape[:2]
        width = output_size_of(self.cell)
        y = (batch, steps, width) if self.return_sequences else (batch, width)
        if not self.return_state:
            return y
        return (y, *_shapes(self.state_size, batch))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the steps, if these are returned."""
        mask = next(iter(flatten(previous_mask)), None) if self.return_sequences else None
        return [mask, *(None for _ in self.state_size)] if self.return_state else mask

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            **self._options(),
            "cell": describe_cell(self.cell),
        }

    def _options(self) -> dict[str, Any]:
        names = (
            "return_sequences", "return_state", "go_backwards", "stateful", "unroll",
            "zero_output_for_mask",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> RNN:
        """Make the layer and its cell; the weights are new."""
        config = dict(config)
        return cls(registry.deserialize(config.pop("cell")), **config)


def _where(seen: Tensor, x: Tensor, y: Tensor) -> Tensor:
    shape = (seen.shape[0], *(1 for _ in x.shape[1:]))
    return ops.where(ops.reshape(seen, shape), x, y)


def _kept(seen: Tensor, after: Any, before: Any) -> Any:
    old = iter(list(flatten(before)))
    return map_structure(lambda new: _where(seen, new, next(old)), after)


def _first_output(y: Tensor, states: Any) -> Tensor:
    """What stands for the output before the first step: the state, if it is of that shape."""
    state: Tensor = next(iter(flatten(states)))
    return state if state.shape == y.shape else ops.zeros_like(y)


def _shapes(sizes: Any, batch: Any) -> list[Any]:
    return [
        _shapes(size, batch) if isinstance(size, (list, tuple)) else (batch, size) for size in sizes
    ]


def _reset_dropout(cell: Any) -> None:
    for each in cell.cells if isinstance(cell, StackedRNNCells) else [cell]:
        if isinstance(each, RecurrentCell):
            each.reset_dropout_mask()
            each.reset_recurrent_dropout_mask()

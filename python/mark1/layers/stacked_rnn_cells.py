"""StackedRNNCells, and what recurrent layers ask of any cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry
from mark1.layers.recurrent_cell import RecurrentCell
from mark1.utils.nest import map_structure
from mark1.utils.registry import serialize


def runs_sequences(cell: Any) -> bool:
    """Whether a cell makes all steps of a sequence at once, with the results of single ones.

    >>> runs_sequences(StackedRNNCells([RecurrentCell(2), RecurrentCell(3)]))
    True
    """
    if isinstance(cell, StackedRNNCells):
        return type(cell).call is StackedRNNCells.call and all(map(runs_sequences, cell.cells))
    return isinstance(cell, RecurrentCell) and type(cell).call is RecurrentCell.call


@registry.register()
class StackedRNNCells(Layer):
    """Several cells as one: the output of each is the input of the next.

    Args:
        cells: from the input on.

    Raises:
        ValueError: a cell has no ``call`` or no ``state_size``.

    >>> from mark1.layers import RNN, GRUCell
    >>> layer = RNN(StackedRNNCells([GRUCell(4), GRUCell(3)]))
    >>> layer(ops.ones((2, 5, 1))).shape
    (2, 3)
    """

    def __init__(self, cells: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for cell in cells:
            check_cell(cell, "StackedRNNCells")
        self.cells: list[Any] = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The widths of the cells' states."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """The width of the last cell's output."""
        return output_size_of(self.cells[-1])

    def build(self, input_shape: Any) -> None:
        """Build the cells."""
        shape = tuple(input_shape)
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(shape)
            shape = (shape[0], output_size_of(cell))

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, Any]:
        """Return the output of one step and the states after it."""
        after = []
        for cell, state in zip(self.cells, states, strict=True):
            inputs, new = step_of(cell, inputs, state, training)
            after.append(new)
        return inputs, after

    def run_sequence(
        self,
        sequences: Tensor,
        states: Sequence[Any],
        mask: Tensor | None,
        training: bool,
        go_backwards: bool,
        return_sequences: bool,
    ) -> tuple[Tensor, list[Any]]:
        """Return outputs and last states of a whole sequence, made cell after cell."""
        after: list[Any] = []
        for i, (cell, state) in enumerate(zip(self.cells, states, strict=True)):
            nested = isinstance(state, (list, tuple))
            last = i == len(self.cells) - 1
            # From the second cell on the sequence lies in the order in which it was made.
            backwards = go_backwards and i == 0
            if go_backwards and i == 1 and mask is not None:
                mask = ops.flip(mask, 1)
            sequences, new = cell.run_sequence(
                sequences, list(state) if nested else [state], mask, training, backwards,
                return_sequences or not last,
            )  # fmt: skip
            after.append(new if nested else new[0])
        return sequences, after

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Return zeros, in the structure of the states."""
        return [zeros_for(cell, batch_size or 0, self.compute_dtype) for cell in self.cells]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        cells = [describe_cell(cell) for cell in self.cells]
        return {**super().get_config(), "cells": cells}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> StackedRNNCells:
        """Make the layer and its cells; their weights are new."""
        config = dict(config)
        cells = [registry.deserialize(cell) for cell in config.pop("cells")]
        return cls(cells, **config)


def describe_cell(cell: Any) -> dict[str, Any]:
    """Describe a cell for a file; it need not be a layer.

    >>> from mark1.layers import LSTMCell
    >>> describe_cell(LSTMCell(4))["class_name"]
    'LSTMCell'
    """
    return serialize(cell, getattr(cell, "_module", type(cell).__module__))


def check_cell(cell: Any, op: str) -> None:
    """Refuse what cannot be a cell."""
    for name in ("call", "state_size"):
        if not hasattr(cell, name):
            raise ValueError(f"[{op}] a cell has a {name}, got {type(cell).__name__}")


def output_size_of(cell: Any) -> int:
    """Return the width of a cell's output: that of its first state if it does not say."""
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size
    while isinstance(size, (list, tuple)):
        size = size[0]
    return int(size)


def zeros_for(cell: Any, batch: int, dtype: str) -> Any:
    """Return the states that a cell begins with, in the structure of its state_size."""
    if hasattr(cell, "get_initial_state"):
        zeros = cell.get_initial_state(batch_size=batch)
    else:
        zeros = map_structure(lambda n: ops.zeros((batch, n), dtype=dtype), cell.state_size)
    single = not isinstance(cell.state_size, (list, tuple)) and isinstance(zeros, list)
    return zeros[0] if single else zeros


def step_of(cell: Any, x: Tensor, states: Any, training: bool) -> tuple[Tensor, Any]:
    """Call a cell, which may be a layer or not."""
    run = cell if callable(cell) else cell.call
    if isinstance(cell, Layer) and cell._call_takes_training:
        y, after = run(x, states, training=training)
    else:
        y, after = run(x, states)
    return y, after

"""Models whose calls on a few samples run natively."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from mark1 import ops, recording
from mark1._core import Tensor
from mark1.function import flatten_results
from mark1.layers import masks
from mark1.layers.layer import in_training
from mark1.models.model import Model
from mark1.recording import Replay, ReplayCache
from mark1.tape import _state as _tapes

_FEW = 1 << 14  # elements of inputs up to which a call goes through a program: 64 KB of float32
_INDICES = ("int32", "int64")


class NativeCalls(Model):
    """A model whose structure is known: calls on one small tensor go through a program."""

    _plain = False  # whether the library made all layers
    _replays_of_call: ReplayCache

    def _called(
        self, x: Any = None, /, *args: Any, training: bool | None = None, **kwargs: Any
    ) -> Any:
        """Return the outputs; for few samples natively, if that can make no difference.

        Args:
            x: Tensor or array-like (batch, ...), or a nest of them.
            args: training, mask: as by name.
            training: whether layers that behave differently in training do so.
            kwargs: mask: what counts of x; x's own if None.
        """
        replay = None if training or args or kwargs else self._replay_for(x)
        if replay is None:
            return super()._called(x, *args, training=training, **kwargs)
        if type(x) is not Tensor:
            with nullcontext() if self._device is None else self._place():
                x = ops.convert_to_tensor(x)
        return replay(x)

    if not TYPE_CHECKING:
        __call__ = _called

    def _replay_for(self, x: Any) -> Replay | None:
        kind = type(x)
        if (
            (kind is not Tensor and kind is not np.ndarray)
            or x.size > _FEW
            or (x.dtype != self.dtype and (not self._keeps_integers or x.dtype not in _INDICES))
        ):
            return None
        # A tape must see the operations, a recording has them in it, and layers of a user may do
        # in Python what no recording shows.
        if (
            not self._plain
            or not self.built
            or in_training()
            or _tapes.stack
            or recording.recordings
            or (masks.held and masks.mask_of(x) is not None)
        ):
            return None
        call = super()._called
        return self._replays_of_call.get(
            (x.shape, str(x.dtype)),
            lambda: Replay(lambda x: call(x, training=False), "call", flatten_results),
        )

    def _forget_calls(self, layers: Any) -> None:
        """Begin anew: these are the layers now."""
        self._plain = all(
            type(layer).__module__.startswith("mark1.") and getattr(layer, "_plain", True)
            for layer in layers
        )
        self._adds_losses = any(layer._adds_losses for layer in layers)
        self._plain = self._plain and not self._adds_losses
        self._replays_of_call = ReplayCache()

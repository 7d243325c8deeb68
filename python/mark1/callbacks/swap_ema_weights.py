"""Measuring with moving averages of the weights."""

from __future__ import annotations

from mark1.callbacks.callback import Callback, Logs


class SwapEMAWeights(Callback):
    """Validate, evaluate and predict with the moving averages that the optimizer keeps.

    While that lasts, weights and averages change places; training goes on with the weights.

    Args:
        swap_on_epoch: whether they change places at the end of an epoch, for callbacks after this
            one that save the model, and back when the next begins.

    Raises:
        ValueError: in use, the optimizer was not made with ``use_ema=True``.

    Source:
        ``keras.callbacks.SwapEMAWeights``.

    >>> SwapEMAWeights().swap_on_epoch
    False
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch: bool = bool(swap_on_epoch)

    def _swap(self, wanted: bool) -> None:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if optimizer is None or not optimizer.use_ema:
            raise ValueError(
                "[SwapEMAWeights] needs an optimizer with moving averages: make it with "
                "use_ema=True"
            )
        if optimizer.swapped != wanted:
            optimizer.swap_averages(self.model.trainable_variables)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Train with the weights."""
        self._swap(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Show the averages to who comes next."""
        if self.swap_on_epoch:
            self._swap(True)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Measure with the averages."""
        self._swap(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Go back to the weights."""
        self._swap(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Predict with the averages."""
        self._swap(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Go back to the weights."""
        self._swap(False)

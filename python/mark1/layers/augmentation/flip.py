"""Mirror images."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.augmentation.pictures import RandomPictureLayer
from mark1.layers.layer import registry

_AXES = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (2, 1)}


@registry.register()
class RandomFlip(RandomPictureLayer):
    """In training mirrors every other picture, chosen at random.

    Called by itself the layer takes it that this is training, as all layers of this kind do; within
    a model it does nothing in `evaluate` and `predict`.

    Args:
        mode: ``"horizontal"``, left and right change places; ``"vertical"``, above and below; or
            ``"horizontal_and_vertical"``, each of both for half of the pictures.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is not known; when called: inputs are no pictures.

    >>> RandomFlip("horizontal", seed=2)([[[[1.0], [2.0]]]]).numpy().ravel()
    array([2., 1.], dtype=float32)
    >>> RandomFlip("horizontal", seed=2)([[[[1.0], [2.0]]]], training=False).numpy().ravel()
    array([1., 2.], dtype=float32)
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        if mode not in _AXES:
            known = ", ".join(map(repr, _AXES))
            raise ValueError(f"[RandomFlip] mode must be one of {known}, got {mode!r}")
        self.mode = mode

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        return [
            (axis, ops.less(self._uniform((shape[0], 1, 1, 1), (0.0, 1.0), dtype), 0.5))
            for axis in _AXES[self.mode]
        ]

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        for axis, chosen in drawn:
            x = ops.where(chosen, ops.flip(x, axis), x)
        return x

    _change_masks = _change

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "mode": self.mode}

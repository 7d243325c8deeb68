"""Numbers as the intervals in which they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import registry
from mark1.layers.preprocessing.batches import batches_of
from mark1.layers.preprocessing.categories import Encoder
from mark1.typing import Array


@registry.register()
class Discretization(Encoder):
    """The number of the interval in which each element lies.

    Args:
        bin_boundaries: ascending bounds: interval i reaches from bound i - 1 up to but not bound i.
        num_bins: how many intervals `adapt` is to find, each with about as many elements as any
            other; given instead of bounds.
        epsilon: how far off the share of an interval may be: `adapt` keeps about ``1 / epsilon``
            numbers from batch to batch.
        output_mode: ``"int"``; or ``"one_hot"``, ``"multi_hot"`` or ``"count"``, which make rows of
            zeros and ones of the numbers as `CategoryEncoding` does.
        sparse: False.

    Raises:
        ValueError: an argument is out of range, or there are neither bounds nor a number of
            intervals; when called: `adapt` has not been.

    Source:
        The summary of quantiles is that of Keras.

    >>> Discretization([0.0, 1.0])([[-3.0, 0.0, 0.5, 7.0]]).numpy()
    array([[0, 1, 1, 2]], dtype=int32)
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(output_mode, sparse, **kwargs)
        if (num_bins is None) == (bin_boundaries is None):
            raise ValueError(
                "[Discretization] takes either bin_boundaries or num_bins, "
                f"got bin_boundaries={bin_boundaries!r} and num_bins={num_bins!r}"
            )
        if num_bins is not None and (not isinstance(num_bins, int) or num_bins < 1):
            raise ValueError(
                f"[Discretization] num_bins must be a positive integer, got {num_bins!r}"
            )
        if not 0 < epsilon <= 1:
            raise ValueError(f"[Discretization] epsilon must be in (0, 1], got {epsilon!r}")
        self.bin_boundaries: Any = _bounds(bin_boundaries)
        self.num_bins = num_bins
        self.epsilon = epsilon

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Take the bounds from data, in place of those of an earlier call.

        Args:
            data: an array, or batches of it: an iterable of arrays, or of tuples that begin with
                one, or a `mark1.utils.PyDataset`.
            steps: how many batches are looked at; all if None.

        Raises:
            ValueError: bounds were given, or there is no data.
            TypeError: batches are no arrays.
        """
        if self.num_bins is None:
            raise ValueError(
                f'[Discretization "{self.name}"] was given bin_boundaries, so adapt has nothing to '
                "find. Pass num_bins instead"
            )
        summary = np.zeros((2, 0), np.float32)
        for batch in batches_of(data, "Discretization", steps):
            new = _summary(np.asarray(ops.cast(batch, "float32")), self.epsilon)
            both = np.concatenate((new, summary), axis=1)
            summary = _shorter(both[:, np.argsort(both[0], kind="stable")], self.epsilon)
        if not summary.size:
            raise ValueError(f'[Discretization "{self.name}"] adapt was given no data')
        self.bin_boundaries = _shorter(summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        if self.bin_boundaries is None:
            raise ValueError(
                f'[Discretization "{self.name}"] has no bounds yet: call adapt(data) first, or '
                "pass bin_boundaries"
            )
        bounds = np.asarray(self.bin_boundaries, self.dtype)
        return self._encoded(ops.digitize(ops.cast(x, self.dtype), bounds))

    def _depth(self) -> int:
        if self.bin_boundaries is None:
            return int(self.num_bins or 0)
        return len(self.bin_boundaries) + 1

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with, and what `adapt` has found."""
        config = super().get_config()
        del config["trainable"]  # which Keras' layer does not take
        own = {"bin_boundaries": self.bin_boundaries, "num_bins": self.num_bins}
        return {**config, **own, "epsilon": self.epsilon}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Discretization:
        """Make a layer from its config, with the bounds that it had found."""
        found = config.get("bin_boundaries")
        if found is None or config.get("num_bins") is None:
            return cls(**config)
        layer = cls(**{**config, "bin_boundaries": None})
        layer.bin_boundaries = _bounds(found)
        return layer


def _bounds(given: Any) -> list[float] | None:
    if given is None:
        return None
    bounds = np.asarray(given, float)
    if bounds.ndim != 1 or np.any(np.diff(bounds) < 0):
        raise ValueError(f"[Discretization] bin_boundaries must be ascending, got {given!r}")
    return [float(bound) for bound in bounds]


# A summary has two rows: some of the elements, ascending, and for how many each stands.


def _summary(x: Array, epsilon: float) -> Array:
    line = np.sort(x, axis=None)
    step = max(line.size * epsilon, 1.0)
    kept = line[int(step - 1) :: int(step)]
    return np.stack([kept, np.full_like(kept, step)])


def _shorter(summary: Array, epsilon: float) -> Array:
    """A summary of 1 / epsilon elements, interpolated between those of another."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    counts = np.cumsum(summary[1], dtype=np.float64)
    elements = _interpolated(shares, counts / counts[-1], summary[0])
    counts = _interpolated(shares, counts / counts[-1], counts)
    return np.stack((elements, np.diff(counts, prepend=0.0))).astype(np.float32)


def _interpolated(places: Array, known: Array, values: Array) -> Array:
    """As `numpy.interp`, whose product and sum some compilers join."""
    right = np.clip(np.searchsorted(known, places, "right"), 1, len(known) - 1)
    left = right - 1 if len(known) > 1 else right * 0
    right = np.minimum(right, len(known) - 1)
    wide = values.astype(np.float64)
    gap = known[right] - known[left]
    share = np.clip((places - known[left]) / np.where(gap > 0, gap, 1), 0, 1)
    product = share * (wide[right] - wide[left])
    return wide[left] + product

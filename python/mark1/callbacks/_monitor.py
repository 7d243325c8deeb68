"""Which of two values of a monitored quantity is the better one."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from mark1.callbacks.callback import Logs

# How the names of metrics end whose greatest value is the best.
_GROWING = (
    "acc",
    "accuracy",
    "auc",
    "correlation",
    "io_u",
    "iou",
    "precision",
    "recall",
    "score",
    "sensitivity",
    "similarity",
    "specificity",
    "true_negatives",
    "true_positives",
)


class Monitor:
    """Keep the best value of one of the logs.

    Args:
        op: name of the callback, for messages.
        name: which of the logs; ``val_loss`` for instance.
        mode: ``min``, ``max``, or ``auto``: ``max`` if the name ends in a metric that grows.
        min_delta: what counts as an improvement.

    Raises:
        ValueError: unknown mode.

    >>> best = Monitor("early_stopping", "loss", "auto", 0.0)
    >>> [best.improves(value) for value in (0.5, 0.6, 0.4)]
    [True, False, True]
    """

    def __init__(self, op: str, name: str, mode: str, min_delta: float) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"[{op}] mode must be 'auto', 'min' or 'max', got {mode!r}")
        if mode == "auto":
            mode = "max" if re.sub(r"_\d+$", "", name).endswith(_GROWING) else "min"
        self.op = op
        self.name = name
        self.sign = 1.0 if mode == "max" else -1.0
        self.min_delta = abs(min_delta)
        self.best: float | None = None

    def value(self, logs: Logs | None) -> float:
        """Return the monitored value, or say which ones there are."""
        if logs is None or self.name not in logs:
            names = ", ".join(logs or {}) or "none"
            raise ValueError(
                f"[{self.op}] there is no {self.name!r} to monitor; there are: {names}"
            )
        value: Any = logs[self.name]
        if np.ndim(value):
            raise ValueError(
                f"[{self.op}] {self.name!r} has {np.size(value)} values; monitor a metric with one"
            )
        return float(value)

    def improves(self, value: float) -> bool:
        """Take over a value if it beats the best one so far; a NaN never does."""
        if math.isnan(value):
            return False
        if self.best is not None and self.sign * (value - self.best) <= self.min_delta:
            return False
        self.best = value
        return True

"""Timing: warm up, many samples, the alternatives interleaved, median and spread.

Alternatives that are compared are timed in turn within one run, so that a change of clock speed or
a neighbour on the machine meets all of them. Each sample repeats the call until it is long enough
for the clock, after a pause and one call that is not timed: other libraries' threads have gone to
sleep by then, and the caches hold what this alternative uses.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Call = Callable[[], object]

# One sample; some thousand times the resolution of the clock.
SAMPLE_SECONDS = 200e-6
# Other libraries' threads spin for up to some milliseconds after a call.
PAUSE_SECONDS = 2e-3
MIN_SAMPLES = 7


@dataclass(frozen=True)
class Timing:
    """Seconds per call over all samples."""

    median: float
    spread: float  # half the interquartile range, as a part of the median
    minimum: float
    samples: int

    def as_dict(self) -> dict[str, float]:
        return {
            "median_s": self.median,
            "spread": self.spread,
            "min_s": self.minimum,
            "samples": self.samples,
        }


def measure(alternatives: Mapping[str, Call], seconds: float = 1.0) -> dict[str, Timing]:
    """Times every alternative, interleaved, for about `seconds` each."""
    repeats = {name: _repeats(call) for name, call in alternatives.items()}
    samples: dict[str, list[float]] = {name: [] for name in alternatives}
    end = time.perf_counter() + seconds * len(alternatives)
    while time.perf_counter() < end or len(next(iter(samples.values()))) < MIN_SAMPLES:
        for name, call in alternatives.items():
            time.sleep(PAUSE_SECONDS)
            call()
            samples[name].append(_sample(call, repeats[name]))
    return {name: timing(values) for name, values in samples.items()}


def _sample(call: Call, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def _repeats(call: Call) -> int:
    """How many calls fill a sample; warms up on the way."""
    call()
    repeats = 1
    while True:
        elapsed = _sample(call, repeats) * repeats
        if elapsed >= SAMPLE_SECONDS:
            return repeats
        repeats = max(repeats * 2, int(repeats * SAMPLE_SECONDS / max(elapsed, 1e-7)))


def timing(values: list[float]) -> Timing:
    """Median, spread and minimum of samples."""
    median = statistics.median(values)
    quarters = statistics.quantiles(values, n=4) if len(values) > 1 else [median] * 3
    return Timing(median, (quarters[2] - quarters[0]) / 2 / median, min(values), len(values))

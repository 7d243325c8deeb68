"""What `Model.explain_speed` says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mark1.recording import Replay


def explain(replays: Iterable[tuple[Any, Replay]], eagerly: bool) -> str:
    """Return the path that each kind of step takes, and where the time of the native ones goes.

    Args:
        replays: keys (what, ...) and the replays of a model.
        eagerly: whether `compile` asked for Python.

    >>> explain([], eagerly=True)
    'Every step runs in Python: compile(run_eagerly=True).'
    """
    if eagerly:
        return "Every step runs in Python: compile(run_eagerly=True)."
    parts = [_one(key, replay) for key, replay in replays]
    if not parts:
        return "No step has run yet: call fit, evaluate or predict first."
    return "\n\n".join(parts)


def _one(key: Any, replay: Replay) -> str:
    what, shapes = key[0], ", ".join(_text(spec) for spec in key[2])
    head = f"{what}, batches of {shapes}: "
    if replay.obstacle is not None:
        return f"{head}in Python, because it {replay.obstacle}"
    program = replay.last_program
    if program is None:
        return (
            f"{head}in Python so far: a step runs natively once two in succession were recorded "
            "and were the same"
        )
    head += f"native, {program.launches} launches, {program.nbytes / 1e6:.1f} MB"
    if program.timed == 0:
        return f"{head}, no step timed yet"
    times = program.times()
    total = sum(time for _, _, time in times)
    lines = [
        f"{head}, {total:.1f} us a step (mean of {program.timed} of {program.steps})",
        f"{'us':>9} {'%':>5}  operation",
    ]
    for op, operands, time in sorted(times, key=lambda row: -row[2]):
        share = 100 * time / total if total else 0.0
        shown = operands if len(operands) <= 80 else operands[:77] + "..."
        lines.append(f"{time:9.2f} {share:5.1f}  {op}: {shown}")
    return "\n".join(lines)


def _text(spec: tuple[Any, ...]) -> str:
    *shape, dtype = spec
    return f"{dtype}({', '.join(map(str, shape))})"

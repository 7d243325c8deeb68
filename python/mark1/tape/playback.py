"""Playing a record back, and what must hold of targets and sources before."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from mark1 import _core, devices
from mark1._core import Tensor
from mark1.tape.explanation import rule_name
from mark1.tape.state import FLOATS, Gradients, Record, joint_rules
from mark1.utils.nest import flatten
from mark1.variable import Variable


def seeds(target: Any, output_gradients: Any) -> dict[int, Tensor]:
    """What a play-back starts from: by id, the gradients of the targets."""
    targets = list(flatten(target))
    upstream = (
        [None] * len(targets) if output_gradients is None else list(flatten(output_gradients))
    )
    if len(upstream) != len(targets):
        raise ValueError(
            f"[GradientTape] {len(targets)} targets need as many output gradients, "
            f"got {len(upstream)}"
        )
    grads: dict[int, Tensor] = {}
    for y, dy in zip(targets, upstream, strict=True):
        checked_target(y)
        if dy is None:
            seed = _core.full(y.shape, 1.0, y.dtype)
        else:
            seed = _core.convert(dy, y.dtype) if not isinstance(dy, Tensor) else dy
        if seed.shape != y.shape:
            raise ValueError(
                f"[GradientTape] output gradient has shape {seed.shape}, target {y.shape}"
            )
        accumulate(grads, y.id, seed)
    return grads


def place_of(target: Any) -> AbstractContextManager[Any]:
    """A block in which rules make their constants where a target lies."""
    first = next((y for y in flatten(target) if isinstance(y, Tensor)), None)
    if first is None or first.device == _core.current_device():
        return nullcontext()
    return devices.OnDevice(first.device)


def play_back(
    records: list[Record], watched: set[int], grads: dict[int, Tensor], sources: list[Any]
) -> list[tuple[str, int]]:
    """Go back through the record, turning gradients of outputs into gradients of operands.

    Args:
        records: of a tape.
        watched: ids of what has gradients.
        grads: gradients by id; comes back with those of the sources.
        sources: whose gradients are wanted.

    Returns:
        The operations that gave no gradient for a watched operand, with its id.
    """
    refusals = []
    wanted = {source.id for source in sources}
    at = len(records)
    while at > 0:
        at -= 1
        rule, inputs, output, saved = records[at]
        dy: Any
        if isinstance(output, tuple):
            dy = [grads.get(key) if key in wanted else grads.pop(key, None) for key in output]
            if all(part is None for part in dy):
                continue
        else:
            dy = grads.get(output)
            if dy is None:
                continue
            if output not in wanted:
                del grads[output]
        found = None
        if at > 0 and (records[at - 1][0], rule) in joint_rules:
            found = _joint_gradients(records[at - 1], records[at], dy, wanted | grads.keys())
        if found is not None:
            at -= 1
            rule, inputs, _, _ = records[at]
        else:
            found = rule(dy, *saved)
        for key, dx in zip(inputs, found, strict=True):
            if key is None or key not in watched:
                continue
            if dx is None:
                refusals.append((rule_name(rule), key))
            else:
                accumulate(grads, key, dx)
    return refusals


def _joint_gradients(first: Record, second: Record, dy: Any, others: set[int]) -> Gradients | None:
    """The gradients of the first record's operands by the rule of both records together.

    Args:
        first: an operation.
        second: the next one.
        dy: gradient of the second one's output.
        others: ids that have gradients from elsewhere, or whose gradients are wanted.

    Returns:
        None if the value between the two is among `others`, is not what the second started from,
        or the pair has no shorter way.
    """
    between = first[2]
    if second[1] != (between,) or between in others:
        return None
    return joint_rules[first[0], second[0]](dy, first[3], second[3])


def accumulate(grads: dict[int, Tensor], key: int, gradient: Tensor) -> None:
    """Add a gradient to what is there already."""
    from mark1.ops import add

    # The later operation's gradient arrives first and stays on the left.
    held = grads.get(key)
    grads[key] = gradient if held is None else add(held, gradient)


def is_float(value: Any) -> bool:
    """Whether a tensor's elements have derivatives."""
    return value.dtype in FLOATS


def zeros_wanted(unconnected_gradients: str) -> bool:
    """Whether what is not connected gets zeros instead of None."""
    if unconnected_gradients not in ("none", "zero"):
        raise ValueError(
            "[GradientTape] unconnected_gradients must be 'none' or 'zero', "
            f"got {unconnected_gradients!r}"
        )
    return unconnected_gradients == "zero"


def checked_sources(sources: Any) -> list[Any]:
    """The tensors and variables in a nest of sources."""
    found = list(flatten(sources))
    for source in found:
        if not isinstance(source, (Tensor, Variable)):
            raise TypeError(
                f"[GradientTape] sources must be Tensor or Variable, got {type(source).__name__}"
            )
    return found


def checked_target(y: Any) -> Any:
    """The target itself, if it can be differentiated."""
    if not isinstance(y, (Tensor, Variable)):
        raise TypeError(
            f"[GradientTape] target must be a Tensor or Variable, got {type(y).__name__}"
        )
    if not is_float(y):
        raise TypeError(f"[GradientTape] the target must be floating-point, it is {y.dtype}")
    return y

"""Which tapes of this thread are recording, and how operations tell them of themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mark1 import _core
from mark1._core import Tensor

if TYPE_CHECKING:
    from mark1.tape.gradient_tape import GradientTape

# What has derivatives.
FLOATS = ("float32", "float64", "bfloat16", "float16")

Gradients = Sequence["Tensor | None"]
Rule = Callable[..., Gradients]

# One recorded operation: the rule, the ids of its operands (None for what is not differentiable),
# the id of its output or a tuple of several, and what the rule needs.
Record = tuple[Rule, tuple["int | None", ...], "int | tuple[int, ...]", tuple[Any, ...]]

# What two rules in succession are together, `rule(dy, saved of the first, saved of the second)`:
# the gradients of the first one's operands, or None if this pair has no shorter way. By both rules,
# in the order in which the operations ran.
JointRule = Callable[[Tensor, tuple[Any, ...], tuple[Any, ...]], "Gradients | None"]
joint_rules: dict[tuple[Rule, Rule], JointRule] = {}


class _State(threading.local):
    def __init__(self) -> None:
        self.stack: list[GradientTape] = []


_state = _State()


def recording() -> bool:
    """Whether a tape of this thread is recording.

    Example:
        >>> from mark1 import tape
        >>> tape.recording()
        False
    """
    return bool(_state.stack)


def record(
    rule: Rule, inputs: Sequence[Any], output: Tensor | list[Tensor], saved: tuple[Any, ...] = ()
) -> None:
    """Tells the recording tapes of this thread about an operation.

    Args:
        rule: `rule(dy, *saved)` returns one gradient (or None) per input.
        inputs: the operands; anything but a Tensor or Variable is a constant.
        output: the result; a list of results has a rule whose dy is the list of their gradients,
            None for those that have none.
        saved: what the rule needs; named here so that it is visible what a tape keeps alive.

    Example:
        >>> import mark1
        >>> from mark1 import tape
        >>> x = mark1.Variable([1.0, 2.0])
        >>> with mark1.GradientTape() as t:
        ...     y = mark1.ops.convert_to_tensor(x.numpy() ** 2)
        ...     tape.record(lambda dy, x: (dy * 2.0 * x,), (x,), y, (x.value,))
        >>> t.gradient(y, x).numpy()
        array([2., 4.], dtype=float32)
    """
    for tape in _state.stack:
        variables = tape._variables if tape._watch_accessed_variables else None
        _core.tape_record(tape._records, rule, inputs, output, saved, tape._watched, variables)


def cut(what: str, ids: Sequence[int]) -> None:
    """Tells the recording tapes of this thread that no gradient comes through something."""
    from mark1.tape.explanation import Cut

    here = Cut.here(what, ids)
    for tape in _state.stack:
        tape._cuts.append(here)


_core.set_cut_callback(cut, _state)

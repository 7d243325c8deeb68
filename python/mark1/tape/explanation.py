"""Why there is no gradient: where, on the way from a source to the target, the path ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mark1.tape.state import FLOATS, Record, Rule
from mark1.utils.users_line import users_line

# What the host says when it looks at a tensor's contents.
_READS = ("as an array", "as a number", "the value of full")


class Edge(NamedTuple):
    """A recorded operation without what it saved: cheap to keep."""

    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Cut(NamedTuple):
    """An operation through which no gradient comes, or a look at contents, and its line."""

    what: str
    ids: frozenset[int]
    filename: str
    line: int

    @classmethod
    def here(cls, what: str, ids: Iterable[int]) -> Cut:
        """The cut that the user's present line makes."""
        return cls(what, frozenset(ids), *users_line())

    def __str__(self) -> str:
        place = f"{self.filename}:{self.line}"
        if self.what in _READS:
            return f"is read {self.what} ({place}), where no tape can follow"
        return f"goes into {self.what} ({place}), which has no derivative"


class Known(NamedTuple):
    """What a tape has seen."""

    edges: list[Edge]
    watched: set[int]
    watches_variables: bool
    cuts: list[Cut]
    refusals: list[tuple[str, int]]  # rules that gave no gradient, and of which operand


def edges_of(records: list[Record]) -> list[Edge]:
    """The operations of a record, by name and by the ids of their operands.

    Example:
        >>> def _double_rule(dy): ...
        >>> edges_of([(_double_rule, (1, None), 2, ())])
        [Edge(op='double', inputs=(1,), outputs=(2,))]
    """
    return [
        Edge(
            rule_name(rule),
            tuple(key for key in inputs if key is not None),
            output if isinstance(output, tuple) else (output,),
        )
        for rule, inputs, output, _ in records
    ]


def rule_name(rule: Rule) -> str:
    """The operation a rule belongs to: rules are called `_name_rule`.

    Example:
        >>> def _matmul_rule(dy): ...
        >>> rule_name(_matmul_rule)
        'matmul'
    """
    name = str(getattr(rule, "__name__", type(rule).__name__)).strip("_")
    if name == "rule":  # one per file, and the file has the operation's name
        return rule.__module__.rpartition(".")[2]
    return name.removesuffix("_rule")


def explanation(target: Any, source: Any, known: Known) -> str:
    """A sentence on the gradient of `target` with respect to `source`."""
    name = getattr(source, "name", "") or f"the tensor {source.dtype} {source.shape}"
    no = f"{name} has no gradient: "
    if target.dtype not in FLOATS:
        return f"{no}the target is {target.dtype}, and only floating-point values have derivatives"
    if source.id not in known.watched:
        return no + _unwatched(source, known)
    parents = _reached(source.id, known)
    if target.id in parents:
        return f"{name} reaches the target through " + (
            ", ".join(_path(target.id, parents)) or "no operation: it is the target"
        )
    reasons = _cuts(parents, known)
    reasons += [
        f"goes into {op}, which gives no gradient to this operand"
        for op, key in known.refusals
        if key in parents
    ]
    if reasons:
        return f"{no}what is computed from it " + "; ".join(dict.fromkeys(reasons))
    if target.id not in known.watched:
        return f"{no}the target was not computed by operations that the tape recorded"
    if len(parents) == 1:
        return f"{no}no operation used it while the tape was recording"
    return f"{no}the target does not depend on it"


def _cuts(ids: Iterable[int], known: Known) -> list[str]:
    return [str(cut) for cut in known.cuts if not cut.ids.isdisjoint(ids)]


def _unwatched(source: Any, known: Known) -> str:
    trainable = getattr(source, "trainable", None)
    if trainable is None:
        return "a tape follows a tensor only from tape.watch(tensor) on"
    if not trainable:
        return "it is not trainable. Set trainable=True, or call tape.watch(variable)"
    if not known.watches_variables:
        return "the tape watches no variables by itself and was not told to watch this one"
    cuts = _cuts((source.id,), known)
    if cuts:
        return "it " + "; ".join(dict.fromkeys(cuts))
    return "it was not read while the tape was recording"


def _reached(source: int, known: Known) -> dict[int, tuple[str, int] | None]:
    """What is computed from a source: for each id the operation, and the operand it came from."""
    parents: dict[int, tuple[str, int] | None] = {source: None}
    refused = set(known.refusals)
    for op, inputs, outputs in known.edges:
        for key in inputs:
            if key in parents and (op, key) not in refused:
                for output in outputs:
                    parents.setdefault(output, (op, key))
                break
    return parents


def _path(key: int, parents: dict[int, tuple[str, int] | None]) -> list[str]:
    ops = []
    step = parents[key]
    while step is not None:
        ops.append(step[0])
        step = parents[step[1]]
    return ops[::-1]

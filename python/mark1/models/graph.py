"""From symbolic tensors to a plan: which calls lead from inputs to outputs, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from mark1.layers.input import InputLayer
from mark1.layers.layer import Layer
from mark1.layers.symbolic import Node, SymbolicTensor
from mark1.utils.nest import flatten, map_structure


class _Slot(NamedTuple):
    """Stands for a tensor among the arguments of a call."""

    number: int


class _Step(NamedTuple):
    """A call as the plan makes it."""

    operation: Any
    is_layer: bool
    source: int  # the slot of the only argument, or -1
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    target: int  # the slot of the only result, or -1
    targets: tuple[int, ...]
    spent: tuple[int, ...]  # slots that no later call needs


class Graph:
    """The calls between inputs and outputs.

    Args:
        inputs: a nest of symbolic tensors.
        outputs: a nest of symbolic tensors, all of which can be computed from the inputs.
        name: of the model, for messages.

    Raises:
        TypeError: something is not a symbolic tensor.
        ValueError: an output needs an input that is not named, or two layers share a name.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str) -> None:
        self.inputs: list[SymbolicTensor] = _symbolic(inputs, "inputs", name)
        self.outputs: list[SymbolicTensor] = _symbolic(outputs, "outputs", name)
        self._structure = outputs
        if len({id(x) for x in self.inputs}) < len(self.inputs):
            raise ValueError(f'[Model "{name}"] an input is named twice')
        in_order, first_seen = _collect(self.inputs, self.outputs, name)
        self.operations: list[Any] = _in_depth(in_order, self.inputs, first_seen)
        self.nodes: list[Node] = sorted(in_order, key=lambda node: node.number)
        names = [operation.name for operation in self.operations]
        for one in names:
            if names.count(one) > 1:
                raise ValueError(
                    f'[Model "{name}"] two layers are called "{one}": layers of a model need '
                    "different names"
                )
        self._plan()

    @property
    def layers(self) -> list[Layer]:
        """The layers, those far from the outputs first, as Keras has them."""
        return [operation for operation in self.operations if isinstance(operation, Layer)]

    @property
    def is_chain(self) -> bool:
        """Whether every call takes what the one before it returned, and nothing else."""
        last: Any = None
        for node in self.nodes:
            if len(node.outputs) != 1 or (
                last is not None and [x.node for x in node.inputs] != [last]
            ):
                return False
            last = node
        return len(self.operations) == len(self.nodes)

    def nodes_of(self, operation: Any) -> list[Node]:
        """Return the calls of a layer or operation."""
        return [node for node in self.nodes if node.operation is operation]

    def sources(self, operation: Any) -> list[str]:
        """Return the names of what a layer or operation gets its inputs from."""
        return [x.name for node in self.nodes_of(operation) for x in node.inputs]

    def _plan(self) -> None:
        self._slots: dict[int, int] = {id(x): i for i, x in enumerate(self.inputs)}
        fed = set(self._slots)
        nodes = [n for n in self.nodes if n.inputs and not all(id(x) in fed for x in n.outputs)]
        for node in nodes:
            for x in node.outputs:
                self._slots.setdefault(id(x), len(self._slots))
        last = {id(x): number for number, node in enumerate(nodes) for x in node.inputs}
        kept = {id(x) for x in self.outputs}
        self._steps = [self._step(node, number, last, kept) for number, node in enumerate(nodes)]
        out = self._structure
        self._only = self._slots[id(out)] if isinstance(out, SymbolicTensor) else -1

    def _step(self, node: Node, number: int, last: dict[int, int], kept: set[int]) -> _Step:
        slots = self._slots

        def place(x: Any) -> Any:
            return _Slot(slots[id(x)]) if isinstance(x, SymbolicTensor) else x

        args: tuple[Any, ...] = map_structure(place, node.args)
        simple = len(args) == 1 and isinstance(args[0], _Slot) and not node.kwargs
        targets = tuple(slots[id(x)] for x in node.outputs)
        single = len(targets) == 1 and isinstance(node.structure, SymbolicTensor)
        spent = {slots[id(x)] for x in node.inputs if last[id(x)] == number and id(x) not in kept}
        return _Step(
            node.operation if isinstance(node.operation, Layer) else node.operation.function,
            isinstance(node.operation, Layer),
            args[0].number if simple else -1,
            args,
            map_structure(place, node.kwargs),
            targets[0] if single else -1,
            targets,
            tuple(spent),
        )

    def run(self, inputs: Sequence[Any], training: bool) -> Any:
        """Return the outputs, in the nest in which the model was given them.

        Args:
            inputs: tensors in the order of `inputs`.
            training: what layers are told, except those that were told otherwise when the model
                was described.
        """
        values: list[Any] = [None] * len(self._slots)
        values[: len(inputs)] = inputs
        for operation, is_layer, source, args, kwargs, target, targets, spent in self._steps:
            if source >= 0:
                x = values[source]
                out = operation(x, training=training) if is_layer else operation(x)
            else:
                given = _fill(args, values)
                named = {name: _fill(part, values) for name, part in kwargs.items()}
                if is_layer:
                    named.setdefault("training", training)
                out = operation(*given, **named)
            if target >= 0:
                values[target] = out
            else:
                for slot, value in zip(targets, flatten(out), strict=True):
                    values[slot] = value
            for slot in spent:  # so that memory is free for what comes
                values[slot] = None
        if self._only >= 0:
            return values[self._only]
        return map_structure(lambda x: values[self._slots[id(x)]], self._structure)


def _fill(part: Any, values: list[Any]) -> Any:
    kind = type(part)
    if kind is _Slot:
        return values[part.number]
    if kind is tuple or kind is list:
        return kind(_fill(inner, values) for inner in part)
    if kind is dict:
        return {key: _fill(inner, values) for key, inner in part.items()}
    return part


def _symbolic(structure: Any, what: str, name: str) -> list[SymbolicTensor]:
    found = list(flatten(structure))
    for x in found:
        if not isinstance(x, SymbolicTensor):
            raise TypeError(
                f'[Model "{name}"] {what} must be symbolic tensors, made by Input and what is '
                f"called with it, got {type(x).__name__}"
            )
    if not found:
        raise ValueError(f'[Model "{name}"] there are no {what}')
    return found


def _collect(
    inputs: list[SymbolicTensor], outputs: list[SymbolicTensor], name: str
) -> tuple[list[Node], dict[Any, int]]:
    """Return the nodes on the way, each after those it needs, and when operations were met."""
    fed = {id(x) for x in inputs}
    done: dict[int, Node] = {}
    first_seen: dict[Any, int] = {}
    for output in outputs:
        waiting = [(output, False)]
        while waiting:
            x, ready = waiting.pop()
            node = x.node
            if node.number in done:
                continue
            if ready:
                done[node.number] = node
                continue
            first_seen.setdefault(node.operation, len(first_seen))
            waiting.append((x, True))
            if id(x) in fed:
                continue
            if isinstance(node.operation, InputLayer):
                raise ValueError(
                    f'[Model "{name}"] the outputs depend on the input "{node.operation.name}", '
                    f"which is not among the inputs ({', '.join(x.name for x in inputs)})"
                )
            waiting += [(needed, False) for needed in reversed(node.inputs)]
    for place, x in enumerate(inputs):  # what nothing depends on belongs to the model, too
        if x.node.number not in done and isinstance(x.node.operation, InputLayer):
            done[x.node.number] = x.node
            first_seen[x.node.operation] = place - len(inputs)
    return list(done.values()), first_seen


def _in_depth(
    nodes: list[Node], inputs: list[SymbolicTensor], first_seen: dict[Any, int]
) -> list[Any]:
    """Return the operations by their distance from the outputs, greatest first.

    Weights are listed and saved in this order, which is Keras'.
    """
    known = {node.number for node in nodes}
    of_nodes: dict[int, int] = {}
    of_operations: dict[Any, int] = {}
    for node in reversed(nodes):
        depth = max(of_nodes.get(node.number, 0), of_operations.get(node.operation, 0))
        of_operations[node.operation] = of_nodes[node.number] = depth
        for x in node.inputs:
            before = x.node.number
            if before in known:
                of_nodes[before] = max(depth + 1, of_nodes.get(before, 0))
    for x in inputs:  # those that no output needs
        if x.node.operation not in of_operations:
            of_operations[x.node.operation] = 0
            first_seen[x.node.operation] = -1
    return sorted(of_operations, key=lambda each: (-of_operations[each], first_seen[each]))

"""What stands for data while a model is described, and what is written down about it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.layers.inference import Spec, outputs_of
from mark1.utils.naming import unique_name
from mark1.utils.nest import flatten, map_structure

_numbers = itertools.count()


if TYPE_CHECKING:  # what operates on tensors takes symbolic ones, too, and then returns such
    _Base = Tensor
else:
    _Base = object


class SymbolicTensor(_Base):
    """A shape and a dtype without values, and the node it comes from.

    Operations and layers that are called with one do not compute: they note the call as a node and
    return symbolic tensors, of which `mark1.Model` makes a model.

    >>> from mark1.layers import Dense, Input
    >>> x = Input((784,))
    >>> Dense(10)(x * 2.0).shape
    (None, 10)
    """

    # NumPy must not take over `array + tensor`.
    __array_priority__ = 1000
    __array_ufunc__ = None

    if TYPE_CHECKING:
        shape: tuple[Any, ...]
        dtype: str

        def __add__(self, other: Any, /) -> SymbolicTensor: ...
        def __radd__(self, other: Any, /) -> SymbolicTensor: ...
        def __sub__(self, other: Any, /) -> SymbolicTensor: ...
        def __rsub__(self, other: Any, /) -> SymbolicTensor: ...
        def __mul__(self, other: Any, /) -> SymbolicTensor: ...
        def __rmul__(self, other: Any, /) -> SymbolicTensor: ...
        def __truediv__(self, other: Any, /) -> SymbolicTensor: ...
        def __rtruediv__(self, other: Any, /) -> SymbolicTensor: ...
        def __matmul__(self, other: Any, /) -> SymbolicTensor: ...
        def __rmatmul__(self, other: Any, /) -> SymbolicTensor: ...
        def __floordiv__(self, other: Any, /) -> SymbolicTensor: ...
        def __rfloordiv__(self, other: Any, /) -> SymbolicTensor: ...
        def __mod__(self, other: Any, /) -> SymbolicTensor: ...
        def __rmod__(self, other: Any, /) -> SymbolicTensor: ...
        def __pow__(self, other: Any, /) -> SymbolicTensor: ...
        def __rpow__(self, other: Any, /) -> SymbolicTensor: ...
        def __lt__(self, other: Any, /) -> SymbolicTensor: ...
        def __le__(self, other: Any, /) -> SymbolicTensor: ...
        def __gt__(self, other: Any, /) -> SymbolicTensor: ...
        def __ge__(self, other: Any, /) -> SymbolicTensor: ...
        def __neg__(self) -> SymbolicTensor: ...
        def __abs__(self) -> SymbolicTensor: ...

    def __init__(self, shape: tuple[int | None, ...], dtype: str, node: Node, index: int) -> None:
        self.shape = shape
        self.dtype = dtype
        self.node = node
        self.index = index

    @property
    def layer(self) -> Any:
        """The layer or operation it comes from."""
        return self.node.operation

    @property
    def name(self) -> str:
        """The name of the layer or operation it comes from."""
        return str(self.node.operation.name)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __getitem__(self, key: Any) -> Any:
        return call_operation(get_item, (self, key), {})

    def __iter__(self) -> Iterator[Any]:
        if not self.shape or self.shape[0] is None:
            raise TypeError(
                f'[Model] "{self.name}" has any number of rows: Python cannot go through them'
            )
        return (self[i] for i in range(self.shape[0]))

    def __bool__(self) -> bool:
        raise TypeError(
            f'[Model] "{self.name}" has no value by which Python could branch. Use ops.where, or '
            "write a layer"
        )

    def __float__(self) -> float:
        raise TypeError(f'[Model] "{self.name}" has no value: it stands for data to come')

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            f'[Model] "{self.name}" has no values. Compute with mark1.ops and layers, or write a '
            "layer for what NumPy has to do"
        )

    def __repr__(self) -> str:
        return f"<SymbolicTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


# Keras' name. To type checkers it is a tensor: functions of tensors take and return both kinds.
if TYPE_CHECKING:
    KerasTensor = Tensor
else:
    KerasTensor = SymbolicTensor


class Node:
    """A call of a layer or an operation with symbolic tensors.

    Args:
        operation: what is called.
        args: its arguments by place, symbolic tensors in any nest.
        kwargs: its arguments by name.
        outputs: what it returns, as a nest of `Spec`.
    """

    def __init__(
        self, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.number: int = next(_numbers)
        self.inputs: list[SymbolicTensor] = [
            x for x in flatten([args, kwargs]) if isinstance(x, SymbolicTensor)
        ]
        self.outputs: list[SymbolicTensor] = []
        self.structure: Any = map_structure(self._make, outputs)
        operation.__dict__.setdefault("_nodes", []).append(self)

    def _make(self, spec: Any) -> Any:
        if not isinstance(spec, Spec):
            return spec
        self.outputs.append(SymbolicTensor(spec.shape, spec.dtype, self, len(self.outputs)))
        return self.outputs[-1]


class Call:
    """An operation that is not a layer, as part of a model.

    Args:
        function: the operation.
        name: what messages and summaries call it; made from the function's if None.
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        self.function = function
        self.name: str = name or unique_name(function.__name__)
        self._nodes: list[Node] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the operation; with symbolic tensors, note another node."""
        if not any(isinstance(x, SymbolicTensor) for x in flatten([args, kwargs])):
            return self.function(*args, **kwargs)
        try:
            outputs = outputs_of(self.function, args, kwargs, SymbolicTensor)
        except (ValueError, TypeError, IndexError) as error:
            raise with_shapes(error, self.name, [args, kwargs]) from error
        return Node(self, args, kwargs, outputs).structure

    def __repr__(self) -> str:
        return f"<{self.function.__name__} name={self.name}>"


def call_operation(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Note the call of an operation with symbolic tensors and return its symbolic results."""
    return Call(function)(*args, **kwargs)


def get_item(x: Any, key: Any) -> Tensor:
    """Return ``x[key]``.

    >>> get_item(ops.ones((2, 3)), 0).shape
    (3,)
    """
    out: Tensor = x[key]
    return out


def with_shapes(error: Exception, name: str, inputs: Any) -> Exception:
    """Return an error that also says what shapes led to a layer."""
    known: dict[int, Node] = {}
    waiting = [x.node for x in flatten(inputs) if isinstance(x, SymbolicTensor)]
    while waiting:
        node = waiting.pop()
        if node.number not in known:
            known[node.number] = node
            waiting += [x.node for x in node.inputs]
    shapes = [
        (node.operation.name, ", ".join(str(x.shape) for x in node.outputs))
        for _, node in sorted(known.items())
    ]
    return with_lines(error, name, shapes)


def with_lines(error: Exception, name: str, shapes: Sequence[tuple[str, Any]]) -> Exception:
    """Return an error that also says which shapes led to a layer, the last thirty of them.

    >>> print(with_lines(ValueError("[Dense] no"), "dense", [("inputs", (None, 3))]))
    [Dense] no
      on the way to "dense" the shapes are
        inputs: (None, 3)
    """
    lines = [f"    {layer}: {shape}" for layer, shape in shapes]
    shown = "\n".join(lines if len(lines) <= 30 else ["    ...", *lines[-30:]])
    return type(error)(f'{error}\n  on the way to "{name}" the shapes are\n{shown}')


_OPERATORS: dict[str, Any] = {
    "add": ops.add,
    "sub": ops.subtract,
    "mul": ops.multiply,
    "truediv": ops.divide,
    "matmul": ops.matmul,
    "floordiv": ops.floor_divide,
    "mod": ops.mod,
    "pow": ops.power,
}
_COMPARISONS: dict[str, Any] = {
    "lt": ops.less,
    "le": ops.less_equal,
    "gt": ops.greater,
    "ge": ops.greater_equal,
    "neg": ops.negative,
    "abs": ops.abs,
}
for _name, _op in _OPERATORS.items():
    setattr(SymbolicTensor, f"__{_name}__", _op)
    setattr(SymbolicTensor, f"__r{_name}__", lambda x, y, op=_op: op(y, x))
for _name, _op in _COMPARISONS.items():
    setattr(SymbolicTensor, f"__{_name}__", _op)

_core.set_symbolic(SymbolicTensor, call_operation)

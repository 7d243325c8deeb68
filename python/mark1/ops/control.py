"""Choices and loops as functions: cond, switch, while_loop, fori_loop, map, scan and more.

They are loops and choices of Python, made while they run; a tape and a recorded step see the
operations in them. Where a tensor decides how it goes on, its value is looked at, and a training
step that does so runs in Python every time; `where` chooses without a look.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mark1._core import Tensor
from mark1.ops.concatenate import concatenate, stack
from mark1.ops.reshape import normalize_axes
from mark1.ops.rounding import _as_tensor
from mark1.ops.slice import flip, getitem
from mark1.utils.nest import map_structure


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """The result of one of two functions, of which the other one is not called.

    Args:
        pred: a bool, or a tensor of one element, at which is looked.
        true_fn: called if it is true.
        false_fn: called if it is not.

    Returns:
        What the function returns.

    Example:
        >>> import mark1
        >>> x = mark1.ops.convert_to_tensor(-2.0)
        >>> float(mark1.ops.cond(x > 0, lambda: x, lambda: -x))
        2.0
    """
    return true_fn() if bool(pred) else false_fn()


def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """The result of one of several functions, the only one that is called.

    Args:
        index: its number; a tensor is looked at. What is beyond the first or last means that one.
        branches: a sequence of functions.
        *operands: what it is called with.

    Returns:
        What the function returns.

    Raises:
        ValueError: if there is no function.

    Example:
        >>> import mark1
        >>> float(mark1.ops.switch(1, [mark1.ops.sin, mark1.ops.square], 3.0))
        9.0
    """
    if not branches:
        raise ValueError("[switch] needs at least one branch")
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """Calls a function as long as a condition holds.

    Args:
        cond: `cond(*loop_vars)` says whether to go on; a tensor is looked at.
        body: `body(*loop_vars)` returns the next ones.
        loop_vars: a list or tuple of tensors or nests of them, or a single one.
        maximum_iterations: after how many calls to stop in any case.

    Returns:
        The last loop_vars.

    Example:
        >>> import mark1
        >>> body = lambda i, y: (i + 1, 2 * y)
        >>> mark1.ops.while_loop(lambda i, y: i < 10, body, (0, 1))
        (10, 1024)
    """
    several = isinstance(loop_vars, (list, tuple))
    current = tuple(loop_vars) if several else (loop_vars,)
    count = 0
    while (maximum_iterations is None or count < maximum_iterations) and bool(cond(*current)):
        result = body(*current)
        current = tuple(result) if isinstance(result, (list, tuple)) and several else (result,)
        count += 1
    if not several:
        return current[0]
    return list(current) if isinstance(loop_vars, list) else current


def fori_loop(lower: Any, upper: Any, body_fun: Callable[[int, Any], Any], init_val: Any) -> Any:
    """Calls a function with each number from lower to upper, which is left out.

    Args:
        lower: the first number; a tensor is looked at.
        upper: the one behind the last.
        body_fun: `body_fun(i, value)` returns the next value.
        init_val: the first value.

    Returns:
        The last value.

    Example:
        >>> import mark1
        >>> mark1.ops.fori_loop(1, 5, lambda i, y: y * i, 1)
        24
    """
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Calls a function with each slice of the first axis.

    Args:
        f: takes one slice, or a nest of them if xs is one; returns a tensor or a nest of them.
        xs: Tensor or nest of tensors of one length.

    Returns:
        The results, stacked along a new first axis.

    Raises:
        ValueError: if there is no slice, or lengths differ.

    Example:
        >>> import mark1
        >>> mark1.ops.map(lambda row: mark1.ops.max(row), mark1.ops.eye(2)).numpy()
        array([1., 1.], dtype=float32)
    """
    return scan(lambda _, x: (None, f(x)), None, xs)[1]


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """Calls a function with each slice of the first axis; `map` with the arguments' other names.

    Args:
        function: takes one slice, or a nest of them if `elements` is one.
        elements: Tensor or nest of tensors of one length.

    Returns:
        The results, stacked along a new first axis.

    Raises:
        ValueError: if there is no slice, or lengths differ.

    Example:
        >>> import mark1
        >>> mark1.ops.vectorized_map(mark1.ops.sum, mark1.ops.ones((2, 3))).numpy()
        array([3., 3.], dtype=float32)
    """
    return map(function, elements)


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int = 1,
) -> tuple[Any, Any]:
    """Calls a function with each slice of the first axis, and what the last call handed on.

    Args:
        f: `f(carry, x)` returns the next carry and a result.
        init: the first carry: a tensor, a nest of them, or None.
        xs: Tensor or nest of tensors of one length; None for none.
        length: how many calls; needed without xs.
        reverse: whether to begin with the last slice; results keep the places of their slices.
        unroll: accepted for Keras' sake.

    Returns:
        The last carry, and the results, stacked along a new first axis (None if they are None).

    Raises:
        ValueError: if there is no call to make, or lengths differ.

    Example:
        >>> import mark1
        >>> add = lambda total, x: (total + x, total + x)
        >>> total, sums = mark1.ops.scan(add, 0.0, mark1.ops.convert_to_tensor([1.0, 2.0, 4.0]))
        >>> sums.numpy()
        array([1., 3., 7.], dtype=float32)
    """
    lengths = {_as_tensor(x).shape[0] for x in _leaves(xs)} if xs is not None else set()
    lengths |= set() if length is None else {length}
    if len(lengths) != 1 or lengths == {0}:
        raise ValueError(f"[scan] needs one length, not 0, got {sorted(lengths)}")
    (n,) = lengths
    carry, results = init, []
    for i in reversed(range(n)) if reverse else range(n):
        carry, y = f(carry, None if xs is None else _slices(xs, i))
        results.append(y)
    if reverse:
        results.reverse()
    return carry, _together(stack, results)


def associative_scan(
    f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """All elements up to each one along an axis, combined by a function.

    In about log2(n) calls for n elements, each of which combines two blocks; the order in which
    elements meet is right only if f(f(a, b), c) is f(a, f(b, c)).

    Args:
        f: takes two tensors, or two nests of tensors, and combines them element by element.
        elems: Tensor or nest of tensors of one length along the axis.
        reverse: whether to begin with the last element.
        axis: the axis.

    Returns:
        A tensor, or a nest of tensors, of the shape of `elems`.

    Raises:
        ValueError: if lengths differ, or there is no such axis.

    Source:
        W. D. Hillis, G. L. Steele: Data parallel algorithms. Communications of the ACM 29 (12),
        1986.

    Example:
        >>> import mark1
        >>> mark1.ops.associative_scan(mark1.ops.maximum, mark1.ops.array([1, 3, 2, 5])).numpy()
        array([1, 3, 3, 5], dtype=int32)
    """
    elems = map_structure(_as_tensor, elems)
    lengths = set()
    for leaf in _leaves(elems):
        (along,) = normalize_axes("associative_scan", axis, len(leaf.shape))
        lengths.add(leaf.shape[along])
    if len(lengths) != 1:
        raise ValueError(f"[associative_scan] needs one length, got {sorted(lengths)}")
    (n,) = lengths

    def cut(structure: Any, part: slice) -> Any:
        def leaf(x: Any) -> Tensor:
            return getitem(x, (*[slice(None)] * (axis % len(x.shape)), part))

        return map_structure(leaf, structure)

    if reverse:
        elems = map_structure(lambda x: flip(x, axis), elems)
    reach = 1
    while reach < n:
        joined = f(cut(elems, slice(None, n - reach)), cut(elems, slice(reach, None)))
        parts = [cut(elems, slice(None, reach)), joined]
        elems = _together(lambda pair: concatenate(pair, axis), parts)
        reach *= 2
    return map_structure(lambda x: flip(x, axis), elems) if reverse else elems


def _slices(xs: Any, i: int) -> Any:
    return map_structure(lambda x: getitem(_as_tensor(x), i), xs)


def _leaves(structure: Any) -> list[Any]:
    """In the order in which map_structure comes by."""
    found: list[Any] = []
    map_structure(found.append, structure)
    return found


def _together(combine: Callable[[list[Any]], Tensor], structures: list[Any]) -> Any:
    """A nest like the first one, each leaf combined from those at its place in all of them."""
    places = iter(list(zip(*(_leaves(s) for s in structures), strict=True)))

    def joined(_: Any) -> Any:
        parts = list(next(places))
        return None if parts[0] is None else combine(parts)

    return map_structure(joined, structures[0])

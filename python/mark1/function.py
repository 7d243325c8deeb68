"""`mark1.function`: a user's own step, recorded once and run natively."""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.layers.masks import mask_of, set_mask
from mark1.ops.logits import of_bits, remember_bits
from mark1.recording import Replay, ReplayCache
from mark1.tape import _state as _tapes
from mark1.variable import Variable

_R = TypeVar("_R")

_SIGNATURES = 16  # programs that a function keeps
_MANY = 5  # signatures after which one is told that there are many

# What a step may return besides tensors: it is the same whenever the step is replayed.
_CONSTANTS = (bool, int, float, complex, str, bytes, type(None), np.ndarray, np.generic, Variable)

_eagerly = False


class RetracingWarning(UserWarning):
    """A function is recorded again and again, because its arguments keep changing."""


class _Method:
    """A function and the instance whose method it is, which is kept alive meanwhile."""

    def __init__(self, function: Function[Any], instance: Any) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self.__self__ = instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Let every `mark1.function` run in Python, to look into it, or natively again.

    Example:
        >>> import mark1
        >>> mark1.run_functions_eagerly(True)
        >>> mark1.run_functions_eagerly(False)
    """
    global _eagerly
    _eagerly = bool(run_eagerly)


class Function(Generic[_R]):
    """What `mark1.function` makes of a Python function."""

    def __init__(self, python_function: Callable[..., _R], signature: Any = None) -> None:
        functools.update_wrapper(self, python_function)
        self.python_function = python_function
        self._name = getattr(python_function, "__name__", "function")
        self._signature = None if signature is None else tuple(signature)
        self._cache = ReplayCache(_SIGNATURES)
        self._count = 0
        self._methods: dict[int, tuple[weakref.ref[Any], Function[Any]]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> _R:
        """Call the function, natively from the third call with like arguments on."""
        if self._signature is not None:
            args = self._checked(args, kwargs)
        tensors: list[Tensor] = []
        plan = _take_apart((args, kwargs), tensors)
        # Under a tape its operations must be seen; within a recording they become part of it.
        if _eagerly or _tapes.stack or _core.recording():
            out: _R = self._run(plan, *tensors)
            return out
        key = (plan, tuple((t.shape, t.dtype) for t in tensors))
        out = self._cache.get(key, lambda: self._replay(plan))(*tensors)
        return out

    @overload
    def __get__(self, instance: None, owner: Any = None) -> Function[_R]: ...
    @overload
    def __get__(self, instance: object, owner: Any = None) -> Callable[..., _R]: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the method of an instance, which has programs of its own."""
        if instance is None:
            return self
        return _Method(self._of(instance), instance)

    def _of(self, instance: Any) -> Function[_R]:
        """Return the function for an instance, which lives as long and does not keep it alive."""
        key = id(instance)
        if key in self._methods:
            return self._methods[key][1]
        this = weakref.ref(instance, lambda _: self._methods.pop(key, None))
        function = self.python_function

        @functools.wraps(function)
        def method(*args: Any, **kwargs: Any) -> Any:
            return function(this(), *args, **kwargs)

        made = Function(method, self._signature)
        self._methods[key] = (this, made)
        return made

    def experimental_get_tracing_count(self) -> int:
        """Return for how many kinds of arguments the function has been recorded."""
        return self._count

    def _replay(self, plan: Any) -> Replay:
        self._count += 1
        if self._count == _MANY + 1:
            warnings.warn(
                f"[{self._name}] has been recorded for {self._count} kinds of arguments. "
                "Arrays of another shape or dtype and other Python numbers each need a recording: "
                "pass numbers that change as tensors, and batches of one size",
                RetracingWarning,
                stacklevel=5,
            )
        return Replay(functools.partial(self._run, plan), self._name, flatten_results)

    def _run(self, plan: Any, *tensors: Tensor) -> Any:
        args, kwargs = _put_together(plan, tensors)
        return self.python_function(*args, **kwargs)

    def _checked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        assert self._signature is not None
        if kwargs or len(args) != len(self._signature):
            raise TypeError(
                f"[{self._name}] takes {len(self._signature)} arguments by position, as in its "
                f"input_signature, got {len(args)} and {sorted(kwargs)}"
            )
        out = []
        for number, (arg, spec) in enumerate(zip(args, self._signature, strict=True)):
            tensor = ops.convert_to_tensor(arg, spec.dtype)
            want = tuple(spec.shape)
            if len(want) != tensor.ndim or any(
                a not in (None, b) for a, b in zip(want, tensor.shape, strict=True)
            ):
                raise ValueError(
                    f"[{self._name}] argument {number} must have shape {want}, got {tensor.shape}"
                )
            out.append(tensor)
        return tuple(out)


@overload
def function(func: Callable[..., _R]) -> Function[_R]: ...
@overload
def function(
    func: None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
) -> Callable[[Callable[..., _R]], Function[_R]]: ...
def function(
    func: Callable[..., Any] | None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
) -> Any:
    """Make a Python function of tensors that runs natively, as ``tf.function`` does.

    The function runs in Python twice for each kind of arguments, while its operations are written
    down; later calls run what was written down. Tapes, models, optimizers and assignments to
    variables may occur in it. A kind of arguments is: the shapes and dtypes of tensors and arrays,
    the values of numbers, strings and the like, the identity of everything else.

    What one should know, most of it as with ``tf.function``:

    * Python code - `print`, appending to a list, the choice between branches - does not run in
      later calls. If two recordings differ, or the function reads a value (``float(t)``,
      ``t.numpy()``, ``if t:``), it is left to Python, and a warning names operation and line.
    * What is not an argument is built in, except variables, whose present values are used. Setting
      an attribute of a layer, optimizer, loss or metric it has called makes it record anew.
    * Variables may be created by the first calls only.
    * Called under a tape that was opened outside it runs in Python, so that the tape sees it.
    * Operations that it starts on threads of its own are not recorded.

    Args:
        func: the function; without it a decorator is returned.
        input_signature: objects with `shape` (None for any length) and `dtype`, one per argument:
            arguments are converted to the dtype and refused if they do not fit.
        autograph: accepted, without effect: branches and loops over values are Python's.
        jit_compile: accepted, without effect.
        reduce_retracing: accepted, without effect.

    Returns:
        A callable with the function as `python_function`.

    Raises:
        TypeError: it is not a function.

    Example:
        >>> import mark1
        >>> w = mark1.Variable([[1.0], [2.0]])
        >>> optimizer = mark1.optimizers.SGD(0.1)
        >>> @mark1.function
        ... def step(x, y):
        ...     with mark1.GradientTape() as tape:
        ...         loss = mark1.ops.mean((x @ w - y) * (x @ w - y))
        ...     optimizer.apply_gradients(zip(tape.gradient(loss, [w]), [w]))
        ...     return loss
        >>> losses = [float(step([[1.0, 1.0]], [[0.0]])) for _ in range(4)]
        >>> losses[0] > losses[1] > losses[2] > losses[3]
        True
    """
    if func is None:
        return lambda f: Function(_callable(f), input_signature)
    return Function(_callable(func), input_signature)


def _callable(func: Any) -> Callable[..., Any]:
    if not callable(func):
        raise TypeError(f"[function] needs a function, got {type(func).__name__}")
    return func  # type: ignore[no-any-return]


class _Input(NamedTuple):
    """Stands for a tensor in a plan, and for what it was computed from if it remembers that."""

    number: int
    logits: int | None = None
    mask: int | None = None
    bits: bool = False  # the logits are those of a sigmoid


class _Constant:
    """A part of a plan that is built in: equal to those of the same type and value or identity."""

    def __init__(self, value: Any) -> None:
        self.value = value  # held, so that no other object gets its id
        plain = isinstance(value, (bool, int, float, complex, str, bytes, type(None)))
        # Written out, 0.0 differs from -0.0, and nan equals itself.
        self._key = (type(value), repr(value) if plain else id(value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Constant) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _take_apart(structure: Any, tensors: list[Tensor]) -> Any:
    """Return a hashable plan of a structure, whose tensors are added to the list once each."""
    if isinstance(structure, (np.ndarray, np.generic)) or _is_array(structure):
        structure = ops.convert_to_tensor(structure)
    if isinstance(structure, Tensor):
        parts = (structure.logits, mask_of(structure))
        number = _index(structure, tensors)
        logits, mask = (None if p is None else _index(p, tensors) for p in parts)
        return _Input(number, logits, mask, parts[0] is not None and of_bits(parts[0]))
    kind = type(structure)
    if kind is dict:
        return (kind, *((key, _take_apart(v, tensors)) for key, v in structure.items()))
    if kind in (tuple, list) or (isinstance(structure, tuple) and hasattr(kind, "_fields")):
        return (kind, *(_take_apart(part, tensors) for part in structure))
    return _Constant(structure)


def _index(tensor: Tensor, tensors: list[Tensor]) -> int:
    for number, known in enumerate(tensors):
        if known.id == tensor.id:
            return number
    tensors.append(tensor)
    return len(tensors) - 1


def _is_array(structure: Any) -> bool:
    """Whether a list holds numbers only, and so stands for an array."""
    return (
        type(structure) is list
        and bool(structure)
        and all(_is_array(part) or isinstance(part, (int, float)) for part in structure)
    )


def _put_together(plan: Any, tensors: Sequence[Tensor]) -> Any:
    if isinstance(plan, _Input):
        tensor = tensors[plan.number]
        if plan.logits is not None and tensor.logits is None:
            if plan.bits:
                remember_bits(tensor, tensors[plan.logits])
            else:
                tensor.logits = tensors[plan.logits]
        if plan.mask is not None:
            set_mask(tensor, tensors[plan.mask])
        return tensor
    if isinstance(plan, _Constant):
        return plan.value
    kind, *parts = plan
    if kind is dict:
        return {key: _put_together(part, tensors) for key, part in parts}
    made = (_put_together(part, tensors) for part in parts)
    return kind(*made) if hasattr(kind, "_fields") else kind(made)


def flatten_results(result: Any) -> tuple[list[Tensor], Callable[[list[Tensor]], Any]]:
    """Return the tensors of a nest, and what makes a like nest of other tensors.

    Args:
        result: tensors in lists, tuples and dictionaries. Numbers, strings, arrays and variables
            stay as they are; with anything else, which may hold tensors, a recording is given up.

    Example:
        >>> import mark1
        >>> from mark1.function import flatten_results
        >>> flat, restore = flatten_results({"a": mark1.ops.ones(2), "b": 3})
        >>> len(flat), restore(flat)["b"]
        (1, 3)
    """
    flat: list[Tensor] = []
    restore = _taker(result, flat)
    return flat, restore


def _taker(part: Any, flat: list[Tensor]) -> Callable[[list[Tensor]], Any]:
    kind = type(part)
    if isinstance(part, Tensor):
        index = len(flat)
        flat.append(part)
        logits, mask = part.logits, mask_of(part)
        if logits is None and mask is None:
            return lambda tensors: tensors[index]
        plan = _Input(
            index,
            None if logits is None else index + 1,
            None if mask is None else index + 1 + (logits is not None),
            logits is not None and of_bits(logits),
        )
        flat.extend(p for p in (logits, mask) if p is not None)
        return lambda tensors: _put_together(plan, tensors)
    if kind is dict:
        named = {key: _taker(value, flat) for key, value in part.items()}
        return lambda tensors: {key: take(tensors) for key, take in named.items()}
    if isinstance(part, tuple) and hasattr(kind, "_fields"):
        takers = [_taker(item, flat) for item in part]
        return lambda tensors: kind(*(take(tensors) for take in takers))
    if kind in (list, tuple):
        takers = [_taker(item, flat) for item in part]
        return lambda tensors: kind(take(tensors) for take in takers)
    if not isinstance(part, _CONSTANTS):
        _core.drop_recording(f"returns a {kind.__name__}")
    return lambda _: part

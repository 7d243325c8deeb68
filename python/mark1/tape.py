"""Automatic differentiation: a record of operations, played back in reverse.

Operations are recorded in the order in which they run, so playing the record backwards needs no
sorting and no recursion. A gradient rule is a plain function of the output's gradient and of the
values that were saved for it; it is written with operations itself, which is why a tape around a
tape gives second derivatives. Nothing in a record refers to the tape or to a Python closure over
outputs: when the tape goes, its memory goes, without help from the garbage collector.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.variable import Variable

Gradients = Sequence["Tensor | None"]
Rule = Callable[..., Gradients]


# One recorded operation: the rule, the ids of its operands (None for what is not differentiable),
# the id of its output or a tuple of several, and what the rule needs.
Record = tuple[Rule, tuple["int | None", ...], "int | tuple[int, ...]", tuple[Any, ...]]


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


class GradientTape:
    """Records operations on watched values and differentiates through them.

    The semantics are TensorFlow's: trainable variables are watched when they are read, tensors only
    through `watch`; a tape gives its gradients once unless it is persistent.

    Args:
        persistent: whether `gradient` may be called several times.
        watch_accessed_variables: whether trainable variables are watched by themselves.

    Example:
        >>> import mark1
        >>> x = mark1.Variable(3.0)
        >>> with mark1.GradientTape() as tape:
        ...     y = x * x
        >>> float(tape.gradient(y, x))
        6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._records: list[Record] = []
        self._watched: set[int] = set()
        self._variables: dict[int, Variable] = {}
        self._active = False
        self._spent = False

    def __enter__(self) -> GradientTape:
        if self._active:
            raise ValueError("[GradientTape] the tape is already recording")
        self._active = True
        _state.stack.append(self)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._active:
            self._stop()

    def _start(self) -> None:
        self._active = True
        _state.stack.append(self)

    def _stop(self) -> None:
        self._active = False
        _state.stack.remove(self)

    def watch(self, tensor: Any) -> None:
        """Makes the tape follow a tensor (or a nest of tensors), as it does variables.

        Raises:
            TypeError: if a value is neither a Tensor nor a Variable, or is not floating-point.

        Example:
            >>> import mark1
            >>> x = mark1.ops.convert_to_tensor([1.0, 2.0])
            >>> with mark1.GradientTape() as tape:
            ...     tape.watch(x)
            ...     y = x * x
            >>> tape.gradient(y, x).numpy()
            array([2., 4.], dtype=float32)
        """
        for value in _flatten(tensor) if isinstance(tensor, (list, tuple, dict)) else (tensor,):
            key = _core.tape_id(value)
            if key is None and not isinstance(value, (Tensor, Variable)):
                raise TypeError(
                    f"[GradientTape.watch] needs a Tensor or Variable, got {type(value).__name__}"
                )
            if key is None:
                raise TypeError(
                    f"[GradientTape.watch] only floating-point values have gradients, "
                    f"this one is {value.dtype}"
                )
            self._watched.add(key)
            if isinstance(value, Variable):
                self._variables[key] = value

    def watched_variables(self) -> list[Variable]:
        """The variables followed so far, in the order in which they were read.

        Example:
            >>> import mark1
            >>> x = mark1.Variable(1.0, name="x")
            >>> with mark1.GradientTape() as tape:
            ...     y = x + 1.0
            >>> [v.name for v in tape.watched_variables()]
            ['x']
        """
        return list(self._variables.values())

    def reset(self) -> None:
        """Forgets everything recorded so far.

        Example:
            >>> import mark1
            >>> x = mark1.Variable(1.0)
            >>> with mark1.GradientTape() as tape:
            ...     y = x * x
            ...     tape.reset()
            >>> tape.gradient(y, x) is None
            True
        """
        self._records = []
        self._watched = set()
        self._variables = {}
        self._spent = False

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """A block whose operations this tape does not see.

        Raises:
            ValueError: if the tape is not recording.

        Example:
            >>> import mark1
            >>> x = mark1.Variable(2.0)
            >>> with mark1.GradientTape() as tape:
            ...     y = x * x
            ...     with tape.stop_recording():
            ...         z = x * x
            >>> tape.gradient(z, x) is None
            True
        """
        if not self._active:
            raise ValueError("[GradientTape] stop_recording needs a tape that is recording")
        self._stop()
        try:
            yield
        finally:
            self._start()

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = "none",
    ) -> Any:
        """The gradient of the sum of `target` with respect to each of `sources`.

        Args:
            target: a Tensor, or a nest of tensors whose gradients are added.
            sources: Tensor or Variable, or a nest (list, tuple, dict) of them.
            output_gradients: dL/dtarget, same structure and shapes as target; ones if None.
            unconnected_gradients: "none" or "zero": what a source gets that has no path to target.

        Returns:
            Gradients in the structure of `sources`, each of its source's shape.

        Raises:
            RuntimeError: if a tape that is not persistent is asked a second time.
            ValueError: if an output gradient does not have its target's shape.

        Example:
            >>> import mark1
            >>> w = mark1.Variable([[1.0], [2.0]])
            >>> x = mark1.ops.convert_to_tensor([[3.0, 4.0]])
            >>> with mark1.GradientTape() as tape:
            ...     y = mark1.ops.matmul(x, w)
            >>> tape.gradient(y, {"w": w})["w"].numpy()
            array([[3.],
                   [4.]], dtype=float32)
        """
        if self._spent:
            raise RuntimeError(
                "[GradientTape] a tape gives its gradients once; use GradientTape(persistent=True)"
            )
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(
                "[GradientTape] unconnected_gradients must be 'none' or 'zero', "
                f"got {unconnected_gradients!r}"
            )
        source_list = list(_flatten(sources))
        for source in source_list:
            if not isinstance(source, (Tensor, Variable)):
                raise TypeError(
                    "[GradientTape] sources must be Tensor or Variable, "
                    f"got {type(source).__name__}"
                )
        grads = self._seed(target, output_gradients)
        if self._active and not self._persistent:
            self._stop()
            try:
                self._play_back(grads, source_list)
            finally:
                self._start()
        else:
            self._play_back(grads, source_list)
        if not self._persistent:
            self._spent = True
            self._records = []
            self._watched = set()
        zero = unconnected_gradients == "zero"
        return _map_structure(sources, lambda s: _source_gradient(grads, s, zero))

    def _seed(self, target: Any, output_gradients: Any) -> dict[int, Tensor]:
        targets = list(_flatten(target))
        upstream = (
            [None] * len(targets) if output_gradients is None else list(_flatten(output_gradients))
        )
        if len(upstream) != len(targets):
            raise ValueError(
                f"[GradientTape] {len(targets)} targets need as many output gradients, "
                f"got {len(upstream)}"
            )
        grads: dict[int, Tensor] = {}
        for y, dy in zip(targets, upstream, strict=True):
            if not isinstance(y, (Tensor, Variable)):
                raise TypeError(
                    f"[GradientTape] target must be a Tensor or Variable, got {type(y).__name__}"
                )
            if not _is_float(y):
                raise TypeError(
                    f"[GradientTape] the target must be floating-point, it is {y.dtype}"
                )
            if dy is None:
                seed = _core.full(y.shape, 1.0, y.dtype)
            else:
                seed = _core.convert(dy, y.dtype) if not isinstance(dy, Tensor) else dy
            if seed.shape != y.shape:
                raise ValueError(
                    f"[GradientTape] output gradient has shape {seed.shape}, target {y.shape}"
                )
            _accumulate(grads, y.id, seed)
        return grads

    def _play_back(self, grads: dict[int, Tensor], sources: list[Any]) -> None:
        wanted = {source.id for source in sources}
        for rule, inputs, output, saved in reversed(self._records):
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
            for key, dx in zip(inputs, rule(dy, *saved), strict=True):
                if dx is not None and key is not None and key in self._watched:
                    _accumulate(grads, key, dx)


def _accumulate(grads: dict[int, Tensor], key: int, gradient: Tensor) -> None:
    from mark1.ops.broadcast import add

    # The later operation's gradient arrives first and stays on the left.
    held = grads.get(key)
    grads[key] = gradient if held is None else add(held, gradient)


def _source_gradient(grads: dict[int, Tensor], source: Any, zero: bool) -> Tensor | None:
    gradient = grads.get(source.id)
    if gradient is None and zero:
        gradient = _core.full(source.shape, 0.0, source.dtype)
    return gradient


def _is_float(value: Any) -> bool:
    return value.dtype in ("float32", "float64")


def _flatten(structure: Any) -> Iterator[Any]:
    if isinstance(structure, (list, tuple)):
        for item in structure:
            yield from _flatten(item)
    elif isinstance(structure, dict):
        for key in sorted(structure):
            yield from _flatten(structure[key])
    else:
        yield structure


def _map_structure(structure: Any, function: Callable[[Any], Any]) -> Any:
    if isinstance(structure, (list, tuple)):
        items = [_map_structure(item, function) for item in structure]
        named = hasattr(structure, "_fields")
        return type(structure)(*items) if named else type(structure)(items)
    if isinstance(structure, dict):
        return {key: _map_structure(item, function) for key, item in structure.items()}
    return function(structure)

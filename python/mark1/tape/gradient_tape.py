"""The tape itself: what it watches, and how it plays back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape.explanation import Cut, Known, edges_of, explanation
from mark1.tape.jacobians import batch_jacobian, jacobian
from mark1.tape.playback import (
    checked_sources,
    checked_target,
    place_of,
    play_back,
    seeds,
    zeros_wanted,
)
from mark1.tape.state import Record, _state
from mark1.utils.nest import flatten, map_structure
from mark1.variable import Variable


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
        self._cuts: list[Cut] = []
        self._refusals: list[tuple[str, int]] = []
        self._known: Known | None = None  # to a spent tape that could not give all gradients
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
        for value in flatten(tensor) if isinstance(tensor, (list, tuple, dict)) else (tensor,):
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
        self._cuts = []
        self._refusals = []
        self._known = None
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
        self._check_unspent()
        zero = zeros_wanted(unconnected_gradients)
        source_list = checked_sources(sources)
        with place_of(target):
            grads = self._gradients(seeds(target, output_gradients), source_list)
        self._spend(all(source.id in grads for source in source_list))
        return map_structure(lambda source: _source_gradient(grads, source, zero), sources)

    def jacobian(self, target: Any, sources: Any, unconnected_gradients: str = "none") -> Any:
        """All derivatives of `target`: one play-back of the tape for each of its elements.

        Args:
            target: a Tensor of any shape.
            sources: Tensor or Variable, or a nest (list, tuple, dict) of them.
            unconnected_gradients: "none" or "zero": what a source gets that has no path to target.

        Returns:
            In the structure of `sources`, tensors of shape `target.shape + source.shape`.

        Raises:
            RuntimeError: if a tape that is not persistent is asked a second time.
            TypeError: if the target is not one floating-point tensor.

        Example:
            >>> import mark1
            >>> x = mark1.Variable([1.0, 2.0])
            >>> with mark1.GradientTape() as tape:
            ...     y = x * x
            >>> tape.jacobian(y, x).numpy()
            array([[2., 0.],
                   [0., 4.]], dtype=float32)
        """
        self._check_unspent()
        zero = zeros_wanted(unconnected_gradients)
        source_list = checked_sources(sources)
        with place_of(target):
            found = jacobian(self, checked_target(target), source_list)
        self._spend(len(found) == len({source.id for source in source_list}))

        def of(source: Any) -> Tensor | None:
            whole = found.get(source.id)
            if whole is None and zero:
                whole = _core.full(target.shape + source.shape, 0.0, source.dtype)
            return whole

        return map_structure(of, sources)

    def batch_jacobian(self, target: Any, source: Any, unconnected_gradients: str = "none") -> Any:
        """The derivatives of each row of `target` with respect to the same row of `source`.

        Rows must not depend on one another, as they do under batch normalization: derivatives of a
        row with respect to other rows are counted as if they were its own.

        Args:
            target: Tensor (n, ...).
            source: Tensor or Variable (n, ...).
            unconnected_gradients: "none" or "zero": what is returned if there is no path.

        Returns:
            A tensor of shape `(n,) + target.shape[1:] + source.shape[1:]`.

        Raises:
            RuntimeError: if a tape that is not persistent is asked a second time.
            TypeError: if the target is not one floating-point tensor.
            ValueError: if the numbers of rows differ.

        Example:
            >>> import mark1
            >>> x = mark1.ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
            >>> with mark1.GradientTape() as tape:
            ...     tape.watch(x)
            ...     y = x * x
            >>> tape.batch_jacobian(y, x).numpy()
            array([[[2., 0.],
                    [0., 4.]],
            <BLANKLINE>
                   [[6., 0.],
                    [0., 8.]]], dtype=float32)
        """
        self._check_unspent()
        zero = zeros_wanted(unconnected_gradients)
        (source,) = checked_sources([source])
        with place_of(target):
            whole = batch_jacobian(self, checked_target(target), source)
        self._spend(whole is not None)
        if whole is None and zero:
            whole = _core.full(target.shape + source.shape[1:], 0.0, source.dtype)
        return whole

    def explain(self, target: Any, source: Any) -> str:
        """Why the gradient of `target` with respect to `source` is None, or which way it takes.

        Args:
            target: the Tensor that was differentiated.
            source: the Tensor or Variable whose gradient is in question.

        Returns:
            A sentence that names the operation at which the path ends, and file and line where that
            is known.

        Example:
            >>> import mark1
            >>> x = mark1.Variable([1.0, 2.0], name="x")
            >>> with mark1.GradientTape() as tape:
            ...     y = mark1.ops.cast(mark1.ops.argmax(x * 2.0), "float32")
            >>> print(tape.gradient(y, x), tape.explain(y, x))  # doctest: +ELLIPSIS
            None x has no gradient: ... argmax (...), which has no derivative...
        """
        (source,) = checked_sources([source])
        known = self._known
        if known is None:
            if self._spent:
                return "every source that was asked for had a gradient"
            known = self._what_is_known()
        return explanation(target, source, known)

    def _check_unspent(self) -> None:
        if self._spent:
            raise RuntimeError(
                "[GradientTape] a tape gives its gradients once; use GradientTape(persistent=True)"
            )

    def _spend(self, connected: bool) -> None:
        if self._persistent:
            return
        if not connected:  # the question why will follow
            self._known = self._what_is_known()
        self._spent = True
        self._records = []
        self._watched = set()

    def _what_is_known(self) -> Known:
        return Known(
            edges_of(self._records),
            self._watched,
            self._watch_accessed_variables,
            self._cuts,
            self._refusals,
        )

    def _gradients(self, grads: dict[int, Tensor], sources: list[Any]) -> dict[int, Tensor]:
        """Play the record back from seeds; the tape does not see it unless it is persistent."""
        if self._active and not self._persistent:
            self._stop()
            try:
                self._refusals = play_back(self._records, self._watched, grads, sources)
            finally:
                self._start()
        else:
            self._refusals = play_back(self._records, self._watched, grads, sources)
        return grads


def _source_gradient(grads: dict[int, Tensor], source: Any, zero: bool) -> Tensor | None:
    gradient = grads.get(source.id)
    if gradient is None and zero:
        gradient = _core.full(source.shape, 0.0, source.dtype)
    return gradient

"""Steps written with operations: those of users, and those that look at whole variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.optimizers.update import FoundScale, Options
from mark1.typing import DTypeLike
from mark1.variable import Variable


class OwnStates(Options):
    """What a subclass with an ``update_step`` of its own works with, under Keras' names.

    ``build`` makes variables for the state, ``update_step`` assigns to them and to the weight.

    >>> import mark1
    >>> class Signs(mark1.optimizers.Optimizer):
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         self.assign_sub(variable, learning_rate * mark1.ops.sign(gradient))
    >>> w = mark1.Variable([1.0, 2.0])
    >>> Signs(0.5).apply([[-3.0, 4.0]], [w])
    >>> w.numpy()
    array([1.5, 1.5], dtype=float32)
    """

    name: str
    _variables: list[Variable]
    _own: list[tuple[int | None, Variable]]  # with the id of the weight that a state belongs to

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable; to be defined by optimizers that have no kernel of their own.

        Args:
            gradient: scaled, accumulated and clipped, as the options say; of the variable's dtype.
            variable: the weight, decayed if it decays.
            learning_rate: of this step, a scalar.

        Raises:
            NotImplementedError: if the class does not define it.
        """
        raise NotImplementedError(f"[{type(self).__name__}] an optimizer defines its update_step")

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: DTypeLike | None = None,
        name: str | None = None,
    ) -> Variable:
        """Make a state that is saved with the optimizer.

        Args:
            shape: its shape.
            initializer: its first value.
            dtype: its dtype, float32 if None.
            name: what it is called.

        Returns:
            The variable.
        """
        return self._add_own(None, shape, initializer, dtype, name or "variable")

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Make a state like a weight, saved with the optimizer.

        Args:
            reference_variable: the weight.
            name: what the state is called, after the weight.
            initializer: its first value.

        Returns:
            The variable.
        """
        stem = reference_variable.path.replace("/", "_")
        return self._add_own(
            reference_variable.id,
            reference_variable.shape,
            initializer,
            reference_variable.dtype,
            f"{stem}_{name or 'var'}",
        )

    def add_optimizer_variables(
        self,
        trainable_variables: Iterable[Variable],
        name: str | Sequence[str],
        initializer: Any = "zeros",
    ) -> Any:
        """Make a state like each weight, or several.

        Args:
            trainable_variables: the weights.
            name: what the states are called, after the weights; one name or several.
            initializer: of all of them, or one for each name.

        Returns:
            A list of variables; if there are several names, a tuple of lists.

        Raises:
            ValueError: there are not as many initializers as names.
        """
        names = [name] if isinstance(name, str) else list(name)
        several = isinstance(initializer, (list, tuple))
        firsts = list(initializer) if several else [initializer] * len(names)
        if len(names) != len(firsts):
            raise self._error(
                f"needs as many initializers as names, got {len(firsts)} for {', '.join(names)}"
            )
        states: tuple[list[Variable], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for kept, each, first in zip(states, names, firsts, strict=True):
                kept.append(self.add_variable_from_reference(variable, each, first))
        return states[0] if isinstance(name, str) else states

    def _add_own(
        self,
        owner: int | None,
        shape: Sequence[int],
        initializer: Any,
        dtype: DTypeLike | None,
        name: str,
    ) -> Variable:
        first = initializers.get(initializer)(tuple(shape), dtype=dtype or "float32")
        variable = Variable(first, trainable=False, name=name)
        variable.path = f"{self.name}/{name}"
        self._own.append((owner, variable))
        return variable

    def assign(self, variable: Variable, value: Any) -> None:
        """Give a weight or a state a value."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a weight or a state."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a weight or a state."""
        variable.assign_sub(value)

    def _get_variable_index(self, variable: Variable) -> int:
        """Return a weight's place among those that the optimizer was built with."""
        for index, known in enumerate(self._variables):
            if known is variable:
                return index
        raise self._unknown(variable)

    def _unknown(self, variable: Variable) -> ValueError:
        return self._error(
            f"was built for other variables than {variable.path}: build it for all of them, with "
            "a `build` that calls super().build, or compile with a new one"
        )

    def _decay_of(self, variable: Variable) -> float:
        return 0.0 if self._is_exempt(variable) else self.weight_decay or 0.0


def composed_step(
    optimizer: Any, variables: Sequence[Variable], gradients: Sequence[Any], rate: Any
) -> None:
    """Make a step of an optimizer that defines ``update_step``, with all of its options.

    The order of things and their formulas are those of ``csrc/ops/update/args.h``. Everything is an
    operation, so that the step can be recorded; an accumulating one undoes what it has changed.
    """
    found = optimizer._found_scale
    if found is not None:
        _judged_step(optimizer, variables, gradients, rate, found)
        return
    _step(optimizer, variables, gradients, rate)


def _judged_step(
    optimizer: Any,
    variables: Sequence[Variable],
    gradients: Sequence[Any],
    rate: Any,
    found: FoundScale,
) -> None:
    """Make a step with a loss scale that finds itself, and undo it if gradients are not finite."""
    finite = ops.ones((), "bool")
    for gradient in gradients:
        if gradient is not None:
            finite = ops.logical_and(finite, ops.all(ops.isfinite(gradient)))
    slots = [s for v in variables for s in optimizer._slots[v.id]]
    own = [state for _, state in optimizer._own]
    touched = [*variables, *slots, *own, optimizer._iterations]
    before = [v.value for v in touched]
    inverse = 1.0 / found.scale
    scaled = [None if g is None else g * ops.cast(inverse, g.dtype) for g in gradients]
    _step(optimizer, variables, scaled, rate)
    for variable, old in zip(touched, before, strict=True):
        variable.assign(ops.where(finite, variable, old))
    grows = ops.logical_and(finite, ops.equal(found.finite_steps, found.growth_steps - 1))
    counts = ops.logical_and(finite, ops.logical_not(grows))
    factor = ops.where(grows, 2.0, ops.where(finite, 1.0, 0.5))
    found.scale.assign(found.scale * ops.cast(factor, "float32"))
    found.finite_steps.assign(ops.where(counts, found.finite_steps + 1, 0))


def _step(
    optimizer: Any, variables: Sequence[Variable], gradients: Sequence[Any], rate: Any
) -> None:
    made: Tensor = optimizer._iterations.value
    accumulated = optimizer.gradient_accumulation_steps
    updates = None if accumulated is None else ops.equal(ops.mod(made + 1, accumulated), 0)
    pairs = [
        (v, _gathered(optimizer, v, g, updates))
        for v, g in zip(variables, gradients, strict=True)
        if g is not None
    ]
    owned = {v.id for v, _ in pairs}
    states = [s for owner, s in optimizer._own if owner is None or owner in owned]
    own = {v.id: optimizer._slots[v.id][: optimizer._own_count(v)] for v, _ in pairs}
    touched = [*(v for v, _ in pairs), *states, *(s for slots in own.values() for s in slots)]
    before = [] if updates is None else [v.value for v in touched]
    clipped = _clipped(optimizer, [g for _, g in pairs])
    for variable, _ in pairs:
        decay = optimizer._decay_of(variable)
        if decay:
            variable.assign(variable - variable * decay * ops.cast(rate, variable.dtype))
    for (variable, _), gradient in zip(pairs, clipped, strict=True):
        optimizer.update_step(gradient, variable, rate)
    if updates is not None:
        for variable, old in zip(touched, before, strict=True):
            variable.assign(ops.where(updates, variable, old))
    if optimizer.use_ema:
        number = made + 1 if accumulated is None else made // accumulated + 1
        for variable in variables:
            _average(optimizer, variable, number)
    optimizer._iterations.assign(made + 1)


def _gathered(optimizer: Any, variable: Variable, gradient: Any, updates: Any) -> Tensor:
    """The gradient so far, before clipping."""
    g = ops.cast(gradient, variable.dtype)
    if optimizer.loss_scale_factor is not None:
        g = g * (1.0 / optimizer.loss_scale_factor)
    if updates is None:
        return g
    accumulator = optimizer._slots[variable.id][-1]
    total = accumulator + g
    accumulator.assign(ops.where(updates, ops.zeros_like(total), total))
    mean: Tensor = total * (1.0 / optimizer.gradient_accumulation_steps)
    return mean


def _clipped(optimizer: Any, gradients: list[Any]) -> list[Any]:
    limit = optimizer.clipvalue
    if limit:
        return [ops.clip(g, -limit, limit) for g in gradients]
    limit = optimizer.clipnorm or optimizer.global_clipnorm
    if not limit:
        return gradients
    squares = [ops.sum(ops.square(g)) for g in gradients]
    if optimizer.global_clipnorm:
        total = squares[0]
        for square in squares[1:]:
            total = total + square
        squares = [total] * len(gradients)
    norms = [ops.sqrt(square) for square in squares]
    factors = [ops.where(n > limit, limit / n, ops.ones_like(n)) for n in norms]
    return [g * factor for g, factor in zip(gradients, factors, strict=True)]


def _average(optimizer: Any, variable: Variable, number: Tensor) -> None:
    average = optimizer._slots[variable.id][optimizer._own_count(variable)]
    keep = ops.cast(number > 1, variable.dtype) * optimizer.ema_momentum
    average.assign(keep * average + (1.0 - keep) * variable)
    every = optimizer.ema_overwrite_frequency
    if every:
        variable.assign(ops.where(ops.equal(ops.mod(number, every), 0), average, variable))

"""The base class of optimizers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.optimizers import schedules
from mark1.optimizers.composed import OwnStates, composed_step
from mark1.optimizers.schedules import LearningRateSchedule
from mark1.optimizers.update import FoundScale
from mark1.recording import changed, note
from mark1.utils.naming import snake_case
from mark1.utils.registry import Registry
from mark1.variable import Variable

# What a step is told: variables, gradients, slots variable after variable, learning rate, number
# of steps, options.
Step = tuple[
    Sequence[Variable],
    Sequence[Any],
    Sequence[Variable],
    Any,
    Variable,
    "_core.UpdateOptions | None",
]


class Optimizer(OwnStates):
    """Changes variables along their gradients, all of them in one kernel launch.

    A subclass of one's own defines ``update_step``, with operations (see
    `mark1.optimizers.composed.OwnStates`), and takes as many launches as it has operations.

    Learning rate and number of steps are variables: they live in buffers, so that a recorded
    training step finds their present values when it is replayed. Clipping by norm takes a second
    launch, which measures.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.
    """

    def __init__(self, learning_rate: Any, name: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.name: str = name or snake_case(type(self).__name__)
        self._iterations = self._add_variable(ops.full((), 0, "int64"), "iteration")
        self._learning_rate = self._add_variable(ops.full((), 0.0, "float32"), "learning_rate")
        self._schedule: LearningRateSchedule | None = None
        self.learning_rate = learning_rate
        self.built: bool = False
        self._slots: dict[int, tuple[Variable, ...]] = {}
        self._own: list[tuple[int | None, Variable]] = []
        self._variables: list[Variable] = []
        self._options: _core.UpdateOptions | None = None
        self._options_known = False
        self._swapped = False

    def __setattr__(self, name: str, value: Any) -> None:
        # An option may be changed at any time; kernels are told so at the next step.
        super().__setattr__(name, value)
        if not name.startswith("_"):
            super().__setattr__("_options_known", False)

    def _set_found_scale(self, found: FoundScale) -> None:
        """Let a LossScaleOptimizer say by what gradients are to be divided."""
        if self._found_scale != found:
            self._found_scale = found
            self._options_known = False

    def _add_variable(self, value: Tensor, name: str) -> Variable:
        variable = Variable(value, trainable=False, name=name)
        variable.path = f"{self.name}/{name}"
        return variable

    @property
    def iterations(self) -> Any:
        """The number of updates so far: a variable, or a tensor if gradients are accumulated."""
        if self.gradient_accumulation_steps is None:
            return self._iterations
        return ops.floor_divide(self._iterations.value, self.gradient_accumulation_steps)

    @property
    def learning_rate(self) -> Any:
        """The learning rate, a variable; set it to a number at any time.

        If it follows a schedule: the rate of the step to come, a tensor; set another schedule.
        """
        if self._schedule is None:
            return self._learning_rate
        note(self._schedule)
        return _core.convert(self._schedule(self._iterations.value), "float32")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule):
            self._schedule = value
            changed(self, "learning_rate")
            return
        if isinstance(value, bool) or not isinstance(
            value, (int, float, np.number, Variable, Tensor)
        ):
            raise TypeError(
                f"[{type(self).__name__}] learning_rate must be a number or a schedule, "
                f"got {type(value).__name__}"
            )
        if self._schedule is not None:
            raise TypeError(
                f"[{type(self).__name__}] learning_rate follows {type(self._schedule).__name__}: "
                "set another schedule, or make the optimizer with a number"
            )
        number = float(value)
        if not 0.0 <= number < float("inf"):
            raise self._error(f"learning_rate must be a number from 0 up, got {number}")
        self._learning_rate.assign(number)

    @property
    def variables(self) -> list[Variable]:
        """The state: number of steps, learning rate, then what each variable has."""
        return self.state_of(self._variables)

    def state_of(self, variables: Iterable[Variable]) -> list[Variable]:
        """Return number of steps, learning rate and what these variables have, in Keras' order.

        A rate that follows a schedule is left out.
        """
        built = [v for v in variables if v.id in self._slots]
        state = [self._iterations]
        if self._schedule is None:
            state.append(self._learning_rate)
        for k in range(len(self._extra_slots())):
            state.extend(self._slots[v.id][self._own_count(v) + k] for v in built)
        first = dict.fromkeys((v.id for v in built), 0)
        for k in range(len(self._slot_groups())):
            for v in built:
                end = first[v.id] + len(self._slot_groups_of(v)[k])
                state.extend(self._slots[v.id][first[v.id] : end])
                first[v.id] = end
        ids = {v.id for v in built}
        return [*state, *(own for owner, own in self._own if owner is None or owner in ids)]

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        """Return the names of the formula's states, each of the variable's shape.

        Files hold the states of one group variable by variable, and one group after the other.
        """
        return ()

    def _slot_groups_of(self, variable: Variable) -> Sequence[Sequence[str]]:
        """Return the same for one variable; there are as many groups for each."""
        return self._slot_groups()

    def _own_count(self, variable: Variable) -> int:
        return sum(len(group) for group in self._slot_groups_of(variable))

    def _initial_value(self, slot: str) -> float:
        return 0.0

    def _initial_state(self, slot: str, variable: Variable) -> Tensor:
        return ops.full(variable.shape, self._initial_value(slot), variable.dtype)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A formula of one's own takes the place of a native one that was inherited.
        if "update_step" in cls.__dict__ and "_update" not in cls.__dict__:
            cls._update = Optimizer._update  # type: ignore[method-assign]

    def _build_for(self, variables: Sequence[Variable]) -> None:
        """Build if some variables are new.

        Raises:
            ValueError: a `build` of one's own has left one out; or has made its states before and
                would make them all again, as in Keras.
        """
        unknown = [v for v in variables if v.id not in self._slots]
        if self.built and not unknown:
            return
        if not (self.built and self._own):
            self.build(unknown)
            self._options_known = False
        for variable in unknown:
            if variable.id not in self._slots:
                raise self._unknown(variable)

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for variables; those that have theirs keep it."""
        for variable in variables:
            if variable.id in self._slots:
                continue
            stem = variable.path.replace("/", "_")
            names = [name for group in self._slot_groups_of(variable) for name in group]
            self._slots[variable.id] = tuple(
                self._add_variable(self._initial_state(name, variable), f"{stem}_{name}")
                for name in (*names, *self._extra_slots())
            )
            self._variables.append(variable)
        self.built = True

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Say which weights do not decay; to be called before the first step.

        Args:
            var_list: variables.
            var_names: what their names contain, as regular expressions; such as ``["bias"]``.

        Raises:
            ValueError: steps were made already.
        """
        if self.built:
            raise self._error("exclude_from_weight_decay comes before the first step")
        self._exempt = {v.id for v in var_list or ()}
        self._exempt_names = re.compile("|".join(sorted(set(var_names)))) if var_names else None

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """Make one step.

        Args:
            grads_and_vars: pairs, as from ``zip(gradients, variables)``.

        Returns:
            The number of steps made.

        Raises:
            ValueError: no variable has a gradient, or one has another shape than its variable.
        """
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self._iterations

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Make one step.

        Args:
            grads: one gradient per variable; variables whose gradient is None stay as they are.
            trainable_variables: the variables; those it was built with if None.

        Raises:
            ValueError: no variable has a gradient, or one has another shape than its variable.
        """
        variables = self._variables if trainable_variables is None else trainable_variables
        if len(grads) != len(variables):
            raise self._error(
                f"{len(variables)} variables need as many gradients, got {len(grads)}"
            )
        if any(g is None for g in grads):
            grads, variables = self._without_none(grads, variables)
        note(self)
        self._build_for(variables)
        if not self._options_known:
            self._options = self._native(self._variables)
            self._options_known = True
        slots = [slot for v in variables for slot in self._slots[v.id]]
        rate = self.learning_rate
        self._update((variables, grads, slots, rate, self._iterations, self._options))
        for variable in variables:
            if variable.constraint is not None:
                note(variable.constraint)
                variable.assign(variable.constraint(variable))

    def _without_none(
        self, grads: Sequence[Any], variables: Sequence[Variable]
    ) -> tuple[Sequence[Any], Sequence[Variable]]:
        missing = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
        if len(missing) == len(variables):
            raise self._error(
                f"no variable has a gradient ({', '.join(missing)}): "
                "the loss does not depend on them, or it was computed outside the tape"
            )
        warnings.warn(
            f"[{type(self).__name__}] no gradient for {', '.join(missing)}: left as they are",
            stacklevel=4,
        )
        if self.use_ema:
            return grads, variables  # Their averages go on.
        kept = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        return [g for g, _ in kept], [v for _, v in kept]

    def _update(self, step: Step) -> None:
        variables, gradients, _, rate, _, _ = step
        composed_step(self, variables, gradients, rate)

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss times ``loss_scale_factor``: what gradients are to be taken of."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def finalize_variable_values(self, var_list: Iterable[Variable]) -> None:
        """Give variables their moving averages, if there are any; `fit` does so at its end."""
        if not self.use_ema or int(self._iterations) == 0:
            return
        for variable, average in self._averages_of(var_list):
            if self._swapped:
                average.assign(variable)
            else:
                variable.assign(average)
        self._swapped = False

    @property
    def swapped(self) -> bool:
        """Whether variables and their moving averages have changed places."""
        return self._swapped

    def swap_averages(self, variables: Iterable[Variable]) -> None:
        """Let variables and their moving averages change places, or change back."""
        for variable, average in self._averages_of(variables):
            value = variable.numpy()
            variable.assign(average)
            average.assign(value)
        self._swapped = not self._swapped

    def _averages_of(self, variables: Iterable[Variable]) -> list[tuple[Variable, Variable]]:
        known = [v for v in variables if self.use_ema and v.id in self._slots]
        return [(v, self._slots[v.id][self._own_count(v)]) for v in known]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        schedule = self._schedule
        rate = float(self._learning_rate) if schedule is None else schedules.serialize(schedule)
        return {
            "name": self.name,
            "learning_rate": rate,
            **super().get_config(),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Optimizer:
        """Make an optimizer from its config; its state is new."""
        if isinstance(config.get("learning_rate"), Mapping):
            rate = schedules.deserialize(config["learning_rate"], custom_objects)
            config = {**config, "learning_rate": rate}
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} learning_rate={float(self.learning_rate):g}>"


registry: Registry[Optimizer] = Registry("optimizer", "keras.optimizers")


def get(identifier: Any, custom: Mapping[str, Any] | None = None) -> Optimizer:
    """Return an optimizer, given one, its class, its name or its config.

    Raises:
        TypeError: the identifier is none of these.
        ValueError: nothing has that name; the nearest name is suggested.

    >>> get("adam")
    <Adam learning_rate=0.001>
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, str) and identifier not in registry.names():
        identifier = identifier.lower() if identifier.lower() in registry.names() else identifier
    if isinstance(identifier, Mapping) and custom and isinstance(identifier.get("config"), Mapping):
        config = dict(identifier["config"])
        if isinstance(config.get("learning_rate"), Mapping):
            config["learning_rate"] = schedules.deserialize(config["learning_rate"], custom)
            identifier = {**identifier, "config": config}
    return registry.get(identifier, custom)


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Describe an optimizer: its class and its config, not its state.

    >>> serialize(get("sgd"))["class_name"]
    'SGD'
    """
    return registry.serialize(optimizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Optimizer:
    """Make the optimizer that `serialize` described; its state is new.

    Raises:
        ValueError: the description is malformed, or names a class that is not known.

    >>> deserialize(serialize(get("sgd")))
    <SGD learning_rate=0.01>
    """
    return registry.deserialize(config, custom_objects)

"""Several optimizers, each for its own variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from mark1.optimizers.optimizer import Optimizer, deserialize, registry, serialize
from mark1.recording import note
from mark1.variable import Variable


class OptimizerMap(MutableMapping[str, Optimizer]):
    """Optimizers by the paths of variables.

    A path is looked up as it is and then as a match of the keys, which are regular expressions.

    Args:
        default_optimizer: for what no key matches.
        optimizer_map: paths or patterns, and their optimizers.

    Raises:
        TypeError: a value is not an optimizer, or a key not a string.

    >>> from mark1.optimizers import SGD, Adam
    >>> chosen = OptimizerMap(SGD(), {"encoder/.*": Adam()})
    >>> chosen["encoder/dense/kernel"], chosen["head/kernel"]
    (<Adam learning_rate=0.001>, <SGD learning_rate=0.01>)
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: Mapping[str, Optimizer] | None = None
    ) -> None:
        _require_plain("default_optimizer", default_optimizer)
        self._default = default_optimizer
        self._map: dict[str, Optimizer] = {}
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """For what no key matches."""
        return self._default

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._map:
            return self._map[key]
        found = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(found) > 1:
            raise ValueError(
                f"[OptimizerMap] several patterns match {key}: {', '.join(map(repr, found))}"
            )
        return self._map[found[0]] if found else self._default

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if not isinstance(key, str):
            raise TypeError(f"[OptimizerMap] a key is a path or pattern, got {key!r}")
        if key in self._map:
            raise ValueError(f"[OptimizerMap] has an optimizer for {key!r}; delete it first")
        _require_plain(repr(key), optimizer)
        self._map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._map[key]

    def __len__(self) -> int:
        return len(self._map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def __call__(self, variable: Variable) -> Optimizer:
        """Return the optimizer of a variable."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """Return the descriptions of the optimizers."""
        return {
            "default_optimizer": serialize(self._default),
            "optimizer_map": {key: serialize(value) for key, value in self._map.items()},
        }

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> OptimizerMap:
        """Make a map from its config; the optimizers are new."""
        return cls(
            deserialize(config["default_optimizer"], custom_objects),
            {k: deserialize(v, custom_objects) for k, v in config["optimizer_map"].items()},
        )


@registry.register()
class MultiOptimizer(Optimizer):
    """Gives every variable to an optimizer of its own choice.

    Learning rates and options are those of the optimizers, in `optimizers`; each of them counts its
    own steps.

    Args:
        optimizer_map: an `OptimizerMap`, or a function of a variable that returns its optimizer.
        loss_scale_factor: what the loss is multiplied by, for all of them.
        name: what it is called.

    Raises:
        TypeError: a variable is given to what is no optimizer, or to a `MultiOptimizer`.

    >>> import mark1
    >>> from mark1.optimizers import SGD
    >>> a, b = mark1.Variable([1.0], name="a"), mark1.Variable([1.0], name="b")
    >>> optimizer = MultiOptimizer(OptimizerMap(SGD(0.5), {"b": SGD(0.25)}))
    >>> optimizer.apply([[1.0], [1.0]], [a, b])
    >>> float(a), float(b)
    (0.5, 0.75)
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Variable], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        if not callable(optimizer_map):
            raise TypeError(
                "[MultiOptimizer] optimizer_map must be an OptimizerMap or a function, "
                f"got {type(optimizer_map).__name__}"
            )
        self._choose = optimizer_map
        self._inner: list[Optimizer] = []
        self._chosen: dict[int, Optimizer] = {}
        super().__init__(0.0, name, loss_scale_factor=loss_scale_factor)
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map._map.values(), optimizer_map.default_optimizer):
                self._adopt(optimizer)

    def _adopt(self, optimizer: Optimizer) -> Optimizer:
        _require_plain("the function's result", optimizer)
        if not any(optimizer is known for known in self._inner):
            optimizer.loss_scale_factor = self.loss_scale_factor
            self._inner.append(optimizer)
        return optimizer

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers, first those of the map, then the default."""
        return self._inner

    @property
    def learning_rate(self) -> Any:
        """There is none: each optimizer has its own.

        Raises:
            AttributeError: always.
        """
        raise AttributeError(
            "[MultiOptimizer] has no learning rate of its own: see those of its `optimizers`"
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if self._inner:
            raise AttributeError(
                "[MultiOptimizer] has no learning rate of its own: set those of its `optimizers`"
            )

    def state_of(self, variables: Iterable[Variable]) -> list[Variable]:
        """Return the number of steps, then the state of each optimizer, in Keras' order."""
        variables = list(variables)
        state = [self._iterations, self._learning_rate]
        for optimizer in self._inner:
            state += optimizer.state_of([v for v in variables if self._owner(v) is optimizer])
        return state

    def _owner(self, variable: Variable) -> Optimizer | None:
        return self._chosen.get(variable.id)

    def build(self, variables: Iterable[Variable]) -> None:
        """Choose an optimizer for each variable, and make their states."""
        parts: dict[int, list[Variable]] = {}
        for variable in variables:
            if variable.id not in self._chosen:
                optimizer = self._adopt(self._choose(variable))
                self._chosen[variable.id] = optimizer
                self._slots[variable.id] = ()
                self._variables.append(variable)
                parts.setdefault(id(optimizer), []).append(variable)
        for optimizer in self._inner:
            if id(optimizer) in parts:
                optimizer.build(parts[id(optimizer)])
        self.built = True

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Say which weights do not decay, whoever changes them; before the first step."""
        for optimizer in self._inner:
            optimizer.exclude_from_weight_decay(var_list, var_names)

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Make a step of each optimizer; see `Optimizer.apply`."""
        variables = self._variables if trainable_variables is None else trainable_variables
        if len(grads) != len(variables):
            raise self._error(
                f"{len(variables)} variables need as many gradients, got {len(grads)}"
            )
        note(self)
        unknown = [v for v in variables if v.id not in self._chosen]
        if unknown:
            self.build(unknown)
        for optimizer in self._inner:
            pairs = [
                (g, v) for g, v in zip(grads, variables, strict=True) if self._owner(v) is optimizer
            ]
            if pairs:
                optimizer.apply([g for g, _ in pairs], [v for _, v in pairs])
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: Iterable[Variable]) -> None:
        """Give variables their moving averages, where their optimizers keep any."""
        variables = list(var_list)
        for optimizer in self._inner:
            optimizer.finalize_variable_values(
                [v for v in variables if self._owner(v) is optimizer]
            )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with.

        Raises:
            TypeError: the optimizers are chosen by a function.
        """
        if not isinstance(self._choose, OptimizerMap):
            raise TypeError(
                "[MultiOptimizer] a function that chooses cannot be written to a file: "
                "use an OptimizerMap"
            )
        return {
            "optimizer_map": self._choose.get_config(),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> MultiOptimizer:
        """Make an optimizer from its config; its state is new."""
        described = config["optimizer_map"]
        described = described.get("config", described)  # as Keras' files have it
        return cls(**{**config, "optimizer_map": OptimizerMap.from_config(described)})

    def __repr__(self) -> str:
        return f"<MultiOptimizer {', '.join(map(repr, self._inner))}>"


def _require_plain(what: str, optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer) or hasattr(optimizer, "optimizers"):
        raise TypeError(
            f"[MultiOptimizer] {what} must be an optimizer for itself, "
            f"got {type(optimizer).__name__}"
        )

"""LossScaleOptimizer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mark1 import ops
from mark1.optimizers.optimizer import Optimizer, get, registry, serialize
from mark1.optimizers.update import FoundScale
from mark1.recording import note
from mark1.variable import Variable


@registry.register()
class LossScaleOptimizer(Optimizer):
    """Another optimizer, with a loss scale that finds itself, for gradients of float16.

    The loss is multiplied by ``dynamic_scale``, so that small gradients do not vanish in float16,
    and gradients are divided by it again. A step of which a gradient is not finite changes nothing,
    and halves the scale; ``dynamic_growth_steps`` in a row that are finite double it.

    `compile` wraps the optimizer of a model whose policy is ``"mixed_float16"``. Constraints of
    weights are applied after every step, also after one that was left out.

    Args:
        inner_optimizer: what makes the steps. Its ``loss_scale_factor`` becomes None.
        initial_scale: the scale to begin with; rather too great than too small.
        dynamic_growth_steps: at least 1.
        name: what it is called.
        **kwargs: those of other optimizers, which must have their defaults: the inner one has them.

    Raises:
        ValueError: an argument is out of range, unknown, or belongs to the inner optimizer.

    Source:
        P. Micikevicius et al.: Mixed Precision Training. ICLR 2018; names, defaults and files as
        ``keras.optimizers.LossScaleOptimizer`` has them.

    >>> import mark1
    >>> optimizer = LossScaleOptimizer(mark1.optimizers.SGD(0.5), initial_scale=4.0)
    >>> w = mark1.Variable([1.0])
    >>> optimizer.apply([mark1.ops.convert_to_tensor([4.0])], [w])
    >>> optimizer.apply([mark1.ops.convert_to_tensor([float("inf")])], [w])
    >>> w.numpy(), float(optimizer.dynamic_scale)
    (array([0.5], dtype=float32), 2.0)
    """

    inner_optimizer: Optimizer

    def __init__(
        self,
        inner_optimizer: Any,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not kwargs.pop("dynamic", True):
            raise self._error("is always dynamic: set loss_scale_factor of the inner optimizer")
        super().__init__(0.0, name, **kwargs)
        for option, default in Optimizer(0.0).get_config().items():
            if option in kwargs and getattr(self, option) != default:
                raise self._error(f"has no {option} of its own: set that of the inner optimizer")
        if isinstance(initial_scale, bool) or not 0.0 < initial_scale < float("inf"):
            raise self._error(f"initial_scale must be a number above 0, got {initial_scale!r}")
        self.initial_scale = initial_scale
        steps = dynamic_growth_steps
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
            raise self._error(f"dynamic_growth_steps must be an integer from 1 up, got {steps!r}")
        self.dynamic_growth_steps = steps
        self.inner_optimizer = get(inner_optimizer)
        if hasattr(self.inner_optimizer, "optimizers"):
            raise self._error(
                "cannot wrap a MultiOptimizer, whose parts would each find a scale: give it a "
                "loss_scale_factor, and compile with auto_scale_loss=False"
            )
        self.inner_optimizer.loss_scale_factor = None
        self.step_counter: Variable = self._add_variable(ops.full((), 0, "int64"), "step_counter")
        self.dynamic_scale: Variable = self._add_variable(
            ops.full((), initial_scale, "float32"), "dynamic_scale"
        )

    @property
    def optimizers(self) -> list[Optimizer]:
        """The inner optimizer."""
        return [self.inner_optimizer]

    @property
    def iterations(self) -> Any:
        """The number of updates so far; steps that were left out do not count."""
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        inner = self.__dict__.get("inner_optimizer")
        if inner is not None:  # it has its rate already
            inner.learning_rate = value

    @property
    def variables(self) -> list[Variable]:
        """The state: four numbers of its own, of which two are never used, then the inner one's."""
        return self.state_of(self.inner_optimizer._variables)

    def state_of(self, variables: Iterable[Variable]) -> list[Variable]:
        """Return scale and counts, then what the inner optimizer keeps, in Keras' order."""
        own = [self._iterations, self._learning_rate, self.step_counter, self.dynamic_scale]
        return [*own, *self.inner_optimizer.state_of(variables)]

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for variables; those that have theirs keep it."""
        self.inner_optimizer.build(variables)
        self.built = True

    def _build_for(self, variables: Sequence[Variable]) -> None:
        self.inner_optimizer._build_for(variables)
        self.built = True

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Say which weights do not decay; to be called before the first step."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Make one step, if all gradients are finite.

        Args:
            grads: one gradient of the scaled loss per variable; or None.
            trainable_variables: the variables; those it was built with if None.

        Raises:
            ValueError: no variable has a gradient, or one has another shape than its variable.
        """
        note(self)
        self.inner_optimizer._set_found_scale(
            FoundScale(self.dynamic_scale, self.step_counter, self.dynamic_growth_steps)
        )
        self.inner_optimizer.apply(grads, trainable_variables)
        self.built = True

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss times the scale: what gradients are to be taken of."""
        return ops.multiply(loss, self.dynamic_scale)

    def finalize_variable_values(self, var_list: Iterable[Variable]) -> None:
        """Give variables their moving averages, if there are any; `fit` does so at its end."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with."""
        return {
            "name": self.name,
            "inner_optimizer": serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Optimizer:
        """Make an optimizer from its config; its state is new."""
        inner = get(config["inner_optimizer"], custom_objects)
        return cls(**{**config, "inner_optimizer": inner})

    def __repr__(self) -> str:
        return f"<LossScaleOptimizer {self.inner_optimizer!r}>"


def loss_scaled(optimizer: Optimizer) -> Optimizer:
    """Return an optimizer that finds a loss scale: this one, or one around it.

    >>> loss_scaled(get("sgd")).name
    'loss_scale_optimizer'
    """
    if isinstance(optimizer, LossScaleOptimizer):
        return optimizer
    return LossScaleOptimizer(optimizer, name="loss_scale_optimizer")

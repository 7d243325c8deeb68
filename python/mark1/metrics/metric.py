"""The base class of metrics: totals that live in variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.masks import mask_of
from mark1.losses.alignment import fit_weights, floating
from mark1.losses.loss import masked_weights
from mark1.recording import Structural
from mark1.utils.naming import snake_case, unique_name
from mark1.utils.registry import FunctionRegistry
from mark1.variable import Variable

MetricFunction = Callable[..., Tensor]


class Metric(Structural):
    """Something measured over many batches.

    Subclasses make their totals with `add_variable`, add to them in ``update_state`` and turn them
    into a number in ``result``. Nothing is read back before ``result``, so that a training step
    never waits for a metric.

    Args:
        name: what it is called in logs.
        dtype: of the totals; float32 if None.

    >>> class Count(Metric):
    ...     def __init__(self):
    ...         super().__init__("count")
    ...         self.n = self.add_variable((), "zeros", name="n")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.n.assign_add(1.0)
    ...     def result(self):
    ...         return self.n.value
    >>> count = Count()
    >>> float(count(0, 0)), float(count(0, 0))
    (1.0, 2.0)
    """

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name: str = name or unique_name(snake_case(type(self).__name__))
        self.dtype: str = dtype if isinstance(dtype, str) else "float32"
        self.variables: list[Variable] = []

    def add_variable(
        self,
        shape: tuple[int, ...],
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: Any = "sum",
        name: str | None = None,
    ) -> Variable:
        """Make a total. It is reset to zeros, whatever it began with; aggregation has no effect."""
        if "variables" not in self.__dict__:
            raise RuntimeError(
                f"[{type(self).__name__}] call super().__init__() before totals are made"
            )
        variable = Variable(
            initializers.get(initializer),
            shape=tuple(shape),
            dtype=dtype or self.dtype,
            trainable=False,
            name=name or "total",
        )
        self.variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: tuple[int, ...] = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a total: another name of `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def reset_state(self) -> None:
        """Begin anew."""
        for variable in self.variables:
            variable.assign(ops.full(variable.shape, 0.0, variable.dtype))

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in a batch; mostly of y_true, y_pred and sample_weight."""
        raise NotImplementedError(f"[{type(self).__name__}] a metric defines update_state")

    def result(self) -> Any:
        """Return the value over all batches since the last reset."""
        raise NotImplementedError(f"[{type(self).__name__}] a metric defines result")

    def value(self) -> Any:
        """Return the result as a number; one that is no scalar as an array."""
        result = self.result()
        return float(result) if result.ndim == 0 else result.numpy()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch and return the value so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Make a metric from its config."""
        return cls(**config)


registry: FunctionRegistry[Metric] = FunctionRegistry("metric", "keras.metrics")


@registry.register()
class Sum(Metric):
    """The weighted sum of the values it is given.

    >>> total = Sum()
    >>> total.update_state([1.0, 2.0, 6.0], [1.0, 0.5, 0.0])
    >>> float(total.result())
    2.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self._totals = self.add_variable((2,), dtype="float64", name="totals")

    # The second argument is a weight here, as in Keras, and not an output.
    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values (n, ...) and their weights: one per row, one for all, or None for 1."""
        values = floating(values)
        if sample_weight is not None:
            sample_weight = spread_weights(sample_weight, values)
        ops.accumulate(self._totals, values, sample_weight)

    def result(self) -> Tensor:
        """Return the sum."""
        return ops.cast(self._totals.value[0], self.dtype)


@registry.register()
class Mean(Metric):
    """The weighted mean of the values it is given.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 2.0, 6.0])
    >>> float(mean.result())
    3.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        # Sum of values and sum of weights. In float64: float32 stops counting at 2**24.
        self._totals = self.add_variable((2,), dtype="float64", name="totals")

    # The second argument is a weight here, as in Keras, and not an output.
    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values (n, ...) and their weights: one per row, one for all, or None for 1."""
        values = floating(values)
        if sample_weight is not None:
            sample_weight = spread_weights(sample_weight, values)
        ops.accumulate(self._totals, values, sample_weight)

    def result(self) -> Tensor:
        """Return the mean; 0 if there was nothing."""
        # By operations: a step of a model's own may want it, and a step reads no values.
        total, count = self._totals[0], self._totals[1]
        nothing = ops.equal(count, 0.0)
        mean = ops.divide(total, ops.where(nothing, 1.0, count))
        return ops.cast(ops.where(nothing, 0.0, mean), self.dtype)

    def value(self) -> float:
        """Return the mean as a number, with the precision of the totals."""
        total, count = self._totals.numpy().tolist()
        return total / count if count else 0.0


def spread_weights(sample_weight: Any, values: Tensor) -> Tensor:
    """Return weights in the shape of the values.

    Args:
        sample_weight: one for all, one per row, or the shape of values up to axes of one.
        values: (n, ...).

    Raises:
        ValueError: the weights do not fit.

    >>> spread_weights([1.0, 2.0], ops.zeros((2, 2))).numpy().tolist()
    [[1.0, 1.0], [2.0, 2.0]]
    """
    weight = fit_weights(ops.convert_to_tensor(sample_weight, values.dtype), values.shape)
    if weight.shape == values.shape:
        return weight
    return ops.multiply(weight, ops.full(values.shape, 1.0, values.dtype))


class MeanMetricWrapper(Mean):
    """The mean of a function ``fn(y_true, y_pred)`` that gives one value per sample.

    >>> gap = MeanMetricWrapper(lambda y_true, y_pred: ops.subtract(y_pred, y_true), "gap")
    >>> float(gap([1.0, 2.0], [2.0, 4.0]))
    1.5
    """

    def __init__(
        self, fn: MetricFunction | str, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        if isinstance(fn, str):
            fn = functions[fn]
        super().__init__(name or getattr(fn, "__name__", "metric"), dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take in targets and outputs of a batch, leaving out what the outputs' mask leaves out."""
        mask = mask_of(y_pred)
        if mask is not None:
            sample_weight = masked_weights(sample_weight, mask, "sum", self.dtype)
        super().update_state(self._fn(y_true, y_pred, **self._options()), sample_weight)

    def _options(self) -> dict[str, Any]:
        return self._fn_kwargs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with; the function by its name."""
        fn = getattr(self._fn, "__name__", type(self._fn).__name__)
        return {**super().get_config(), "fn": fn, **self._fn_kwargs}


class StandardMetric(MeanMetricWrapper):
    """The mean of a function of this package, whose arguments are attributes.

    Subclasses name the function and its arguments.

    Args:
        name: what it is called in logs.
        dtype: of the result.
        arguments: what the function takes besides targets and outputs.
    """

    _function: ClassVar[MetricFunction]
    _arguments: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None = None, dtype: Any = None, **arguments: Any) -> None:
        if set(arguments) != set(self._arguments):
            unknown = sorted(set(arguments) - set(self._arguments))
            raise TypeError(f"[{type(self).__name__}] unknown arguments {unknown}")
        for argument, value in arguments.items():
            setattr(self, argument, value)
        function = type(self)._function
        super().__init__(function, name or snake_case(type(self).__name__), dtype)

    def _options(self) -> dict[str, Any]:
        return {argument: getattr(self, argument) for argument in self._arguments}

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {**Metric.get_config(self), **self._options()}


functions: dict[str, Callable[..., Any]] = registry.functions


def enter_function(function: MetricFunction, *aliases: str) -> None:
    """Make a metric function known by its names."""
    for name in (function.__name__, *aliases):
        functions[name] = function


def get(identifier: Any, custom: Mapping[str, Any] | None = None) -> Any:
    """Return a Metric or a metric function.

    Args:
        identifier: a Metric, a function, the name of either, a config, or None.

    Raises:
        TypeError: the identifier is none of these.
        ValueError: nothing has that name; the nearest name is suggested.

    >>> get("mae").__name__
    'mean_absolute_error'
    """
    return registry.resolve(identifier, Metric, custom)


def serialize(metric: Any) -> Any:
    """Describe a metric for a config: a function by its name.

    >>> serialize(get("mae")), serialize(get("Sum"))["config"]["name"]
    ('mean_absolute_error', 'sum')
    """
    return registry.describe(metric, Metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Make the metric, or find the function, that `serialize` described.

    >>> deserialize(serialize(get("Sum")))
    <Sum name=sum>
    """
    return get(config, custom_objects)


def known_names() -> list[str]:
    """Return every name a metric can be asked for by."""
    return [*registry.names(), *functions, "accuracy", "acc", "crossentropy", "ce"]

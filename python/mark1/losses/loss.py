"""The base class of losses: from values per sample to one number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from mark1 import ops, recording
from mark1._core import Tensor
from mark1.layers.masks import mask_of
from mark1.losses.alignment import align_array, align_if_possible, fit_weights
from mark1.ops.cast import full_precision
from mark1.typing import Values
from mark1.utils.naming import snake_case
from mark1.utils.registry import FunctionRegistry

LossFunction = Callable[..., Tensor]

_EPSILON = 1e-7
REDUCTIONS = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None)


class Loss(recording.Structural):
    """What training makes small: ``loss(y_true, y_pred, sample_weight)`` returns a Tensor.

    Subclasses define ``call(y_true, y_pred)``, which returns one value per sample.

    Args:
        name: what it is called.
        reduction: ``"sum_over_batch_size"`` (or ``"mean"``) adds the weighted values and divides by
            their number, ``"mean_with_sample_weight"`` by the sum of the weights; ``"sum"``; or
            ``"none"``, which leaves one value per sample.
        dtype: accepted as in Keras; losses compute in the dtype of the outputs, of bfloat16
            ones in float32.

    >>> class Distance(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return ops.mean(ops.subtract(y_pred, y_true), axis=-1)
    >>> float(Distance()([[1.0], [1.0]], [[2.0], [3.0]]))
    1.5
    """

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: str | None = None,
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(
                f"[{type(self).__name__}] reduction must be one of {REDUCTIONS}, got {reduction!r}"
            )
        self.name: str = name or snake_case(type(self).__name__)
        self.reduction = reduction

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Return the reduced loss."""
        mask = mask_of(y_pred)
        y_pred = full_precision(ops.convert_to_tensor(y_pred))
        y_true = ops.convert_to_tensor(y_true)
        recording.note(self)
        if mask is not None:
            sample_weight = masked_weights(sample_weight, mask, self.reduction, y_pred.dtype)
        return reduce_values(self.call(y_true, y_pred), sample_weight, self.reduction)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        raise NotImplementedError(f"[{type(self).__name__}] a loss defines call(y_true, y_pred)")

    def of_prepared(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None) -> Tensor:
        """Return the reduced loss for targets that `prepare` has checked: nothing is read back."""
        if type(self).__call__ is not Loss.__call__:  # a user's, who reduces as well
            weights = () if sample_weight is None else (sample_weight,)
            return self(y_true, y_pred, *weights)
        recording.note(self)
        return reduce_values(self.call(y_true, y_pred), sample_weight, self.reduction)

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check whole target arrays once, before training, and bring them into form.

        Losses of the user get a missing last axis of one added or dropped; integers stay what they
        are, since only the loss knows what they mean.

        Args:
            y: targets (n, ...).
            output_shape: shape of the model's output, with None for the batch.
            dtype: floating-point dtype of the model's output.

        Returns:
            Targets aligned with the outputs, in the dtype that `call` wants.

        Raises:
            ValueError: shapes that do not go together, or values out of range.
        """
        y = align_if_possible(y, output_shape)
        if y.dtype.kind in "iu":
            wide = y.dtype.itemsize > 4 or y.dtype == np.uint32
            dtype = "int64" if wide else "int32"
        return y.astype(dtype, copy=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this loss was made with."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Make a loss from its config."""
        return cls(**config)


class FunctionLoss(Loss):
    """A function of the user, ``function(y_true, y_pred)`` with one value per sample, as a loss."""

    def __init__(
        self,
        function: LossFunction,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
    ) -> None:
        super().__init__(name or getattr(function, "__name__", "loss"), reduction)
        self.function = function

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return ops.convert_to_tensor(self.function(y_true, y_pred))


class StandardLoss(Loss):
    """A loss function of this package, whose arguments are attributes.

    Subclasses name the function and its arguments. Targets have the shape of the outputs.

    Args:
        reduction: see `Loss`.
        name: what it is called; the function's name if None.
        dtype: see `Loss`.
        arguments: what the function takes besides targets and outputs.
    """

    _function: ClassVar[LossFunction]
    _arguments: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: str | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(name or type(self)._function.__name__, reduction, dtype)
        if set(arguments) != set(self._arguments):
            unknown = sorted(set(arguments) - set(self._arguments))
            raise TypeError(f"[{type(self).__name__}] unknown arguments {unknown}")
        for argument, value in arguments.items():
            setattr(self, argument, value)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return type(self)._function(y_true, y_pred, **self._bound())

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets have the shape of the outputs."""
        return align_array(y, output_shape, self.name).astype(dtype, copy=False)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this loss was made with."""
        return {**super().get_config(), **self._bound()}

    def _bound(self) -> dict[str, Any]:
        return {argument: getattr(self, argument) for argument in self._arguments}


def reduce_values(values: Tensor, sample_weight: Any, reduction: str | None) -> Tensor:
    """Weight the values and add them up.

    Args:
        values: (n, ...), one per sample.
        sample_weight: (n,) or broadcast against values from the left; None means 1.
        reduction: see `Loss`.

    Returns:
        A scalar, or for ``"none"`` the weighted values.

    >>> values = ops.convert_to_tensor([1.0, 2.0, 3.0])
    >>> float(reduce_values(values, [1.0, 1.0, 0.0], "sum_over_batch_size"))
    1.0
    """
    if sample_weight is not None:
        weight = fit_weights(ops.convert_to_tensor(sample_weight, values.dtype), values.shape)
        values = ops.multiply(values, weight)
        if reduction == "mean_with_sample_weight":
            spread = ops.multiply(weight, ops.full(values.shape, 1.0, values.dtype))
            return divide_no_nan(ops.sum(values), ops.sum(spread))
    if reduction == "sum":
        return ops.sum(values)
    if reduction in ("none", None):
        return values
    return ops.mean(values)


def masked_weights(sample_weight: Any, mask: Tensor, reduction: str | None, dtype: str) -> Tensor:
    """Return weights that leave out what a mask leaves out.

    For a mean over the batch what is left weighs ``total / valid`` more, so that dividing by the
    number of all values gives the mean of those that count.

    Args:
        sample_weight: (n, ...) matched with the mask from the left, or None.
        mask: booleans (n, ...).
        reduction: see `Loss`.
        dtype: of the weights.

    Returns:
        (n, ...) as the mask.

    Source:
        Keras 3, `apply_mask`.

    >>> mask = ops.convert_to_tensor([[True, False]])
    >>> masked_weights(None, mask, "sum_over_batch_size", "float64").numpy().round(3)
    array([[2., 0.]])
    """
    weights = ops.cast(mask, dtype)
    if reduction in ("sum_over_batch_size", "mean"):
        valid = ops.add(ops.sum(weights), _EPSILON)
        weights = ops.multiply(weights, ops.divide(float(mask.size), valid))
    if sample_weight is None:
        return weights
    given = ops.convert_to_tensor(sample_weight, dtype)
    if given.ndim > weights.ndim:
        weights = ops.reshape(weights, weights.shape + (1,) * (given.ndim - weights.ndim))
    return ops.multiply(weights, fit_weights(given, weights.shape))


def count_only(
    values: Tensor, sample_weight: Any, reduction: str | None, counted: Tensor, mask: Tensor | None
) -> tuple[Tensor, Any]:
    """Scale values and weights so that `reduce_values` takes means over some values only.

    Args:
        values: (n, ...); 0 where they do not count.
        sample_weight: as for `reduce_values`.
        reduction: see `Loss`.
        counted: booleans in the shape of the values.
        mask: booleans (n, ...) by which the weights leave out others already, or None.

    Returns:
        Values and weights.

    >>> values = ops.convert_to_tensor([1.0, 0.0])
    >>> counted = ops.convert_to_tensor([True, False])
    >>> count_only(values, None, "sum_over_batch_size", counted, None)[0].numpy()
    array([2., 0.], dtype=float32)
    """
    if reduction == "mean_with_sample_weight":
        return values, masked_weights(sample_weight, counted, reduction, values.dtype)
    if reduction not in ("sum_over_batch_size", "mean"):
        return values, sample_weight
    weights = ops.cast(counted, values.dtype)
    total: Any = float(counted.size)
    if mask is not None:
        mask = ops.reshape(mask, mask.shape + (1,) * (counted.ndim - mask.ndim))
        shown = ops.multiply(ops.cast(mask, values.dtype), ops.ones_like(weights))
        weights = ops.multiply(weights, shown)
        total = ops.sum(shown)
    return ops.multiply(values, divide_no_nan(total, ops.sum(weights))), sample_weight


def divide_no_nan(x: Any, y: Tensor) -> Tensor:
    """Divide; what is divided by 0 gives 0.

    >>> divide_no_nan(ops.ones((2,)), ops.convert_to_tensor([0.0, 2.0])).numpy()
    array([0. , 0.5], dtype=float32)
    """
    nothing = ops.equal(y, 0)
    return ops.where(nothing, 0.0, ops.divide(x, ops.where(nothing, 1.0, y)))


registry: FunctionRegistry[Loss] = FunctionRegistry("loss", "keras.losses")
functions: dict[str, Callable[..., Any]] = registry.functions


def get(identifier: Any, custom: Mapping[str, Any] | None = None) -> Any:
    """Return a Loss or a loss function.

    Args:
        identifier: a Loss, a function, the name of either (``"mse"`` is the function,
            ``"MeanSquaredError"`` the class), a config, or None.

    Raises:
        TypeError: the identifier is none of these.
        ValueError: nothing has that name; the nearest name is suggested.

    >>> get("mse").__name__
    'mean_squared_error'
    """
    return registry.resolve(identifier, Loss, custom)


def serialize(loss: Any) -> Any:
    """Describe a loss for a config: a function by its name.

    >>> serialize(get("mse")), serialize(get("Huber"))["config"]["delta"]
    ('mean_squared_error', 1.0)
    """
    return registry.describe(loss, Loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Make the loss, or find the function, that `serialize` described.

    >>> deserialize(serialize(get("Huber")))
    <Huber huber_loss>
    """
    return get(name, custom_objects)


def as_loss(identifier: Any, custom: Mapping[str, Any] | None = None) -> Loss:
    """Return a Loss, wrapping functions; those of this package become the class they belong to.

    >>> as_loss("mse")
    <MeanSquaredError mean_squared_error>
    """
    found = get(identifier, custom)
    if isinstance(found, Loss):
        return found
    cls = _class_of_function.get(found)
    return FunctionLoss(found) if cls is None else cls()


_class_of_function: dict[Any, type[Loss]] = {}


def enter_function(function: LossFunction, cls: type[Loss], *aliases: str) -> None:
    """Make a loss function known by its names, and the class that stands for it in training."""
    for name in (function.__name__, *aliases):
        functions[name] = function
    _class_of_function[function] = cls

"""Normalisation of rows: LayerNormalization, RMSNormalization, UnitNormalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, Shape, registry
from mark1.losses.alignment import shape_text
from mark1.variable import Variable


class Normalization(Layer):
    """What layers that normalise along axes have in common.

    Args:
        axis: an axis or several.
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        given = axis if isinstance(axis, (list, tuple)) else (axis,)
        if not given or any(isinstance(i, bool) or not isinstance(i, int) for i in given):
            raise ValueError(
                f"[{type(self).__name__}] axis must be an integer or several, got {axis!r}"
            )
        self.axis: Any = list(given) if isinstance(axis, (list, tuple)) else axis
        self._axes = tuple(given)

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs that lack an axis, or differ in it from what the layer was built for."""
        rank = len(shape)
        for axis in self._axes:
            if not -rank <= axis < rank:
                raise ValueError(
                    f'[{type(self).__name__} "{self.name}"] there is no axis {axis} '
                    f"in inputs of shape {shape_text(shape)}"
                )
        if not self.built or self._build_shape is None or not self.weights:
            return
        want = _dims(self._build_shape, self._axes)
        if len(self._build_shape) != rank or _dims(shape, self._axes) != want:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] was built for inputs of shape '
                f"{shape_text(self._build_shape)}, got {shape_text(shape)}"
            )

    def weight_shape(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the sizes of the axes; they must be known."""
        self.check_input(input_shape)
        sizes = [n for n in _dims(input_shape, self._axes) if n is not None]
        if len(sizes) != len(self._axes):
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] axis {self.axis} of its inputs must be '
                f"known, got {shape_text(input_shape)}"
            )
        return tuple(sizes)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        self.check_input(input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "axis": self.axis}


class ScaledNormalization(Normalization):
    """A normalisation whose result is multiplied by gamma and shifted by beta.

    Args:
        axis: an axis or several.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta begins.
        gamma_initializer: how gamma begins.
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(axis, **kwargs)
        self._set_rules(
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )
        self.epsilon: float = check_epsilon(type(self).__name__, epsilon)
        self.center: bool = bool(center)
        self.scale: bool = bool(scale)
        self.beta_initializer: Any = initializers.get(beta_initializer)
        self.gamma_initializer: Any = initializers.get(gamma_initializer)
        self.gamma: Variable | None = None
        self.beta: Variable | None = None

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta."""
        shape = self.weight_shape(input_shape)
        if self.scale:
            self.gamma = self.add_weight(shape, self.gamma_initializer, name="gamma")
        if self.center:
            self.beta = self.add_weight(shape, self.beta_initializer, name="beta")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            **self._config_of_rules(),
        }


@registry.register()
class LayerNormalization(ScaledNormalization):
    """Brings each row to mean 0 and variance 1, then multiplies by gamma and adds beta.

    Args:
        axis: the axes that make up a row.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta begins.
        gamma_initializer: how gamma begins.

    Weights:
        gamma and beta, of the shape of a row.

    Raises:
        ValueError: an argument is out of range.

    Source:
        Ba, Kiros, Hinton, Layer normalization, 2016.

    >>> LayerNormalization(epsilon=1e-6)([[1.0, 3.0]]).numpy().round(3)
    array([[-1.,  1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 1e-3, **kwargs: Any
    ) -> None:
        if kwargs.pop("rms_scaling", False):
            raise ValueError(
                "[LayerNormalization] rms_scaling is not supported: use RMSNormalization"
            )
        super().__init__(axis, epsilon, **kwargs)

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.layer_normalization(x, self.gamma, self.beta, self._axes, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "rms_scaling": False}


@registry.register()
class RMSNormalization(Normalization):
    """Brings the mean square of each row to 1, then multiplies by scale.

    Args:
        axis: the axes that make up a row.
        epsilon: added to the mean square.

    Weights:
        scale, of the shape of a row.

    Source:
        Zhang, Sennrich, Root mean square layer normalization, 2019.

    >>> RMSNormalization()([[3.0, -3.0]]).numpy().round(3)
    array([[ 1., -1.]], dtype=float32)
    """

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any
    ) -> None:
        super().__init__(axis, **kwargs)
        self.epsilon: float = check_epsilon("RMSNormalization", epsilon)
        self.scale: Variable | None = None

    def build(self, input_shape: Shape) -> None:
        """Make scale."""
        self.scale = self.add_weight(self.weight_shape(input_shape), "ones", name="scale")

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.rms_normalization(x, self.scale, self._axes, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "epsilon": self.epsilon}


@registry.register()
class UnitNormalization(Normalization):
    """Brings each row to length 1.

    Args:
        axis: the axes that make up a row.

    >>> UnitNormalization()([[3.0, 4.0]]).numpy()
    array([[0.6, 0.8]], dtype=float32)
    """

    supports_masking = True

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.normalize(x, self._axes, epsilon=1e-12)


def check_epsilon(layer: str, epsilon: Any) -> float:
    """Return epsilon, a number from 0 up.

    >>> check_epsilon("LayerNormalization", 0.001)
    0.001
    """
    if isinstance(epsilon, bool) or not isinstance(epsilon, (int, float)) or not epsilon >= 0:
        raise ValueError(f"[{layer}] epsilon must be a number from 0 up, got {epsilon!r}")
    return float(epsilon)


def _dims(shape: tuple[int | None, ...], axes: Sequence[int]) -> list[int | None]:
    """The sizes of some axes, in the order of the shape."""
    return [shape[i] for i in sorted(axis % len(shape) for axis in axes)]

"""Normalisation of channels: BatchNormalization, GroupNormalization."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.layer import Shape, registry
from mark1.layers.normalization import ScaledNormalization
from mark1.losses.alignment import shape_text
from mark1.ops.cast import full_precision
from mark1.variable import Variable


@registry.register()
class BatchNormalization(ScaledNormalization):
    """Brings each channel to mean 0 and variance 1, then multiplies by gamma and adds beta.

    In training mean and variance are those of the batch, and the moving statistics follow them;
    otherwise the moving statistics take their place. Steps that a mask leaves out do not count,
    but are normalised like the others. A frozen layer (``trainable = False``) is never in training.

    Args:
        axis: the channels' axis.
        momentum: how much of the moving statistics a step keeps.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta begins.
        gamma_initializer: how gamma begins.
        moving_mean_initializer: how the moving mean begins.
        moving_variance_initializer: how the moving variance begins.

    Weights:
        gamma, beta, moving_mean, moving_variance, all (C,).

    Raises:
        ValueError: an argument is out of range.

    Source:
        Ioffe, Szegedy, Batch normalization, 2015.

    >>> layer = BatchNormalization(momentum=0.5, epsilon=0.0)
    >>> layer([[1.0], [3.0]], training=True).numpy().ravel()
    array([-1.,  1.], dtype=float32)
    >>> [w.numpy().item() for w in layer.non_trainable_weights]
    [1.0, 1.0]
    """

    supports_masking = True
    _mixes_samples = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            axis,
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        if len(self._axes) != 1:
            raise ValueError(f"[BatchNormalization] axis must be an integer, got {axis!r}")
        number = isinstance(momentum, (int, float)) and not isinstance(momentum, bool)
        if not number or not 0 <= momentum <= 1:
            raise ValueError(f"[BatchNormalization] momentum must be from 0 to 1, got {momentum!r}")
        if renorm or renorm_clipping is not None or synchronized:
            raise ValueError("[BatchNormalization] renorm and synchronized are not supported")
        self.momentum: float = float(momentum)
        self.renorm_momentum = renorm_momentum
        self.moving_mean_initializer: Any = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer: Any = initializers.get(moving_variance_initializer)
        self.moving_mean: Variable | None = None
        self.moving_variance: Variable | None = None

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs without a batch axis or of the wrong number of channels."""
        if len(shape) < 2:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] expected inputs of shape '
                f"(batch, ..., channels), got {shape_text(shape)}"
            )
        super().check_input(shape)

    def build(self, input_shape: Shape) -> None:
        """Make gamma, beta and the moving statistics."""
        super().build(input_shape)
        shape = self.weight_shape(input_shape)
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def call(self, x: Tensor, training: bool = False, mask: Tensor | None = None) -> Tensor:
        """Return the outputs."""
        (axis,) = self._axes
        if training and self.trainable:
            if mask is not None:
                return self._train_masked(x, mask, axis)
            return ops.train_batch_normalization(
                x,
                self.gamma,
                self.beta,
                self.moving_mean,
                self.moving_variance,
                self.momentum,
                axis,
                self.epsilon,
            )
        return ops.batch_normalization(
            x, self.moving_mean, self.moving_variance, axis, self.beta, self.gamma, self.epsilon
        )

    def _train_masked(self, x: Tensor, mask: Tensor, axis: int) -> Tensor:
        if mask.ndim >= x.ndim or mask.shape != x.shape[: mask.ndim]:
            raise ValueError(
                f'[BatchNormalization "{self.name}"] the mask must have the first axes of the '
                f"inputs, but not the last, got {mask.shape} for {x.shape}"
            )
        seen = mask if mask.dtype == "bool" else ops.cast(mask, "bool")
        seen = ops.reshape(seen, (*mask.shape, *[1] * (x.ndim - mask.ndim)))
        mean, variance = masked_moments(full_precision(x), seen, axis)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            assert moving is not None
            kept = ops.multiply(moving, self.momentum)
            moving.assign(ops.add(kept, ops.multiply(now, 1.0 - self.momentum)))
        y = ops.batch_normalization(x, mean, variance, axis, self.beta, self.gamma, self.epsilon)
        return y if y.dtype == x.dtype else ops.cast(y, x.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "renorm": False,
            "renorm_clipping": None,
            "renorm_momentum": self.renorm_momentum,
            "synchronized": False,
        }


def masked_moments(x: Tensor, seen: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Return mean and variance of each channel over what is seen; zeros where that is nothing.

    Args:
        x: data.
        seen: bool, of as many axes; broadcasts to x.
        axis: the channels' axis.

    >>> x = ops.convert_to_tensor([[1.0], [3.0], [9.0]])
    >>> mean, variance = masked_moments(x, ops.less(x, 5.0), 1)
    >>> float(mean[0]), float(variance[0])
    (2.0, 1.0)
    """
    axes = [i for i in range(x.ndim) if i != axis % x.ndim]
    counted = ops.broadcast_to(ops.cast(seen, x.dtype), x.shape)
    # No count is between 0 and 1.
    count = ops.maximum(ops.sum(counted, axes, keepdims=True), 1.0)
    mean = ops.divide(ops.sum(ops.where(seen, x, 0.0), axes, keepdims=True), count)
    apart = ops.where(seen, ops.subtract(x, mean), 0.0)
    variance = ops.divide(ops.sum(ops.square(apart), axes, keepdims=True), count)
    shape = (x.shape[axis],)
    return ops.reshape(mean, shape), ops.reshape(variance, shape)


@registry.register()
class GroupNormalization(ScaledNormalization):
    """Brings each group of channels of each sample to mean 0 and variance 1.

    The result is multiplied by gamma and shifted by beta, which have one number per channel.

    Args:
        groups: number of groups, or -1 for one per channel.
        axis: the channels' axis.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta begins.
        gamma_initializer: how gamma begins.

    Weights:
        gamma, beta, both (C,).

    Raises:
        ValueError: an argument is out of range; when built: the channels cannot be divided into
            as many groups.

    Source:
        Wu, He, Group normalization, 2018.

    >>> GroupNormalization(2, epsilon=1e-6)([[1.0, 3.0, 5.0, 5.0]]).numpy().round(3)
    array([[-1.,  1.,  0.,  0.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self, groups: int = 32, axis: int = -1, epsilon: float = 1e-3, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(axis, epsilon, *args, **kwargs)
        whole = isinstance(groups, int) and not isinstance(groups, bool)
        if not whole or (groups < 1 and groups != -1):
            raise ValueError(
                f"[GroupNormalization] groups must be a positive integer or -1, got {groups!r}"
            )
        if len(self._axes) != 1 or axis == 0:
            raise ValueError(
                f"[GroupNormalization] axis must be an integer, but not 0, got {axis!r}"
            )
        self.groups = groups

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta."""
        self._divide(input_shape)
        super().build(input_shape)

    def _divide(self, shape: tuple[int | None, ...]) -> int:
        """The number of groups for inputs of that shape."""
        (channels,) = self.weight_shape(shape)
        groups = channels if self.groups == -1 else self.groups
        if channels % groups:
            raise ValueError(
                f'[GroupNormalization "{self.name}"] {channels} channels cannot be divided into '
                f"{groups} groups (inputs: {shape_text(shape)})"
            )
        return groups

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        (axis,) = self._axes
        groups = self._divide(x.shape)
        return ops.group_normalization(x, groups, self.gamma, self.beta, axis, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "groups": self.groups}

"""Larger and smaller images, sequences and volumes: zero padding, cropping, upsampling."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Shape, registry
from mark1.layers.pooling import SpatialLayer
from mark1.losses.alignment import shape_text
from mark1.ops.cast import NARROW
from mark1.ops.resize import interpolate
from mark1.ops.tile import repeat_axes

Ends = tuple[tuple[int, int], ...]  # before, after of each spatial axis


class _Ends(SpatialLayer):
    """What padding and cropping have in common: so much at both ends of each spatial axis."""

    _argument = "padding"

    def _ends(self, given: Any) -> Ends:
        """One number, one per axis, or (before, after) per axis; for one axis (before, after)."""
        if self.axes == 1:
            given = (given,)
        if _is_width(given):
            given = (given,) * self.axes
        ends: list[tuple[int, int]] = []
        if isinstance(given, (tuple, list)) and len(given) == self.axes:
            for end in given:
                pair = (end, end) if _is_width(end) else end
                if isinstance(pair, (tuple, list)) and len(pair) == 2 and all(map(_is_width, pair)):
                    ends.append((int(pair[0]), int(pair[1])))
        if len(ends) != self.axes:
            whole = "an integer" if self.axes == 1 else f"an integer, {self.axes} of them"
            pairs = "a pair" if self.axes == 1 else f"{self.axes} pairs"
            raise ValueError(
                f"[{type(self).__name__}] {self._argument} must be {whole} or {pairs} "
                f"(before, after), none of them negative, got "
                f"{given[0] if self.axes == 1 else given!r}"
            )
        return tuple(ends)

    def _config_of(self, ends: Ends) -> Any:
        return ends[0] if self.axes == 1 else ends

    def _all_axes(self, given: Any) -> Ends:
        """The ends of every axis of the inputs."""
        ends = self._ends(given)
        if self.data_format == "channels_first":
            return ((0, 0), (0, 0), *ends)
        return ((0, 0), *ends, (0, 0))


class ZeroPadding(_Ends):
    """Zeros around the inputs.

    Args:
        padding: how many, one number, one for each axis, or (before, after) for each axis.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
    """

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.padding: Any = self._config_of(self._ends(padding))

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.pad(x, self._all_axes(self.padding))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs with longer spatial axes."""
        self.check_input(input_shape)
        widths = map(sum, self._all_axes(self.padding))
        return tuple(
            None if n is None else n + width for n, width in zip(input_shape, widths, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {"padding": self.padding, "data_format": self.data_format}
        return {**super().get_config(), **own}


class Cropping(_Ends):
    """The inputs without their margins.

    Args:
        cropping: how much is cut off, one number, one for each axis, or (before, after) for each.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
    """

    _argument = "cropping"

    def __init__(self, cropping: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.cropping: Any = self._config_of(self._ends(cropping))

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        shape: Any = self.compute_output_shape(x.shape)
        return ops.slice(x, [before for before, _ in self._all_axes(self.cropping)], shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs with shorter spatial axes."""
        self.check_input(input_shape)
        widths = list(map(sum, self._all_axes(self.cropping)))
        for n, width in zip(input_shape, widths, strict=True):
            if n is not None and width > 0 and n <= width:
                raise ValueError(
                    f'[{type(self).__name__} "{self.name}"] cropping {self.cropping} leaves '
                    f"nothing of inputs of shape {shape_text(input_shape)}"
                )
        return tuple(
            None if n is None else n - width for n, width in zip(input_shape, widths, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own: dict[str, Any] = {"cropping": self.cropping}
        if self.axes > 1:
            own["data_format"] = self.data_format
        return {**super().get_config(), **own}


class UpSampling(SpatialLayer):
    """Each element repeated along the spatial axes.

    Args:
        size: how many times, one number or one for each axis.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
    """

    def __init__(self, size: Any = 2, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        listed = list(size) if isinstance(size, (tuple, list)) else [size] * self.axes
        if len(listed) != self.axes or any(not _is_width(n) or n < 1 for n in listed):
            each = "" if self.axes == 1 else f", or one for each of the {self.axes} spatial axes"
            raise ValueError(
                f"[{type(self).__name__}] size must be a positive integer{each}, got {size!r}"
            )
        self.size: Any = int(listed[0]) if self.axes == 1 else tuple(map(int, listed))

    def _all_factors(self) -> tuple[int, ...]:
        factors = (self.size,) if self.axes == 1 else self.size
        if self.data_format == "channels_first":
            return (1, 1, *factors)
        return (1, *factors, 1)

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        if x.dtype in NARROW:
            return ops.cast(self.call(ops.cast(x, "float32")), x.dtype)
        return repeat_axes(x, self._all_factors())

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs with longer spatial axes."""
        self.check_input(input_shape)
        factors = self._all_factors()
        return tuple(
            None if n is None else n * factor
            for n, factor in zip(input_shape, factors, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own: dict[str, Any] = {"size": self.size}
        if self.axes > 1:
            own["data_format"] = self.data_format
        return {**super().get_config(), **own}


def _is_width(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and n >= 0


@registry.register()
class ZeroPadding1D(ZeroPadding):
    """Zeros in front of and behind sequences: (N, steps, C) becomes (N, longer, C).

    Args:
        padding: how many, one number or (before, after).
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> ZeroPadding1D((2, 0))([[[1.0], [2.0]]]).numpy().ravel()
    array([0., 0., 1., 2.], dtype=float32)
    """

    axes = 1


@registry.register()
class ZeroPadding2D(ZeroPadding):
    """Zeros around images: (N, H, W, C) becomes (N, higher, wider, C).

    Args:
        padding: how many, one number, (height, width), or ((top, bottom), (left, right)).
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> ZeroPadding2D(((1, 0), (2, 2))).compute_output_shape((None, 28, 28, 3))
    (None, 29, 32, 3)
    """


@registry.register()
class ZeroPadding3D(ZeroPadding):
    """Zeros around volumes: (N, D, H, W, C) becomes (N, deeper, higher, wider, C).

    Args:
        padding: how many, one number, one for each axis, or (before, after) for each axis.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> ZeroPadding3D().compute_output_shape((None, 8, 28, 28, 3))
    (None, 10, 30, 30, 3)
    """

    axes = 3


@registry.register()
class Cropping1D(Cropping):
    """Sequences without their ends: (N, steps, C) becomes (N, fewer, C).

    Args:
        cropping: how many steps are cut off, one number or (before, after).

    Raises:
        ValueError: an argument is out of range; when called: nothing is left.

    >>> Cropping1D((1, 0))([[[1.0], [2.0]]]).numpy().ravel()
    array([2.], dtype=float32)
    """

    axes = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, **kwargs)


@registry.register()
class Cropping2D(Cropping):
    """Images without their margins: (N, H, W, C) becomes (N, lower, narrower, C).

    Args:
        cropping: how much is cut off, one number, (height, width), or ((top, bottom), (left,
            right)).
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: nothing is left.

    >>> Cropping2D(((2, 2), (4, 4))).compute_output_shape((None, 28, 28, 3))
    (None, 24, 20, 3)
    """

    def __init__(
        self,
        cropping: Any = ((0, 0), (0, 0)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)


@registry.register()
class Cropping3D(Cropping):
    """Volumes without their margins: (N, D, H, W, C) becomes (N, less, lower, narrower, C).

    Args:
        cropping: how much is cut off, one number, one for each axis, or (before, after) for each.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: nothing is left.

    >>> Cropping3D().compute_output_shape((None, 8, 28, 28, 3))
    (None, 6, 26, 26, 3)
    """

    axes = 3

    def __init__(self, cropping: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


@registry.register()
class UpSampling1D(UpSampling):
    """Each step repeated: (N, steps, C) becomes (N, size * steps, C).

    Args:
        size: how many times.

    >>> UpSampling1D()([[[1.0], [2.0]]]).numpy().ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    axes = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(size, **kwargs)


_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


@registry.register()
class UpSampling2D(UpSampling):
    """More pixels: (N, H, W, C) becomes (N, size * H, size * W, C).

    Args:
        size: how many times, one number or (height, width).
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        interpolation: ``"nearest"``, each pixel repeated, or ``"bilinear"``, lines between the
            centres of pixels, or ``"bicubic"``, ``"lanczos3"``, ``"lanczos5"``.

    Raises:
        ValueError: size, data_format or interpolation are out of range.

    >>> UpSampling2D((2, 3)).compute_output_shape((None, 7, 7, 64))
    (None, 14, 21, 64)
    """

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        interpolation = interpolation.lower() if isinstance(interpolation, str) else interpolation
        if interpolation not in _INTERPOLATIONS:
            raise ValueError(
                f"[UpSampling2D] interpolation must be in {_INTERPOLATIONS}, got {interpolation!r}"
            )
        self.interpolation = interpolation

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        if self.interpolation == "nearest":
            return super().call(x)
        if x.dtype in NARROW:
            return ops.cast(self.call(ops.cast(x, "float32")), x.dtype)
        if x.dtype not in ("float32", "float64"):
            x = ops.cast(x, "float32")
        factors = self._all_factors()
        if self.interpolation != "bilinear" and x.size:
            first = self.data_format == "channels_first"
            height, width = (2, 3) if first else (1, 2)
            size = (x.shape[height] * factors[height], x.shape[width] * factors[width])
            return ops.image.resize(x, size, self.interpolation, data_format=self.data_format)
        for axis, factor in enumerate(factors):
            if factor > 1 and x.size:
                x = interpolate(x, x.shape[axis] * factor, axis)
        # Nothing is only made larger.
        return x if x.size else super().call(x)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "interpolation": self.interpolation}


@registry.register()
class UpSampling3D(UpSampling):
    """Each voxel repeated: (N, D, H, W, C) becomes (N, size * D, size * H, size * W, C).

    Args:
        size: how many times, one number or one for each axis.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> UpSampling3D().compute_output_shape((None, 4, 7, 7, 64))
    (None, 8, 14, 14, 64)
    """

    axes = 3

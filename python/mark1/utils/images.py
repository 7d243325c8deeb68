"""Pictures in files and as arrays, by means of Pillow, which is not needed for anything else."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mark1.typing import Array

_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_FILTERS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def _pillow(op: str) -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(f"[{op}] needs Pillow: pip install pillow") from error
    return Image


def _format(op: str, data_format: str | None) -> str:
    from mark1.layers.defaults import FORMATS, image_data_format

    chosen = data_format or image_data_format()
    if chosen not in FORMATS:
        raise ValueError(f"[{op}] data_format must be one of {FORMATS}, got {data_format!r}")
    return chosen


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Read a picture.

    Args:
        path: the path of a file, or a file opened for bytes.
        color_mode: "rgb", "rgba" or "grayscale".
        target_size: height and width to change it to; as it is if None.
        interpolation: "nearest", "bilinear", "bicubic", "hamming", "box" or "lanczos".
        keep_aspect_ratio: whether the middle is cut out in the shape of `target_size` before.

    Returns:
        A picture of Pillow's.

    Raises:
        ImportError: there is no Pillow.
        ValueError: an argument is not known.

    >>> load_img("picture.png", color_mode="cmyk")
    Traceback (most recent call last):
    ValueError: [load_img] color_mode must be one of ('grayscale', 'rgb', 'rgba'), got 'cmyk'
    """
    if color_mode not in _MODES:
        raise ValueError(
            f"[load_img] color_mode must be one of {tuple(_MODES)}, got {color_mode!r}"
        )
    if interpolation not in _FILTERS:
        raise ValueError(
            f"[load_img] interpolation must be one of {_FILTERS}, got {interpolation!r}"
        )
    pillow = _pillow("load_img")
    with pillow.open(path) as file:
        file.load()
        deep = color_mode == "grayscale" and file.mode in ("L", "I;16", "I")
        picture = file.copy() if deep else file.convert(_MODES[color_mode])
    if target_size is None or picture.size == (target_size[1], target_size[0]):
        return picture
    height, width = target_size
    box = None
    if keep_aspect_ratio:
        tall, wide = picture.size[1], picture.size[0]
        cut_tall, cut_wide = min(tall, wide * height // width), min(wide, tall * width // height)
        top, left = (tall - cut_tall) // 2, (wide - cut_wide) // 2
        box = (left, top, left + cut_wide, top + cut_tall)
    chosen = getattr(pillow.Resampling, interpolation.upper())
    return picture.resize((width, height), chosen, box=box)


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> Array:
    """Return the pixels of a picture.

    Args:
        img: a picture of Pillow's, or an array (height, width) or (height, width, channels).
        data_format: "channels_last" or "channels_first"; `mark1.config.image_data_format` if None.
        dtype: of the array, float32 if None.

    Returns:
        An array (height, width, channels), or (channels, height, width).

    Raises:
        ValueError: it is no picture.

    >>> img_to_array([[1, 2]]).shape
    (1, 2, 1)
    """
    first = _format("img_to_array", data_format) == "channels_first"
    x = np.asarray(img, dtype=dtype or "float32")
    if x.ndim not in (2, 3):
        raise ValueError(f"[img_to_array] a picture has 2 or 3 axes, got an array of {x.shape}")
    x = x if x.ndim == 3 else x[:, :, None]
    return np.ascontiguousarray(x.transpose(2, 0, 1)) if first else x


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Any:
    """Make a picture of pixels.

    Args:
        x: an array (height, width, channels), or (channels, height, width); 1, 3 or 4 channels.
        data_format: "channels_last" or "channels_first"; `mark1.config.image_data_format` if None.
        scale: whether the least value becomes 0 and the greatest 255.
        dtype: in which to compute, float32 if None.

    Returns:
        A picture of Pillow's.

    Raises:
        ImportError: there is no Pillow.
        ValueError: it has no such shape.

    >>> array_to_img([1.0, 2.0])
    Traceback (most recent call last):
    ValueError: [array_to_img] needs (height, width, channels), got an array of (2,)
    """
    data_format = _format("array_to_img", data_format)
    x = np.asarray(x, dtype=dtype or "float32")
    if x.ndim != 3:
        raise ValueError(
            f"[array_to_img] needs (height, width, channels), got an array of {x.shape}"
        )
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    channels = x.shape[2]
    if channels not in (1, 3, 4):
        raise ValueError(f"[array_to_img] a picture has 1, 3 or 4 channels, got {channels}")
    if scale:
        x = x - np.min(x)
        greatest = np.max(x)
        x = x / greatest * 255 if greatest != 0 else x
    pillow = _pillow("array_to_img")
    if channels == 1:
        wide = np.max(x) > 255
        flat = x[:, :, 0].astype("int32" if wide else "uint8")
        return pillow.fromarray(flat)
    return pillow.fromarray(x.astype("uint8"))


def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
) -> Any:
    """Return a picture of another size of which the middle is cut out in the new shape before.

    Args:
        x: array or tensor (height, width, channels) or (N, height, width, channels).
        size: the new height and width.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        data_format: "channels_last" or "channels_first".

    Returns:
        A tensor if x is one, otherwise an array.

    Raises:
        ValueError: it is no picture, or an option is not known.

    >>> smart_resize(np.ones((4, 6, 3)), (2, 2)).shape
    (2, 2, 3)
    """
    from mark1 import ops
    from mark1._core import Tensor

    if len(size) != 2:
        raise ValueError(f"[smart_resize] size has a height and a width, got {size!r}")
    out = ops.image.resize(
        x, size, interpolation, crop_to_aspect_ratio=True, data_format=data_format
    )
    return out if isinstance(x, Tensor) else np.array(out)


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write pixels to a file.

    Args:
        path: the path of a file, or a file opened for bytes.
        x: an array (height, width, channels), or (channels, height, width).
        data_format: "channels_last" or "channels_first"; `mark1.config.image_data_format` if None.
        file_format: such as "png"; by the end of the path if None.
        scale: whether the least value becomes 0 and the greatest 255.
        **kwargs: for Pillow.

    Raises:
        ImportError: there is no Pillow.
        ValueError: x is no picture.

    >>> save_img("picture.png", [1.0, 2.0])
    Traceback (most recent call last):
    ValueError: [array_to_img] needs (height, width, channels), got an array of (2,)
    """
    picture = array_to_img(x, data_format, scale)
    if file_format is None and isinstance(path, (str, os.PathLike)):
        file_format = os.path.splitext(path)[1][1:]
    kind = {"jpg": "jpeg"}.get((file_format or "").lower(), (file_format or "").lower())
    if kind == "jpeg" and picture.mode == "RGBA":
        picture = picture.convert("RGB")  # which has no transparency
    picture.save(path, format=kind or None, **kwargs)

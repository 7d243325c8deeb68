"""What layers take where nothing is said: the order of the axes of pictures."""

from __future__ import annotations

FORMATS = ("channels_last", "channels_first")
_format = "channels_last"


def image_data_format() -> str:
    """Return where layers of pictures look for channels if they are not told.

    >>> image_data_format()
    'channels_last'
    """
    return _format


def set_image_data_format(data_format: str) -> None:
    """Say where layers of pictures that are made from now on look for channels.

    Functions of `mark1.ops` are not concerned: without ``data_format`` they take channels last.

    Args:
        data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
        ValueError: it is neither.

    >>> set_image_data_format("channels_first")
    >>> from mark1.layers import Conv2D
    >>> Conv2D(4, 3).data_format
    'channels_first'
    >>> set_image_data_format("channels_last")
    """
    global _format
    if data_format not in FORMATS:
        raise ValueError(f"[set_image_data_format] must be one of {FORMATS}, got {data_format!r}")
    _format = data_format

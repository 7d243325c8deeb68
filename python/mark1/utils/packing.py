"""What a step of a model is given: inputs alone, or with targets and weights."""

from __future__ import annotations

from typing import Any


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Put together what a step is given, leaving out at the end what there is not.

    Args:
        x: inputs.
        y: targets, or None.
        sample_weight: weights, or None.

    Returns:
        ``x``, ``(x, y)`` or ``(x, y, sample_weight)``; ``(x,)`` for several inputs alone.

    Example:
        >>> pack_x_y_sample_weight(1), pack_x_y_sample_weight(1, 2), pack_x_y_sample_weight([1, 2])
        (1, (1, 2), ([1, 2],))
    """
    if sample_weight is not None:
        return (x, y, sample_weight)
    if y is not None:
        return (x, y)
    return (x,) if isinstance(x, (list, tuple)) else x


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Take apart what a step was given.

    Args:
        data: ``x``, ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``.

    Returns:
        ``(x, y, sample_weight)``, None for what there is not.

    Raises:
        ValueError: there are more than three parts.

    Example:
        >>> unpack_x_y_sample_weight((1, 2))
        (1, 2, None)
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            f"[step] data must be x, (x, y) or (x, y, sample_weight), got {len(data)} parts"
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight

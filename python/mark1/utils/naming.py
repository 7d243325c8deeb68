"""Names of layers, models and optimizers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_used: dict[str, int] = {}


class _Building(threading.local):
    owners: tuple[Any, ...] = ()


_building = _Building()


@contextmanager
def building(owner: Any) -> Iterator[None]:
    """Name weights that are made in this block after their owner, within what is being built."""
    outer = _building.owners
    if not outer or outer[-1] is not owner:
        _building.owners = (*outer, owner)
    try:
        yield
    finally:
        _building.owners = outer


def path_of(owner: Any, name: str) -> str:
    """Return the names of what is being built, of the owner and of the weight, with slashes."""
    owners = _building.owners
    if not owners or owners[-1] is not owner:
        owners = (*owners, owner)
    return "/".join([*(each.name for each in owners), name])


def snake_case(name: str) -> str:
    """Turn a class name into the name its instances get.

    >>> [snake_case(name) for name in ("Dense", "LeakyReLU", "MeanSquaredError")]
    ['dense', 'leaky_re_lu', 'mean_squared_error']
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(prefix: str) -> str:
    """Return prefix, then prefix_1, prefix_2 and so on.

    >>> unique_name("naming_example"), unique_name("naming_example")
    ('naming_example', 'naming_example_1')
    """
    with _lock:
        number = _used.get(prefix, 0)
        _used[prefix] = number + 1
    return prefix if number == 0 else f"{prefix}_{number}"


def clear_session() -> None:
    """Forget the names given so far, so that the next Dense layer is called ``dense`` again.

    >>> clear_session()
    >>> unique_name("dense")
    'dense'
    """
    with _lock:
        _used.clear()

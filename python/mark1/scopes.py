"""Names that Keras' programs open for what they make within them."""

from __future__ import annotations

from types import TracebackType
from typing import Any


class name_scope:  # noqa: N801 - the name that Keras has
    """What is made within has the names it would have without: those of layers and models.

    Args:
        name: a name without ``/``.
        caller: what opens the scope.
        deduplicate: whether it is opened once where its caller opens it twice.
        override_parent: the name of the scope around it.

    Raises:
        ValueError: the name is no string, or has a ``/``.

    >>> import mark1
    >>> with name_scope("encoder"):
    ...     layer = mark1.layers.Dense(2, name="first")
    >>> layer.name
    'first'
    """

    def __init__(
        self,
        name: str,
        caller: Any = None,
        deduplicate: bool = True,
        override_parent: str | None = None,
    ) -> None:
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"[name_scope] name must be a string without '/', got {name!r}")
        self.name = name
        self.caller = caller
        self.deduplicate = deduplicate
        self.override_parent = override_parent

    def __enter__(self) -> name_scope:
        """Return the scope."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the scope."""

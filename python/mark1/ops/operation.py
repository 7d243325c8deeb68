"""Public operations: functions that are noted, not run, if called with symbolic tensors."""

from __future__ import annotations

import copyreg
import functools
import types
from typing import Any

from mark1 import _core
from mark1.ops.refusal import refusal


def make_operations(namespace: dict[str, Any]) -> None:
    """Replace the functions of a namespace by operations, which add next to nothing to a call.

    >>> from mark1 import ops
    >>> ops.add.__name__, ops.add(1.0, 2.0).numpy().item()
    ('add', 3.0)
    """
    for name, function in list(namespace.items()):
        if isinstance(function, types.FunctionType) and function.__module__.startswith("mark1.ops"):
            operation = _core.Operation(function)
            for attribute in functools.WRAPPER_ASSIGNMENTS:
                setattr(operation, attribute, getattr(function, attribute))
            namespace[name] = operation


def _call_narrow(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    # Most programs never come here, and import nothing for it.
    from mark1.ops import narrow

    return narrow.call(function, args, kwargs)


def _find(name: str) -> Any:
    from mark1 import ops

    found = getattr(ops, name, None)  # which may be a module
    return found if isinstance(found, _core.Operation) else getattr(ops.image, name)


copyreg.pickle(_core.Operation, lambda operation: (_find, (operation.__name__,)))  # type: ignore[attr-defined]
_core.set_narrow_call(_call_narrow)
_core.set_refusal(refusal)

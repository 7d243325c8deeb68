"""Functions whose derivative the user knows better."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape.gradient_tape import GradientTape
from mark1.tape.state import _state, record
from mark1.utils.nest import flatten


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a function a gradient of the user's making.

    Args:
        f: `f(*args)` returns `(y, grad)`: a tensor or a list of tensors, and a
            function of dL/dy, one argument per output, which returns dL/darg for each argument. If
            variables are read in it, `grad` takes them as `variables=` and returns a second value:
            the list of their gradients.

    Returns:
        A function of the same arguments that returns y.

    Raises:
        TypeError: if variables are read in the function and `grad` does not take them.
        ValueError: if it returns too few or too many gradients.

    Source:
        TensorFlow, `tf.custom_gradient`.

    Example:
        >>> import mark1
        >>> @mark1.custom_gradient
        ... def log1pexp(x):
        ...     e = mark1.ops.exp(x)
        ...     return mark1.ops.log(1.0 + e), lambda dy: dy * (1.0 - 1.0 / (1.0 + e))
        >>> x = mark1.Variable(100.0)
        >>> with mark1.GradientTape() as tape:
        ...     y = log1pexp(x)
        >>> float(tape.gradient(y, x))
        1.0
    """

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not _state.stack:
            return f(*args, **kwargs)[0]
        outer, _state.stack = _state.stack, []
        try:
            # Nobody sees its operations; this tape only tells which variables are read.
            with GradientTape() as inner:
                y, grad = f(*args, **kwargs)
        finally:
            _state.stack = outer
        operands = [arg for arg in flatten(args) if isinstance(arg, (Tensor, _core.Variable))]
        known = {operand.id for operand in operands}
        variables = [v for v in inner.watched_variables() if v.id not in known]
        single = not isinstance(y, (list, tuple))
        # An output may be an argument: a view has an id of its own.
        outputs = [_core.reshape(part, part.shape) for part in ([y] if single else y)]
        likes = [(part.shape, part.dtype) for part in outputs]
        saved = (grad, likes, len(operands), variables, f.__name__)
        record(_custom_rule, [*operands, *variables], outputs, saved)
        return outputs[0] if single else type(y)(outputs)

    return wrapped


def _custom_rule(
    dys: list[Tensor | None],
    grad: Callable[..., Any],
    likes: list[tuple[tuple[int, ...], str]],
    operands: int,
    variables: list[Any],
    name: str,
) -> list[Tensor | None]:
    whole = [
        _core.full(shape, 0.0, dtype) if dy is None else dy
        for dy, (shape, dtype) in zip(dys, likes, strict=True)
    ]
    of_variables: list[Any] = []
    if variables:
        of_operands, of_variables = grad(*whole, variables=variables)
    else:
        of_operands = grad(*whole)
    found = [*flatten([of_operands]), *flatten(of_variables)]
    if len(found) != operands + len(variables):
        raise ValueError(
            f"[custom_gradient] the gradient function of {name} must return one gradient for each "
            f"of {operands} arguments and {len(variables)} variables, got {len(found)}"
        )
    return found

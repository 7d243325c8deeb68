"""Gradients of functions, for those who would rather have a function than a tape."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape.gradient_tape import GradientTape
from mark1.tape.state import FLOATS
from mark1.utils.nest import flatten, map_structure


def value_and_grad(
    function: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that returns the value of `function` and its gradient.

    Args:
        function: of tensors, or nests of them; it returns a scalar.
        argnums: which positional arguments to differentiate; a sequence gives a tuple of gradients.
        has_aux: whether `function` returns `(scalar, anything)`.

    Returns:
        A function of the same arguments: `(value, gradient)`, the value being `(scalar, anything)`
        if `has_aux`. What has no path to the scalar has a gradient of zeros.

    Raises:
        TypeError: if an argument to differentiate is not floating-point.
        ValueError: if there is no such argument, or the function does not return a scalar.

    Source:
        JAX, `jax.value_and_grad`.

    Example:
        >>> import mark1
        >>> f = mark1.value_and_grad(lambda w, x: mark1.ops.sum(w * w * x))
        >>> value, dw = f([1.0, 2.0], [3.0, 4.0])
        >>> float(value), dw.numpy().tolist()
        (19.0, [6.0, 16.0])
    """
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        held = list(args)
        for number in numbers:
            if not -len(held) <= number < len(held):
                raise ValueError(
                    f"[grad] there is no argument {number}, {len(held)} positional ones were given"
                )
            held[number] = _as_sources(held[number])
        sources = [held[number] for number in numbers]
        with GradientTape() as tape:
            tape.watch(sources)
            result = function(*held, **kwargs)
        value = result[0] if has_aux else result
        if not isinstance(value, (Tensor, _core.Variable)) or value.shape != ():
            what = getattr(value, "shape", type(value).__name__)
            raise ValueError(f"[grad] the function must return a scalar tensor, it returned {what}")
        gradients = tuple(tape.gradient(value, sources, unconnected_gradients="zero"))
        return result, gradients[0] if isinstance(argnums, int) else gradients

    return wrapped


def grad(
    function: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that returns the gradient of `function`.

    Args:
        function: of tensors, or nests of them; it returns a scalar.
        argnums: which positional arguments to differentiate; a sequence gives a tuple of gradients.
        has_aux: whether `function` returns `(scalar, anything)`.

    Returns:
        A function of the same arguments that returns the gradient, or `(gradient, anything)` if
        `has_aux`. It can be differentiated again.

    Raises:
        TypeError: if an argument to differentiate is not floating-point.
        ValueError: if there is no such argument, or the function does not return a scalar.

    Source:
        JAX, `jax.grad`.

    Example:
        >>> import mark1
        >>> cube = lambda x: x * x * x
        >>> float(mark1.grad(cube)(2.0)), float(mark1.grad(mark1.grad(cube))(2.0))
        (12.0, 12.0)
    """
    of_both = value_and_grad(function, argnums, has_aux)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result, gradient = of_both(*args, **kwargs)
        return (gradient, result[1]) if has_aux else gradient

    return wrapped


def _as_sources(value: Any) -> Any:
    # Lists of numbers are arrays here as in all operations, other lists are nests of arrays.
    if isinstance(value, (list, tuple)) and all(
        isinstance(x, (int, float)) for x in flatten(value)
    ):
        return _as_source(value)
    return map_structure(_as_source, value)


def _as_source(value: Any) -> Any:
    source = value if isinstance(value, (Tensor, _core.Variable)) else _core.convert(value)
    if source.dtype not in FLOATS:
        raise TypeError(
            f"[grad] only floating-point arguments have gradients, this one is {source.dtype}"
        )
    return source

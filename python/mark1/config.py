"""What holds for the whole library, under the names of `keras.config`, and in which precision."""

from __future__ import annotations

from typing import Any

from mark1 import _core, dtype_policies, recording
from mark1.callbacks import progbar_logger
from mark1.dtype_policies import dtype_policy as dtype_policy
from mark1.dtype_policies import set_dtype_policy as set_dtype_policy
from mark1.layers.defaults import image_data_format as image_data_format
from mark1.layers.defaults import set_image_data_format as set_image_data_format

_PRECISIONS = ("float32", "tensorfloat32")


def backend() -> str:
    """Return what computes.

    >>> backend()
    'mark1'
    """
    return "mark1"


def epsilon() -> float:
    """Return the small number that keeps logarithms and quotients of losses finite.

    >>> epsilon()
    1e-07
    """
    return 1e-7


def floatx() -> str:
    """Return the dtype of weights of layers that are made without one.

    >>> floatx()
    'float32'
    """
    return dtype_policies.dtype_policy().variable_dtype


def set_floatx(value: Any) -> None:
    """Set the dtype of layers that are made from now on, of their weights and their arithmetic.

    Functions of `mark1.ops` and `mark1.random` are not concerned: they make float32 unless told.

    Args:
        value: ``"float32"`` or ``"float64"``.

    Raises:
        ValueError: it is neither.

    >>> set_floatx("float64")
    >>> from mark1.layers import Dense
    >>> Dense(1)([[1.0]]).dtype
    'float64'
    >>> set_floatx("float32")
    """
    if value not in ("float32", "float64"):
        raise ValueError(
            f"[set_floatx] must be 'float32' or 'float64', got {value!r}. For bfloat16 there is "
            "set_dtype_policy('mixed_bfloat16')"
        )
    set_dtype_policy(value)


def enable_interactive_logging() -> None:
    """Let `fit` and the others draw bars on terminals: what they do unless told otherwise.

    >>> enable_interactive_logging()
    """
    progbar_logger.interactive = True


def disable_interactive_logging() -> None:
    """Let `fit` and the others write a line for each epoch, and draw no bars.

    >>> disable_interactive_logging()
    >>> is_interactive_logging_enabled()
    False
    >>> enable_interactive_logging()
    """
    progbar_logger.interactive = False


def is_interactive_logging_enabled() -> bool:
    """Return whether bars are drawn on terminals.

    >>> is_interactive_logging_enabled()
    True
    """
    return progbar_logger.interactive


def matmul_precision() -> str:
    """Return the precision in which devices multiply float32 matrices.

    >>> matmul_precision()
    'float32'
    """
    return _PRECISIONS[_core.tensorfloat32()]


def set_matmul_precision(precision: str) -> None:
    """Say in which precision devices multiply float32 matrices from now on.

    ``"tensorfloat32"`` rounds operands to 10 bits of fraction and adds up in float32, in the order
    of the device's matrix units: several times as fast, the same bits from run to run, but not
    those of other devices. It is what ``torch.backends.cuda.matmul.allow_tf32`` switches on. On the
    CPU, which has no such unit, and for other dtypes it changes nothing. Steps that were recorded
    are recorded anew.

    Args:
        precision: ``"float32"`` or ``"tensorfloat32"``.

    Raises:
        ValueError: there is no such precision.

    >>> set_matmul_precision("tensorfloat32")
    >>> matmul_precision()
    'tensorfloat32'
    >>> set_matmul_precision("float32")
    """
    if precision not in _PRECISIONS:
        raise ValueError(
            f"[set_matmul_precision] precision must be one of {_PRECISIONS}, got {precision!r}"
        )
    if precision != matmul_precision():
        _core.set_tensorfloat32(precision == "tensorfloat32")
        recording.changed(recording.settings, "matmul_precision")

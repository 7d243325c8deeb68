"""What the outputs of softmax and sigmoid remember: the logits they were computed from.

Cross-entropy of classes may start from the logits of a softmax only, that of bits from those of a
sigmoid only: the binary cross-entropy of a softmax's outputs is another number than that of its
logits. A sigmoid's logits are told apart by remembering themselves.
"""

from __future__ import annotations

from mark1._core import Tensor


def remember_bits(y: Tensor, x: Tensor) -> None:
    """Note that y is the sigmoid of x.

    >>> from mark1 import ops
    >>> y = ops.sigmoid([1.0])
    >>> logits_of(y, bits=True).numpy(), logits_of(y, bits=False)
    (array([1.], dtype=float32), None)
    """
    y.logits = x
    itself = y.logits  # a handle of its own: x does not change
    assert itself is not None
    itself.logits = x
    y.logits = itself


def of_bits(logits: Tensor) -> bool:
    """Whether logits that a tensor remembers are those of a sigmoid."""
    return logits.logits is not None and logits.logits.id == logits.id


def logits_of(y: Tensor, bits: bool) -> Tensor | None:
    """Return what y is the softmax of, or with bits the sigmoid; None if it is neither.

    >>> from mark1 import ops
    >>> logits_of(ops.softmax([1.0, 2.0]), bits=False).numpy()
    array([1., 2.], dtype=float32)
    """
    logits = y.logits
    return logits if logits is not None and of_bits(logits) == bits else None

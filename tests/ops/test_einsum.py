"""What the cases do not say of einsum: dtypes, texts of errors."""

import numpy as np
import pytest

import mark1
from mark1 import ops


@pytest.mark.parametrize("subscripts", ["ij,jk->ik", "ij,jk->ijk", "aij,ajk->aik"])
def test_dtypes_are_promoted_and_gradients_keep_theirs(subscripts):
    shapes = [(2, 3), (3, 4)] if "a" not in subscripts else [(2, 2, 3), (2, 3, 4)]
    a = mark1.Variable(np.ones(shapes[0], np.float32))
    b = mark1.Variable(np.ones(shapes[1], np.float64), dtype="float64")
    with mark1.GradientTape() as tape:
        y = ops.einsum(subscripts, a, b)
    assert y.dtype == "float64"
    assert [g.dtype for g in tape.gradient(y, [a, b])] == ["float32", "float64"]


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (
            lambda: ops.einsum("ij,jk->ik", np.zeros((2, 3))),
            ValueError,
            r"\[einsum\] the subscripts name 2 operands, 1 were given \(subscripts: 'ij,jk->ik', "
            r"operands: \(2, 3\)\)",
        ),
        (
            lambda: ops.einsum("ii->i", np.zeros((3, 3))),
            ValueError,
            r"\[einsum\] a letter occurs twice in 'ii': diagonals are not supported",
        ),
        (
            lambda: ops.einsum("ij,jk->ik", np.zeros((2, 3)), np.zeros((4, 2))),
            ValueError,
            r"\[einsum\] axis 'j' has two sizes, 3 and 4",
        ),
        (
            lambda: ops.einsum("...i,...i->...", np.zeros((2, 3)), np.zeros((4, 3))),
            ValueError,
            r"\[einsum\] an axis of ... has two sizes, 2 and 4",
        ),
        (
            lambda: ops.einsum("ij->k", np.zeros((2, 3))),
            ValueError,
            r"\[einsum\] axis 'k' of the result is in no operand",
        ),
        (
            lambda: ops.einsum("ijk->i", np.zeros((2, 3))),
            ValueError,
            r"\[einsum\] 'ijk' does not fit 2 axes",
        ),
        (
            lambda: ops.einsum("i;j->i", np.zeros((2, 3))),
            ValueError,
            r"\[einsum\] subscripts are made of letters, commas, one -> and ...",
        ),
        (
            lambda: ops.einsum(np.zeros(3), "i"),
            TypeError,
            r"\[einsum\] subscripts must be a string, got ndarray",
        ),
    ],
)
def test_refused(call, kind, text):
    with pytest.raises(kind, match=text):
        call()

"""What the cases do not say of operations that move elements: dtypes, views, texts of errors."""

import numpy as np
import pytest

import mark1
from mark1 import ops

DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_any_dtype(dtype):
    x = (np.arange(15).reshape(3, 5) % 4).astype(dtype)
    for y, want in (
        (ops.concatenate([x, x], 1), np.concatenate([x, x], 1)),
        (ops.stack([x, x, x], -1), np.stack([x, x, x], -1)),
        (ops.pad(x, ((1, 2), (3, 0)), constant_values=1), np.pad(x, ((1, 2), (3, 0)),
                                                                 constant_values=1)),
        (ops.pad(x, 2, "reflect"), np.pad(x, 2, "reflect")),
        (ops.tile(x, (2, 3)), np.tile(x, (2, 3))),
        (ops.repeat(x, 2, 1), np.repeat(x, 2, 1)),
        (ops.flip(x), np.flip(x)),
        (ops.roll(x, 2, 1), np.roll(x, 2, 1)),
        (ops.split(x, [2], 1)[1], x[:, 2:]),
        (ops.moveaxis(x, 0, 1), x.T),
    ):  # fmt: skip
        assert y.dtype == dtype
        np.testing.assert_array_equal(y, want)


def test_concatenate_promotes_and_its_gradients_do_not():
    x, z = mark1.Variable([1.0, 2.0]), mark1.Variable(np.ones(1))
    with mark1.GradientTape() as tape:
        y = ops.concatenate([x, [7], z])
    assert y.dtype == "float64"
    assert [g.dtype for g in tape.gradient(y, [x, z])] == ["float32", "float64"]


def test_the_same_tensor_twice_gets_both_gradients():
    x = mark1.Variable([1.0, 2.0])
    with mark1.GradientTape() as tape:
        y = ops.concatenate([x, x])
    np.testing.assert_array_equal(
        tape.gradient(y, x, output_gradients=np.array([1.0, 2, 3, 4], np.float32)), [4, 6]
    )


def test_one_tensor_alone_is_another_value():
    x = ops.convert_to_tensor([1.0])
    for y in (ops.concatenate([x]), ops.roll(x, 1), ops.pad(x, 0), ops.tile(x, 1)):
        assert y.id != x.id
        assert y._address() == x._address()


def test_split_of_the_first_axis_copies_nothing():
    x = ops.convert_to_tensor(np.arange(12, dtype=np.float32).reshape(6, 2))
    parts = ops.split(x, 3)
    assert [p._address() - x._address() for p in parts] == [0, 16, 32]


def test_pieces_of_a_split_without_gradient_count_as_zeros():
    x = mark1.Variable(np.arange(6, dtype=np.float32))
    for used in ((0,), (2,), (0, 2), (1, 2)):
        with mark1.GradientTape() as tape:
            parts = ops.split(x, 3)
            y = ops.concatenate([parts[i] * (i + 1.0) for i in used])
        want = np.repeat([(i + 1.0) * (i in used) for i in range(3)], 2)
        np.testing.assert_array_equal(tape.gradient(y, x), want)


def test_a_piece_of_a_split_can_be_a_source():
    x = mark1.Variable(np.arange(4, dtype=np.float32))
    with mark1.GradientTape() as tape:
        first, second = ops.split(x, 2)
        y = first * second
    dx, dfirst = tape.gradient(y, [x, first])
    np.testing.assert_array_equal(dx, [2, 3, 0, 1])
    np.testing.assert_array_equal(dfirst, [2, 3])


def test_more_threads_than_rows():
    x = np.arange(200_000, dtype=np.float32)
    np.testing.assert_array_equal(ops.concatenate([x, x[:3]]), np.concatenate([x, x[:3]]))


@pytest.mark.parametrize("mode", ["constant", "reflect"])
def test_large_outputs_are_written_past_the_caches(mode):
    """The same elements on the other path; rows begin at every place of a line."""
    x = np.random.default_rng(0).standard_normal((1500, 3001)).astype(np.float32)
    np.testing.assert_array_equal(
        ops.pad(x, ((1, 1), (3, 2)), mode), np.pad(x, ((1, 1), (3, 2)), mode)
    )
    np.testing.assert_array_equal(ops.concatenate([x, x], 1), np.concatenate([x, x], 1))
    np.testing.assert_array_equal(ops.tile(x, (2, 2)), np.tile(x, (2, 2)))
    np.testing.assert_array_equal(ops.roll(x, 5, 1), np.roll(x, 5, 1))


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: ops.concatenate([]), ValueError, r"\[concatenate\] needs at least one tensor"),
        (
            lambda: ops.concatenate([1.0, 2.0]),
            ValueError,
            r"\[concatenate\] scalars have no axis to be joined along. Use stack",
        ),
        (
            lambda: ops.concatenate([np.zeros((2, 3)), np.zeros((2, 4))]),
            ValueError,
            r"\[concatenate\] shapes must agree in all axes but axis 0 "
            r"\(xs: \(2, 3\), \(2, 4\)\)",
        ),
        (
            lambda: ops.concatenate([np.zeros((2, 3))] * 2, 2),
            ValueError,
            r"\[concatenate\] axis 2 is out of range",
        ),
        (
            lambda: ops.stack([np.zeros(2), np.zeros(3)]),
            ValueError,
            r"\[stack\] needs tensors of one shape, got \[\(2,\), \(3,\)\]",
        ),
        (lambda: ops.stack([]), ValueError, r"\[stack\] needs tensors of one shape, got \[\]"),
        (
            lambda: ops.split(np.zeros((5, 2)), 2),
            ValueError,
            r"\[split\] axis 0 of size 5 cannot be cut into 2 equal pieces \(x: \(5, 2\)\)",
        ),
        (
            lambda: ops.split(np.zeros(5), 1.5),
            TypeError,
            r"\[split\] indices_or_sections must be an integer or a sequence of integers, got 1.5",
        ),
        (
            lambda: ops.split(np.zeros(5), 1, 1),
            ValueError,
            r"\[split\] axis 1 is out of range for 1 dimensions",
        ),
        (
            lambda: ops.pad(np.zeros(3), 1, "wrap"),
            ValueError,
            r"\[pad\] mode must be 'constant', 'reflect' or 'symmetric', got 'wrap'",
        ),
        (
            lambda: ops.pad(np.zeros(3), (-1, 0)),
            ValueError,
            r"\[pad\] widths must not be negative, got \(-1, 0\) for axis 0",
        ),
        (
            lambda: ops.pad(np.zeros((3, 3)), ((1, 1), (1, 1), (1, 1))),
            ValueError,
            r"\[pad\] pad_width must be one \(before, after\) for each of the 2 axes",
        ),
        (
            lambda: ops.pad(np.zeros(3), 3, "reflect"),
            ValueError,
            r"\[pad\] axis 0 has 3 elements, too few to mirror 3 \(x: \(3\)\)|\(3,\)",
        ),
        (
            lambda: ops.pad(np.zeros(3), 1, "reflect", 1.0),
            ValueError,
            r"\[pad\] constant_values belong to mode 'constant', not to 'reflect'",
        ),
        (
            lambda: ops.pad(np.zeros(3), 1, constant_values=ops.ones(())),
            TypeError,
            r"\[pad\] constant_values must be a number, got a tensor",
        ),
        (
            lambda: ops.tile(np.zeros(3), -1),
            ValueError,
            r"\[tile\] repeats must not be negative, got -1",
        ),
        (
            lambda: ops.repeat(np.zeros(3), [1, 2]),
            ValueError,
            r"\[repeat\] needs one number, or one for each of the 3 positions of axis 0, got 2",
        ),
        (
            lambda: ops.repeat(np.zeros(3), [1, -2, 1]),
            ValueError,
            r"\[repeat\] repeats must not be negative, got \[1, -2, 1\]",
        ),
        (
            lambda: ops.roll(np.zeros((3, 3)), (1, 2), 0),
            ValueError,
            r"\[roll\] needs one shift per axis \(shift: \(1, 2\), axis: 0\)",
        ),
        (
            lambda: ops.flip(np.zeros(3), 1),
            ValueError,
            r"\[flip\] axis 1 is out of range for 1 dimensions",
        ),
        (
            lambda: ops.swapaxes(np.zeros(3), 0, 1),
            ValueError,
            r"\[swapaxes\] axis 1 is out of range for 1 dimensions",
        ),
        (
            lambda: ops.moveaxis(np.zeros((3, 3)), (0, 1), 0),
            ValueError,
            r"\[moveaxis\] needs one destination for each source, got \(0, 1\) and 0",
        ),
    ],
)
def test_refused(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_indices_of_take_may_count_from_the_end():
    x = np.arange(12.0, dtype="float32").reshape(3, 4)
    for indices, axis in ((-1, 1), ([0, -2], 0), (np.array([-12, 3]), None)):
        np.testing.assert_array_equal(ops.take(x, indices, axis), np.take(x, indices, axis))
    with pytest.raises(ValueError, match="out of range"):
        ops.take(x, -5, 1)
    with pytest.raises(ValueError, match="axis"):
        ops.take(x, -1, 2)

"""What functions made of others refuse, and what they say then."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mark1 import Input, ops

M = np.zeros((3, 4), "float32")

REFUSALS: list[tuple[type[Exception], str, Callable[[], Any]]] = [
    (TypeError, "[arange] start, stop and step must be numbers", lambda: ops.arange(ops.ones(()))),
    (ValueError, "[arange] step must not be 0 (start: 0, stop: 3)", lambda: ops.arange(0, 3, 0)),
    (ValueError, "[diag] needs one or two axes (x: (1, 3, 4))", lambda: ops.diag(M[None])),
    (ValueError, "[diagonal] needs two axes or more (x: (4,))", lambda: ops.diagonal(M[0])),
    (ValueError, "[diagonal] axis (1, -1) names a dimension twice",
     lambda: ops.diagonal(M, axis1=1, axis2=-1)),
    (ValueError, "[linspace] num must not be negative, got -1", lambda: ops.linspace(0, 1, -1)),
    (ValueError, "[meshgrid] indexing must be 'xy' or 'ij', got 'yx'",
     lambda: ops.meshgrid(M[0], indexing="yx")),
    (ValueError, "[tril] needs two axes or more (x: (4,))", lambda: ops.tril(M[0])),
    (ValueError, "[triu] needs two axes or more (x: (4,))", lambda: ops.triu(M[0])),
    (ValueError, "[vander] needs one axis (x: (3, 4))", lambda: ops.vander(M)),
    (ValueError, "[array_split] needs at least one piece, got 0", lambda: ops.array_split(M, 0)),
    (ValueError, "[hsplit] needs 1 axes or more (x: ())", lambda: ops.hsplit(1.0, 1)),
    (ValueError, "[vsplit] needs 2 axes or more (x: (4,))", lambda: ops.vsplit(M[0], 1)),
    (ValueError, "[dsplit] needs 3 axes or more (x: (3, 4))", lambda: ops.dsplit(M, 1)),
    (ValueError, "[unstack] axis -1 has size 4, not 3 (x: (3, 4))",
     lambda: ops.unstack(M, 3, axis=-1)),
    (ValueError, "[rot90] needs two axes, got (0,)", lambda: ops.rot90(M, axes=(0,))),
    (ValueError, "[space_to_depth] 3 x 4 pixels cannot be cut into squares of 2",
     lambda: ops.space_to_depth(M[None, ..., None], 2)),
    (ValueError, "[space_to_depth] data_format must be 'channels_last' or 'channels_first', "
     "got 'NHWC'", lambda: ops.space_to_depth(M[None, None], 2, "NHWC")),
    (ValueError, "[depth_to_space] 3 channels are no squares of side 2",
     lambda: ops.depth_to_space(M.T[None, None], 2)),
    (ValueError, "[depth_to_space] needs four axes (x: (3, 4))", lambda: ops.depth_to_space(M, 2)),
    (ValueError, "[tensordot] axes ([0], [1]) do not belong together (x1: (3, 4), x2: (3, 4))",
     lambda: ops.tensordot(M, M, ([0], [1]))),
    (ValueError, "[tensordot] axes 3 do not belong together", lambda: ops.tensordot(M, M, 3)),
    (ValueError, "[cross] needs 2 or 3 components (x1: (3, 4), x2: (3, 4))",
     lambda: ops.cross(M, M)),
    (ValueError, "[segment] needs one id for each row (data: (3, 4), segment_ids: (2,))",
     lambda: ops.segment_max(M, [0, 1], 2)),
    (ValueError, "[scatter] values must have the shape of indices without the last axis",
     lambda: ops.scatter([[0], [1]], [1.0], (3,))),
    (ValueError, "[scatter_update] reduction must be None, 'add', 'mul', 'max' or 'min', "
     "got 'sum'", lambda: ops.scatter_update(M, [[0, 0]], [1.0], "sum")),
    (ValueError, "[slice_update] the block must lie within inputs (inputs: (3, 4), "
     "start_indices: [2, 0], updates: (3, 4))", lambda: ops.slice_update(M, (2, 0), M)),
    (ValueError, "[extract_sequences] length and stride must be positive, got 0 and 1",
     lambda: ops.extract_sequences(M, 0, 1)),
    (ValueError, "[searchsorted] needs one sorted axis (sorted_sequence: (3, 4))",
     lambda: ops.searchsorted(M, 1.0)),
    (ValueError, "[searchsorted] side must be 'left' or 'right', got 'top'",
     lambda: ops.searchsorted(M[0], 1.0, "top")),
    (ValueError, "[in_top_k] needs one target for each row (targets: (2,), predictions: (3, 4))",
     lambda: ops.in_top_k([0, 1], M, 1)),
    (ValueError, "[select] needs one choice for each condition, got 1 conditions and 0 choices",
     lambda: ops.select([M > 0], [])),
    (ValueError, "[split] axis 0 of size 3 cannot be cut into 2 equal pieces",
     lambda: ops.glu(M, axis=0)),
    (ValueError, "[sparsemax] axis 2 is out of range", lambda: ops.sparsemax(M, 2)),
    (ValueError, "[quantile] needs at least one element (x: (0, 4))",
     lambda: ops.quantile(M[:0], 0.5)),
    (ValueError, "[quantile] q must lie between 0 and 1, got 1.5", lambda: ops.quantile(M, 1.5)),
    (ValueError, "[percentile] q must lie between 0 and 100, got -1",
     lambda: ops.percentile(M, -1)),
    (ValueError, "[quantile] method must be one of linear, lower, higher, midpoint, nearest, "
     "got 'cubic'", lambda: ops.quantile(M, 0.5, method="cubic")),
    (ValueError, "[average] weights must have x's shape, or be one for each element of a single "
     "axis (x: (3, 4), weights: (3,), axis: None)", lambda: ops.average(M, weights=[1.0] * 3)),
    (ValueError, "[corrcoef] needs one or two axes (x: (1, 3, 4))", lambda: ops.corrcoef(M[None])),
    (ValueError, "[diff] n must not be negative, got -1", lambda: ops.diff(M, -1)),
    (ValueError, "[cdist] needs points of one dimension (x: (3, 4), y: (4, 3))",
     lambda: ops.cdist(M, M.T)),
    (ValueError, "[psnr] needs signals of one shape (x1: (3, 4), x2: (4,))",
     lambda: ops.psnr(M, M[0], 1.0)),
    (TypeError, "[bincount] needs integers, got float32", lambda: ops.bincount(M)),
    (TypeError, "[bincount] sparse tensors are not supported",
     lambda: ops.bincount([1], sparse=True)),
    (ValueError, "[bincount] needs one weight each (x: (2,), weights: (3,))",
     lambda: ops.bincount([0, 1], [1.0, 2.0, 3.0])),
    (ValueError, "[bincount] numbers must not be negative", lambda: ops.bincount([[1], [-1]])),
    (ValueError, "[histogram] bins must be a positive number, got 0",
     lambda: ops.histogram(M, 0)),
    (ValueError, "[histogram] range must ascend, got (1, 1)",
     lambda: ops.histogram(M, range=(1, 1))),
    (TypeError, "[multi_hot] sparse tensors are not supported",
     lambda: ops.multi_hot([1], 2, sparse=True)),
    (ValueError, "[switch] needs at least one branch", lambda: ops.switch(0, [])),
    (ValueError, "[scan] needs one length, not 0, got [3, 4]",
     lambda: ops.map(lambda x: x, (M, M.T))),
    (ValueError, "[associative_scan] needs one length, got [3, 4]",
     lambda: ops.associative_scan(lambda a, b: a, (M, M.T))),
    (ValueError, "[correlate] needs two lines (x1: (3, 4), x2: (4,))",
     lambda: ops.correlate(M, M[0])),
    (ValueError, "[correlate] mode must be 'valid', 'same' or 'full', got 'all'",
     lambda: ops.correlate(M[0], M[0], "all")),
    (ValueError, "[unfold] needs four axes (x: (3, 4))", lambda: ops.unfold(M, 2)),
    (ValueError, "[unfold] no patch of (4, 4) lies within (3, 4) (dilation: (1, 1), "
     "stride: (1, 1))", lambda: ops.unfold(M[None, None], 4)),
    (ValueError, "[fold] needs patches of 4 pixels, 2 x 2 of them (x: (1, 3, 4))",
     lambda: ops.fold(M[None], 3, 2)),
    (ValueError, "[adaptive_max_pool] needs a positive size for each spatial axis "
     "(inputs: (1, 3, 4), output_size: 0)", lambda: ops.adaptive_max_pool(M[None], 0)),
    (ValueError, "[adaptive_average_pool] data_format must be 'channels_last' or "
     "'channels_first', got 'NCHW'", lambda: ops.adaptive_average_pool(M[None], 2, "NCHW")),
    (TypeError, "[gcd] needs int32 or int64, got float32", lambda: ops.gcd(M, M)),
    (ValueError, "[rearrange] a pattern is made of names, parentheses and one ->, got 'a ... -> a'",
     lambda: ops.rearrange(M, "a ... -> a")),
    (ValueError, "[rearrange] a pattern is made of names, parentheses and one ->, got '(a b -> b'",
     lambda: ops.rearrange(M, "(a b -> b")),
    (ValueError, "[rearrange] each name must stand on both sides, once ('a b -> a')",
     lambda: ops.rearrange(M, "a b -> a")),
    (ValueError, "[rearrange] 'a -> a' with sizes of ['b'] does not fit (3, 4)",
     lambda: ops.rearrange(M, "a -> a", b=2)),
    (ValueError, "[rearrange] sizes of ['b', 'c'] are needed, all but one",
     lambda: ops.rearrange(M, "a (b c) -> a b c")),
    (ValueError, "[rearrange] ['b', 'c'] of {'b': 3, 'a': 3} does not make 4 (x: (3, 4))",
     lambda: ops.rearrange(M, "a (b c) -> a b c", b=3)),
]  # fmt: skip

# What no rule foresaw: worded at the border to the user's program, from what functions are
# annotated with and what went wrong within.
WORDED: list[tuple[type[Exception], str, Callable[[], Any]]] = [
    (TypeError, "[concatenate] axis must be an integer, got 'rows'",
     lambda: ops.concatenate([M, M], axis="rows")),
    (TypeError, "[mean] axis must be an integer or a sequence of integers or None, got 1.5",
     lambda: ops.mean(M, 1.5)),
    (TypeError, "[mean] keepdims must be True or False, got (3,)", lambda: ops.mean(M, 0, M[:, 0])),
    (TypeError, "[slice] shape must be a sequence of integers, got (1.5, 2)",
     lambda: ops.slice(M, (0, 0), (1.5, 2))),
    (ValueError, "[slice] the arguments do not fit: zip() argument 2 is shorter than argument 1 "
     "(inputs: (3, 4), start_indices: (0, 0), shape: (1,))", lambda: ops.slice(M, (0, 0), (1,))),
    (TypeError, "[concatenate] the arguments do not fit: one has a type that is not taken, or is "
     "too large (xs: [", lambda: ops.concatenate([M, M], axis=2**70)),
    (MemoryError, "[hamming] the arguments do not fit: Unable to allocate",
     lambda: ops.hamming(2**57)),
    (TypeError, "[tri] N must be an integer, got (2,)", lambda: ops.tri(np.array(["a", "b"]))),
    (ValueError, "[adaptive_max_pool] makes at most 65536 windows along an axis, got 2147483648",
     lambda: ops.adaptive_max_pool(M[None], 2**31)),
    (ValueError, "[array_split] makes at most 65536 pieces, or one of each element, got 4294967296",
     lambda: ops.array_split(M, 2**32)),
]  # fmt: skip
REFUSALS += WORDED


@pytest.mark.parametrize(("error", "text", "call"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(error: type[Exception], text: str, call: Callable[[], Any]) -> None:
    with pytest.raises(error, match=re.escape(text)):
        call()


def test_the_first_error_is_the_cause_of_its_wording():
    with pytest.raises(TypeError) as caught:
        ops.concatenate([M, M], axis="rows")
    assert "incompatible function arguments" in str(caught.value.__cause__)


def test_errors_of_functions_of_the_user_are_left_alone():
    def broken(x: Any) -> Any:
        return {}[3]

    with pytest.raises(KeyError, match=r"^3$"):
        ops.map(broken, M)
    with pytest.raises(ZeroDivisionError):
        ops.cond(True, lambda: 1 // 0, lambda: 1)


def test_missing_and_unknown_arguments_are_left_to_python():
    with pytest.raises(TypeError, match=r"^add\(\) missing 1 required positional argument: 'x2'$"):
        ops.add(M)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        ops.add(M, M, z=1)


def test_functions_called_with_symbolic_tensors_word_their_errors():
    with pytest.raises(TypeError, match=re.escape("[mean] axis must be")):
        ops.mean(Input((3,)), 1.5)


def test_orders_beyond_all_differences_end_at_once():
    assert ops.diff(M, 2**40).shape == (3, 0)


def test_eight_axes_are_repeated_one_by_one():
    x = np.arange(24).reshape(1, 2, 1, 3, 1, 2, 2, 1)
    times = (2, 1, 3, 2, 1, 2, 1, 2)
    np.testing.assert_array_equal(ops.tile(x, times).numpy(), np.tile(x, times))
    np.testing.assert_array_equal(ops.repeat(x, 3, 0).numpy(), np.repeat(x, 3, 0))

"""Attention with more blocks than a device runs at a time, and with few queries and many keys."""

from __future__ import annotations

import pytest

from tests.cases.attention import _case
from tests.cuda.test_cases import (
    test_gradients_have_the_reference_bits as check_gradients,
)
from tests.cuda.test_cases import test_values_have_the_reference_bits as check_values

CASES = [
    _case(1, 300, h=4, g=2, d=16, e=130),
    _case(3, 150, h=2, masks={"mask": (2, 1, 3, 150), "key_mask": (2, 150)}, dropout=0.5),
    _case(4, 200, is_causal=True, ranges=("normal", "special")),
    _case(2, 321, masks={"query_mask": (2, 2)}),
    # Blocks of 128 queries, of which only the second half sees the last keys.
    _case(200, 200, h=6, d=8, e=66, is_causal=True, ranges=("normal", "special")),
    # More blocks of keys than a warp's threads and than are joined at a time, and odd depths.
    _case(1, 130 * 64 + 5, h=1, d=3, e=5, ranges=("normal",)),
    _case(2, 40 * 64, h=2, g=1, d=67, e=70, is_causal=True, ranges=("normal", "special")),
    _case(4, 190, h=4, d=130, e=3, masks={"mask": (2, 4, 4, 190)}, dropout=0.3),
    _case(70, 130, h=8, d=37, e=70, is_causal=True, ranges=("normal", "special")),
    _case(
        129, 70, h=6, g=2, d=16, e=64, dropout=0.3, masks={"key_mask": (2, 70)}, ranges=("normal",)
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_all_blocks_have_the_reference_bits(case):
    check_values(case)
    check_gradients(case)

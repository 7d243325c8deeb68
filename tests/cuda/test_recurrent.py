"""Recurrent layers that are cut in several ways into blocks of a device: the reference's bits."""

from __future__ import annotations

import pytest

from tests.cases.recurrent import _case
from tests.cuda.test_cases import (
    test_gradients_have_the_reference_bits as check_gradients,
)
from tests.cuda.test_cases import test_values_have_the_reference_bits as check_values

# (batch, steps, features, units): blocks that meet and blocks that do not, tiles of every size,
# more rows than run at a time, sums of several chunks.
CASES = [
    _case("simple_rnn", (300, 3, 2, 40), mask=True),
    _case("simple_rnn", (33, 3, 2, 130), activation="relu", backwards=True),
    _case("lstm", (40, 3, 2, 60), mask=True, dropout=True),
    _case("lstm", (130, 2, 2, 30), recurrent="hard_sigmoid", bias=False, states=False),
    _case("gru", (90, 2, 3, 44), mask=True),
    _case("gru", (70, 3, 2, 45), reset_after=False, mask=True, dropout=True),
    _case("gru", (5, 3, 2, 90), reset_after=False, backwards=True, activation="linear"),
    # Operands that come in more parts than there are buffers, of two chunks.
    _case("simple_rnn", (9, 2, 2, 260)),
    # Weights that do not fit into shared memory.
    _case("simple_rnn", (2, 2, 2, 700)),
    _case("gru", (2, 2, 2, 400), reset_after=False),
    # Activations that kernels look for in the list.
    _case("simple_rnn", (20, 3, 2, 33), activation="silu", mask=True),
    _case("lstm", (40, 2, 2, 37), activation="softsign", recurrent="elu", mask=True),
    _case("gru", (30, 2, 2, 21), activation="elu", recurrent="silu"),
    _case("gru", (30, 2, 2, 41), activation="silu", recurrent="softsign", reset_after=False),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_layers_have_the_reference_bits(case):
    check_values(case)
    check_gradients(case)

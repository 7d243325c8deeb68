"""The benchmark of devices runs, and compares what it times with the CPU."""

from __future__ import annotations

import pytest

from benchmarks import cuda


@pytest.mark.parametrize("row", cuda.rows(smoke=True), ids=lambda row: row.name)
def test_rows_are_right_before_they_are_timed(row):
    assert row.name in cuda.run(row, torch=None, seconds=0.001)

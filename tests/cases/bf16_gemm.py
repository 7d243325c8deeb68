"""Products of bfloat16 matrices."""

from __future__ import annotations

from tests.narrow import product_cases, rounded

CASES = product_cases("bf16_gemm", rounded)
BENCHMARKS = product_cases("bf16_gemm", rounded, [(1024, 1024, 1024)])

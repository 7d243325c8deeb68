"""Products of float16 matrices."""

from __future__ import annotations

from tests.narrow import product_cases, rounded_to_half

CASES = product_cases("f16_gemm", rounded_to_half)
BENCHMARKS = product_cases("f16_gemm", rounded_to_half, [(1024, 1024, 1024)])

"""Kernels and training steps on a GPU against PyTorch: `python -m benchmarks.cuda`.

Every result is compared with the CPU's before anything is timed. Ratios are of medians, the
alternatives timed in turn; TF32 is off. Without PyTorch for CUDA only mark1 is timed, and without a
GPU the program says what is missing. `--smoke` runs everything once with small shapes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import mark1
from benchmarks import cuda_sequences
from benchmarks.cuda_memory import copy_row, memory_rows
from benchmarks.cuda_products import convolution_rows, pool_rows, product_rows
from benchmarks.cuda_row import Row
from benchmarks.harness import Timing, measure
from mark1 import config, devices, ops

DEVICE = "cuda:0"


def rows(smoke: bool) -> list[Row]:
    """What is measured."""
    found = product_rows(smoke) + memory_rows(smoke)
    for name, arrays, ours, theirs, flops in cuda_sequences.entries(smoke):
        found.append(Row(name, arrays, ours, theirs, flops))
    found += convolution_rows(smoke) + pool_rows(smoke)
    return found


# Calls that are awaited together where memory is what is measured: launches take their time.
TOGETHER = 10


def measure_row(row: Row, torch: Any, seconds: float) -> dict[str, Timing]:
    """Compares the device with the CPU and with PyTorch, then times them; per call."""
    narrow = row.precision if row.precision in ("bfloat16", "float16") else None
    with mark1.device(DEVICE):
        ours = [ops.convert_to_tensor(a, narrow) for a in row.arrays]
    expected = np.asarray(row.ours(*row.arrays))
    result = np.asarray(row.ours(*ours)).astype(expected.dtype, copy=False)
    if row.precision != "float32":
        # Operands and result are off by half a unit of 8 bits at most.
        limit = 2.0**-5 * np.sqrt(row.arrays[0].shape[-1])
        if not np.abs(result - expected).max() <= limit:
            raise AssertionError(f"{row.name}: the result is wrong")
    elif not np.array_equal(result, expected, equal_nan=expected.dtype.kind == "f"):
        raise AssertionError(f"{row.name}: the device's bits are not the CPU's")
    together = TOGETHER if row.bytes and seconds >= 0.1 else 1

    def mark1_call() -> None:
        for _ in range(together):
            row.ours(*ours)
        devices.synchronize(DEVICE)

    calls: dict[str, Callable[[], object]] = {"mark1": mark1_call}
    if torch is not None:
        theirs = row.prepare(torch, *(torch.from_numpy(a).cuda() for a in row.arrays))
        their_result = row.theirs(torch, *theirs).cpu().numpy()
        if row.alike:
            np.testing.assert_allclose(
                their_result.astype("float64"), expected.astype("float64"), rtol=1e-2, atol=1e-2
            )

        def torch_call() -> None:
            for _ in range(together):
                row.theirs(torch, *theirs)
            torch.cuda.synchronize()

        calls["torch"] = torch_call
    times = measure(calls, seconds)
    return {name: replace(t, median=t.median / together) for name, t in times.items()}


def copy_speed(torch: Any, seconds: float, smoke: bool) -> float:
    """Bytes per second of the fastest copy, read and written."""
    row = copy_row(smoke)
    return row.bytes / min(t.median for t in measure_row(row, torch, seconds).values())


def run(row: Row, torch: Any, seconds: float, copy: float = 0) -> str:
    """Compares, times, and returns a line of the table; `copy` is what copy_speed returned."""
    rough = row.precision == "tensorfloat32"
    config.set_matmul_precision("tensorfloat32" if rough else "float32")
    if torch is not None:
        torch.backends.cuda.matmul.allow_tf32 = rough
    try:
        times = measure_row(row, torch, seconds)
    finally:
        config.set_matmul_precision("float32")
    median = times["mark1"].median
    line = f"{row.name:52} {median * 1e6:10.1f} us +-{times['mark1'].spread * 100:3.0f} %"
    if row.flops:
        line += f" {row.flops / median / 1e12:8.2f} TFLOP/s"
    if row.bytes:
        line += f" {row.bytes / median / 1e9:8.0f} GB/s"
        if copy:
            line += f" {row.bytes / median / copy * 100:4.0f} % of a copy"
    if "torch" in times:
        theirs = times["torch"].median
        line += f"   torch {theirs / median:6.2f}x"
        if row.bytes and copy:
            line += f" ({row.bytes / theirs / copy * 100:.0f} %)"
    return line


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        return None
    if not torch.cuda.is_available():
        return None
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True  # cuDNN tries its algorithms
    return torch


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="small shapes, hardly timed")
    parser.add_argument("--seconds", type=float, default=1.0, help="per row and alternative")
    arguments = parser.parse_args()
    usable, text = devices.cuda_status()
    if not usable:
        print(f"no GPU to measure on: {text}")
        return 1
    print(text)
    torch = _torch()
    seconds = 0.01 if arguments.smoke else arguments.seconds
    copy = copy_speed(torch, seconds, arguments.smoke)
    print(f"a copy: {copy / 1e9:.0f} GB/s")
    for row in rows(arguments.smoke):
        print(run(row, torch, seconds, copy))
    return 0


if __name__ == "__main__":
    sys.exit(main())

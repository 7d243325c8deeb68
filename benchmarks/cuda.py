"""Kernels and training steps on a GPU against PyTorch: `python -m benchmarks.cuda`.

Every result is compared with the CPU's before anything is timed. Ratios are of medians, the
alternatives timed in turn; TF32 is off. Without PyTorch for CUDA only mark1 is timed, and without a
GPU the program says what is missing. `--smoke` runs everything once with small shapes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import mark1
from benchmarks import cuda_sequences
from benchmarks.cuda_products import convolution_rows, pool_rows, product_rows
from benchmarks.cuda_row import Row
from benchmarks.harness import measure
from mark1 import devices, ops

DEVICE = "cuda:0"


def rows(smoke: bool) -> list[Row]:
    """What is measured."""
    rng = np.random.default_rng(0)

    def normal(*shape: int, dtype: str = "float32") -> np.ndarray:
        return rng.normal(size=shape).astype(dtype)

    found = product_rows(smoke)
    size = (64, 100) if smoke else (16384, 4096)
    x, y = normal(*size), normal(*size)
    scale, offset = normal(size[1]), normal(size[1])
    found += [
        Row("add", (x, y), ops.add, lambda torch, a, b: a + b, bytes=3 * x.nbytes),
        Row("tanh", (x,), ops.tanh, lambda torch, a: torch.tanh(a), bytes=2 * x.nbytes),
        Row("softmax", (x,), ops.softmax, lambda torch, a: a.softmax(-1), bytes=2 * x.nbytes),
        Row(
            "sum of rows",
            (x,),
            lambda a: ops.sum(a, -1),
            lambda torch, a: a.sum(-1),
            bytes=x.nbytes,
        ),
        Row(
            "sum of columns",
            (x,),
            lambda a: ops.sum(a, 0),
            lambda torch, a: a.sum(0),
            bytes=x.nbytes,
        ),
        Row(
            "layer norm",
            (x, scale, offset),
            lambda a, s, o: ops.layer_normalization(a, s, o, axis=-1, epsilon=1e-3),
            lambda torch, a, s, o: torch.nn.functional.layer_norm(a, (a.shape[-1],), s, o, 1e-3),
            bytes=2 * x.nbytes,
        ),
    ]
    for name, arrays, ours, theirs, flops in cuda_sequences.entries(smoke):
        found.append(Row(name, arrays, ours, theirs, flops))
    found += convolution_rows(smoke) + pool_rows(smoke)
    return found


def run(row: Row, torch: Any, seconds: float) -> str:
    """Compares, times, and returns a line of the table."""
    with mark1.device(DEVICE):
        ours = [ops.convert_to_tensor(a) for a in row.arrays]
    expected = np.asarray(row.ours(*row.arrays))
    result = np.asarray(row.ours(*ours))
    if not np.array_equal(result, expected, equal_nan=True):
        raise AssertionError(f"{row.name}: the device's bits are not the CPU's")

    def mark1_call() -> None:
        row.ours(*ours)
        devices.synchronize(DEVICE)

    calls: dict[str, Callable[[], object]] = {"mark1": mark1_call}
    if torch is not None:
        theirs = row.prepare(torch, *(torch.from_numpy(a).cuda() for a in row.arrays))
        np.testing.assert_allclose(
            row.theirs(torch, *theirs).cpu().numpy(), expected, rtol=1e-2, atol=1e-2
        )

        def torch_call() -> None:
            row.theirs(torch, *theirs)
            torch.cuda.synchronize()

        calls["torch"] = torch_call
    times = measure(calls, seconds)
    median = times["mark1"].median
    line = f"{row.name:52} {median * 1e6:10.1f} us +-{times['mark1'].spread * 100:3.0f} %"
    if row.flops:
        line += f" {row.flops / median / 1e12:8.2f} TFLOP/s"
    if row.bytes:
        line += f" {row.bytes / median / 1e9:8.0f} GB/s   "
    if "torch" in times:
        line += f" torch {times['torch'].median / median:6.2f}x"
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
    for row in rows(arguments.smoke):
        print(run(row, torch, 0.01 if arguments.smoke else arguments.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())

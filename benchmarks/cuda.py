"""Kernels and training steps on a GPU against PyTorch and CuPy: `python -m benchmarks.cuda`.

Every result is compared with the CPU's before anything is timed. Ratios are of medians, the
alternatives timed in turn; TF32 is off. Without PyTorch for CUDA only mark1 is timed, and without a
GPU the program says what is missing. Rows know what they are to reach: the last line counts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import mark1
from benchmarks import cuda_report
from benchmarks.cuda_convolutions import convolution_rows
from benchmarks.cuda_engines import kernels_that_transform, without_transforms
from benchmarks.cuda_memory import copy_row, memory_rows
from benchmarks.cuda_order import order_rows
from benchmarks.cuda_products import pool_rows, product_rows
from benchmarks.cuda_report import Result
from benchmarks.cuda_row import Row
from benchmarks.cuda_sequences import sequence_rows
from benchmarks.cuda_steps import goals_of, measure_steps, step_problems
from benchmarks.cuda_streams import measure_stream, streams
from benchmarks.harness import Timing, measure
from mark1 import config, devices, ops

DEVICE = "cuda:0"

GROUPS: dict[str, Callable[[bool], list[Row]]] = {
    "products": product_rows,
    "memory": memory_rows,
    "order": order_rows,
    "sequences": sequence_rows,
    "convolutions": convolution_rows,
    "pools": pool_rows,
}
STEPS = "steps"  # the group of training steps, which are no rows


def rows(smoke: bool) -> list[Row]:
    """What is measured, but for training steps."""
    return [row for group in GROUPS.values() for row in group(smoke)]


# Calls that are awaited together where they are short: launches take their time.
TOGETHER = 10
SHORT_FLOPS = 1e11  # about two milliseconds


def measure_row(row: Row, torch: Any, seconds: float, cupy: Any = None) -> dict[str, Timing]:
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
    together = TOGETHER if row.flops < SHORT_FLOPS and seconds >= 0.1 else 1

    def repeated(call: Callable[[], object], wait: Callable[[], object]) -> Callable[[], None]:
        def calls() -> None:
            for _ in range(together):
                call()
            wait()

        return calls

    calls = {"mark1": repeated(lambda: row.ours(*ours), lambda: devices.synchronize(DEVICE))}
    if torch is not None:
        theirs = row.prepare(torch, *(torch.from_numpy(a).cuda() for a in row.arrays))
        _compare(row, lambda: row.theirs(torch, *theirs).double().cpu().numpy(), expected)
        calls["torch"] = repeated(lambda: row.theirs(torch, *theirs), torch.cuda.synchronize)
    if cupy is not None and row.cupy is not None:
        call = row.cupy
        arrays = [cupy.asarray(a) for a in row.arrays]
        _compare(row, lambda: cupy.asnumpy(call(cupy, *arrays)), expected)
        calls["cupy"] = repeated(
            lambda: call(cupy, *arrays), cupy.cuda.get_current_stream().synchronize
        )
    times = measure(calls, seconds)
    return {name: replace(t, median=t.median / together) for name, t in times.items()}


def _compare(row: Row, theirs: Callable[[], np.ndarray], expected: np.ndarray) -> None:
    if row.alike:
        np.testing.assert_allclose(theirs(), expected.astype("float64"), rtol=1e-2, atol=1e-2)


def copy_speed(torch: Any, seconds: float, smoke: bool) -> float:
    """Bytes per second of the fastest copy, read and written."""
    row = copy_row(smoke)
    return row.bytes / min(t.median for t in measure_row(row, torch, seconds).values())


def run(row: Row, torch: Any, seconds: float, copy: float = 0, cupy: Any = None) -> Result:
    """Compares and times; `copy` is what copy_speed returned."""
    rough = row.precision == "tensorfloat32"
    config.set_matmul_precision("tensorfloat32" if rough else "float32")
    if torch is not None:
        torch.backends.cuda.matmul.allow_tf32 = rough
    try:
        times = measure_row(row, torch, seconds, cupy)
    finally:
        config.set_matmul_precision("float32")
    own = times.pop("mark1")
    values = {name: t.median / own.median for name, t in times.items()}
    rate = f"{row.flops / own.median / 1e12:.2f} TFLOP/s" if row.flops else ""
    if row.bytes:
        rate = f"{row.bytes / own.median / 1e9:.0f} GB/s"
        if copy:
            values["copy"] = row.bytes / own.median / copy
    goals, remark = row.goals, ""
    if row.transforms and torch is not None:
        theirs = row.prepare(torch, *(torch.from_numpy(a).cuda() for a in row.arrays))
        names = kernels_that_transform(torch, lambda: row.theirs(torch, *theirs))
        if names:
            goals, remark = (), f"no target: cuDNN multiplies less often ({names[0][:40]})"
        elif names is None:
            remark = "whether cuDNN used Winograd's is not known"
    return Result(row.name, own.median, own.spread, rate, values, goals, remark)


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


def _cupy() -> Any:
    try:
        import cupy

        cupy.zeros(1)
    except Exception as error:  # whatever keeps it from working, mark1 can be measured
        print(f"without CuPy: {type(error).__name__}: {str(error).partition(chr(10))[0]}")
        return None
    return cupy


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="small shapes, hardly timed")
    parser.add_argument("--seconds", type=float, default=0.5, help="per row and alternative")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[*GROUPS, STEPS],
        default=[*GROUPS, STEPS],
        help="groups of rows",
    )
    parser.add_argument("--json", type=Path, help="file for results, written after every row")
    return parser.parse_args()


def main() -> int:
    """Prints the table; 1 if a result was wrong or missing, whatever the times are."""
    arguments = _parse()
    usable, text = devices.cuda_status()
    if not usable:
        print(f"no GPU to measure on: {text}")
        return 1
    print(text)
    if "convolutions" in arguments.only and not arguments.smoke:
        print(without_transforms())
    torch, cupy = _torch(), _cupy()
    seconds = 0.01 if arguments.smoke else arguments.seconds
    copy = copy_speed(torch, seconds, arguments.smoke)
    print(f"a copy: {copy / 1e9:.0f} GB/s", flush=True)
    results: list[Result] = []

    def add(name: str, goals: Any, measured: Callable[[], Result]) -> None:
        try:
            result = measured()
            if arguments.smoke:  # nothing to be held against targets
                result = replace(result, values={})
        except Exception as error:  # the other rows are measured all the same
            first = f"{type(error).__name__}: {error}".strip().partition("\n")[0]
            result = Result(name, goals=goals, remark=first, failed=True)
        results.append(result)
        print(result.line(), flush=True)
        if arguments.json:
            cuda_report.write(arguments.json, results)

    for group in (name for name in GROUPS if name in arguments.only):
        for row in GROUPS[group](arguments.smoke):
            add(row.name, row.goals, lambda row=row: run(row, torch, seconds, copy, cupy))
    if STEPS in arguments.only:
        for problem in step_problems(arguments.smoke):
            name = f"step of {problem.name}"
            add(name, goals_of(problem), lambda p=problem: measure_steps(p, torch, seconds, DEVICE))
        for stream in streams(arguments.smoke):
            add(stream.name, (), lambda s=stream: measure_stream(s, seconds, DEVICE))
    print(cuda_report.summary(results))
    return 1 if any(result.failed for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())

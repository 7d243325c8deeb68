"""Convolutions of cuDNN without those of Winograd and Fourier, which PyTorch has no switch for.

What PyTorch does have is CUDNN_ERRATA_JSON_FILE: a list of engines to leave out, meant for those
with faults. Which engines transform is cuDNN's to say: asked for a log
(CUDNN_FRONTEND_LOG_INFO), its front end writes every plan that PyTorch tries with notes such as
CUDNN_NUMERICAL_NOTE_WINOGRAD. So a process of its own tries the convolutions of the table first
(`python -m benchmarks.cuda_engines`), and the list is made from what it logs.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

# A plan in the log: ConvFwd_eng15_k5=1_k6=0, numeric_notes:[CUDNN_NUMERICAL_NOTE_WINOGRAD,] ...
_PLAN = re.compile(r"\b(Conv\w*?)_eng(\d+)[^,\s]*,\s*numeric_notes:\[([^\]]*)\]")
_TRANSFORMS = ("WINOGRAD", "FFT")
# In names of kernels: cudnn::winograd_nonfused::..., fft2d_r2c_32x32, ampere_gcgemm (its middle)
_KERNELS = re.compile("winograd|fft|gcgemm", re.IGNORECASE)


def engines_that_transform(log: str) -> list[tuple[str, int]]:
    """Operations and numbers of the engines whose notes say so.

    >>> engines_that_transform("P : ConvFwd_eng6_k0=1, numeric_notes:[CUDNN_NOTE_WINOGRAD,] b:[]")
    [('ConvFwd', 6)]
    """
    found = {
        (operation, int(engine))
        for operation, engine, notes in _PLAN.findall(log)
        if any(kind in notes for kind in _TRANSFORMS)
    }
    return sorted(found)


def errata(engines: list[tuple[str, int]]) -> str:
    """The file that keeps cuDNN's front end from them.

    >>> '"engine": 6' in errata([("ConvFwd", 6)])
    True
    """
    rules = [
        {
            "rule_id": f"{operation}_eng{engine}",
            "operation": operation,
            "engine": engine,
            "knob": [],
            "cudnn_version_start": 8000,
            "cudnn_version_end": -1,
        }
        for operation, engine in engines
    ]
    return json.dumps({"version": 1, "rules": rules})


def without_transforms() -> str:
    """Has PyTorch leave them out in this process, before it convolves; returns what was done."""
    if "CUDNN_ERRATA_JSON_FILE" in os.environ:
        return f"cuDNN without what {os.environ['CUDNN_ERRATA_JSON_FILE']} lists"
    folder = Path(tempfile.mkdtemp(prefix="mark1-cudnn-"))  # read when the first plan is made
    log = folder / "log"
    environment = {"CUDNN_FRONTEND_LOG_INFO": "1", "CUDNN_FRONTEND_LOG_FILE": str(log)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.cuda_engines"],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        return "cuDNN as PyTorch has it: trying its engines took more than 120 s"
    if done.returncode != 0:
        return f"cuDNN as PyTorch has it: {done.stderr.strip().rpartition(chr(10))[2]}"
    written = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    found = engines_that_transform(written + done.stdout + done.stderr)
    if not found:
        return "cuDNN as PyTorch has it: its log names no engine of Winograd's"
    (folder / "errata.json").write_text(errata(found), encoding="utf-8")
    os.environ["CUDNN_ERRATA_JSON_FILE"] = str(folder / "errata.json")
    return "cuDNN without " + ", ".join(f"{operation} {engine}" for operation, engine in found)


def kernels_that_transform(torch: Any, call: Callable[[], object]) -> list[str] | None:
    """Names of the kernels of a call that tell of it: what was left out must not have run.

    Returns:
        None if no kernel was seen, as where PyTorch's profiler may not watch the GPU.
    """
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        call()
        torch.cuda.synchronize()
    names = {e.key for e in profile.key_averages() if str(e.device_type).endswith("CUDA")}
    return sorted(name for name in names if _KERNELS.search(name)) if names else None


def main() -> int:
    """Has cuDNN try all it has for the convolutions of the table."""
    import torch

    from benchmarks.cuda_convolutions import SHAPES, transforms

    if not torch.cuda.is_available():
        print("PyTorch sees no GPU", file=sys.stderr)
        return 1
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    for x_shape, w_shape, stride in SHAPES:
        if not transforms(x_shape, w_shape, stride):
            continue
        last = torch.channels_last
        n, height, width, channels = x_shape
        x = torch.rand(n, channels, height, width, device="cuda").to(memory_format=last)
        size, _, _, filters = w_shape
        w = torch.rand(filters, channels, size, size, device="cuda").to(memory_format=last)
        x.requires_grad_()
        w.requires_grad_()
        y = torch.nn.functional.conv2d(x, w, None, stride, size // 2)
        y.sum().backward()
    torch.cuda.synchronize()
    return 0


if __name__ == "__main__":
    sys.exit(main())

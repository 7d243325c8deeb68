"""What to do when CUDA cannot be used: for each reason the command that mends it."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import shutil

_BUILD = "pip install -C cmake.define.MARK1_CUDA=ON ."
_DRIVER = "sudo ubuntu-drivers install, or sudo apt install nvidia-driver on Debian; then restart"


def for_error(text: str) -> str:
    """Return the remedy for what CUDA's runtime says when it is asked for devices.

    >>> for_error("counting devices: ... (cudaErrorSystemNotReady)")
    'its services are not up: sudo systemctl start nvidia-fabricmanager'
    """
    if "cudaErrorInsufficientDriver" in text:
        return _driver()
    if "cudaErrorNoDevice" in text:
        return _device()
    for code, remedy in _REMEDIES.items():
        if code in text:
            return remedy
    return "nvidia-smi says whether driver and GPU work at all"


_REMEDIES = {
    "cudaErrorInitializationError": (
        "the driver does not start; nvidia-smi says why. After an update: sudo reboot"
    ),
    "cudaErrorSystemDriverMismatch": (
        "the running driver is older than its libraries since an update: sudo reboot"
    ),
    "cudaErrorSystemNotReady": (
        "its services are not up: sudo systemctl start nvidia-fabricmanager"
    ),
    "cudaErrorCompatNotSupportedOnDevice": (
        "libraries for compatibility are on the path, which this GPU does not support: "
        "unset LD_LIBRARY_PATH"
    ),
    "cudaErrorDevicesUnavailable": (
        "another process has the GPU for itself: nvidia-smi names it; sudo nvidia-smi -c DEFAULT"
    ),
    "cudaErrorNoKernelImageForDevice": (
        "build for this GPU: pip install -C cmake.define.MARK1_CUDA=ON "
        "-C cmake.define.MARK1_CUDA_ARCHITECTURES=native ."
    ),
    "cudaErrorUnsupportedPtxVersion": (
        "the driver is older than the compiler of this build, and cannot translate its code: "
        "update it, or build for this GPU: pip install -C cmake.define.MARK1_CUDA=ON "
        "-C cmake.define.MARK1_CUDA_ARCHITECTURES=native ."
    ),
    "cudaErrorMemoryAllocation": "the GPU's memory is taken: nvidia-smi names the processes",
}


def build() -> str:
    """Return how to get the extension.

    >>> "pip install -C cmake.define.MARK1_CUDA=ON ." in build()
    True
    """
    if shutil.which("nvcc"):
        return f"build from source: {_BUILD}"
    return (
        "build from source where nvcc is on the PATH (not found; NVIDIA's toolkit has it: "
        f"sudo apt install cuda-toolkit): {_BUILD}"
    )


def cupy() -> str:
    """Return CuPy's version, or how to get it.

    >>> len(cupy()) > 0
    True
    """
    names = [f"cupy-cuda{major}x" for major in (13, 12)] + ["cupy"]
    for name in names:
        try:
            return f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            continue
    return "not installed, and not needed; to exchange arrays: pip install cupy-cuda13x"


def driver_version() -> tuple[int, int] | None:
    """Return the CUDA version that the installed driver is for; None if there is no driver."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    version = ctypes.c_int(0)
    driver.cuDriverGetVersion(ctypes.byref(version))
    return version.value // 1000, version.value % 1000 // 10


def _driver() -> str:
    version = driver_version()
    if version is None:
        return f"NVIDIA's driver is not installed: {_DRIVER}"
    return (
        f"the driver is for CUDA {version[0]}.{version[1]}, which is too old for this build. "
        f"Update it: {_DRIVER}. Or build with the toolkit of that version: {_BUILD}"
    )


def _device() -> str:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return f"CUDA_VISIBLE_DEVICES={visible} hides them: unset CUDA_VISIBLE_DEVICES"
    if not os.path.exists("/dev/nvidia0"):
        return (
            "the machine shows no GPU (lspci | grep -i nvidia lists what is plugged in); "
            "a container needs: docker run --gpus all"
        )
    return "the driver does not see the GPU: sudo nvidia-smi -r, or sudo reboot"

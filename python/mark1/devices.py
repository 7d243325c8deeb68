"""Which devices there are, what is missing where there is none, and which one is in use.

An operation runs where its operands lie. What has no operands, as `ops.zeros`, and what arrays and
numbers become is made on the device in use: the CPU, unless a block of `device` says otherwise.
"""

from __future__ import annotations

import importlib
import os
from types import TracebackType
from typing import Any

from mark1 import _core

_attached = False
_names = ["cpu:0"]  # as far as they are known


class OnDevice:
    """A block in which tensors are made on a device; see `device`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._outer: list[str] = []

    def __enter__(self) -> OnDevice:
        self._outer.append(_core.current_device())
        _core.set_device(self.name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _core.set_device(self._outer.pop())


def device(name: str) -> OnDevice:
    """A block in which tensors are made on a device.

    Args:
        name: "cpu", "cpu:0", "cuda" or "cuda:N".

    Returns:
        A context manager.

    Raises:
        DeviceError: if the device cannot be used here; there is never a silent fall-back.
        ValueError: if the name is none of the above.

    Example:
        >>> import mark1
        >>> with mark1.device("cpu"):
        ...     mark1.ops.zeros(2).device
        'cpu:0'
    """
    return OnDevice(require(name))


def current_device() -> str:
    """The device in use on this thread.

    Example:
        >>> from mark1 import devices
        >>> devices.current_device()
        'cpu:0'
    """
    return _core.current_device()


def cuda_status() -> tuple[bool, str]:
    """Whether CUDA can be used, and the devices or the reason why not.

    The CUDA extension is loaded by the first call, never when mark1 is imported.

    Returns:
        `(usable, text)`.

    Example:
        >>> from mark1 import devices
        >>> usable, text = devices.cuda_status()
        >>> isinstance(usable, bool) and len(text) > 0
        True
    """
    from mark1 import remedies  # what it imports takes longer than the rest of this module

    try:
        _attach()
    except ImportError as error:
        if getattr(error, "name", None) == _extension():
            return False, f"this build has no CUDA extension; {remedies.build()}"
        return False, f"the CUDA extension does not load: {error}; {remedies.build()}"
    try:
        found = [line for line in _core.describe_devices() if line.startswith("cuda:")]
    except _core.DeviceError as error:
        text = f"the CUDA extension is built, but no device can be used: {error}"
        return False, f"{text}; {remedies.for_error(str(error))}"
    if not found:
        text = "the CUDA extension is built, but the driver reports no device"
        return False, f"{text}; {remedies.for_error('cudaErrorNoDevice')}"
    if all("this build has no code" in line for line in found):
        return False, f"{'; '.join(found)}; {remedies.for_error('cudaErrorNoKernelImageForDevice')}"
    return True, "; ".join(found)


def cupy_status() -> str:
    """Which CuPy is installed, or the command that installs it.

    mark1 does not need it: arrays of CuPy are taken over where there are any.

    Example:
        >>> from mark1 import devices
        >>> len(devices.cupy_status()) > 0
        True
    """
    from mark1 import remedies

    return remedies.cupy()


def list_devices() -> list[str]:
    """The devices that tensors can live on: "cpu:0", then "cuda:0" and so on.

    Example:
        >>> from mark1 import devices
        >>> devices.list_devices()[0]
        'cpu:0'
    """
    global _names
    if len(_names) == 1 and cuda_status()[0]:
        _names = [line.split()[0] for line in _core.describe_devices()]
    return list(_names)


def require(device: str) -> str:
    """Returns the device's full name, or raises an error that says what is missing.

    Args:
        device: "cpu", "cpu:0", "cuda" or "cuda:N".

    Raises:
        DeviceError: if the device cannot be used here; there is never a silent fall-back.
        ValueError: if the name is none of the above.

    Example:
        >>> from mark1 import devices
        >>> devices.require("cpu")
        'cpu:0'
    """
    kind, colon, index = str(device).partition(":")
    if kind not in ("cpu", "cuda") or (colon and not index.isdecimal()):
        raise ValueError(f"[device] unknown device {device!r}; known: 'cpu', 'cuda', 'cuda:N'")
    wanted = f"{kind}:{int(index or 0)}"
    if wanted in _names:
        return wanted
    if kind == "cuda":
        usable, text = cuda_status()
        if not usable:
            raise _core.DeviceError(f"[device] {device!r} cannot be used: {text}")
    if wanted not in list_devices():
        raise _core.DeviceError(
            f"[device] there is no {wanted!r}; this machine has {', '.join(list_devices())}"
        )
    return wanted


def float64_status() -> str:
    """What multiplies float64 on each CUDA device, and why; empty if there is none.

    Matrix units are used by a device on which they have given the bits of `docs/numerics.md` for
    many cases that are hard to round. The first question runs these.

    Example:
        >>> from mark1 import devices
        >>> isinstance(devices.float64_status(), str)
        True
    """
    found = [name for name in list_devices() if name.startswith("cuda:")]
    return "; ".join(f"{name} {_core.describe_double_units(name)}" for name in found)


def synchronize(device: str | None = None) -> None:
    """Waits until a device has done all that was asked of it.

    Args:
        device: its name; the one in use if None.

    Example:
        >>> from mark1 import devices
        >>> devices.synchronize("cpu")
    """
    _core.synchronize(require(device) if device is not None else _core.current_device())


def copy_counts() -> dict[str, int]:
    """How often, and how many bytes of, tensors were copied between host and devices so far.

    Returns:
        `to_device`, `bytes_to_device`, `to_host` and `bytes_to_host`.

    Example:
        >>> from mark1 import devices
        >>> sorted(devices.copy_counts())
        ['bytes_to_device', 'bytes_to_host', 'to_device', 'to_host']
    """
    return _core.copy_counts()


def wait_counts() -> dict[str, int]:
    """How often the host has waited for devices so far.

    Returns:
        `until_done`: until all work was done, as who looks at contents does; `until_near`: until
        no more steps lay ahead than may.

    Example:
        >>> from mark1 import devices
        >>> sorted(devices.wait_counts())
        ['until_done', 'until_near']
    """
    return _core.wait_counts()


def memory(device: str = "cuda") -> dict[str, Any]:
    """Memory of a device in bytes.

    Args:
        device: "cuda" or "cuda:N".

    Returns:
        `free` and `total` as the driver has them, `bytes_in_use` of tensors, how many
        `allocations` there were; `pinned_in_use` and `pinned_cached` of the host's memory that the
        device reads in place.

    Raises:
        DeviceError: if the device cannot be used here.
        ValueError: for the CPU, whose memory is the operating system's.

    Example:
        >>> from mark1 import devices
        >>> devices.memory("cpu")
        Traceback (most recent call last):
            ...
        ValueError: [memory] the CPU's memory is the operating system's; ask about a CUDA device
    """
    name = require(device)
    if name == "cpu:0":
        raise ValueError(
            "[memory] the CPU's memory is the operating system's; ask about a CUDA device"
        )
    return _core.device_memory(name)


def _extension() -> str:
    """The module with the devices; an emulated one for tests, on the processor."""
    emulated = os.environ.get("MARK1_CUDA_EMULATION", "") not in ("", "0")
    return "mark1._emulated" if emulated else "mark1._cuda"


def _attach() -> None:
    global _attached
    if not _attached:
        extension = importlib.import_module(_extension())
        _core.attach_device_api(extension.device_api())
        _attached = True

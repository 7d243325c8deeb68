"""Which devices there are, and what is missing where there is none."""

from __future__ import annotations

import importlib

from mark1 import _core

_attached = False


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
    try:
        _attach()
    except ImportError as error:
        if getattr(error, "name", None) == "mark1._cuda":
            return False, (
                "this build has no CUDA extension; build from source where nvcc is on the PATH: "
                "pip install -C cmake.define.MARK1_CUDA=ON ."
            )
        return False, f"the CUDA extension does not load: {error}"
    try:
        found = [line for line in _core.describe_devices() if line.startswith("cuda:")]
    except _core.DeviceError as error:
        return False, f"the CUDA extension is built, but no device can be used: {error}"
    if not found:
        return False, "the CUDA extension is built, but the driver reports no device"
    return True, "; ".join(found)


def list_devices() -> list[str]:
    """The devices that tensors can live on: "cpu:0", then "cuda:0" and so on.

    Example:
        >>> from mark1 import devices
        >>> devices.list_devices()[0]
        'cpu:0'
    """
    usable, _ = cuda_status()
    return [line.split()[0] for line in _core.describe_devices()] if usable else ["cpu:0"]


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
    kind, _, index = device.partition(":")
    if kind not in ("cpu", "cuda") or not (index or "0").isdigit():
        raise ValueError(f"[device] unknown device {device!r}; known: 'cpu', 'cuda', 'cuda:N'")
    wanted = f"{kind}:{int(index or 0)}"
    if kind == "cuda":
        usable, text = cuda_status()
        if not usable:
            raise _core.DeviceError(f"[device] {device!r} cannot be used: {text}")
    if wanted not in list_devices():
        raise _core.DeviceError(
            f"[device] there is no {wanted!r}; this machine has {', '.join(list_devices())}"
        )
    return wanted


def _attach() -> None:
    global _attached
    if not _attached:
        extension = importlib.import_module("mark1._cuda")
        _core.attach_device_api(extension.device_api())
        _attached = True

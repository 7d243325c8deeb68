"""Names for annotations. `numpy.typing` is for type checkers: importing it would cost 4 ms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mark1.device_array import DeviceArray

    Array = npt.NDArray[Any]
    Matrix = npt.NDArray[np.float64]
    DTypeLike = npt.DTypeLike
    Values: TypeAlias = Array | DeviceArray  # data, wherever they lie
else:
    Array = Matrix = DTypeLike = Values = Any

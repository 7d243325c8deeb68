"""Names for annotations. `numpy.typing` is for type checkers: importing it would cost 4 ms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Matrix = npt.NDArray[np.float64]
    DTypeLike = npt.DTypeLike
else:
    Array = Matrix = DTypeLike = Any

"""A fingerprint of trained weights."""

from __future__ import annotations

from typing import Any

import numpy as np


def weights_hash(model: Any) -> str:
    """Return the SHA-256 of a model's weights, in hexadecimal.

    Names do not enter: it is the hash of the little-endian bytes of ``model.get_weights()``, one
    array after the other. Equal hashes mean equal bits in every weight.

    Args:
        model: a model or layer that is built, or a list of arrays.

    Returns:
        64 hexadecimal digits.

    >>> import numpy as np
    >>> weights_hash([np.zeros(4, np.float32)])[:8]
    '374708ff'
    """
    import hashlib

    arrays = model if isinstance(model, (list, tuple)) else model.get_weights()
    digest = hashlib.sha256()
    for array in arrays:
        array = np.ascontiguousarray(array)
        digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return digest.hexdigest()

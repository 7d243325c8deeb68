"""reshape, expand_dims, squeeze and convert_to_tensor: views, whose gradients are views too."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input


def _identity(x):
    return x


def _reshape(x, newshape):
    return x.reshape(newshape)


CASES = [
    Case("reshape", "reshape", _reshape, (Input((3, 4)),), {"newshape": (2, -1)}),
    Case("reshape", "reshape", _reshape, (Input((0, 4)),), {"newshape": (4, 0)}),
    Case("reshape", "reshape", _reshape, (Input(()),), {"newshape": (1, 1)}),
    Case("reshape", "expand_dims", np.expand_dims, (Input((3, 4)),), {"axis": 1}),
    Case("reshape", "squeeze", np.squeeze, (Input((3, 1, 4)),), {"axis": 1}),
    Case("reshape", "convert_to_tensor", _identity, (Input((3, 4)),)),
]

"""cast between all pairs of dtypes; conversions that only hand a tensor on."""

from __future__ import annotations

import numpy as np

from tests.cases.base import SIZES, Case, Input

_BOUNDS = {"uint8": (0, 255), "int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


def _define(x, dtype):
    if x.dtype.kind != "f" or dtype not in _BOUNDS:
        return x.astype(dtype)
    low, high = _BOUNDS[dtype]
    # In Python's integers: NumPy leaves what is out of range undefined.
    flat = [0 if v != v else low if v <= low else high if v >= high else int(v) for v in x.ravel()]
    return np.array(flat, dtype=dtype).reshape(x.shape)


def _case(shape: tuple[int, ...], source: str, target: str) -> Case:
    size = int(np.prod(shape))
    # To float32 would round away the steps of a numeric gradient.
    smooth = source == "float" and target == "float64"
    return Case(
        op="cast",
        function="cast",
        name=f"{source}-{target}",
        define=_define,
        inputs=(Input(shape, dtype=source),),
        attributes={"dtype": target},
        differentiable=None if smooth else (),
        # float64 to float32 rounds.
        ulps=0.5,
        bytes=8.0 * size,
        numpy_call=lambda x, dtype, out: np.copyto(out, x, casting="unsafe"),
    )


_SOURCES = ("float", "int64", "int32", "uint8", "bool")
_TARGETS = ("float32", "float64", "int64", "int32", "uint8", "bool")

CASES = [_case((67,), s, t) for s in _SOURCES for t in _TARGETS]
CASES += [_case((n,), "float", "float64") for n in SIZES if n != 67]
CASES += [_case((3, 40_009), "float", "int32")]
CASES += [
    Case("cast", "convert_to_tensor", lambda x: x, (Input((3, 5)),)),
    Case("cast", "convert_to_tensor", lambda x, dtype: x, (Input((3, 5)),), name="float64",
         attributes={"dtype": "float64"}),
]  # fmt: skip

BENCHMARKS = [_case((16_777_216,), "float", "int32"), _case((16_777_216,), "uint8", "float32")]

"""What a case file says about an op, and how its inputs are drawn.

A case file `tests/cases/<op>.py` (named after `csrc/ops/<op>/`) defines `CASES`, a list of `Case`
at sizes fit for tests, and optionally `BENCHMARKS`, the same at sizes worth timing. The generic
tests in `tests/ops/test_cases.py` and `benchmarks/kernels/` read both; nothing else is needed.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# Sizes around vector widths (8, 16 floats; 4, 8 doubles), their tails and unrolled multiples.
SIZES = (0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 19, 31, 33, 35, 61, 67, 127, 131, 1031)

# Ranges that replace the values of every floating-point input; see `draw`.
RANGES = ("normal", "zeros", "ties", "large", "huge", "denormal", "special")


@dataclass(frozen=True)
class Input:
    """One operand.

    shape   its dimensions
    values  a name `draw` knows; "normal" by default, then the case's `ranges` replace it. Any other
            name is a demand ("positive", "unit", "labels:10", "onehot", "01") and stays.
    dtype   "float" runs in float32 and float64; anything else is that dtype
    """

    shape: tuple[int, ...]
    values: str = "normal"
    dtype: str = "float"

    @property
    def floating(self) -> bool:
        return self.dtype in ("float", "float32", "float64")


@dataclass(frozen=True)
class Case:
    """One call of one public function, with everything that can be asked about it."""

    op: str  # the folder csrc/ops/<op>/; also this case file's name
    function: str  # the public function in mark1.ops (or what `call` wraps)
    define: Callable[..., Any]  # float64 NumPy, same arguments: define(*arrays, **attributes)
    inputs: tuple[Input, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""  # tells cases of one function apart; shapes are added by themselves
    # call(*tensors, **attributes) -> Tensor or tuple of them; mark1.ops.<function> if None.
    call: Callable[..., Any] | None = None
    # Indices of the inputs with a gradient; None: all floating ones. () for none.
    differentiable: tuple[int, ...] | None = None
    second_order: bool = True  # whether second derivatives are checked as well
    # Where the derivative jumps: values of the differentiable inputs, or a function of all inputs
    # whose zeros are the kinks (lambda x, y: x - y for |x - y|).
    kinks: Sequence[float] | Callable[..., Array] = ()
    # Length of the longest sum in one output element (for the error bound); 1 = element-wise.
    length: int = 1
    # Error of the rest of the formula, in units in the last place: 0.5 = one correct rounding.
    ulps: float = 0.5
    # Magnitude the error is relative to: the sum of the terms' absolute values, same arguments as
    # define; None: |result|. Needed wherever terms can cancel (scale=lambda x, w: abs(x) @ abs(w)).
    scale: Callable[..., Any] | None = None
    # Ranges for "right?" (bits are compared in all of them).
    ranges: tuple[str, ...] = ("normal", "zeros", "ties", "large", "denormal", "special")
    bit_ranges: tuple[str, ...] = RANGES
    dtypes: tuple[str, ...] = ("float32", "float64")
    flops: float = 0.0  # for the benchmark: floating-point operations of one call
    bytes: float = 0.0  # bytes read and written, for float32
    # NumPy at its best, for the ratio: numpy_call(*arrays, out=array); define if None.
    numpy_call: Callable[..., Any] | None = None
    torch_call: Callable[..., Any] | None = None  # torch_call(*torch_tensors)
    # Several launches with memory of their own: an output may take a block that one of them used.
    composite: bool = False
    # Not through mark1.ops, e.g. an optimizer's update: no gradient, bits and value only.
    plain: bool = False

    @property
    def id(self) -> str:
        shapes = "_".join("x".join(map(str, i.shape)) or "scalar" for i in self.inputs)
        return "-".join(part for part in (self.function, self.name, shapes) if part)

    @property
    def gradients(self) -> tuple[int, ...]:
        """Indices of the inputs whose gradients are checked."""
        if self.plain:
            return ()
        if self.differentiable is not None:
            return self.differentiable
        return tuple(i for i, x in enumerate(self.inputs) if x.floating)

    def run(self, *tensors: Any) -> tuple[Any, ...]:
        """mark1's outputs, always as a tuple."""
        call = self.call
        if call is None:
            import mark1

            call = getattr(mark1.ops, self.function)
        return as_tuple(call(*tensors, **self.attributes))

    def expect(self, *arrays: Array) -> tuple[Array, ...]:
        """The definition's outputs, always as a tuple; floating inputs are widened to float64."""
        return self._evaluate(self.define, arrays)

    def magnitude(self, *arrays: Array) -> tuple[Array, ...]:
        """What errors are relative to, one array per output."""
        if self.scale is None:
            return tuple(np.abs(y) for y in self.expect(*arrays))
        return tuple(np.abs(y) for y in self._evaluate(self.scale, arrays))

    def arrays(self, dtype: str, values: str = "normal", seed: int = 0) -> tuple[Array, ...]:
        """Inputs drawn from `values`, the same at every call with the same arguments."""
        rng = np.random.default_rng([zlib.crc32(self.id.encode()), seed])
        return tuple(draw(rng, x, dtype, values) for x in self.inputs)

    def _evaluate(self, function: Callable[..., Any], arrays: Sequence[Array]) -> tuple[Array, ...]:
        wide = [a.astype(np.float64) if a.dtype.kind == "f" else a for a in arrays]
        with np.errstate(all="ignore"):
            return tuple(np.asarray(y) for y in as_tuple(function(*wide, **self.attributes)))


def composed(
    op: str,
    function: str,
    define: Callable[..., Any],
    *inputs: Input | tuple[int, ...],
    ranges: tuple[str, ...] = ("normal", "special"),
    attributes: Mapping[str, Any] | None = None,
    **options: Any,
) -> Case:
    """A case of a function made of others, whose kernels are tried in cases of their own.

    Args:
        op: the case file's name.
        function: the public function.
        define: it in NumPy.
        *inputs: operands; a shape stands for an Input of normal values.
        ranges: what is drawn, for values and for bits.
        attributes: keyword arguments, shown in the case's id unless it has a name.
        **options: anything else that a Case takes.
    """
    drawn = tuple(x if isinstance(x, Input) else Input(x) for x in inputs)
    shown = [f"{key}_{value}" for key, value in (attributes or {}).items()]
    return Case(
        op=op,
        function=function,
        define=define,
        inputs=drawn,
        **{
            "attributes": attributes or {},
            "name": re.sub(r"[^\w.]+", "_", "-".join(shown)),
            "ranges": ranges,
            "bit_ranges": ranges,
            "composite": True,
            **options,
        },
    )


def as_tuple(result: Any) -> tuple[Any, ...]:
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


def draw(rng: np.random.Generator, x: Input, dtype: str, values: str) -> Array:
    """Values for one input.

    Ranges: "normal", "zeros" (both signs), "ties" (a handful of small integers, so that equal
    values abound), "large" (10^0 to 10^4, both signs), "huge" (to the end of the format),
    "denormal" (below the smallest normal number, and just above), "special" (infinities, NaN,
    zeros and the format's extremes among normal ones).
    Demands: "positive" (0.1 to 3), "unit" (inside -1 to 1), "unit:K" (a K-th of that),
    "probability" (rows that sum to 1), "01" (0 or 1), "labels:K" (integers below K), "onehot"
    (along the last axis), "constant:V".
    """
    kind, _, argument = x.values.partition(":")
    if kind == "normal":
        kind = values
    if not x.floating:
        info = None if x.dtype == "bool" else np.iinfo(x.dtype)
        if kind == "labels":
            return rng.integers(0, int(argument), x.shape).astype(x.dtype)
        if kind == "01" or info is None:
            return rng.integers(0, 2, x.shape).astype(x.dtype)
        return rng.integers(max(info.min, -100), 101, x.shape).astype(x.dtype)
    real = np.dtype(dtype if x.dtype == "float" else x.dtype)
    limits = np.finfo(real)
    size = math.prod(x.shape)
    flat: Array = np.empty(0)
    sign = rng.choice([-1.0, 1.0], size)
    if kind == "normal":
        flat = rng.standard_normal(size)
    elif kind == "zeros":
        flat = 0.0 * sign
    elif kind == "ties":
        flat = rng.integers(-2, 3, size).astype(np.float64)
    elif kind == "large":
        flat = sign * 10 ** rng.uniform(0, 4, size)
    elif kind == "huge":
        flat = sign * 10 ** rng.uniform(4, np.log10(float(limits.max)), size)
    elif kind == "denormal":
        flat = sign * float(limits.tiny) * 2 ** rng.uniform(-limits.nmant, 2, size)
    elif kind == "special":
        flat = rng.standard_normal(size)
        extremes = [np.inf, -np.inf, np.nan, 0.0, -0.0, limits.max, limits.min, limits.tiny]
        at = rng.random(size) < 0.3
        flat[at] = rng.choice(np.array(extremes, dtype=np.float64), int(at.sum()))
    elif kind == "positive":
        flat = rng.uniform(0.1, 3.0, size)
    elif kind == "unit":
        flat = rng.uniform(-0.95, 0.95, size) / float(argument or 1)
    elif kind == "01":
        flat = rng.integers(0, 2, size).astype(np.float64)
    elif kind == "constant":
        flat = np.full(size, float(argument))
    elif kind == "probability":
        rows = rng.uniform(0.05, 1.0, x.shape)
        return (rows / rows.sum(axis=-1, keepdims=True)).astype(real)
    elif kind == "onehot":
        classes = x.shape[-1]
        return np.eye(classes, dtype=real)[rng.integers(0, classes, x.shape[:-1])]
    else:
        raise ValueError(f"unknown values {x.values!r} or range {values!r}")
    with np.errstate(over="ignore"):
        return flat.reshape(x.shape).astype(real)

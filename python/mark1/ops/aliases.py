"""Second names that Keras and NumPy give to functions: the same objects."""

from __future__ import annotations

from mark1.ops.broadcast import divide
from mark1.ops.cast import convert_to_tensor
from mark1.ops.fill import zeros, zeros_like
from mark1.ops.piecewise import hard_silu
from mark1.ops.reduce import max, min
from mark1.ops.rounding import abs
from mark1.ops.slice import getitem
from mark1.ops.smooth import silu

absolute = abs
amax = max
amin = min
array = convert_to_tensor
# Nothing writes into a tensor, so that one needs no copy of it.
copy = convert_to_tensor
# No memory is handed out that nobody wrote: its contents would differ from run to run.
empty = zeros
empty_like = zeros_like
get_item = getitem
hard_swish = hard_silu
swish = silu
true_divide = divide

"""Layers that compute in another dtype than they train, under the names of `keras.mixed_precision`.

Example:
    >>> from mark1 import layers, mixed_precision
    >>> layers.Dense(1, dtype=mixed_precision.Policy("mixed_bfloat16")).compute_dtype
    'bfloat16'
"""

from mark1.dtype_policies import DTypePolicy as DTypePolicy
from mark1.dtype_policies import dtype_policy as dtype_policy
from mark1.dtype_policies import set_dtype_policy as set_dtype_policy
from mark1.optimizers import LossScaleOptimizer as LossScaleOptimizer

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

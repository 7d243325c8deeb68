"""What holds for the whole library, under the names of `keras.config`."""

from mark1.dtype_policies import dtype_policy as dtype_policy
from mark1.dtype_policies import set_dtype_policy as set_dtype_policy

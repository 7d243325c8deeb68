"""mark1: a native neural-network library with the same bits everywhere."""

from mark1 import ops as ops
from mark1 import random as random
from mark1 import tensor as _tensor
from mark1._core import DeviceError as DeviceError
from mark1._core import Tensor as Tensor
from mark1._core import get_num_threads as get_num_threads
from mark1._core import set_num_threads as set_num_threads
from mark1.tape import GradientTape as GradientTape
from mark1.variable import Variable as Variable

_tensor.attach()

__version__ = "0.1.0"

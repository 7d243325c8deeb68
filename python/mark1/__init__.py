"""mark1: a native neural-network library with the same bits everywhere."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from mark1 import activations as activations
from mark1 import callbacks as callbacks
from mark1 import constraints as constraints
from mark1 import initializers as initializers
from mark1 import layers as layers
from mark1 import losses as losses
from mark1 import metrics as metrics
from mark1 import models as models
from mark1 import ops as ops
from mark1 import optimizers as optimizers
from mark1 import random as random
from mark1 import regularizers as regularizers
from mark1 import saving as saving
from mark1 import tensor as _tensor
from mark1 import utils as utils
from mark1._core import DeviceError as DeviceError
from mark1._core import Tensor as Tensor
from mark1._core import get_num_threads as get_num_threads
from mark1._core import set_num_threads as set_num_threads
from mark1.devices import device as device
from mark1.dtype_policies import DTypePolicy as DTypePolicy
from mark1.dtype_policies import FloatDTypePolicy as FloatDTypePolicy
from mark1.function import RetracingWarning as RetracingWarning
from mark1.function import function as function
from mark1.function import run_functions_eagerly as run_functions_eagerly
from mark1.initializers import Initializer as Initializer
from mark1.layers import Input as Input
from mark1.layers import Layer as Layer
from mark1.layers.symbolic import KerasTensor as KerasTensor
from mark1.losses import Loss as Loss
from mark1.metrics import Metric as Metric
from mark1.models import Model as Model
from mark1.models import Sequential as Sequential
from mark1.optimizers import Optimizer as Optimizer
from mark1.recording import EagerStepWarning as EagerStepWarning
from mark1.regularizers import Regularizer as Regularizer
from mark1.tape import GradientTape as GradientTape
from mark1.tape import custom_gradient as custom_gradient
from mark1.tape import grad as grad
from mark1.tape import value_and_grad as value_and_grad
from mark1.variable import Variable as Variable

if _TYPE_CHECKING:
    from mark1 import backend as backend
    from mark1 import config as config
    from mark1 import datasets as datasets
    from mark1 import mixed_precision as mixed_precision
    from mark1 import preprocessing as preprocessing
    from mark1 import tree as tree
    from mark1.layers.input_spec import InputSpec as InputSpec
    from mark1.models.symbolic_function import Function as Function
    from mark1.scopes import name_scope as name_scope

asarray = ops.convert_to_tensor  # as NumPy, CuPy and JAX call it

_tensor.attach()

__version__ = "0.1.0"


def version() -> str:
    """Return the version of the package.

    >>> version() == __version__
    True
    """
    return __version__


_MODULES = ("backend", "config", "datasets", "mixed_precision", "preprocessing", "tree")
_NAMES = {
    "Function": "mark1.models.symbolic_function",
    "InputSpec": "mark1.layers.input_spec",
    "name_scope": "mark1.scopes",
}


def __getattr__(name: str) -> _Any:
    # Seldom wanted, on use only: data sets, for one, read archives and check sums.
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"mark1.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'mark1' has no attribute {name!r}")

"""How weights begin."""

from mark1.initializers.constant import Constant, Ones, Zeros
from mark1.initializers.initializer import Initializer, get, serialize
from mark1.initializers.orthogonal import Orthogonal
from mark1.initializers.random import RandomNormal, RandomUniform, TruncatedNormal
from mark1.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "get",
    "serialize",
]

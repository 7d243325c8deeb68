"""How weights are changed."""

from mark1.optimizers.adam import Adam
from mark1.optimizers.optimizer import Optimizer, get
from mark1.optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "get"]

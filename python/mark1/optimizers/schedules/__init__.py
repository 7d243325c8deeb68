"""Learning rates that depend on the number of the step."""

from mark1.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from mark1.optimizers.schedules.decay import ExponentialDecay, InverseTimeDecay, PolynomialDecay
from mark1.optimizers.schedules.piecewise import PiecewiseConstantDecay
from mark1.optimizers.schedules.schedule import LearningRateSchedule, deserialize, serialize

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

"""How weights are changed."""

from mark1.optimizers import schedules as schedules
from mark1.optimizers.adadelta import Adadelta
from mark1.optimizers.adagrad import Adagrad
from mark1.optimizers.adam import Adam
from mark1.optimizers.adamax import Adamax
from mark1.optimizers.adamw import AdamW
from mark1.optimizers.ftrl import Ftrl
from mark1.optimizers.lion import Lion
from mark1.optimizers.nadam import Nadam
from mark1.optimizers.optimizer import Optimizer, deserialize, get, serialize
from mark1.optimizers.rmsprop import RMSprop
from mark1.optimizers.sgd import SGD
from mark1.optimizers.update import Options

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lion",
    "Nadam",
    "Optimizer",
    "Options",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

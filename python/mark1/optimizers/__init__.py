"""How weights are changed."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from mark1.optimizers import schedules as schedules
from mark1.optimizers.adadelta import Adadelta
from mark1.optimizers.adagrad import Adagrad
from mark1.optimizers.adam import Adam
from mark1.optimizers.adamax import Adamax
from mark1.optimizers.adamw import AdamW
from mark1.optimizers.ftrl import Ftrl
from mark1.optimizers.lion import Lion
from mark1.optimizers.loss_scale_optimizer import LossScaleOptimizer
from mark1.optimizers.nadam import Nadam
from mark1.optimizers.optimizer import Optimizer, deserialize, get, serialize
from mark1.optimizers.optimizer import registry as _registry
from mark1.optimizers.rmsprop import RMSprop
from mark1.optimizers.sgd import SGD
from mark1.optimizers.update import Options

if _TYPE_CHECKING:
    from mark1.optimizers.adafactor import Adafactor
    from mark1.optimizers.lamb import Lamb
    from mark1.optimizers.multi_optimizer import MultiOptimizer, OptimizerMap
    from mark1.optimizers.muon import Muon
    from mark1.optimizers.schedule_free import ScheduleFreeAdamW

# Seldom wanted: each module is imported when one of its names is asked for, also by a file.
_MODULES = {
    "Adafactor": "adafactor",
    "Lamb": "lamb",
    "MultiOptimizer": "multi_optimizer",
    "Muon": "muon",
    "OptimizerMap": "multi_optimizer",
    "ScheduleFreeAdamW": "schedule_free",
}
for _name, _module in _MODULES.items():
    _registry.add_later(f"mark1.optimizers.{_module}", [_name])


def __getattr__(name: str) -> _Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'mark1.optimizers' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"mark1.optimizers.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "Options",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

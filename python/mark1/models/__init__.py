"""Models, and how they are trained."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from mark1.models.model import Model
from mark1.models.sequential import Sequential
from mark1.saving import load_model, save_model

if _TYPE_CHECKING:
    from mark1.models.cloning import clone_model, model_from_json

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]


def __getattr__(name: str) -> _Any:
    if name not in ("clone_model", "model_from_json"):
        raise AttributeError(f"module 'mark1.models' has no attribute {name!r}")
    from mark1.models import cloning

    return getattr(cloning, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

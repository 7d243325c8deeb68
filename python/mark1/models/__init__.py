"""Models, and how they are trained."""

from mark1.models.model import Model
from mark1.models.sequential import Sequential
from mark1.saving import load_model, save_model

__all__ = ["Model", "Sequential", "load_model", "save_model"]

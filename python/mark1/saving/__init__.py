"""Models to files and back, in the layout of Keras 3."""

from mark1.saving.saving import load_model, load_weights, save_model, save_weights

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

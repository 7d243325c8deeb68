"""Hooks into training: what is recorded, shown, saved, and when to stop."""

from mark1.callbacks.callback import Callback
from mark1.callbacks.callback_list import CallbackList
from mark1.callbacks.early_stopping import EarlyStopping
from mark1.callbacks.history import History
from mark1.callbacks.model_checkpoint import ModelCheckpoint
from mark1.callbacks.progbar_logger import ProgbarLogger

__all__ = [
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "ModelCheckpoint",
    "ProgbarLogger",
]

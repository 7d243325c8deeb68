"""Hooks into training: what is recorded, shown, saved, and when to stop."""

from mark1.callbacks.backup_and_restore import BackupAndRestore
from mark1.callbacks.callback import Callback
from mark1.callbacks.callback_list import CallbackList
from mark1.callbacks.csv_logger import CSVLogger
from mark1.callbacks.early_stopping import EarlyStopping
from mark1.callbacks.history import History
from mark1.callbacks.lambda_callback import LambdaCallback
from mark1.callbacks.learning_rate_scheduler import LearningRateScheduler
from mark1.callbacks.model_checkpoint import ModelCheckpoint
from mark1.callbacks.progbar_logger import ProgbarLogger
from mark1.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from mark1.callbacks.swap_ema_weights import SwapEMAWeights
from mark1.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TerminateOnNaN",
]

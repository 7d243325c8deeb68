"""Names under which Keras programs find what prepares data: `sequence` and `image`."""

from mark1.preprocessing import image, sequence
from mark1.utils.sequences import timeseries_dataset_from_array

__all__ = ["image", "sequence", "timeseries_dataset_from_array"]

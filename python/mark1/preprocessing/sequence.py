"""Sequences of one length."""

from mark1.utils.sequences import pad_sequences

__all__ = ["pad_sequences"]

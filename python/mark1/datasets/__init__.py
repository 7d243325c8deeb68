"""Data to learn from: two sets of handwritten digits and four generators of toy problems."""

from mark1.datasets import digits, mnist
from mark1.datasets.generators import blobs, moons, spirals, xor

__all__ = ["blobs", "digits", "mnist", "moons", "spirals", "xor"]

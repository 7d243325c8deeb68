"""Layers that make of data what the layers after them can learn from."""

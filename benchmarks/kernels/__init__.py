"""Kernels, one call at a time, against NumPy and PyTorch."""

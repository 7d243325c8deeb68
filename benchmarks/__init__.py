"""How fast mark1 is, beside NumPy and whatever peers are installed: `python -m benchmarks`."""

"""Training steps and predictions of small models, mark1 beside its peers.

`python -m benchmarks.models` prints a table; `python -m benchmarks` includes it. Every library runs
in a process of its own (`worker.py`), because thread pools that spin disturb each other within one
process. The driver lets one of them work at a time, in turns, while the others wait for input.
"""

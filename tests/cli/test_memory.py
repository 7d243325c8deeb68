"""Training on 70,000 images of 28 x 28 needs little memory beyond the images."""

import subprocess
import sys

PROGRAM = """
import resource, sys
import numpy as np
import mark1
from mark1 import cli
from mark1.datasets import mnist

def peak():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def load_data(path):
    rng = np.random.default_rng(0)
    def part(n):
        # integers() may draw a wider type first, so the images are filled row by row
        images = np.empty((n, 28, 28), np.uint8)
        for image in images:
            image[:] = rng.integers(0, 256, (28, 28), dtype=np.uint8)
        return images, rng.integers(0, 10, n, dtype=np.uint8)
    return part(60_000), part(10_000)

mnist.load_data = load_data
after_import = peak()
assert cli.main(["train", "mnist", "--epochs", "1", "--verbose", "0"]) == 0
print((peak() - after_import) / 1e6)
"""


def test_peak_is_data_plus_100_mb():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    data = 70_000 * 784 * 4 / 1e6
    assert float(done.stdout.splitlines()[-1]) <= data + 100

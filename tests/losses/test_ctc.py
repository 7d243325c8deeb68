"""CTC beside the sum over all paths, one by one."""

import itertools

import numpy as np

import mark1
from mark1 import losses


def _paths(logits, labels):
    """The probability of labels, summed up over all paths one by one."""
    times, classes = logits.shape
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(classes), repeat=times):
        spelled = [c for c, _ in itertools.groupby(path) if c]
        if spelled == list(labels):
            total += p[range(times), path].prod()
    return total


def test_ctc_counts_all_paths():
    logits = np.random.default_rng(4).normal(size=(5, 4, 3))
    labels = [[1, 2], [2], [], [1, 1], [2, 2, 1]]
    padded = np.array([[*row, 0, 0, 0][:3] for row in labels])
    with np.errstate(divide="ignore"):
        want = [-np.log(_paths(x, row)) for x, row in zip(logits, labels, strict=True)]
    np.testing.assert_allclose(losses.ctc(padded, logits), want, rtol=1e-12)
    assert np.isfinite(want[:4]).all()


def test_ctc_without_a_path():
    # Two equal labels need a blank between them, so three times.
    x = mark1.Variable(np.zeros((2, 2, 3)))
    with mark1.GradientTape() as tape:
        loss = losses.ctc([[1, 1], [1, 2]], x)
    np.testing.assert_allclose(loss, [np.inf, np.log(9)])
    gradient = np.asarray(tape.gradient(loss, x))
    assert np.isfinite(gradient).all()
    assert not gradient[0].any()
    assert gradient[1].any()

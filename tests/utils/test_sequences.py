"""pad_sequences, timeseries_dataset_from_array, normalize."""

import numpy as np
import pytest

import mark1
from mark1.utils import normalize, pad_sequences, timeseries_dataset_from_array

LISTS = [[1], [2, 3], [], [4, 5, 6, 7]]
ROWS = [np.ones((2, 3)), np.zeros((5, 3))]
SERIES = np.arange(40.0, dtype="float32").reshape(20, 2)


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 2, 6])
def test_padding_as_keras(padding, truncating, maxlen):
    utils = pytest.importorskip("keras").utils
    options = {"padding": padding, "truncating": truncating, "maxlen": maxlen}
    for sequences, more in ((LISTS, {}), (LISTS, {"value": -1.5, "dtype": "float64"}), (ROWS, {})):
        ours, theirs = (
            f(sequences, **options, **more) for f in (pad_sequences, utils.pad_sequences)
        )
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


def test_padding():
    want = [[0, 0, 0, 1], [0, 0, 2, 3], [0, 0, 0, 0], [4, 5, 6, 7]]
    np.testing.assert_array_equal(pad_sequences(LISTS), want)
    np.testing.assert_array_equal(pad_sequences(LISTS, 3, truncating="post")[3], [4, 5, 6])
    assert pad_sequences(ROWS, padding="post").shape == (2, 5, 3)
    assert pad_sequences([]).shape == (0, 0)


CASES = [
    {"sequence_length": 4},
    {"sequence_length": 3, "sequence_stride": 2, "sampling_rate": 3, "batch_size": 2},
    {"sequence_length": 3, "start_index": 4, "end_index": 15, "batch_size": 4},
]


@pytest.mark.parametrize("options", CASES)
@pytest.mark.parametrize("targets", [None, SERIES[3:, 0]])
def test_windows_as_keras(options, targets):
    utils = pytest.importorskip("keras").utils
    ours = timeseries_dataset_from_array(SERIES, targets, **options)
    theirs = list(utils.timeseries_dataset_from_array(SERIES, targets, **options))
    assert len(ours) == len(theirs)
    for i, batch in enumerate(theirs):
        pairs = zip(ours[i], batch, strict=True) if targets is not None else [(ours[i], batch)]
        for a, b in pairs:
            np.testing.assert_array_equal(a, b)


def test_windows_train_a_model():
    options = {"batch_size": 5, "shuffle": True, "seed": 1}
    data = timeseries_dataset_from_array(SERIES, SERIES[4:, 0], 4, **options)
    x, y = data[0]
    np.testing.assert_array_equal(y, x[:, 3, 0] + 2)
    assert sorted(np.concatenate([data[i][1] for i in range(len(data))])) == sorted(SERIES[4:, 0])
    again = timeseries_dataset_from_array(SERIES, SERIES[4:, 0], 4, **options)
    np.testing.assert_array_equal(again[0][0], x)
    model = mark1.Sequential([mark1.Input((4, 2)), mark1.layers.Flatten(), mark1.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(data, epochs=2, verbose=0)


def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x), [[0.6, 0.8], [0, 0]])
    np.testing.assert_allclose(normalize(x, 0, 1), [[1, 1], [0, 0]])


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: pad_sequences(LISTS, padding="left"),
            ValueError,
            "padding must be 'pre' or 'post'",
        ),
        (lambda: pad_sequences([[1], 2]), TypeError, "takes a list of lists, got int in it"),
        (lambda: pad_sequences(3), TypeError, "takes a list of lists, got int"),
        (lambda: pad_sequences([[1], [[2]]]), ValueError, "rows have different shapes"),
        (
            lambda: timeseries_dataset_from_array(SERIES, None, 0),
            ValueError,
            "sequence_length must be a positive integer, got 0",
        ),
        (
            lambda: timeseries_dataset_from_array(SERIES, None, 30),
            ValueError,
            "no window of 30 elements, 1 apart, fits into 20",
        ),
        (
            lambda: timeseries_dataset_from_array(SERIES, None, 3, end_index=21),
            ValueError,
            "must be a part of 20 elements, got None and 21",
        ),
    ],
)
def test_refused(call, error, text):
    with pytest.raises(error, match=text):
        call()

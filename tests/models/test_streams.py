"""Batches from generators, iterables and numbered data sets."""

import threading

import numpy as np
import pytest

import mark1
from mark1.models.checks import NonFiniteWarning
from mark1.models.sources import is_stream
from mark1.models.streams import StreamWarning
from tests.models.sources import Iterable, Numbered, endless, item, numbers, stream


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (endless(), True),
        (iter([1]), True),
        (Iterable(1), True),
        (Numbered(1), True),
        (mark1.utils.PyDataset(), True),
        (np.zeros(3), False),
        ([[1.0]], False),
        ((1.0, 2.0), False),
        (mark1.ops.zeros((2,)), False),
        (mark1.Variable([1.0]), False),
        ({"a": 1}, False),
        ("text", False),
        (endless, False),
        (None, False),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_counts_as_a_stream(source, expected):
    assert is_stream(source) is expected


def test_batches_are_tensors_of_their_own():
    def reuse():
        x, y = np.zeros((4, 3)), np.zeros(4, np.int32)
        for number in range(6):
            x[:], y[:] = number, number
            yield x, y

    with stream(reuse()) as data:
        batches = list(data.batches())
    assert numbers(batches) == [0, 1, 2, 3, 4, 5]
    for number, (x, y, sample_weight) in enumerate(batches):
        assert (x.dtype, x.shape, y.dtype, y.shape) == ("float32", (4, 3), "int32", (4,))
        assert (y.numpy() == number).all()
        assert sample_weight is None


@pytest.mark.parametrize(
    "made",
    [
        np.ones((2, 3)),
        (np.ones((2, 3)),),
        ([[1, 1, 1], [1, 1, 1]], [0, 1]),
        [np.ones((2, 3)), np.arange(2)],
        (mark1.ops.ones((2, 3)), mark1.ops.convert_to_tensor([0, 1]), np.array([[0.5], [0.25]])),
        (np.ones((2, 3), order="F").astype(">f8"), np.arange(2), [0.5, 0.25]),
    ],
    ids=["x", "(x,)", "lists", "[x, y]", "tensors", "foreign layout"],
)
def test_items_of_every_form(made):
    with stream(iter([made])) as data:
        (batch,) = data.batches()
    assert np.array_equal(batch.x, np.ones((2, 3), np.float32))
    parts = made if isinstance(made, (tuple, list)) else (made,)
    assert (batch.y is not None) == (len(parts) > 1)
    if batch.y is not None:
        assert np.array_equal(batch.y, [0, 1])
    if len(parts) == 3:
        assert np.array_equal(batch.sample_weight, np.array([0.5, 0.25], np.float32))


def test_a_generator_goes_on_from_epoch_to_epoch_and_is_left_where_the_epoch_ended():
    source = endless()
    with stream(source, steps=3) as data:
        assert data.steps == 3
        assert [numbers(data.batches()) for _ in range(2)] == [[0, 1, 2], [3, 4, 5]]
    assert next(source)[0][0, 0] == 6
    with stream(source, steps=2) as data:
        assert numbers(data.batches()) == [7, 8]


def test_an_iterable_is_begun_anew_in_each_epoch():
    source = Iterable(3)
    with stream(source) as data:
        assert data.steps is None
        assert [numbers(data.batches()) for _ in range(2)] == [[0, 1, 2]] * 2
        assert data.steps == 3
        assert data.more()
    assert source.begun == 2


def test_epochs_of_an_iterable_with_steps_go_on_and_wrap_around():
    with stream(Iterable(5), steps=3) as data:
        assert [numbers(data.batches()) for _ in range(3)] == [[0, 1, 2], [3, 4, 0], [1, 2, 3]]
        data.reset()
        assert numbers(data.batches()) == [0, 1, 2]


@pytest.mark.parametrize("steps", [None, 4])
def test_numbered_batches_come_in_an_order(steps):
    source = Numbered(4)
    with stream(source, steps) as data:
        assert data.steps == 4
        assert data.numbers == 4
        assert numbers(data.batches()) == [0, 1, 2, 3]
        assert numbers(data.batches(np.array([2, 0, 3, 1]))) == [2, 0, 3, 1]
    assert source.ends == 2
    assert len(source.threads) == 1
    assert threading.get_ident() not in source.threads


def test_numbered_batches_with_other_steps():
    source = Numbered(3)
    with stream(source, steps=5) as data:
        assert data.numbers is None
        assert [numbers(data.batches()) for _ in range(2)] == [[0, 1, 2, 0, 1], [2, 0, 1, 2, 0]]
    assert source.ends == 3


def test_a_generator_that_ends_early_ends_training():
    with stream((item(i) for i in range(5)), steps=3) as data:
        assert numbers(data.batches()) == [0, 1, 2]
        assert data.more()
        with pytest.warns(StreamWarning, match=r"^\[fit\] the data ended after 2 of 3 batches of"):
            assert numbers(data.batches()) == [3, 4]
        assert not data.more()


def test_a_generator_that_ends_with_an_epoch_is_noticed_before_the_next():
    with stream((item(i) for i in range(4)), steps=2) as data:
        for expected in ([0, 1], [2, 3]):
            assert data.more()
            assert numbers(data.batches()) == expected
        with pytest.warns(StreamWarning, match="after epoch 2, with 4 batches in all"):
            assert not data.more()


def test_a_generator_without_steps_is_one_epoch():
    with stream(item(i) for i in range(4)) as data:
        assert data.steps is None
        assert numbers(data.batches()) == [0, 1, 2, 3]
        assert data.steps == 4
        with pytest.warns(StreamWarning, match="after epoch 1, with 4 batches"):
            assert not data.more()


@pytest.mark.parametrize("source", [iter(()), Iterable(0), Numbered(0)])
@pytest.mark.parametrize("steps", [None, 2])
@pytest.mark.parametrize("peek", [False, True])
def test_no_batch_at_all_is_an_error(source, steps, peek):
    with (
        stream(source, steps) as data,
        pytest.raises(ValueError, match=r"^\[fit\] the data holds no batch$"),
    ):
        data.peek() if peek else list(data.batches())


@pytest.mark.parametrize("make", [endless, lambda: Iterable(9), lambda: Numbered(9)])
def test_peek_takes_nothing_away(make):
    with stream(make(), steps=2) as data:
        assert numbers([data.peek(), data.peek()]) == [0, 0]
        assert numbers(data.batches()) == [0, 1]
        assert numbers(data.batches()) == [2, 3]


def test_peek_leaves_the_first_epoch_its_order():
    source = Numbered(3)
    with stream(source) as data:
        data.peek()
        assert source.ends == 0
        assert numbers(data.batches([2, 1, 0])) == [2, 1, 0]


@pytest.mark.parametrize(
    ("bad", "kind", "text"),
    [
        (("a", [1]), TypeError, r"^\[fit\] batch 2: x must be an array, got str$"),
        ((["a"], [1]), TypeError, r"^\[fit\] batch 2: x must hold numbers, got strings"),
        (({"a": 1}, [1]), TypeError, r"^\[fit\] batch 2: x\['a'\] must be an array, got int$"),
        (
            (np.ones((2, 3)), [1]),
            ValueError,
            r"^\[fit\] the arrays must have the same number of samples "
            r"\(batch 2: x: 2, batch 2: y: 1\)$",
        ),
        ((np.ones((0, 3)), []), ValueError, r"^\[fit\] batch 2: x is empty"),
        ((np.float32(3), 1), ValueError, r"^\[fit\] batch 2: x must have an axis of samples"),
        (
            (1, 2, 3, 4),
            ValueError,
            r"^\[fit\] batch 2 must be x, \(x, y\) or \(x, y, sample_weight\), got a tuple of 4$",
        ),
        (
            (np.ones((2, 3)), [1, 2], np.ones((2, 2))),
            ValueError,
            r"^\[fit\] batch 2: sample_weight must have one weight per sample, got shape \(2, 2\)$",
        ),
    ],
)
def test_errors_name_the_batch(bad, kind, text):
    with (
        stream(iter([item(0), bad, item(2)])) as data,
        pytest.raises(kind, match=text),
    ):
        list(data.batches())


def test_errors_of_prepare_name_the_batch_and_come_from_the_callers_thread():
    threads = set()

    def prepare(x, y, sample_weight):
        threads.add(threading.get_ident())
        if x[0, 0] == 2:
            raise ValueError("[dense] input must have 4 features, got 3")
        return x, y, sample_weight

    with (
        stream(endless(), prepare=prepare) as data,
        pytest.raises(ValueError, match=r"^\[dense\] .* features, got 3 \(batch 3\)$"),
    ):
        list(data.batches())
    assert threads == {threading.get_ident()}


def test_what_is_no_stream_is_refused():
    with pytest.raises(TypeError, match=r"a PyDataset, got int$"):
        stream(3)
    with pytest.raises(TypeError, match=r"got function\. Call it first$"):
        stream(endless)


def test_values_that_are_not_finite_are_reported_once():
    bad = np.array([[1.0, np.nan, np.inf]])
    with (
        stream(iter([np.ones((1, 3)), bad, bad])) as data,
        pytest.warns(NonFiniteWarning) as caught,
    ):
        list(data.batches())
    (warning,) = caught
    text = "[fit] batch 2: x holds 2 values that are not finite, the first is nan at (0, 1)"
    assert str(warning.message) == text


def test_py_dataset():
    dataset = mark1.utils.PyDataset(workers=4, use_multiprocessing=True, max_queue_size=3)
    assert (dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size) == (4, True, 3)
    assert mark1.utils.Sequence is mark1.utils.PyDataset
    with pytest.raises(NotImplementedError, match="PyDataset must define __len__"):
        len(dataset)
    with pytest.raises(NotImplementedError, match="PyDataset must define __getitem__"):
        dataset[0]

    class Squares(mark1.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return item(index**2)

    with stream(Squares()) as data:
        assert data.steps == Squares().num_batches == 3
        assert numbers(data.batches()) == [0, 1, 4]

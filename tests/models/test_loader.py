"""The thread that makes batches ahead of their use."""

import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import weakref

import numpy as np
import pytest

from tests.models.sources import endless, item, loader_threads, numbers, stream


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    assert loader_threads() == []
    yield
    gc.collect()  # streams that a test did not close
    deadline = time.monotonic() + 5
    while loader_threads() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert loader_threads() == []


def test_exceptions_come_with_their_traceback_and_after_the_batches_before():
    class OutOfLuckError(Exception):
        pass

    def source():
        yield item(0)
        raise OutOfLuckError("no more")

    seen = []
    data = stream(source())
    with pytest.raises(OutOfLuckError, match="no more") as caught:
        seen.extend(data.batches())
    data.close()
    assert numbers(seen) == [0]
    assert traceback.extract_tb(caught.tb)[-1].line == 'raise OutOfLuckError("no more")'


def test_two_batches_wait_and_no_more():
    made = []

    def source():
        for number in range(100):
            made.append(number)
            yield item(number)

    with stream(source()) as data:
        batches = data.batches()
        next(batches)
        deadline = time.monotonic() + 5
        while len(made) < 4 and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.02)
        assert made == [0, 1, 2, 3]  # one is here, two wait, one waits for room
        batches.close()
        assert made == [0, 1, 2, 3]


def test_the_next_batch_is_made_while_one_is_used():
    using, overlapped = threading.Event(), threading.Event()

    def source():
        yield item(0)
        if using.wait(5):
            overlapped.set()
        yield item(1)

    with stream(source()) as data:
        for number, _ in enumerate(data.batches()):
            if number == 0:
                using.set()
                assert overlapped.wait(5)


def test_one_thread_runs_the_generator_through_all_epochs():
    threads = []

    def source():
        while True:
            threads.append(threading.get_ident())
            yield item(0)

    with stream(source(), steps=3) as data:
        data.peek()
        for _ in range(3):
            list(data.batches())
        (thread,) = loader_threads()
        assert not thread.daemon
    assert len(threads) == 9
    assert set(threads) == {thread.ident}


def test_stopping_early_ends_the_thread_and_leaves_the_generator_usable():
    source = endless()
    data = stream(source, steps=1000)
    for batch in data.batches():
        if batch.x.numpy()[0, 0] == 5:
            break
    data.close()
    data.close()
    assert loader_threads() == []
    assert 6 <= next(source)[0][0, 0] <= 9
    with pytest.raises(ValueError, match="is closed"):
        list(data.batches())


def test_forgotten_streams_take_their_thread_with_them():
    data = stream(endless(), steps=2)
    list(data.batches())
    gone = weakref.ref(data)
    assert len(loader_threads()) == 1
    del data
    gc.collect()
    assert gone() is None  # that the thread ends is asked after every test


def test_batches_do_not_outlive_their_use():
    class Array(np.ndarray):
        pass

    alive = []

    def source():
        for number in range(20):
            x = np.full((1, 3), number, np.float32).view(Array)
            alive.append(weakref.ref(x))
            yield x
            del x

    with stream(source()) as data:
        for _ in data.batches():
            assert sum(ref() is not None for ref in alive) <= 2


def run_program(text, **options):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def test_a_program_that_forgets_to_close_ends():
    program = """
        import numpy as np
        from mark1.models.streams import StreamData
        def source():
            while True:
                yield np.ones((1, 3))
        data = StreamData(source(), None, "float32", lambda *arrays: arrays)
        keep = data.batches()
        next(keep)
        print("done")
    """
    start = time.monotonic()
    result = run_program(program)
    assert (result.stdout, result.stderr, result.returncode) == ("done\n", "", 0)
    assert time.monotonic() - start < 20


def test_ctrl_c_reaches_whoever_waits_for_a_batch():
    release = threading.Event()

    def source():
        yield item(0)
        os.kill(os.getpid(), signal.SIGINT)
        release.wait(0.2)
        yield item(1)

    with stream(source()) as data, pytest.raises(KeyboardInterrupt):
        list(data.batches())

"""The pool from Python: resizing, forking, two threads at once, nothing started too early."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest

import mark1
from mark1 import _core, ops


@pytest.fixture(autouse=True)
def _split_everything():
    _core.set_work_per_member(1e-3)
    yield
    _core.set_work_per_member(0)


def arrays(n: int = 50_000):
    rng = np.random.default_rng(0)
    return rng.standard_normal(n).astype(np.float32), rng.standard_normal(n).astype(np.float32)


def test_every_number_of_threads_in_any_order():
    x, y = arrays()
    expected = x + y
    for threads in (1, 7, 2, 16, 3, 1, 2, 33):
        mark1.set_num_threads(threads)
        assert mark1.get_num_threads() == threads
        for _ in range(20):
            np.testing.assert_array_equal(ops.add(x, y).numpy(), expected)


@pytest.mark.parametrize("threads", [0, -1, 100_000])
def test_impossible_numbers_are_refused(threads):
    with pytest.raises(ValueError, match=rf"^\[threads\].*{threads}"):
        mark1.set_num_threads(threads)


def test_many_small_launches():
    mark1.set_num_threads(3)
    x = ops.convert_to_tensor(np.ones(64, np.float32))
    y = x
    for _ in range(2_000):
        y = ops.add(y, x)
    assert set(y.numpy().tolist()) == {2_001.0}


def test_threads_that_call_at_the_same_time():
    """While one thread has the pool, others run alone, and the bits are the same."""
    mark1.set_num_threads(2)
    a = np.random.default_rng(0).standard_normal((96, 300)).astype(np.float32)
    b = np.random.default_rng(1).standard_normal((300, 64)).astype(np.float32)
    expected = ops.matmul(a, b).numpy().tobytes()
    wrong = []

    def work():
        for _ in range(100):
            if ops.matmul(a, b).numpy().tobytes() != expected:
                wrong.append(1)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    assert not wrong


def test_the_number_of_threads_may_change_while_others_compute():
    x, y = arrays(5_000)
    expected = x * y
    stop = threading.Event()
    wrong = []

    def work():
        while not stop.is_set():
            if not np.array_equal(ops.multiply(x, y).numpy(), expected):
                wrong.append(1)

    worker = threading.Thread(target=work)
    worker.start()
    for i in range(60):
        mark1.set_num_threads(1 + i % 5)
        np.testing.assert_array_equal(ops.multiply(x, y).numpy(), expected)
    stop.set()
    worker.join(60)
    assert not worker.is_alive()
    assert not wrong


def _child(queue) -> None:
    x, y = arrays()
    queue.put((ops.add(x, y).numpy().tobytes(), mark1.get_num_threads()))


def test_use_after_fork():
    mark1.set_num_threads(2)
    x, y = arrays()
    expected = ops.add(x, y).numpy().tobytes()
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        queue = context.SimpleQueue()
        child = context.Process(target=_child, args=(queue,))
        with warnings.catch_warnings():
            # Python warns because the pool's threads are there: surviving that is what is tested.
            warnings.simplefilter("ignore", DeprecationWarning)
            child.start()
        result, threads = queue.get()
        child.join(30)
        assert child.exitcode == 0
        assert result == expected
        assert threads == 2
        # The parent's pool still works.
        assert ops.add(x, y).numpy().tobytes() == expected


def run_python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_no_thread_starts_before_it_is_needed():
    code = (
        "import threading, os, mark1; mark1.ops.add([1.0], [2.0]); "
        "print(len(os.listdir('/proc/self/task')))"
    )
    assert run_python(code, OPENBLAS_NUM_THREADS="1", MARK1_NUM_THREADS="4") == "1"


def test_the_environment_sets_the_number_of_threads():
    assert run_python("import mark1; print(mark1.get_num_threads())", MARK1_NUM_THREADS="5") == "5"


def test_the_environment_is_checked():
    code = "import mark1\ntry: mark1.get_num_threads()\nexcept ValueError as error: print(error)"
    assert run_python(code, MARK1_NUM_THREADS="many").startswith("[threads] MARK1_NUM_THREADS=many")


def test_an_instruction_set_that_does_not_exist_is_an_error():
    code = (
        "import mark1\ntry: mark1.ops.add([1.0], [2.0])\nexcept ValueError as error: print(error)"
    )
    assert run_python(code, MARK1_ISA="avx9").startswith("[isa] MARK1_ISA=avx9")


def test_daemon_threads_do_not_hang_the_exit():
    code = (
        "import threading, mark1, numpy as np\n"
        "x = np.ones(1_000_000, np.float32)\n"
        "def work():\n"
        "    while True: mark1.ops.add(x, x)\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "mark1.ops.add(x, x)\n"
        "print('done')"
    )
    for _ in range(3):
        assert run_python(code, MARK1_NUM_THREADS="2") == "done"


def test_more_threads_while_a_product_waits_for_its_team():
    """The scratch memory of a product is for the team it was planned with."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((130, 300)).astype(np.float32)
    b = rng.standard_normal((300, 300)).astype(np.float32)
    expected = ops.matmul(a, b).numpy()
    stop = threading.Event()

    def change():
        while not stop.is_set():
            for threads in (1, 5):
                mark1.set_num_threads(threads)

    changer = threading.Thread(target=change)
    changer.start()
    try:
        for _ in range(200):
            np.testing.assert_array_equal(ops.matmul(a, b).numpy(), expected)
    finally:
        stop.set()
        changer.join()
        mark1.set_num_threads(2)


@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="asan reserves terabytes")
def test_threads_the_system_does_not_allow():
    code = """
import resource
import numpy as np
import mark1
from mark1 import _core
x = np.ones((64, 64), np.float32)
_core.set_work_per_member(1.0)
mark1.set_num_threads(1000)
limit = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, limit[1]))
try:
    mark1.ops.add(x, x)
except ValueError as error:
    print(error)
mark1.set_num_threads(2)
print(float(mark1.ops.add(x, x)[0, 0]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[threads] the system does not allow 1000 threads")
    assert done.stdout.endswith("2.0\n")

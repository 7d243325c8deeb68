"""Every test starts from the same seeds and leaves instruction set and threads as it found them."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator

import numpy as np
import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=os.environ.get("MARK1_NO_SKIPS", "") not in ("", "0"),
        help="a skipped test is a failure (also MARK1_NO_SKIPS=1)",
    )


def pytest_configure() -> None:
    # A shell that starts the tests in the background has them ignore Ctrl-C, which some tests send.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and item.config.getoption("--no-skips") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and skips are failures here: {report.longrepr}"


@pytest.fixture(autouse=True)
def _same_start() -> Iterator[None]:
    from mark1 import _core

    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - for tests that use the legacy generator
    isa, threads = _core.isa(), _core.get_num_threads()
    yield
    _core.set_isa(isa)
    _core.set_num_threads(threads)
    _core.set_work_per_member(0)

"""The comparison of models checks before it times, and says what it could not run."""

import re
import sys
from importlib.util import find_spec

import numpy as np
import pytest

import mark1
from benchmarks.models import compare
from benchmarks.models.driver import Worker, Workers
from benchmarks.models.problems import PROBLEMS, convolve_and_pool

TINY = PROBLEMS[0]


def zeros(problem):
    pairs = zip(problem.widths, problem.widths[1:], strict=False)
    return [(np.zeros((i, o)), np.zeros(o)) for i, o in pairs]


@pytest.mark.parametrize("problem", PROBLEMS[:4], ids=lambda p: p.name)
def test_a_model_that_guesses_is_refused(problem):
    weights = zeros(problem)
    assert problem.loss(weights) == pytest.approx(np.log(max(2, problem.widths[-1])))
    with pytest.raises(AssertionError, match=r"loss \d\.\d+ after \d+ epochs, not below"):
        problem.check_trained(weights)


def test_a_wrong_prediction_is_refused():
    problem = PROBLEMS[-1]
    row, weights = problem.data()[0], zeros(problem)
    problem.check_output(row, np.full((1, 10), 0.1), weights)
    with pytest.raises(AssertionError, match=r"output is wrong by 0\.001"):
        problem.check_output(row, np.full((1, 10), 0.101), weights)
    with pytest.raises(AssertionError, match=r"output is \(10,\), not \(1, 10\)"):
        problem.check_output(row, np.full(10, 0.1), weights)


def test_libraries_work_in_turns(capsys):
    with Workers(["mark1"], threads=1) as workers:
        results = compare.compare(workers, [0], rounds=2, seconds=0.001)
    assert results[0]["name"] == TINY.name
    assert results[0]["ratios"] == {"mark1": 1.0}
    assert results[0]["checks"]["mark1"] < TINY.bound
    assert re.search(r"2-8-1.*per step.*\n  mark1 +[\d.]+ us", capsys.readouterr().out)
    assert compare.markdown(results).startswith("| us per step or call | 2-8-1, tanh, batch 4 |")


def test_libraries_that_cannot_be_imported_are_named():
    with Workers(["scikit-learn"], threads=1) as workers:
        assert workers.missing == ([] if find_spec("sklearn") else ["scikit-learn"])


def test_what_a_dying_worker_printed_is_shown(tmp_path):
    worker = Worker("mark1", sys.executable, 1, tmp_path)
    try:
        assert worker.ready()
        with pytest.raises(RuntimeError, match=r"(?s)worker of mark1 has ended:.*KeyError: 0"):
            worker.ask(measure=0)
    finally:
        worker.close()


def test_the_page_is_changed_between_its_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- t -->\nold\n<!-- end of t -->\nb\n", encoding="utf-8")
    compare.write_on_page("new", "t", page)
    assert page.read_text(encoding="utf-8") == "a\n<!-- t -->\nnew\n<!-- end of t -->\nb\n"
    with pytest.raises(ValueError, match="has no lines <!-- u --> and"):
        compare.write_on_page("new", "u", page)


def test_the_convolutions_that_check_are_those_of_mark1():
    rng = np.random.default_rng(0)
    x, w, b = rng.standard_normal((2, 9, 10, 3)), rng.standard_normal((3, 3, 3, 4)), np.ones(4)
    y = mark1.ops.conv(x, w, bias=b, activation="relu")
    pooled = mark1.ops.max_pool(y, 2, 2)
    np.testing.assert_allclose(convolve_and_pool(x, w, b), pooled.numpy(), rtol=1e-12)

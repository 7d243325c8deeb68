"""The benchmark of devices runs, compares what it times with the CPU, and knows its targets."""

from __future__ import annotations

import math

import pytest

from benchmarks import cuda, cuda_engines, cuda_report, cuda_steps, cuda_streams
from benchmarks.cuda_report import Result
from benchmarks.cuda_row import Goal
from tests.cuda.conftest import DEVICE


@pytest.mark.parametrize("row", cuda.rows(smoke=True), ids=lambda row: row.name)
def test_rows_are_right_before_they_are_timed(row):
    result = cuda.run(row, torch=None, seconds=0.001, copy=1e9)
    assert row.name in result.line()
    assert result.seconds > 0
    assert ("copy" in result.values) == bool(row.bytes)


@pytest.mark.parametrize("row", cuda.rows(smoke=True), ids=lambda row: row.name)
@pytest.mark.filterwarnings("default")  # PyTorch's are its own
def test_pytorch_computes_the_same(row, monkeypatch):
    torch = pytest.importorskip("torch", exc_type=ImportError)
    if not torch.cuda.is_available():  # then on the processor
        monkeypatch.setattr(torch.Tensor, "cuda", lambda tensor: tensor)
        monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    result = cuda.run(row, torch, seconds=0.001)
    assert result.values["torch"] > 0
    # The processor's kernels are none that cuDNN could have chosen.
    known = torch.cuda.is_available() or not row.transforms
    assert known == ("is not known" not in result.remark)


@pytest.mark.parametrize(
    "problem", cuda_steps.step_problems(smoke=True), ids=lambda problem: problem.name
)
def test_steps_have_the_weights_of_the_cpu(problem):
    result = cuda_steps.measure_steps(problem, None, 0.001, DEVICE)
    assert int(result.rate.split()[0]) > 3
    assert [outcome for _, outcome in result.outcomes()][:2] == ["not measured"] * 2


def test_epochs_from_the_host_have_the_weights_of_those_on_the_device():
    (stream,) = cuda_streams.streams(smoke=True)
    result = cuda_streams.measure_stream(stream, 0.001, DEVICE)
    assert sorted(result.values) == ["a generator", "data on the device"]
    assert result.seconds > 0


def test_every_target_has_rows():
    def goals(start):
        return {
            (goal.of, goal.bound)
            for row in cuda.rows(smoke=True)
            if row.name.strip().startswith(start)
            for goal in row.goals
        }

    assert goals("matmul 64x64x64 float32") == {("torch", 0.95)}
    assert goals("matmul 16x2048x16") == goals("matmul 1x40x64") == {("torch", 1.0)}
    assert goals("matmul 8x256x64 float64") == {("torch", 0.9)}
    for narrow in ("bfloat16", "float16", "tensorfloat32"):
        assert goals(f"matmul 64x64x64 {narrow}") == {("torch", 0.9)}
    assert goals("conv") == goals("input gr") == goals("filter gr") == {("torch", 0.9)}
    for name in ("add", "softmax", "layer norm", "batch norm", "max pool", "adam", "sgd", "copy"):
        assert goals(name) == ({("copy", 0.92)} if name != "copy" else set())
    lstm = cuda.sequence_rows(smoke=False)[:2]
    assert [row.name for row in lstm] == ["lstm 64x100x512", "lstm 64x100x512 gradients"]
    assert [row.goals for row in lstm] == [(Goal("torch", 1.0),)] * 2
    steps = ["at least 4.00 torch", "at least 1.00 torch graphs", "at most 1.50 us per launch"]
    for problem in cuda_steps.step_problems(smoke=False):
        count = 2 if problem.length or problem.image else 3
        assert [str(goal) for goal in cuda_steps.goals_of(problem)] == steps[:count]


def test_outcomes_are_said_and_counted(tmp_path):
    results = [
        Result("a", 1e-3, 0.01, "2 GB/s", {"torch": 0.94}, (Goal("torch", 0.95),)),
        Result("b", 1e-3, 0.01, "", {"us": 1.5}, (Goal("us", 1.5, at_most=True),)),
        Result("c", 1e-3, 0.01, "", {"torch": math.nan}, (Goal("torch", 1), Goal("copy", 1))),
        Result("d", goals=(Goal("torch", 1),), remark="AssertionError: bits", failed=True),
        Result("e", 1e-3, 0.01, "", {"torch": 2.0}, remark="for information"),
    ]
    assert cuda_report.summary(results) == (
        "5 targets: 1 reached, 2 not reached, 1 not measured, 1 failed.\n"
        "Not reached: a (at least 0.95 torch); c (at least 1.00 torch)"
    )
    assert results[0].line().endswith("torch 0.94   at least 0.95 torch: not reached")
    assert "FAILED: AssertionError: bits" in results[3].line()
    cuda_report.write(tmp_path / "r.json", results[:2] + results[3:])
    assert cuda_report.read(tmp_path / "r.json") == results[:2] + results[3:]
    table = cuda_report.markdown(results).splitlines()
    assert (
        table[2] == "| a | 1 ms +- 1% | 2 GB/s | 0.94 torch | at least 0.95 torch | not reached |"
    )
    assert table[-1] == "| e | 1 ms +- 1% |  | torch 2.00, for information | | |"
    assert {line.count("|") for line in table} == {7}


def test_engines_of_winograd_are_found_in_the_log_of_cudnn():
    log = """
[cudnn_frontend] PLAN : ConvFwd_eng15_k5=1_k6=0, numeric_notes:[NOTE_WINOGRAD,NOTE_TILE_4x4,] b:[]
[cudnn_frontend] PLAN : ConvFwd_eng1_k2=1, numeric_notes:[CUDNN_NUMERICAL_NOTE_TENSOR_CORE,] b:[]
[cudnn_frontend] PLAN : ConvBwdData_eng4, numeric_notes:[CUDNN_NUMERICAL_NOTE_FFT,] b:[]
[cudnn_frontend] PLAN : ConvBwdFilter_eng0_k1=2, numeric_notes:[] behavior_notes:[]
"""
    assert cuda_engines.engines_that_transform(log) == [("ConvBwdData", 4), ("ConvFwd", 15)]

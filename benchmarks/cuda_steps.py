"""Training steps of small models on a GPU: against PyTorch's, and its own captured as a graph.

Models and data are those of `benchmarks.models`. Data lie on the device; an epoch is shuffled, and
counted are all its steps with the loss and the accuracy that it returns. Before anything is timed
mark1's weights are compared with the CPU's, and every trained model must have learned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mark1
from benchmarks.cuda_report import Result
from benchmarks.cuda_row import Goal
from benchmarks.harness import measure
from benchmarks.models.libraries.with_mark1 import Trainer
from benchmarks.models.problems import PROBLEMS, Problem

_GOALS = (Goal("torch", 4.0), Goal("torch graphs", 1.0))
_PER_LAUNCH = Goal("us per launch", 1.5, at_most=True)


def goals_of(problem: Problem) -> tuple[Goal, ...]:
    """What a step is to reach: launches are what counts where there is hardly anything to do."""
    return _GOALS if problem.image or problem.length else (*_GOALS, _PER_LAUNCH)


def step_problems(smoke: bool) -> list[Problem]:
    """The problems that are trained."""
    found = [problem for problem in PROBLEMS if problem.action == "train"]
    if smoke:
        small = {"steps": 4, "epochs": 1, "bound": float("inf")}
        found = [replace(p, **small, length=min(p.length, 3)) for p in (found[0], found[1])]
        found.append(replace(PROBLEMS[0], **small, widths=(1, 5, 1), layer="LSTM", length=3))
    return found


def _launches(model: Any) -> int:
    """Of a recorded training step: kernels and groups of them, so nodes of a graph are not fewer.

    Raises:
        AssertionError: if steps run in Python.
    """
    for key, replay in model._compiled.replays.items():
        if key[0] == "fit" and replay.last_program is not None:
            return int(replay.last_program.launches)
    raise AssertionError("no training step was recorded")


def measure_steps(problem: Problem, torch: Any, seconds: float, device: str) -> Result:
    """Compares weights with the CPU's, then times epochs; per step."""
    trainers = []
    for place in ("cpu", device):  # one after the other: both begin with the same seed
        trainers.append(Trainer(problem, place))
        trainers[-1].train(1)
    here, ours = trainers
    if mark1.utils.weights_hash(ours.model) != mark1.utils.weights_hash(here.model):
        raise AssertionError("the device's weights are not the CPU's")
    if problem.epochs > 1:
        ours.train(problem.epochs - 1)
    problem.check_trained(ours.weights())
    calls: dict[str, Callable[[], object]] = {"mark1": lambda: ours.train(1)}
    if torch is not None:
        from benchmarks.cuda_torch import GraphTrainer
        from benchmarks.models.libraries import with_torch

        peers = {
            "torch": with_torch.Trainer(problem, device),
            "torch graphs": GraphTrainer(problem, device),
        }
        for name, peer in peers.items():
            peer.train(problem.epochs)
            problem.check_trained(peer.weights())
            calls[name] = lambda peer=peer: peer.train(1)
    times = measure(calls, seconds)
    own = times.pop("mark1")
    per_step = own.median / problem.steps
    launches = _launches(ours.model)
    values = {name: time.median / own.median for name, time in times.items()}
    values["us per launch"] = per_step * 1e6 / launches
    name, rate = f"step of {problem.name}", f"{launches} launches"
    return Result(name, per_step, own.spread, rate, values, goals_of(problem))

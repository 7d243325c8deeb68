"""Programs of the kinds that people write for Keras run, print what they print there, and natively.

Under Keras they run with other import lines, and nothing else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import mark1

FOLDER = Path(__file__).parent
# What each prints with Keras 3.
PRINTED = {
    "accumulate_clip": ["2 True", "True"],
    "actor_critic": ["done True"],
    "checkpoint_resume": [
        "['best.keras', 'cp-01.weights.h5', 'cp-02.weights.h5', 'cp-03.weights.h5', 'log.csv']",
        "['accuracy', 'loss']",
        "True",
        "True",
        "True",
        "49",
    ],
    "contrastive": ["True", "(5, 64, 1) True", "(64, 1)", "(None, 8)"],
    "distill": ["['loss', 'sparse_categorical_accuracy'] True", "2"],
    "gan": ["['d_loss', 'g_loss'] True"],
    "gpt": ["6 ['loss']"],
    "lectures": [
        "[5 6 7] [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]",
        "[[0, 1, 2], [1, 2, 3], [2, 3, 4]]",
        "6154 ['accuracy', 'loss'] 2 (64, 10)",
        "1626442 (None, 12544)",
        "2651 (None, 1)",
        "10451 (None, 1)",
        "25483 [(None, 10), (None, 1)]",
        "True",
        "True [1.0, 0.0]",
        "[7.0, 0.0, 7.0]",
        "29.4 9.8",
        "[3.0, 6.0, 9.0]",
        "sgd True",
        "adam True",
        "adagrad True",
        "adadelta True",
        "rmsprop True",
        "adamax True",
        "nadam True",
        "ftrl True",
        "[0.0, 1.0, 1.0, 0.0]",
        "[(1, 62, 62, 32), (1, 31, 31, 32), (1, 29, 29, 64), (1, 14, 14, 64)]",
    ],
    "lr_finder": ["20 0.631", "['learning_rate', 'loss']", "0.2 10"],
    "metric_layer_callback": [
        "['accuracy', 'binary_true_positives', 'loss', 'prec', 'val_accuracy', 'val_binary_true_positives', 'val_loss', 'val_prec']",
        "[0.1, 0.05, 0.025] 9 9 9.0",
        "8",
    ],
    "multi_output": [
        "['department_accuracy', 'department_loss', 'loss', 'priority_loss', 'priority_mae', 'val_department_accuracy', 'val_department_loss', 'val_loss', 'val_priority_loss', 'val_priority_mae']",
        "['department_accuracy', 'department_loss', 'loss', 'priority_loss', 'priority_mae']",
        "{'department': (64, 4), 'priority': (64, 1)}",
        "5",
        "['department_accuracy', 'department_loss', 'loss', 'priority_loss', 'priority_mae']",
    ],
    "nested_transfer": [
        "2 8",
        "4 (None, 5, 5, 16)",
        "[(16, 14, 14, 8), (16, 5, 5, 16)]",
        "(None, 16)",
        "(None, 10)",
    ],
    "own_train": ["['loss', 'mae']", "2", "ndarray", "8 4", "True True", "True (10, 1) True"],
    "rnn_cell": [
        "(None, 32)",
        "(None, None, 64)",
        "(None, 2)",
        "[(1, 8), (1, 8)]",
        "(1, 1, 3) (1, 8)",
        "(2, 4)",
    ],
    "siamese_custom": ["['loss', 'val_loss'] True", "1.0"],
    "tied_vae": ["True 6", "True", "['loss']"],
}


def run(source: str, name: str) -> None:
    exec(compile(source, name, "exec"), {"__name__": name})


def test_all_programs_are_known():
    assert {p.stem for p in FOLDER.glob("*.py") if p.stem != "test_programs"} == set(PRINTED)


@pytest.mark.parametrize("name", PRINTED)
def test_it_prints_what_it_prints_with_keras(name, capsys):
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error", mark1.EagerStepWarning)
        run(source, name)
    assert capsys.readouterr().out.splitlines() == PRINTED[name]


@pytest.mark.long
@pytest.mark.parametrize("name", PRINTED)
def test_so_does_keras(name, tmp_path):
    pytest.importorskip("keras")
    pytest.importorskip("tensorflow")  # whose tape these programs use
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    source = source.replace("import mark1 as tf", "import tensorflow as tf")
    source = source.replace("import mark1 as keras", "import keras")
    source = re.sub("^from mark1\\b", "from keras", source, flags=re.MULTILINE)
    (tmp_path / "program.py").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"],
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0
    assert done.stdout.splitlines() == PRINTED[name]

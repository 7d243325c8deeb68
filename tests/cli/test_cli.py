"""The command `mark1`: what it prints, what it writes, what it refuses."""

import gzip
import re
import subprocess
import sys

import numpy as np
import pytest

import mark1
from mark1 import cli
from mark1.datasets import mnist


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    threads = mark1.get_num_threads()
    yield
    mark1.set_num_threads(threads)


def printed(capsys, *arguments, status=0):
    assert cli.main(arguments) == status
    captured = capsys.readouterr()
    return captured.err if status else captured.out


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"mark1 {mark1.__version__}\n"


def test_info(capsys):
    text = printed(capsys, "info")
    lines = dict(re.match(r"(.{15}) (.*)", line).groups() for line in text.splitlines())
    names = [name.strip() for name in lines]
    if "float64" in names:  # there is a device
        names.remove("float64")
    assert names == ["mark1", "compiler", "python", "instruction set", "threads", "cuda", "cupy"]
    assert all(lines.values())
    assert mark1.__version__ in text
    assert "reference" in lines["instruction set"]


def test_module_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "mark1", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"mark1 {mark1.__version__}\n"
    assert done.stderr == ""


def test_digits_reach_the_promised_accuracy(capsys):
    text = printed(capsys, "train", "digits")
    assert float(re.search(r"test accuracy (\S+),", text)[1]) >= 0.96
    epochs = [line for line in text.splitlines() if line.startswith("Epoch ")]
    assert len(epochs) == 30
    assert all(re.search(r"  loss \S+  ?.*val_accuracy ", line) for line in epochs)


def test_model_and_curve_are_written_where_it_says(capsys, tmp_path):
    arguments = ("train", "digits", "--epochs", "1", "--verbose", "0")
    text = printed(capsys, *arguments, "--save", "deep/m.keras", "--plot", "deep/c.svg")
    assert "model saved as deep/m.keras\nlearning curve drawn as deep/c.svg\n" in text
    assert "Epoch" not in text
    model = mark1.models.load_model(tmp_path / "deep" / "m.keras")
    assert mark1.utils.weights_hash(model) in text
    assert (tmp_path / "deep" / "c.svg").read_text().startswith("<svg")


def test_default_paths(capsys, tmp_path):
    printed(capsys, "train", "digits", "--epochs", "1", "--save", "--plot")
    written = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert written[0] == "digits.keras"
    assert written[1] in ("digits.png", "digits.svg")


def hash_of(capsys, *arguments):
    text = printed(capsys, "train", "digits", "--epochs", "2", "--verbose", "0", *arguments)
    return re.search(r"weights (\S+)", text)[1]


def test_threads_do_not_change_the_weights_but_the_seed_does(capsys):
    one, seven, other = (
        hash_of(capsys, *arguments)
        for arguments in (("--threads", "1"), ("--threads", "7"), ("--seed", "1"))
    )
    assert one == seven
    assert one != other


@pytest.mark.parametrize(
    ("hidden", "shape"), [("0", "64-10"), ("16", "64-16-10"), ("24,12", "64-24-12-10")]
)
def test_hidden_layers(capsys, hidden, shape):
    arguments = ("train", "digits", "--epochs", "1", "--hidden", hidden)
    assert f"model: {shape}," in printed(capsys, *arguments)


def test_mnist_from_a_folder(capsys, tmp_path):
    rng = np.random.default_rng(0)
    for name in mnist.FILES:
        n = 96 if name.startswith("train") else 32
        shape = (n, 28, 28) if "images" in name else (n,)
        head = bytes([0, 0, 8, len(shape)]) + b"".join(s.to_bytes(4, "big") for s in shape)
        data = rng.integers(0, 10, shape, dtype=np.uint8)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(head + data.tobytes()))
    text = printed(capsys, "train", "mnist", "--data", str(tmp_path), "--epochs", "1")
    assert "mnist: 96 images of 28 x 28 pixels, 32 to test with" in text
    assert "784-128-10, 101,770 parameters" in text
    assert "Epoch 1/1  3/3" in text


def test_errors_are_one_line_and_no_traceback(capsys):
    text = printed(capsys, "train", "mnist", "--data", "nowhere", status=1)
    assert text.startswith("mark1: [mnist] there is no folder or file nowhere. Put ")
    assert text.count("\n") == 1
    text = printed(capsys, "train", "digits", "--data", "x", status=1)
    assert text == "mark1: [train] digits are part of the package: leave out --data\n"
    text = printed(capsys, "train", "digits", "--save", "model.h5", status=1)
    assert text == "mark1: [train] --save needs a name that ends in .keras, got model.h5\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["train", "letters"], "invalid choice: 'letters'"),
        (["train", "digits", "--batch-size", "0"], "must be at least 1, got 0"),
        (["train", "digits", "--epochs", "0"], "must be at least 1, got 0"),
        (["train", "digits", "--hidden", "8,0"], "widths must be at least 1, got 8,0"),
        (["train", "digits", "--threads", "0"], "must be at least 1, got 0"),
        ([], "required: COMMAND"),
    ],
)
def test_bad_arguments(capsys, arguments, text):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert text in capsys.readouterr().err

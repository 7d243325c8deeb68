"""The command `mark1`: train on handwritten digits, and say how this installation is built."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import mark1
from mark1 import DeviceError, _core, devices, ops
from mark1.utils.plot import default_suffix, plot_history

_AUTO = "auto"


@dataclass(frozen=True)
class _Recipe:
    """What a data set is trained with unless the command line says otherwise."""

    levels: int  # of grey above black; pixels are divided by it
    hidden: tuple[int, ...]
    epochs: int
    batch_size: int = 32


_RECIPES = {
    "digits": _Recipe(levels=16, hidden=(64,), epochs=30),
    "mnist": _Recipe(levels=255, hidden=(128,), epochs=5),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    >>> main(["--version"])
    Traceback (most recent call last):
        ...
    SystemExit: 0
    """
    options = _parser().parse_args(arguments)
    try:
        if options.command == "info":
            _info()
        else:
            _train(options)
    except (ValueError, OSError, ModuleNotFoundError, mark1.DeviceError) as error:
        print(f"mark1: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mark1", description="Neural networks with the same bits everywhere."
    )
    parser.add_argument("--version", action="version", version=f"mark1 {mark1.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("info", help="version, build, instruction set, threads, CUDA or why not")

    train = commands.add_parser("train", help="train a classifier of handwritten digits")
    train.add_argument("data_set", choices=sorted(_RECIPES), help="which digits to learn")
    train.add_argument(
        "--data", metavar="PATH", help="mnist: folder of IDX files, or an .npz (see the README)"
    )
    train.add_argument("--epochs", type=_at_least(1), metavar="N", help="passes over the data")
    train.add_argument("--batch-size", type=_at_least(1), metavar="N", help="images per update")
    train.add_argument(
        "--hidden", type=_widths, metavar="N[,N...]", help="widths of the hidden layers; 0 for none"
    )
    train.add_argument("--seed", type=_at_least(0), default=0, metavar="N", help="default: 0")
    train.add_argument(
        "--device",
        default="cpu",
        metavar="NAME",
        help="cpu, cuda, cuda:N, or auto: a GPU if there is one (default: cpu)",
    )
    train.add_argument("--threads", type=_at_least(1), metavar="N", help="default: as CPUs allow")
    train.add_argument(
        "--save", nargs="?", const=_AUTO, metavar="PATH", help="default path: runs/DATA_SET.keras"
    )
    train.add_argument(
        "--plot", nargs="?", const=_AUTO, metavar="PATH", help="default path: runs/DATA_SET.png"
    )
    train.add_argument(
        "--verbose", type=int, choices=(0, 1, 2), default=1, help="0: results only; 2: no bar"
    )
    return parser


def _at_least(least: int) -> Any:
    def whole_number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, got {value}")
        return value

    return whole_number


def _widths(text: str) -> tuple[int, ...]:
    widths = tuple(int(part) for part in text.split(","))
    if widths == (0,):
        return ()
    if min(widths) < 1:
        raise argparse.ArgumentTypeError(f"widths must be at least 1, got {text}")
    return widths


def _train(options: argparse.Namespace) -> None:
    name: str = options.data_set
    recipe = _RECIPES[name]
    epochs = recipe.epochs if options.epochs is None else options.epochs
    batch_size = recipe.batch_size if options.batch_size is None else options.batch_size
    hidden = recipe.hidden if options.hidden is None else options.hidden
    if options.data is not None and name != "mnist":
        raise ValueError(f"[train] {name} are part of the package: leave out --data")
    save = _target(options.save, name, ".keras")
    plot = _target(options.plot, name, default_suffix())
    # What would fail after an hour of training fails before it.
    if save is not None and save.suffix != ".keras":
        raise ValueError(f"[train] --save needs a name that ends in .keras, got {save}")
    for path in (save, plot):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
    if options.device != _AUTO:
        devices.require(options.device)
    if options.threads is not None:
        mark1.set_num_threads(options.threads)
    mark1.utils.set_random_seed(options.seed)

    x, y, x_test, y_test = _load(name, recipe.levels, options.data)
    model = _classifier(x.shape[1:], hidden, options.device)
    print(
        f"{name}: {len(x):,} images of {x.shape[1]} x {x.shape[2]} pixels, {len(x_test):,} to test "
        f"with\nmodel: {'-'.join(map(str, (x[0].size, *hidden, 10)))}, "
        f"{model.count_params():,} parameters; batches of {batch_size}, seed {options.seed}, "
        f"{_place(model.device)}",
        flush=True,
    )
    history = model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=(x_test, y_test),
        verbose=options.verbose,
    )
    results = model.evaluate(x_test, y_test, verbose=0, return_dict=True)
    print(f"test accuracy {results['accuracy']:.4f}, test loss {results['loss']:.4f}")
    print(f"weights {mark1.utils.weights_hash(model)}")
    if save is not None:
        model.save(save)
        print(f"model saved as {save}")
    if plot is not None:
        print(f"learning curve drawn as {plot_history(history, plot)}")


def _place(device: str) -> str:
    if device != "cpu:0":
        return device
    return f"threads {_core.get_num_threads()}, {_core.isa()}"


def _target(option: str | None, name: str, suffix: str) -> Path | None:
    if option is None:
        return None
    return Path("runs", name + suffix) if option == _AUTO else Path(option)


def _load(
    name: str, levels: int, path: str | None
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]:
    if name == "mnist":
        (x, y), (x_test, y_test) = mark1.datasets.mnist.load_data(path)
    else:
        (x, y), (x_test, y_test) = mark1.datasets.digits.load_data()
    # Each quotient is rounded once and written once: no float64, no second copy of 188 MB.
    scaled = np.divide(x, np.float32(levels), dtype=np.float32)
    del x
    scaled_test = np.divide(x_test, np.float32(levels), dtype=np.float32)
    return scaled, y.astype(np.int32), scaled_test, y_test.astype(np.int32)


def _classifier(shape: tuple[int, ...], hidden: Sequence[int], device: str) -> Any:
    layers: list[Any] = [mark1.layers.Input(shape), mark1.layers.Flatten()]
    layers += [mark1.layers.Dense(width, activation="relu") for width in hidden]
    layers.append(mark1.layers.Dense(10, activation="softmax"))
    model = mark1.Sequential(layers)
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"], device=device)
    return model


def _cuda() -> str:
    """The devices, once each has made a product of 16 bits and so knows by which units it does."""
    usable, text = devices.cuda_status()
    if not usable:
        return text
    try:
        for name in devices.list_devices()[1:]:
            with devices.device(name):
                one = ops.ones((1, 1), "bfloat16")
                ops.matmul(one, one)
                devices.synchronize(name)
    except DeviceError as error:
        return f"{text}; a product of 16 bits fails: {error}"
    return devices.cuda_status()[1]


def _info() -> None:
    build = _core.build_info()
    available = ", ".join(_core.available_isas())
    lines = {
        "mark1": f"{mark1.__version__}, {build['build_type']} build",
        "compiler": f"{build['compiler']}, pybind11 {build['pybind11']}",
        "python": f"{platform.python_version()}, NumPy {np.__version__}, {platform.platform()}",
        "instruction set": f"{_core.isa()} (this processor can: {available})",
        "threads": f"{_core.get_num_threads()} (processors to be used: {_core.available_cpus()})",
        "cuda": _cuda(),
        "float64": devices.float64_status(),
        "cupy": devices.cupy_status(),
    }
    for name, text in lines.items():
        if text:
            print(f"{name:16}{text}")

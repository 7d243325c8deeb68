"""MNIST: 70,000 handwritten digits of 28 x 28 pixels, read from files or fetched once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mark1.datasets import _files

Images = NDArray[Any]
Labels = NDArray[Any]
Data = tuple[tuple[Images, Labels], tuple[Images, Labels]]

# SHA-256 sums of the compressed files as Y. LeCun, C. Cortes and C. J. C. Burges published them.
FILES = {
    "train-images-idx3-ubyte": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)


def load_data(path: str | os.PathLike[str] | None = None) -> Data:
    """Load the 60,000 training and 10,000 test images.

    Args:
        path: a folder with the four IDX files (compressed or not) or with ``mnist.npz``, or the
            path of an ``.npz`` with ``x_train``, ``y_train``, ``x_test``, ``y_test``. Without it
            the environment variable ``MARK1_DATA`` says where (the folder, or one that has it
            as ``mnist``), else the cache folder (``~/.cache/mark1/mnist``, or under
            ``XDG_CACHE_HOME``); what is missing there is downloaded and checked.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: images ``(n, 28, 28)`` from 0 to 255 and labels
        ``(n,)`` from 0 to 9, both ``uint8``.

    Raises:
        FileNotFoundError: nothing there, and nothing could be downloaded; says which files to put
            where.
        ValueError: a file is damaged or holds something else.

    Source:
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document
        recognition. Proceedings of the IEEE 86 (11), 1998.

    >>> load_data("no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    FileNotFoundError: [mnist] there is no folder or file no/such/folder. Put train-images-idx3-...
    """
    if path is not None:
        return _read(Path(path))
    if os.environ.get("MARK1_DATA"):
        root = Path(os.environ["MARK1_DATA"])
        return _read(root / "mnist" if (root / "mnist").is_dir() else root)
    folder = cache_folder()
    if (folder / "mnist.npz").is_file():
        return _read(folder / "mnist.npz")
    for name, digest in FILES.items():
        if _find(folder, name) is None:
            _files.download(f"{name}.gz", digest, MIRRORS, folder, "mnist", _what_to_do(folder))
    return _read(folder)


def cache_folder() -> Path:
    """Return the folder in which downloaded files are kept."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification: a relative path is invalid and to be ignored.
    base = Path(root) if os.path.isabs(root) else Path.home() / ".cache"
    return base / "mark1" / "mnist"


def _read(path: Path) -> Data:
    if path.is_dir():
        found = {name: _find(path, name) for name in FILES}
        missing = [name for name, file in found.items() if file is None]
        if missing and (path / "mnist.npz").is_file():
            return _read(path / "mnist.npz")
        if missing:
            raise FileNotFoundError(f"[mnist] {path} lacks {missing[0]}. {_what_to_do(path)}")
        arrays = [_files.read_idx(file, "mnist") for file in found.values() if file is not None]
        files = [str(file) for file in found.values()]
    elif path.is_file():
        names = ("x_train", "y_train", "x_test", "y_test")
        arrays = _files.read_npz(path, names, "mnist")
        files = [f"{name} in {path}" for name in names]
    else:
        raise FileNotFoundError(f"[mnist] there is no folder or file {path}. {_what_to_do(path)}")
    x_train, y_train, x_test, y_test = arrays
    _check(x_train, y_train, files[0], files[1])
    _check(x_test, y_test, files[2], files[3])
    return (x_train, y_train), (x_test, y_test)


def _check(x: Images, y: Labels, x_file: str, y_file: str) -> None:
    for array, file in ((x, x_file), (y, y_file)):
        if array.dtype != np.uint8:
            raise ValueError(f"[mnist] {file} must hold unsigned bytes, it holds {array.dtype}")
    if x.ndim != 3 or x.shape[1:] != (28, 28):
        raise ValueError(f"[mnist] {x_file} must hold images (n, 28, 28), it holds {x.shape}")
    if y.ndim != 1 or len(y) != len(x):
        raise ValueError(
            f"[mnist] {y_file} must hold one label for each of the {len(x)} images in {x_file}, "
            f"it holds {y.shape}"
        )
    if len(y) and y.max() > 9:
        raise ValueError(f"[mnist] {y_file} must hold labels from 0 to 9, it holds {y.max()}")


def _find(folder: Path, name: str) -> Path | None:
    dotted = name.replace("-idx", ".idx")  # as some archives name them
    for candidate in (name + ".gz", name, dotted + ".gz", dotted):
        if (folder / candidate).is_file():
            return folder / candidate
    return None


def _what_to_do(folder: Path) -> str:
    return (
        f"Put {', '.join(FILES)} (or the same with .gz) into a folder and pass its path, "
        f"name it in MARK1_DATA, or put them into {cache_folder()}"
    )

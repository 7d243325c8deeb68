"""Reading and fetching data files without trusting them."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import math
import os
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 20
_MAX_BYTES = 1 << 31  # a header may claim anything; no data set read here is near 2 GiB


def read_idx(path: Path, name: str) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, compressed or not, into one array of its shape."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            return _parse_idx(file, path, name)
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"[{name}] {path} is not a sound gzip file: {error}") from error
    except EOFError as error:
        raise ValueError(f"[{name}] {path} is truncated: {error}") from error


def _parse_idx(file: io.BufferedIOBase, path: Path, name: str) -> NDArray[np.uint8]:
    # Two zero bytes, type (8: unsigned byte), rank, a 32-bit big-endian size per axis, the data.
    head = file.read(4)
    if len(head) < 4 or head[:3] != b"\x00\x00\x08" or not 1 <= head[3] <= 8:
        raise ValueError(
            f"[{name}] {path} is not an IDX file of unsigned bytes: "
            f"it begins with {head.hex(' ')!r}"
        )
    sizes = file.read(4 * head[3])
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * head[3], 4))
    total = math.prod(shape)
    if total > _MAX_BYTES:
        raise ValueError(f"[{name}] {path} claims a shape of {shape}, more than 2 GiB")
    array = np.empty(total, dtype=np.uint8)
    done = 0
    while chunk := file.read(_CHUNK):
        if done + len(chunk) > total:
            raise ValueError(f"[{name}] {path} has more data than its shape {shape} needs")
        array[done : done + len(chunk)] = np.frombuffer(chunk, dtype=np.uint8)
        done += len(chunk)
    if done < total:
        raise ValueError(f"[{name}] {path} is truncated: {done} of {total} bytes (shape {shape})")
    return array.reshape(shape)


def read_npz(path: Path, names: Sequence[str], op: str) -> list[NDArray[Any]]:
    """Read the named arrays of an .npz; never unpickles anything."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.file_size > _MAX_BYTES:
                    raise ValueError(f"[{op}] {entry.filename} in {path} is larger than 2 GiB")
            members = {entry.filename for entry in archive.infolist()}
        missing = [name for name in names if f"{name}.npy" not in members]
        if missing:
            raise ValueError(
                f"[{op}] {path} must hold {', '.join(names)}; it lacks {', '.join(missing)}"
            )
        with np.load(path, allow_pickle=False) as arrays:
            return [arrays[name] for name in names]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ValueError(f"[{op}] {path} is not a sound .npz file: {error}") from error
    except ValueError as error:
        if str(error).startswith(f"[{op}]"):
            raise
        raise ValueError(f"[{op}] {path} cannot be read: {error}") from error


def download(
    name: str, digest: str, mirrors: Sequence[str], folder: Path, op: str, hint: str
) -> None:
    """Fetch a file into a folder if its SHA-256 is the given one; nothing else appears there."""
    import http.client
    import urllib.request

    problems = []
    for mirror in mirrors:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            print(f"[{op}] downloading {mirror}{name}", file=sys.stderr)
            with urllib.request.urlopen(mirror + name, timeout=30) as response:
                _write_checked(response, folder / name, digest)
            return
        except (OSError, ValueError, http.client.HTTPException) as error:
            problems.append(f"{mirror}{name}: {error}")
    raise FileNotFoundError(
        f"[{op}] {name} could not be downloaded ({'; '.join(problems)}). {hint}"
    )


def _write_checked(source: io.BufferedIOBase, target: Path, digest: str) -> None:
    sha = hashlib.sha256()
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            size = 0
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > _MAX_BYTES:
                    raise ValueError("more than 2 GiB")
                sha.update(chunk)
                file.write(chunk)
        if sha.hexdigest() != digest:
            raise ValueError(f"SHA-256 is {sha.hexdigest()}, expected {digest}")
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)

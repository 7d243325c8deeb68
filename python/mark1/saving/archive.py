"""The ``.keras`` file: a zip of config.json, metadata.json and model.weights.h5."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
_MEMBERS = (METADATA, CONFIG, WEIGHTS)
_JSON_LIMIT = 64 << 20  # bytes; a config of 10,000 layers is about 10 MB
# What reading a damaged zip raises; a system error is a wrong offset, the file itself being open.
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError)
_RATIO_LIMIT = 1000  # deflate reaches 1032 on zeros


def pack(config: dict[str, Any], metadata: dict[str, Any], weights: bytes) -> bytes:
    """Return the bytes of a ``.keras`` file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in (
            (METADATA, json.dumps(metadata).encode()),
            (CONFIG, json.dumps(config).encode()),
            (WEIGHTS, weights),
        ):
            # The date of a member is fixed, so that equal models differ in metadata.json only.
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def unpack(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return the config and the weights of a ``.keras`` file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not such a file, or is damaged.
    """
    if not path.exists():
        raise FileNotFoundError(f"[load_model] no such file: {path}")
    if path.is_dir():
        raise ValueError(f"[load_model] {path} is a folder, not a .keras file")
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                missing = [name for name in (CONFIG, WEIGHTS) if name not in archive.namelist()]
                if missing:
                    raise ValueError(
                        f"[load_model] {path} is not a .keras file: no {' and no '.join(missing)}"
                    )
                size = path.stat().st_size
                config = _member(archive, CONFIG, min(_JSON_LIMIT, size * _RATIO_LIMIT), path)
                weights = _member(archive, WEIGHTS, size * _RATIO_LIMIT, path)
        except _DAMAGE as error:
            raise ValueError(
                f"[load_model] {path} is not a .keras file, or cut short: {error}"
            ) from error
    try:
        parsed = json.loads(config)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"[load_model] {path}: config.json is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ValueError(f"[load_model] {path}: config.json does not describe a model")
    return parsed, weights


def _member(archive: zipfile.ZipFile, name: str, limit: int, path: Path) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > limit:
        raise ValueError(
            f"[load_model] {path}: {name} would be {info.file_size} bytes, the limit is {limit}"
        )
    # Never more than what was announced, whatever the data expands to.
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise ValueError(f"[load_model] {path}: {name} is cut short or longer than it says")
    return data

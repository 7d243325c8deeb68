"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under another name, force it to disk, and give it its name only then.

    A failure leaves no trace, and what was there before untouched. Of a symbolic link it is the
    target that is written.

    Args:
        path: where to.
        data: the contents.

    Raises:
        OSError: the folder is missing or not writable, the disk is full, ...

    >>> from pathlib import Path
    >>> write_atomically(Path("example.bin"), b"mark1")
    >>> Path("example.bin").read_bytes()
    b'mark1'
    """
    path = path.resolve()  # a link stays one
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}.tmp")
    # 0o666 as open() does: the user's umask takes away what it should.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)

"""A file is there whole or not at all: written beside its name, made durable, then given its name.

Belongs here: the one way to write a file that somebody may read at the same moment, or after a kill. It is the only module of
`models` that touches a disk: connectors and warehouse both write such files and may import nothing else in common.
Not here: what stands in a file, files that grow line by line under another program's hand (SQLite, DuckDB).
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600  # readable for its owner alone
READABLE = 0o644


def write_whole(path: Path, content: bytes, *, mode: int = READABLE) -> Path:
    """Write the bytes and return the path; a reader sees the old file or the new one, also after a power cut."""
    with _beside(path) as part:
        part.write_bytes(content)
        return give_name(part, path, mode=mode)


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    """Write the lines of a scratch file that the same run reads, each with its line feed; it need not survive a power cut."""
    with _beside(path) as part:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
        return give_name(part, path, durable=False)


def give_name(part: Path, path: Path, *, mode: int | None = None, durable: bool = True) -> Path:
    """Rename what was written beside `path` to it, on the same disk.

    Args:
        part: a finished file.
        path: its name from now on; what had that name is gone.
        mode: who may read it; as it was made when nothing is stated.
        durable: bring the content to the disk before the rename and the rename after it. A rename alone may reach the disk
            before the content does, and leave an empty file (rename(2), fsync(2)).
    """
    if mode is not None:
        part.chmod(mode)
    if durable:
        _sync(part)
    part.replace(path)
    if durable:
        _sync(path.parent)  # the name stands in the folder, which fsync of the file does not write (fsync(2))
    return path


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """An empty file in the folder of `path`, which is made; gone when the block raises."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # in the same folder: a rename replaces a file only within one file system (rename(2), EXDEV)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    part = Path(name)
    try:
        yield part
    except BaseException:  # also KeyboardInterrupt: no half-written file stays behind
        part.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)  # a folder cannot be opened for writing
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

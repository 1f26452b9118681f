"""The bytes of a company file, or a refusal: regular files only, capped, never one being written.

Belongs here: opening. Not here: what the bytes mean (csv_rows.py, xlsx_rows.py).
"""

import os
import stat
from pathlib import Path

from models.errors import CompanyError

MAX_BYTES = 50 * 1024 * 1024  # half a million rows of 100 bytes


def read_bytes(path: Path) -> bytes:
    """The whole content of a regular file.

    Raises:
        CompanyError: C101 missing, C102 no regular file, C103 empty, C104 too large, C115 changed while read.
    """
    descriptor = _open(path)
    try:
        before = os.fstat(descriptor)
        _check(path.name, before)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            # one byte more than allowed shows that the file has grown since
            content = stream.read(MAX_BYTES + 1)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if len(content) != before.st_size or (before.st_size, before.st_mtime_ns) != (
        after.st_size,
        after.st_mtime_ns,
    ):
        raise CompanyError(
            "C115",
            "the file changed while it was read",
            where=path.name,
            remedy="wait until it is saved, then run again",
        )
    return content


def _open(path: Path) -> int:
    # O_NOFOLLOW: a link could lead out of the company folder. O_NONBLOCK: opening a pipe would wait for ever.
    # asked for by name: not every system knows the two
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        raise CompanyError(
            "C101", "the file is missing", where=path.name, remedy=f"put {path.name} into the company folder"
        ) from None
    except OSError as error:
        raise CompanyError(
            "C102", "the file cannot be opened", where=path.name, actual=os.strerror(error.errno or 0),
            remedy="put the file itself there: no link, and readable for this user",
        ) from None  # fmt: skip


def _check(name: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise CompanyError(
            "C102",
            "this is not a regular file",
            where=name,
            remedy="put the file itself there, not a link, pipe or folder",
        )
    if status.st_size == 0:
        raise CompanyError(
            "C103",
            "the file has 0 bytes",
            where=name,
            remedy="save it again; a table without rows still has its header",
        )
    if status.st_size > MAX_BYTES:
        raise too_large(name, f"{status.st_size} bytes", f"at most {MAX_BYTES} bytes")


def too_large(where: str, actual: str, limit: str) -> CompanyError:
    """The refusal of anything above a cap."""
    return CompanyError(
        "C104",
        "the file is larger than any real company table",
        where=where,
        actual=actual,
        remedy=f"split it: {limit}",
    )

"""Texts out of a folder that somebody else filled: regular files inside it, small, few, UTF-8.

Belongs here: opening and the limits. Not here: what the texts mean (company.py, models/definitions) or the table files
(connectors/file_drop).

A link that leads out of the folder, a pipe, a device or a folder called x.yaml is refused by name: passing it over without
a word would make a definition look as if it had no effect. Nothing is opened before it is known to be a regular file.
"""

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from models.errors import CompanyError

MAX_BYTES = 1_000_000  # of one file: YAML of a megabyte takes seconds to read, and no definition is near it
MAX_TOTAL = 4_000_000  # of one folder; the shipped definitions are a tenth of it
MAX_FILES = 1_000
MAX_MARKS = 100_000  # characters that may start a value; bounds the time that reading a whole folder can take
_MARKS = ",[{:-\n"
MAX_DEPTH = 8  # levels of folders; the shipped definitions have one
# No link is followed that was put there after the look, and a pipe without a writer does not block (open(2)).
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def read_text(path: Path) -> str:
    """The text of one file of a company.

    Raises:
        CompanyError: C001 when it is not there, C002 when it is too large, unreadable or not UTF-8, C008 when it is no regular
        file of its folder.
    """
    real = _inside(path, path.parent)
    if not real.exists():
        raise CompanyError(
            "C001",
            "a file of the company is not there",
            where=str(path),
            remedy="write it; `kpi init DIR` makes a complete folder",
        )
    return _decoded(_content(real, path), path)


def yaml_below(root: Path, shown: str, skip: Collection[str] = ()) -> dict[str, str]:
    """Texts of the YAML files below a folder, by the name that messages show; folders of `skip` at its top are left out.

    Raises:
        CompanyError: C002, C007 (an ending that would not be read) or C008.
    """
    # is_symlink: a link that leads nowhere does not exist either, but must be refused by name
    if not root.exists() and not root.is_symlink():
        return {}
    _inside(root, root.parent)
    texts: dict[str, str] = {}
    total = marks = 0
    for path in sorted(_walk(root, skip)):
        texts[f"{shown}/{path.relative_to(root).as_posix()}"] = text = read_text_of(path, root)
        total += len(text)
        marks += sum(map(text.count, _MARKS))
        _refuse_mass(root, len(texts), total, marks)
    return texts


def read_text_of(path: Path, root: Path) -> str:
    """The text of a file that may be a link to another file of the same folder, and to nothing else."""
    return _decoded(_content(_inside(path, root), path), path)


def _walk(root: Path, skip: Collection[str]) -> Iterator[Path]:
    """Every YAML file below a folder; links to folders are not entered, so that no circle can be walked."""
    for number, (folder, below, files) in enumerate(os.walk(root, followlinks=False)):
        here = Path(folder)
        at_top = here == root
        if len(here.relative_to(root).parts) > MAX_DEPTH or number > MAX_FILES:
            raise _refusal(
                here, "folders are nested too deeply, or there are too many", f"at most {MAX_DEPTH} levels"
            )
        # in place: os.walk enters the folders that are left in this list (docs.python.org, os.walk)
        below[:] = sorted(
            name for name in below if not name.startswith(".") and not (at_top and name in skip)
        )
        # folders too: one that is called x.yaml would otherwise be passed over
        for name in sorted([*files, *below]):
            path = here / name
            if not name.isprintable():  # it would steer the terminal, or could not be printed at all
                raise _refusal(
                    here / ascii(name), "a file name holds characters that do not print", "rename it"
                )
            if path.is_symlink() and path.is_dir():
                raise _refusal(path, "a link to a folder is not entered", "put the folder itself there")
            if path.suffix == ".yml":
                raise CompanyError(
                    "C007",
                    "this definition file would not be read",
                    where=f"{path}:1",
                    actual=path.suffix,
                    remedy=f"rename it to {path.stem}.yaml",
                )
            if path.suffix == ".yaml":
                yield path


def resolved(path: Path) -> Path:
    """Where a path really leads.

    Raises:
        CompanyError: C008 for a link that leads to itself.
    """
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # Python 3.11 raises RuntimeError
        raise _refusal(path, "this link leads to itself", "put the file or folder itself there") from None


def _inside(path: Path, root: Path) -> Path:
    """Where the path really lies, which must be inside the folder."""
    real, home = resolved(path), resolved(root)
    if not real.is_relative_to(home):
        raise _refusal(path, "this link leads out of its folder", "put the file itself there")
    return real


def _content(real: Path, path: Path) -> bytes:
    try:
        descriptor = os.open(real, _FLAGS)
    except OSError as error:
        if error.errno and not real.exists():
            raise _refusal(path, "this link leads nowhere", "put the file itself there") from None
        raise CompanyError(
            "C002",
            "the file cannot be read",
            where=str(path),
            actual=error.strerror or "",
            remedy="let this user read it",
        ) from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise _refusal(
                path, "this is no regular file", "put the file itself there, no pipe, device or folder"
            )
        _refuse_size(path, found.st_size)
        # one byte more than allowed: the file may have grown since its size was asked for
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(MAX_BYTES + 1)
        _refuse_size(path, len(content))
    finally:
        os.close(descriptor)
    return content


def _refuse_size(path: Path, size: int) -> None:
    if size > MAX_BYTES:
        raise CompanyError(
            "C002",
            "the file is too large",
            where=str(path),
            actual=f"{size} bytes",
            remedy=f"split it: at most {MAX_BYTES} bytes",
        )


def _refuse_mass(root: Path, files: int, total: int, marks: int) -> None:
    if files > MAX_FILES or total > MAX_TOTAL or marks > MAX_MARKS:
        raise CompanyError(
            "C002",
            "the folder holds more than any definitions do",
            where=str(root),
            actual=f"{files} files, {total} characters, {marks} possible values so far",
            remedy=f"at most {MAX_FILES} files, {MAX_TOTAL} characters, {MAX_MARKS} values",
        )


def _refusal(path: Path, what: str, remedy: str) -> CompanyError:
    return CompanyError("C008", what, where=str(path), remedy=remedy)


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")  # editors on Windows put a byte order mark first
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CompanyError(
            "C002",
            "the file is not UTF-8",
            where=f"{path}:{line}",
            actual=f"byte 0x{error.object[error.start]:02x}",
            remedy="save it as UTF-8",
        ) from None

"""A snapshot is written beside its name and given it whole, under the ledger's lock.

Belongs here: files below `locked/`, their order on the way to the disk, debris of a killed try. Not here: which rows (rows.py),
whether they are still as they were written (proof.py).
"""

import fcntl
import hashlib
import io
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.closing.manifest import LOCKED, MANIFEST, Manifest, SnapshotFile, folder_of
from models.errors import WarehouseError

ASIDE = ".aside"  # folders that no entry names
_WAIT_SECONDS = 30  # as for the ledger: a snapshot of 300 people takes a second
_PAUSE_SECONDS = 0.1
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


@dataclass(frozen=True)
class StagedSnapshot:
    """A snapshot that lies whole on the disk and has not its name yet."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """What its folder will be called."""
        return folder_of(self.manifest.period, self.manifest.version)

    def settle(self) -> None:
        """Give it its name. Only under the ledger's lock, and when no entry names that folder yet.

        A folder of that name is then debris: its process was killed between name and entry. Or the ledger is an older copy of
        itself and somebody did sign it: so it is put aside and not deleted.
        """
        place = self.folder.with_name(self.name)
        if place.exists():
            aside = place.parent / ASIDE / f"{self.name}-{time.time_ns()}"
            aside.parent.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
            place.rename(aside)
        self.folder.rename(place)
        _sync(place.parent)


@contextmanager
def one_at_a_time(home: Path) -> Iterator[Path]:
    """The folder of all snapshots, for one process of this machine; a killed one holds it no longer (flock(2)).

    Raises:
        WarehouseError: W126 when another process has it for long.
    """
    root = home / LOCKED
    root.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    handle = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, _PRIVATE_FILE)
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while not _held(handle):
            if time.monotonic() >= deadline:
                raise WarehouseError("W126", "another process is locking a period", where=str(root))
            time.sleep(_PAUSE_SECONDS)
        yield root
    finally:
        os.close(handle)


def stage(
    root: Path, manifest: Manifest, tables: Mapping[str, pa.Table], texts: Mapping[str, str]
) -> StagedSnapshot:
    """Write a snapshot beside its name, down to the disk.

    Args:
        root: the folder of all snapshots, held by `one_at_a_time`.
        manifest: what it says but for `files`, which are those that are written.
        tables: by name of the table.
        texts: by path below the snapshot, such as `definitions/shipped/grades.yaml`.
    """
    folder = root / f".{folder_of(manifest.period, manifest.version)}.new"
    # of a killed process: while the lock is held nobody else writes here
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=_PRIVATE_FOLDER)
    contents = {f"{name}.parquet": (_parquet(table), table.num_rows) for name, table in tables.items()}
    contents |= {path: (text.encode(), None) for path, text in texts.items()}
    files = {}
    for path, (content, rows) in sorted(contents.items()):
        _write(folder / path, content)
        files[path] = SnapshotFile(hashlib.sha256(content).hexdigest(), len(content), rows)
    whole = Manifest(
        period=manifest.period,
        version=manifest.version,
        ledger=manifest.ledger,
        definition_hash=manifest.definition_hash,
        files=files,
        cards=manifest.cards,
        digests=manifest.digests,
    )
    _write(folder / MANIFEST, whole.content)
    for inner, _, _ in os.walk(folder):
        _sync(Path(inner))
    return StagedSnapshot(folder, whole)


def _held(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _parquet(table: pa.Table) -> bytes:
    """The same rows give the same bytes: the rows are sorted, and the file names no day and no machine."""
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(None), file, compression="zstd")
    return file.getvalue()


def _write(path: Path, content: bytes) -> None:
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=_PRIVATE_FOLDER)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Records of one window on disk: the newest version per key, in key order.

A small SQLite file keeps memory flat whatever the number of records; the result is NDJSON. Not here: how a
record is made.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from models.whole_file import write_lines


@dataclass(frozen=True)
class SpooledRecord:
    """One record, ready for the warehouse; `line` is its NDJSON text."""

    key: str
    version: str
    line: str


class Spool:
    """Collects the records of one window and writes them out once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".spool-", suffix=".sqlite", dir=folder)
        os.close(handle)
        self._folder, self._path = folder, Path(name)
        self._con = sqlite3.connect(self._path)
        self._con.execute("pragma journal_mode = off")  # thrown away after any crash
        self._con.execute("pragma synchronous = off")
        self._con.execute("create table record (key text primary key, version text, line text) without rowid")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._con.close()
        self._path.unlink(missing_ok=True)

    def add(self, record: SpooledRecord) -> None:
        """Keep the record unless a newer version of its key is already there."""
        self._con.execute(
            "insert into record values (?, ?, ?) on conflict (key) do update "
            # equal versions: the one read later wins, as it came from a later page
            "set version = excluded.version, line = excluded.line where excluded.version >= version",
            (record.key, record.version, record.line),
        )

    def count(self) -> int:
        """Distinct keys so far."""
        return int(self._con.execute("select count(*) from record").fetchone()[0])

    def keys(self) -> Iterator[str]:
        """The distinct keys, in order."""
        for (key,) in self._con.execute("select key from record order by key"):
            yield key

    def write(self, name: str) -> Path:
        """The finished NDJSON file, in key order."""
        rows = self._con.execute("select line from record order by key")
        return write_lines(self._folder / name, (line for (line,) in rows))

"""What a locked period is made of: the manifest of its snapshot, and the entries of the ledger that lock it.

Belongs here: shape and text of a manifest, names of folders, which lock of a period is in force. Not here: files and their bytes
(warehouse/locked), who may lock (locking.py).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.closing.entries import Entry, Head, canonical
from models.closing.kinds import EntryKind

MANIFEST = "manifest.json"
LOCKED = "locked"  # the folder of all snapshots, below the home
LOCK_KINDS = (EntryKind.LOCKED, EntryKind.REOPENED)


@dataclass(frozen=True)
class SnapshotFile:
    """One file as it was written; `rows` of a table only."""

    sha256: str
    bytes: int
    rows: int | None = None


@dataclass(frozen=True)
class TableDigest:
    """One hash over the rows of a period in a table, of the columns that there were."""

    columns: tuple[str, ...]
    hash: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What manifest.json says.

    `ledger` is the newest entry when the snapshot was taken: whoever holds the snapshot can prove the ledger up to there.
    `cards` are hashes by person, `digests` those of the rows of tables that no card covers.
    """

    period: str
    version: int
    ledger: Head
    definition_hash: str
    files: Mapping[str, SnapshotFile]
    cards: Mapping[str, str]
    digests: Mapping[str, TableDigest]

    @property
    def content(self) -> bytes:
        """The file: the same manifest gives the same bytes."""
        said = {
            "period": self.period,
            "version": self.version,
            "ledger": {"seq": self.ledger.seq, "hash": self.ledger.hash},
            "definition_hash": self.definition_hash,
            "files": {
                name: {"sha256": f.sha256, "bytes": f.bytes, "rows": f.rows} for name, f in self.files.items()
            },
            "cards": self.cards,
            "digests": {name: {"columns": d.columns, "hash": d.hash} for name, d in self.digests.items()},
        }
        return f"{canonical(said)}\n".encode()

    @property
    def hash(self) -> str:
        """What the ledger holds of it."""
        return hashlib.sha256(self.content).hexdigest()

    @classmethod
    def read(cls, content: bytes) -> "Manifest":
        """The manifest of a file.

        Raises:
            ValueError: the file is no manifest.
        """
        try:
            said = json.loads(content)
            return cls(
                period=said["period"],
                version=said["version"],
                ledger=Head(said["ledger"]["seq"], said["ledger"]["hash"]),
                definition_hash=said["definition_hash"],
                files={
                    name: SnapshotFile(f["sha256"], f["bytes"], f["rows"])
                    for name, f in said["files"].items()
                },
                cards=said["cards"],
                digests={
                    name: TableDigest(tuple(d["columns"]), d["hash"]) for name, d in said["digests"].items()
                },
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("this is no manifest of a snapshot") from error


@dataclass(frozen=True, kw_only=True)
class LockedPeriod:
    """A lock as its entry says it."""

    period: str
    version: int
    folder: str
    manifest_hash: str
    cards: Mapping[str, str]
    on: date
    actor: str
    entry: Head

    @classmethod
    def of(cls, entry: Entry) -> "LockedPeriod":
        """The lock that an entry of kind `locked` made."""
        says: dict[str, Any] = entry.says
        return cls(
            period=entry.period,
            version=says["version"],
            folder=says["folder"],
            manifest_hash=says["manifest_hash"],
            cards=says["cards"],
            on=date.fromisoformat(says["on"]),
            actor=entry.actor,
            entry=Head(entry.seq, entry.hash),
        )


def folder_of(period: str, version: int) -> str:
    """The folder of a version, below `locked/`: a later one lies beside the first, which never moves.

    >>> folder_of("2026-01", 1), folder_of("2026-01", 2)
    ('2026-01', '2026-01.v2')
    """
    return period if version == 1 else f"{period}.v{version}"


def every_lock(entries: Iterable[Entry]) -> list[LockedPeriod]:
    """Every lock that was ever made, the oldest first; those of periods that were reopened too."""
    return [LockedPeriod.of(entry) for entry in entries if entry.kind == EntryKind.LOCKED]


def present_locks(entries: Iterable[Entry]) -> dict[str, LockedPeriod]:
    """The lock in force of every period that is locked now, by period."""
    found: dict[str, LockedPeriod] = {}
    for entry in entries:
        if entry.kind == EntryKind.LOCKED:
            found[entry.period] = LockedPeriod.of(entry)
        elif entry.kind == EntryKind.REOPENED:
            found.pop(entry.period, None)
    return found

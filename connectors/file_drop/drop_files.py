"""The landing file of a drop and its records: written from typed rows, and rebuilt from the landing file alone.

Not here: what a row must be (drops.py).
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from connectors.file_drop.manifest import Drop
from connectors.kit.contract.errors import LandingDamaged
from connectors.kit.contract.strict_json import Json, dumps
from connectors.kit.contract.windows import Window, iso
from connectors.kit.window.landing import FORMAT, Landing, read_lines, sha256_of
from models.loads import FILE_DROP, PulledWindow, StreamRef
from models.whole_file import write_lines


@dataclass(frozen=True)
class DropPlace:
    """Where drops are read from and written to, as of when."""

    company: Path
    landing: Path
    spool: Path
    as_of: datetime


@dataclass(frozen=True)
class DroppedRecord:
    """One row as it is kept: its key, its local day, its columns as text."""

    key: str
    day: date
    payload: dict[str, str | bool]

    def landed(self) -> Json:
        """The line of the landing file."""
        return {"kind": "row", "key": self.key, "day": self.day.isoformat(), "payload": self.payload}

    def line(self, version_at: datetime) -> str:
        """The line the warehouse loads."""
        # without the version: the same row in a later drop has the same hash
        digest = hashlib.sha256(dumps([self.day.isoformat(), self.payload]).encode()).hexdigest()
        return dumps(
            {
                "record_key": self.key,
                "record_day": self.day.isoformat(),
                "version_at": iso(version_at),
                "row_hash": digest,
                "payload": self.payload,
            }
        )


def pulled_window(drop: Drop, records: Sequence[DroppedRecord], proof: str, place: DropPlace) -> PulledWindow:
    """Land the rows, write their records, and hand over the window; nothing has a final name before it is whole."""
    start, end = drop.span
    # the order of the lines in the file says nothing: same rows, same landing file
    ordered = sorted(records, key=lambda r: (r.day, r.key))
    head = {
        "kind": "header",
        "format": FORMAT,
        "connector": FILE_DROP,
        "stream": drop.table,
        "shop": drop.shop_id,
        "window_from": iso(start),
        "window_to": iso(end),
        "first_day": drop.first.isoformat(),
        "last_day": drop.last.isoformat(),
        "file": drop.file,
        "proof": proof,
    }
    writer = Landing(place.landing).writer(drop.ref, Window(start, end))
    try:
        writer.line(head)
        for record in ordered:
            writer.line(record.landed())
        writer.line({"kind": "end", "rows": len(ordered)})
        landed = writer.commit()
    finally:
        writer.discard()
    return _window(head, ordered, landed, place.spool, place.as_of)


def replay_drop(landing_file: Path, *, root: Path, as_of: datetime, spool: Path, sha256: str) -> PulledWindow:
    """The window of a drop as it was read, from its landing file.

    Raises:
        LandingDamaged: the file is not what was written.
    """
    path = root / landing_file
    # the whole hash, not the part in the name: it was noted when the file was loaded
    if not path.is_file() or sha256_of(path) != sha256:
        raise LandingDamaged("a landing file was changed after it was written", actual=path.name)
    head, *lines = read_lines(path)
    end = lines.pop() if lines else None
    if (
        head.get("format") != FORMAT
        or head.get("connector") != FILE_DROP
        or end != {"kind": "end", "rows": len(lines)}  # a file cut between two lines
    ):
        raise LandingDamaged("a landing file is not one this version knows", actual=path.name)
    return _window(head, list(_records(lines)), (landing_file.as_posix(), sha256), spool, as_of)


def _records(lines: Sequence[Json]) -> Iterator[DroppedRecord]:
    for line in lines:
        yield DroppedRecord(line["key"], date.fromisoformat(line["day"]), line["payload"])


def _window(
    head: Json, records: Sequence[DroppedRecord], landed: tuple[str, str], spool: Path, as_of: datetime
) -> PulledWindow:
    ref = StreamRef(FILE_DROP, head["stream"], head["shop"])
    # two processes may rebuild the same drop at once, each into its own file
    path = spool / f"{ref.stream}-{landed[1][:12]}-{os.getpid()}.ndjson"
    write_lines(path, (record.line(as_of) for record in records))
    return PulledWindow(
        ref=ref,
        window_from=datetime.fromisoformat(head["window_from"]),
        window_to=datetime.fromisoformat(head["window_to"]),
        kind="time",
        records_path=path,
        rows=len(records),
        landing_file=landed[0],
        landing_sha256=landed[1],
        proof=head["proof"],
        as_of=as_of,
        replaces=(date.fromisoformat(head["first_day"]), date.fromisoformat(head["last_day"])),
    )

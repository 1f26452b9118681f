"""What a warehouse would hold after the windows of a pull: a small model of it, so that runs can be compared.

Belongs here: newest version by key, gone rows of replaced days, cursor and frontier saved with the data. Not
here: the real warehouse.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.kit.contract.strict_json import dumps, loads
from connectors.kit.window.reading import plain
from models.loads import FailedWindow, PulledWindow

MOST_SHOWN = 3  # keys; evidence is one line of a test report


@dataclass(frozen=True)
class Stored:
    """One record as it came out of a pull."""

    key: str
    day: str
    version: datetime
    payload: str


@dataclass(frozen=True)
class Taken:
    """A proven window with its records, read before the next run overwrites the file."""

    window: PulledWindow
    records: tuple[Stored, ...]
    data: bytes

    @classmethod
    def of(cls, window: PulledWindow) -> "Taken":
        """Read the records of a window."""
        data = window.records_path.read_bytes()
        return cls(window, tuple(_stored(loads(line)) for line in data.splitlines()), data)


def _stored(line: Any) -> Stored:
    at = datetime.fromisoformat(line["version_at"])
    return Stored(line["record_key"], line["record_day"], at, dumps(line["payload"]))


def text_of(payload: Mapping[str, Any]) -> str:
    """A payload as it is compared: instants and money as text, keys sorted."""
    return dumps(plain(dict(payload)))


@dataclass
class Store:
    """Rows by key, and from where the next run goes on."""

    rows: dict[str, Stored] = field(default_factory=dict)
    frontier: datetime | None = None
    cursor: str | None = None

    def load(self, results: list[Taken | FailedWindow]) -> int:
        """Commit window by window; the result is how many rows are new or changed. A failure stops the frontier."""
        changed, is_whole = 0, True
        for result in results:
            if isinstance(result, FailedWindow):
                is_whole = False
                continue
            changed += self._take(result)
            # what comes after a failed window is kept, and yet the next run must begin at the failed one
            if is_whole:
                self.frontier = result.window.window_to
                self.cursor = result.window.cursor or self.cursor
        return changed

    def _take(self, taken: Taken) -> int:
        before = {key: row.payload for key, row in self.rows.items()}
        if taken.window.replaces is not None:
            first, last = (day.isoformat() for day in taken.window.replaces)
            self.rows = {k: r for k, r in self.rows.items() if not first <= r.day <= last}
        for record in taken.records:
            known = self.rows.get(record.key)
            # an older version may come after a newer one, when a span is read again
            if known is None or record.version >= known.version:
                self.rows[record.key] = record
        after = {key: row.payload for key, row in self.rows.items()}
        # a changed row stands in the difference as it was and as it is: by its key it counts once
        return len(dict(after.items() ^ before.items()))

    def payloads(self) -> dict[str, str]:
        """Key to payload text."""
        return {key: row.payload for key, row in self.rows.items()}


def difference(found: Mapping[str, str], truth: Mapping[str, str]) -> str:
    """Where two sets of payloads differ, in one line; empty when they are equal."""
    missing, extra = sorted(truth.keys() - found.keys()), sorted(found.keys() - truth.keys())
    other = sorted(key for key in truth.keys() & found.keys() if truth[key] != found[key])
    told = [
        f"{len(keys)} of {len(truth)} {what} ({', '.join(keys[:MOST_SHOWN])})"
        for what, keys in (("missing", missing), ("too many", extra))
        if keys
    ]
    if other:
        told.append(f"{len(other)} differ ({other[0]}: {_fields(found[other[0]], truth[other[0]])})")
    return "; ".join(told)


def _fields(found: str, truth: str) -> str:
    got, want = loads(found.encode()), loads(truth.encode())
    for name in sorted({*got, *want}):
        if dumps(got.get(name, "absent")) != dumps(want.get(name, "absent")):
            return f"{name} is {dumps(got.get(name, 'absent'))[:60]}, must be {dumps(want.get(name, 'absent'))[:60]}"
    return "?"

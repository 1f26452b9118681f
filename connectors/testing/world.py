"""The truth a fake platform holds: what each record is on the wire and what a reader must make of it.

Belongs here: records and their changes in time. Not here: any platform's API.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Entry:
    """One record.

    Args:
        key: the record key that the connector must give it.
        at: when it last changed (day streams: when its day began).
        day: the instant or the day it belongs to for ever.
        raw: the record on the wire.
        payload: what the connector must make of it, written down by the fake's own means.
        is_gone: deleted; no read may give it any more.
    """

    key: str
    at: datetime
    day: datetime | date
    raw: dict[str, Any]
    payload: dict[str, Any]
    is_gone: bool = False


@dataclass
class World:
    """Entries of every stream by key; replace an entry to change it."""

    streams: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def put(self, stream: str, entry: Entry) -> str:
        """Add or replace; the result is the key."""
        self.streams.setdefault(stream, {})[entry.key] = entry
        return entry.key

    def remove(self, stream: str, key: str) -> str:
        """Mark as gone; the entry stays for platforms that tell of deletions."""
        self.put(stream, replace(self.streams[stream][key], is_gone=True))
        return key

    def entries(
        self, stream: str, keep: Callable[[Entry], bool] = lambda _: True, *, gone: bool = False
    ) -> list[Entry]:
        """Entries by instant, then key, that `keep` accepts."""
        found = self.streams.get(stream, {}).values()
        return sorted((e for e in found if (gone or not e.is_gone) and keep(e)), key=lambda e: (e.at, e.key))

    def between(self, stream: str, start: datetime, end: datetime) -> list[Entry]:
        """Entries changed in `[start, end)`."""
        return self.entries(stream, lambda entry: start <= entry.at < end)

    def expected(self, stream: str) -> dict[str, dict[str, Any]]:
        """What a full read must give."""
        return {entry.key: entry.payload for entry in self.entries(stream)}

    def day_of(self, stream: str, key: str, zone: ZoneInfo) -> date:
        """The local day of a record, by the calendar of `zone`."""
        day = self.streams[stream][key].day
        return day.astimezone(zone).date() if isinstance(day, datetime) else day

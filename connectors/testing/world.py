"""The truth a fake platform holds: what each record is on the wire and what a reader must make of it.

Belongs here: records and their changes in time. Not here: any platform's API.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class FakeRecord:
    """One record.

    Args:
        key: the record key that the connector must give it.
        at: when it last changed (day streams: when its day began).
        day: the instant or the day it belongs to for ever.
        raw: the record on the wire.
        payload: what the connector must make of it, written down by the fake's own means.
    """

    key: str
    at: datetime
    day: datetime | date
    raw: dict[str, Any]
    payload: dict[str, Any]

    @property
    def whole_day(self) -> date:
        """The day it belongs to, of a stream that is read by days.

        Raises:
            TypeError: the record belongs to an instant.
        """
        if isinstance(self.day, datetime):
            raise TypeError(f"{self.key} belongs to an instant, {self.day}")
        return self.day

    @property
    def instant(self) -> datetime:
        """The instant it belongs to, of a stream that is read by change.

        Raises:
            TypeError: the record belongs to a whole day.
        """
        if not isinstance(self.day, datetime):
            raise TypeError(f"{self.key} belongs to a day, {self.day}")
        return self.day


@dataclass
class FakeWorld:
    """Records of every stream by key; put another one under a key to change it. `gone` are the keys of deleted ones."""

    streams: dict[str, dict[str, FakeRecord]] = field(default_factory=dict)
    gone: dict[str, set[str]] = field(default_factory=dict)

    def put(self, stream: str, record: FakeRecord) -> str:
        """Add or replace; the result is the key."""
        self.streams.setdefault(stream, {})[record.key] = record
        self.gone.get(stream, set()).discard(record.key)
        return record.key

    def remove(self, stream: str, key: str) -> str:
        """Delete: no read may give it any more; the record stays for platforms that tell of deletions."""
        self.gone.setdefault(stream, set()).add(key)
        return key

    def entries(
        self, stream: str, keep: Callable[[FakeRecord], bool] = lambda _: True, *, gone: bool = False
    ) -> list[FakeRecord]:
        """Records by instant, then key, that `keep` accepts; with `gone` deleted ones too."""
        hidden = set() if gone else self.gone.get(stream, set())
        found = [r for r in self.streams.get(stream, {}).values() if r.key not in hidden and keep(r)]
        return sorted(found, key=lambda record: (record.at, record.key))

    def between(self, stream: str, start: datetime, end: datetime) -> list[FakeRecord]:
        """Records changed in `[start, end)`."""
        return self.entries(stream, lambda entry: start <= entry.at < end)

    def expected(self, stream: str) -> dict[str, dict[str, Any]]:
        """What a full read must give."""
        return {entry.key: entry.payload for entry in self.entries(stream)}

    def day_of(self, stream: str, key: str, zone: ZoneInfo) -> date:
        """The local day of a record, by the calendar of `zone`."""
        day = self.streams[stream][key].day
        return day.astimezone(zone).date() if isinstance(day, datetime) else day

"""One entry of the ledger, and the chain that makes a later change of any of them visible.

Belongs here: shape, canonical text, hash, the first place where a chain is broken. Not here: which kinds there are
(kinds.py), where entries are kept (warehouse/ledger).

An entry's hash covers all it says and the hash of the entry before it: who changes, removes, inserts or swaps an entry would have
to change every later one, and the head that was printed and signed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

# what the first entry stands on; no hash of SHA-256 is all zeros as far as anybody knows
START = "0" * 64
# who enters what nobody decides
PROGRAM = "system"
# 2026-01-31T08:15:30.123456Z: text that sorts as time does, the same on every database
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
# the words that the hash begins with: an entry's bytes can never be read as those of anything else that is hashed
_DOMAIN = "meritline ledger entry 1"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to enter: `period` and `person` are empty where an entry is about none."""

    kind: str
    period: str = ""
    person: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


class Entry(NamedTuple):
    """One row of the ledger; `body` is canonical JSON. A tuple, because 100,000 of them are read to know one state."""

    seq: int
    at: str
    actor: str
    period: str
    person: str
    kind: str
    body: str
    previous_hash: str
    hash: str

    @property
    def says(self) -> dict[str, Any]:
        """The body as an object; numbers that must be exact stand in it as text."""
        said: dict[str, Any] = json.loads(self.body)
        return said

    @property
    def when(self) -> datetime:
        """The instant of the entry, in UTC."""
        return datetime.strptime(self.at, _INSTANT).replace(tzinfo=UTC)

    @property
    def computed_hash(self) -> str:
        """The hash that an entry of this content has."""
        said = [self.seq, self.at, self.actor, self.period, self.person, self.kind, self.body]
        text = json.dumps([_DOMAIN, *said, self.previous_hash], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The newest entry of a chain: whoever knows it can prove everything before it."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Break:
    """The first entry that is wrong, and how one sees it."""

    seq: int
    what_zh: str
    what_en: str


EMPTY = Head(0, START)


def canonical(body: Mapping[str, Any]) -> str:
    """A body as the one text that it has: keys sorted, no blanks, exact numbers and days as text.

    Raises:
        TypeError: a binary float, or something that is no plain value.

    >>> canonical({"b": Decimal("85.50"), "a": date(2026, 1, 31)})
    '{"a":"2026-01-31","b":"85.50"}'
    """
    return json.dumps(
        _plain(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def sealed(draft: Draft, *, actor: str, at: datetime, after: Head) -> Entry:
    """The entry that a draft becomes right after `after`."""
    open_entry = Entry(
        seq=after.seq + 1,
        at=at.astimezone(UTC).strftime(_INSTANT),
        actor=actor,
        period=draft.period,
        person=draft.person,
        kind=draft.kind,
        body=canonical(draft.body),
        previous_hash=after.hash,
        hash="",
    )
    return open_entry._replace(hash=open_entry.computed_hash)


def first_break(entries: Iterable[Entry], marks: Sequence[Head] = ()) -> Break | None:
    """The first entry, in the order of their numbers, where the chain does not hold; None when it does.

    Args:
        entries: the whole ledger.
        marks: heads that were noted somewhere else (the mark beside the ledger, a snapshot, a signed page). They show what the
            chain by itself cannot: that its end was cut off, or that all of it was written anew.
    """
    noted = {mark.seq: mark.hash for mark in marks if mark.seq > 0}
    last = EMPTY
    for entry in entries:
        found = _wrong(entry, last, noted)
        if found is not None:
            return found
        last = Head(entry.seq, entry.hash)
    if noted and max(noted) > last.seq:
        return Break(
            last.seq + 1,
            f"此条及之后的记录不见了：曾记下的最后一条是第 {max(noted)} 条",
            f"this entry and what followed are gone: entry {max(noted)} was noted as written",
        )
    return None


def _wrong(entry: Entry, last: Head, noted: Mapping[int, str]) -> Break | None:
    """What is wrong with an entry that should stand right after `last`."""
    due = last.seq + 1
    if entry.seq > due:
        return Break(due, "此条不见了", "this entry is gone")
    if entry.seq < due:
        return Break(entry.seq, "此编号出现两次或顺序有误", "this number stands twice or out of order")
    if entry.previous_hash != last.hash:
        return Break(
            entry.seq,
            "此条不接在前一条之后：前一条被替换，或此条是插入的",
            "it does not follow the entry before it: that one was replaced, or this one inserted",
        )
    if entry.hash != entry.computed_hash:
        return Break(
            entry.seq,
            "内容与其哈希不符：写入之后被改动",
            "content and hash differ: changed after it was written",
        )
    if noted.get(entry.seq, entry.hash) != entry.hash:
        return Break(
            entry.seq,
            "与当时记下的哈希不符：此条或之前的记录被整体重写",
            "it is not the entry that was noted at the time: it, or all up to it, was written anew",
        )
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal | date):
        return str(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical text; write exact numbers as Decimal")

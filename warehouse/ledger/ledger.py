"""The ledger: entries are added at its end, read in their order, and proven.

Belongs here: adding under one lock, reading, the mark beside it, the proof. Not here: databases (engine.py), what an entry may
say (models/closing).
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from models.closing.entries import EMPTY, Break, Draft, Entry, Head, first_break, sealed
from models.errors import WarehouseError
from models.whole_file import PRIVATE, write_whole
from warehouse.ledger.engine import (
    LEDGER,
    URL_VARIABLE,
    as_ledger_errors,
    entry_table,
    ledger_engine,
    writing,
)

MARK = "ledger.head"
# what is decided about the entries that are there, under the lock: nothing, or what is to be added
Decide = Callable[[Sequence[Entry]], Sequence[Draft]]
_READ_AT_ONCE = 10_000  # rows held while 100,000 are proven: some 10 MB


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """What people decided. Several processes may hold one at the same time."""

    def __init__(self, engine: Engine, mark: Path, now: Callable[[], datetime] = _now) -> None:
        self._engine = engine
        self._mark = mark
        self._now = now

    @classmethod
    def of(
        cls, home: Path, *, environment: Mapping[str, str] = os.environ, now: Callable[[], datetime] = _now
    ) -> "Ledger":
        """The ledger of a home, made when there is none.

        Raises:
            WarehouseError: W120 in use, W121 unreadable, W123 not reached, W124 KPI_LEDGER_URL cannot be used.
        """
        return cls(ledger_engine(home, environment), home / MARK, now)

    @classmethod
    def there(cls, home: Path, *, environment: Mapping[str, str] = os.environ) -> "Ledger | None":
        """The ledger of a home where anything was ever entered; reading makes none."""
        used = environment.get(URL_VARIABLE) or (home / MARK).exists() or (home / LEDGER).exists()
        return cls.of(home, environment=environment) if used else None

    def entries(self, *, period: str | None = None, kinds: Sequence[str] = ()) -> list[Entry]:
        """Entries in their order: of one period or of all, of some kinds or of all."""
        with self._reading() as con:
            return _rows(con, period, kinds)

    def head(self) -> Head:
        """The newest entry, what a signed page names."""
        with self._reading() as con:
            return _head(con)

    def record(self, actor: str, decide: Decide, *, period: str | None = None) -> list[Entry]:
        """Add what `decide` makes of the entries that are there, in one transaction.

        Args:
            actor: the person who decides.
            decide: gets the entries of `period` (all where none is given) and gives what is to be added. No other process adds
                anything in between: of two people who lock the same month at once, the second sees the first one's entry.
            period: `2026-10`, to read no more than is needed.

        Returns:
            The entries added; whatever `decide` raises adds nothing.

        Raises:
            WarehouseError: W122 the ledger has lost entries since the mark was noted; W120, W121, W123 as its database says.
        """
        with as_ledger_errors(self._engine.url):
            with writing(self._engine) as con:
                last = self._head_as_marked(con)
                added: list[Entry] = []
                for draft in decide(_rows(con, period, ())):
                    added.append(sealed(draft, actor=actor, at=self._now(), after=last))
                    last = Head(added[-1].seq, added[-1].hash)
                if added:
                    con.execute(sa.insert(entry_table), [entry._asdict() for entry in added])
            if added:
                # after the commit: a mark of an entry that a power cut took away would be a false alarm
                self._note(last)
        return added

    def proof(self, marks: Sequence[Head] = ()) -> Break | None:
        """The first entry that is wrong, None when all are as they were written; `marks` beside the ledger's own."""
        noted = self.mark()
        with self._reading() as con:
            return first_break(_all(con), [*marks, noted])

    def mark(self) -> Head:
        """The newest entry that was noted beside the ledger; every command that adds one notes it."""
        try:
            noted = json.loads(self._mark.read_text(encoding="utf-8"))
            return Head(int(noted["seq"]), str(noted["hash"]))
        except FileNotFoundError:
            return EMPTY
        except (ValueError, KeyError, TypeError):
            raise _lost(str(self._mark), "the mark beside the ledger cannot be read", "") from None

    def _head_as_marked(self, con: Connection) -> Head:
        """The head, unless the ledger is behind its mark: a restored copy, a lost file, another database."""
        head, mark = _head(con), self.mark()
        if mark.seq > 0:
            at_mark = sa.select(entry_table.c.hash).where(entry_table.c.seq == mark.seq)
            there = con.execute(at_mark).scalar_one_or_none()
            if there != mark.hash:
                found = f"newest entry {head.seq}; entry {mark.seq} was noted as {mark.hash[:12]}"
                what = "the ledger is not the one that was written to, or has lost entries"
                raise _lost(str(self._mark), what, found)
        return head

    def _note(self, head: Head) -> None:
        noted = {"seq": head.seq, "hash": head.hash}
        write_whole(self._mark, (json.dumps(noted) + "\n").encode(), mode=PRIVATE)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with as_ledger_errors(self._engine.url), self._engine.connect() as con:
            yield con


def _head(con: Connection) -> Head:
    newest = sa.select(entry_table.c.seq, entry_table.c.hash).order_by(entry_table.c.seq.desc()).limit(1)
    found = con.execute(newest).one_or_none()
    return EMPTY if found is None else Head(found.seq, found.hash)


def _rows(con: Connection, period: str | None, kinds: Sequence[str]) -> list[Entry]:
    asked = sa.select(entry_table).order_by(entry_table.c.seq)
    if period is not None:
        asked = asked.where(entry_table.c.period == period)
    if kinds:
        asked = asked.where(entry_table.c.kind.in_(kinds))
    return [Entry._make(row) for row in con.execute(asked)]


def _all(con: Connection) -> Iterator[Entry]:
    """Every entry, read as it is needed: a proof holds some of them at a time."""
    asked = sa.select(entry_table).order_by(entry_table.c.seq)
    with con.execution_options(yield_per=_READ_AT_ONCE).execute(asked) as found:
        yield from map(Entry._make, found)


def _lost(where: str, what: str, found: str) -> WarehouseError:
    return WarehouseError("W122", what, where=where, actual=found)

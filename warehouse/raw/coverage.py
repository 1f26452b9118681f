"""Which business days of which shop are proven whole, and why the others are not.

Belongs here: load_window, source_account and core_refused turned into answers. Not here: pulling, figures.
A day is whole when, as of some pull, proven windows reached without a hole from its first instant to the newest
instant that this pull asked for: a record of the day that was changed later shows only in a later window. Where windows speak
for whole days (dropped files, day streams), it is whole when a proven one lies over it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

import duckdb

from models.causes import Cause, FeedDay
from models.loads import FILE_DROP, StreamRef
from models.periods import business_date, day_bounds
from models.tables import FACTS
from warehouse.raw.pulls import RecordedWindow, recorded_windows
from warehouse.raw.states import DayStatus, Finality, LoadStatus, WindowKind
from warehouse.store.rows import records, row_dicts
from warehouse.store.sqltext import Sql

_DAY = timedelta(days=1)
_EXPIRED = "P112"  # the platform no longer shows the day: what was read of it stands for good
_ROSTER = "person"  # what headcount is derived from: no source feeds it but people.csv


@dataclass(frozen=True, kw_only=True)
class ProofWindow:
    """One recorded window of a stream, proven or failed."""

    start: datetime
    end: datetime
    status: LoadStatus
    proof: str | None
    cause_code: str | None
    cause: str | None
    as_of: datetime
    kind: WindowKind = "time"


@dataclass(frozen=True, eq=False, kw_only=True)  # identity is enough: one object per account
class Account:
    """One account with what was proven for it."""

    connector: str
    stream: str
    shop_id: str
    feeds: tuple[str, ...]
    zone: str
    active_from: date | None
    active_to: date | None
    finality_days: int
    windows: tuple[ProofWindow, ...]
    # by fact and day: a record of the day is kept out of that fact, so that its rows are not whole although all were read
    refused: Mapping[str, Mapping[date, Cause]] = field(default_factory=dict)
    only: str = ""  # a flag that every row of it carries
    begins_on: date | None = (
        None  # where active_from is not stated: the first day that the company asks of it
    )

    def clip(self, first: date, last: date) -> tuple[date, date] | None:
        """The part of a range of days on which the account was open; None when there is none."""
        start = max(first, self.active_from) if self.active_from else first
        end = min(last, self.active_to) if self.active_to else last
        return (start, end) if start <= end else None

    def asked(self, first: date, last: date) -> tuple[date, date] | None:
        """The open days of a span that the company asks for: nobody pulls a day before the company's first."""
        days = self.clip(first, last)
        if days is None or self._begun is None:
            return days
        start = max(days[0], self._begun)
        return (start, days[1]) if start <= days[1] else None

    def past(self, first: date, last: date) -> tuple[date, date] | None:
        """The open days from the account's very first to the last day of a span; None when there is none.

        An account without any known start has no earlier days than those asked. Files of a shop that begin only after the span
        say that the shop is younger.
        """
        if self.connector == FILE_DROP and (self._first_read is None or self._first_read > last):
            return None
        return self.clip(self.active_from or min(first, self._begun or first), last)

    @cached_property
    def _begun(self) -> date | None:
        """The first day that is asked of it; earlier where something earlier was read. None where the account states its own."""
        if self.active_from is not None or self.begins_on is None:
            return None
        return min(self.begins_on, self._first_read or self.begins_on)

    @cached_property
    def _first_read(self) -> date | None:
        """The first day that some window speaks of, proven or not."""
        return min((business_date(w.start, self.zone) for w in self.windows), default=None)

    def watched(self, first: date, last: date) -> tuple[date, date] | None:
        """The open days that source_health shows; of dropped files those from the first one's first day on."""
        days = self.clip(first, last)
        if days is None or self.connector != FILE_DROP:
            return days
        if self._first_read is None:
            return None
        start = max(days[0], self._first_read)
        return (start, days[1]) if start <= days[1] else None

    def uncovered(self, first: date, last: date, fact: str | None = None) -> Cause | None:
        """Why the rows of a fact, or of any, are not known to be whole on a range of open days; None when they are."""
        return self._unproven(first, last) or self._kept_out(first, last, fact)

    def _kept_out(self, first: date, last: date, fact: str | None) -> Cause | None:
        wanted = self.refused.values() if fact is None else [self.refused.get(fact, {})]
        found = {day: cause for causes in wanted for day, cause in causes.items() if first <= day <= last}
        return found[min(found)] if found else None

    def _unproven(self, first: date, last: date) -> Cause | None:
        start, end = day_bounds(first, self.zone)[0], day_bounds(last, self.zone)[1]
        if self.holds(start, end):
            return None
        day = next((d for d in days_between(first, last) if not self._holds(d)), None)
        return None if day is None else self.why(day)

    def holds(self, start: datetime, end: datetime) -> bool:
        """Whether a span is proven."""
        return any(low <= start and end <= high for low, high in self.stretches)

    @cached_property
    def is_daily(self) -> bool:
        """Whether its windows say all about whole days, so that each stands for itself."""
        return any(w.kind == "day" for w in self.windows)

    def why(self, day: date) -> Cause:
        """The newest failure that touches or may hide the day, else that it is not over, else that nobody pulled it."""
        start, end = day_bounds(day, self.zone)
        # read whole, yet it does not hold: a failure that lies later may hide a change of one of its records
        was_read = not self.is_daily and any(low <= start and end <= high for low, high in self._proven)
        failed = [w for w in self._unhealed if w.end > start and (w.start < end or was_read)]
        if failed:
            return self._failure(failed[-1], day)
        where = self._where(day)
        if self.connector == FILE_DROP:
            return Cause("M207", f"{where}: no file of facts.yaml speaks for this day")
        if self._newest is not None and self._newest < end:
            return Cause("M208", f"{where}: the shop's day is not over at {self._newest.isoformat()}")
        return Cause("M207", f"{where}: not pulled yet")

    def _failure(self, window: ProofWindow, day: date) -> Cause:
        return Cause(window.cause_code or "M207", f"{self._where(day)}: {window.cause}")

    def _where(self, day: date) -> str:
        return str(FeedDay(self.connector, self.stream, self.shop_id, day))

    @cached_property
    def stretches(self) -> tuple[tuple[datetime, datetime], ...]:
        """Per pull the unbroken proven range up to the newest instant it asked for; nothing when its end failed.

        Windows that speak for whole days ask for nothing beyond them.
        """
        if self.connector == FILE_DROP or self.is_daily:
            return tuple(self._proven)
        proven: list[tuple[datetime, datetime]] = []
        found: dict[datetime, tuple[datetime, datetime]] = {}  # a later pull extends the range it starts with
        # sorted first: groupby puts only neighbours together (docs.python.org, itertools)
        for _, pull in groupby(sorted(self.windows, key=lambda w: w.as_of), key=lambda w: w.as_of):
            windows = list(pull)
            proven = _merged([*proven, *((w.start, w.end) for w in windows if w.status == "proven")])
            # of failed windows too: what was asked for and not answered must leave a hole
            asked_to = max(w.end for w in windows)
            for low, high in proven:
                if low < asked_to <= high:
                    found[low] = (low, max(asked_to, found.get(low, (low, asked_to))[1]))
        return tuple(found.values())

    @cached_property
    def _proven(self) -> list[tuple[datetime, datetime]]:
        return _merged([(w.start, w.end) for w in self.windows if w.status == "proven"])

    @cached_property
    def _unhealed(self) -> list[ProofWindow]:
        failed = (w for w in self.windows if w.status == "failed")
        return [w for w in failed if not any(low <= w.start and w.end <= high for low, high in self._proven)]

    def _holds(self, day: date) -> bool:
        return self.holds(*day_bounds(day, self.zone))

    @cached_property
    def _newest(self) -> datetime | None:
        return max((w.as_of for w in self.windows), default=None)

    def stale(self, day: date) -> Cause | None:
        """Why a whole day of a day stream could not be read again since; None when nothing failed, or it no longer moves."""
        read = self._newest_read(day) if self.is_daily else None
        if read is None or self._is_settled(read, day):
            return None
        start, end = day_bounds(day, self.zone)
        later = [w for w in self.windows if w.status == "failed" and w.as_of > read.as_of]
        touching = [w for w in later if w.start < end and w.end > start]
        return self._failure(touching[-1], day) if touching else None

    def _newest_read(self, day: date) -> ProofWindow | None:
        """The proven window over the day that was read last."""
        start, end = day_bounds(day, self.zone)
        over = [w for w in self.windows if w.status == "proven" and w.start <= start and end <= w.end]
        return max(over, key=lambda w: w.as_of, default=None)

    def _is_settled(self, read: ProofWindow, day: date) -> bool:
        """Read late enough, or no longer readable: nothing is expected to change the day."""
        start, end = day_bounds(day, self.zone)
        return read.as_of >= end + timedelta(days=self.finality_days) or any(
            w.cause_code == _EXPIRED and w.start < end and w.end > start for w in self.windows
        )

    def health(self, day: date, rows: int) -> dict[str, object]:
        """The row of source_health for one open day."""
        start, end = day_bounds(day, self.zone)
        touching = [w for w in self.windows if w.start < end and w.end > start]
        proven = [w for w in touching if w.status == "proven"]
        held = self._holds(day)
        read = self._newest_read(day) if self.is_daily else None
        shown = read or (proven[-1] if proven else None)
        loaded = read or (touching[-1] if touching else None)
        cause = self.stale(day) if held else self.why(day)
        if held and (kept_out := self._kept_out(day, day, None)):
            held, cause = False, kept_out
        status: DayStatus = "proven" if held else "missing"
        return {
            "connector": self.connector,
            "stream": self.stream,
            "shop_id": self.shop_id,
            "business_date": day,
            "rows": rows,
            # a window that touches the day may be proven while the day is not: its proof is not shown for it
            "proof": shown.proof if held and shown else None,
            "finality": self._finality(day, read) if held else "missing",
            "loaded_at": loaded.as_of if loaded else None,
            "status": status,
            "cause_code": cause.code if cause else None,
            "cause": cause.text if cause else None,
        }

    def _finality(self, day: date, read: ProofWindow | None) -> Finality:
        if read is not None:
            return "final" if self._is_settled(read, day) else "open"
        end = day_bounds(day, self.zone)[1]
        settled = end + timedelta(days=self.finality_days)
        return "final" if any(low <= end and settled <= high for low, high in self.stretches) else "open"


def _merged(ranges: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The ranges as disjoint ones, in order; ranges that touch become one."""
    found: list[tuple[datetime, datetime]] = []
    for low, high in sorted(ranges):
        # equal ends touch: the end of a window is the first instant that it does not hold
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _newest_statements(windows: list[ProofWindow]) -> tuple[ProofWindow, ...]:
    """What dropped files say now: a later file takes the place of all that was said about its days before."""
    standing: list[ProofWindow] = []
    for window in windows:
        # what stood is cut first: the later file speaks alone for its days, also where it failed
        standing = [part for before in standing for part in _outside(before, window)] + [window]
    return tuple(sorted(standing, key=lambda w: w.start))


def _outside(before: ProofWindow, after: ProofWindow) -> list[ProofWindow]:
    """The parts of a window that a later one does not speak of."""
    ends = ((before.start, min(before.end, after.start)), (max(before.start, after.end), before.end))
    return [replace(before, start=start, end=end) for start, end in ends if start < end]


_PEOPLE = Account(
    connector="company",
    stream="people",
    shop_id="",
    feeds=(),
    zone="UTC",
    active_from=None,
    active_to=None,
    finality_days=0,
    windows=(
        # Two days within the years that Python's datetime can hold: no zone moves an end out of them.
        ProofWindow(
            start=datetime(1, 1, 3, tzinfo=UTC),
            end=datetime(9999, 12, 29, tzinfo=UTC),
            status="proven",
            proof="people.csv",
            cause_code=None,
            cause=None,
            as_of=datetime(9999, 12, 29, tzinfo=UTC),
        ),
    ),
)


class Coverage:
    """All accounts, asked by fact and shop."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self.accounts = tuple(accounts)
        # the KPIs of everybody in one shop ask for the same account and days
        self._answers: dict[tuple[Account, date, date, str | None], Cause | None] = {}

    def feeding(
        self, fact: str, shops: Iterable[str] | None = None, *, without: Collection[str] = ()
    ) -> list[Account]:
        """Accounts that feed a fact, of the given shops or of all; people.csv is always whole.

        `without`: flags of rows that are left out: an account whose rows all carry one of them feeds nothing of what is left.
        """
        # nothing pulls people.csv, so that no window could ever prove it
        if FACTS[fact].derived_from == (_ROSTER,):
            return [_PEOPLE]
        wanted = None if shops is None else set(shops)
        return [
            a
            for a in self.accounts
            if fact in a.feeds and a.only not in without and (wanted is None or a.shop_id in wanted)
        ]

    def account(self, ref: StreamRef) -> Account | None:
        """The account of a stream."""
        names = (ref.connector, ref.stream, ref.shop_id)
        return next((a for a in self.accounts if (a.connector, a.stream, a.shop_id) == names), None)

    def uncovered(self, account: Account, first: date, last: date, fact: str | None = None) -> Cause | None:
        """As `Account.uncovered`, remembered."""
        key = (account, first, last, fact)
        if key not in self._answers:
            self._answers[key] = account.uncovered(first, last, fact)
        return self._answers[key]


def read_coverage(con: duckdb.DuckDBPyConnection) -> Coverage:
    """What the load records prove right now."""
    windows: dict[StreamRef, list[ProofWindow]] = {}
    for window in recorded_windows(con):
        windows.setdefault(window.ref, []).append(_proof_window(window))
    refused = _refused(con)

    def account(*, connector: str, stream: str, shop_id: str, feeds: list[str], **rest: Any) -> Account:
        found = windows.get(StreamRef(connector, stream, shop_id), [])
        return Account(
            connector=connector,
            stream=stream,
            shop_id=shop_id,
            feeds=tuple(feeds),
            windows=_newest_statements(found) if connector == FILE_DROP else tuple(found),
            refused=refused.get((f"{connector}_{stream}", shop_id), {}),
            **rest,
        )

    sql = Sql(
        "select connector, stream, shop_id, feeds, zone, active_from, active_to, begins_on, coalesce(only_flag, '') as only,"
        " coalesce(finality_days, 0) as finality_days from source_account order by connector, stream, shop_id"
    )
    return Coverage(records(con, sql, (), account))


def _refused(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, dict[date, Cause]]]:
    """By stream and shop, then by fact and day: why a record of the day is kept out."""
    sql = Sql(
        "select stem, shop_id, table_name, unnest(days) as day, cause_code, cause from core_refused"
        " where until_seq is null order by all desc"
    )
    found: dict[tuple[str, str], dict[str, dict[date, Cause]]] = {}
    # in descending order: of several records of a day the first by its sentence is named, whatever order they were read in
    for row in row_dicts(con, sql):
        causes = found.setdefault((row["stem"], row["shop_id"]), {}).setdefault(row["table_name"], {})
        causes[row["day"]] = Cause(row["cause_code"], row["cause"])
    return found


def _proof_window(window: RecordedWindow) -> ProofWindow:
    return ProofWindow(
        start=window.window_from,
        end=window.window_to,
        status=window.status,
        proof=window.proof,
        cause_code=window.cause_code,
        cause=window.cause,
        as_of=window.as_of,
        kind=window.kind,
    )


def days_between(first: date, last: date) -> Iterable[date]:
    """Every day from first to last, both included."""
    return (first + _DAY * i for i in range((last - first).days + 1))

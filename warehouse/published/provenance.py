"""Where published figures come from: the health of every source by day, landing files, and what a publication covers.

Belongs here: source_health, source_window and source_record of the published file as records. Not here: figures (read.py), how a
state is called or coloured (pipelines/render).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import duckdb

from models.loads import FILE_DROP
from warehouse.published.health import SourceState, health_of
from warehouse.published.labels import publication
from warehouse.published.query import published
from warehouse.store.rows import has_table, instant, only_column
from warehouse.store.sqltext import Sql


@dataclass(frozen=True, kw_only=True)
class SourceHealth:
    """One stream of one shop on one business day."""

    connector: str
    stream: str
    shop_id: str
    business_date: date
    rows: int | None
    proof: str | None
    finality: str | None
    loaded_at: datetime | None
    status: str
    cause_code: str | None
    cause: str | None

    @property
    def state(self) -> SourceState:
        """ok, open, missing, failed or none."""
        return health_of(self.status, self.cause_code)

    @property
    def is_proven(self) -> bool:
        """Whether the day was read whole."""
        return self.status == "proven"


@dataclass(frozen=True, kw_only=True)
class AccountHealth:
    """The days of one stream of one shop added up; the newest cause of a day that is not proven."""

    connector: str
    stream: str
    shop_id: str
    rows: int
    proven_days: int
    days: int
    cause_code: str | None
    cause: str | None


@dataclass(frozen=True, kw_only=True)
class LandingFile:
    """One proven window and the file of raw answers that it left."""

    source: str  # connector.stream
    shop_id: str
    window_from: datetime
    window_to: datetime
    landing_file: str
    landing_sha256: str | None
    rows: int
    proof: str | None


@dataclass(frozen=True, kw_only=True)
class PublishedExtent:
    """What the published file covers: the days and periods that were computed."""

    days: tuple[date, ...]
    month_to_date: tuple[date, ...]
    health: tuple[date, ...]
    reconciled: tuple[str, ...]
    scored: tuple[str, ...]
    as_of: datetime
    day: date | None
    period: str | None


def health(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[SourceHealth]:
    """Source health of the days, in stream order."""
    sql = Sql("""
        select connector, stream, shop_id, business_date, rows, proof, finality, epoch_us(loaded_at) as loaded_us,
               coalesce(status, 'missing') as status, cause_code, cause
        from source_health where business_date between ? and ?
        order by connector, stream, shop_id, business_date
    """)

    def record(*, loaded_us: int | None, **told: Any) -> SourceHealth:
        return SourceHealth(loaded_at=None if loaded_us is None else instant(loaded_us), **told)

    return published(con, sql, [first, last], record)


def health_by_account(days: Iterable[SourceHealth]) -> list[AccountHealth]:
    """The health of days, in the order of `health`, added up by stream and shop."""
    accounts: dict[tuple[str, str, str], list[SourceHealth]] = {}
    for day in days:
        accounts.setdefault((day.connector, day.stream, day.shop_id), []).append(day)
    return [_added_up(of_account) for of_account in accounts.values()]


def _added_up(days: list[SourceHealth]) -> AccountHealth:
    unproven = [day for day in days if not day.is_proven]
    newest = max(unproven, key=lambda day: day.business_date, default=None)
    return AccountHealth(
        connector=days[0].connector,
        stream=days[0].stream,
        shop_id=days[0].shop_id,
        rows=sum(day.rows or 0 for day in days),
        proven_days=len(days) - len(unproven),
        days=len(days),
        cause_code=newest.cause_code if newest else None,
        cause=newest.cause if newest else None,
    )


def has_landing_files(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the published file lists landing files."""
    return has_table(con, "source_window")


@dataclass(frozen=True, kw_only=True)
class PublishedWindow:
    """One proven window that the publication was made from."""

    connector: str
    stream: str
    shop_id: str
    window_from: datetime
    window_to: datetime
    landing_file: str
    landing_sha256: str
    proof: str | None


def published_windows(con: duckdb.DuckDBPyConnection) -> list[PublishedWindow]:
    """Every proven window of an account; those of fact files aside."""
    sql = Sql("""
        select distinct connector, stream, shop_id, epoch_us(window_from) as from_us, epoch_us(window_to) as to_us,
               landing_file, landing_sha256, proof
        from source_window where connector <> ? order by all
    """)

    def window(*, from_us: int, to_us: int, **told: Any) -> PublishedWindow:
        return PublishedWindow(window_from=instant(from_us), window_to=instant(to_us), **told)

    return published(con, sql, [FILE_DROP], window)


def present_records(con: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    """How many records of which day stand in the version of which landing file, fact files aside."""
    sql = Sql("""
        select connector, stream, shop_id, record_day, landing_file, records from source_record
        where connector <> ? order by all
    """)
    return published(con, sql, [FILE_DROP], lambda **row: tuple(map(str, row.values())))


def landing_files(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[LandingFile]:
    """Windows that touch a span, a day more on both sides for zones, or that hold a record of it, in stream order.

    A record changed after the span lies in a later file, and a refund in the span may belong to an older record.
    """
    sql = Sql("""
        select concat(connector, '.', stream) as source, shop_id, epoch_us(window_from) as from_us,
               epoch_us(window_to) as to_us, landing_file, landing_sha256, rows, proof
        from source_window as w
        where (window_from < ? and window_to > ?) or exists (
            select 1 from source_record as r where r.landing_file = w.landing_file and r.record_day between ? and ?
        )
        order by connector, stream, shop_id, window_from, landing_file
    """)
    # One day after the last, and one more: zones lie up to 14 hours ahead of UTC and 12 behind it.
    before = datetime.combine(last + timedelta(days=2), time.min, UTC)
    after = datetime.combine(first - timedelta(days=1), time.min, UTC)

    def record(*, from_us: int, to_us: int, **told: Any) -> LandingFile:
        return LandingFile(window_from=instant(from_us), window_to=instant(to_us), **told)

    return published(con, sql, [before, after, first, last], record)


def extent(con: duckdb.DuckDBPyConnection) -> PublishedExtent:
    """The days and periods for which the published file holds figures, health, reconciliation or scores."""
    newest = publication(con)
    return PublishedExtent(
        days=tuple(only_column(con, Sql("select distinct business_date from kpi_actual_daily order by 1"))),
        month_to_date=tuple(
            only_column(con, Sql("select distinct business_date from kpi_actual_mtd order by 1"))
        ),
        health=tuple(only_column(con, Sql("select distinct business_date from source_health order by 1"))),
        reconciled=tuple(only_column(con, Sql("select distinct period from reconciliation order by 1"))),
        scored=tuple(only_column(con, Sql("select distinct period from kpi_actual_period order by 1"))),
        as_of=newest.as_of,
        day=newest.day,
        period=newest.period,
    )

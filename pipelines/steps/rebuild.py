"""The whole warehouse again from its landing files, beside the real one. Not here: comparing (verify)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from connectors.file_drop import replay_drop
from connectors.kit import replay
from models.loads import FILE_DROP, FailedWindow, StreamRef
from models.periods import Period
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope, tell
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.publish import publish_all
from pipelines.steps.pull import register_accounts
from pipelines.steps.score import compute_period, score_people
from pipelines.steps.stale_days import stretches
from warehouse.facts.reconcile import reconcile
from warehouse.figures.actuals import compute_daily, compute_mtd
from warehouse.raw.coverage import store_source_health
from warehouse.raw.drops import WITHDRAWN, take_out
from warehouse.raw.load import load_window, record_failure
from warehouse.store.connect import open_published, open_warehouse, transaction

_WINDOWS = """
    select connector, stream, shop_id, window_from, window_to, kind, status, cause_code, cause, landing_file,
           landing_sha256, as_of
    from load_window order by load_seq
"""
_BATCH = 50  # windows between two lines of progress


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


def rebuild(company: Company, home: Home, beside: Home) -> None:
    """Fill `beside` with what `home` should hold: landing files, company files and definitions alone."""
    extent = read_extent(home)
    last = extent.day or Period.parse(extent.period or "").end
    work = RunScope(company, beside, last, last, extent.as_of)
    _load_landing(company, home, beside)
    load_files(work, facts=False)  # their landing files were replayed already
    build_facts(work)
    with open_warehouse(beside.root) as con:
        compute_daily(con, work.definitions, extent.days)
        compute_mtd(con, work.definitions, extent.month_to_date)
        for first, until in stretches(extent.health):
            store_source_health(con, first, until)
        for period in extent.reconciled:
            reconcile(con, Period.parse(period), company.accountable_roles)
    for period in extent.scored:
        compute_period(work, Period.parse(period))
        score_people(work, Period.parse(period))
    publish_all(work, extent.period)


def read_extent(home: Home) -> PublishedExtent:
    """What the published file of a home covers."""
    with open_published(home.root) as con:
        row = con.execute("select epoch_us(as_of), day, period from publication").fetchone()
        as_of, day, period = row if row else (0, None, None)
        return PublishedExtent(
            days=_distinct(con, "select distinct business_date from kpi_actual_daily order by 1"),
            month_to_date=_distinct(con, "select distinct business_date from kpi_actual_mtd order by 1"),
            health=_distinct(con, "select distinct business_date from source_health order by 1"),
            reconciled=_distinct(con, "select distinct period from reconciliation order by 1"),
            scored=_distinct(con, "select distinct period from kpi_actual_period order by 1"),
            as_of=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=as_of),
            day=day,
            period=period,
        )


def _distinct(con: DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    return tuple(row[0] for row in con.execute(sql).fetchall())


def _load_landing(company: Company, home: Home, beside: Home) -> None:
    """Every window in the order in which it was loaded."""
    with open_warehouse(home.root) as con:
        rows = con.execute(_WINDOWS).fetchall()
    with open_warehouse(beside.root) as con:
        register_accounts(con, company)
        for number, row in enumerate(rows, start=1):
            _load_one(con, company, (home, beside), row)
            if number % _BATCH == 0 or number == len(rows):
                tell("replay", f"{number} of {len(rows)} windows")


def _load_one(
    con: DuckDBPyConnection, company: Company, homes: tuple[Home, Home], row: tuple[Any, ...]
) -> None:
    home, beside = homes
    connector, stream, shop, start, end, kind, status, code, cause, landing_file, sha256, as_of = row
    if status == "failed":
        ref = StreamRef(connector, stream, shop)
        failed = FailedWindow(
            ref=ref, window_from=start, window_to=end, kind=kind, code=code, cause=cause, as_of=as_of
        )
        if code == WITHDRAWN:
            with transaction(con):
                take_out(con, failed)
        else:
            record_failure(con, failed)
        return
    again = replay_drop if connector == FILE_DROP else partial(replay, find=company.connector)
    window = again(Path(landing_file), root=home.landing, as_of=as_of, spool=beside.spool, sha256=sha256)
    load_window(con, window)
    window.records_path.unlink(missing_ok=True)

"""`kpi connectors`: list, check, pull and replay, without computing anything."""

import argparse
import tempfile
from datetime import date, timedelta
from pathlib import Path

from connectors.kit import Landing, pull, replay
from models.errors import UsageError
from models.loads import FailedWindow, PulledWindow
from pipelines import clock
from pipelines.commands.asked import company_of, work_of
from pipelines.commands.table import table
from pipelines.company import Company
from pipelines.home import Home
from pipelines.progress import show_progress
from pipelines.sandbox import Surroundings, surroundings
from pipelines.sources import Source
from pipelines.steps.pull import pull_streams, register_accounts
from warehouse.connect import open_warehouse
from warehouse.load import load_window

_PROBE = timedelta(hours=1)


def list_all(chosen: argparse.Namespace) -> int:
    """Every connector, its streams, and the company's accounts."""
    company = company_of(chosen)
    rows = []
    for name in company.connector_names():
        accounts = ", ".join(s.shop_id for s in company.sources if s.connector == name) or "—"
        streams = company.connector(name).streams
        rows += [[name, s.name, ", ".join(s.feeds), str(s.lookback), accounts] for s in streams]
    print(table(["connector", "stream", "feeds", "look-back", "accounts"], rows))
    return 0


def check(chosen: argparse.Namespace) -> int:
    """Ask every account for one hour and load nothing; exit code 1 when one does not answer properly."""
    company = company_of(chosen)
    as_of = clock.as_of(company, _last_open(company))
    with surroundings(company, as_of) as around, tempfile.TemporaryDirectory() as scratch:
        rows = [_checked(source, around, company, Path(scratch)) for source in company.sources]
    print(table(["connector", "stream", "account", "result"], rows))
    return 1 if any(not row[3].startswith("ok") for row in rows) else 0


def _last_open(company: Company) -> date:
    """The last day on which any account was open; yesterday while one still is."""
    ends = [source.active_to for source in company.sources]
    known = [day for day in ends if day is not None]
    if company.clock == "replay":
        return max(known) if known else company.last_day or company.first_day
    return clock.due_day(company)


def _checked(source: Source, around: Surroundings, company: Company, scratch: Path) -> list[str]:
    """The last hour in which the account was open: a closed one must still be readable."""
    end = clock.as_of(company, source.active_to or _last_open(company))
    stream = source.kit.streams[0]
    results = pull(
        source.kit,
        stream,
        source.account(around.environment, around.sandbox_url),
        span_from=end - _PROBE + (stream.lookback or timedelta()),
        as_of=end,
        landing=Landing(scratch / "landing"),
        spool=scratch / "spool",
    )
    return [source.connector, stream.name, source.shop_id, _verdict(next(iter(results), None))]


def _verdict(found: PulledWindow | FailedWindow | None) -> str:
    if isinstance(found, FailedWindow):
        return f"[{found.code}] {found.cause}"
    return f"ok, {found.rows} rows in the window, {found.proof}" if found else "ok, nothing to ask for"


def pull_one(chosen: argparse.Namespace) -> int:
    """Pull one connector for a span of days and load it; exit code 1 when a window failed."""
    show_progress()
    work = work_of(chosen, company_of(chosen))
    known = work.company.connector_names()
    if chosen.connector not in known:
        remedy = f"known: {', '.join(known)}"
        raise UsageError("U029", "no such connector", actual=chosen.connector[:40], remedy=remedy)
    with surroundings(work.company, work.as_of) as around:
        streams = [
            (chosen.connector, stream.name) for stream in work.company.connector(chosen.connector).streams
        ]
        reports = [report for found in pull_streams(work, streams, around).values() for report in found]
    rows = [
        [str(r.ref), str(r.windows), str(r.new_rows), str(r.changed_rows), str(len(r.failures))]
        for r in reports
    ]
    print(table(["account", "windows", "new", "changed", "failed"], rows, right=(1, 2, 3, 4)))
    for failure in (f for r in reports for f in r.failures):
        days = f"{failure.window_from:%Y-%m-%d}..{failure.window_to:%Y-%m-%d}"
        print(f"[{failure.code}] {failure.cause} | at {failure.ref} {days}")
    return 1 if any(r.failures for r in reports) else 0


def replay_one(chosen: argparse.Namespace) -> int:
    """Load landing files again; what is in already changes nothing."""
    company, home = company_of(chosen), Home.of()
    with open_warehouse(home.root) as con, tempfile.TemporaryDirectory() as scratch:
        register_accounts(con, company)
        for name in chosen.files:
            path = Path(name).resolve() if Path(name).exists() else home.landing / name
            known = con.execute(
                "select max(as_of) from load_window where landing_file = ?", [_below(path, home)]
            ).fetchone()
            as_of = known[0] if known and known[0] else clock.as_of(company, _last_open(company))
            window = replay(path, root=home.landing, as_of=as_of, spool=Path(scratch), find=company.connector)
            result = load_window(con, window)
            print(f"{name}: {window.rows} rows, {result.new_rows} new, {result.changed_rows} changed")
    return 0


def _below(path: Path, home: Home) -> str:
    return path.relative_to(home.landing).as_posix() if path.is_relative_to(home.landing) else path.name

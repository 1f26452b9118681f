"""The whole warehouse again from its landing files, beside the real one.

Not here: comparing (commands/verify.py), putting it in the place of a lost one (way_back.py).
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from connectors.file_drop import replay_drop
from connectors.kit import replay
from models.loads import FILE_DROP, FailedWindow
from models.periods import Period
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope, tell
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.locked_periods import locks_of
from pipelines.steps.publish import publish_all
from pipelines.steps.pull import register_accounts
from pipelines.steps.score import compute_period, score_people
from pipelines.steps.stale_days import note_computed, stretches
from warehouse.facts.reconcile import reconcile
from warehouse.figures.actuals import compute_daily, compute_mtd
from warehouse.published.provenance import PublishedExtent, extent
from warehouse.raw.drops import WITHDRAWN, take_out
from warehouse.raw.load import load_window, record_failure
from warehouse.raw.pulls import RecordedWindow, recorded_windows
from warehouse.raw.source_health import store_source_health
from warehouse.store.connect import open_published, open_warehouse, transaction

_BATCH = 50  # windows between two lines of progress


def rebuild(
    company: Company, home: Home, beside: Home, windows: Sequence[RecordedWindow], *, facts: bool = False
) -> None:
    """Fill `beside` with what `home` should hold: landing files, company files and definitions alone.

    Args:
        company: as its folder is now.
        home: where landing files and the publication lie.
        beside: an empty home.
        windows: what was loaded, in order.
        facts: read the files of facts.yaml anew; they are not among the windows then.
    """
    covered = read_extent(home)
    # a publication shows either a day or a period
    last = covered.day or Period.parse(covered.period or "").end
    work = RunScope(company, beside, last, last, covered.as_of)
    _load_landing(company, home, beside, windows)
    load_files(work, facts=facts)
    build_facts(work)
    with open_warehouse(beside.root) as con:
        compute_daily(con, work.definitions, covered.days)
        compute_mtd(con, work.definitions, covered.month_to_date)
        for first, until in stretches(covered.health):
            store_source_health(con, first, until)
        for period in covered.reconciled:
            reconcile(con, Period.parse(period), company.accountable_roles)
        note_computed(con, work)
    for period in sorted(set(covered.scored) - locks_of(home).keys()):
        # a locked one comes from its snapshot, with the publication
        compute_period(work, Period.parse(period))
        score_people(work, Period.parse(period))
    publish_all(work, covered.period)


def read_extent(home: Home) -> PublishedExtent:
    """What the published file of a home covers."""
    with open_published(home.root) as con:
        return extent(con)


def loaded_windows(home: Home) -> list[RecordedWindow]:
    """Every window in the order in which it was loaded, as the warehouse of a home remembers it."""
    with open_warehouse(home.root) as con:
        return recorded_windows(con)


def _load_landing(company: Company, home: Home, beside: Home, windows: Sequence[RecordedWindow]) -> None:
    with open_warehouse(beside.root) as con:
        register_accounts(con, company)
        for number, window in enumerate(windows, start=1):
            _load_one(con, company, (home, beside), window)
            if number % _BATCH == 0 or number == len(windows):
                tell("replay", f"{number} of {len(windows)} windows")


def _load_one(
    con: DuckDBPyConnection, company: Company, homes: tuple[Home, Home], recorded: RecordedWindow
) -> None:
    home, beside = homes
    if recorded.status == "failed":
        failed = FailedWindow(
            ref=recorded.ref,
            window_from=recorded.window_from,
            window_to=recorded.window_to,
            kind=recorded.kind,
            code=recorded.cause_code or "",
            cause=recorded.cause or "",
            as_of=recorded.as_of,
        )
        if recorded.cause_code == WITHDRAWN:
            with transaction(con):
                take_out(con, failed)
        else:
            record_failure(con, failed)
        return
    again = replay_drop if recorded.ref.connector == FILE_DROP else partial(replay, find=company.connector)
    window = again(
        Path(recorded.landing_file or ""),
        root=home.landing,
        as_of=recorded.as_of,
        spool=beside.spool,
        sha256=recorded.landing_sha256 or "",
    )
    load_window(con, window)
    window.records_path.unlink(missing_ok=True)

"""Which days a run must compute: those asked for, and earlier ones that newer data or rules may change.

The state of the last computation is one row of core_state, written after the figures. Not here: computing.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from models.loads import FILE_DROP
from pipelines.company.run_scope import RunScope
from warehouse.facts.feeds import days_touched
from warehouse.figures.basis import DAYS, note_basis
from warehouse.figures.computed import daily_days
from warehouse.raw.load import company_file_digests
from warehouse.raw.pulls import first_day_loaded
from warehouse.store.connect import transaction
from warehouse.store.state import BuildState, last_state, newest_load, note_state

# A reopened ticket or a re-dated order leaves a day without a trace on it. Platforms show orders of the last 60 days unless
# more was granted (shopify.dev, access scope read_all_orders), so that everything as far back is computed again.
LOOK_BACK = timedelta(days=60)
_STATE = "actuals"


def days_to_compute(con: DuckDBPyConnection, work: RunScope) -> list[date]:
    """Days in order; the ones asked for are always among them."""
    done = daily_days(con)
    state = last_state(con, _STATE) or BuildState(0, "")
    if state.inputs != _inputs(con, work):
        return sorted(done | set(work.days))
    # from the first of a month: month-to-date figures of a day need all days before it
    start = (work.first - LOOK_BACK).replace(day=1)
    near = {day for day in done if start <= day <= work.last}
    # What is derived from a fact file that was taken in, refused or withdrawn may reach far from its first day.
    dropped = first_day_loaded(con, FILE_DROP, since=state.load_seq)
    late = {day for day in done if dropped is not None and day >= dropped - LOOK_BACK}
    return sorted(set(work.days) | near | late | (done & days_touched(con, state.load_seq)))


def note_computed(con: DuckDBPyConnection, work: RunScope) -> None:
    """Remember up to which load and under which rules the figures stand."""
    with transaction(con):
        note_state(con, _STATE, BuildState(newest_load(con), _inputs(con, work)))
    note_basis(con, DAYS, work.definitions.hash, work.company.attribution)


def stretches(days: Iterable[date]) -> list[tuple[date, date]]:
    """Runs of consecutive days.

    >>> stretches([date(2011, 1, 1), date(2011, 1, 2), date(2011, 1, 5)])[1]
    (datetime.date(2011, 1, 5), datetime.date(2011, 1, 5))
    """
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _inputs(con: DuckDBPyConnection, work: RunScope) -> str:
    """Digest of definitions and company files; ratings take no part in daily figures."""
    files = [digest for digest in company_file_digests(con) if digest[0] != "core_rating"]
    return hashlib.sha256(repr((work.definitions.hash, files, work.company.attribution)).encode()).hexdigest()

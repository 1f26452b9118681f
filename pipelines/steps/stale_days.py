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
from warehouse.store.connect import transaction

# A reopened ticket or a re-dated order leaves a day without a trace on it. Platforms show orders of the last 60 days unless
# more was granted (shopify.dev, access scope read_all_orders), so that everything as far back is computed again.
LOOK_BACK = timedelta(days=60)
_STATE = "actuals"


def days_to_compute(con: DuckDBPyConnection, work: RunScope) -> list[date]:
    """Days in order; the ones asked for are always among them."""
    done = {row[0] for row in con.execute("select distinct business_date from kpi_actual_daily").fetchall()}
    seq, inputs = _last(con)
    if inputs != _inputs(con, work):
        return sorted(done | set(work.days))
    # from the first of a month: month-to-date figures of a day need all days before it
    start = (work.first - LOOK_BACK).replace(day=1)
    near = {day for day in done if start <= day <= work.last}
    dropped = _dropped_since(con, seq)
    late = {day for day in done if dropped is not None and day >= dropped - LOOK_BACK}
    return sorted(set(work.days) | near | late | (done & days_touched(con, seq)))


def note_computed(con: DuckDBPyConnection, work: RunScope) -> None:
    """Remember up to which load and under which rules the figures stand."""
    with transaction(con):
        con.execute("delete from core_state where name = ?", [_STATE])
        con.execute(
            "insert into core_state select ?, coalesce(max(load_seq), 0), ? from load_window",
            [_STATE, _inputs(con, work)],
        )


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


def _last(con: DuckDBPyConnection) -> tuple[int, str]:
    row = con.execute("select load_seq, inputs from core_state where name = ?", [_STATE]).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")


def _inputs(con: DuckDBPyConnection, work: RunScope) -> str:
    """Digest of definitions and company files; ratings take no part in daily figures."""
    files = con.execute(
        "select table_name, sha256 from company_file where table_name <> 'core_rating' order by all"
    ).fetchall()
    return hashlib.sha256(repr((work.definitions.hash, files, work.company.attribution)).encode()).hexdigest()


def _dropped_since(con: DuckDBPyConnection, seq: int) -> date | None:
    """First day of the fact files taken in, refused or withdrawn after `seq`: what is derived from them may reach far."""
    sql = "select min(cast(window_from as date)) from load_window where load_seq > ? and connector = ?"
    row = con.execute(sql, [seq, FILE_DROP]).fetchone()
    return row[0] if row else None

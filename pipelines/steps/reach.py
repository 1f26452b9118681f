"""Which days a run must compute: those asked for, and earlier ones that newer data or rules may change.

The state of the last computation is one row of core_state, written after the figures. Not here: computing.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from models.loads import FILE_DROP
from models.tables import FACTS
from pipelines.work import Work
from warehouse.connect import transaction
from warehouse.sqltext import fill, identifier

# A reopened ticket or a re-dated order leaves a day without a trace on it. Without special permission platforms
# show changes for 60 days [Shopify read_orders], so that everything as far back is computed again.
LOOK_BACK = timedelta(days=60)
_STATE = "actuals"
_RECORD = {"order_line": "order_id", "refund": "order_id", "ticket": "ticket_id"}
_TOUCHED = """
    select distinct unnest([${dates}]) as day
    from ${core} as c
    inner join ${raw} as r on r.shop_id = c.shop_id and r.record_key = c.${record}
    where r.load_seq > ?
"""


def days_to_compute(con: DuckDBPyConnection, work: Work) -> list[date]:
    """Days in order; the ones asked for are always among them."""
    done = {row[0] for row in con.execute("select distinct business_date from kpi_actual_daily").fetchall()}
    seq, inputs = _last(con)
    if inputs != _inputs(con, work):
        return sorted(done | set(work.days))
    start = (work.first - LOOK_BACK).replace(day=1)
    near = {day for day in done if start <= day <= work.last}
    dropped = _dropped_since(con, seq)
    late = {day for day in done if dropped is not None and day >= dropped - LOOK_BACK}
    return sorted(set(work.days) | near | late | (done & _touched(con, seq)))


def note_computed(con: DuckDBPyConnection, work: Work) -> None:
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


def _inputs(con: DuckDBPyConnection, work: Work) -> str:
    """Digest of definitions and company files; ratings take no part in daily figures."""
    files = con.execute(
        "select table_name, sha256 from company_file where table_name <> 'core_rating' order by all"
    ).fetchall()
    return hashlib.sha256(repr((work.definitions.hash, files, work.company.attribution)).encode()).hexdigest()


def _touched(con: DuckDBPyConnection, seq: int) -> set[date]:
    """Days on which a record counts that was loaded after `seq`."""
    accounts = con.execute(
        "select distinct 'raw_' || connector || '_' || stream, feeds from source_account"
    ).fetchall()
    tables = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
    found: set[date] = set()
    for raw, feeds in accounts:
        for fact in set(feeds) & _RECORD.keys() if raw in tables and FILE_DROP not in raw else ():
            found |= _touched_of(con, raw, fact, seq)
    return found


def _dropped_since(con: DuckDBPyConnection, seq: int) -> date | None:
    """First day of the fact files taken in, refused or withdrawn after `seq`: what is derived from them may reach far."""
    sql = "select min(cast(window_from as date)) from load_window where load_seq > ? and connector = ?"
    row = con.execute(sql, [seq, FILE_DROP]).fetchone()
    return row[0] if row else None


def _touched_of(con: DuckDBPyConnection, raw: str, fact: str, seq: int) -> set[date]:
    sql = fill(
        _TOUCHED,
        dates=", ".join(f"c.{identifier(name)}" for name in FACTS[fact].dates),
        core=identifier(f"core_{fact}"),
        raw=identifier(raw),
        record=identifier(_RECORD[fact]),
    )
    return {row[0] for row in con.execute(sql, [seq]).fetchall()}

"""Rows of the company's own tables that reach into a period: what its scores were made from, and what is kept of them.

Belongs here: which rows those are. Not here: the records that scoring reads (inputs.py), keeping them (warehouse/locked).
"""

import duckdb
import pyarrow as pa

from models.errors import UsageError
from models.periods import Period
from warehouse.store.rows import only_column, run
from warehouse.store.sqltext import Sql, fill, identifier

SPAN_TABLES = ("core_person", "core_ownership")  # rows that hold from a day to a day
PERIOD_TABLES = ("core_target", "core_rating")  # rows that name a period of their own


def reaching(con: duckdb.DuckDBPyConnection, table: str, period: Period) -> pa.Table:
    """The rows of one of those tables that share a day with the period, sorted; a target of the year counts for a month."""
    parts = {"table": identifier(table)}
    if table in SPAN_TABLES:
        sql = Sql(
            "select * from ${table} where valid_from <= ? and coalesce(valid_to, date '9999-12-31') >= ? order by all"
        )
        return run(con, fill(sql, **parts), [period.end, period.start]).to_arrow_table()
    named = only_column(con, fill(Sql("select distinct period from ${table} order by 1"), **parts))
    sharing = [name for name in named if _shares_a_day(str(name), period)]
    sql = Sql("select * from ${table} where list_contains(?, period) order by all")
    return run(con, fill(sql, **parts), [sharing]).to_arrow_table()


def _shares_a_day(name: str, period: Period) -> bool:
    try:
        other = Period.parse(name)
    except UsageError:
        return True  # a period that nobody can read is kept: better a row too many than one too few
    return other.start <= period.end and period.start <= other.end

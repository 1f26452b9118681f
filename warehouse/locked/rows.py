"""Which rows a snapshot holds, and how rows of the warehouse are told equal to them.

Belongs here: selection and digest. Not here: files (snapshot.py), putting rows back (restore.py).
"""

import hashlib
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from models.closing.manifest import TableDigest
from models.periods import Period
from warehouse.figures.reaching import SPAN_TABLES, reaching
from warehouse.store.rows import column_types, only_column, run
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed

# tables whose rows of a period are put back where they differ, by the column that names the period
OF_PERIOD = {
    "kpi_actual_period": "period",
    "scorecard": "period",
    "scorecard_line": "period",
    "figure_input": "scope",
}
# the manifest holds a digest of their rows: a look at all locked periods costs milliseconds each, before every publication
DIGESTED = ("kpi_actual_period", "scorecard", "scorecard_line")
_WHOLE = ("kpi_label", "role_label", "role_line")
# says who signed and is written at every publication: it is none of the rows that are signed
_NOT_SIGNED = ("state",)


def period_tables(con: duckdb.DuckDBPyConnection, period: Period) -> dict[str, pa.Table]:
    """Every table of a snapshot but the ratings, by name: the rows of the period, and those that reach into it."""
    tables = {}
    for table, key in OF_PERIOD.items():
        columns = _signed_columns(con, table)
        sql = Sql("select ${columns} from ${table} where ${key} = ? order by all")
        parts = {"columns": listed(map(identifier, columns)), "key": identifier(key)}
        tables[table] = _arrow(con, fill(sql, table=identifier(table), **parts), [period.id])
    # those of people who rate are in the warehouse alone: nobody else reads who rated whom
    tables |= {table: reaching(con, table, period) for table in (*SPAN_TABLES, "core_target")}
    for table in _WHOLE:
        tables[table] = _arrow(con, fill(Sql("select * from ${t} order by all"), t=identifier(table)), [])
    return tables


def period_digests(con: duckdb.DuckDBPyConnection, period: str) -> dict[str, TableDigest]:
    """What the manifest says of the rows of a period, by table."""
    return {table: digest(con, table, period, _signed_columns(con, table)) for table in DIGESTED}


def digest(con: duckdb.DuckDBPyConnection, table: str, period: str, columns: Sequence[str]) -> TableDigest:
    """One hash over the rows of a period, of those columns: one that a later version adds changes nothing.

    Text is what is hashed: a decimal and a day have one, whatever the version of DuckDB.
    """
    # NULL is told from an empty text, and the length in front lets no two values pass for two others
    told = Sql("coalesce(length(${c}::varchar) || ':' || ${c}::varchar, '-')")
    row = joined(Sql(" || '|' || "), (fill(told, c=identifier(column)) for column in columns))
    sql = Sql("select ${row} from ${table} where ${key} = ? order by 1")
    parts = {"table": identifier(table), "key": identifier(OF_PERIOD[table])}
    rows = only_column(con, fill(sql, row=row, **parts), [period])
    return TableDigest(tuple(columns), hashlib.sha256("\n".join(rows).encode()).hexdigest())


def _signed_columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name in column_types(con, identifier(table)) if name not in _NOT_SIGNED]


def _arrow(con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Sequence[object]) -> pa.Table:
    return run(con, sql, list(parameters)).to_arrow_table()

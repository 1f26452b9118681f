"""Every account's days as rows of source_health: proven or not, why, how many rows.

Belongs here: storing what the coverage says. Not here: when a day is proven (coverage.py), reading the table back
(warehouse/published/provenance.py).
"""

from datetime import date

import duckdb

from warehouse.raw.coverage import Account, days_between, read_coverage
from warehouse.store.connect import transaction
from warehouse.store.rows import has_table, insert_rows, row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier


def store_source_health(con: duckdb.DuckDBPyConnection, first: date, last: date) -> int:
    """Write source_health for every open day of every account in a range; returns the number of rows."""
    coverage = read_coverage(con)
    rows: list[dict[str, object]] = []
    for account in coverage.accounts:
        if (open_days := account.watched(first, last)) is None:
            continue
        counts = _rows_by_day(con, account)
        rows.extend(account.health(day, counts.get(day, 0)) for day in days_between(*open_days))
    with transaction(con):
        run(con, Sql("delete from source_health where business_date between ? and ?"), [first, last])
        insert_rows(con, "source_health", rows)
    return len(rows)


def _rows_by_day(con: duckdb.DuckDBPyConnection, account: Account) -> dict[date, int]:
    table = identifier(f"raw_{account.connector}_{account.stream}")
    if not has_table(con, table):
        return {}
    sql = fill(
        Sql("select record_day as day, count(*) as n from ${table} where shop_id = ? group by all"),
        table=table,
    )
    return {row["day"]: int(row["n"]) for row in row_dicts(con, sql, [account.shop_id])}

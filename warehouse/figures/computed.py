"""Which days have stored figures.

Belongs here: reading the days of kpi_actual_daily and kpi_actual_mtd. Not here: computing them (actuals.py), which days must
be computed again (pipelines/steps).
"""

from datetime import date

import duckdb

from warehouse.store.rows import only_column
from warehouse.store.sqltext import Sql


def daily_days(con: duckdb.DuckDBPyConnection) -> set[date]:
    """The days with daily figures."""
    return set(only_column(con, Sql("select distinct business_date from kpi_actual_daily")))


def month_to_date_days(con: duckdb.DuckDBPyConnection) -> set[date]:
    """The days with month-to-date figures."""
    return set(only_column(con, Sql("select distinct business_date from kpi_actual_mtd")))

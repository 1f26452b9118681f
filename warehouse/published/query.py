"""Rows of the published file, with an error that says what to do when the file is of another version.

Belongs here: the one way to ask the published file. Not here: what is asked (read.py, labels.py, provenance.py).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import duckdb

from models.errors import WarehouseError
from warehouse.store.rows import Parameters, records
from warehouse.store.sqltext import Sql

T = TypeVar("T")


def published(
    con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters, make: Callable[..., T]
) -> list[T]:
    """Every row as `make(column=value, ...)`.

    Raises:
        WarehouseError: W310 when the file lacks a table or column, because an older version published it.
    """
    try:
        return records(con, sql, parameters, make)
    # what DuckDB raises for an unknown table, and for an unknown column
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise WarehouseError(
            "W310",
            "the published database lacks a table or column that the reports need",
            where="published/kpi.duckdb",
            actual=str(error).splitlines()[0],
            remedy="run `kpi run` once with this version, it publishes all tables again",
        ) from error


def published_rows_of(
    con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters = ()
) -> list[dict[str, Any]]:
    """Every row as a dictionary by column name.

    Raises:
        WarehouseError: W310 as `published`.
    """
    return published(con, sql, parameters, dict[str, Any])

"""The readers' copy: every published table into a new file beside, verified, then renamed into place.

Belongs here: what is published and how it is swapped. Not here: pay (it never enters this file), rendering.
"""

import os
from pathlib import Path

import duckdb

from models.errors import WarehouseError
from models.tables import FACTS
from models.whole_file import PRIVATE, give_name
from warehouse.facts.refused import store_refused
from warehouse.raw.lineage import store_lineage
from warehouse.store.connect import PUBLISHED, attach, detach
from warehouse.store.rows import row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier, listed

PUBLISHED_TABLES = (
    "kpi_actual_daily",
    "kpi_actual_mtd",
    "kpi_actual_period",
    "scorecard",
    "scorecard_line",
    "period_lock",
    "correction",
    "conservation",
    "reconciliation",
    "source_health",
    "source_window",
    "source_record",
    "refused_record",
    "kpi_label",
    "role_label",
    "role_line",
    "figure_input",
    "company",
    "publication",
    "core_person",
    "core_ownership",
    "core_target",
    *(f"core_{name}" for name in FACTS),
)


def publish(con: duckdb.DuckDBPyConnection, home: Path) -> Path:
    """Write `published/kpi.duckdb`; a reader sees the old publication whole or the new one whole.

    Raises:
        WarehouseError: W501 when the copy does not hold what the warehouse holds.
    """
    path = home / PUBLISHED
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(f"{path.name}.new-{os.getpid()}")
    # what a killed process of the same id has left
    _remove(beside)
    store_lineage(con)
    store_refused(con)
    attach(con, beside, "publication_copy")
    try:
        for table in PUBLISHED_TABLES:
            _copy(con, table)
        # into the file: the rename moves no log beside it
        run(con, Sql("checkpoint publication_copy"))
    finally:
        detach(con, "publication_copy")
    return give_name(beside, path, mode=PRIVATE)


def _copy(con: duckdb.DuckDBPyConnection, table: str) -> None:
    name = identifier(table)
    copy = Sql(
        "create table publication_copy.main.${table} as select ${columns} from main.${table} order by ${order}"
    )
    run(con, fill(copy, table=name, columns=_columns(table), order=_order(table)))
    counts = Sql(
        "select (select count(*) from main.${table}) as kept,"
        " (select count(*) from publication_copy.main.${table}) as copied"
    )
    [rows] = row_dicts(con, fill(counts, table=name))
    if rows["kept"] != rows["copied"]:
        raise WarehouseError(
            "W501",
            "the published copy is not whole",
            where=table,
            actual=f"{rows['copied']} of {rows['kept']} rows",
            remedy="run again",
        )


def _columns(table: str) -> Sql:
    fact = FACTS.get(table.removeprefix("core_"))
    return Sql("*") if fact is None else listed(identifier(c.name) for c in fact.columns)


def _order(table: str) -> Sql:
    """Deterministic row order; facts by day first, so that readers' date filters skip blocks.

    DuckDB keeps the smallest and largest value of every block of rows
    (https://duckdb.org/docs/stable/guides/performance/indexing, zonemaps).
    """
    fact = FACTS.get(table.removeprefix("core_"))
    return Sql("all") if fact is None else listed(identifier(c) for c in (fact.dates[0], *fact.key))


def _remove(beside: Path) -> None:
    for leftover in (beside, beside.with_name(beside.name + ".wal")):
        leftover.unlink(missing_ok=True)

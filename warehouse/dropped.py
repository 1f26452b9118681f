"""Canonical rows from fact files, and the attribution models that lie across facts.

Belongs here: what is built in which order. Not here: the statement of a table (generic.py), what a model means (sql/models).
"""

from collections.abc import Iterable

import duckdb

from models.attribution import Attribution
from models.loads import FILE_DROP
from models.tables import FACTS, ColumnType
from warehouse.generic import insert_from_files
from warehouse.sqltext import fill, identifier, statement

_ORDERS = ("order_line", "refund")
# Tables whose stated columns other facts complete: they are built again whenever anything is.
_LINKED = frozenset({"order_line", "refund", "chat", "forecast"})
_ROW_MODELS = ("sla", "level", "negative", "listed", "month_last", "rounds")
_LINE_MODELS = ("new_sku_flag", "order_links", "distributor_first")
_RESULT_MODELS = ("refunded_content", "refunded_live_session", "forecast_actual")
_SHARED_METRICS = frozenset({"live_share", "gmv_base", "refunded_base"})


def dropped_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The canonical tables for which fact files were ever taken in, in the order of the registry."""
    raw = {
        row[0] for row in con.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    }
    return [name for name in FACTS if f"raw_{FILE_DROP}_{name}" in raw]


def changed_tables(con: duckdb.DuckDBPyConnection, since: int) -> set[str]:
    """The tables of which a file was taken in, refused or withdrawn after a load."""
    sql = "select distinct stream from load_window where connector = ? and load_seq > ?"
    return {row[0] for row in con.execute(sql, [FILE_DROP, since]).fetchall()}


def build_dropped(
    con: duckdb.DuckDBPyConnection,
    base: str,
    attribution: Attribution,
    tables: Iterable[str],
    changed: set[str],
) -> None:
    """Bring the tables that files feed up to date, and everything that is attributed across facts.

    Args:
        con: the warehouse, in a transaction, with the connectors' rows built.
        base: the company's currency.
        attribution: parameters of the models.
        tables: what `dropped_tables` found.
        changed: tables with new files, or all.
    """
    con.execute(statement("models/rate_quoted.sql"), {"base": base})
    con.execute(statement("models/file_shop.sql"))
    todo = [name for name in tables if name in changed | _LINKED]
    for name in todo:
        if name not in _ORDERS:
            _refill(con, name)
    _run(con, _ROW_MODELS, attribution)
    _build_orders(con, attribution, todo)
    _run(con, _RESULT_MODELS, attribution)
    con.execute(statement("models/credited_stated.sql"))
    con.execute(statement("models/credited.sql"))
    for name in ("live_share", "asset_traffic"):
        _derive(con, name, {})


def build_new_skus(con: duckdb.DuckDBPyConnection, attribution: Attribution) -> None:
    """The first days of every new SKU: needs no file, where skus.csv knows the day of listing."""
    _derive(con, "new_sku", {"new_sku_days": attribution.new_sku_days})


def build_headcount(con: duckdb.DuckDBPyConnection) -> None:
    """Who came, moved and left, from people.csv: a few rows, so always anew."""
    _derive(con, "headcount", {})


def _build_orders(con: duckdb.DuckDBPyConnection, attribution: Attribution, todo: list[str]) -> None:
    """Lines first, then what they are credited to, then refunds, which take that over."""
    con.execute(statement("models/forget_agents.sql"))
    if "order_line" in todo:
        _refill(con, "order_line")
        _run(con, _LINE_MODELS, attribution)
        con.execute(statement("models/buyers_of_files.sql"))
        con.execute(statement("core/buyer_first.sql"))
    if _count(con, "core_chat"):
        con.execute(statement("models/order_buyer.sql"))
        _run(con, ("last_agent", "paid_in_window"), attribution)
    con.execute(statement("models/order_first.sql"))
    if "refund" in todo:
        _refill(con, "refund")
    con.execute(statement("models/refund_links.sql"))


def _refill(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """The rows of the table's files anew; a platform's own rows stay."""
    sql = "delete from ${core} where shop_id in (select shop_id from file_shop where table_name = ?)"
    con.execute(fill(sql, core=identifier(f"core_{name}")), [name])
    con.execute(insert_from_files(FACTS[name]))


def _run(con: duckdb.DuckDBPyConnection, models: Iterable[str], attribution: Attribution) -> None:
    values = attribution.parameters()
    for name in models:
        text = statement(f"models/{name}.sql")
        con.execute(text, {key: value for key, value in values.items() if f"${key}" in text})


def _derive(con: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, int]) -> None:
    """A derived table whole."""
    text = statement(f"models/{name}.sql")
    if name == "live_share":
        text = fill(text, metrics=_shared_metrics())
    table = identifier(f"core_{name}")
    con.execute(fill("delete from ${table}", table=table))
    con.execute(fill("insert into ${table} by name ${text}", table=table, text=text), parameters)


def _shared_metrics() -> str:
    """A session's figures x the share, in exact decimals."""
    parts = []
    for column in FACTS["live_share"].columns:
        source = FACTS["live_session"].column(column.name)
        if source is None or column.type is not ColumnType.NUMBER or column.name in _SHARED_METRICS:
            continue
        whole = "decimal(18, 0)" if source.sql_type == "BIGINT" else source.sql_type
        name = identifier(column.name)
        parts.append(f"cast(cast(s.{name} as {whole}) * p.live_share as {column.sql_type}) as {name}")
    return ",\n    ".join(parts)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(fill("select count(*) from ${table}", table=identifier(table))).fetchone()
    return int(row[0]) if row else 0

"""The attribution models that lie across facts, and the order in which tables are filled because of them.

Belongs here: what is built in which order. Not here: how rows of a feed enter (refill.py), what a model means (sql/models).
"""

from collections.abc import Iterable, Sequence

import duckdb

from models.attribution import Attribution
from models.tables import FACTS, ColumnType
from warehouse.feeds import Feed
from warehouse.refill import Scope, refill, states_links
from warehouse.sqltext import fill, identifier, statement

_ORDERS = ("order_line", "refund")
_ROW_MODELS = ("sla", "level", "negative", "listed", "month_last", "rounds")
_LINE_MODELS = ("new_sku_flag", "distributor_first")
# What a line is credited to, and the columns that say so; changed ones alone are touched.
_LINK_MODELS = {"order_links": ("room_id", "owner_id"), "last_agent": ("chat_id", "cs_agent_id")}
_RESULT_MODELS = ("refunded_content", "refunded_live_session", "forecast_actual")
_SHARED_METRICS = frozenset({"live_share", "gmv_base", "refunded_base"})


def build_linked(
    con: duckdb.DuckDBPyConnection, base: str, attribution: Attribution, feeds: Sequence[Feed], scope: Scope
) -> None:
    """Bring the tables that feeds fill up to date, and everything that is attributed across facts.

    Args:
        con: the warehouse, in a transaction.
        base: the company's currency.
        attribution: parameters of the models.
        feeds: those whose streams were ever loaded.
        scope: what is built.
    """
    con.execute(statement("models/rate_quoted.sql"), {"base": base})
    con.execute(statement("models/file_account.sql"))
    for feed in feeds:
        if feed.table not in _ORDERS:
            refill(con, feed, scope)
    _run(con, _ROW_MODELS, attribution)
    _build_orders(con, attribution, feeds, scope)
    _run(con, _RESULT_MODELS, attribution)
    con.execute(statement("models/credited_stated.sql"))
    con.execute(statement("models/credited.sql"))
    for name in ("live_share", "asset_traffic"):
        _derive(con, name, {})
    _derive(con, "new_sku", {"new_sku_days": attribution.new_sku_days})


def build_headcount(con: duckdb.DuckDBPyConnection) -> None:
    """Who came, moved and left, from people.csv: a few rows, so always anew."""
    _derive(con, "headcount", {})


def _build_orders(
    con: duckdb.DuckDBPyConnection, attribution: Attribution, feeds: Sequence[Feed], scope: Scope
) -> None:
    """Lines first, then what they are credited to, then refunds, which take that over."""
    con.execute(statement("refill/touched.sql"))
    _note_stating(con, feeds)
    for feed in feeds:
        if feed.table == "order_line":
            refill(con, feed, scope)
    _run(con, _LINE_MODELS, attribution)
    con.execute(statement("models/buyer_first.sql"))
    con.execute(statement("models/order_buyer.sql"))
    con.execute(statement("models/chat_buyer.sql"))
    for name in _LINK_MODELS:
        _link(con, name, attribution)
    _run(con, ("paid_in_window",), attribution)
    for feed in feeds:
        if feed.table == "refund":
            refill(con, feed, scope, with_orders=True)


def _note_stating(con: duckdb.DuckDBPyConnection, feeds: Sequence[Feed]) -> None:
    """Shops whose lines may state who is credited. The rows of all others hold only what models found."""
    con.execute(statement("models/stating_shop.sql"))
    for feed in feeds:
        if feed.table == "order_line" and states_links(con, feed):
            con.execute(statement("models/stating_shops.sql"), [feed.stem])


def _link(con: duckdb.DuckDBPyConnection, name: str, attribution: Attribution) -> None:
    """Credit the lines whose link moved; their refunds must follow."""
    _run(con, (name,), attribution)
    columns = ", ".join(f"{column} = k.{column}" for column in _LINK_MODELS[name])
    con.execute(
        fill(
            "update core_order_line as l set ${columns} from line_link as k"
            " where k.platform = l.platform and k.shop_id = l.shop_id and k.line_id = l.line_id",
            columns=columns,
        )
    )
    con.execute("insert into line_touched select distinct platform, shop_id, order_id, null from line_link")


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

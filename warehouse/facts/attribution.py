"""The attribution models that lie across facts, and the order in which tables are filled because of them.

Belongs here: what is built in which order. Not here: how rows of a feed enter (refill.py), what a model means (sql/attribution).
"""

from collections.abc import Mapping, Sequence

import duckdb

from models.attribution import Attribution
from models.tables import FACTS, ColumnType
from warehouse.facts.feeds import Feed
from warehouse.facts.refill import Scope, refill, states_links
from warehouse.store.rows import run
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, statement, type_name

# Filled after all others: what a line is credited to is found in chats, livestreams and content.
_ORDERS = ("order_line", "refund")
# Models in order, each with the tables of which one must ever have been filled: without it there is nothing to find.
_ROW_MODELS = {
    "sla": {"ticket"},
    "level": {"traffic"},
    "negative": {"review"},
    "listed": {"inventory"},
    "month_last": {"platform_health"},
    "rounds": {"chat_message"},
}
_LINE_MODELS = {
    "new_sku_flag": {"order_line"},
    "distributor_first": {"order_line"},
    "buyer_first": {"order_line"},
    "order_buyer": {"chat"},
    "chat_buyer": {"chat"},
}
_LINK_MODELS = {
    "order_links": {"live_session", "inquiry", "content", "influencer"},
    "last_agent": {"chat"},
    "paid_in_window": {"chat"},
}
_RESULT_MODELS = {
    "refunded_content": {"content"},
    "refunded_live_session": {"live_session"},
    "forecast_actual": {"forecast"},
    "credited_stated": {"chat"},
    "credited": {"chat"},
}
_DERIVED = {
    "live_share": {"live_session"},
    "asset_traffic": {"traffic"},
    "new_sku": {"listing", "order_line"},
}
# What a line is credited to: columns of `line_link`, which holds the lines whose credit moved.
_CREDITS = {"order_links": ("room_id", "owner_id"), "last_agent": ("chat_id", "cs_agent_id")}
# Facts that orders are linked to: the table, its own key, and the column of a line or refund that holds this key.
_REFUNDED = {
    "refunded_content": ("content", "content_id", "content_id"),
    "refunded_live_session": ("live_session", "session_id", "live_session_id"),
}
# live_share.sql writes these itself: a person's own sales may be stated, and then no share decides.
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
    run(con, statement("attribution/rate_quoted.sql"), {"base": base})
    run(con, statement("attribution/file_account.sql"))
    filled = {feed.table for feed in feeds}
    for feed in feeds:
        if feed.table not in _ORDERS:
            refill(con, feed, scope)
    _run(con, _ROW_MODELS, attribution, filled)
    _build_orders(con, attribution, feeds, scope)
    # after the orders: these models add up lines and refunds
    _run(con, _RESULT_MODELS, attribution, filled)
    # last: these tables read rows of all the others
    for name, needed in _DERIVED.items():
        if needed & filled:
            _derive(con, name, {"new_sku_days": attribution.new_sku_days} if name == "new_sku" else {})


def build_headcount(con: duckdb.DuckDBPyConnection) -> None:
    """Who came, moved and left, from people.csv: a few rows, so always anew."""
    _derive(con, "headcount", {})


def _build_orders(
    con: duckdb.DuckDBPyConnection, attribution: Attribution, feeds: Sequence[Feed], scope: Scope
) -> None:
    """Lines first, then what they are credited to, then refunds, which take that over."""
    run(con, statement("refill/touched.sql"))
    _note_stating(con, feeds)
    for feed in feeds:
        if feed.table == "order_line":
            refill(con, feed, scope)
    filled = {feed.table for feed in feeds}
    # before the links, which join the buyers of orders and chats that these statements put side by side
    _run(con, _LINE_MODELS, attribution, filled)
    _run(con, _LINK_MODELS, attribution, filled)
    for feed in feeds:
        if feed.table == "refund":
            refill(con, feed, scope, with_orders=True)


def _note_stating(con: duckdb.DuckDBPyConnection, feeds: Sequence[Feed]) -> None:
    """Shops whose lines may state who is credited. The rows of all others hold only what models found."""
    stating = [feed.stem for feed in feeds if feed.table == "order_line" and states_links(con, feed)]
    run(con, statement("attribution/stating_shop.sql"), {"streams": stating})


def _run(
    con: duckdb.DuckDBPyConnection,
    models: Mapping[str, set[str]],
    attribution: Attribution,
    filled: set[str],
) -> None:
    values = attribution.parameters()
    for name, needed in models.items():
        if not needed & filled:
            continue
        text = _model(name)
        # DuckDB refuses a named parameter that the statement does not use
        run(con, text, {key: value for key, value in values.items() if f"${key}" in text})
        if name in _CREDITS:
            _credit(con, _CREDITS[name])


def _model(name: str) -> Sql:
    """The statement of a model; two of them are one file each that serves more than one table."""
    if name in _REFUNDED:
        table, key, link = _REFUNDED[name]
        return fill(
            statement("attribution/refunded.sql"),
            table=identifier(f"core_{table}"),
            key=identifier(key),
            link=identifier(link),
        )
    return statement(f"attribution/{name}.sql")


def _credit(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Credit the lines whose credit moved; their refunds must follow."""
    assigned = (fill(Sql("${column} = k.${column}"), column=identifier(column)) for column in columns)
    sql = Sql(
        "update core_order_line as l set ${columns} from line_link as k"
        " where k.platform = l.platform and k.shop_id = l.shop_id and k.line_id = l.line_id"
    )
    run(con, fill(sql, columns=listed(assigned)))
    run(
        con,
        # without the buyer: a credit that moves does not move anybody's first purchase
        Sql("insert into line_touched select distinct platform, shop_id, order_id, null from line_link"),
    )


def _derive(con: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, int]) -> None:
    """A derived table whole."""
    text = statement(f"attribution/{name}.sql")
    if name == "live_share":
        text = fill(text, metrics=_shared_metrics())
    table = identifier(f"core_{name}")
    run(con, fill(Sql("delete from ${table}"), table=table))
    run(con, fill(Sql("insert into ${table} by name ${text}"), table=table, text=text), parameters)


def _shared_metrics() -> Sql:
    """A session's figures x the share, in exact decimals."""
    return joined(
        Sql(",\n    "),
        (
            fill(
                Sql("cast(cast(s.${name} as ${wide}) * p.live_share as ${kind}) as ${name}"),
                name=identifier(column.name),
                # DuckDB multiplies two decimals of up to 18 digits in 64 bits and refuses a product of 10^18 or more: a million
                # seconds watched times a share, DECIMAL(13,12). 25 digits make it multiply in 128 bits, and 25 + 13 are the 38 it
                # has (https://duckdb.org/docs/stable/sql/data_types/numeric, fixed-point decimals)
                wide=type_name(f"DECIMAL(25,{source.places})"),
                kind=type_name(column.sql_type),
            )
            for column in FACTS["live_share"].columns
            if (source := FACTS["live_session"].column(column.name)) is not None
            and column.type is ColumnType.NUMBER
            and column.name not in _SHARED_METRICS
        ),
    )

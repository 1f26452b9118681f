"""Raw rows into canonical tables: what changed since the last build, or all when company tables changed.

Belongs here: the order of statements and what counts as changed. Not here: what a column means
(sql/core/*.sql, models/tables), rows of fact files (dropped.py).
"""

import hashlib

import duckdb

from models.attribution import Attribution
from models.errors import WarehouseError
from models.loads import FILE_DROP
from models.tables import FACTS
from warehouse.connect import transaction
from warehouse.dropped import (
    build_dropped,
    build_headcount,
    build_new_skus,
    changed_tables,
    dropped_tables,
)
from warehouse.schema import tables_digest
from warehouse.sqltext import fill, identifier, statement

_INPUTS = ("core_rate", "core_cost", "core_sku", "ticket_sla")
_SHOPIFY, _ZENDESK = "raw_shopify_orders", "raw_zendesk_tickets"


def build_core(
    con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution | None = None
) -> dict[str, int]:
    """Bring the canonical tables up to date with raw rows and company tables; returns the rows of each.

    A daily run touches only the orders and tickets loaded since the last build. When a rate, cost, SKU, SLA
    or zone changed, every row may change, so that all are built anew; both ways give the same tables.

    Raises:
        WarehouseError: W301 when raw rows belong to an account that is no longer listed.
    """
    return _build(con, company_currency, attribution or Attribution(), rebuild=False)


def rebuild_core(
    con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution | None = None
) -> dict[str, int]:
    """Build the canonical tables anew from all raw rows; returns the rows of each."""
    return _build(con, company_currency, attribution or Attribution(), rebuild=True)


def _build(
    con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution, *, rebuild: bool
) -> dict[str, int]:
    try:
        _build_whole(con, company_currency, attribution, rebuild=rebuild)
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise WarehouseError(
            "W302",
            "a stored payload does not have the promised shape",
            actual=str(error).splitlines()[0][:300],
            remedy="replay the landing file with the connector of this version",
        ) from error
    return {name: _count(con, f"core_{name}") for name in FACTS}


def _build_whole(
    con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution, *, rebuild: bool
) -> None:
    with transaction(con):
        inputs = _inputs_digest(con, company_currency, attribution)
        state = con.execute("select load_seq, inputs from core_state where name = 'core'").fetchone()
        whole = rebuild or state is None or state[1] != inputs
        since = 0 if whole or state is None else int(state[0])
        if whole:
            _empty(con)
        if _has(con, _SHOPIFY):
            _build_orders(con, company_currency, attribution, since, whole=whole)
        if _has(con, _ZENDESK):
            _build_tickets(con, since, whole=whole)
        _build_rest(con, company_currency, attribution, since, whole=whole)
        con.execute("delete from core_state where name = 'core'")
        con.execute(
            "insert into core_state select 'core', coalesce(max(load_seq), 0), ? from load_window", [inputs]
        )


def _build_rest(
    con: duckdb.DuckDBPyConnection, base: str, attribution: Attribution, since: int, *, whole: bool
) -> None:
    """Fact files and what lies across facts; nothing to do when no window came in."""
    build_headcount(con)
    loaded = con.execute("select count(*) from load_window where load_seq > ?", [since]).fetchone()
    if loaded == (0,) and not whole:
        return
    tables = dropped_tables(con)
    for name in tables:
        _known_accounts(con, FILE_DROP, name, f"raw_{FILE_DROP}_{name}")
    if tables:
        changed = set(tables) if whole else changed_tables(con, since)
        build_dropped(con, base, attribution, tables, changed)
    build_new_skus(con, attribution)


def _empty(con: duckdb.DuckDBPyConnection) -> None:
    for name in FACTS:
        con.execute(fill("delete from ${table}", table=identifier(f"core_{name}")))


def _build_orders(
    con: duckdb.DuckDBPyConnection, base: str, attribution: Attribution, since: int, *, whole: bool
) -> None:
    _known_accounts(con, "shopify", "orders", _SHOPIFY)
    con.execute(statement("core/shopify_order.sql"), {"seq": since})
    con.execute(statement("core/day_seen.sql"))
    con.execute(statement("core/rate_on.sql"), {"base": base})
    con.execute(statement("core/sku_day_seen.sql"))
    con.execute(statement("core/cost_on.sql"))
    con.execute(statement("core/buyer_touched.sql"))
    for name in ("order_line", "refund"):
        if not whole:
            con.execute(fill(statement("core/drop_changed_orders.sql"), table=identifier(f"core_{name}")))
        _insert(con, name, {"new_sku_days": attribution.new_sku_days} if name == "order_line" else {})
    con.execute(statement("core/buyer_first.sql"))


def _build_tickets(con: duckdb.DuckDBPyConnection, since: int, *, whole: bool) -> None:
    _known_accounts(con, "zendesk", "tickets", _ZENDESK)
    if not whole:
        con.execute(statement("core/drop_changed_tickets.sql"), {"seq": since})
    _insert(con, "ticket", {"seq": since})


def _insert(con: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, int]) -> None:
    sql = fill(
        "insert into ${table} by name ${select}",
        table=identifier(f"core_{name}"),
        select=statement(f"core/{name}.sql"),
    )
    con.execute(sql, parameters)


def _known_accounts(con: duckdb.DuckDBPyConnection, connector: str, stream: str, table: str) -> None:
    """Rows of an unlisted account would silently vanish from every figure; refuse instead."""
    sql = fill(
        "select distinct r.shop_id from ${table} as r where r.shop_id not in"
        " (select shop_id from source_account where connector = ? and stream = ?) order by 1",
        table=identifier(table),
    )
    lost = [str(row[0]) for row in con.execute(sql, [connector, stream]).fetchall()]
    if lost:
        raise WarehouseError(
            "W301",
            "rows of an account are stored that sources.yaml no longer lists",
            where=f"{connector}.{stream}",
            actual=", ".join(lost),
            remedy="list the account again, with active_to set to its last day",
        )


def _inputs_digest(con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution) -> str:
    """Digest of everything beside raw rows that a canonical row depends on."""
    digest = hashlib.sha256(repr((company_currency, attribution, tables_digest())).encode())
    for table in (*_INPUTS, *(("core_person",) if dropped_tables(con) else ())):
        rows = con.execute(fill("select * from ${table} order by all", table=identifier(table))).fetchall()
        digest.update(repr((table, rows)).encode())
    zones = "select connector, stream, shop_id, zone, platform from source_account order by all"
    digest.update(repr(con.execute(zones).fetchall()).encode())
    return digest.hexdigest()


def _has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = con.execute(
        "select count(*) from duckdb_tables() where table_name = ? and not temporary", [table]
    ).fetchone()
    return found is not None and found[0] > 0


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(fill("select count(*) from ${table}", table=identifier(table))).fetchone()
    return int(row[0]) if row else 0

"""Raw rows into canonical tables: what changed since the last build, or all when company tables changed.

Belongs here: the order of statements and what counts as changed. Not here: what a column means
(sql/feeds, models/tables), how rows of a feed enter (refill.py), attribution across facts (attribution.py).
"""

import hashlib
from collections.abc import Sequence

import duckdb

from models.attribution import Attribution
from models.errors import WarehouseError
from models.tables import FACTS, Derivation
from warehouse.facts.attribution import build_headcount, build_linked
from warehouse.facts.feeds import Feed, feeds_digest, present_feeds
from warehouse.facts.refill import Scope
from warehouse.store.connect import transaction
from warehouse.store.schema import tables_digest
from warehouse.store.sqltext import fill, identifier

_INPUTS = ("core_rate", "core_cost", "core_sku", "ticket_sla")


def build_core(
    con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution | None = None
) -> dict[str, int]:
    """Bring the canonical tables up to date with raw rows and company tables; returns the rows of each.

    A daily run touches only the records loaded since the last build. When a rate, cost, SKU, SLA
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
        feeds = present_feeds(con)
        inputs = _inputs_digest(con, company_currency, attribution, feeds)
        state = con.execute("select load_seq, inputs from core_state where name = 'core'").fetchone()
        whole = rebuild or state is None or state[1] != inputs
        scope = Scope(0 if whole or state is None else int(state[0]), whole)
        for feed in feeds:
            _known_accounts(con, feed)
        if whole:
            _empty(con)
        build_headcount(con)
        if whole or con.execute("select max(load_seq) from load_window").fetchone() != (scope.since,):
            build_linked(con, company_currency, attribution, feeds, scope)
        con.execute("delete from core_state where name = 'core'")
        con.execute(
            "insert into core_state select 'core', coalesce(max(load_seq), 0), ? from load_window", [inputs]
        )


def _empty(con: duckdb.DuckDBPyConnection) -> None:
    for name in FACTS:
        con.execute(fill("delete from ${table}", table=identifier(f"core_{name}")))


def _known_accounts(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Rows of an unlisted account would silently vanish from every figure; refuse instead."""
    sql = fill(
        "select distinct r.shop_id from ${table} as r where r.shop_id not in"
        " (select shop_id from source_account where concat(connector, '_', stream) = ?) order by 1",
        table=feed.raw_table,
    )
    lost = [str(row[0]) for row in con.execute(sql, [feed.stem]).fetchall()]
    if lost:
        raise WarehouseError(
            "W301",
            "rows of an account are stored that sources.yaml no longer lists",
            where=feed.stem,
            actual=", ".join(lost),
            remedy="list the account again, with active_to set to its last day",
        )


def _inputs_digest(
    con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution, feeds: Sequence[Feed]
) -> str:
    """Digest of everything beside raw rows that a canonical row depends on."""
    said = repr((company_currency, attribution, tables_digest(), feeds_digest(feeds)))
    digest = hashlib.sha256(said.encode())
    for table in (*_INPUTS, *(("core_person",) if any(_looks_up_people(feed) for feed in feeds) else ())):
        rows = con.execute(fill("select * from ${table} order by all", table=identifier(table))).fetchall()
        digest.update(repr((table, rows)).encode())
    zones = "select connector, stream, shop_id, zone, platform from source_account order by all"
    digest.update(repr(con.execute(zones).fetchall()).encode())
    return digest.hexdigest()


def _looks_up_people(feed: Feed) -> bool:
    return any(c.derived is not None and c.derived.rule is Derivation.DEPT for c in FACTS[feed.table].columns)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(fill("select count(*) from ${table}", table=identifier(table))).fetchone()
    return int(row[0]) if row else 0

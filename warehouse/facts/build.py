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
from warehouse.store.rows import only_column, only_value, run
from warehouse.store.schema import tables_digest
from warehouse.store.sqltext import Sql, fill, identifier
from warehouse.store.state import BuildState, last_state, newest_load, note_state

_STATE = "core"
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
    # what a JSON function and a cast raise over a payload; any other error is a fault of ours and stays as it is
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise WarehouseError(
            "W302",
            "a stored payload does not have the promised shape",
            actual=str(error).splitlines()[0][:300],
            remedy="replay the landing file with this version; where it lacks a field (P107), pull its days again",
        ) from error
    return {name: _count(con, f"core_{name}") for name in FACTS}


def _build_whole(
    con: duckdb.DuckDBPyConnection, company_currency: str, attribution: Attribution, *, rebuild: bool
) -> None:
    with transaction(con):
        feeds = present_feeds(con)
        inputs = _inputs_digest(con, company_currency, attribution, feeds)
        newest, state = newest_load(con), last_state(con, _STATE)
        whole = rebuild or state is None or state.inputs != inputs
        scope = Scope(0 if whole or state is None else state.load_seq, whole)
        for feed in feeds:
            _known_accounts(con, feed)
        if whole:
            _empty(con)
        # outside the question for new loads: people.csv changes without one
        build_headcount(con)
        # nothing was loaded and no input changed: the tables are what they would become
        if whole or newest != scope.since:
            build_linked(con, company_currency, attribution, feeds, scope)
        # in the same transaction: a state ahead of the tables would hide loads from the next build
        note_state(con, _STATE, BuildState(newest, inputs))


def _empty(con: duckdb.DuckDBPyConnection) -> None:
    for name in FACTS:
        run(con, fill(Sql("delete from ${table}"), table=identifier(f"core_{name}")))


def _known_accounts(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Rows of an unlisted account would silently vanish from every figure; refuse instead."""
    sql = Sql(
        "select distinct r.shop_id from ${table} as r where r.shop_id not in"
        " (select shop_id from source_account where concat(connector, '_', stream) = ?) order by 1"
    )
    lost = [str(shop) for shop in only_column(con, fill(sql, table=feed.raw_table), [feed.stem])]
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
    # A changed roster would build everything anew, so that it counts only where a table takes departments from it.
    # `order by all`: the order in which rows happen to lie must not change the digest.
    for table in (*_INPUTS, *(("core_person",) if any(_looks_up_people(feed) for feed in feeds) else ())):
        rows = run(con, fill(Sql("select * from ${table} order by all"), table=identifier(table))).fetchall()
        digest.update(repr((table, rows)).encode())
    zones = Sql("select connector, stream, shop_id, zone, platform from source_account order by all")
    digest.update(repr(run(con, zones).fetchall()).encode())
    return digest.hexdigest()


def _looks_up_people(feed: Feed) -> bool:
    return any(c.derived is not None and c.derived.rule is Derivation.DEPT for c in FACTS[feed.table].columns)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(only_value(con, fill(Sql("select count(*) from ${table}"), table=identifier(table))))

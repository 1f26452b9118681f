"""Rows of one feed into its canonical table: only those of changed records, or all of them.

Belongs here: which records are read, what leaves, what enters, what a feed may yield. Not here: what is derived from the
given columns (derived_columns.py), which rows are kept out (refused.py), attribution across facts (attribution.py).
"""

from dataclasses import dataclass

import duckdb

from models.errors import WarehouseError
from models.tables import FACTS
from warehouse.facts.derived_columns import insert_given
from warehouse.facts.feeds import STATED, Feed, linked_columns, statable
from warehouse.facts.refused import is_unread, refuse_broken
from warehouse.store.rows import column_types, only_value, run
from warehouse.store.sqltext import Sql, fill, identifier, literal, statement

# Other facts complete the rows of these tables: they must be fresh whenever anything moved.
_ALWAYS = frozenset({"chat", "forecast"})


@dataclass(frozen=True)
class Scope:
    """What is built: all (the tables are empty), or what was loaded after a sequence number."""

    since: int
    is_whole: bool


def refill(con: duckdb.DuckDBPyConnection, feed: Feed, scope: Scope, *, with_orders: bool = False) -> None:
    """Bring the rows of a feed up to date.

    Args:
        con: the warehouse, in a transaction.
        feed: the feed.
        scope: what is built.
        with_orders: also the records whose orders stand in `line_touched`.

    Raises:
        WarehouseError: W207 when the feed yields what its table cannot take.
    """
    loaded = None
    if not scope.is_whole:
        # after 0: every record counts as new, so that its rows are made again
        loaded = 0 if _is_always_fresh(con, feed) else scope.since
        if not _select(con, feed, loaded, scope.since, with_orders=with_orders):
            return
    run(con, _view(feed, loaded))
    if not scope.is_whole:
        # before they are deleted: it reads the orders and buyers of the old rows
        _note(con, feed, "refill/leaving.sql")
        _drop(con, feed)
    run(con, fill(Sql("create or replace temp table given_row as ${select}"), select=feed.select))
    columns = _checked(con, feed)
    _note(con, feed, "refill/entering.sql")
    run(con, insert_given(FACTS[feed.table], columns, is_final=feed.is_final))
    refuse_broken(con, feed)


def states_links(con: duckdb.DuckDBPyConnection, feed: Feed) -> bool:
    """Whether rows of a feed may state what is otherwise found through other facts."""
    linked = linked_columns(FACTS[feed.table])
    return bool(linked) and bool(linked & yielded(con, feed).keys())


def yielded(con: duckdb.DuckDBPyConnection, feed: Feed) -> dict[str, str]:
    """Columns and types of a feed's SELECT."""
    run(con, _view(feed, None))
    return column_types(con, feed.select)


def _is_always_fresh(con: duckdb.DuckDBPyConnection, feed: Feed) -> bool:
    return feed.table in _ALWAYS or states_links(con, feed)


def _select(
    con: duckdb.DuckDBPyConnection, feed: Feed, loaded: int, since: int, *, with_orders: bool
) -> bool:
    """The records to read again or to take out into `changed_record`; False when there are none."""
    record = identifier(feed.record)
    orders = (
        fill(statement("refill/of_orders.sql"), record=record, raw=feed.raw_table) if with_orders else Sql("")
    )
    sql = fill(statement("refill/changed.sql"), raw=feed.raw_table, stem=literal(feed.stem), of_orders=orders)
    run(con, sql, {"loaded": loaded, "gone": since})
    return bool(only_value(con, Sql("select count(*) from changed_record")))


def _view(feed: Feed, loaded: int | None) -> Sql:
    """`feed_record`: all records, or those loaded after a number and the others of `changed_record`."""
    parts = {"raw": feed.raw_table, "stem": literal(feed.stem), "is_unread": is_unread(feed)}
    which = (
        Sql("") if loaded is None else fill(statement("refill/chosen.sql"), **parts, loaded=literal(loaded))
    )
    return fill(statement("refill/record.sql"), **parts, which=which)


def _drop(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    sql = fill(
        statement("refill/drop_changed.sql"),
        core=identifier(f"core_{feed.table}"),
        record=identifier(feed.record),
    )
    run(con, sql)


def _note(con: duckdb.DuckDBPyConnection, feed: Feed, path: str) -> None:
    """Orders and buyers of lines that leave or enter: refunds and first purchases follow them."""
    if feed.table == "order_line":
        run(con, fill(statement(path), record=identifier(feed.record)))


def _checked(con: duckdb.DuckDBPyConnection, feed: Feed) -> frozenset[str]:
    """The columns of `given_row`."""
    table = FACTS[feed.table]
    found = column_types(con, Sql("given_row"))
    types = {c.name: _plain(c.sql_type) for c in table.columns} | dict.fromkeys(STATED, "VARCHAR")
    wrong = [
        f"{name} {kind}"
        for name, kind in found.items()
        if name not in statable(table) or _plain(kind) != types[name]
    ]
    needed = (*STATED, *(c.name for c in table.given if c.required))
    missing = [name for name in needed if name not in found]
    if wrong or missing:
        raise WarehouseError(
            "W207",
            f"a feed does not yield given columns of {table.name} in their types",
            where=feed.origin,
            actual=f"wrong: {', '.join(wrong) or 'none'}; missing: {', '.join(missing) or 'none'}",
            remedy="yield columns that models/tables marks as given, cast to their SQL types",
        )
    return frozenset(found)


def _plain(kind: str) -> str:
    # DuckDB writes DECIMAL(18,4) without a space and the long name of TIMESTAMPTZ
    return kind.replace(" ", "").replace("TIMESTAMPWITHTIMEZONE", "TIMESTAMPTZ").upper()

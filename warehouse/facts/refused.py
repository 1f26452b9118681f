"""Records kept out of a canonical table: those that break the law of a column, and those whose feed cannot read them.

One record costs its own days and nothing else: it stays in its raw table, a line of `core_refused` says why, and the figures of
its days are missing with that cause until it is read anew (raw/coverage.py).

Belongs here: holding rows against the registry, searching for what a feed cannot read, the lines about both and their list.
Not here: what a column takes (models/tables), how rows enter (refill.py), refusals of files (connectors/file_drop).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from models.tables import FACTS, Column, ColumnType, Derivation, Table
from warehouse.facts.feeds import Feed
from warehouse.store.connect import transaction
from warehouse.store.rows import insert_rows, only_value, row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal, statement
from warehouse.store.state import newest_load

# What a JSON function, a cast or a product raises over a value; any other error is a fault of ours.
UNREADABLE = (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfRangeException)
# A feed brings what no line of an order or refund explains, a discount of the whole or a fee that was kept, as a row of its own
# without a piece: it may lie below 0.
_WITH_PIECES = {("order_line", "paid_amount"), ("refund", "amount")}
# What a platform does not state of these makes the figures that need it missing by itself (figures/judge.py); a row without
# its id or its day would be left out of them without a word.
_UNKNOWN_WHEN_NULL = (ColumnType.NUMBER, ColumnType.BOOLEAN)
# A search that halves finds one record among a million with 40 questions. Beyond some records it is the stream that changed:
# what is left is refused together.
_MOST_PROBES = 120
_SHOWN = 200  # characters of an error of DuckDB: the value is among the first


@dataclass(frozen=True)
class _Law:
    """One thing a column demands: what a row that breaks it looks like, and what is said of it."""

    column: Column
    is_broken: Sql
    said: str


def begin(
    con: duckdb.DuckDBPyConnection, feeds: Sequence[Feed], refused: Sequence[dict[str, Any]], *, whole: bool
) -> None:
    """Forget what no longer stands, and note the records that `unreadable` found."""
    if whole:
        run(con, Sql("delete from core_refused"))
    for feed in feeds:
        close = fill(statement("refused/close.sql"), **_parts(feed))
        run(con, close, {"seq": newest_load(con)})
    for row in refused:
        _forget(con, row["stem"], row["table_name"], row["shop_id"], row["record_key"])
    insert_rows(con, "core_refused", refused)


def is_unread(feed: Feed) -> Sql:
    """Whether a record of a feed, in a raw table called r, is one that it cannot read."""
    return fill(statement("refused/standing.sql"), stem=literal(feed.stem), table=literal(feed.table))


def refuse_broken(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Take the records with a value that its column does not take out of the canonical table, and note them."""
    table = FACTS[feed.table]
    laws = list(_laws(table))
    run(
        con,
        fill(
            statement("refused/broken.sql"),
            **_parts(feed),
            **_told(laws),
            key=listed(map(identifier, table.key)),
        ),
    )
    if not only_value(con, Sql("select count(*) from law_broken")):
        return
    for row in row_dicts(con, Sql("select shop_id, record_key from law_broken")):
        _forget(con, feed.stem, feed.table, row["shop_id"], row["record_key"])
    dates = listed(fill(Sql("c.${day}"), day=identifier(day)) for day in table.dates)
    run(con, fill(statement("refused/note.sql"), **_parts(feed), dates=dates))
    sql = Sql(
        "delete from ${core} as t using law_broken as b"
        " where t.platform = b.platform and t.shop_id = b.shop_id and t.${record} = b.record_key"
    )
    run(con, fill(sql, core=identifier(f"core_{feed.table}"), record=identifier(feed.record)))


def _forget(con: duckdb.DuckDBPyConnection, stem: str, table: str, shop: str, key: str) -> None:
    sql = Sql(
        "delete from core_refused where stem = ? and table_name = ? and shop_id = ? and record_key = ? and until_seq is null"
    )
    run(con, sql, [stem, table, shop, key])


def _parts(feed: Feed) -> dict[str, Sql]:
    return {
        "stem": literal(feed.stem),
        "table": literal(feed.table),
        "raw": feed.raw_table,
        "core": identifier(f"core_{feed.table}"),
        "record": identifier(feed.record),
    }


def _laws(table: Table) -> Iterator[_Law]:
    """Everything the registry demands of the columns that a row enters with."""
    for column in table.columns:
        name = identifier(column.name)
        if column.required and column.given and column.type not in _UNKNOWN_WHEN_NULL:
            yield _Law(column, fill(Sql("${name} is null"), name=name), "which must be stated")
        if column.allowed:
            words = listed(literal(word) for word in column.allowed)
            sql = fill(Sql("${name} not in (${words})"), name=name, words=words)
            yield _Law(column, sql, f"which is none of {', '.join(column.allowed)}")
        for outside in _outside(column):
            has_pieces = (table.name, column.name) in _WITH_PIECES
            sql = fill(Sql("(${it} and qty <> 0)"), it=outside) if has_pieces else outside
            said = f"which is outside {column.bounds.in_words()}"
            yield _Law(column, sql, f"{said}: {column.meant}" if column.meant else said)
        if column.derived is not None and column.derived.rule is Derivation.BASE:
            yield _too_large(column, column.derived.of[0])


def _outside(column: Column) -> Iterator[Sql]:
    name, (least, most) = identifier(column.name), column.bounds
    if least is not None:
        yield fill(Sql("${name} < ${least}"), name=name, least=literal(least))
    if most is not None:
        yield fill(Sql("${name} > ${most}"), name=name, most=literal(most))


def _too_large(column: Column, of: str) -> _Law:
    """Money whose product with its rate does not fit: the product is NULL although both are known."""
    sql = Sql("(${own} is not null and fx_rate is not null and ${base} is null)")
    return _Law(
        column,
        fill(sql, own=identifier(of), base=identifier(column.name)),
        f"as {of} x fx_rate is too large to be held",
    )


def _told(laws: Sequence[_Law]) -> dict[str, Sql]:
    """The arms of the three CASEs, and the condition of the rows."""
    arm = Sql("when ${is_broken} then ${value}")

    def case(values: Iterable[Sql]) -> Sql:
        arms = (
            fill(arm, is_broken=law.is_broken, value=value) for law, value in zip(laws, values, strict=True)
        )
        return joined(Sql(" "), arms)

    shown = Sql("cast(${name} as varchar)")
    return {
        "columns": case(literal(law.column.name) for law in laws),
        "values": case(fill(shown, name=identifier(law.column.name)) for law in laws),
        "laws": case(literal(law.said) for law in laws),
        "is_broken": joined(Sql(" or "), (law.is_broken for law in laws)),
    }


def unreadable(con: duckdb.DuckDBPyConnection, feeds: Sequence[Feed]) -> list[dict[str, Any]]:
    """Lines about every record that its feed cannot read; outside a transaction, which an error would end."""
    return [line for feed in feeds for line in _unreadable(con, feed)]


def _unreadable(con: duckdb.DuckDBPyConnection, feed: Feed) -> list[dict[str, Any]]:
    suspects = fill(statement("refused/suspect.sql"), raw=feed.raw_table, stem=literal(feed.stem))
    run(con, suspects)
    end = int(only_value(con, Sql("select count(*) from suspect")))
    found: list[dict[str, Any]] = []
    open_spans = [(0, end, trouble)] if (trouble := _trouble(con, feed, 0, end)) else []
    probes = 0
    while open_spans:
        low, high, trouble = open_spans.pop()
        if high - low == 1 or probes >= _MOST_PROBES:
            found += _lines(con, feed, low, high, trouble)
            continue
        middle = (low + high) // 2
        probes += 2
        halves = [
            (a, b, told) for a, b in ((low, middle), (middle, high)) if (told := _trouble(con, feed, a, b))
        ]
        # none of both: the trouble comes of their being read together, and no record can be named
        open_spans += halves
    run(con, Sql("drop table suspect"))
    return found


def _trouble(con: duckdb.DuckDBPyConnection, feed: Feed, low: int, high: int) -> str:
    """What DuckDB says when the feed reads a span of `suspect`; empty when it can."""
    view = Sql(
        "create or replace temp view feed_record as"
        " select platform, shop_id, stream, zone, record_key, record_day, payload from suspect where n >= ${low} and n < ${high}"
    )
    run(con, fill(view, low=literal(low), high=literal(high)))
    try:
        # as a table: of a count DuckDB would leave out the casts
        run(con, fill(Sql("create or replace temp table given_row as ${select}"), select=feed.select))
    except UNREADABLE as error:
        return str(error).splitlines()[0][:_SHOWN]
    return ""


def store_refused(con: duckdb.DuckDBPyConnection) -> None:
    """Refill refused_record: what is kept out now, by account, day and record."""
    with transaction(con):
        run(con, Sql("delete from refused_record"))
        run(con, statement("refused/published.sql"))


def _lines(
    con: duckdb.DuckDBPyConnection, feed: Feed, low: int, high: int, trouble: str
) -> Iterator[dict[str, Any]]:
    sql = Sql(
        "select shop_id, record_key, load_seq, record_day as first, "
        " greatest(record_day, cast(timezone(zone, version_at) as date)) as last"
        " from suspect where n >= ? and n < ?"
    )
    for row in row_dicts(con, sql, [low, high]):
        yield {
            "stem": feed.stem,
            "table_name": feed.table,
            "shop_id": row["shop_id"],
            "record_key": row["record_key"],
            "load_seq": row["load_seq"],
            # whatever happened to it happened between its own day and that of its version
            "days": [day.isoformat() for day in _days(row["first"], row["last"])],
            "cause_code": "W330",
            "cause": f"{feed.table} {row['record_key']} of {row['shop_id']} is kept out: it cannot be read ({trouble})",
        }


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@contextmanager
def refused_hidden(con: duckdb.DuckDBPyConnection, feed: Feed) -> Iterator[None]:
    """Let statements that name the feed's raw table read a copy without its refused records, where there are any.

    A temporary table goes before one of the file (https://duckdb.org/docs/stable/sql/statements/create_table, temporary tables).
    """
    standing = Sql(
        "select count(*) from core_refused where stem = ? and table_name = ? and until_seq is null"
    )
    if not only_value(con, standing, [feed.stem, feed.table]):
        yield
        return
    database = identifier(str(only_value(con, Sql("select current_database()"))))
    run(con, fill(statement("refused/hidden.sql"), **_parts(feed), database=database))
    try:
        yield
    finally:
        run(con, fill(Sql("drop table temp.${raw}"), raw=feed.raw_table))

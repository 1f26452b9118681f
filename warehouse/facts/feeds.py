"""Every way into a canonical table: a SELECT over the records of one stream, or one made from the registry for fact files.

Belongs here: which feeds there are, what their files promise, the days their records touch. Not here: how rows enter a
table (refill.py), what is derived from them (derived_columns.py), how to write a feed (sql/feeds/README.md).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

import duckdb

from models.errors import WarehouseError
from models.loads import FILE_DROP
from models.tables import FACTS, Derivation, Table
from warehouse.store.sqltext import fill, identifier, literal, statement, statements

STATED = ("platform", "shop_id", "source_row_id", "zone")  # every feed yields them
_RECORD = re.compile(r"^-- record: ([a-z_]+)$", re.MULTILINE)
# What another fact may fill where nothing is stated: a row that states it must be fresh whenever the other fact moves.
_LINKED = frozenset({"last_agent", "order_owner"})


@dataclass(frozen=True)
class Feed:
    """One SELECT over `feed_record` into one canonical table.

    Attributes:
        stem: connector and stream, as in the name of the raw table.
        table: the canonical table.
        record: its column that carries the key of the raw record.
        select: the SQL.
        is_final: a column it yields stands as it is, NULL too; else a derived value takes the place of NULL.
    """

    stem: str
    table: str
    record: str
    select: str
    is_final: bool

    @property
    def raw_table(self) -> str:
        """The table of its records."""
        return identifier(f"raw_{self.stem}")

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.stem}__{self.table}"


@cache
def shipped_feeds() -> tuple[Feed, ...]:
    """The feeds of sql/feeds, by table in the order of the registry.

    Raises:
        WarehouseError: W206 when a file's name or header promises nothing that can be kept.
    """
    found = [_read(name) for name in statements("feeds")]
    order = list(FACTS)
    return tuple(sorted(found, key=lambda feed: (order.index(feed.table), feed.stem)))


def _read(name: str) -> Feed:
    stem, _, table = name.partition("__")
    text = statement(f"feeds/{name}.sql")
    header = _RECORD.search(text)
    record = header[1] if header else "source_row_id"
    fact = FACTS.get(table)
    if fact is None or fact.derived_from or fact.column(record) is None:
        raise WarehouseError(
            "W206",
            "a feed fills no table",
            where=f"warehouse/sql/feeds/{name}.sql",
            actual=f"table {table!r}, record {record!r}",
            remedy="name it <connector>_<stream>__<table>.sql and let `-- record:` name a column of the table",
        )
    return Feed(stem, table, record, text, is_final=True)


@cache
def file_feeds() -> tuple[Feed, ...]:
    """One feed per table that fact files may fill."""
    return tuple(
        Feed(f"{FILE_DROP}_{t.name}", t.name, "source_row_id", _from_file(t), is_final=False)
        for t in FACTS.values()
        if not t.derived_from
    )


def declared_feeds(con: duckdb.DuckDBPyConnection) -> tuple[Feed, ...]:
    """One feed per stream of the company's own connectors: their payloads are given columns, as those of fact files are."""
    shipped = {feed.stem for feed in shipped_feeds()}
    rows = con.execute(
        "select distinct concat(connector, '_', stream) as stem, unnest(feeds) as fact from source_account"
        " where connector <> ? order by all",
        [FILE_DROP],
    ).fetchall()
    return tuple(
        Feed(stem, fact, "source_row_id", _from_file(FACTS[fact]), is_final=False)
        for stem, fact in rows
        if stem not in shipped and fact in FACTS and not FACTS[fact].derived_from
    )


def _from_file(table: Table) -> str:
    columns = [c for c in table.given if c.name not in STATED]
    return fill(
        "with read as (select platform, shop_id, record_key as source_row_id, zone,"
        " json_extract_string(payload, [${paths}]) as v from feed_record)\n"
        "select platform, shop_id, source_row_id, zone, ${casts} from read",
        paths=", ".join(literal(f"$.{c.name}") for c in columns),
        casts=", ".join(
            f"cast(v[{n}] as {c.sql_type}) as {identifier(c.name)}" for n, c in enumerate(columns, start=1)
        ),
    )


def present_feeds(con: duckdb.DuckDBPyConnection) -> list[Feed]:
    """The feeds whose streams were ever loaded, by table in the order of the registry."""
    raw = {
        row[0] for row in con.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    }
    order = list(FACTS)
    known = (*shipped_feeds(), *declared_feeds(con), *file_feeds())
    found = [feed for feed in known if feed.raw_table in raw]
    return sorted(found, key=lambda feed: (order.index(feed.table), feed.stem))


def statable(table: Table) -> frozenset[str]:
    """The columns a feed may yield: those a file may state, and what a platform says itself about a refund's order."""
    own = {c.name for c in table.columns if c.derived is not None and c.derived.rule is Derivation.ORDER}
    return frozenset({*STATED, *(c.name for c in table.given), *own})


def linked_columns(table: Table) -> frozenset[str]:
    """Columns that rows of other facts fill where nothing is stated."""
    return frozenset(
        c.name
        for c in table.columns
        if c.given and c.derived and c.derived.rule is Derivation.MODEL and c.derived.of[0] in _LINKED
    )


def days_touched(con: duckdb.DuckDBPyConnection, since: int) -> set[date]:
    """Days of rows whose records were loaded after `since`, and days whose records changed or left; fact files aside."""
    found: set[date] = set()
    for feed in present_feeds(con):
        if not feed.stem.startswith(f"{FILE_DROP}_"):
            found |= _days(con, _touched(feed), since)
    gone = "select distinct record_day from record_history where connector <> '${files}' and replaced_by_load_seq > ?"
    return found | _days(con, fill(gone, files=FILE_DROP), since)


def _touched(feed: Feed) -> str:
    return fill(
        "select distinct unnest([${dates}]) as day from ${core} as c"
        " inner join ${raw} as r on r.shop_id = c.shop_id and r.record_key = c.${record} where r.load_seq > ?",
        dates=", ".join(f"c.{identifier(name)}" for name in FACTS[feed.table].dates),
        core=identifier(f"core_{feed.table}"),
        raw=feed.raw_table,
        record=identifier(feed.record),
    )


def _days(con: duckdb.DuckDBPyConnection, sql: str, since: int) -> set[date]:
    return {row[0] for row in con.execute(sql, [since]).fetchall() if row[0] is not None}


def feeds_digest(feeds: Iterable[Feed]) -> str:
    """Text that changes when the meaning of a feed does."""
    return repr([(feed.name, feed.record, feed.select) for feed in feeds])

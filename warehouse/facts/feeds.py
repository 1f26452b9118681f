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
from warehouse.store.rows import only_column, row_dicts
from warehouse.store.sqltext import Sql, fill, identifier, listed, literal, statement, statements, type_name

STATED = ("platform", "shop_id", "source_row_id", "zone")  # every feed yields them
_RECORD = re.compile(r"^-- record: ([a-z_]+)$", re.MULTILINE)
_STREAMS = re.compile(r"^-- streams: ([a-z0-9_, ]+)$", re.MULTILINE)
# What another fact may fill where nothing is stated: a row that states it must be fresh whenever the other fact moves.
_LINKED = frozenset({"last_agent", "order_owner"})
# Days of records that were refused, or are no longer.
_REFUSED_DAYS = Sql("select distinct unnest(days) from core_refused where load_seq > ? or until_seq > ?")


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One SELECT over `feed_record` into one canonical table.

    Attributes:
        stem: connector and stream, as in the name of the raw table.
        table: the canonical table.
        record: its column that carries the key of the raw record.
        select: the SQL.
        is_final: a column it yields stands as it is, NULL too; else a derived value takes the place of NULL.
        origin: what a person looks at when the feed is wrong: its file in sql/feeds, or the stream itself.
    """

    stem: str
    table: str
    record: str
    select: Sql
    is_final: bool
    origin: str

    @property
    def raw_table(self) -> Sql:
        """The table of its records."""
        return identifier(f"raw_{self.stem}")

    @property
    def name(self) -> str:
        """Stream and table, as a file that serves this stream alone is called."""
        return f"{self.stem}__{self.table}"


@cache
def shipped_feeds() -> tuple[Feed, ...]:
    """The feeds of sql/feeds, by table in the order of the registry.

    Raises:
        WarehouseError: W206 when a file's name or header promises nothing that can be kept.
    """
    found = [feed for name in statements("feeds") for feed in _read(name)]
    order = list(FACTS)
    return tuple(sorted(found, key=lambda feed: (order.index(feed.table), feed.stem)))


def _read(name: str) -> list[Feed]:
    """The feeds of a file: of the stream in its name, or of every stream that its header lists."""
    stem, _, table = name.partition("__")
    text = statement(f"feeds/{name}.sql")
    header, streams = _RECORD.search(text), _STREAMS.search(text)
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
    return [
        Feed(
            stem=stream,
            table=table,
            record=record,
            select=text,
            is_final=True,
            origin=f"warehouse/sql/feeds/{name}.sql",
        )
        for stream in (streams[1].split(", ") if streams else [stem])
    ]


@cache
def file_feeds() -> tuple[Feed, ...]:
    """One feed per table that fact files may fill."""
    return tuple(_stated(f"{FILE_DROP}_{t.name}", t) for t in FACTS.values() if not t.derived_from)


def declared_feeds(con: duckdb.DuckDBPyConnection) -> tuple[Feed, ...]:
    """One feed per stream of the company's own connectors: their payloads are given columns, as those of fact files are."""
    shipped = {feed.stem for feed in shipped_feeds()}
    sql = Sql(
        "select distinct concat(connector, '_', stream) as stem, unnest(feeds) as fact from source_account"
        " where connector <> ? order by all"
    )
    return tuple(
        _stated(row["stem"], FACTS[row["fact"]])
        for row in row_dicts(con, sql, [FILE_DROP])
        # a shipped stream is read by its file in sql/feeds, whatever its account lists
        if row["stem"] not in shipped and row["fact"] in FACTS and not FACTS[row["fact"]].derived_from
    )


def _stated(stem: str, table: Table) -> Feed:
    """The feed of a stream whose payloads hold the given columns of a table under their own names."""
    return Feed(
        stem=stem,
        table=table.name,
        record="source_row_id",
        select=_from_payload(table),
        is_final=False,
        origin=f"stream {stem}",
    )


def _from_payload(table: Table) -> Sql:
    columns = [c for c in table.given if c.name not in STATED]
    # One call for all paths: each call of json_extract_string reads the whole payload again
    # (https://duckdb.org/docs/stable/data/json/json_functions, "Multiple extraction").
    sql = Sql(
        "with read as (select platform, shop_id, record_key as source_row_id, zone,"
        " json_extract_string(payload, [${paths}]) as v from feed_record)\n"
        "select platform, shop_id, source_row_id, zone, ${casts} from read"
    )
    cast = Sql("cast(v[${n}] as ${kind}) as ${name}")
    return fill(
        sql,
        paths=listed(literal(f"$.{c.name}") for c in columns),
        casts=listed(
            fill(cast, n=literal(n), kind=type_name(c.sql_type), name=identifier(c.name))
            # from 1: so DuckDB counts the elements of a list
            for n, c in enumerate(columns, start=1)
        ),
    )


def present_feeds(con: duckdb.DuckDBPyConnection) -> list[Feed]:
    """The feeds whose streams were ever loaded, by table in the order of the registry."""
    raw = set(only_column(con, Sql("select table_name from duckdb_tables() where not temporary")))
    order = list(FACTS)
    known = (*shipped_feeds(), *declared_feeds(con), *file_feeds())
    present = [feed for feed in known if feed.raw_table in raw]
    return sorted(present, key=lambda feed: (order.index(feed.table), feed.stem))


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
    # what a fact file changes may reach far beyond its own days: the caller looks after those (stale_days.py)
    read = [feed for feed in present_feeds(con) if not feed.stem.startswith(f"{FILE_DROP}_")]
    days = {day for feed in read for day in only_column(con, _touched(feed), [since])}
    gone = Sql(
        "select distinct record_day from record_history where connector <> ? and replaced_by_load_seq > ?"
    )
    days.update(only_column(con, gone, [FILE_DROP, since]))
    days.update(only_column(con, _REFUSED_DAYS, [since, since]))
    # an order that is not paid or not delivered yet has no such day
    return {day for day in days if day is not None}


def _touched(feed: Feed) -> Sql:
    sql = Sql(
        "select distinct unnest([${dates}]) as day from ${core} as c"
        " inner join ${raw} as r on r.shop_id = c.shop_id and r.record_key = c.${record} where r.load_seq > ?"
    )
    return fill(
        sql,
        dates=listed(fill(Sql("c.${day}"), day=identifier(day)) for day in FACTS[feed.table].dates),
        core=identifier(f"core_{feed.table}"),
        raw=feed.raw_table,
        record=identifier(feed.record),
    )


def feeds_digest(feeds: Iterable[Feed]) -> str:
    """Text that changes when the meaning of a feed does."""
    return repr([(feed.name, feed.record, feed.select) for feed in feeds])

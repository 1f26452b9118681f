"""Facts and holdings as Polars frames: columns read as they stand, days cut, numbers as whole numbers.

Belongs here: reading columns of one table, batch after batch. Not here: conditions (trees.py), who is credited (credit.py).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl
from polars.io.plugins import register_io_source

from models.definitions.ranges import Days
from warehouse.store.rows import run
from warehouse.store.sqltext import Sql, fill, identifier, listed

DAY = "_day"  # begins with what no column of the registry begins with
_BATCH = 100_000  # rows; of twenty columns some 20 MB


@dataclass(frozen=True)
class FactRows:
    """The rows of a fact on some days: `frame` yields them lazily, `places` are those of its numbers."""

    frame: pl.LazyFrame
    places: Mapping[str, int]


def fact_rows(
    con: duckdb.DuckDBPyConnection, fact: str, columns: Collection[str], day: str, days: Days | None
) -> FactRows:
    """Columns of the rows whose date `day` lies within `days`, both ends included, or is not known; it is called DAY as well."""
    names = sorted({*columns, day})
    within = Sql("${day} is null") if days is None else Sql("${day} >= ? and ${day} <= ?")
    sql = fill(
        Sql("select ${columns} from ${table} where ${within}"),
        within=fill(within, day=identifier(day)),
        columns=listed(identifier(name) for name in names),
        table=identifier(f"core_{fact}"),
    )

    def batches(cursor: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
        for batch in run(cursor, sql, days or ()).to_arrow_reader(_BATCH):
            frame = pl.DataFrame(batch)
            yield frame.select(*_plain(frame.schema), pl.col(day).alias(DAY))

    with con.cursor() as cursor:
        # no row of it: the columns' types are known before anything is read
        none = fill(Sql("${rows} limit 0"), rows=sql)
        schema = pl.DataFrame(run(cursor, none, days or ()).to_arrow_table()).schema
    places = {name: dtype.scale for name, dtype in schema.items() if isinstance(dtype, pl.Decimal)}
    empty = pl.DataFrame(schema=schema).select(*_plain(schema), pl.col(day).alias(DAY))
    return FactRows(_source(con, batches, empty.schema), places)


def _plain(schema: pl.Schema) -> list[pl.Expr]:
    """Numbers as Int128, everything else as it is."""
    return [
        pl.col(name).to_physical().cast(pl.Int128)
        if isinstance(dtype, pl.Decimal) or dtype.is_integer()
        else pl.col(name)
        for name, dtype in schema.items()
    ]


def _source(
    con: duckdb.DuckDBPyConnection,
    batches: Callable[[duckdb.DuckDBPyConnection], Iterator[pl.DataFrame]],
    schema: pl.Schema,
) -> pl.LazyFrame:
    def read(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, _size: int | None
    ) -> Iterator[pl.DataFrame]:
        # a connection holds one result at a time: each reading has its own
        with con.cursor() as cursor:
            for batch in batches(cursor):
                frame = batch if predicate is None else batch.filter(predicate)
                frame = frame if with_columns is None else frame.select(with_columns)
                if n_rows is None:
                    yield frame
                elif n_rows > 0:
                    yield frame.head(n_rows)
                    n_rows -= frame.height

    return register_io_source(read, schema=schema)


def table_rows(con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Sequence[object]) -> pl.DataFrame:
    """The rows of a small table, such as the holdings."""
    return pl.DataFrame(run(con, sql, parameters).to_arrow_table())

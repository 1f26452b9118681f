"""Whether two homes publish the same: every table of both, row by row, and the columns in which rows differ.

    python benchmarks/compare_homes.py HOME_A HOME_B [--except TABLE.COLUMN ...]

For a change of code that must not change figures: run the demo before and after, then compare. Prints per table the rows of A
and of B, how many rows differ (a row of one side that the other does not have, counted on the side with more of them), and the
columns in which rows of the same key differ, with how many. Columns and tables that only one side has are told. Exit code 1 when
anything differs.

A column that may differ is named: `--except source_health.loaded_at`; `*` stands for every table: `--except '*.loaded_at'`.
Columns that hold the instant of a run (publication.as_of, source_health.loaded_at) are equal when both runs were given the same
instant, as the demo is, and need no exception then.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

# before the imports below: Python puts the folder of the script on the path, not the checkout
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.tables import FACTS
from warehouse.store.connect import PUBLISHED
from warehouse.store.memory import memory_limit
from warehouse.store.rows import only_column, only_value, row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal

_FIGURE = ("person_id", "role_id", "kpi_id")
# What tells a row of a table; a table that is not named here, or holds a key twice, is compared by whole rows alone.
KEYS: dict[str, tuple[str, ...]] = {
    "kpi_actual_daily": ("business_date", *_FIGURE),
    "kpi_actual_mtd": ("business_date", *_FIGURE),
    "kpi_actual_period": ("period", *_FIGURE),
    "scorecard": ("period", "person_id", "role_id"),
    "scorecard_line": ("period", *_FIGURE),
    "reconciliation": ("period", "platform", "shop_id", "measure"),
    "source_health": ("connector", "stream", "shop_id", "business_date"),
    "source_record": ("connector", "stream", "shop_id", "record_day", "landing_file"),
    "kpi_label": ("kpi_id", "effective_from"),
    "role_label": ("role_id",),
    "core_person": ("person_id", "role_id", "valid_from"),
    "core_ownership": ("scope_type", "scope_id", "role_id", "person_id", "valid_from"),
    "core_target": ("scope", "scope_id", "kpi_id", "period", "version"),
    **{f"core_{name}": table.key for name, table in FACTS.items()},
}


@dataclass(frozen=True, kw_only=True)
class TableComparison:
    """What two publications of a table have in common; a side without the table has no rows."""

    table: str
    rows_a: int | None
    rows_b: int | None
    differ: int
    columns: tuple[str, ...]  # a name with the number of rows, or with the side that alone has it

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs that was not excepted."""
        return not self.differ and not self.columns and None not in (self.rows_a, self.rows_b)


def compare_homes(home_a: Path, home_b: Path, excepted: Sequence[str] = ()) -> list[TableComparison]:
    """Every table that either home publishes, by name.

    Args:
        home_a: a home with a publication.
        home_b: another one.
        excepted: `table.column`, or `*.column` for every table.
    """
    with duckdb.connect(config={"memory_limit": memory_limit()}) as con:
        for side, home in (("a", home_a), ("b", home_b)):
            # read-only: DuckDB then lets other processes read the same file meanwhile (DuckDB documentation, Concurrency)
            sql = Sql("attach ${path} as ${side} (read_only)")
            run(con, fill(sql, path=literal(str(home / PUBLISHED)), side=identifier(side)))
        tables = Sql(
            "select distinct table_name from duckdb_tables() where database_name in ('a', 'b') order by 1"
        )
        return [_compare(con, table, frozenset(excepted)) for table in only_column(con, tables)]


def _compare(con: duckdb.DuckDBPyConnection, table: str, excepted: frozenset[str]) -> TableComparison:
    columns_a, columns_b = (
        [c for c in _columns(con, side, table) if not excepted & {f"{table}.{c}", f"*.{c}"}]
        for side in ("a", "b")
    )
    shared = [column for column in columns_a if column in columns_b]
    alone = [f"{c} (only A)" for c in columns_a if c not in shared]
    alone += [f"{c} (only B)" for c in columns_b if c not in shared]
    if not (columns_a and columns_b):
        side = "a" if columns_a else "b"
        rows = _count(con, side, table)
        return TableComparison(
            table=table,
            rows_a=rows if side == "a" else None,
            rows_b=rows if side == "b" else None,
            differ=rows,
            columns=(f"the whole table (only {side.upper()})",),
        )
    differ = max(_missing(con, table, shared, sides) for sides in (("a", "b"), ("b", "a")))
    return TableComparison(
        table=table,
        rows_a=_count(con, "a", table),
        rows_b=_count(con, "b", table),
        differ=differ,
        columns=(*alone, *(_differing(con, table, shared) if differ else ())),
    )


def _columns(con: duckdb.DuckDBPyConnection, side: str, table: str) -> list[str]:
    sql = Sql(
        "select column_name from duckdb_columns() where database_name = ? and table_name = ? order by column_index"
    )
    return [str(name) for name in only_column(con, sql, [side, table])]


def _count(con: duckdb.DuckDBPyConnection, side: str, table: str) -> int:
    return int(only_value(con, fill(Sql("select count(*) from ${table}"), table=_of(side, table))))


def _of(side: str, table: str) -> Sql:
    return fill(Sql("${side}.main.${table}"), side=identifier(side), table=identifier(table))


def _missing(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], sides: tuple[str, str]
) -> int:
    """Rows of one side that the other does not have; a row that stands twice must stand twice on both."""
    sql = Sql(
        "select count(*) from (select ${columns} from ${one} except all select ${columns} from ${other})"
    )
    one, other = (_of(side, table) for side in sides)
    return int(only_value(con, fill(sql, columns=_listed(columns), one=one, other=other)))


def _differing(con: duckdb.DuckDBPyConnection, table: str, shared: Sequence[str]) -> Iterator[str]:
    """Columns in which rows of the same key differ, each with how many rows."""
    key = [column for column in KEYS.get(table, ()) if column in shared]
    # without a whole, unique key the join below would pair rows that do not belong together
    if len(key) != len(KEYS.get(table, ())) or not key or not _is_unique(con, table, key):
        return
    rest = [column for column in shared if column not in key]
    # null equals null here, unlike with `=`: a part of a key may be empty
    same = joined(Sql(" and "), (_pair(column, Sql("is not distinct from")) for column in key))
    count = Sql("count(*) filter (where ${differs}) as ${column}")
    counts = (
        fill(count, differs=_pair(column, Sql("is distinct from")), column=identifier(column))
        for column in rest
    )
    sql = fill(
        Sql("select ${counts} from ${a} as a inner join ${b} as b on ${same}"),
        counts=listed(counts),
        a=_of("a", table),
        b=_of("b", table),
        same=same,
    )
    # a table of nothing but its key has no column left to count
    for found in row_dicts(con, sql) if rest else ():
        yield from (f"{column} ({n})" for column, n in found.items() if n)


def _is_unique(con: duckdb.DuckDBPyConnection, table: str, key: Sequence[str]) -> bool:
    sql = Sql("select count(*) = (select count(*) from (select distinct ${key} from ${table})) from ${table}")
    return all(only_value(con, fill(sql, key=_listed(key), table=_of(side, table))) for side in ("a", "b"))


def _pair(column: str, operator: Sql) -> Sql:
    return fill(Sql("a.${column} ${operator} b.${column}"), column=identifier(column), operator=operator)


def _listed(columns: Sequence[str]) -> Sql:
    return listed(identifier(column) for column in columns)


def told(compared: Sequence[TableComparison]) -> str:
    """One line a table, and one that says how many differ."""
    lines = [f"{'table':<22}{'rows A':>10}{'rows B':>10}{'differ':>10}  columns"]
    for table in compared:
        rows = ("-" if n is None else f"{n:,}" for n in (table.rows_a, table.rows_b, table.differ))
        lines.append(
            f"{table.table:<22}" + "".join(f"{n:>10}" for n in rows) + f"  {', '.join(table.columns)}"
        )
    wrong = [table.table for table in compared if not table.is_equal]
    if wrong:
        lines.append(f"{len(wrong)} of {len(compared)} tables differ: {', '.join(wrong)}")
    else:
        lines.append(f"{len(compared)} tables are equal")
    return "\n".join(line.rstrip() for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison; 1 when anything differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("home_a", type=Path, metavar="HOME_A")
    parser.add_argument("home_b", type=Path, metavar="HOME_B")
    parser.add_argument("--except", dest="excepted", nargs="+", default=[], metavar="TABLE.COLUMN")
    chosen = parser.parse_args(arguments)
    compared = compare_homes(chosen.home_a, chosen.home_b, chosen.excepted)
    print(told(compared))
    return 0 if all(table.is_equal for table in compared) else 1


if __name__ == "__main__":
    sys.exit(main())

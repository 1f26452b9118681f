"""Every table of the registry can be filled by a file made from its own template."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.file_drop import read_manifest, write_templates
from connectors.file_drop.fact_layouts import fact_layout, file_columns
from connectors.file_drop.fact_templates import MANIFEST_TEXT
from models.attribution import Attribution
from models.tables import FACTS, Column, ColumnType, Derivation
from tests.warehouse.facts.world import FactWorld
from warehouse.facts.checks import run_check

ROOT = Path(__file__).resolve().parents[3]
FED = [t.name for t in FACTS.values() if not t.derived_from]


def example(column: Column) -> str:
    if column.allowed:
        return column.allowed[0]
    if column.name == "currency":
        return "CNY"
    if column.type is ColumnType.NUMBER and not column.bounds.holds(Decimal(3)):
        return "1"  # a share
    kinds = {
        ColumnType.TEXT: "X1",
        ColumnType.NUMBER: "3",
        ColumnType.BOOLEAN: "yes",
        ColumnType.DATE: "2026-10-05",
        ColumnType.INSTANT: "2026-10-05 09:30:00",
    }
    return kinds[column.type]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> FactWorld:
    world = FactWorld(tmp_path_factory.mktemp("all"))
    for table in FED:
        world.drop(table, [{c.name: example(c) for c in file_columns(table)}])
    world.build()
    return world


@pytest.mark.parametrize("table", FED)
def test_a_file_of_every_table_becomes_its_row(filled: FactWorld, table: str) -> None:
    with filled.warehouse() as con:
        cursor = con.execute(f"select * from core_{table}")
        names = [d[0] for d in cursor.description or []]
        (row,) = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    fact = FACTS[table]
    empty = [c.name for c in fact.columns if c.given and row[c.name] is None]
    assert (row["platform"], row["shop_id"]) == ("file", "uk")
    assert empty == []
    for column in fact.columns:
        if column.derived and column.derived.rule is Derivation.BASE:
            assert row[column.name] == Decimal(3) * row["fx_rate"]
        if column.derived and column.derived.rule is Derivation.LOCAL_DAY:
            assert row[column.name].isoformat() == "2026-10-05"


def test_no_file_was_refused_and_no_key_occurs_twice(filled: FactWorld) -> None:
    assert filled.failures() == []
    with filled.warehouse() as con:
        assert run_check(con, "unique_keys").failing == 0


def test_a_second_row_of_a_key_is_found_in_every_table(filled: FactWorld) -> None:
    with filled.warehouse() as con:
        con.execute("begin")
        for table in FED:
            con.execute(f"insert into core_{table} select * from core_{table}")
        found = run_check(con, "unique_keys").failing
        con.execute("rollback")

    assert found >= len(FED)


@pytest.mark.parametrize("table", FED)
def test_every_table_has_a_template_that_reads_as_an_empty_file(tmp_path: Path, table: str) -> None:
    write_templates(tmp_path)

    with (tmp_path / f"facts/templates/{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))

    assert rows[0] == [c.name for c in fact_layout(table).columns]
    assert all(row[0].startswith("#") for row in rows[1:])


@pytest.mark.parametrize("table", list(FACTS))
def test_every_column_is_explained_in_both_languages_and_placed_in_a_layout(table: str) -> None:
    fact = FACTS[table]
    titles = [title for column in file_columns(table) for title in {column.name, column.zh}]

    assert all(c.description and c.zh for c in fact.columns)
    assert fact.zh
    assert len(titles) == len(set(titles))
    assert all(fact.column(name) for name in (*fact.key, *fact.dates, *fact.scopes.values(), *fact.own_days))
    assert fact.derived_from or {c.name for c in fact.given if c.required} or table == "live_share"


def test_the_examples_of_the_page_and_of_the_template_are_read() -> None:
    (entries, daily, parameters) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/fact-files.md").read_text("utf-8"), re.DOTALL
    )
    commented = MANIFEST_TEXT.replace("drops: []", "drops:").replace("#  - ", "  - ").replace("#    ", "    ")

    assert [(d.table, d.rows) for d in read_manifest(entries)] == [("traffic", 310), ("ad", 62)]
    assert {d.table for d in read_manifest(f"drops:\n{daily}")} == {"agent_day"}
    assert [(d.table, d.currency) for d in read_manifest(commented)] == [("traffic", "CNY")]
    assert parameters.strip() == f"attribution: {str(Attribution().parameters()).replace(chr(39), '')}"

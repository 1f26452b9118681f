"""The catalogue describes the published file as it is, column by column."""

from pathlib import Path

import yaml

from models.tables import FACTS
from warehouse.published import catalogue
from warehouse.published.catalogue import published_catalogue
from warehouse.published.publish import PUBLISHED_TABLES, publish
from warehouse.store.connect import open_published, open_warehouse

LONG = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}


def test_the_catalogue_names_every_column_of_a_published_file_with_its_type(tmp_path: Path) -> None:
    with open_warehouse(tmp_path) as con:
        publish(con, tmp_path)
    with open_published(tmp_path) as con:
        found = con.execute(
            "select table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall()

    told = {
        (table.name, column.name, LONG.get(column.sql_type, column.sql_type))
        for table in published_catalogue().values()
        for column in table.columns
    }

    assert told == set(found)
    assert tuple(published_catalogue()) == PUBLISHED_TABLES


def test_every_table_and_column_is_explained_in_both_languages() -> None:
    tables = published_catalogue().values()

    assert [t.name for t in tables if not (t.zh and t.en)] == []
    assert [(t.name, c.name) for t in tables for c in t.columns if not (c.zh and c.en)] == []


def test_a_key_is_made_of_columns_of_its_table() -> None:
    for table in published_catalogue().values():
        assert set(table.key) <= {column.name for column in table.columns}, table.name


def test_no_word_of_the_catalogue_is_unused() -> None:
    said = yaml.safe_load(Path(catalogue.__file__).with_suffix(".yaml").read_text("utf-8"))
    described = [t for t in published_catalogue().values() if t.name.removeprefix("core_") not in FACTS]

    assert said["tables"].keys() == {table.name for table in described}
    assert said["columns"].keys() <= {column.name for table in described for column in table.columns}

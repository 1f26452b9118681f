"""What stands in the published file: every table with its family, key, meaning and columns, for people who read it.

Belongs here: the description, put together from the registry of canonical tables, `catalogue.yaml` (meanings of all other
tables) and an empty warehouse (their types). Not here: what is published (publish.py), how a description is shown (pages,
`kpi tables`).
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.tables import FAMILIES, Column, Sensitivity, Table
from warehouse.published.publish import PUBLISHED_TABLES
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import row_dicts
from warehouse.store.sqltext import Sql

_MEANINGS = Path(__file__).with_name("catalogue.yaml")
_CANONICAL = {
    f"core_{table.name}": (family, table) for family, tables in FAMILIES.items() for table in tables
}
# DuckDB answers with the long name of the type that its own documentation and our registry write short:
# https://duckdb.org/docs/stable/sql/data_types/timestamp
_SHORT_TYPES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}


@dataclass(frozen=True, kw_only=True)
class PublishedColumn:
    """One column: DuckDB type, unit (empty where there is none), meaning in both languages, how it is filled, what it holds."""

    name: str
    sql_type: str
    unit: str
    zh: str
    en: str
    origin: str = ""
    values: str = ""


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """One table: `key` is what no two rows share; `dated_by` and `owned_by` are what a KPI and an owner may name."""

    name: str
    family: str
    zh: str
    en: str
    key: tuple[str, ...]
    columns: tuple[PublishedColumn, ...]
    dated_by: tuple[str, ...] = ()
    owned_by: tuple[str, ...] = ()

    def in_one_line(self) -> tuple[str, str]:
        """The first sentence of the meaning, in Chinese and English: what a list of tables has room for."""
        # with the blank: the point of a number or of a file's name ends no sentence
        return self.zh.partition("。")[0], self.en.partition(". ")[0].removesuffix(".")


@cache
def published_catalogue() -> dict[str, PublishedTable]:
    """Every published table by name, in the order of the file."""
    said: dict[str, Any] = yaml.safe_load(_MEANINGS.read_text("utf-8"))
    # of a new, empty warehouse: types are those of this version, whatever the company's file is like
    with tempfile.TemporaryDirectory() as folder, open_warehouse(Path(folder)) as con:
        sql = Sql(
            "select table_name, column_name, data_type from duckdb_columns() where not internal"
            " order by table_name, column_index"
        )
        found = row_dicts(con, sql)
    types: dict[str, dict[str, str]] = {}
    for row in found:
        kind = row["data_type"]
        types.setdefault(row["table_name"], {})[row["column_name"]] = _SHORT_TYPES.get(kind, kind)
    return {
        name: _canonical(name, *_CANONICAL[name])
        if name in _CANONICAL
        else _described(name, said["tables"][name], said["columns"], types[name])
        for name in PUBLISHED_TABLES
    }


def _described(
    name: str, said: Mapping[str, Any], shared: Mapping[str, list[str]], types: Mapping[str, str]
) -> PublishedTable:
    meanings = {**shared, **said.get("own", {})}
    return PublishedTable(
        name=name,
        family=said["family"],
        zh=said["zh"],
        en=said["en"],
        key=tuple(said["key"]),
        columns=tuple(_column(column, kind, *meanings[column]) for column, kind in types.items()),
    )


def _column(name: str, sql_type: str, zh: str, en: str, unit: str = "") -> PublishedColumn:
    return PublishedColumn(name=name, sql_type=sql_type, unit=unit, zh=zh, en=en)


def _canonical(name: str, family: str, table: Table) -> PublishedTable:
    return PublishedTable(
        name=name,
        family=family,
        zh=f"{table.zh}。",
        en=f"{table.grain[0].upper()}{table.grain[1:]}.",
        key=table.key,
        columns=tuple(
            PublishedColumn(
                name=column.name,
                sql_type=column.sql_type,
                unit=column.unit,
                zh=column.zh,
                en=column.description,
                origin=_origin(column),
                values=column.values,
            )
            for column in table.columns
        ),
        dated_by=table.dates,
        owned_by=tuple(f"{scope} ({column})" for scope, column in table.scopes.items()),
    )


def _origin(column: Column) -> str:
    """Stated by the source, filled by a rule, kept as a hash: all that apply."""
    words = ["stated"] if column.given else []
    words += [f"rule {column.derived.rule.value}"] if column.derived else []
    words += ["hashed"] if column.sensitivity is Sensitivity.PERSONAL else []
    return ", ".join(words)

"""The layout of a fact file, from the registry of canonical tables: nothing is written twice.

Not here: the tables (models/tables), the layouts of company tables (layouts/).
"""

import re
from decimal import Decimal
from functools import cache

from connectors.file_drop.layout import CellType, ColumnSpec, Layout
from models.tables import FACTS, Column, ColumnType

FROM_DROP = frozenset({"platform", "shop_id", "source_row_id"})  # stated by facts.yaml, not by the file
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_TYPES: dict[ColumnType, CellType] = {
    ColumnType.TEXT: "text",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.INSTANT: "instant",
}


@cache
def fact_layout(table: str) -> Layout:
    """How a file of a canonical table must look."""
    fact = FACTS[table]
    return Layout(
        table=table,
        grain=tuple(name for name in fact.key if name not in FROM_DROP),
        bad_rows="refuse",
        columns=tuple(_spec(column) for column in file_columns(table)),
    )


def file_columns(table: str) -> tuple[Column, ...]:
    """The columns that stand in a file of the table, in order."""
    return tuple(c for c in FACTS[table].given if c.name not in FROM_DROP)


def _spec(column: Column) -> ColumnSpec:
    common = {
        "name": column.name,
        "required": column.required,
        "headers": (column.zh,),
        "default": column.default or None,
    }
    if column.type is not ColumnType.NUMBER:
        is_id = column.type is ColumnType.TEXT and column.name.endswith("_id")
        return ColumnSpec(**common, type=_TYPES[column.type], id=is_id, allowed=column.allowed)
    exact = _DECIMAL.fullmatch(column.sql_type)
    if exact is None:
        return ColumnSpec(**common, type="integer")
    digits, places = int(exact[1]), int(exact[2])
    top = Decimal(10) ** (digits - places) - 1
    return ColumnSpec(
        **common, type="decimal", places=places, percent=column.unit == "ratio", min=-top, max=top
    )

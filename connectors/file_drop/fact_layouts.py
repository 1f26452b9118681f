"""The layout of a fact file, from the registry of canonical tables: nothing is written twice.

Not here: the tables (models/tables), the layouts of company tables (layouts/).
"""

from decimal import Decimal
from functools import cache

from connectors.file_drop.layout import CellType, ColumnSpec, Layout
from models.tables import FACTS, Column, ColumnType, Table
from models.values import WHOLE_DIGITS, width_of

FROM_DROP = frozenset({"platform", "shop_id", "source_row_id"})  # stated by facts.yaml, not by the file
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
        # what is proven by its rows and totals cannot have one left out
        bad_rows="refuse",
        columns=tuple(_spec(column, fact) for column in file_columns(table)),
    )


def file_columns(table: str) -> tuple[Column, ...]:
    """The columns that stand in a file of the table, in order."""
    return tuple(c for c in FACTS[table].given if c.name not in FROM_DROP)


def _spec(column: Column, fact: Table) -> ColumnSpec:
    common = {
        "name": column.name,
        "required": column.required,
        # the Chinese name is as good a header as the column's own
        "headers": (column.zh,),
        "default": column.default or None,
    }
    if column.type is not ColumnType.NUMBER:
        kind = "currency" if column.is_currency else _TYPES[column.type]
        return ColumnSpec(
            **common,
            type=kind,
            id=column.is_id or column.name in fact.scopes.values(),
            allowed=column.allowed,
        )
    width = width_of(column.sql_type)
    # a whole number below the top leaves the column its decimals
    top = Decimal(10 ** (width.whole if width else WHOLE_DIGITS) - 1)
    least, most = column.bounds
    # the law of the column, or else what it holds
    common |= {
        "min": -top if least is None else least,
        "max": top if most is None else most,
        "meant": column.meant,
    }
    if width is None:
        return ColumnSpec(**common, type="integer")
    return ColumnSpec(**common, type="decimal", places=width.places, percent=column.unit == "ratio")

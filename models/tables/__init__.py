"""The canonical tables: every column a KPI formula may name, with type, unit, meaning, sensitivity and origin.

This registry is the single place that knows columns. The formula checker, the KPI compiler, the tables of the warehouse, the
layouts and templates of dropped files, the published schema and its page are derived from it. One module per family.
Not here: SQL that fills the tables (`warehouse/sql/feeds/`, `warehouse/facts/derived_columns.py`).
"""

from models.tables import goods, live, people, sales, service, traffic
from models.tables.columns import (
    MONEY,
    MONEY_BASE,
    MONEY_WIDTH,
    Column,
    ColumnType,
    Derivation,
    Derived,
    Sensitivity,
    Table,
)
from models.tables.sales import ORDER_LINE, REFUND
from models.tables.service import TICKET

FACTS: dict[str, Table] = {
    t.name: t
    for t in (
        ORDER_LINE,
        REFUND,
        TICKET,
        *(
            t
            for family in (sales, traffic, live, service, goods, people)
            for t in family.TABLES
            if t not in (ORDER_LINE, REFUND, TICKET)
        ),
    )
}

__all__ = [
    "FACTS",
    "MONEY",
    "MONEY_BASE",
    "MONEY_WIDTH",
    "ORDER_LINE",
    "REFUND",
    "TICKET",
    "Column",
    "ColumnType",
    "Derivation",
    "Derived",
    "Sensitivity",
    "Table",
]

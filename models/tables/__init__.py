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
    LostDay,
    Sensitivity,
    Table,
)
from models.tables.sales import ORDER_LINE, REFUND
from models.tables.service import TICKET

FAMILIES: dict[str, tuple[Table, ...]] = {
    "sales": sales.TABLES,
    "traffic": traffic.TABLES,
    "live": live.TABLES,
    "service": service.TABLES,
    "goods": goods.TABLES,
    "people": people.TABLES,
}
# The three tables that were there first stand first: whatever lists tables keeps its order when families grow.
FACTS: dict[str, Table] = {
    t.name: t
    for t in (
        ORDER_LINE,
        REFUND,
        TICKET,
        *(t for tables in FAMILIES.values() for t in tables if t not in (ORDER_LINE, REFUND, TICKET)),
    )
}

__all__ = [
    "FACTS",
    "FAMILIES",
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
    "LostDay",
    "Sensitivity",
    "Table",
]

"""What people's KPIs came to in earlier periods, for the plan of the next one.

Belongs here: the question to the published file. Not here: which periods are asked for, and what a history says of a target
(models/closing/blind_targets.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from models.figure import FigureStatus
from models.periods import Period
from warehouse.published.query import published
from warehouse.store.sqltext import Sql


@dataclass(frozen=True, kw_only=True)
class PastFigure:
    """One figure of one person in one role; never without a value."""

    period: str
    person_id: str
    role_id: str
    kpi_id: str
    value: Decimal
    numerator: Decimal | None
    status: FigureStatus


def past_figures(con: duckdb.DuckDBPyConnection, periods: Sequence[Period]) -> list[PastFigure]:
    """The figures of some periods that have a value, in the order of their days."""
    sql = Sql("""
        select period, person_id, role_id, kpi_id, value, numerator, status from kpi_actual_period
        where list_contains(?, period) and value is not null order by person_id, role_id, kpi_id, period
    """)
    order = {period.id: period.start for period in periods}
    found = published(con, sql, [list(order)], PastFigure)
    return sorted(found, key=lambda figure: order[figure.period])

"""Targets as the actuals need them: of a month, up to a day, of one day.

Belongs here: the targets of a duty's span. Not here: which target applies and which part of it (models.appraisal.targets),
scores.
"""

from datetime import date
from decimal import Decimal

import duckdb

from models.appraisal.targets import TargetBook
from models.definitions.load import Definitions
from models.periods import Period, month_of
from warehouse.figures.inputs import read_people, read_targets
from warehouse.figures.plan import MeasuredPerson


class Targets:
    """All targets of the company, resolved as the scorecard resolves them (models.appraisal.targets)."""

    def __init__(self, con: duckdb.DuckDBPyConnection, definitions: Definitions) -> None:
        self._book = TargetBook(definitions, read_targets(con), read_people(con))

    def of_period(self, person_id: str, role_id: str, kpi_id: str, period: Period) -> Decimal | None:
        """The target of a whole period; None when there is none."""
        resolved = self._book.resolve(person_id, role_id, kpi_id, period)
        return resolved.value if resolved is not None else None

    def to_date(self, person_id: str, role_id: str, kpi_id: str, day: date) -> Decimal | None:
        """The part of the month's target due by a day: by the days in the role for what adds up, else the whole."""
        month = month_of(day)
        return self._book.due(person_id, role_id, kpi_id, month, (month.start, day))

    def of_day(self, person_id: str, role_id: str, kpi_id: str, day: date) -> Decimal | None:
        """The part of the month's target that falls on one day."""
        return self._book.due(person_id, role_id, kpi_id, month_of(day), (day, day))

    def daily(self, duty: MeasuredPerson, kpi_id: str) -> Decimal | None:
        """Target of a duty whose span is one day."""
        return self.of_day(duty.person_id, duty.role_id, kpi_id, duty.span.end)

    def month_to_date(self, duty: MeasuredPerson, kpi_id: str) -> Decimal | None:
        """Target of a duty whose span runs from the first of the month."""
        return self.to_date(duty.person_id, duty.role_id, kpi_id, duty.span.end)

    def whole(self, duty: MeasuredPerson, kpi_id: str) -> Decimal | None:
        """Target of a duty whose label is a period."""
        return self.of_period(duty.person_id, duty.role_id, kpi_id, Period.parse(duty.span.label))

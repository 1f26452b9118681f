"""Targets as the actuals need them: of a month, up to a day, of one day.

Belongs here: looking a target up and dividing it by days. Not here: scores.
"""

from datetime import date, timedelta
from decimal import Decimal

import duckdb

from models.appraisal.targets import TargetBook, target_to_date
from models.definitions.composites import is_additive
from models.definitions.load import Definitions
from models.periods import Period, month_of
from warehouse.figures.inputs import read_targets
from warehouse.figures.plan import MeasuredPerson


class Targets:
    """All targets of the company, resolved as the scorecard resolves them (models.appraisal.targets)."""

    def __init__(self, con: duckdb.DuckDBPyConnection, definitions: Definitions) -> None:
        self._definitions = definitions
        self._book = TargetBook(definitions, read_targets(con))

    def of_period(self, person_id: str, role_id: str, kpi_id: str, period: Period) -> Decimal | None:
        """The target of a whole period; None when there is none."""
        resolved = self._book.resolve(person_id, role_id, kpi_id, period)
        return resolved.value if resolved is not None else None

    def to_date(self, person_id: str, role_id: str, kpi_id: str, day: date) -> Decimal | None:
        """The part of the month's target due by a day: by calendar days for what adds up, else the whole."""
        return self._part(person_id, role_id, kpi_id, day, day.day)

    def of_day(self, person_id: str, role_id: str, kpi_id: str, day: date) -> Decimal | None:
        """The part of the month's target that falls on one day."""
        return self._part(person_id, role_id, kpi_id, day, 1)

    def _part(self, person_id: str, role_id: str, kpi_id: str, day: date, days: int) -> Decimal | None:
        month = month_of(day)
        whole = self.of_period(person_id, role_id, kpi_id, month)
        if whole is None:
            return None
        # the version in force at the month's end: by that one the month is scored
        kpi = self._definitions.kpi(kpi_id, month.end)
        additive = is_additive(kpi, lambda name: self._definitions.kpi(name, month.end))
        return target_to_date(whole, month, month.start + timedelta(days=days - 1), is_additive=additive)

    def daily(self, duty: MeasuredPerson, kpi_id: str) -> Decimal | None:
        """Target of a duty whose span is one day."""
        return self.of_day(duty.person_id, duty.role_id, kpi_id, duty.span.end)

    def month_to_date(self, duty: MeasuredPerson, kpi_id: str) -> Decimal | None:
        """Target of a duty whose span runs from the first of the month."""
        return self.to_date(duty.person_id, duty.role_id, kpi_id, duty.span.end)

    def whole(self, duty: MeasuredPerson, kpi_id: str) -> Decimal | None:
        """Target of a duty whose label is a period."""
        return self.of_period(duty.person_id, duty.role_id, kpi_id, Period.parse(duty.span.label))

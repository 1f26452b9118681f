"""What a period is scored from: actuals, people, targets and ratings, as plain data.

Belongs here: the shapes and who held which role. Not here: files (connectors/file_drop), tables
(warehouse), scores (scorecard).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from models.figure import FigureStatus
from models.periods import Period

TargetScope = Literal["person", "shop", "dept", "company", "role"]
RaterType = Literal["superior", "peer", "report", "self", "customer"]
TARGET_SCOPES: tuple[TargetScope, ...] = get_args(TargetScope)
RATER_TYPES: tuple[RaterType, ...] = get_args(RaterType)


@dataclass(frozen=True, kw_only=True)
class Actual:
    """The measured figure of one KPI of one person in one role; a missing value has a cause.

    `measured_as`: the KPI of its `or_else` that was measured in its place; None = the KPI itself.
    """

    period: str
    person_id: str
    role_id: str
    kpi_id: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    status: FigureStatus
    cause_code: str | None = None
    cause: str | None = None
    n_rows: int = 0
    measured_as: str | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """One row of people.csv: a person in a role for a range of days, both ends included.

    `valid_to` is at the latest the day of leaving (`last_day`): the warehouse keeps no other.
    """

    person_id: str
    name: str
    role_id: str
    dept: str
    manager_id: str | None
    valid_from: date
    valid_to: date | None = None
    hire_date: date | None = None

    def overlaps(self, period: Period) -> bool:
        """Whether the row holds on any day of the period."""
        return self.days_within(period.start, period.end) > 0

    def days_within(self, first: date, last: date) -> int:
        """On how many days of a range the row holds."""
        until = last if self.valid_to is None else min(last, self.valid_to)
        return max((until - max(first, self.valid_from)).days + 1, 0)


@dataclass(frozen=True, kw_only=True)
class Target:
    """One row of targets.csv; scope is person or role; the newest version counts.

    `pro_rate`: whether what adds up counts by the days in the role only, or stands as it is.
    """

    scope: TargetScope
    scope_id: str
    kpi_id: str
    period: str
    value: Decimal
    basis: str = ""
    version: int = 1
    pro_rate: bool = True


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One row of ratings.csv; score None means that the rater abstained."""

    person_id: str
    period: str
    item_id: str
    rater_type: RaterType
    score: Decimal | None
    scale_max: Decimal


def last_day(valid_to: object, leave_date: object) -> date | None:
    """The last day that a row of people.csv holds, both days included; None while neither is known.

    >>> last_day(None, date(2026, 1, 15))
    datetime.date(2026, 1, 15)
    """
    return min((day for day in (valid_to, leave_date) if isinstance(day, date)), default=None)


def assignments(people: Iterable[Person], period: Period) -> list[Person]:
    """One row per person and role held in the period: the one in force at its end, else the last one; sorted.

    >>> from dataclasses import replace
    >>> june = Person(
    ...     person_id="P1", name="甲", role_id="cs", dept="x", manager_id="M1",
    ...     valid_from=date(2011, 1, 1), valid_to=date(2011, 6, 15),
    ... )
    >>> july = replace(june, manager_id="M2", valid_from=date(2011, 6, 16), valid_to=None)
    >>> [row.manager_id for row in assignments([july, june], Period.parse("2011-06"))]
    ['M2']
    """
    chosen: dict[tuple[str, str], Person] = {}
    for row in sorted(people, key=lambda p: (p.person_id, p.role_id, p.valid_from)):
        if row.overlaps(period):
            chosen[row.person_id, row.role_id] = row  # sorted by first day: the latest row stays
    return list(chosen.values())

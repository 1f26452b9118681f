"""Working days of a company and the clocks that run by them. Pure: every day comes as an argument.

Belongs here: whether people work on a day, the day on which a clock ends. Not here: the holidays of a country and calendar.csv
(pipelines/company/working_days.py), which clock an act starts (pipelines/closing).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

WEEKEND = frozenset({5, 6})  # Saturday and Sunday, as date.weekday() counts
_ANNOUNCED = 11  # by November the State Council has published the year to come in most years
LONGEST_CLOCK = 90  # working days: more than a quarter of a year is a slip


def years_due(on: date) -> tuple[int, ...]:
    """The years whose holidays should be known on that day: its own, and from November on the next one."""
    return (on.year, on.year + 1) if on.month >= _ANNOUNCED else (on.year,)


@dataclass(frozen=True)
class Deadline:
    """When something is due.

    `unpublished` are years on the way whose holidays nobody has published: in them the clock ran from Monday to Friday.
    """

    due: date
    calendar: str
    unpublished: tuple[int, ...] = ()

    def says(self) -> dict[str, object]:
        """What an entry of the ledger keeps of it, beside the day itself."""
        return {"calendar": self.calendar, "calendar_unpublished": list(self.unpublished)}


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """Which days are worked.

    `name` is the country's code, or `weekdays` where the company names none. `own` are the rows of calendar.csv, which go before
    everything else; `holidays` are days off and `makeup` days worked on a weekend (调休); `unpublished` are years for which the
    country's are not known yet.
    """

    name: str = "weekdays"
    weekend: frozenset[int] = WEEKEND
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    own: Mapping[date, bool] = field(default_factory=dict)
    unpublished: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        if day in self.own:
            return self.own[day]
        if day.year not in self.unpublished and day in self.holidays | self.makeup:
            return day in self.makeup
        return day.weekday() not in self.weekend

    def after(self, start: date, days: int) -> Deadline:
        """The last day of a clock of so many working days; `start` itself is not counted.

        >>> WorkingCalendar().after(date(2026, 1, 30), 2).due  # a Friday
        datetime.date(2026, 2, 3)

        Raises:
            ValueError: fewer than 1 or more than 90 days, or a company that never works.
        """
        if not 1 <= days <= LONGEST_CLOCK:
            raise ValueError(f"a clock runs from 1 to {LONGEST_CLOCK} working days, not {days}")
        day, left = start, days
        while left:
            day += timedelta(days=1)
            left -= self.is_working(day)
            if (day - start).days > 10 * LONGEST_CLOCK:
                raise ValueError(f"no {days} working days in {10 * LONGEST_CLOCK} days after {start}")
        years = range(start.year, day.year + 1)
        return Deadline(day, self.name, tuple(year for year in years if year in self.unpublished))

"""Appraisal periods and business days: ids, bounds, lengths.

Belongs here: what `2011-11` and `2011-Q4` mean and when a local day starts. Not here: which period is due
(pipelines) or any clock.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from models.errors import UsageError
from models.values import YEARS

Kind = Literal["D", "M", "Q", "H", "Y"]

# ISO 8601 for days, months and years; quarters and half-years have no standard form, so they are written as people write them.
_SHAPE = re.compile(
    r"(?P<year>\d{4})(-(Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>\d{2})(-(?P<day>\d{2}))?))?", re.ASCII
)


@dataclass(frozen=True, order=True)
class Period:
    """A day, month, quarter, half-year or year with inclusive bounds.

    >>> Period.parse("2011-Q4").months()
    (Period('2011-10'), Period('2011-11'), Period('2011-12'))
    """

    start: date
    end: date
    id: str
    kind: Kind

    def __repr__(self) -> str:
        return f"Period({self.id!r})"

    def __str__(self) -> str:
        return self.id

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        """Number of calendar days."""
        return (self.end - self.start).days + 1

    def months(self) -> tuple["Period", ...]:
        """The calendar months the period consists of; for a day, the month it lies in."""
        if self.kind == "D":
            return (month_of(self.start),)
        first, last = self.start.month, self.end.month
        return tuple(
            _months(self.start.year, m, 1, f"{self.start.year:04d}-{m:02d}", "M")
            for m in range(first, last + 1)
        )

    @property
    def previous(self) -> "Period":
        """The period of the same kind that ends the day before.

        >>> Period.parse("2012-Q1").previous, Period.parse("2012-03").previous
        (Period('2011-Q4'), Period('2012-02'))
        """
        last = self.start - timedelta(days=1)
        parts = {"D": last.isoformat(), "M": f"{last:%Y-%m}", "Y": f"{last.year:04d}"}
        quarter, half = (last.month + 2) // 3, 1 if last.month <= 6 else 2
        parts |= {"Q": f"{last.year:04d}-Q{quarter}", "H": f"{last.year:04d}-H{half}"}
        return Period.parse(parts[self.kind])

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period with this id: `2011-11-30`, `2011-11`, `2011-Q4`, `2011-H2` or `2011`.

        Raises:
            UsageError: U010 when the id has none of these forms or names a day that does not exist.
        """
        match = _SHAPE.fullmatch(text)
        if not match or int(match["year"]) not in YEARS:
            raise _unknown(text)
        start, end, kind = _bounds(match, text)
        return cls(start, end, text, kind)


def _bounds(match: re.Match[str], text: str) -> tuple[date, date, Kind]:
    year = int(match["year"])
    try:
        # the most exact part first: a day has a month too
        if match["day"]:
            day = date(year, int(match["month"]), int(match["day"]))
            return day, day, "D"
        if match["quarter"]:
            # 3q − 2 is the first month of a quarter
            return *_span(year, 3 * int(match["quarter"]) - 2, 3), "Q"
        if match["half"]:
            return *_span(year, 6 * int(match["half"]) - 5, 6), "H"
        if match["month"]:
            return *_span(year, int(match["month"]), 1), "M"
    # the pattern sees digits only: month 13 and 31 November are found by the calendar
    except ValueError:
        raise _unknown(text) from None
    return *_span(year, 1, 12), "Y"


def _span(year: int, month: int, length: int) -> tuple[date, date]:
    after = month - 1 + length
    return date(year, month, 1), date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def _months(year: int, month: int, length: int, name: str, kind: Kind) -> Period:
    return Period(*_span(year, month, length), name, kind)


def _unknown(text: str) -> UsageError:
    return UsageError(
        "U010",
        "this is not a period",
        actual=repr(text[:40]),
        remedy=f"write 2011-11-30, 2011-11, 2011-Q4, 2011-H2 or 2011 (years {YEARS[0]} to {YEARS[-1]})",
    )


def month_of(day: date) -> Period:
    """The calendar month that holds the day.

    >>> month_of(date(2011, 11, 30))
    Period('2011-11')
    """
    return _months(day.year, day.month, 1, f"{day.year:04d}-{day.month:02d}", "M")


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The UTC instants `[start, end)` of a local day: 23, 24 or 25 hours apart.

    >>> start, end = day_bounds(date(2011, 3, 27), "Europe/London")
    >>> (end - start).seconds // 3600
    23
    """
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def business_date(instant: datetime, zone: str) -> date:
    """The local day of an instant.

    Raises:
        ValueError: for an instant without a zone, because guessing one moves orders between days.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(ZoneInfo(zone)).date()

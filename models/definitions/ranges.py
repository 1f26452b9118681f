"""Which days an aggregate looks at, relative to the period that is appraised.

Belongs here: the kinds of range, their first and last day, and which day of an earlier period stands for which of this one.
Not here: reading YAML (aggregates), rows (warehouse). A period's neighbour is a calendar period: the month before November is
October, all 31 days of it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

RangeKind = Literal["current", "previous", "last_year", "window", "all", "start", "end"]
SHIFTED: tuple[Literal["previous", "last_year"], ...] = ("previous", "last_year")
BEGINNING = date(1, 1, 1)  # before every row: the whole past
MAX_WINDOW = 3660  # ten years with their leap days; whoever needs more writes `all`
_DAY = timedelta(days=1)
Days = tuple[date, date]


@dataclass(frozen=True)
class Range:
    """The days of one aggregate; `days` only for a window."""

    kind: RangeKind = "current"
    days: int | None = None

    @property
    def id(self) -> str:
        """A plain name, unique for the range: `current`, `window_180`.

        >>> Range("window", 180).id
        'window_180'
        """
        return self.kind if self.days is None else f"{self.kind}_{self.days}"

    @property
    def is_snapshot(self) -> bool:
        """Whether it looks at the state of one day, so that no row on that day means unknown, not 0."""
        return self.kind in {"start", "end"}

    @property
    def is_shifted(self) -> bool:
        """Whether it is a period of its own: period_start and period_end then mean that period."""
        return self.kind in SHIFTED

    def counterparts(self, start: date, end: date, *, to_date: bool = False) -> list[Days]:
        """Every day of a shifted range with its one corresponding day of the period itself.

        Moved by months, it is the same day of the month, or the last of a month that has no such day; days of the period
        that are nobody's counterpart (29 February beside a common year) have none. Moved by days, it is so many days later.

        >>> Range("last_year").counterparts(date(2024, 2, 1), date(2024, 2, 29))[-1]
        (datetime.date(2023, 2, 28), datetime.date(2024, 2, 28))
        >>> Range("previous").counterparts(date(2026, 2, 1), date(2026, 2, 28))[-2:][0]
        (datetime.date(2026, 1, 30), datetime.date(2026, 2, 28))
        """
        first, last = self.of(start, end, to_date=to_date)
        months = 12 if self.kind == "last_year" else _months_before(start, end, to_date=to_date)
        pairs = []
        for number in range((last - first).days + 1):
            day = first + number * _DAY
            later = _shifted(day, months) if months else start + number * _DAY
            # 28 February stands for the 29th where the period is that one day
            pairs.append((day, min(max(later, start), end)))
        return pairs

    def of(self, start: date, end: date, *, to_date: bool = False) -> Days:  # noqa: PLR0911 - one return per kind
        """First and last day for a period; `to_date` when the period is a month that is not over.

        >>> Range("window", 7).of(date(2026, 10, 1), date(2026, 10, 31))
        (datetime.date(2026, 10, 25), datetime.date(2026, 10, 31))
        """
        match self.kind:
            case "previous":
                return previous(start, end, to_date=to_date)
            case "last_year":
                return _moved(start, end, -12)  # not 365 days: the same dates, also after a leap day
            case "window":
                return end - timedelta(days=(self.days or 1) - 1), end  # both ends count
            case "all":
                return BEGINNING, end
            case "start":
                return start, start
            case "end":
                return end, end
            case _:
                return start, end


CURRENT = Range()


def previous(start: date, end: date, *, to_date: bool = False) -> Days:
    """The period before: of whole months as many months, of a month to date the same days of the month before.

    Any other range has the range of the same length before it.

    >>> previous(date(2026, 3, 1), date(2026, 3, 31))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    >>> previous(date(2026, 3, 1), date(2026, 3, 30), to_date=True)
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    >>> previous(date(2026, 3, 1), date(2026, 3, 1))
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 28))
    """
    if months := _months_before(start, end, to_date=to_date):
        return _moved(start, end, -months)
    return start - (end - start) - _DAY, start - _DAY  # same length, ending on the day before


def _months_before(start: date, end: date, *, to_date: bool) -> int:
    """By how many months the period before lies back; 0 for one of the same number of days."""
    if _whole_months(start, end):
        return _months_of(start, end)
    return 1 if to_date else 0


def _whole_months(start: date, end: date) -> bool:
    return start.day == 1 and (end + _DAY).day == 1


def _months_of(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _moved(start: date, end: date, months: int) -> Days:
    """Both days moved by months; the end of whole months stays the end of a month."""
    last = _shifted(end, months)
    if _whole_months(start, end):
        last = last.replace(day=monthrange(last.year, last.month)[1])
    return _shifted(start, months), last


def _shifted(day: date, months: int) -> date:
    """The same day of another month, or its last day: 29 February -> 28 February."""
    # months since year 0, so that December and January need no case of their own
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))

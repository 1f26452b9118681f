"""The working days of a company: calendar.csv over the holidays of its country.

Belongs here: putting both together for the years that a clock may touch. Not here: the arithmetic (models/closing/calendar.py),
the country's days (holidays.py), how a cell is read (connectors/file_drop).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from models.closing.calendar import WorkingCalendar
from pipelines.company.company import Company
from pipelines.company.holidays import CountryYears, country_years

TABLE = "calendar"  # calendar.csv: day, is_working, note


def working_calendar(company: Company, rows: Iterable[Mapping[str, Any]], on: date) -> WorkingCalendar:
    """The calendar for clocks that start in the year of `on`: the year before, that year and the one after.

    Args:
        company: names the country, or none.
        rows: of calendar.csv.
        on: the day of the act.
    """
    own = {row["day"]: bool(row["is_working"]) for row in rows}
    if not company.holidays:
        return WorkingCalendar(own=own)
    years = range(on.year - 1, on.year + 2)
    country = country_years(company.holidays, years)
    return WorkingCalendar(
        name=company.holidays,
        weekend=country.weekend,
        holidays=country.off - country.makeup,
        makeup=country.makeup,
        own=own,
        unpublished=frozenset(
            year for year in country.unpublished if not _is_written_down(country, year, own.keys())
        ),
    )


def _is_written_down(country: CountryYears, year: int, own: Collection[date]) -> bool:
    """Whether calendar.csv gives a year that the library lacks: then it names every weekday that is off by law already."""
    by_law = {day for day in country.off if day.year == year and day.weekday() not in country.weekend}
    return by_law <= set(own)

"""Public holidays of a country, from the `holidays` library: the one place that knows it.

Belongs here: which country codes it knows, days off, days worked instead, years that a government has not published yet. Not
here: what they mean for a clock (models/closing/calendar.py), calendar.csv (working_days.py).
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CountryYears:
    """The holidays of some years of a country.

    `by_law` are days that follow from the law alone; of a year in `unpublished` nothing else is known.
    """

    weekend: frozenset[int]
    off: frozenset[date]
    makeup: frozenset[date]
    unpublished: frozenset[int]


def is_country(code: str) -> bool:
    """Whether the library knows the country."""
    import holidays

    # of the library's own words only two letters in capitals: it takes aliases such as CHN too
    return len(code) == 2 and code.isupper() and code in holidays.list_supported_countries()


def country_years(code: str, years: range) -> CountryYears:
    """Days off and days worked instead, in the given years.

    A government that moves days of rest by a decree of its own each year (调休; substitution days in the library's words) has not
    published a year that lies beyond the last decree the library holds: what it gives for such a year follows from the law alone.
    """
    import holidays

    found = holidays.country_holidays(code, years=years)
    decreed = _decreed_years(found)
    return CountryYears(
        weekend=frozenset(found.weekend),
        off=frozenset(day for day in found if day.year in years),
        makeup=frozenset(day for day in getattr(found, "weekend_workdays", ()) if day.year in years),
        unpublished=frozenset(year for year in years if decreed and year > max(decreed)),
    )


def _decreed_years(country: object) -> frozenset[int]:
    """Years whose decree the library holds; none for a country whose holidays follow from its laws."""
    if not hasattr(country, "substituted_label"):
        return frozenset()
    return frozenset(getattr(country, "special_public_holidays", {}))

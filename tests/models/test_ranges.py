from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.definitions.ranges import Range, previous
from models.periods import Period

PREVIOUS, LAST_YEAR = Range("previous"), Range("last_year")


@pytest.mark.parametrize(
    ("period", "before", "year_before"),
    [
        ("2011-11", "2011-10", "2010-11"),
        ("2011-01", "2010-12", "2010-01"),
        ("2012-02", "2012-01", "2011-02"),
        ("2013-02", "2013-01", "2012-02"),
        ("2011-Q1", "2010-Q4", "2010-Q1"),
        ("2011-Q4", "2011-Q3", "2010-Q4"),
        ("2011-H1", "2010-H2", "2010-H1"),
        ("2011-H2", "2011-H1", "2010-H2"),
        ("2012", "2011", "2011"),
        ("2011-11-30", "2011-11-29", "2010-11-30"),
        ("2012-03-01", "2012-02-29", "2011-03-01"),
        ("2012-02-29", "2012-02-28", "2011-02-28"),
    ],
)
def test_a_period_has_the_calendar_period_before_it_and_the_same_one_a_year_earlier(
    period: str, before: str, year_before: str
) -> None:
    this, last, year = (Period.parse(text) for text in (period, before, year_before))

    assert PREVIOUS.of(this.start, this.end) == (last.start, last.end)
    assert LAST_YEAR.of(this.start, this.end) == (year.start, year.end)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2011, 11, 12), date(2011, 10, 1), date(2011, 10, 12)),
        (date(2011, 11, 1), date(2011, 10, 1), date(2011, 10, 1)),
        (date(2011, 3, 30), date(2011, 2, 1), date(2011, 2, 28)),
        (date(2011, 2, 28), date(2011, 1, 1), date(2011, 1, 31)),
        (date(2011, 1, 5), date(2010, 12, 1), date(2010, 12, 5)),
    ],
)
def test_a_month_to_date_is_compared_with_the_same_days_of_the_month_before(
    day: date, first: date, last: date
) -> None:
    assert previous(day.replace(day=1), day, to_date=True) == (first, last)


def test_a_window_ends_on_the_last_day_of_the_period() -> None:
    start, end = date(2011, 11, 1), date(2011, 11, 30)

    assert Range("window", 30).of(start, end) == (start, end)
    assert Range("window", 1).of(start, end) == (end, end)
    assert Range("start").of(start, end) == (start, start)
    assert Range("end").of(start, end) == (end, end)
    assert Range("all").of(start, end) == (date(1, 1, 1), end)


@given(start=st.dates(date(2001, 1, 1), date(2099, 1, 1)), length=st.integers(0, 400), to_date=st.booleans())
def test_the_range_before_never_touches_the_range_it_precedes(
    start: date, length: int, to_date: bool
) -> None:
    end = start + timedelta(days=length)
    if to_date:
        start = end.replace(day=1)

    first, last = previous(start, end, to_date=to_date)

    assert first <= last < start

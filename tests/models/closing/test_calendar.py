"""Clocks run in working days: holidays stop them, make-up days do not, and a year that nobody has published is told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.closing.calendar import LONGEST_CLOCK, WorkingCalendar, years_due

# the notice of the State Council for 2026: Spring Festival 15 to 23 February with work on Saturday 14 and Saturday 28;
# National Day 1 to 7 October with work on Sunday 20 September and Saturday 10 October
SPRING = {date(2026, 2, day) for day in range(15, 24)}
GOLDEN_WEEK = {date(2026, 10, day) for day in range(1, 8)}
CHINA = WorkingCalendar(
    name="CN",
    holidays=frozenset(SPRING | GOLDEN_WEEK),
    makeup=frozenset({date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)}),
    unpublished=frozenset({2027}),
)
DAYS = st.dates(date(2024, 1, 1), date(2028, 6, 30))
CALENDARS = st.builds(
    WorkingCalendar,
    name=st.just("XX"),
    holidays=st.frozensets(DAYS, max_size=40),
    makeup=st.frozensets(DAYS, max_size=20),
    own=st.dictionaries(DAYS, st.booleans(), max_size=20),
    unpublished=st.frozensets(st.integers(2024, 2029)),
)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # Tue 10 Feb: Wed 11, Thu 12, Fri 13, Sat 14 (make-up), then nothing until Tue 24, Wed 25, Thu 26
        ("2026-02-10", 7, "2026-02-26"),
        ("2026-02-10", 4, "2026-02-14"),
        # Fri 13 Feb: Sat 14 (make-up), Tue 24, Wed 25, Thu 26, Fri 27, Sat 28 (make-up), Mon 2 March
        ("2026-02-13", 7, "2026-03-02"),
        # in the middle of the holiday
        ("2026-02-18", 5, "2026-02-28"),
        # Fri 18 Sep: Sun 20 (make-up), Mon 21, Tue 22, Wed 23, Thu 24, Fri 25, Mon 28
        ("2026-09-18", 7, "2026-09-28"),
        # Tue 29 Sep: Wed 30, then Thu 8 Oct, Fri 9, Sat 10 (make-up), Mon 12, Tue 13, Wed 14
        ("2026-09-29", 7, "2026-10-14"),
        ("2026-09-30", 1, "2026-10-08"),
    ],
)
def test_over_the_long_holidays_of_2026_the_days_are_those_counted_by_hand(
    start: str, days: int, due: str
) -> None:
    assert CHINA.after(date.fromisoformat(start), days).due == date.fromisoformat(due)


def test_without_a_country_the_week_has_five_days() -> None:
    clock = WorkingCalendar().after(date(2026, 2, 10), 7)

    assert (clock.due, clock.calendar, clock.unpublished) == (date(2026, 2, 19), "weekdays", ())


def test_what_the_company_writes_goes_before_the_country() -> None:
    own = {date(2026, 2, 24): False, date(2026, 2, 15): True}
    calendar = WorkingCalendar(holidays=CHINA.holidays, makeup=CHINA.makeup, own=own)

    assert calendar.is_working(date(2026, 2, 15))
    assert not calendar.is_working(date(2026, 2, 24))


def test_a_clock_that_runs_into_a_year_without_published_holidays_says_so() -> None:
    clock = CHINA.after(date(2026, 12, 29), 7)

    # Wed 30, Thu 31, then from Monday to Friday: Fri 1 January counts, for nobody knows better
    assert (clock.due, clock.unpublished) == (date(2027, 1, 7), (2027,))
    assert clock.says() == {"calendar": "CN", "calendar_unpublished": [2027]}
    assert CHINA.after(date(2026, 12, 28), 3).unpublished == ()


def test_in_an_unpublished_year_only_the_own_rows_count() -> None:
    day = date(2027, 2, 8)
    known = WorkingCalendar(holidays=frozenset({day}), unpublished=frozenset({2027}))

    assert known.is_working(day)
    assert not WorkingCalendar(own={day: False}, unpublished=frozenset({2027})).is_working(day)


@pytest.mark.parametrize(("on", "years"), [("2026-10-31", (2026,)), ("2026-11-01", (2026, 2027))])
def test_the_next_year_is_due_from_november_on(on: str, years: tuple[int, ...]) -> None:
    assert years_due(date.fromisoformat(on)) == years


@pytest.mark.parametrize("days", [0, -1, LONGEST_CLOCK + 1])
def test_a_clock_of_no_days_or_of_months_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 90"):
        WorkingCalendar().after(date(2026, 2, 10), days)


def test_a_company_that_never_works_has_no_clock() -> None:
    with pytest.raises(ValueError, match="no 1 working days"):
        WorkingCalendar(weekend=frozenset(range(7))).after(date(2026, 2, 10), 1)


@given(CALENDARS, DAYS, st.integers(1, 30))
def test_between_start_and_end_lie_exactly_so_many_working_days(
    calendar: WorkingCalendar, start: date, days: int
) -> None:
    due = calendar.after(start, days).due
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]

    assert sum(calendar.is_working(day) for day in between) == days
    assert calendar.is_working(due)


@given(CALENDARS, DAYS, st.integers(1, 20), st.integers(1, 20))
def test_two_clocks_one_after_the_other_end_as_one_of_both(
    calendar: WorkingCalendar, start: date, first: int, second: int
) -> None:
    middle = calendar.after(start, first).due

    assert calendar.after(middle, second).due == calendar.after(start, first + second).due


@given(CALENDARS, DAYS, st.integers(1, 29))
def test_a_longer_clock_ends_later(calendar: WorkingCalendar, start: date, days: int) -> None:
    assert calendar.after(start, days).due < calendar.after(start, days + 1).due

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.errors import UsageError
from models.periods import Period, business_date, day_bounds, month_of


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2011-11", date(2011, 11, 1), date(2011, 11, 30), "M"),
        ("2011-12", date(2011, 12, 1), date(2011, 12, 31), "M"),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29), "M"),
        ("2011-Q1", date(2011, 1, 1), date(2011, 3, 31), "Q"),
        ("2011-Q4", date(2011, 10, 1), date(2011, 12, 31), "Q"),
        ("2011-H1", date(2011, 1, 1), date(2011, 6, 30), "H"),
        ("2011-H2", date(2011, 7, 1), date(2011, 12, 31), "H"),
        ("2011", date(2011, 1, 1), date(2011, 12, 31), "Y"),
        ("2011-11-30", date(2011, 11, 30), date(2011, 11, 30), "D"),
    ],
)
def test_a_period_id_has_its_bounds(text: str, start: date, end: date, kind: str) -> None:
    period = Period.parse(text)

    assert (period.start, period.end, period.kind, period.id) == (start, end, kind, text)
    assert period.days == (end - start).days + 1


@pytest.mark.parametrize(
    "text",
    ["", "2011-13", "2011-00", "2011-Q5", "2011-H3", "2011-02-30", "11-11", "2011-1", "1970-01", "２０１１"],
)
def test_a_wrong_period_id_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Period.parse(text)

    assert caught.value.code == "U010"


def test_every_day_lies_in_one_month_quarter_half_and_year() -> None:
    year = Period.parse("2012")
    days = [year.start + timedelta(n) for n in range(year.days)]

    for ids in (
        [m.id for m in year.months()],
        ["2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4"],
        ["2012-H1", "2012-H2"],
    ):
        periods = [Period.parse(i) for i in ids]
        assert all(sum(day in p for p in periods) == 1 for day in days)
        assert sum(p.days for p in periods) == 366


def test_the_month_of_a_day_is_its_own() -> None:
    assert month_of(date(2011, 12, 31)) == Period.parse("2011-12")
    assert Period.parse("2011-12-31").months() == (Period.parse("2011-12"),)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 3, 9), 24), (date(2026, 11, 1), 25)]
)
def test_a_local_day_has_its_real_length(day: date, hours: int) -> None:
    start, end = day_bounds(day, "America/Los_Angeles")

    assert end - start == timedelta(hours=hours)


def test_both_half_past_ones_of_a_long_day_are_that_day() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    both = [datetime(2026, 11, 1, 1, 30, fold=fold, tzinfo=zone).astimezone(UTC) for fold in (0, 1)]

    assert both[0] != both[1]
    assert {business_date(instant, "America/Los_Angeles") for instant in both} == {date(2026, 11, 1)}


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        business_date(datetime(2011, 11, 30), "Europe/London")

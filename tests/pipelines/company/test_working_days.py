"""The calendar of a company: the real library of holidays, with calendar.csv over it."""

from dataclasses import replace
from datetime import date

import pytest

from models.errors import MeritError
from pipelines.company.company import SAMPLE, Company, load_company
from pipelines.company.holidays import country_years, is_country
from pipelines.company.working_days import working_calendar

COMPANY = replace(load_company(SAMPLE), holidays="CN")


def of(on: date, rows: dict[date, bool] | None = None, company: Company = COMPANY):  # type: ignore[no-untyped-def]
    return working_calendar(company, [{"day": d, "is_working": w} for d, w in (rows or {}).items()], on)


@pytest.mark.parametrize(
    ("start", "due"),
    [("2026-02-10", "2026-02-26"), ("2026-09-29", "2026-10-14"), ("2025-12-30", "2026-01-09")],
)
def test_the_library_gives_the_days_that_were_counted_by_hand(start: str, due: str) -> None:
    day = date.fromisoformat(start)

    clock = of(day).after(day, 7)

    # 2025-12-30: Wed 31, Sun 4 January (make-up), Mon 5 to Fri 9
    assert (clock.due, clock.unpublished) == (date.fromisoformat(due), ())


def test_a_year_beyond_the_last_decree_is_not_published_and_a_country_of_laws_always_is() -> None:
    assert 2026 not in country_years("CN", range(2025, 2030)).unpublished
    assert 2029 in country_years("CN", range(2025, 2030)).unpublished
    assert country_years("US", range(2025, 2030)).unpublished == frozenset()


def test_a_year_that_the_company_writes_down_itself_counts_as_published() -> None:
    on = date(2028, 11, 2)
    country = country_years("CN", range(2029, 2030))
    off = {day: False for day in country.off if day.weekday() < 5}

    assert 2029 in of(on).unpublished
    assert 2029 not in of(on, off).unpublished
    assert 2029 in of(on, dict([*off.items()][1:])).unpublished


def test_without_a_country_nothing_is_asked() -> None:
    calendar = of(date(2026, 2, 10), company=replace(COMPANY, holidays=""))

    assert (calendar.name, calendar.holidays, calendar.unpublished) == ("weekdays", frozenset(), frozenset())


@pytest.mark.parametrize("code", ["China", "cn", "CHN", "XX", "", "C"])
def test_only_codes_of_two_letters_are_countries(code: str) -> None:
    assert not is_country(code)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("holidays: Middle-earth", "C003"),
        ("objection_days: 0", "C003"),
        ("answer_days: 200", "C003"),
        ("answer_days: five", "C003"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_its_line(tmp_path, line: str, found: str) -> None:  # type: ignore[no-untyped-def]
    text = (SAMPLE / "company.yaml").read_text(encoding="utf-8")
    (tmp_path / "company.yaml").write_text(f"{text}\n{line}\n", encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("sources: []\n", encoding="utf-8")

    with pytest.raises(MeritError, match=found) as refused:
        load_company(tmp_path)

    assert "company.yaml:" in str(refused.value)

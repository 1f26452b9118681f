"""Figures and words as people read them."""

import doctest
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pipelines.render import bilingual, styles, workbook
from warehouse.published.health import health_of


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        ("1234567.885", "CNY", 4, "1,234,567.89"),
        ("-0.004", "CNY", 2, "0.00"),
        ("-1200", "CNY", 2, "−1,200.00"),
        ("0.34565", "ratio", 4, "34.57 %"),
        ("0.3", "ratio", 2, "30 %"),
        ("2.5", "count", 0, "3"),
        ("12.345", "minutes", 1, "12.3"),
    ],
)
def test_a_figure_is_rounded_half_up_for_its_unit(value: str, unit: str, decimals: int, shown: str) -> None:
    assert bilingual.format_value(Decimal(value), unit, decimals) == shown


def test_a_missing_figure_is_empty_not_zero() -> None:
    assert bilingual.format_value(None, "CNY", 2) == ""


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        ("proven", None, "ok"),
        ("missing", "M207", "missing"),
        ("missing", "M208", "open"),
        ("missing", "P201", "failed"),
        ("a word nobody knows", None, "missing"),
    ],
)
def test_an_unknown_state_counts_as_missing(status: str, code: str | None, state: str) -> None:
    assert health_of(status, code) == state


@pytest.mark.parametrize(
    ("ratio", "pace"),
    [("0.9799", "behind"), ("0.98", "on"), ("1.0199", "on"), ("1.02", "ahead"), (None, None)],
)
def test_pace_is_on_within_two_percent(ratio: str | None, pace: str | None) -> None:
    assert bilingual.pace_of(None if ratio is None else Decimal(ratio)) == pace


def test_a_cause_keeps_its_sentence_and_code_in_both_languages() -> None:
    words = bilingual.bilingual_cause("M203", "SKU 22423 has no cost")

    assert words == ("缺少商品成本：SKU 22423 has no cost [M203]", "SKU 22423 has no cost [M203]")


def test_a_missing_cause_is_admitted() -> None:
    assert bilingual.bilingual_cause(None, " ") == bilingual.NO_CAUSE


def test_an_instant_is_told_in_the_companys_zone() -> None:
    at = datetime(2011, 7, 1, 6, 30, tzinfo=UTC)

    assert bilingual.instant(at, "Europe/London") == "2011-07-01 07:30 Europe/London"


def test_age_uses_the_largest_sensible_unit() -> None:
    spans = [timedelta(minutes=80), timedelta(hours=30), timedelta(days=3)]

    assert [bilingual.age(span).en for span in spans] == ["80 min", "30 h", "3 d"]


@pytest.mark.parametrize("module", [bilingual, styles, workbook])
def test_examples_in_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]

    assert result.failed == 0

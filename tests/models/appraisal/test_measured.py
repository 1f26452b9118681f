"""The value of a KPI and its printed arithmetic: other days, scale and bounds."""

from decimal import Decimal

import pytest

from models.appraisal.measured import Measured, from_actual
from models.definitions import Kpi, load_definitions
from models.inputs import Actual

LINES = "fact: order_line, date: business_date, sum: qty"
BEFORE = "period: previous"


def kpi(numerator: list[str], denominator: list[str] | None = None, more: str = "") -> Kpi:
    above = "".join(f"      - {{{item}}}\n" for item in numerator)
    below = "".join(f"      - {{{item}}}\n" for item in denominator or [])
    text = (
        "kpis:\n  - id: k\n    effective_from: 2010-01-01\n    label: {zh: k, en: k}\n    formula: {zh: k, en: k}\n"
        "    kind: result\n    unit: ratio\n    direction: higher\n    decimals: 2\n"
        f"    numerator:\n{above}{'    denominator:' + chr(10) + below if below else ''}{more}"
    )
    return load_definitions({"t.yaml": text}).kpis["k"]


def measured(of: Kpi, numerator: str, denominator: str | None, value: str) -> Measured:
    below = Decimal(denominator) if denominator is not None else None
    actual = Actual(
        period="2026-10",
        person_id="p",
        role_id="r",
        kpi_id="k",
        numerator=Decimal(numerator),
        denominator=below,
        value=Decimal(value),
        status="scored",
        cause_code=None,
        cause=None,
        n_rows=3,
    )
    return from_actual(of, actual, None)


@pytest.mark.parametrize(
    ("numerator", "denominator", "zh", "en"),
    [
        ([LINES], [LINES], "实际 = 20 ÷ 80 = 0.25", "actual = 20 ÷ 80 = 0.25"),
        (
            [LINES, f"{LINES}, sign: minus, {BEFORE}"],
            [f"{LINES}, {BEFORE}"],
            "实际 = 20（本期 − 上期） ÷ 80（上期） = 0.25",
            "actual = 20 (this period − the period before) ÷ 80 (the period before) = 0.25",
        ),
        (
            [f"{LINES}, window: 30"],
            [f"{LINES}, at: start", f"{LINES}, at: end"],
            "实际 = 20（近 30 天） ÷ 80（期初 + 期末） = 0.25",
            "actual = 20 (the last 30 days) ÷ 80 (first day + last day) = 0.25",
        ),
    ],
)
def test_the_arithmetic_names_the_days_that_are_not_the_period(
    numerator: list[str], denominator: list[str], zh: str, en: str
) -> None:
    [step] = measured(kpi(numerator, denominator), "20", "80", "0.25").steps

    assert (step.zh, step.en) == (zh, en)


def test_a_value_beyond_its_bounds_says_so() -> None:
    bounds = "    floor: 0\n    cap: 1\n"

    high = measured(kpi([LINES], [LINES], bounds), "120", "80", "1")
    low = measured(kpi([LINES], [LINES], bounds), "-8", "80", "0")
    within = measured(kpi([LINES], [LINES], bounds), "40", "80", "0.5")

    assert (high.value, [s.en for s in high.steps]) == (
        Decimal(1),
        ["actual = 120 ÷ 80 = 1.5", "at most 1: 1"],
    )
    assert (low.value, [s.en for s in low.steps]) == (
        Decimal(0),
        ["actual = (-8) ÷ 80 = -0.1", "at least 0: 0"],
    )
    assert (within.value, len(within.steps)) == (Decimal("0.5"), 1)


def test_a_scaled_sum_shows_its_factor_and_a_plain_one_only_its_value() -> None:
    scaled = measured(kpi([f"{LINES}, at: end"], more="    scale: 100\n"), "3", None, "300")
    plain = measured(kpi([LINES]), "3", None, "3")

    assert (scaled.value, [s.en for s in scaled.steps]) == (
        Decimal(300),
        ["actual (last day) = 3 × 100 = 300"],
    )
    assert [s.zh for s in plain.steps] == ["实际 = 3"]


def test_a_denominator_that_is_not_above_zero_is_never_divided_by() -> None:
    for below in ("0", "-5"):
        found = measured(kpi([LINES], [LINES], "    min_n: 0\n"), "1", below, "9")

        assert (found.value, found.cause and found.cause.code) == (None, "M201")

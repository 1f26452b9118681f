"""Red lines: what a KPI beyond its limit does to the total, and what happens when nobody knows."""

from decimal import Decimal

import pytest

from models.appraisal.scorecard import Actual, Person, Scorecard, score_period
from models.definitions import load_definitions
from models.errors import MeritErrors
from models.periods import Period
from tests.models.appraisal.test_scorecard import NOVEMBER, START

WORLD = """
kpis:
  - {{id: sales, effective_from: 2010-01-01, label: {{zh: 销售, en: Sales}}, formula: {{zh: 求和, en: sum}},
     kind: result, unit: CNY, direction: higher, decimals: 2,
     numerator: [{{fact: order_line, sum: paid_amount_base, date: business_date}}]}}
  - {{id: cases, effective_from: 2010-01-01, label: {{zh: 违规, en: Cases}}, formula: {{zh: 计数, en: count}},
     kind: process, unit: count, direction: lower, decimals: 0,
     numerator: [{{fact: refund, count: rows, date: business_date}}]}}
roles:
  - id: seller
    effective_from: 2010-01-01
    label: {{zh: 销售, en: Seller}}
    duties: []
    cycle: M
    missing: {missing}
    grade_table: plain
    red_lines: [{red_line}]
    dimensions:
      - id: result
        label: {{zh: 业绩, en: Results}}
        weight: 100
        kpis:
          - {{kpi: sales, weight: 80, target: 100, method: score.linear}}
          - {{kpi: cases, weight: 20, target: 0, method: score.gap_points,
             args: {{gap: absolute, count_mode: whole, under: {{per: 1, points: 5}}}}}}
grade_tables:
  - id: plain
    effective_from: 2010-01-01
    bands: [{{min: 90, grade: A, coefficient: 1.2}}, {{max: 90, grade: B, coefficient: 1}}]
"""
SELLER = Person(person_id="P1", name="甲", role_id="seller", dept="", manager_id=None, valid_from=START)
EACH = "{kpi: cases, worse_than: 0, effect: deduct_pct_each, value: 0.2}"


def _card(red_line: str, cases: str | None, missing: str = "pending", period: Period = NOVEMBER) -> Scorecard:
    definitions = load_definitions({"x.yaml": WORLD.format(red_line=red_line, missing=missing)})
    values = {"sales": "100", "cases": cases}
    actuals = [
        Actual(
            period=period.id,
            person_id="P1",
            role_id="seller",
            kpi_id=kpi,
            numerator=None,
            denominator=None,
            value=None,
            status="missing",
            cause_code="M207",
            cause="not pulled yet",
        )
        if text is None
        else Actual(
            period=period.id,
            person_id="P1",
            role_id="seller",
            kpi_id=kpi,
            numerator=Decimal(text),
            denominator=None,
            value=Decimal(text),
            status="scored",
        )
        for kpi, text in values.items()
    ]
    [card] = score_period(definitions, period, [SELLER], actuals, [], ratings=[])
    return card


@pytest.mark.parametrize(
    ("red_line", "cases", "total"),
    [
        (EACH, "0", "100.00"),
        (EACH, "2", "58.80"),  # base 80 + 90 × 20 % = 98, less 2 × 20 %
        ("{kpi: cases, worse_than: 1, effect: deduct_pct_each, value: 0.2}", "3", "58.20"),
        ("{kpi: cases, worse_than: 0, effect: deduct_pct, value: 0.2}", "2", "78.40"),
        ("{kpi: cases, worse_than: 1, effect: cap_total, value: 60}", "1", "99.00"),
        ("{kpi: cases, worse_than: 1, effect: cap_total, value: 60}", "2", "60.00"),
        ("{kpi: cases, worse_than: 2, effect: zero_total}", "3", "0.00"),
        ("{kpi: cases, worse_than: 0, effect: zero_kpi}", "1", "80.00"),
        ("{kpi: sales, worse_than: 101, effect: cap_total, value: 50}", "0", "50.00"),
    ],
)
def test_a_crossed_red_line_has_its_effect_on_the_total(red_line: str, cases: str, total: str) -> None:
    assert _card(red_line, cases).total == Decimal(total)


def test_the_scorecard_says_which_red_line_was_crossed_and_what_it_did() -> None:
    card = _card(EACH, "2")

    assert card.steps[0].zh == "触及红线 cases 2 > 0：每超一单位扣减总分的 0.2 倍"
    assert [s.en for s in card.steps][:3] == [
        "red line cases 2 > 0: 0.2 of the total is taken off for each unit beyond",
        "base = 80 + 18 = 98",
        "after red lines = 98 × max(0, 1 − (0.4)) = 58.8",
    ]
    assert card.grade == "B"


def test_a_scorecard_is_not_final_while_a_red_line_cannot_be_judged() -> None:
    card = _card(EACH, None, missing="exclude_redistribute")

    assert (card.status, card.total) == ("provisional", Decimal("100.00"))
    assert "the red line on cases cannot be judged" in (card.cause or "")


@pytest.mark.parametrize(
    ("red_line", "code"),
    [
        ("{kpi: cases, worse_than: 0, effect: deduct_pct}", "D225"),
        ("{kpi: cases, worse_than: 0, effect: deduct_pct, value: 20}", "D225"),
        ("{kpi: cases, worse_than: 0, effect: zero_total, value: 1}", "D225"),
        ("{kpi: case, worse_than: 0, effect: zero_total}", "D226"),
        ("{kpi: cases, worse_than: 0, effect: zero}", "D114"),
    ],
)
def test_a_wrong_red_line_is_refused_with_its_line(red_line: str, code: str) -> None:
    with pytest.raises(MeritErrors) as caught:
        load_definitions({"x.yaml": WORLD.format(red_line=red_line, missing="pending")})

    [error] = caught.value.errors
    assert error.code == code
    assert error.where.startswith("x.yaml:1")

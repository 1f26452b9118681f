"""Pay statements: amounts, absence with a cause, order, rounding, arithmetic, and every plan that ships."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.appraisal.scorecard import Scorecard, score_period
from models.causes import CAUSES, Cause
from models.definitions import Definitions, load_definitions
from models.definitions.pay_plans import PayPlan
from models.inputs import Actual, Person, Target
from models.money import round_half_up, total
from models.periods import Period
from models.statement import PayInputs, inputs_of, pay_statement

ROOT = Path(__file__).resolve().parents[2] / "kpi_definitions"
OCTOBER, QUARTER, YEAR = (Period.parse(text) for text in ("2026-10", "2026-Q3", "2026"))
D = Decimal


@cache
def shipped() -> Definitions:
    files = [p for folder in ("kpis", "roles", "pay") for p in (ROOT / folder).glob("*.yaml")]
    files += ROOT.glob("grade*.yaml")
    return load_definitions({str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in files})


def plan(role: str, mode: str | None = None) -> PayPlan:
    plans = shipped().pay_plans_of(role, date(2026, 10, 31))
    return plans[mode] if mode else next(iter(plans.values()))


GIVEN: dict[str, object] = {
    "base_salary": D(4000),
    "perf_base": D(2000),
    "coefficient": D("1.0"),
    "total": D("85.50"),
    "grade": "silver",
    "payable_days": D(31),
    "period_days": D(31),
    "team_coefficients": {
        "p1": {"coefficient": D("1.2"), "days": D(31)},
        "p2": {"coefficient": D(1), "days": D(31)},
    },
    "team_amounts": {"p2": D("586.00"), "p3": D("414.00")},
}


def inputs(period: Period = OCTOBER, **values: str) -> PayInputs:
    figures = {name: D(value) for name, value in values.items()}
    return PayInputs(person_id="p1", period=period, sources=GIVEN, values=figures, targets=figures)


def test_the_pre_sales_agent_of_october_end_to_end() -> None:
    statement = pay_statement(plan("presales_cs"), inputs(cs_sales="92000"))

    amounts = {line.id: str(line.amount) for line in statement.lines}
    assert amounts == {"base": "4000.00", "performance": "2000.00", "commission": "586.00"}
    assert (statement.total, statement.status, statement.example) == (D("6586.00"), "scored", True)
    assert statement.steps[0].en == "total = 4000.00 + 2000.00 + 586.00 = 6586.00"


def test_a_missing_figure_makes_the_line_and_the_total_absent_never_0() -> None:
    statement = pay_statement(plan("presales_cs"), inputs())

    line = statement.line("commission")
    assert (line.status, line.amount) == ("missing", None)
    assert line.cause == Cause("M230", "no kpi cs_sales for this period")
    assert (statement.total, statement.status, statement.steps) == (None, "provisional", ())
    assert statement.cause == "commission: no kpi cs_sales for this period"
    assert statement.line("performance").amount == D("2000.00")


def test_the_cause_of_a_missing_kpi_is_the_one_its_measuring_found() -> None:
    held = replace(inputs(), causes={"kpi cs_sales": Cause("M207", "chats of 2026-10-31 are not pulled yet")})

    statement = pay_statement(plan("presales_cs"), held)

    assert statement.line("commission").cause == Cause("M207", "chats of 2026-10-31 are not pulled yet")


def test_a_kpi_that_is_0_pays_0_and_is_not_missing() -> None:
    statement = pay_statement(plan("presales_cs"), inputs(cs_sales="0"))

    assert statement.line("commission").amount == D("0.00")
    assert statement.total == D("6000.00")


def test_lines_settled_by_quarter_or_year_are_left_out_of_a_month_and_its_total() -> None:
    director = plan("ecom_ops_director")
    # the bonus compares the cohort with the target of net sales
    values = {"net_sales_cohort": "1200000", "net_sales": "1200000", "net_profit": "500000"}

    month, quarter, year = (pay_statement(director, inputs(p, **values)) for p in (OCTOBER, QUARTER, YEAR))

    due = [[line.id for line in s.lines if line.status == "scored"] for s in (month, quarter, year)]
    assert due == [["base"], ["performance", "quarterly_bonus", "above_target"], ["dividend"]]
    assert [s.total for s in (month, quarter, year)] == [D("4000.00"), D("22000.00"), D("6000.00")]


def test_points_above_target_are_a_line_beside_the_bonus() -> None:
    held = replace(inputs(QUARTER, net_sales_cohort="1200000"), targets={"net_sales": D(1000000)})

    statement = pay_statement(plan("ecom_ops_director"), held)

    assert statement.line("quarterly_bonus").amount == D("30000.00")
    assert statement.line("above_target").amount == D("400.00")


@pytest.mark.parametrize(
    ("mode", "amounts"),
    [
        ("sales_commission", {"base": "4000.00", "commission": "1400.00"}),
        ("ad_saving_commission", {"base": "4000.00", "ad_saving": "1200.00"}),
        ("performance", {"base": "4000.00", "performance": "2000.00"}),
    ],
)
def test_the_promotion_specialist_is_paid_by_the_mode_agreed(mode: str, amounts: dict[str, str]) -> None:
    held = inputs(net_sales_cohort="300000", spend_on_ads="30000", sales_attainment="0.95")

    statement = pay_statement(plan("promotion_specialist", mode), held)

    assert {line.id: str(line.amount) for line in statement.lines} == amounts


def test_a_pool_is_shown_and_only_the_own_share_is_paid() -> None:
    statement = pay_statement(plan("live_controller"), inputs(live_gmv="1000000"))

    pool, share = statement.line("pool"), statement.line("pool_share")
    assert (pool.amount, pool.paid) == (D("3000.00"), False)
    assert share.amount == D("1636.36")
    assert statement.total == D("5636.36")


def test_somebody_who_is_no_member_of_the_pool_has_a_cause_instead_of_a_share() -> None:
    held = replace(inputs(live_gmv="1000000"), person_id="p9")

    statement = pay_statement(plan("live_controller"), held)

    assert statement.line("pool_share").cause == Cause("M230", "shares of pay.pool has no share of p9")


def test_a_line_on_an_absent_line_is_absent_with_it() -> None:
    statement = pay_statement(plan("live_controller"), inputs())

    assert [line.cause.code for line in statement.lines if line.cause] == ["M230", "M231"]


def test_a_figure_the_method_refuses_is_a_cause_and_no_crash() -> None:
    held = replace(inputs(QUARTER, net_sales_cohort="5"), targets={"net_sales": D(0)})

    line = pay_statement(plan("ecom_ops_director"), held).line("quarterly_bonus")

    assert (line.status, line.amount) == ("missing", None)
    assert line.cause is not None
    assert line.cause.code == "M232"
    assert "pay.quarterly_bonus" in line.cause.text


def test_codes_of_causes_have_names_for_readers() -> None:
    assert {"M230", "M231", "M232", "M233"} <= set(CAUSES)


def test_the_order_of_lines_in_the_file_changes_nothing_but_the_order_shown() -> None:
    director = plan("visual_designer", "performance")
    reverse = replace(director, lines=director.lines[::-1])

    one, other = (pay_statement(p, inputs()) for p in (director, reverse))

    assert {x.id: x.amount for x in one.lines} == {x.id: x.amount for x in other.lines}
    assert one.total == other.total == D("5710.00")
    assert [x.id for x in other.lines] == [x.id for x in one.lines][::-1]


def test_a_statement_on_a_provisional_scorecard_is_provisional() -> None:
    statement = pay_statement(plan("presales_cs"), replace(inputs(cs_sales="92000"), is_final=False))

    assert (statement.total, statement.status) == (D("6586.00"), "provisional")


@given(
    base=st.decimals(0, 100000, places=4),
    perf=st.decimals(0, 100000, places=4),
    coefficient=st.decimals(0, 2, places=3),
    sales=st.decimals(-50000, 5000000, places=4),
    days=st.integers(0, 31),
)
def test_the_total_is_the_sum_of_lines_rounded_to_the_fen(
    base: Decimal, perf: Decimal, coefficient: Decimal, sales: Decimal, days: int
) -> None:
    own = {"base_salary": base, "perf_base": perf, "coefficient": coefficient, "payable_days": D(days)}
    held = PayInputs(person_id="p1", period=OCTOBER, sources={**GIVEN, **own}, values={"cs_sales": sales})

    statement = pay_statement(plan("presales_cs"), held)

    amounts = [line.amount for line in statement.lines if line.amount is not None]
    assert len(amounts) == 3
    assert [a for a in amounts if a != round_half_up(a, 2)] == []
    assert statement.total == total(amounts)


# ---- from a scorecard ----

EXAMPLE_PAY = """
pay_plans:
  - id: manager_pay
    effective_from: 2010-01-01
    label: {zh: 店长, en: Manager}
    roles: [store_manager]
    mode: mixed
    lines:
      - id: performance
        label: {zh: 绩效, en: Performance}
        method: pay.performance
        from: {base: perf_base, coefficient: coefficient}
      - id: commission
        label: {zh: 提成, en: Commission}
        method: pay.commission
        from: {basis: {kpi: net_sales}, target: {target: net_sales}}
        args: {mode: whole_slab, bands_of: attainment, bands: [{max: 1, rate: 0.01}, {min: 1, rate: 0.02}]}
"""


def scored(example: str, refund_rate: Decimal | None) -> tuple[Definitions, Scorecard]:
    definitions = load_definitions({"README.md": example, "pay.yaml": EXAMPLE_PAY})
    person = Person(
        person_id="p1",
        name="甲",
        role_id="store_manager",
        dept="x",
        manager_id=None,
        valid_from=date(2020, 1, 1),
    )
    status = "missing" if refund_rate is None else "scored"
    code, cause = (None, None) if refund_rate is not None else ("M207", "not pulled")
    actuals = [
        Actual(
            period="2026-10",
            person_id="p1",
            role_id="store_manager",
            kpi_id="net_sales",
            numerator=D(1000),
            denominator=None,
            value=D(1000),
            status="scored",
        ),
        Actual(
            period="2026-10",
            person_id="p1",
            role_id="store_manager",
            kpi_id="refund_rate",
            numerator=None,
            denominator=None,
            value=refund_rate,
            status=status,
            cause_code=code,
            cause=cause,
        ),
    ]
    targets = [Target(scope="person", scope_id="p1", kpi_id="net_sales", period="2026-10", value=D(800))]
    return definitions, score_period(definitions, OCTOBER, [person], actuals, targets, ratings=[])[0]


def test_a_scorecard_brings_coefficient_values_and_targets(example: str) -> None:
    definitions, card = scored(example, D("0.05"))

    held = inputs_of(card, OCTOBER, {"perf_base": D(2000)})
    statement = pay_statement(definitions.pay_plan("manager_pay", OCTOBER.end), held)

    assert (card.grade, card.coefficient) == ("A", D("1.2"))
    assert {line.id: line.amount for line in statement.lines} == {
        "performance": D("2400.00"),
        "commission": D("20.00"),
    }
    assert statement.status == "scored"


def test_a_scorecard_without_a_total_pays_no_score_and_says_why(example: str) -> None:
    definitions, card = scored(example, None)

    held = inputs_of(card, OCTOBER, {"perf_base": D(2000)})
    statement = pay_statement(definitions.pay_plan("manager_pay", OCTOBER.end), held)

    line = statement.line("performance")
    assert line.cause is not None
    assert line.cause.code == "M233"
    assert "refund_rate" in line.cause.text
    assert statement.line("commission").amount == D("20.00")
    assert (statement.total, statement.status) == (None, "provisional")


# ---- every plan that ships ----


def everything(period: Period, held: PayPlan) -> PayInputs:
    """Plausible figures for whatever a plan asks for."""
    wanted = {ref.name for line in held.lines for ref in line.refs if ref.kind in {"kpi", "target"}}
    small = {
        "acos",
        "influencer_cost_rate",
        "gross_margin",
        "price_violations",
        "sales_attainment",
        "net_roi",
    }
    figures = {name: D("1") if name in small else D("120000") for name in wanted}
    return PayInputs(person_id="p1", period=period, sources=GIVEN, values=figures, targets=figures)


@pytest.mark.parametrize("name", sorted(shipped().pay_plans))
def test_a_shipped_plan_pays_and_explains_every_line(name: str) -> None:
    held = shipped().pay_plans[name]

    statements = [pay_statement(held, everything(period, held)) for period in (OCTOBER, QUARTER, YEAR)]

    assert [s.cause for s in statements] == [None] * 3
    assert statements[0].total is not None
    assert statements[0].total > 0
    lines = [line for s in statements for line in s.lines if line.status == "scored"]
    assert {line.id for line in lines} == {line.id for line in held.lines}
    assert [line.id for line in lines if not line.steps] == []
    assert all(step.zh and step.en for line in lines for step in line.steps)


@pytest.mark.parametrize("name", sorted(shipped().pay_plans))
def test_a_shipped_plan_without_figures_has_no_total_and_a_cause_for_every_line_that_is_due(
    name: str,
) -> None:
    statement = pay_statement(shipped().pay_plans[name], PayInputs(person_id="p1", period=OCTOBER))

    due = [line for line in statement.lines if line.status != "excluded"]
    assert due
    assert [line.id for line in due if line.cause is None or line.amount is not None] == []
    assert statement.total is None

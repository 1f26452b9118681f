"""The warehouse and the scorecard find one value and one attainment, whatever the figures."""

from datetime import UTC, date, datetime
from decimal import Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from models.appraisal.lines import Attainments, score_line
from models.appraisal.measured import from_actual
from models.appraisal.targets import ResolvedTarget
from models.definitions import Definitions, load_definitions
from models.definitions.rules import rule_of
from models.figure import FigureStatus, attained, share_of_target
from models.inputs import Actual
from models.money import round_half_up
from warehouse.figures.judge import Evidence, Owned
from warehouse.figures.plan import MeasuredPerson, Span, plan_kpi
from warehouse.figures.run import MeasureResult, MeasureResults
from warehouse.raw.coverage import Account, Coverage, ProofWindow

DECEMBER = Span("2011-12", date(2011, 12, 1), date(2011, 12, 31))
PLACES = 10
SUM = "{fact: order_line, sum: qty, date: business_date}"
BELOW = "{fact: order_line, count: rows, date: business_date}"
MEASURES = {
    "amount": f"numerator: [{SUM}]",
    "rate": f"numerator: [{SUM}], denominator: [{BELOW}]",
    "scaled": f"numerator: [{SUM}], denominator: [{BELOW}], scale: 1000, min_n: 5, floor: -50, cap: 900",
    "over_target": f"numerator: [{SUM}], denominator: {{target: amount}}",
}
METHODS = {
    "higher": ["score.linear", "score.step", "score.gap_points"],
    "lower": ["mirror", "ratio", "score.step", "score.gap_points"],
}
LINES = {
    "score.linear": "method: score.linear",
    "mirror": "method: score.linear, args: {inverse: mirror}",
    "ratio": "method: score.linear, args: {inverse: ratio}",
    "score.gap_points": "method: score.gap_points, args: {gap: absolute, count_mode: whole}",
}


def _step(direction: str) -> str:
    low, high = (0, 100) if direction == "higher" else (100, 0)
    bands = f"[{{max: 1, score: {low}}}, {{min: 1, score: {high}}}]"
    return f"x: attainment, method: score.step, args: {{bands: {bands}}}"


def _definitions() -> Definitions:
    """Every measure in both directions, and one role per way to score it."""
    kpis, roles = ["kpis:"], ["roles:"]
    for direction, methods in METHODS.items():
        for name, measure in MEASURES.items():
            key = name if (name, direction) == ("amount", "higher") else f"{name}_{direction}"
            kpis.append(
                f"  - {{id: {key}, effective_from: 2010-01-01, label: {{zh: k, en: k}}, formula: {{zh: k, en: k}},"
                f" kind: result, unit: ratio, direction: {direction}, decimals: 4, {measure}}}"
            )
            for method in methods:
                line = LINES.get(method) or _step(direction)
                roles.append(
                    f"  - {{id: {_role(key, method)}, effective_from: 2010-01-01, label: {{zh: r, en: r}}, duties: [], cycle: M,"
                    f" missing: pending, grade_table: standard, dimensions: [{{id: all, label: {{zh: a, en: a}}, weight: 100,"
                    f" kpis: [{{kpi: {key}, weight: 100, target: plan, {line}}}]}}]}}"
                )
    grades = (
        "grade_tables:\n  - id: standard\n    effective_from: 2010-01-01\n"
        "    bands: [{grade: B, max: 60, coefficient: 0}, {grade: A, min: 60, coefficient: 1}]\n"
    )
    return load_definitions({"p.yaml": grades + "\n".join([*kpis, *roles])})


def _role(key: str, method: str) -> str:
    return f"{key}_{method.replace('.', '_')}"


KNOWN = _definitions()
ROLES = sorted(KNOWN.roles)
ATTAINMENTS = Attainments(KNOWN)
PROVEN = ProofWindow(
    start=datetime(2011, 11, 1, tzinfo=UTC),
    end=datetime(2012, 2, 1, tzinfo=UTC),
    status="proven",
    proof="count",
    cause_code=None,
    cause=None,
    as_of=datetime(2012, 2, 1, tzinfo=UTC),
)
SHOP = Account(
    connector="shopify",
    stream="orders",
    shop_id="uk",
    feeds=("order_line",),
    zone="UTC",
    active_from=date(2011, 11, 1),
    active_to=None,
    finality_days=0,
    windows=(PROVEN,),
)

# Twelve decimals: a sum of converted amounts times shares has more of them than a stored figure.
amounts = st.decimals(-(10**9), 10**9, places=12)
counts = st.decimals(-3, 10**6, places=6)
targets = st.one_of(st.just(Decimal(0)), st.decimals(-(10**9), 10**9, places=10))


def _judged(
    role: str, kpi_id: str, above: Decimal, below: Decimal, target: Decimal
) -> tuple[Actual, Decimal | None]:
    """The warehouse's way: what it stores of the period, and the attainment it publishes."""
    plan = plan_kpi(KNOWN, kpi_id, DECEMBER.end)
    assert plan is not None
    key = (DECEMBER.label, "ann", role)
    sums = dict.fromkeys((t.measure for t in plan.numerator), above) | dict.fromkeys(
        (t.measure for t in plan.denominator), below
    )
    evidence = Evidence(
        figures=MeasureResults(
            {measure: {key: MeasureResult(value, 3, 0)} for measure, value in sums.items()}, {}
        ),
        coverage=Coverage([SHOP]),
        owned={("order_line", "ann", role): (Owned("shop", "uk", DECEMBER.start, DECEMBER.end),)},
        target_of=lambda _duty, _kpi: target,
    )
    judged = evidence.judge(MeasuredPerson(DECEMBER, "ann", role, (plan,)), plan)
    status: FigureStatus = judged.status
    cause = judged.cause
    actual = Actual(
        period=DECEMBER.label,
        person_id="ann",
        role_id=role,
        kpi_id=kpi_id,
        numerator=judged.numerator,
        denominator=judged.denominator,
        value=_stored(judged.value),
        status=status,
        cause_code=cause.code if cause else None,
        cause=cause.text if cause else None,
        n_rows=judged.n_rows,
    )
    return actual, _stored(ATTAINMENTS.of(role, kpi_id, DECEMBER.end, judged.value, target))


def _stored(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value, PLACES)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ROLES), amounts, counts, targets)
def test_the_warehouse_and_the_scorecard_find_one_value_and_one_attainment(
    role: str, above: Decimal, below: Decimal, target: Decimal
) -> None:
    [line] = KNOWN.role(role, DECEMBER.end).lines
    kpi = KNOWN.kpi(line.kpi, DECEMBER.end)
    actual, attainment = _judged(role, line.kpi, above, below, target)

    goal = ResolvedTarget(target, "person")
    measured = from_actual(kpi, actual, goal)
    rule = rule_of(line, kpi)
    outcome = score_line(line, kpi, rule, measured, goal)

    assert _stored(measured.value) == actual.value
    assert (measured.cause and measured.cause.code) == actual.cause_code
    assert _stored(outcome.attainment) == attainment


@given(st.sampled_from(["higher", "lower"]), amounts, targets.filter(bool))
def test_attainment_rises_with_what_is_better_and_is_one_at_the_target(
    direction: str, actual: Decimal, target: Decimal
) -> None:
    better = actual + 1 if direction == "higher" else actual - 1

    assert attained(target, target, direction) == 1
    assert attained(better, target, direction) > attained(actual, target, direction)


@given(amounts, targets.filter(lambda t: t > 0))
def test_for_a_positive_target_share_and_attainment_are_the_same_or_mirror_each_other(
    actual: Decimal, target: Decimal
) -> None:
    share = share_of_target(actual, target)

    assert share is not None
    # a share has more digits than Python's own 28: rounded to those and then to the stored places, a half would go up twice
    with localcontext(prec=100):
        mirrored = Decimal(2) - share
    assert _stored(attained(actual, target, "higher")) == _stored(share)
    assert _stored(attained(actual, target, "lower")) == _stored(mirrored)

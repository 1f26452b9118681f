"""Lines that compare people: who is compared, when a comparison is final, and what a role may say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, Inexact, Rounded, localcontext

import pytest

from models.appraisal.scorecard import Actual, Person, Scorecard, ScoreLine, Target, score_period
from models.definitions import Definitions, load_definitions
from models.errors import MeritErrors
from models.lint import lint
from models.periods import Period

NOVEMBER = Period.parse("2011-11")
START = date(2011, 1, 1)
PLACE = "method: score.rank, args: {ties: competition, of: rank, bands: [{max: 2, score: 100}, {min: 2, score: 60}]}"
CEILING = (
    "method: score.percentile_ceiling, args: {ceilings: [{max: 0.9, score: 50}, {min: 0.9, score: 100}]}"
)
MEAN = "method: score.linear, target: {peer_mean: {min_group: 2}}"
STEPS = "method: score.milestone"
ROLE = """
kpis:
  - {{id: net, effective_from: 2010-01-01, label: {{zh: 净额, en: net}}, formula: {{zh: x, en: x}}, kind: result, unit: CNY,
     direction: {direction}, decimals: 2, numerator: [{{fact: order_line, sum: paid_amount_base, date: business_date}}]{more}}}
  - {{id: team, effective_from: 2010-01-01, label: {{zh: 团队, en: t}}, formula: {{zh: x, en: x}},
     kind: process, unit: ratio, direction: higher, decimals: 4, from_reports: {{total_at_least: 80}}}}
roles:
  - id: seller
    effective_from: 2010-01-01
    label: {{zh: 销售, en: Seller}}
    duties: [{{id: sell, zh: 销售, en: Sell}}]
    cycle: M
    missing: pending
    grade_table: all
    dimensions:
      - {{id: all, label: {{zh: 全部, en: All}}, weight: 100, kpis: [{{kpi: {kpi}, duty: sell, weight: 100, {line}}}]}}
grade_tables:
  - {{id: all, effective_from: 2010-01-01, bands: [{{grade: A, coefficient: 1}}]}}
"""
DIVIDED = ", denominator: [{fact: order_line, count: rows, date: business_date}]"


def role(line: str, *, direction: str = "higher", kpi: str = "net", more: str = "") -> Definitions:
    text = ROLE.format(line=line, direction=direction, kpi=kpi, more=more)
    return load_definitions({"role.yaml": text})


def person(name: str, dept: str = "x", manager: str | None = None) -> Person:
    return Person(
        person_id=name, name=name, role_id="seller", dept=dept, manager_id=manager, valid_from=START
    )


def actual(name: str, value: str | None, cause: str = "P102", status: str = "") -> Actual:
    number = None if value is None else Decimal(value)
    state = status or ("missing" if number is None else "scored")
    code = cause if number is None or status else None
    return Actual(
        period="2011-11",
        person_id=name,
        role_id="seller",
        kpi_id="net",
        numerator=number,
        denominator=None,
        value=number,
        status=state,
        cause_code=code,
        cause=code and "why",
        n_rows=1,
    )


def scored(
    known: Definitions,
    actuals: Sequence[Actual],
    people: Sequence[Person] = (),
    targets: Sequence[Target] = (),
) -> dict[str, ScoreLine]:
    held = people or [person(a.person_id) for a in actuals]
    cards = score_period(known, NOVEMBER, held, actuals, targets, ratings=[])
    return {card.person_id: card.lines[0] for card in cards}


THREE = [actual("a", "90"), actual("b", "80"), actual("c", "70")]


def test_a_place_among_those_who_hold_the_role_gives_the_score() -> None:
    found = scored(role(PLACE), THREE)

    assert {name: line.score for name, line in found.items()} == {"a": 100, "b": 60, "c": 60}


def test_a_kpi_that_is_better_when_lower_puts_the_lowest_first() -> None:
    found = scored(role(PLACE, direction="lower"), THREE)

    assert {name: line.score for name, line in found.items()} == {"a": 60, "b": 60, "c": 100}


def test_people_of_another_department_are_not_compared_when_the_rule_says_so() -> None:
    people = [person("a", "x"), person("b", "y"), person("c", "y")]
    line = PLACE.replace("{ties", "{among: dept, ties")

    found = scored(role(line), THREE, people)

    assert (found["a"].cause_code, found["a"].status) == ("M218", "missing")
    assert (found["b"].score, found["c"].score) == (100, 60)


@pytest.mark.parametrize("line", [PLACE, CEILING])
def test_nobody_is_ranked_alone(line: str) -> None:
    found = scored(role(line), THREE[:1])["a"]

    assert (found.status, found.cause_code, found.score) == ("missing", "M218", None)


@pytest.mark.parametrize("line", [PLACE, CEILING, MEAN.replace("2}", "1}")])
def test_a_comparison_waits_for_figures_that_are_missing_or_may_change(line: str) -> None:
    for late in (actual("c", None), actual("c", "70", status="provisional")):
        found = scored(role(line), [*THREE[:2], late])["a"]

        assert (found.status, found.cause_code) == ("provisional", "M219")
        assert found.cause == "net of c is not final"
        assert found.score is not None


@pytest.mark.parametrize("line", [PLACE, CEILING, MEAN.replace("2}", "1}")])
def test_somebody_to_whom_nothing_happened_is_not_waited_for(line: str) -> None:
    found = scored(role(line), [*THREE[:2], actual("c", None, "M211")])

    assert found["a"].status == "scored"
    assert (found["c"].status, found["c"].cause_code) == ("missing", "M211")


def test_too_few_to_compare_is_no_verdict_while_somebody_s_figure_is_open() -> None:
    found = scored(role(PLACE), [actual("a", "90"), actual("b", None)])["a"]

    assert (found.status, found.cause_code, found.score) == ("provisional", "M219", None)


def test_a_ceiling_counts_those_without_a_figure_as_not_taking_part() -> None:
    absent = [actual(name, None, "M211") for name in ("d", "e")]

    found = scored(role(CEILING), [*THREE, *absent])

    assert {name: line.score for name, line in found.items() if line.score is not None} == {
        "a": 50,
        "b": 50,
        "c": 0,
    }
    assert "参与率 = 3 ÷ 5 = 0.6：上限 50 分" in [step.zh for step in found["a"].steps]


def test_the_mean_of_the_others_is_the_target() -> None:
    found = scored(role(MEAN), THREE)

    assert (found["a"].target, found["c"].target) == (75, 85)
    assert found["b"].score == 100
    assert found["b"].attainment == 1


def test_a_group_that_is_too_small_has_its_fallback_or_no_target() -> None:
    without = scored(role(MEAN), THREE[:2])["a"]
    fallback = scored(role(MEAN.replace("2}", "2, fallback: 100}")), THREE[:2])["a"]

    assert (without.status, without.cause_code) == ("missing", "M218")
    assert (fallback.target, fallback.score) == (100, 90)
    assert "目标 = 100（岗位定义）" in [step.zh for step in fallback.steps]


def test_a_stated_target_goes_before_the_mean_of_the_peers() -> None:
    stated = Target(scope="person", scope_id="a", kpi_id="net", period="2011-11", value=Decimal(45))

    assert scored(role(MEAN), THREE, targets=[stated])["a"].target == 45


def test_a_milestone_line_is_left_out_where_nothing_was_due() -> None:
    known = role(STEPS, more=DIVIDED)
    due, idle = actual("a", "3"), actual("b", None, "M201")

    found = scored(known, [replace(due, denominator=Decimal(4)), idle])

    assert (found["a"].score, found["b"].status) == (75, "excluded")


def test_reports_are_scored_before_managers_and_people_in_any_order_alike() -> None:
    people = [person("a"), person("b", manager="a"), person("c", manager="a")]

    def cards(order: int) -> list[Scorecard]:
        return score_period(role(PLACE), NOVEMBER, people[::order], THREE[::order], [], ratings=[])

    assert cards(1) == cards(-1)


@pytest.mark.parametrize("line", [PLACE, CEILING, MEAN, STEPS])
def test_the_caller_s_decimal_context_stays_out_of_a_scorecard(line: str) -> None:
    known = role(line, more=DIVIDED if line == STEPS else "")
    figures = [replace(a, value=(a.value or 0) / 3, numerator=(a.value or 0) / 3) for a in THREE]
    figures = [replace(a, denominator=Decimal(7)) if line == STEPS else a for a in figures]
    expected = score_period(known, NOVEMBER, [person(a.person_id) for a in figures], figures, [], ratings=[])

    with localcontext() as context:
        context.prec, context.traps[Inexact], context.traps[Rounded] = 3, True, True
        found = score_period(known, NOVEMBER, [person(a.person_id) for a in figures], figures, [], ratings=[])

    assert found == expected


@pytest.mark.parametrize(
    ("line", "more", "code", "said"),
    [
        (PLACE.replace("ties: competition, ", ""), {}, "D221", "ties must be stated"),
        (PLACE.replace("of: rank, ", ""), {}, "D221", "of must be stated"),
        (PLACE.replace("of: rank", "of: percentile"), {}, "D221", "edges from 0 to 1"),
        (PLACE.replace("2,", "0.5,").replace("max: 2", "max: 0.5"), {}, "D221", "edges of 1 or more"),
        (PLACE.replace("100", "50"), {}, "D210", "scores"),
        (PLACE.replace("ties:", "tie:"), {}, "D220", "did you mean ties?"),
        (PLACE.replace("{ties", "{among: shop, ties"), {}, "D221", "role, dept"),
        (PLACE, {"kpi": "team"}, "D210", "people cannot be compared by it"),
        (MEAN, {"kpi": "team"}, "D210", "people cannot be compared by it"),
        (MEAN.replace("min_group", "min_grup"), {}, "D220", "did you mean min_group?"),
        (MEAN.replace("peer_mean", "peers_mean"), {}, "D110", "peer_mean"),
        (CEILING.replace("0.9", "90"), {}, "D221", "edges from 0 to 1"),
        (STEPS, {}, "D210", "no such quotient"),
        (STEPS, {"more": DIVIDED + ", scale: 100"}, "D210", "no such quotient"),
        (STEPS, {"more": DIVIDED, "direction": "lower"}, "D210", "lower is better"),
        ("method: score.forced_distribution", {}, "D220", "unknown method"),
        ("method: score.rating, args: {weights: {peer: 1}}", {}, "D210", "does not fit"),
    ],
)
def test_a_line_that_compares_wrongly_is_refused(
    line: str, more: dict[str, str], code: str, said: str
) -> None:
    with pytest.raises(MeritErrors) as caught:
        role(line, **more)

    assert [e.code for e in caught.value.errors] == [code]
    assert said in str(caught.value)
    assert "role.yaml:" in caught.value.errors[0].where


def test_the_linter_judges_a_table_of_places_by_its_scores_and_not_by_its_edges() -> None:
    codes = {
        line: {f.code for f in lint(role(line))} for line in (PLACE, PLACE.replace("60", "100"), CEILING)
    }
    twice = {f.code for f in lint(role(PLACE.replace("100", "300")))}

    assert "L040" in codes[PLACE.replace("60", "100")]
    assert not {"L040", "L044", "L052", "L053"} & (codes[PLACE] | codes[CEILING])
    assert "L054" in twice

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models.appraisal.scorecard import (
    Actual,
    Person,
    Rating,
    Scorecard,
    ScoreLine,
    Target,
    TargetBook,
    score_period,
)
from models.definitions import Definitions, load_definitions
from models.errors import CompanyError, DefinitionError
from models.inputs import assignments
from models.periods import Period

MORE = """
kpis:
  - {id: attainment, effective_from: 2010-01-01, label: {zh: 完成率, en: a}, formula: {zh: x, en: x},
     kind: result, unit: ratio, direction: higher, decimals: 4, denominator: {target: net_sales},
     numerator: [{fact: order_line, sum: paid_amount_base, date: business_date}]}
  - {id: team, effective_from: 2010-01-01, label: {zh: 团队, en: t}, formula: {zh: x, en: x},
     kind: process, unit: ratio, direction: higher, decimals: 4, from_reports: {total_at_least: 80}}
  - {id: drive, effective_from: 2010-01-01, label: {zh: 主动, en: d}, formula: {zh: x, en: x},
     kind: behaviour, unit: points, direction: higher, decimals: 2, rating: {item: drive}}
roles:
  - id: boss
    effective_from: 2010-01-01
    label: {zh: 经理, en: Boss}
    duties: []
    cycle: M
    missing: pending
    grade_table: standard
    dimensions:
      - id: result
        label: {zh: 业绩, en: Results}
        weight: 80
        kpis:
          - {kpi: attainment, weight: 50, target: 1, method: score.linear, args: {cap: 1.2}}
          - {kpi: team, weight: 50, target: 0.5, method: score.linear, args: {cap: 1.2}}
      - id: conduct
        label: {zh: 行为, en: Conduct}
        weight: 20
        kpis:
          - {kpi: drive, weight: 100, method: score.rating, args: {weights: {superior: 60, peer: 40}}}
"""
NOVEMBER = Period.parse("2011-11")
START = date(2011, 1, 1)
BOSS = Person(person_id="P1", name="甲", role_id="boss", dept="x", manager_id=None, valid_from=START)
MANAGER = Person(
    person_id="P2", name="乙", role_id="store_manager", dept="x", manager_id="P1", valid_from=START
)
PEOPLE = [BOSS, MANAGER]
TARGETS = [
    Target(
        scope="person",
        scope_id="P2",
        kpi_id="net_sales",
        period="2011-11",
        value=Decimal(1000000),
        basis="own_history",
    ),
    Target(
        scope="person",
        scope_id="P1",
        kpi_id="net_sales",
        period="2011-11",
        value=Decimal(2000000),
        basis="strategy",
    ),
]
RATINGS = [
    Rating(
        person_id="P1",
        period="2011-11",
        item_id="drive",
        rater_type="superior",
        score=Decimal(4),
        scale_max=Decimal(5),
    )
]


def actual(person: Person, kpi: str, numerator: str, denominator: str | None = None) -> Actual:
    above, below = Decimal(numerator), Decimal(denominator) if denominator else None
    value = above / below if below else above
    return Actual(
        period="2011-11",
        person_id=person.person_id,
        role_id=person.role_id,
        kpi_id=kpi,
        numerator=above,
        denominator=below,
        value=value,
        status="scored",
        cause_code=None,
        cause=None,
        n_rows=7,
    )


ACTUALS = [
    actual(MANAGER, "net_sales", "1350000"),
    actual(MANAGER, "refund_rate", "0.0934", "1"),
    Actual(
        period="2011-11",
        person_id="P1",
        role_id="boss",
        kpi_id="attainment",
        numerator=Decimal(1900000),
        denominator=None,
        value=None,
        status="scored",
        cause_code=None,
        cause=None,
        n_rows=9,
    ),
]


@pytest.fixture
def definitions(example: str) -> Definitions:
    return load_definitions({"README.md": example, "more.yaml": MORE})


def card(cards: list[Scorecard], person_id: str) -> Scorecard:
    return next(c for c in cards if c.person_id == person_id)


def line(card: Scorecard, kpi: str) -> ScoreLine:
    return next(x for x in card.lines if x.kpi_id == kpi)


def zh(found: ScoreLine) -> list[str]:
    return [step.zh for step in found.steps]


def test_a_scorecard_shows_every_step_in_both_languages(definitions: Definitions) -> None:
    found = card(score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=RATINGS), "P2")

    assert zh(line(found, "net_sales")) == [
        "实际 = 1350000",
        "目标 = 1000000（个人目标）",
        "完成率 = 1 + (1350000 − 1000000) ÷ |1000000| = 1.35",
        "得分 = min(1.35, 1.2) × 100 = 120",
        "贡献 = 120 × 70% = 84.00",
    ]
    assert [step.en for step in line(found, "refund_rate").steps] == [
        "actual = 0.0934 ÷ 1 = 0.0934",
        "target = 0.08 (role definition)",
        "gap = −(0.0934 − 0.08) = -0.0134 (positive is better)",
        "units = 0.0134 ÷ 0.01 → 1 (whole steps only)",
        "score = 100 − 1 × 2 = 98",
        "contribution = 98 × 30% = 29.40",
    ]
    assert [step.zh for step in found.steps] == [
        "基础分 = 84 + 29.4 = 113.4",
        "总分 = 113.40（四舍五入）",
        "等级 A：90 ≤ 113.40，系数 1.2",
    ]


def test_a_scorecard_carries_total_grade_coefficient_and_hash(definitions: Definitions) -> None:
    found = card(score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=RATINGS), "P2")

    assert (found.status, found.base, found.total) == ("scored", Decimal("113.4"), Decimal("113.40"))
    assert (found.grade, found.coefficient) == ("A", Decimal("1.2"))
    assert found.definition_hash == definitions.hash
    assert sum(x.contribution or 0 for x in found.lines) == found.base
    assert [x.n_rows for x in found.lines] == [7, 7]


def test_a_manager_is_scored_after_the_reports(definitions: Definitions) -> None:
    found = card(score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=RATINGS), "P1")

    assert line(found, "team").value == 1
    assert line(found, "attainment").value == Decimal("0.95")
    assert line(found, "attainment").denominator == 2000000
    assert line(found, "drive").value == 80
    assert found.total == Decimal("102.00")


def test_an_open_report_makes_the_manager_provisional(definitions: Definitions) -> None:
    without = [a for a in ACTUALS if a.kpi_id != "refund_rate"]

    cards = score_period(definitions, NOVEMBER, PEOPLE, without, TARGETS, ratings=RATINGS)

    assert (card(cards, "P2").status, card(cards, "P2").total) == ("provisional", None)
    assert (card(cards, "P1").status, card(cards, "P1").grade) == ("provisional", None)
    assert line(card(cards, "P1"), "team").cause_code == "M214"
    assert "P2" in (card(cards, "P1").cause or "")


def test_a_missing_figure_keeps_its_cause(definitions: Definitions) -> None:
    gap = Actual(
        period="2011-11",
        person_id="P2",
        role_id="store_manager",
        kpi_id="refund_rate",
        numerator=None,
        denominator=None,
        value=None,
        status="missing",
        cause_code="M202",
        cause="no exchange rate",
        n_rows=3,
    )

    found = card(
        score_period(definitions, NOVEMBER, PEOPLE, [*ACTUALS[:1], gap], TARGETS, ratings=RATINGS), "P2"
    )

    assert line(found, "refund_rate").status == "missing"
    assert line(found, "refund_rate").cause_code == "M202"
    assert line(found, "refund_rate").score is None
    assert found.cause == "refund_rate: no exchange rate"
    assert zh(line(found, "refund_rate"))[-1] == "缺失：总分暂定，待补数据"


def test_a_figure_without_target_is_missing(definitions: Definitions) -> None:
    found = score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, [], ratings=RATINGS)

    assert line(card(found, "P2"), "net_sales").cause_code == "M210"
    assert line(card(found, "P1"), "attainment").cause_code == "M210"


def test_a_target_of_zero_excludes_the_line_and_moves_its_weight(definitions: Definitions) -> None:
    zero = [replace(TARGETS[0], value=Decimal(0)), TARGETS[1]]

    found = card(score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, zero, ratings=RATINGS), "P2")

    assert line(found, "net_sales").status == "excluded"
    assert line(found, "net_sales").weight == 0
    assert line(found, "refund_rate").weight == 100
    assert line(found, "refund_rate").declared_weight == 30
    assert found.total == Decimal("98.00")
    assert "权重 30% → 100%（重新分配）" in zh(line(found, "refund_rate"))


@pytest.mark.parametrize(("no_data", "status"), [("missing", "missing"), ("exclude", "excluded")])
def test_a_kpi_over_a_target_of_zero_has_the_cause_of_a_line_with_such_a_target(
    example: str, no_data: str, status: str
) -> None:
    text = MORE.replace(
        "{kpi: attainment, weight: 50,", f"{{kpi: attainment, no_data: {no_data}, weight: 50,"
    )
    zero = [TARGETS[0], replace(TARGETS[1], value=Decimal(0))]
    stored = [replace(ACTUALS[2], status=s, cause_code=c) for s, c in (("scored", None), ("missing", "M212"))]
    known = load_definitions({"README.md": example, "more.yaml": text})

    cards = [score_period(known, NOVEMBER, PEOPLE, [one], zero, ratings=RATINGS) for one in stored]

    found = [line(card(both, "P1"), "attainment") for both in cards]
    assert {(x.status, x.cause_code, x.cause) for x in found} == {
        (status, "M212", "the target of net_sales is 0")
    }


@pytest.mark.parametrize(
    ("cause", "status", "weight"),
    [("M201", "excluded", 0), ("M211", "excluded", 0), ("M212", "excluded", 0), ("P102", "missing", 30)],
)
def test_no_data_is_left_out_only_when_nothing_happened_that_could_be_measured(
    example: str, cause: str, status: str, weight: int
) -> None:
    text = example.replace("{kpi: refund_rate, duty", "{kpi: refund_rate, no_data: exclude, duty")
    silent = Actual(
        period="2011-11",
        person_id="P2",
        role_id="store_manager",
        kpi_id="refund_rate",
        numerator=None,
        denominator=None,
        value=None,
        status="missing",
        cause_code=cause,
        cause="none",
        n_rows=0,
    )
    definitions = load_definitions({"README.md": text, "more.yaml": MORE})

    found = card(
        score_period(definitions, NOVEMBER, PEOPLE, [ACTUALS[0], silent], TARGETS, ratings=RATINGS), "P2"
    )

    assert (line(found, "refund_rate").status, line(found, "refund_rate").weight) == (status, weight)
    assert line(found, "refund_rate").cause_code == cause
    assert (found.total is None) == (status == "missing")


def test_a_provisional_figure_gives_a_provisional_total(definitions: Definitions) -> None:
    early = [
        replace(ACTUALS[0], status="provisional", cause_code="M208", cause="the day is not over"),
        *ACTUALS[1:],
    ]

    found = card(score_period(definitions, NOVEMBER, PEOPLE, early, TARGETS, ratings=RATINGS), "P2")

    assert (found.status, found.total) == ("provisional", Decimal("113.40"))


def test_a_role_settled_by_quarter_is_provisional_in_a_month(example: str) -> None:
    quarterly = load_definitions({"x.yaml": example.replace("cycle: M ", "cycle: Q "), "more.yaml": MORE})

    found = card(score_period(quarterly, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=RATINGS), "P2")

    assert found.status == "provisional"
    assert "settled by Q" in (found.cause or "")


def test_too_few_peers_do_not_count(definitions: Definitions) -> None:
    peers = [
        Rating(
            person_id="P1",
            period="2011-11",
            item_id="drive",
            rater_type="peer",
            score=Decimal(1),
            scale_max=Decimal(5),
        )
        for _ in range(2)
    ]

    two = card(
        score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=[*RATINGS, *peers]), "P1"
    )
    three = card(
        score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=[*RATINGS, *peers, peers[0]]),
        "P1",
    )

    assert line(two, "drive").score == 80
    assert line(three, "drive").score == 56


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (
            Rating(
                person_id="P1",
                period="2011-11",
                item_id="drive",
                rater_type="peer",
                score=Decimal(9),
                scale_max=Decimal(10),
            ),
            "C161",
        ),
        (
            Rating(
                person_id="P1",
                period="2011-11",
                item_id="drive",
                rater_type="peer",
                score=Decimal(6),
                scale_max=Decimal(5),
            ),
            "C162",
        ),
        (
            Rating(
                person_id="P1",
                period="2011-11",
                item_id="drive",
                rater_type="peer",
                score=Decimal(-1),
                scale_max=Decimal(5),
            ),
            "C162",
        ),
    ],
)
def test_ratings_that_do_not_fit_are_refused(definitions: Definitions, extra: Rating, code: str) -> None:
    with pytest.raises(CompanyError) as caught:
        score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=[*RATINGS, extra])

    assert caught.value.code == code


def test_ratings_of_nobody_are_missing(definitions: Definitions) -> None:
    found = card(score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=[]), "P1")

    assert line(found, "drive").cause_code == "M213"


def test_managers_in_a_circle_are_refused_by_name(definitions: Definitions) -> None:
    circle = [replace(BOSS, manager_id="P2"), MANAGER]

    with pytest.raises(CompanyError) as caught:
        score_period(definitions, NOVEMBER, circle, ACTUALS, TARGETS, ratings=RATINGS)

    assert caught.value.code == "C163"
    assert caught.value.actual in {"P1 -> P2 -> P1", "P2 -> P1 -> P2"}


def test_an_undefined_role_is_refused(definitions: Definitions) -> None:
    with pytest.raises(DefinitionError) as caught:
        score_period(definitions, NOVEMBER, [replace(BOSS, role_id="bos")], [], [], ratings=[])

    assert caught.value.code == "D217"
    assert "boss" in caught.value.remedy


def test_the_order_of_inputs_changes_nothing(definitions: Definitions) -> None:
    first = score_period(definitions, NOVEMBER, PEOPLE, ACTUALS, TARGETS, ratings=RATINGS)
    second = score_period(
        definitions, NOVEMBER, PEOPLE[::-1], ACTUALS[::-1], TARGETS[::-1], ratings=RATINGS[::-1]
    )

    assert first == second


def test_a_change_of_role_gives_one_scorecard_per_role(definitions: Definitions) -> None:
    before = replace(MANAGER, valid_to=date(2011, 11, 12))
    after = replace(BOSS, person_id="P2", valid_from=date(2011, 11, 13))

    found = score_period(definitions, NOVEMBER, [before, after], [], [], ratings=[])

    assert [(c.person_id, c.role_id) for c in found] == [("P2", "boss"), ("P2", "store_manager")]


def test_a_leaver_is_scored_for_the_last_period_only() -> None:
    gone = replace(MANAGER, valid_to=date(2011, 11, 1))

    assert assignments([gone], NOVEMBER) == [gone]
    assert assignments([gone], Period.parse("2011-12")) == []


def test_the_nearest_target_wins(definitions: Definitions) -> None:
    role = Target(
        scope="role", scope_id="store_manager", kpi_id="refund_rate", period="2011-11", value=Decimal("0.07")
    )
    person = replace(role, scope="person", scope_id="P2", value=Decimal("0.06"))
    newer = replace(person, value=Decimal("0.05"), version=2)

    values = [
        TargetBook(definitions, targets).resolve("P2", "store_manager", "refund_rate", NOVEMBER)
        for targets in ([], [role], [role, person], [role, person, newer])
    ]

    assert [(v.value, v.scope) for v in values if v] == [
        (Decimal("0.08"), "definition"),
        (Decimal("0.07"), "role"),
        (Decimal("0.06"), "person"),
        (Decimal("0.05"), "person"),
    ]


def test_two_targets_of_one_period_are_refused(definitions: Definitions) -> None:
    twice = [*TARGETS, replace(TARGETS[0], value=Decimal(5))]

    with pytest.raises(CompanyError) as caught:
        TargetBook(definitions, twice).resolve("P2", "store_manager", "net_sales", NOVEMBER)

    assert caught.value.code == "C160"


def test_a_loss_smaller_than_planned_beats_its_target(definitions: Definitions) -> None:
    plan = [TARGETS[0], replace(TARGETS[1], value=Decimal(-100000))]
    actuals = [*ACTUALS[:2], replace(ACTUALS[2], numerator=Decimal(-80000))]

    found = card(score_period(definitions, NOVEMBER, PEOPLE, actuals, plan, ratings=RATINGS), "P1")

    assert line(found, "attainment").value == Decimal("1.2")

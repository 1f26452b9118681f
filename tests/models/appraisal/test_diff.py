"""What changed between two sets of definitions, said so that HR can check it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models.appraisal.diff import card_changes, definition_changes
from models.appraisal.scorecard import Actual, Person, Scorecard, Target, score_period
from models.definitions import Definitions, load_definitions
from models.errors import MeritErrors
from models.periods import Period

BASE = """
kpis:
  - {id: net_sales, effective_from: 2010-01-01, label: {zh: 净销售额, en: Net sales}, formula: {zh: 求和, en: sum}, kind: result,
     unit: CNY, direction: higher, decimals: 2, numerator: [{fact: order_line, sum: paid_amount_base, date: business_date}]}
roles:
  - id: seller
    effective_from: 2010-01-01
    label: {zh: 销售, en: Seller}
    duties: [{id: sell, zh: 销售, en: Sell}]
    cycle: M
    missing: pending
    grade_table: plain
    dimensions:
      - id: result
        label: {zh: 业绩, en: Results}
        weight: 100
        kpis:
          - {kpi: net_sales, duty: sell, weight: 100, target: 100, method: score.linear, args: {cap: 1.2}}
grade_tables:
  - {id: plain, effective_from: 2010-01-01, bands: [{min: 90, grade: A, coefficient: 1.2}, {max: 90, grade: B, coefficient: 1}]}
"""
STRICTER = BASE.replace("cap: 1.2", "cap: 1.0").replace("min: 90", "min: 95").replace("max: 90", "max: 95")
NOVEMBER = Period.parse("2011-11")
PEOPLE = [
    Person(person_id=p, name=p, role_id="seller", dept="", manager_id=None, valid_from=date(2010, 1, 1))
    for p in ("P1", "P2")
]


def _side(text: str) -> dict[str, dict[str, str]]:
    return {"files": {"x.yaml": text}, "overlay": {}}


def _cards(text: str, **values: str) -> list[Scorecard]:
    actuals = [
        Actual(
            period="2011-11",
            person_id=p,
            role_id="seller",
            kpi_id="net_sales",
            numerator=Decimal(v),
            denominator=None,
            value=Decimal(v),
            status="scored",
        )
        for p, v in values.items()
    ]
    definitions: Definitions = load_definitions({"x.yaml": text})
    targets: list[Target] = []
    return score_period(definitions, NOVEMBER, PEOPLE, actuals, targets, ratings=[])


def test_equal_definitions_have_no_changes_whatever_the_file_is_called() -> None:
    other = {"files": {"y.yaml": "# a remark\n" + BASE}, "overlay": {}}

    assert definition_changes(_side(BASE), other) == []


def test_a_changed_figure_is_named_with_old_and_new_value_and_both_places() -> None:
    [role, table] = definition_changes(_side(BASE), _side(STRICTER))

    assert role.headline.en == "role seller (from 2010-01-01) changed"
    assert [p.en for p in role.parts] == ["dimensions.result.kpis.net_sales.args.cap: 1.2 → 1.0"]
    assert [p.zh for p in table.parts] == ["bands.A.min：90 → 95", "bands.B.max：90 → 95"]
    assert table.where.count("x.yaml:") == 2


def test_a_new_version_is_added_and_the_old_one_stays() -> None:
    later = BASE + "  - {id: plain, effective_from: 2012-01-01, bands: [{grade: A, coefficient: 1}]}\n"

    [change] = definition_changes(_side(BASE), _side(later))

    assert (change.what, change.id, change.effective_from) == ("added", "plain", "2012-01-01")
    assert change.headline.zh == "等级表 plain（2012-01-01 起）新增"


def test_an_overlay_counts_as_what_it_makes_of_the_shipped_files() -> None:
    overlaid = {
        "files": {"x.yaml": BASE},
        "overlay": {"own.yaml": "grade_tables:" + STRICTER.split("grade_tables:")[1]},
    }

    [change] = definition_changes(_side(BASE), overlaid)

    assert (change.kind, change.id) == ("grade_tables", "plain")


def test_a_file_that_is_no_definition_is_refused_with_its_line() -> None:
    with pytest.raises(MeritErrors) as caught:
        definition_changes(_side(BASE), _side("kpis: [1, 2\n"))

    assert "x.yaml:" in str(caught.value.errors[0].where)


def test_people_whose_figures_change_are_named_with_the_difference() -> None:
    before, after = _cards(BASE, P1="150", P2="92"), _cards(STRICTER, P1="150", P2="92")

    changes = card_changes(before, after)

    assert [(c.person_id, c.by) for c in changes] == [("P1", Decimal(-20)), ("P2", Decimal(0))]
    assert [p.en for p in changes[0].parts] == ["total 120 → 100 (−20)", "net_sales score 120 → 100 (−20)"]
    assert [p.zh for p in changes[1].parts] == ["等级 A → B", "系数 1.2 → 1 (−0.2)"]


def test_nobody_changes_when_nothing_changes() -> None:
    assert card_changes(_cards(BASE, P1="1", P2="2"), _cards(BASE, P1="1", P2="2")) == []


def test_someone_appraised_on_one_side_only_comes_last() -> None:
    before, after = _cards(BASE, P1="150", P2="92"), _cards(STRICTER, P1="150", P2="92")
    after[1] = replace(after[1], person_id="P9")

    changes = card_changes(before, after)

    assert [c.person_id for c in changes] == ["P1", "P2", "P9"]
    assert changes[2].by is None
    assert changes[2].parts[0].zh == "仅在一方有考核"

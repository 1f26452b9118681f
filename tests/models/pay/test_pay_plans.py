"""Pay plans as definitions: what is read, what is refused and where, versions, and the hash."""

from datetime import date
from pathlib import Path

import pytest

from models.definitions import load_definitions
from models.definitions.bindings import SOURCES
from models.definitions.load import Definitions
from models.definitions.pay_checks import check_method, probe
from models.errors import MeritError, MeritErrors
from models.evaluation import EXPLAIN
from models.pay import PAY_METHODS

ROOT = Path(__file__).resolve().parents[3] / "kpi_definitions"
PAY = sorted((ROOT / "pay").glob("*.yaml"))
PLAN = """
pay_plans:
  - id: manager_pay
    effective_from: 2010-01-01
    label: {zh: 店长薪酬, en: Store manager pay}
    roles: [store_manager]
    mode: mixed
    lines:
      - id: performance
        label: {zh: 绩效工资, en: Performance pay}
        method: pay.performance
        from: {base: perf_base, coefficient: coefficient, payable_days: payable_days, period_days: period_days}
      - id: commission
        label: {zh: 销售提成, en: Sales commission}
        method: pay.commission
        from: {basis: {kpi: net_sales}}
        args:
          mode: progressive
          bands:
            - {max: 100000, rate: 0.005}
            - {min: 100000, rate: 0.008}
      - id: kept
        label: {zh: 实发提成, en: Commission paid}
        method: pay.holdback
        output: paid
        paid: false
        from: {amount: {line: commission}}
        args: {share: 0.1, releases: [{period: 2026-12, share: 1}]}
"""


def loaded(example: str, plan: str) -> Definitions:
    return load_definitions({"README.md": example, "pay.yaml": plan})


def problems(example: str, plan: str) -> list[MeritError]:
    with pytest.raises(MeritErrors) as caught:
        loaded(example, plan)
    return caught.value.errors


def changed(old: str, new: str, text: str = PLAN) -> str:
    assert old in text
    return text.replace(old, new, 1)


def line_of(part: str, text: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_plan_is_read_with_lines_bindings_and_places(example: str) -> None:
    plan = loaded(example, PLAN).pay_plans["manager_pay"]

    assert [line.id for line in plan.lines] == ["performance", "commission", "kept"]
    assert [line.kind for line in plan.lines] == ["performance", "sales_commission", None]
    assert [str(ref) for ref in plan.line("performance").refs] == [
        "perf_base", "coefficient", "payable_days", "period_days",
    ]  # fmt: skip
    assert plan.line("commission").output == "amount"
    assert not plan.line("kept").paid
    assert plan.source == "pay.yaml:3"
    assert plan.line("commission").source == "pay.yaml:13"


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("method: pay.commission", "method: pay.comission", "D220", "- id: commission"),
        ("method: pay.commission", "method: score.linear", "D220", "- id: commission"),
        ("mode: progressive", "mod: progressive", "D220", "- id: commission"),
        ("mode: progressive", "mode: flat", "D221", "bands:"),
        ("from: {basis: {kpi: net_sales}}", "", "D221", "- id: commission"),
        ("{min: 100000, rate", "{min: 120000, rate", "bands_gap", "bands:"),
        ("{min: 100000, rate", "{min: 90000, rate", "bands_overlap", "bands:"),
        ("{kpi: net_sales}", "{kpi: net_sale}", "D208", "{kpi: net_sale}"),
        ("{kpi: net_sales}", "{target: profit}", "D208", "{target: profit}"),
        ("roles: [store_manager]", "roles: [shop_manager]", "D217", "- id: manager_pay"),
        ("roles: [store_manager]", "roles: [store_manager, store_manager]", "D214", "roles:"),
        ("base: perf_base", "base: base_pay", "D240", "base: base_pay"),
        ("output: paid", "output: payed", "D240", "- id: kept"),
        ("output: paid", "output: releases.2027-01", "D240", "- id: kept"),
        ("{line: commission}", "{line: commision}", "D241", "{line: commision}"),
        ("from: {basis: {kpi: net_sales}}", "from: {basis: {line: kept}}", "D242", "- id: performance"),
        ("{kpi: net_sales}", "{line: commission}", "D242", "- id: performance"),
        ("- id: kept", "- id: commission", "D214", "- id: performance"),
        ("mode: mixed", "mode: ad_saving_commission", "D244", "mode: ad_saving"),
        ("mode: mixed", "mode: salary", "D114", "mode: salary"),
        ("paid: false", "paid: no", "D114", "paid: no"),
        (
            "          mode: progressive",
            "          mode: progressive\n          basis: 5",
            "D104",
            "basis: 5",
        ),
        ("    mode: mixed", "    mode: mixed\n    example: true", "D111", "- id: manager_pay"),
        ("label: {zh: 店长薪酬, en: Store manager pay}", "label: {zh: 店长薪酬}", "D111", "店长薪酬"),
        ("2010-01-01", "2009-12-31", "D218", "{kpi: net_sales}"),
        ("      - id: performance", "      - id: performance\n        cycle: W", "D114", "cycle: W"),
    ],
)
def test_a_mistake_is_refused_at_its_line(example: str, old: str, new: str, code: str, at: str) -> None:
    text = changed(old, new)

    found = problems(example, text)

    place = line_of(at, text)
    near = (
        {place, place + 1} if at == "- id: performance" else {place}
    )  # `lines:` begins with its first entry
    assert [(e.code, int(e.where.split(":")[1]) in near) for e in found] == [(code, True)], found


def test_every_refusal_says_what_to_do(example: str) -> None:
    text = changed("{kpi: net_sales}", "{kpi: net_sale}", changed("base: perf_base", "base: base_pay"))

    found = problems(example, text)

    assert [e.code for e in found] == ["D240", "D208"]
    assert "perf_base" in found[0].remedy or "base_salary" in found[0].remedy
    assert found[1].remedy == "did you mean net_sales?"


def test_a_plan_without_variable_pay_of_its_mode_is_refused_and_mixed_needs_two_kinds(example: str) -> None:
    only = PLAN[: PLAN.index("      - id: commission")]

    assert [e.code for e in problems(example, only)] == ["D244"]
    assert loaded(example, only.replace("mode: mixed", "mode: performance")).pay_plans


def test_a_leading_mode_may_have_another_kind_beside_it(example: str) -> None:
    assert loaded(example, PLAN.replace("mode: mixed", "mode: performance")).pay_plans


def test_a_period_uses_the_version_in_force(example: str) -> None:
    later = PLAN.replace("2010-01-01", "2012-01-01").replace("rate: 0.008", "rate: 0.01")
    found = loaded(example, PLAN + later.replace("\npay_plans:\n", ""))

    before = found.pay_plan("manager_pay", date(2011, 12, 31)).line("commission").args
    after = found.pay_plan("manager_pay", date(2012, 1, 1)).line("commission").args

    assert [str(args["bands"]).count("0.008") for args in (before, after)] == [1, 0]


def test_two_plans_of_one_mode_for_one_role_are_refused_from_the_day_both_are_in_force(example: str) -> None:
    other = PLAN.replace("manager_pay", "second_pay").replace("2010-01-01", "2013-05-01")

    found = problems(example, PLAN + other.replace("\npay_plans:\n", ""))

    assert [e.code for e in found] == ["D243"]
    assert "2013-05-01" in found[0].what
    assert "manager_pay at pay.yaml:3" in found[0].actual


def test_a_role_may_have_one_plan_of_each_mode(example: str) -> None:
    other = PLAN.replace("manager_pay", "score_pay").replace("mode: mixed", "mode: performance")
    found = loaded(example, PLAN + other.replace("\npay_plans:\n", ""))

    modes = found.pay_plans_of("store_manager", date(2011, 1, 1))

    assert {mode: plan.id for mode, plan in modes.items()} == {
        "mixed": "manager_pay",
        "performance": "score_pay",
    }
    assert found.pay_plans_of("store_manager", date(2009, 1, 1)) == {}


def test_a_newer_version_may_hand_the_role_to_another_plan(example: str) -> None:
    ended = PLAN.replace("2010-01-01", "2013-05-01").replace("roles: [store_manager]", "roles: []")
    other = PLAN.replace("manager_pay", "second_pay").replace("2010-01-01", "2013-05-01")
    found = loaded(example, PLAN + "".join(t.replace("\npay_plans:\n", "") for t in (ended, other)))

    plans = [found.pay_plans_of("store_manager", date(year, 6, 1))["mixed"].id for year in (2012, 2014)]

    assert plans == ["manager_pay", "second_pay"]


def test_plans_are_part_of_the_hash(example: str) -> None:
    hashes = {
        load_definitions({"README.md": example}).hash,
        loaded(example, PLAN).hash,
        loaded(example, changed("rate: 0.008", "rate: 0.009")).hash,
    }

    assert len(hashes) == 3
    assert loaded(example, PLAN + "# a remark\n").hash in hashes


def test_a_company_replaces_a_shipped_plan_by_its_id(example: str) -> None:
    own = PLAN.replace("rate: 0.008", "rate: 0.02")
    found = load_definitions({"README.md": example, "pay.yaml": PLAN}, overlay={"own.yaml": own})

    assert found.pay_plans["manager_pay"].source == "own.yaml:3"


def test_figures_inside_lists_are_bound_and_everything_else_stays_a_constant(example: str) -> None:
    text = """
pay_plans:
  - id: packer_pay
    effective_from: 2010-01-01
    label: {zh: 计件, en: Piece pay}
    roles: [store_manager]
    mode: sales_commission
    lines:
      - id: piece
        label: {zh: 计件, en: Piece pay}
        method: pay.piece
        from:
          items: [{qty: {kpi: net_sales}, price: 0.45}]
          guarantee: {input: base_salary}
"""
    line = loaded(example, text).pay_plans["packer_pay"].lines[0]

    assert [str(ref) for ref in line.refs] == ["kpi net_sales", "base_salary"]
    assert str(probe(line)["items"]) == "[{'qty': Decimal('1'), 'price': '0.45'}]"


def test_every_pay_method_can_be_explained() -> None:
    assert set(PAY_METHODS) <= set(EXPLAIN)


def test_every_source_of_a_figure_is_documented() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in SOURCES if f"`{name}`" not in text] == []


# ---- the plans that ship ----


def shipped() -> Definitions:
    """Everything under kpis/, roles/ and pay/ as it ships."""
    files = [*ROOT.glob("kpis/*.yaml"), *ROOT.glob("roles/*.yaml"), *ROOT.glob("grade*.yaml"), *PAY]
    return load_definitions({str(f.relative_to(ROOT)): f.read_text(encoding="utf-8") for f in sorted(files)})


def test_every_role_has_a_plan_and_only_modes_give_it_more_than_one() -> None:
    found = shipped()
    today = date(2026, 10, 31)
    plans = {role: found.pay_plans_of(role, today) for role in found.roles}
    held = [plan for plan in found.pay_plans.values() for role in plan.roles]

    assert [role for role, of in plans.items() if not of] == []
    assert len(held) == sum(len(of) for of in plans.values())
    assert sorted(plans["promotion_specialist"]) == [
        "ad_saving_commission",
        "performance",
        "sales_commission",
    ]
    assert len(found.pay_plans) == 38


def test_every_shipped_plan_says_that_its_amounts_are_examples() -> None:
    plans = shipped().pay_plans.values()

    assert [plan.id for plan in plans if not plan.example or plan.note is None] == []
    assert all("示例" in plan.note.zh and "example" in plan.note.en for plan in plans if plan.note)


def test_every_shipped_line_is_due_in_one_kind_of_period() -> None:
    lines = [line for plan in shipped().pay_plans.values() for line in plan.lines]

    assert [line.source for line in lines if line.cycle is None] == []
    for line in lines:
        check_method(line)


def test_shipped_plans_use_most_pay_methods() -> None:
    used = {line.method for plan in shipped().pay_plans.values() for line in plan.lines}

    assert {
        "pay.performance", "pay.commission", "pay.ad_saving", "pay.quarterly_bonus", "pay.profit_share",
        "pay.piece", "pay.anchor", "pay.pool", "pay.supervisor_multiple", "pay.coefficient",
    } <= used  # fmt: skip

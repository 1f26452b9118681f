# ruff: noqa: E501 -- a case reads best beside its numbers
"""The worked cases once more, this time from fact rows through a role definition to the score, and on to the pay line.

The numbers are those of the public golden cases of the same id; the way is the product's own: pulled windows, canonical rows,
compiled SQL, coverage, rules of a role, pay plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from models.appraisal.scorecard import Person, Rating, Scorecard, score_period
from models.definitions import Definitions, load_definitions
from models.loads import SourceAccount
from models.periods import Period
from models.statement import Statement, inputs_of, pay_statement
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_spans
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_warehouse

NOVEMBER = Period.parse("2011-11")
START = date(2011, 1, 1)
P01_BANDS = {
    "sales": "[{min: 1, score: 100}, {min: 0.9, max: 1, score: 85}, {min: 0.8, max: 0.9, score: 70},"
    " {min: 0.7, max: 0.8, score: 55}, {min: 0.6, max: 0.7, score: 40}, {min: 0.5, max: 0.6, score: 25},"
    " {min: 0.4, max: 0.5, score: 10}, {max: 0.4, score: 0}]",
    "inquiry": "[{min: 0.45, score: 100}, {min: 0.40, max: 0.45, score: 80}, {min: 0.35, max: 0.40, score: 60}, {max: 0.35, score: 0}]",
    "aov": "[{min: 250, score: 100}, {min: 230, max: 250, score: 80}, {min: 210, max: 230, score: 60}, {max: 210, score: 0}]",
    "reply": "[{min: 0.98, score: 100}, {min: 0.95, max: 0.98, score: 80}, {min: 0.92, max: 0.95, score: 60}, {max: 0.92, score: 0}]",
    "seconds": "[{max: 35, score: 100}, {min: 35, max: 45, score: 80}, {min: 45, max: 55, score: 60}, {min: 55, score: 0}]",
}


@dataclass(frozen=True)
class Item:
    """One KPI of a case: the figure that the rows must add up to, and the role's line."""

    name: str
    value: str | None
    line: str
    direction: str = "higher"
    weight: str = "100"
    below: str | None = None  # denominator; value is then the numerator
    dim: str = "all"


@dataclass(frozen=True)
class Case:
    """A role of its own, what it measures, and what must come out."""

    items: tuple[Item, ...]
    scores: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    total: str | None = None
    role: str = ""
    dims: tuple[tuple[str, str], ...] = (("all", "100"),)
    bands: str = "[{min: 90, grade: gold, coefficient: 1.2}, {max: 90, grade: none, coefficient: 1}]"
    ratings: tuple[tuple[str, str], ...] = ()
    grade: str | None = None
    pay: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    paid: dict[str, str] = field(default_factory=dict)


LINEAR = "method: score.linear, target: 100, args: {cap: 2}"


def step(bands: str, closed: str = "left") -> str:
    return f"method: score.step, args: {{closed: {closed}, bands: {bands}}}"


def gap(target: str, args: str, full: str = "100") -> str:
    return f"method: score.gap_points, target: {target}, full: {full}, args: {{gap: absolute, {args}}}"


def paying(basis: str, line: str, name: str = "amount_line") -> str:
    return f"[{{id: {name}, label: {{zh: 提成, en: Commission}}, {line}, from: {{{basis}}}}}]"


def one(value: str, **more: Any) -> tuple[Item, ...]:
    return (Item("x", value, LINEAR, **more),)


COMMISSION = "method: pay.commission, args: {mode: "
CASES: dict[str, Case] = {
    "P01": Case(
        (
            Item("sales", "0.92", step(P01_BANDS["sales"]), weight="30"),
            Item("inquiry", "0.41", step(P01_BANDS["inquiry"]), weight="20"),
            Item("aov", "251", step(P01_BANDS["aov"]), weight="20"),
            Item("reply", "96", step(P01_BANDS["reply"]), weight="20", below="100"),
            Item("seconds", "45", step(P01_BANDS["seconds"], "right"), "lower", "5"),
            Item("attendance", "80", LINEAR, weight="5"),
        ),
        bands="[{min: 90, grade: gold, coefficient: 1.2}, {min: 80, max: 90, grade: silver, coefficient: 1.0},"
        " {max: 80, grade: bronze, coefficient: 0.8}]",
        total="85.50",
        grade="silver",
    ),
    "P03": Case((Item("x", "1350000", "method: score.linear, target: 1000000, args: {cap: 1.2}"),), {"x": "120"}),
    "P04a": Case((Item("x", "12", "method: score.linear, target: 0.10, args: {inverse: mirror}", "lower", below="100"),), {"x": "80"}),
    "P04b": Case((Item("x", "12", "method: score.linear, target: 0.10, args: {inverse: ratio}", "lower", below="100"),), {"x": "83.3333"}),
    "P05": Case((Item("x", "-80000", "method: score.linear, target: -100000, args: {cap: 1.5}"),), {"x": "120"}),
    "P06": Case(
        (Item("x", "900000", "method: score.piecewise, args: {points: [[800000, 60], [1000000, 100], [1200000, 120]], below: zero}"),),
        {"x": "80"},
    ),
    "P07a": Case((Item("x", "93.4", gap("1", "count_mode: whole, base: 40, under: {per: 0.01, points: 2}", "40"), below="100"),), {"x": "28"}),
    "P07b": Case((Item("x", "93.4", gap("1", "count_mode: proportional, base: 40, under: {per: 0.01, points: 2}", "40"), below="100"),), {"x": "26.8"}),
    "P08": Case(
        (Item("x", "99.2", gap("0.90", "count_mode: whole, base: 35, over: {per: 0.01, points: 1, max: 6}, under: {per: 0.01, points: 1}", "35"), below="100"),),
        {"x": "41"},
    ),
    "P09": Case(
        (
            Item("skill_test", "80", LINEAR, dim="skill"),
            Item("sales", "110", LINEAR, weight="60", dim="performance"),
            Item("margin", "85", LINEAR, weight="40", dim="performance"),
            Item("teamwork", "90", LINEAR, dim="teamwork"),
        ),
        dims=(("skill", "30"), ("performance", "55"), ("teamwork", "15")),
        total="92.50",
    ),
    "P10": Case(
        (Item("gmv", "90", LINEAR, weight="40"), Item("clicks", "100", LINEAR, weight="40"), Item("joins", None, LINEAR, weight="20")),
        role="missing: redistribute_to\n    redistribute_to: [p10_gmv]",
        total="94.00",
    ),
    "P11": Case(
        (
            Item("a", "96", LINEAR, weight="50"),
            Item("b", "84", LINEAR, weight="50"),
            Item("cases", "2", gap("0", "count_mode: whole"), "lower", "0"),
        ),
        role="missing: pending\n    red_lines: [{kpi: p11_cases, worse_than: 0, effect: deduct_pct_each, value: 0.2}]",
        total="54.00",
    ),
    "P12": Case(
        one("87.5"),
        total="87.50",
        pay="[{id: factor, label: {zh: 系数, en: Factor}, method: pay.coefficient, args: {mode: linear}, from: {score: total},"
        " output: coefficient, paid: false},"
        " {id: amount_line, label: {zh: 绩效工资, en: Pay}, method: pay.performance, from: {base: perf_base, coefficient: {line: factor}}}]",
        given={"perf_base": Decimal(1500)},
        paid={"amount_line": "1312.50"},
    ),
    "P13": Case(
        one("15000000"),
        pay=paying("basis: {kpi: p13_x}", COMMISSION + "progressive, bands: [{max: 5000000, rate: 0.01}, {min: 5000000, max: 10000000, rate: 0.02},"
        " {min: 10000000, max: 20000000, rate: 0.03}, {min: 20000000, rate: 0.04}]}"),
        paid={"amount_line": "300000.00"},
    ),
    "P14a": Case(
        one("600000"),
        pay=paying("basis: {kpi: p14a_x}", COMMISSION + "whole_slab, bands: [{max: 300000, rate: 0.03}, {min: 300000, max: 600000, rate: 0.05}, {min: 600000, rate: 0.07}]}"),
        paid={"amount_line": "42000.00"},
    ),
    "P14b": Case(
        one("750000"),
        pay=paying("basis: {kpi: p14b_x}", COMMISSION + "progressive, bands: [{max: 300000, rate: 0.03}, {min: 300000, max: 600000, rate: 0.05}, {min: 600000, rate: 0.07}]}"),
        paid={"amount_line": "34500.00"},
    ),
    "P15": Case(
        (Item("x", "435000", "method: score.linear, target: 500000"),),
        pay=paying("basis: {kpi: p15_x}, target: {target: p15_x}", COMMISSION + "whole_slab, bands_of: attainment, bands: [{max: 0.6, rate: 0},"
        " {min: 0.6, max: 0.8, rate: 0.01}, {min: 0.8, max: 1, rate: 0.015}, {min: 1, max: 1.5, rate: 0.02}, {min: 1.5, rate: 0.025}]}"),
        paid={"amount_line": "6525.00"},
    ),
    "P16": Case(
        (
            Item("sales", "800000", LINEAR, weight="50"),
            Item("spend", "84000", "method: score.linear, target: 96000, args: {inverse: mirror}", "lower", "25"),
            Item("reached", "95", LINEAR, weight="25", below="100"),
        ),
        pay=paying("net_sales: {kpi: p16_sales}, actual_spend: {kpi: p16_spend}, sales_attainment: {kpi: p16_reached}",
        "method: pay.ad_saving, args: {allowed_rate: 0.12, share: 0.2, gate_min: 0.9}"),
        paid={"amount_line": "2400.00"},
    ),
    "P17": Case(
        one("5600000"),
        pay=paying("profit: {kpi: p17_x}", "method: pay.profit_share, output: pool, args: {target_profit: 4000000, base_share: 0.2, coefficient: 1.0,"
        " excess_bands: [{min: 1, max: 1.2, rate: 0.30}, {min: 1.2, max: 1.4, rate: 0.35}, {min: 1.4, max: 1.6, rate: 0.45}, {min: 1.6, max: 1.8, rate: 0.50}],"
        " shares: {a: 40, b: 20, c: 20, d: 20}}"),
        paid={"amount_line": "1320000.00"},
    ),
    "P21": Case(
        (
            Item("hours", "62.5", LINEAR, weight="40"),
            Item("gmv", "186000", LINEAR, weight="40"),
            Item("refunds", "31000", "method: score.linear, target: 31000, args: {inverse: mirror}", "lower", "20"),
        ),
        pay=paying("hours: {kpi: p21_hours}, gmv: {kpi: p21_gmv}, refunds: {kpi: p21_refunds}, base: base_salary",
        "method: pay.anchor, args: {mode: sum, hourly_rate: 80, commission: {mode: progressive, bands: [{max: 100000, rate: 0.01}, {min: 100000, rate: 0.015}]}}"),
        given={"base_salary": Decimal(3000)},
        paid={"amount_line": "9825.00"},
    ),
    "P22": Case(
        (
            Item("small", "5200", LINEAR, weight="50"),
            Item("large", "800", LINEAR, weight="40"),
            Item("wrong", "6", gap("0", "count_mode: whole, under: {per: 1, points: 5}"), "lower", "10"),
        ),
        pay=paying("items: [{qty: {kpi: p22_small}, price: 0.45}, {qty: {kpi: p22_large}, price: 0.80}], penalties: [{count: {kpi: p22_wrong}, each: 10}]",
        "method: pay.piece, args: {guarantee: 3500}"),
        paid={"amount_line": "3500.00"},
    ),
    "P23": Case(
        (Item("x", "1300000", "method: score.linear, target: 1000000"),),
        pay=paying("basis: {kpi: p23_x}, target: {target: p23_x}", COMMISSION + "progressive, bands_of: attainment, bands: [{max: 1, rate: 0.10},"
        " {min: 1, max: 1.2, rate: 0.15}, {min: 1.2, rate: 0.20}]}"),
        paid={"amount_line": "150000.00"},
    ),
    "P25": Case(
        (Item("x", None, "method: score.rating, args: {weights: {superior: 50, peer: 30, report: 20}, min_raters: {peer: 1, report: 1}}"),),
        {"x": "83.75"},
        ratings=(("superior", "4"), ("peer", "5"), ("peer", "4")),
    ),
    "P26": Case(
        (Item("x", "50 30 60", LINEAR, below="100 300 100"),), values={"x": "0.28"}
    ),
    "P31": Case(
        (Item("x", "790000", "method: score.linear, target: 1000000"),),
        pay=paying("actual: {kpi: p31_x}, target: {target: p31_x}", "method: pay.quarterly_bonus, args: {target_bonus: 20000,"
        " curve: [[0.8, 0.5], [1, 1], [1.2, 1.5]], above_target_rate: 0.01}"),
        paid={"amount_line": "0.00"},
    ),
    "P32": Case(
        one("540000"),
        pay=paying("basis: {kpi: p32_x}, member_scores: team_scores", "method: pay.team_bonus, args: {threshold: 500000, rate: 0.01, min_score: 80}"),
        given={"team_scores": {"a": Decimal(88), "b": Decimal(80)}},
        paid={"amount_line": "400.00"},
    ),
}  # fmt: skip


def kpi_id(case: str, item: Item) -> str:
    return f"{case.lower()}_{item.name}"


def definitions() -> Definitions:
    """A role, its KPIs, grade table and pay plan for every case."""
    text = ["kpis:"]
    for name, case in CASES.items():
        text += [_kpi(kpi_id(name, item), item, rated=bool(case.ratings)) for item in case.items]
    text.append("roles:")
    text += [_role(name, case) for name, case in CASES.items()]
    text.append("grade_tables:")
    text += [
        f"  - {{id: {name.lower()}_grades, effective_from: 2010-01-01, bands: {case.bands}}}"
        for name, case in CASES.items()
    ]
    text.append("pay_plans:")
    text += [_plan(name, case) for name, case in CASES.items() if case.pay]
    return load_definitions({"cases.yaml": "\n".join(text)})


def _kpi(key: str, item: Item, *, rated: bool) -> str:
    head = (
        f"  - id: {key}\n    effective_from: 2010-01-01\n    label: {{zh: 指标, en: KPI}}\n"
        f"    formula: {{zh: 求和, en: sum}}\n    kind: result\n    unit: points\n    direction: {item.direction}\n    decimals: 4\n"
    )
    if rated:
        return f"{head}    rating: {{item: {key}}}"
    sign = ", sign: minus" if item.value and item.value.startswith("-") else ""
    agg = "max" if item.value is None else "sum"
    where = "where: \"sku_id = '{}'\", date: business_date"
    found = f"{head}    numerator: [{{fact: order_line, {agg}: paid_amount_base, {where.format(key)}{sign}}}]"
    if item.below:
        found += f"\n    denominator: [{{fact: order_line, sum: paid_amount_base, {where.format(key + '_below')}}}]"
    return found


def _role(name: str, case: Case) -> str:
    dims = "".join(
        f"      - id: {dim}\n        label: {{zh: 维度, en: Dimension}}\n        weight: {weight}\n        kpis:\n"
        + "".join(
            f"          - {{kpi: {kpi_id(name, i)}, weight: {i.weight}, {i.line}}}\n"
            for i in case.items
            if i.dim == dim
        )
        for dim, weight in case.dims
    )
    return (
        f"  - id: {name.lower()}\n    effective_from: 2010-01-01\n    label: {{zh: 岗位, en: Role}}\n    duties: []\n"
        f"    cycle: M\n    {case.role or 'missing: pending'}\n    total_cap: 1000000\n    grade_table: {name.lower()}_grades\n    dimensions:\n{dims}"
    )


def _plan(name: str, case: Case) -> str:
    mode = (
        "ad_saving_commission"
        if "pay.ad_saving" in case.pay
        else "performance"
        if "pay.performance" in case.pay
        else "sales_commission"
    )
    return (
        f"  - {{id: {name.lower()}_pay, effective_from: 2010-01-01, label: {{zh: 薪酬, en: Pay}}, roles: [{name.lower()}],"
        f" mode: {mode}, lines: {case.pay}}}"
    )


def _orders() -> Iterator[dict[str, Any]]:
    """An order per figure; several figures of one KPI come on different days."""
    for name, case in CASES.items():
        for item in case.items:
            for sku, figures in (
                (kpi_id(name, item), item.value),
                (f"{kpi_id(name, item)}_below", item.below),
            ):
                for number, figure in enumerate((figures or "").split()):
                    key, when = f"{sku}-{number}", f"2011-11-{8 + number:02}T10:00+00:00"
                    yield w.order(key, when, [w.line(f"L-{key}", figure.removeprefix("-"), sku=sku)])


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[Scorecard, Statement | None]]:
    known = definitions()
    people = [
        Person(
            person_id=f"{name}_P", name=name, role_id=name.lower(), dept="", manager_id=None, valid_from=START
        )
        for name in CASES
    ]
    ratings = [
        Rating(
            person_id=f"{name}_P",
            period="2011-11",
            item_id=kpi_id(name, case.items[0]),
            rater_type=kind,
            score=Decimal(score),
            scale_max=Decimal(5),
        )
        for name, case in CASES.items()
        for kind, score in case.ratings
    ]
    with TemporaryDirectory() as folder, open_warehouse(Path(folder)) as con:
        account = SourceAccount(
            ref=w.UK,
            feeds=("order_line", "refund"),
            zone="Europe/London",
            active_from="2011-11-01",
            active_to=None,
            lookback="",
            finality_days=60,
            platform="shopify",
        )
        set_source_accounts(con, [account])
        w.put(
            con,
            "core_person",
            [
                {"person_id": p.person_id, "name": p.name, "role_id": p.role_id, "valid_from": START}
                for p in people
            ],
        )
        w.put(con, "core_ownership", [w.own("shop", "uk", p.role_id, p.person_id, "1") for p in people])
        w.load(con, Path(folder), w.UK, list(_orders()))
        build_core(con, "GBP")
        actuals = compute_spans(con, known, [NOVEMBER])
    cards = {
        card.role_id: card for card in score_period(known, NOVEMBER, people, actuals, [], ratings=ratings)
    }
    return {name: (cards[name.lower()], _statement(known, name, cards[name.lower()])) for name in CASES}


def _statement(known: Definitions, name: str, card: Scorecard) -> Statement | None:
    if not CASES[name].pay:
        return None
    targets = {line.kpi_id: line.target for line in card.lines if line.target is not None}
    inputs = inputs_of(card, NOVEMBER, CASES[name].given, targets=targets)
    return pay_statement(known.pay_plan(f"{name.lower()}_pay", NOVEMBER.end), inputs)


@pytest.mark.parametrize("name", CASES)
def test_fact_rows_through_a_role_give_the_golden_figures(
    results: dict[str, tuple[Scorecard, Statement | None]], name: str
) -> None:
    case, (card, statement) = CASES[name], results[name]
    lines = {line.kpi_id.removeprefix(f"{name.lower()}_"): line for line in card.lines}

    found = (
        {key: _rounded(lines[key].score, text) for key, text in case.scores.items()},
        {key: _rounded(lines[key].value, text) for key, text in case.values.items()},
        {key: _rounded(statement.line(key).amount, text) for key, text in case.paid.items()}
        if statement
        else {},
    )

    assert found == (case.scores, case.values, case.paid)
    assert case.total is None or str(card.total) == case.total
    assert case.grade is None or card.grade == case.grade
    assert case.scores or case.values or case.paid or case.total, (
        "a case without an expectation proves nothing"
    )


def test_the_numbers_here_are_those_of_the_public_cases() -> None:
    path = Path(__file__).parent / "../../../shared/golden.yaml"
    if not path.exists():
        pytest.skip("golden.yaml is not here")
    public = {c["id"].split("_")[0]: c for c in yaml.safe_load(path.read_text("utf-8"))["cases"]}
    shown = {"score", "total", "rate", "amount", "pool"}
    expected = {
        n: {v for k, v in c["expected"].items() if k in shown and isinstance(v, str)}
        for n, c in public.items()
    }

    ours = {
        n: {*c.scores.values(), *c.values.values(), *c.paid.values(), *filter(None, [c.total])}
        for n, c in CASES.items()
    }

    assert [n for n in ours if n != "P12" and not expected[n] & ours[n]] == []
    assert len(ours) >= 20


def _rounded(value: Decimal | None, like: str) -> str | None:
    return None if value is None else str(value.quantize(Decimal(like), rounding=ROUND_HALF_UP))

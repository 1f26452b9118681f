import ast
import operator
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DefinitionError
from models.pay import EXPLAIN, PAY_METHODS

SLABS = [{"max": "100000", "rate": "0.01"}, {"min": "100000", "rate": "0.015", "lump": "50"}]
RATES = {"mode": "progressive", "bands": SLABS}
ACOS = {"kind": "amount_pct", "actual": "0.245", "limit": "0.22", "direction": "lower", "per": "0.01"}
MARGIN = {"kind": "rate_points", "actual": "0.09", "limit": "0.1", "direction": "higher", "per": "0.01"}
MODIFIED = [{**ACOS, "each": "0.05"}, {**MARGIN, "each": "0.002"}]
SALE = {"original_basis": "110000.5", "refund": "20000", "commission": RATES, "current_commission": "150"}
SHOW = {"hours": "62.5", "hourly_rate": "80", "gmv": "186000", "refunds": "31000", "commission": RATES}
ITEMS = [{"qty": "5200", "price": "0.453"}, {"qty": "800", "price": "0.80"}]
SEGMENTS = [
    {"from": "2026-10-01", "to": "2026-11-12", "base": "1500", "coefficient": "1", "score": "88"},
    {"from": "2026-11-13", "to": "2026-11-29", "base": "3000", "coefficient": "1.2", "score": "96"},
    {"from": "2026-12-01", "to": "2026-12-29", "base": "3000", "coefficient": "1.2"},
]
CURVE = [["0.8", "0.4"], ["1", "0.5"], ["1.2", "0.8"]]
DIVIDEND = {
    "target_profit": "4000",
    "base_share": "0.2",
    "coefficient": "1.1",
    "shares": {"a": "2", "b": "1"},
}
EXCESS = [{"min": "1", "max": "1.2", "rate": "0.3"}, {"min": "1.2", "max": "1.8", "rate": "0.35"}]
RELEASES = [{"period": "2027-01", "share": "0.3"}, {"period": "2027-07", "share": "0.7"}]
GRADES = [{"max": "90", "grade": "B", "coefficient": "1"}, {"min": "90", "grade": "A", "coefficient": "1.2"}]
MEMBERS = {"a": {"coefficient": "1.2", "days": "31"}, "b": {"coefficient": "1", "days": "17"}}
MATRIX = [{"max": "1", "bands": [{"coefficient": "0"}]}, {"min": "1", "bands": [{"coefficient": "1.5"}]}]

EXAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("coefficient", {"score": "89.995", "bands": GRADES}),
    ("coefficient", {"score": "87.5", "mode": "linear"}),
    ("coefficient", {"score": "87.5", "mode": "piecewise", "points": [["0", "0"], ["90", "1"]]}),
    ("coefficient", {"score": None, "mode": "linear"}),
    ("performance", {"base": "1500", "coefficient": "0.875"}),
    ("performance", {"base": "1500", "coefficient": "0.875", "payable_days": "19", "period_days": "31"}),
    ("commission", {"mode": "flat", "basis": "12345.67", "rate": "0.0125", "multiplier": "1.1"}),
    ("commission", {"basis": "155000", **RATES}),
    ("commission", {"basis": "155000.33", **RATES, "modifiers": MODIFIED, "multiplier": "0.95"}),
    ("commission", {"basis": "-3", **RATES}),
    ("commission", {"basis": "-3", **RATES, "negative": "signed"}),
    ("commission", {"mode": "whole_slab", "basis": "155000", "bands": SLABS, "closed": "right"}),
    ("commission", {"mode": "whole_slab", "basis": "155000", "bands": SLABS, "lookup": "3"}),
    ("commission", {"mode": "lump_excess", "basis": "155000", "bands": SLABS}),
    ("commission", {"mode": "lump_excess", "basis": "15500", "bands": SLABS}),
    ("commission", {**RATES, "basis": "99999", "target": "0.9", "bands_of": "attainment"}),
    ("ad_saving", {"net_sales": "800000", "allowed_rate": "0.12", "actual_spend": "84000", "share": "0.2"}),
    ("ad_saving", {"budget": "5000", "actual_spend": "6001", "share": "0.2", "overspend_share": "0.333"}),
    ("ad_saving", {"budget": "5000", "actual_spend": "3001", "share": "0.2", "cap": "300"}),
    ("ad_saving", {"budget": "5000", "actual_spend": "1", "share": "1", "gate_min": "2"}),
    (
        "team_bonus",
        {"basis": "9", "threshold": "5", "rate": "0.3", "member_scores": {"a": "8"}, "min_score": "8"},
    ),
    (
        "team_bonus",
        {"basis": "9", "threshold": "5", "rate": "0.3", "member_scores": {"a": "7"}, "min_score": "8"},
    ),
    ("supervisor_multiple", {"amounts": {"a": "586", "b": "402.5", "c": "611.31"}, "multiple": "1.5"}),
    (
        "quarterly_bonus",
        {
            "target_bonus": "20000",
            "actual": "1103000",
            "target": "1000000",
            "curve": CURVE,
            "above_target_rate": "0.003",
        },
    ),
    ("quarterly_bonus", {"target_bonus": "20", "actual": "2", "target": "3", "curve": CURVE, "gate": False}),
    (
        "profit_share",
        {**DIVIDEND, "profit": "5600", "excess_bands": EXCESS, "deficit_brought_forward": "100"},
    ),
    ("profit_share", {**DIVIDEND, "profit": "-5600", "excess_bands": []}),
    ("profit_share", {**DIVIDEND, "profit": "100", "excess_bands": [], "base_gate": "0.5"}),
    ("piece", {"items": ITEMS, "penalties": [{"count": "6", "each": "10"}], "guarantee": "3500"}),
    ("piece", {"items": ITEMS, "penalties": [{"count": "600", "each": "1"}], "penalty_cap_share": "0.15"}),
    (
        "piece",
        {"items": [{"qty": "1500"}], "tiers": [{"max": "1000", "price": "1"}, {"min": "1000", "rate": "2"}]},
    ),
    ("piece", {"items": []}),
    ("anchor", {**SHOW, "base": "3000"}),
    ("anchor", {**SHOW, "mode": "greater_of", "guarantee": "9000"}),
    ("guarantee", {"mode": "recoverable", "guarantee": "5000", "earned": ["4000", "4500", "7000", "5000"]}),
    ("guarantee", {"mode": "nonrecoverable", "guarantee": "5000", "earned": ["-10"]}),
    ("split", {"amount": "-1000.01", "weights": {"b": "1", "a": "1.5", "c": "0"}}),
    ("pool", {"amount": "1000", "members": MEMBERS}),
    ("clawback", SALE),
    ("clawback", {**SALE, "mode": "original_effective_rate"}),
    ("prorate", {"period_start": "2026-11-01", "period_end": "2026-11-30", "segments": SEGMENTS}),
    ("prorate", {"period_start": "2026-11-01", "period_end": "2026-11-30", "segments": []}),
    (
        "deduction_limit",
        {"wage": "6000.03", "deduction": "6000", "share_cap": "0.2", "minimum_wage": "2500"},
    ),
    ("amount_table", {"x": "0.91", "points": CURVE, "unit": "0.1", "rounding": "up"}),
    ("amount_table", {"x": "7", "points": CURVE}),
    ("holdback", {"amount": "1000.05", "share": "0.2", "releases": RELEASES}),
    ("holdback", {"amount": "1000.05", "share": "0.2"}),
    ("caps", {"amounts": {"a": "9000", "b": "-3000"}, "person_cap": "6000", "pool_cap": "2000"}),
    ("caps", {"amounts": {"a": "9000", "b": "3000"}, "person_floor": "6000", "pool_cap": "20000"}),
    ("matrix", {"x": "1.1", "y": "0.9", "bands": MATRIX}),
]

GOLDEN = yaml.safe_load((Path(__file__).parents[2] / "golden" / "pay.yaml").read_text("utf-8"))["cases"]
EXAMPLES += [
    (case["method"].removeprefix("pay."), case["inputs"])
    for case in GOLDEN
    if "error" not in case["expected"]
]

OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def explain(method: str, inputs: dict[str, Any]) -> Any:
    return EXPLAIN[f"pay.{method}"](inputs)


def value(node: ast.expr, text: str) -> Fraction:
    """The exact value of a printed formula; anything but arithmetic is an error."""
    match node:
        case ast.Constant():
            return Fraction(ast.get_source_segment(text, node) or "")
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -value(inner, text)
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](value(left, text), value(right, text))
        case ast.Call(func=ast.Name(id=name), args=args):
            return {"min": min, "max": max}[name](value(arg, text) for arg in args)
    raise AssertionError(ast.dump(node))


def side(text: str) -> tuple[Fraction, int] | None:
    """Value and decimals of one side of an equation; None for words."""
    formula = text.replace("×", "*").replace("÷", "/").replace("−", "-").strip()
    if not re.fullmatch(r"(min|max|[0-9.,()*/+\- ])+", formula):
        return None
    try:
        tree = ast.parse(formula, mode="eval").body
    except SyntaxError:  # "2027-01 60.00" is a list of shares
        return None
    return value(tree, formula), len(text.rstrip(")").partition(".")[2])


def equations(text: str) -> list[tuple[Fraction, str, Fraction, int]]:
    """`formula = 12.30` and `formula ≈ 12.3` of a step: exact value, sign, printed value, decimals."""
    found = []
    for part in re.split(r"[;:] ", text):
        sides = re.split(r" (=|≈) ", part)
        for i in range(0, len(sides) - 2, 2):
            left, right = side(sides[i]), side(sides[i + 2])
            if left and right:
                found.append((left[0], sides[i + 1], *right))
    return found


@pytest.mark.parametrize(("method", "inputs"), EXAMPLES)
def test_every_printed_equation_is_true(method: str, inputs: dict[str, Any]) -> None:
    for step in explain(method, inputs):
        for exact, sign, printed, decimals in equations(step.en):
            if sign == "=":
                assert exact == printed, step.en
            else:
                assert 0 < abs(exact - printed) <= Fraction(1, 2 * 10**decimals), step.en


def test_most_steps_are_equations_that_the_test_above_could_read() -> None:
    read = [len(equations(step.en)) for method, inputs in EXAMPLES for step in explain(method, inputs)]

    assert sum(1 for count in read if count) > 0.5 * len(read)


@pytest.mark.parametrize(("method", "inputs"), EXAMPLES)
def test_both_languages_say_the_same_numbers(method: str, inputs: dict[str, Any]) -> None:
    for step in explain(method, inputs):
        assert NUMBER.findall(step.zh) == NUMBER.findall(step.en)
        assert re.search("[一-鿿]", step.zh) or method == "matrix"
        assert not re.search("[一-鿿]", step.en)
        assert step.en == step.en.strip() != ""


@pytest.mark.parametrize(("method", "inputs"), EXAMPLES)
def test_every_amount_of_the_result_stands_in_the_explanation(method: str, inputs: dict[str, Any]) -> None:
    result: Any = PAY_METHODS[f"pay.{method}"](inputs)

    text = " ".join(step.en for step in explain(method, inputs))

    printed = {Decimal(n) for n in re.findall(r"\d+(?:\.\d+)?", text)}
    for found in vars(result).values():
        values = found.values() if isinstance(found, dict) else found if isinstance(found, list) else [found]
        for amount in values:
            if isinstance(amount, Decimal):
                assert any(abs(abs(amount) - n) <= Decimal("0.000001") for n in printed), (amount, text)


def test_every_method_has_an_example_here() -> None:
    assert {f"pay.{method}" for method, _ in EXAMPLES} == set(PAY_METHODS)


def test_a_progressive_commission_reads_slab_by_slab() -> None:
    steps = explain("commission", {"basis": "155000", **RATES})

    assert [step.en for step in steps] == [
        "slab (x < 100000) = 100000 × 0.01 = 1000",
        "slab (100000 ≤ x) = 55000 × 0.015 = 825",
        "lump of the slab reached = 50",
        "sum of the slabs = 1000 + 825 + 50 = 1875",
        "commission = 1875.00",
    ]
    assert steps[-1].zh == "提成 = 1875.00"


def test_a_modifier_says_what_it_took_and_why() -> None:
    steps = explain(
        "commission", {"mode": "flat", "basis": "10000", "rate": "0.1", "modifiers": MODIFIED[:1]}
    )

    assert steps[0].en == (
        "modifier (actual 0.245, > 0.22 deducts): steps = 0.025 ÷ 0.01 → 2 (whole steps only); "
        "amount less (share) = 2 × 0.05 = 0.1"
    )
    assert steps[-1].en == "commission = 1000 × 0.9 = 900.00"


@given(
    st.decimals("-1000", "300000", places=2),
    st.decimals("0", "2", places=3),
    st.decimals("0", "0.4", places=4),
    st.sampled_from(["whole_slab", "progressive", "lump_excess"]),
)
def test_a_commission_of_any_size_is_explained_truly(
    basis: Decimal, multiplier: Decimal, actual: Decimal, mode: str
) -> None:
    modifiers = [{**ACOS, "actual": actual, "each": "0.05", "count_mode": "proportional"}]
    inputs = {"mode": mode, "bands": SLABS, "basis": basis, "multiplier": multiplier, "modifiers": modifiers}
    result: Any = PAY_METHODS["pay.commission"](inputs)

    steps = explain("commission", inputs)

    test_every_printed_equation_is_true("commission", inputs)
    assert f"{result.amount}" in steps[-1].en


@pytest.mark.parametrize("method", sorted(PAY_METHODS))
def test_an_explanation_refuses_what_the_method_refuses(method: str) -> None:
    for call in (PAY_METHODS[method], EXPLAIN[method]):
        with pytest.raises(DefinitionError) as caught:
            call({"amuont": "1"})
        assert caught.value.code == "D220"
        assert method in caught.value.what

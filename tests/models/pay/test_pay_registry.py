"""A pay method is one file and one entry of the registry, and nothing outside models/pay knows one by name."""

import ast
from decimal import Decimal, Inexact, Rounded, localcontext
from pathlib import Path
from typing import Any

import pytest
import yaml

import models
from models.errors import DefinitionError
from models.pay import METHODS
from models.pay.method import Jumps, PayTraits
from tests.golden.test_golden import CASES as ALL

ROOT = Path(__file__).resolve().parents[3]
PAY = ROOT / "models" / "pay"
# What several methods need; every other file of the folder is a method.
COMMON = {"__init__", "method", "amounts", "slabs", "modifiers", "wording"}
# What others may import: the list of methods, what a method is, and the division of money to the fen.
FACES = {"models.pay", "models.pay.method", "models.pay.split"}
OUTSIDE = [
    path
    for package in ("models", "connectors", "warehouse", "pipelines")
    for path in sorted((ROOT / package).rglob("*.py"))
    if PAY not in path.parents
]


CASES = [
    case for case in ALL if case.values[0] is None or case.values[0]["method"].startswith("pay.")
]  # a None is a file of cases that is not here, and is skipped


def outcome(case: dict[str, Any]) -> object:
    try:
        return models.evaluate(case["method"], case["inputs"]), models.explain(case["method"], case["inputs"])
    except DefinitionError as refused:
        return refused.code, refused.what, refused.actual


@pytest.mark.parametrize("case", CASES)
def test_a_caller_whose_decimals_refuse_to_round_gets_equal_results(case: dict[str, Any]) -> None:
    expected = outcome(case)

    with localcontext() as context:
        context.prec = 3
        context.traps[Inexact] = context.traps[Rounded] = True
        assert outcome(case) == expected


def test_every_file_of_the_folder_is_one_method_under_its_own_name_or_shared() -> None:
    files = {path.stem for path in PAY.glob("*.py")}

    assert files - COMMON == {name.removeprefix("pay.") for name in METHODS}
    for name, method in METHODS.items():
        assert method.__module__ == f"models.{name}"


def test_every_method_has_names_arguments_and_a_golden_case() -> None:
    document = yaml.safe_load((ROOT / "tests" / "golden" / "pay.yaml").read_text(encoding="utf-8"))
    golden = {case["method"] for case in document["cases"]}

    assert golden == set(METHODS)
    assert len({method.NAME_ZH for method in METHODS.values()}) == len(METHODS)
    for name, method in METHODS.items():
        assert name == method.NAME
        assert len(set(method.ARGUMENTS)) == len(method.ARGUMENTS) > 0


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_outside_names_a_pay_method(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    words = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert {name for name in imported if name.startswith("models.pay")} <= FACES
    assert words & set(METHODS) == set()


def traits_of(method: str, **inputs: object) -> PayTraits:
    return METHODS[f"pay.{method}"].traits(inputs, inputs)


SLABS = [{"max": "600", "rate": "0.05"}, {"min": "600", "rate": "0.07"}]
TABLE = {"mode": "whole_slab", "bands": SLABS}
STEP = Decimal(600), Decimal("12.00")


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, Jumps((STEP,))),
        ({"lookup": "3"}, Jumps((STEP,), "lookup", "lookup")),
        (
            {"bands_of": "attainment", "target": "1"},
            Jumps((STEP,), "attainment"),
        ),
        ({"mode": "progressive"}, Jumps(())),
    ],
)
def test_a_commission_says_where_it_jumps_and_of_what(more: dict[str, object], found: Jumps) -> None:
    traits = traits_of("commission", basis="1", **{**TABLE, **more})

    assert traits == PayTraits(top_rate=Decimal("0.07"), jumps=found)


def test_a_clawback_takes_the_jump_back_unless_it_goes_by_the_rate_of_the_original() -> None:
    sale = {"original_basis": "700", "refund": "1", "commission": TABLE}

    assert traits_of("clawback", **sale) == PayTraits(jumps_taken_back=Jumps((STEP,)))
    assert traits_of("clawback", **sale, mode="original_effective_rate") == PayTraits()


def test_what_is_a_stand_in_is_not_judged() -> None:
    limit = {"wage": "1", "deduction": "1", "share_cap": "1", "minimum_wage": "1"}
    method = METHODS["pay.deduction_limit"]

    assert method.traits(limit, limit).share_deducted == 1
    assert method.traits(limit, ("wage", "minimum_wage")).share_deducted is None


def test_a_fixed_budget_needs_a_gate_and_penalties_need_a_limit() -> None:
    budget = {"budget": "5", "actual_spend": "1", "share": "0.2"}
    fined = {"items": [], "penalties": [{"count": "1", "each": "1"}]}

    assert traits_of("ad_saving", **budget).lacks_sales_gate
    assert not traits_of("ad_saving", **budget, gate_min="1", sales_attainment="1").lacks_sales_gate
    assert traits_of("piece", **fined).lacks_penalty_limit
    assert not traits_of("piece", **fined, penalty_cap_share="0.1").lacks_penalty_limit


def test_a_method_without_a_concern_has_an_empty_outline() -> None:
    assert traits_of("performance", base="1", coefficient="1") == PayTraits()


@pytest.mark.parametrize("case", [c for c in CASES if "skip" not in str(c.marks)])
def test_whatever_can_be_computed_can_be_outlined(case: dict[str, Any]) -> None:
    if "error" not in case["expected"]:
        assert isinstance(METHODS[case["method"]].traits(case["inputs"], case["inputs"]), PayTraits)

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, Inexact, Rounded, localcontext
from pathlib import Path
from typing import Any

import pytest
import yaml

import models
from models.errors import DefinitionError
from models.evaluation import METHODS

HERE = Path(__file__).parent
SHARED = HERE / "../../../shared/golden.yaml"
OURS = sorted(HERE.glob("*.yaml"))


def cases(path: Path) -> list[Any]:
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{path.name} is not here"), id=path.name)]
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["id"]) for case in document["cases"]]


CASES = [*cases(SHARED), *(case for path in OURS for case in cases(path))]


def agrees(expected: object, found: object) -> bool:
    """The rule of the cases' header: rounded half up to the decimals shown, then compared exactly."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and expected.keys() == found.keys() and matches(expected, found)
    if isinstance(expected, list):
        return (
            isinstance(found, list | tuple)
            and len(expected) == len(found)
            and all(agrees(e, f) for e, f in zip(expected, found, strict=True))
        )
    if isinstance(expected, str) and isinstance(found, int | Decimal) and not isinstance(found, bool):
        return Decimal(found).quantize(Decimal(expected), rounding=ROUND_HALF_UP) == Decimal(expected)
    return expected == found


def matches(expected: dict[str, object], found: dict[str, object]) -> bool:
    """Every listed output is there and agrees; outputs that are not listed are not checked."""
    return all(name in found and agrees(value, found[name]) for name, value in expected.items())


def outcome(case: dict[str, Any]) -> dict[str, object]:
    try:
        return models.evaluate(case["method"], case["inputs"])
    except DefinitionError as error:
        return {"error": error.code}


def sentences(case: dict[str, Any]) -> object:
    try:
        return models.explain(case["method"], case["inputs"])
    except DefinitionError as error:
        return error.code


@pytest.mark.parametrize("case", CASES)
def test_a_worked_case_gives_exactly_its_outputs(case: dict[str, Any]) -> None:
    found = outcome(case)

    assert matches(case["expected"], found), found


@pytest.mark.parametrize("case", CASES)
def test_a_worked_case_is_explained_in_both_languages_or_refused_alike(case: dict[str, Any]) -> None:
    if "error" in case["expected"]:
        with pytest.raises(DefinitionError) as refused:
            models.explain(case["method"], case["inputs"])
        assert refused.value.code == case["expected"]["error"]
        return

    steps = models.explain(case["method"], case["inputs"])

    assert steps
    assert all(step.zh and step.en for step in steps)
    assert not any("  " in text or "None" in text or "E+" in text for s in steps for text in (s.zh, s.en))


@pytest.mark.parametrize("case", [c for c in CASES if "skip" not in str(c.marks)])
def test_the_caller_s_decimal_context_changes_no_output(case: dict[str, Any]) -> None:
    expected = outcome(case)

    with localcontext() as context:
        context.prec, context.rounding = 1, ROUND_DOWN
        found = outcome(case)

    assert found == expected


@pytest.mark.parametrize("case", [c for c in CASES if "skip" not in str(c.marks)])
def test_no_arithmetic_of_a_method_happens_in_the_caller_s_context(case: dict[str, Any]) -> None:
    expected, explained = outcome(case), sentences(case)

    with localcontext() as context:
        context.prec, context.traps[Inexact], context.traps[Rounded] = 3, True, True
        found, told = outcome(case), sentences(case)

    assert (found, told) == (expected, explained)


def numbers(value: object) -> list[object]:
    if isinstance(value, dict):
        return [n for entry in value.values() for n in numbers(entry)]
    if isinstance(value, list):
        return [n for entry in value for n in numbers(entry)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_every_number_of_our_cases_is_quoted(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert [n for case in document["cases"] for n in numbers([case["inputs"], case["expected"]])] == []


def test_our_own_cases_are_named_once_and_reach_every_method() -> None:
    own = [case.values[0] for path in OURS for case in cases(path)]
    ids = [case["id"] for case in own]

    assert len(ids) >= 80
    assert len(set(ids)) == len(ids)
    assert {method for method in METHODS if method.startswith(("score.", "target.", "kpi."))} <= {
        case["method"] for case in own
    }


def test_a_comparison_that_shows_more_decimals_is_stricter() -> None:
    assert agrees("0.83", Decimal("0.8333"))
    assert not agrees("0.830", Decimal("0.8333"))
    assert not agrees({"a": "1"}, {"a": Decimal(1), "b": Decimal(2)})
    assert not matches({"total": None}, {"base": None})

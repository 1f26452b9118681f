from dataclasses import asdict, is_dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.errors import DefinitionError
from models.pay import EXPLAIN, PAY_METHODS

SHARED = Path(__file__).parent / "../../../../shared/golden.yaml"


def cases() -> list[Any]:
    if not SHARED.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="golden.yaml is not here"), id="shared")]
    document = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    return [pytest.param(c, id=c["id"]) for c in document["cases"] if c["method"].startswith("pay.")]


def run(method: str, inputs: dict[str, object]) -> dict[str, Any]:
    try:
        result = PAY_METHODS[method](inputs)
    except DefinitionError as error:
        return {"error": error.code}
    assert is_dataclass(result)
    assert not isinstance(result, type)
    return asdict(result)


def agrees(expected: object, found: object) -> bool:
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(agrees(v, found.get(k)) for k, v in expected.items())
    if isinstance(expected, list):
        return isinstance(found, list) and [agrees(e, f) for e, f in zip(expected, found, strict=True)].count(
            True
        ) == len(expected)
    if isinstance(expected, str) and isinstance(found, Decimal):
        return found.quantize(Decimal(expected), rounding=ROUND_HALF_UP) == Decimal(expected)
    return expected == found


@pytest.mark.parametrize("case", cases())
def test_a_worked_pay_case_gives_exactly_its_outputs(case: dict[str, Any]) -> None:
    found = run(case["method"], case["inputs"])

    assert agrees(case["expected"], found), found


@pytest.mark.parametrize("case", cases())
def test_a_worked_pay_case_explains_itself_with_its_own_amount(case: dict[str, Any]) -> None:
    text = " ".join(step.en + step.zh for step in EXPLAIN[case["method"]](case["inputs"]))

    amount = case["expected"].get("amount", case["expected"].get("pool"))
    assert amount is None or amount in text


def test_every_pay_method_is_explained_and_no_other() -> None:
    assert set(PAY_METHODS) == set(EXPLAIN)
    assert len(PAY_METHODS) >= 20

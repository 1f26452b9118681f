from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import models
from models.errors import DefinitionError
from models.evaluation import METHODS

HERE = Path(__file__).parent
SHARED = HERE / "../../../shared/golden.yaml"


def cases(path: Path) -> list[Any]:
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{path.name} is not here"), id=path.name)]
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["id"]) for case in document["cases"] if case["method"] in METHODS]


def agrees(expected: object, found: object) -> bool:
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            agrees(value, found.get(key)) for key, value in expected.items()
        )
    if isinstance(found, Decimal) and isinstance(expected, str):
        return found.quantize(Decimal(expected), rounding=ROUND_HALF_UP) == Decimal(expected)
    return expected == found


@pytest.mark.parametrize("case", [*cases(SHARED), *cases(HERE / "scoring.yaml")])
def test_a_worked_case_gives_exactly_its_outputs(case: dict[str, Any]) -> None:
    try:
        outputs: dict[str, object] = models.evaluate(case["method"], case["inputs"])
    except DefinitionError as error:
        outputs = {"error": error.code}

    assert agrees(case["expected"], outputs), outputs


def test_our_own_cases_are_many_and_named_once() -> None:
    ids = [case.id for case in cases(HERE / "scoring.yaml")]

    assert len(ids) >= 25
    assert len(set(ids)) == len(ids)

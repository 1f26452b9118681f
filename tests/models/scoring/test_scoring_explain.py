from decimal import Decimal

import pytest

import models
from models.errors import DefinitionError
from models.evaluation import EXPLAIN, METHODS


def english(method: str, inputs: dict[str, object]) -> list[str]:
    return [step.en for step in models.explain(method, inputs)]


def chinese(method: str, inputs: dict[str, object]) -> list[str]:
    return [step.zh for step in models.explain(method, inputs)]


def test_every_method_can_be_explained() -> None:
    assert set(EXPLAIN) == set(METHODS)


def test_an_unknown_method_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(DefinitionError) as caught:
        models.explain("score.ranks", {})

    assert caught.value.code == "D220"
    assert "score.rank" in caught.value.remedy


def test_a_total_is_told_in_the_fixed_order() -> None:
    step = {"x": "0.92", "bands": [{"max": "0.9", "score": "70"}, {"min": "0.9", "score": "85"}]}
    found = english(
        "score.total",
        {
            "items": [
                {"kpi": "sales", "weight": "60", "method": "score.step", "inputs": step},
                {"kpi": "conduct", "weight": "20", "score": "90"},
                {"kpi": "survey", "weight": "20", "status": "excluded", "score": None},
            ],
            "plan_points": [{"points": "8", "max": "5"}],
            "manager_adjustment": "9",
            "manager_limit": "3",
            "total_cap": "90",
            "vetoes": [{"type": "deduct_pct", "value": "0.1"}, {"type": "cap_total", "value": "80"}],
            "grade_bands": [
                {"max": "80", "grade": "C", "coefficient": "0.8"},
                {"min": "80", "grade": "B", "coefficient": "1.0"},
            ],
        },
    )

    assert found == [
        "sales: score by band (x = actual): x < 0.9 → 70; 0.9 ≤ x → 85",
        "sales: 0.9 ≤ 0.92, score = 85",
        "sales: weight 60% → 75% (redistributed)",
        "sales: contribution = 85 × 75% = 63.75",
        "conduct: weight 20% → 25% (redistributed)",
        "conduct: contribution = 90 × 25% = 22.50",
        "survey: left out, its weight goes to the others",
        "base = 63.75 + 22.5 = 86.25",
        "plan points 8 → 5 (−∞ … 5)",
        "manager's adjustment 9 → 3 (±3)",
        "adjusted = 86.25 + 5 + 3 = 94.25",
        "limited to 0 … 90",
        "after red lines = min(90 × max(0, 1 − (0.1)), 80) = 80",
        "total = 80.00 (half up)",
        "grade B: 80 ≤ 80.00, coefficient 1.0",
    ]


def test_a_red_line_on_one_kpi_and_an_open_total_are_told() -> None:
    items = [{"kpi": "a", "weight": "50", "score": "90"}, {"kpi": "b", "weight": "50", "score": None}]

    assert chinese("score.total", {"items": items, "vetoes": [{"type": "zero_kpi", "kpi": "a"}]}) == [
        "a：红线：得分 = 0",
        "b：缺失：总分暂定，待补数据",
        "有指标缺失：总分暂定，无等级",
    ]


def test_a_grade_without_a_name_is_not_called_none() -> None:
    inputs: dict[str, object] = {
        "items": [{"kpi": "a", "weight": "100", "score": "90"}],
        "grade_bands": [{"coefficient": "1"}],
    }

    assert english("score.total", inputs)[-1].startswith("grade –:")


@pytest.mark.parametrize(
    ("method", "inputs", "last"),
    [
        ("score.linear", {"actual": None, "target": "5"}, "a figure is absent: missing"),
        ("score.linear", {"actual": "1", "target": "0"}, "the target is 0: left out"),
        ("score.gap_points", {"actual": "1", "target": "0", "gap": "relative"}, "the target is 0: left out"),
        ("score.piecewise", {"x": None, "points": [["0", "0"]]}, "a figure is absent: missing"),
        (
            "score.rating",
            {"ratings": [], "weights": {"peer": "1"}, "scale_max": "5"},
            "nobody rated: missing",
        ),
        (
            "score.ratio",
            {"parts": [{"num": "1", "den": "2"}], "min_n": "5"},
            "(1) ÷ (2): the denominator must be above 0 and at least 5: missing",
        ),
        ("score.ratio", {"parts": [{"num": "1", "den": None}]}, "a part has no figure: missing"),
        ("score.milestone", {"milestones": []}, "nothing was due: left out"),
        ("target.check", {"target": "1", "history": []}, "no history: nothing to compare"),
        ("target.check", {"target": None, "history": ["1"]}, "no target: nothing to compare"),
        (
            "target.peer_mean",
            {"values": {"a": "1", "b": "2"}, "person": "a", "fallback": "7"},
            "peers 1 < 5: target = fallback 7",
        ),
    ],
)
def test_what_is_missing_or_left_out_says_why(method: str, inputs: dict[str, object], last: str) -> None:
    assert english(method, inputs)[-1] == last


def test_the_last_sentence_carries_the_score() -> None:
    points = [["800", "60"], ["1000", "100"]]

    assert english("score.piecewise", {"x": "900", "points": points})[-1] == (
        "score = 60 + (900 − 800) ÷ (1000 − 800) × (100 − 60) = 80"
    )
    assert models.evaluate("score.piecewise", {"x": "900", "points": points})["score"] == Decimal(80)

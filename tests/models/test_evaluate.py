from decimal import Decimal

import pytest

import models
from models.errors import DefinitionError

METHOD = "score.linear"


def refusal(method: str, inputs: dict[str, object]) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        models.evaluate(method, inputs)
    return caught.value


def test_an_unknown_method_is_named_with_the_nearest_known_one() -> None:
    error = refusal("score.liner", {})

    assert error.code == "D220"
    assert "score.linear" in error.remedy


def test_an_unknown_argument_is_named() -> None:
    error = refusal(METHOD, {"actual": "1", "target": "1", "capp": "2"})

    assert error.code == "D220"
    assert "capp" in error.what
    assert "cap" in error.remedy


@pytest.mark.parametrize(
    "value", [0.1, True, "1e5", "NaN", "Infinity", "1,000", "１", "", Decimal("NaN"), [], "9" * 5000]
)
def test_a_number_that_is_not_an_exact_finite_decimal_is_refused(value: object) -> None:
    error = refusal(METHOD, {"actual": value, "target": "1"})

    assert error.code == "D221"


def test_text_int_and_decimal_mean_the_same_number() -> None:
    results = [models.evaluate(METHOD, {"actual": a, "target": "4"})["score"] for a in ("3", 3, Decimal(3))]

    assert results == [75, 75, 75]


@pytest.mark.parametrize(
    ("method", "inputs"),
    [
        ("score.linear", {"actual": "1", "target": "1", "direction": "up"}),
        ("score.linear", {"actual": "1", "target": "1", "cap": "0.5", "floor": "0.6"}),
        ("score.piecewise", {"x": "1"}),
        ("score.piecewise", {"x": "1", "points": []}),
        ("score.piecewise", {"x": "1", "points": [["1"]]}),
        ("score.step", {"x": "1", "bands": "no list"}),
        ("score.gap_points", {"actual": "1", "target": "2", "under": {"per": "0", "points": "1"}}),
        ("score.rating", {"ratings": [], "weights": {"peer": "1"}, "scale_max": "0"}),
        (
            "score.rating",
            {"ratings": [{"type": "peer", "score": "6"}], "weights": {"peer": "1"}, "scale_max": "5"},
        ),
        ("score.rating", {"ratings": [], "weights": {}, "scale_max": "5"}),
        ("score.total", {"items": [], "dp": "1.5"}),
        (
            "score.total",
            {"items": [{"kpi": "a", "weight": "100", "score": "1"}], "vetoes": [{"type": "cap_total"}]},
        ),
        (
            "kpi.net_sales",
            {"orders": [], "mode": "order_cohort", "period_start": "soon", "period_end": "2026-10-31"},
        ),
    ],
)
def test_a_wrong_argument_is_refused_by_name(method: str, inputs: dict[str, object]) -> None:
    error = refusal(method, inputs)

    assert error.code == "D221"
    assert method in error.what


def test_a_misspelt_key_of_a_band_is_refused() -> None:
    error = refusal("score.step", {"x": "1", "bands": [{"mim": "1", "score": "1"}]})

    assert error.code == "D220"

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models
from models.errors import DefinitionError
from models.scoring.total import PlanPoints, TotalRule, Veto, stages, sum_steps

ITEM = {"kpi": "a", "weight": "100", "score": "90"}
points = st.decimals(-200, 200, places=2)
cuts = st.lists(st.decimals(0, 2, places=2), max_size=4)


def refusal(**inputs: object) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        models.evaluate("score.total", {"items": [ITEM], **inputs})
    return caught.value


@pytest.mark.parametrize(
    "inputs",
    [
        {"manager_limit": "-1"},
        {"total_cap": "50", "total_floor": "60"},
        {"dp": "11"},
        {"vetoes": [{"type": "deduct_pct", "value": "-0.1"}]},
        {"vetoes": [{"type": "deduct_pct"}]},
        {"vetoes": [{"type": "zero_kpi", "kpi": "unknown"}]},
        {"redistribute_to": ["unknown"]},
        {"missing": "guess"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(inputs: dict[str, object]) -> None:
    assert refusal(**inputs).code == "D221"


@pytest.mark.parametrize(
    ("method", "inputs"),
    [
        ("score.ratio", {"parts": [{"num": "1", "den": "1"}]}),
        (
            "pay.prorate",
            {
                "period_start": "2026-11-01",
                "period_end": "2026-11-30",
                "segments": [
                    {"from": "2026-11-01", "to": "2026-11-30", "base": "1", "coefficient": "1", "score": "88"}
                ],
            },
        ),
    ],
)
def test_a_method_that_yields_no_kpi_score_is_refused_and_not_counted_as_0(
    method: str, inputs: dict[str, object]
) -> None:
    item = {"kpi": "a", "weight": "100", "method": method, "inputs": inputs}

    assert refusal(items=[item]).code == "D221"


def test_a_wrong_table_inside_an_item_keeps_its_own_code() -> None:
    item = {"kpi": "a", "weight": "100", "method": "score.step", "inputs": {"x": "1", "bands": []}}

    assert refusal(items=[item]).code == "bands_gap"


@given(points, points, st.decimals(0, 50, places=2), cuts)
def test_red_lines_never_raise_a_total_and_limits_hold(
    base: Decimal, manager: Decimal, limit: Decimal, deducted: list[Decimal]
) -> None:
    vetoes = tuple(Veto("deduct_pct", cut) for cut in deducted)
    rule = TotalRule(manager_adjustment=manager, manager_limit=limit, vetoes=vetoes)

    found = stages(base, rule)

    assert abs(found.manager) <= limit
    assert 0 <= found.red_lined <= found.limited <= 120


@given(
    st.permutations(
        [PlanPoints(Decimal(9), high=Decimal(5)), PlanPoints(Decimal(-3)), PlanPoints(Decimal(1))]
    )
)
def test_the_order_of_plan_points_never_matters(plan: list[PlanPoints]) -> None:
    assert stages(Decimal(80), TotalRule(plan_points=tuple(plan))).adjusted == 83


@given(points, points, points)
def test_a_calibration_is_bounded_by_floor_and_cap_and_by_no_limit(
    base: Decimal, manager: Decimal, calibration: Decimal
) -> None:
    rule = TotalRule(manager_adjustment=manager, manager_limit=Decimal(2), calibration=calibration)

    found = stages(base, rule)

    assert found.calibration == calibration
    assert found.adjusted == base + found.manager + calibration
    assert found.limited == min(max(found.adjusted, Decimal(0)), Decimal(120))


def test_a_total_without_calibration_says_nothing_of_it() -> None:
    plain = sum_steps(TotalRule(), Decimal(80), Decimal("80.00"), [Decimal(80)])
    moved = sum_steps(
        TotalRule(calibration=Decimal("-1.5"), calibration_says="HEAD: 对齐"),
        Decimal(80),
        Decimal("78.50"),
        [Decimal(80)],
    )

    assert not any("calibration" in step.en for step in plain)
    assert moved[1].en == "calibration -1.5 (HEAD: 对齐)"
    assert moved[2].en == "adjusted = 80 + (-1.5) = 78.5"

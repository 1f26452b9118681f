from decimal import Decimal

import pytest

from models.errors import DefinitionError
from models.pay import EXPLAIN, PAY_METHODS

MEMBER = {"coefficient": "1", "days": "30"}
PLAN = {"profit": "5", "target_profit": "4", "base_share": "0.2", "coefficient": "1", "shares": {"a": "1"}}
SAVING = {"net_sales": "800", "actual_spend": "84", "share": "0.2"}
TEAM = {"basis": "9", "threshold": "5", "rate": "0.3", "min_score": "8"}
BONUS = {"target_bonus": "20", "actual": "2", "target": "3", "curve": [["0", "0"]]}
SALE = {"original_basis": "100", "refund": "1", "commission": {"mode": "flat", "rate": "0.1"}}
SHOW = {"hours": "1", "hourly_rate": "80", "gmv": "1", "refunds": "1", "commission": SALE["commission"]}
MONTH = {"period_start": "2026-11-01", "period_end": "2026-11-30", "segments": []}
LIMIT = {"wage": "6000", "deduction": "600", "share_cap": "0.2", "minimum_wage": "2500"}
HOLD = {"amount": "100", "share": "0.2"}


def excess(*edges: tuple[str | None, str | None]) -> dict[str, object]:
    return {**PLAN, "excess_bands": [{"min": low, "max": high, "rate": "0.3"} for low, high in edges]}


@pytest.mark.parametrize(
    ("method", "inputs", "code", "text"),
    [
        ("split", {"amount": "10", "weights": {"a": "0", "b": "0"}}, "D221", "sum to 0"),
        ("split", {"amount": "0", "weights": {"a": "0"}}, "D221", "sum to 0"),
        ("split", {"amount": "10", "weights": {}}, "D221", "at least one"),
        ("split", {"amount": "10", "weights": {"a": "-1", "b": "2"}}, "D221", "weight of a"),
        ("split", {"amount": "10", "weights": {"a": None}}, "D221", "required"),
        ("split", {"amount": "10", "weights": {"a": Decimal("1E-90000")}}, "D221", "plain size"),
        ("split", {"amount": "10", "weights": [["a", "1"]]}, "D221", "keys and values"),
        ("split", {"amount": Decimal("1" + "0" * 36), "weights": {"a": "1"}}, "D221", "digits"),
        ("pool", {"amount": "10", "members": {}}, "D221", "at least one member"),
        ("pool", {"amount": "10", "members": {"a": {"coefficient": "0", "days": "30"}}}, "D221", "sum to 0"),
        ("pool", {"amount": "10", "members": {"a": {**MEMBER, "days": "0"}}}, "D221", "sum to 0"),
        ("pool", {"amount": "10", "members": {"a": {"coefficient": "1"}}}, "D221", "days"),
        ("pool", {"amount": "10", "members": {"a": {**MEMBER, "coefficient": "-1"}}}, "D221", "coefficient"),
        ("pool", {"amount": "10", "members": {"a": {**MEMBER, "day": "1"}}}, "D220", "day"),
        ("performance", {"base": "10", "coefficient": None}, "D221", "coefficient"),
        ("performance", {"base": "10", "coefficient": "1", "period_days": "0"}, "D221", "period_days"),
        ("performance", {"base": "10", "coefficient": "1", "payable_days": "-1"}, "D221", "payable_days"),
        (
            "performance",
            {"base": Decimal("1E+999990"), "coefficient": Decimal("1" * 90)},
            "D221",
            "too large",
        ),
        ("ad_saving", SAVING, "D221", "exactly one"),
        ("ad_saving", {**SAVING, "allowed_rate": "0.1", "budget": "5"}, "D221", "exactly one"),
        ("ad_saving", {**SAVING, "budget": "5", "share": "20"}, "D221", "share"),
        ("ad_saving", {**SAVING, "budget": "5", "overspend_share": "-0.1"}, "D221", "overspend_share"),
        ("ad_saving", {**SAVING, "budget": "5", "actual_spend": "-1"}, "D221", "actual_spend"),
        ("team_bonus", {**TEAM, "member_scores": {}}, "D221", "at least one"),
        ("team_bonus", {**TEAM, "member_scores": {"a": None}}, "D221", "member_scores a"),
        ("supervisor_multiple", {"amounts": {}, "multiple": "1"}, "D221", "at least one"),
        ("quarterly_bonus", {**BONUS, "target": "0"}, "ratio_needs_positive_target", "target"),
        ("quarterly_bonus", {**BONUS, "gate": "no"}, "D221", "gate"),
        ("quarterly_bonus", {**BONUS, "curve": [["1", "1"], ["0", "0"]]}, "points_not_ascending", "ascend"),
        ("quarterly_bonus", {**BONUS, "curve": []}, "D221", "point"),
        ("quarterly_bonus", {**BONUS, "below": "none"}, "D221", "below"),
        ("profit_share", {**excess(), "target_profit": "0"}, "ratio_needs_positive_target", "target_profit"),
        ("profit_share", {**excess(), "deficit_brought_forward": "-1"}, "D221", "deficit"),
        ("profit_share", {**excess(), "base_share": "20"}, "D221", "base_share"),
        ("profit_share", {**excess(), "shares": {"a": "0"}}, "D221", "sum to 0"),
        ("profit_share", excess(("1", "1.2"), ("1.3", None)), "bands_gap", "gap"),
        ("profit_share", excess(("1", "1.3"), ("1.2", None)), "bands_overlap", "overlap"),
        ("profit_share", excess(("1", None), ("1.2", None)), "bands_overlap", "overlap"),
        ("profit_share", excess((None, "1"), (None, "2")), "bands_overlap", "overlap"),
        ("profit_share", excess(("2", "1")), "bands_overlap", "empty"),
        ("piece", {"items": [{"qty": "1"}]}, "D221", "price"),
        ("piece", {"items": [{"qty": "-1", "price": "1"}]}, "D221", "qty"),
        ("piece", {"items": [], "penalties": [{"count": "1", "each": "-1"}]}, "D221", "each"),
        ("piece", {"items": [], "tiers": [{"max": "5", "price": "1"}]}, "bands_gap", "above"),
        ("piece", {"items": [], "tiers": [{"price": "1", "rate": "1"}]}, "D221", "price or rate"),
        ("piece", {"items": [{"qty": "1", "price": "1"}], "tiers": [{"price": "1"}]}, "D221", "tiers"),
        ("anchor", {**SHOW, "refunds": "-1"}, "D221", "refunds"),
        ("anchor", {**SHOW, "commission": None}, "D221", "commission"),
        ("anchor", {**SHOW, "commission": {"mode": "flat", "rate": "1", "basis": "1"}}, "D220", "basis"),
        ("guarantee", {"mode": "draw", "earned": [], "guarantee": "1"}, "D221", "mode"),
        ("guarantee", {"mode": "recoverable", "earned": [None], "guarantee": "1"}, "D221", "earned"),
        ("clawback", {**SALE, "refund": "-1"}, "D221", "refund"),
        ("clawback", {**SALE, "original_basis": "0", "mode": "original_effective_rate"}, "D221", "above 0"),
        ("prorate", {**MONTH, "period_end": "2026-10-31"}, "D221", "period_end"),
        ("prorate", {**MONTH, "min_days": "5"}, "D221", "below_min_coefficient"),
        ("deduction_limit", {**LIMIT, "share_cap": "20"}, "D221", "share_cap"),
        ("deduction_limit", {**LIMIT, "deduction": "-1"}, "D221", "deduction"),
        ("amount_table", {"x": "1", "points": [["0", "0"]], "unit": "0"}, "D221", "unit"),
        ("amount_table", {"x": "1", "points": [["0", "0"]], "unit": "0.005"}, "D221", "unit"),
        ("amount_table", {"x": "1", "points": [["1", "0"], ["0", "0"]]}, "points_not_ascending", "ascend"),
        ("holdback", {**HOLD, "share": "1.1"}, "D221", "share"),
        ("holdback", {**HOLD, "releases": [{"period": "2027", "share": "0.8"}]}, "D221", "sum to exactly 1"),
        ("holdback", {**HOLD, "releases": [{"period": "x", "share": "0.5"}] * 2}, "D221", "once"),
        ("caps", {"amounts": {}}, "D221", "at least one"),
        ("caps", {"amounts": {"a": "1"}, "person_cap": "1", "person_floor": "2"}, "D221", "person_floor"),
        ("caps", {"amounts": {"a": "1"}, "pool_cap": "-1"}, "D221", "pool_cap"),
        ("matrix", {"x": "1", "y": "1", "bands": []}, "bands_gap", "no band"),
        (
            "matrix",
            {"x": "1", "y": "1", "bands": [{"bands": [{"min": "0", "coefficient": "1"}]}]},
            "bands_gap",
            "row 1",
        ),
        (
            "matrix",
            {"x": "1", "y": "1", "bands": [{"max": "1", "bands": [{"coefficient": "1"}]}]},
            "bands_gap",
            "above",
        ),
        ("coefficient", {"score": "1", "bands": [{"max": "5", "coefficient": "1"}]}, "bands_gap", "above"),
        ("coefficient", {"score": "1", "mode": "curve"}, "D221", "mode"),
    ],
)
def test_an_odd_input_is_refused_in_words(
    method: str, inputs: dict[str, object], code: str, text: str
) -> None:
    for call in (PAY_METHODS[f"pay.{method}"], EXPLAIN[f"pay.{method}"]):
        with pytest.raises(DefinitionError) as caught:
            call(inputs)

        assert caught.value.code == code
        assert text in caught.value.what
        assert caught.value.remedy


@pytest.mark.parametrize(
    ("method", "inputs"), [("performance", {"base": 1.5, "coefficient": "1"}), ("split", {"amount": 0.1})]
)
def test_a_binary_float_is_never_pay(method: str, inputs: dict[str, object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        PAY_METHODS[f"pay.{method}"](inputs)

    assert caught.value.code == "D221"
    assert "float" in caught.value.what

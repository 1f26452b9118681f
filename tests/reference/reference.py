"""An independent reference of every scoring and pay method: `reference(method, inputs) -> outputs`.

Written from the specification alone, in exact fractions and plain functions, to be compared with the product.
Belongs here: the table of methods and the printed defaults. Not here: arithmetic (scores.py, pay.py), anything
of the product.

Where the specification is silent the reference follows the product, so that a change of it is noticed:
* a missing figure of weight 0 does not keep a total open; a score put in by zero or use_full is shown as the KPI's;
* rank leaves out who has no value, a distribution with a score missing is missing, a ratio with a part missing too;
* the penalty cap of piece pay is a share of the rounded gross line; earned amounts of a guarantee are rounded lines;
* a negative basis with negative=signed is paid by the bands it lies in, counted from 0 downwards;
* a segment outside the period keeps its place among the lines with 0.00; days without a score weigh nothing.
"""

from collections.abc import Callable
from typing import Any

from tests.reference import pay, scores
from tests.reference.common import Inputs, Outputs, RefusedError

METHODS: dict[str, Callable[..., Outputs]] = {
    "score.linear": scores.linear,
    "score.piecewise": scores.piecewise,
    "score.step": scores.step,
    "score.gap_points": scores.gap_points,
    "score.rating": scores.rating,
    "score.rank": scores.rank,
    "score.forced_distribution": scores.forced_distribution,
    "score.ratio": scores.ratio,
    "score.total": scores.total,
    "target.check": scores.target_check,
    "kpi.net_sales": scores.net_sales,
    **pay.METHODS,
}

# An argument not given takes the default printed in the specification; nothing else is implied.
DEFAULTS: dict[str, dict[str, Any]] = {
    "score.linear": {
        "direction": "higher",
        "inverse": "mirror",
        "cap": "1.2",
        "floor": "0",
        "zero_below": None,
        "full": "100",
        "target_zero": "exclude",
    },
    "score.piecewise": {"below": "clamp", "above": "clamp"},
    "score.step": {"closed": "left"},
    "score.gap_points": {
        "direction": "higher",
        "gap": "absolute",
        "base": "100",
        "over": None,
        "under": None,
        "count_mode": "whole",
        "floor": "0",
        "cap": None,
    },
    "score.rating": {"trim": "none"},
    "score.rank": {"direction": "higher", "ties": "competition"},
    "score.forced_distribution": {"ties": "up", "min_group": "5"},
    "score.ratio": {"min_n": "1"},
    "score.total": {
        "missing": "pending",
        "redistribute_to": None,
        "dimension_weights": None,
        "plan_points": None,
        "manager_adjustment": "0",
        "manager_limit": "0",
        "calibration": "0",
        "total_floor": "0",
        "total_cap": "120",
        "vetoes": [],
        "grade_bands": None,
        "dp": "2",
    },
    "target.check": {
        "direction": "higher",
        "warn_ratio": "1.2",
        "block_ratio": "1.5",
        "min_hit_share": "0.2",
    },
    "pay.coefficient": {"mode": "bands", "below": "clamp", "above": "clamp"},
    "pay.performance": {"payable_days": "1", "period_days": "1"},
    "pay.commission": {
        "bands_of": "basis",
        "lookup": None,
        "closed": "left",
        "negative": "zero",
        "modifiers": [],
        "multiplier": "1",
    },
    "pay.ad_saving": {
        "allowed_rate": None,
        "budget": None,
        "sales_attainment": "1",
        "gate_min": "0",
        "cap": None,
        "overspend_share": "0",
    },
    "pay.quarterly_bonus": {"above_target_rate": "0", "gate": True, "below": "zero", "above": "clamp"},
    "pay.profit_share": {"base_gate": "0", "deficit_brought_forward": "0"},
    "pay.piece": {"penalties": [], "penalty_cap_share": None, "guarantee": "0", "tiers": None},
    "pay.anchor": {"mode": "sum", "base": "0", "guarantee": "0"},
    "pay.clawback": {"mode": "recompute_original", "current_commission": "0"},
    "pay.prorate": {"min_days": "0", "below_min_coefficient": None},
}


def reference(method: str, inputs: Inputs) -> Outputs:
    """The documented outputs, numbers as fractions; `RefusedError` carries the documented error code."""
    return METHODS[method]({**DEFAULTS.get(method, {}), **inputs}, reference)


def outcome(method: str, inputs: Inputs) -> Outputs:
    """The outputs, or {error: code}."""
    try:
        return reference(method, inputs)
    except RefusedError as refused:
        return {"error": refused.code}

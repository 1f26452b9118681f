"""The pay half of the reference, from the written specification only (section D).

Belongs here: one plain function a method over a dict of inputs; money is rounded once, at the end of a line.
Not here: scoring (scores.py), defaults (reference.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from tests.reference.common import (
    Inputs,
    Outputs,
    band_at,
    clamp,
    counted,
    curve,
    half_up,
    largest_remainder,
    num,
    tiled,
)
from tests.reference.scores import Call

ZERO = Fraction(0)


def coefficient(i: Inputs, _: Call) -> Outputs:
    score = half_up(num(i["score"]))
    if i["mode"] == "linear":
        return {"coefficient": score / 100, "grade": None}
    if i["mode"] == "piecewise":
        return {"coefficient": curve(i["points"], score, i["below"], i["above"]), "grade": None}
    band = band_at(tiled(i["bands"]), score)
    return {"coefficient": num(band["coefficient"]), "grade": band.get("grade")}


def performance(i: Inputs, _: Call) -> Outputs:
    days = num(i["payable_days"]) / num(i["period_days"])
    return {"amount": half_up(num(i["base"]) * num(i["coefficient"]) * days)}


# -- pay.commission ---------------------------------------------------------------------------------------


def commission(i: Inputs, _: Call) -> Outputs:
    basis = num(i["basis"])
    line = [] if i["mode"] == "flat" else tiled(i["bands"])
    if basis <= 0 and i["negative"] == "zero":
        return {"amount": ZERO}
    off, factor = _modified(i["modifiers"])
    raw = _before_modifiers(i, basis, line, off)
    return {"amount": half_up(raw * factor * num(i["multiplier"]))}


def _before_modifiers(i: Inputs, basis: Fraction, line: Sequence[Inputs], off: Fraction) -> Fraction:
    if i["mode"] == "flat":
        flat: Fraction = num(i["rate"])
        return basis * max(ZERO, flat - off)
    unit: Fraction = num(i["target"]) if i["bands_of"] == "attainment" else Fraction(1)
    looked_up = num(i["lookup"]) if i["lookup"] is not None else basis / unit
    reached = band_at(line, looked_up, i["closed"])
    lump: Fraction = num(reached.get("lump", "0")) or ZERO
    rate: Fraction = max(ZERO, num(reached.get("rate", "0")) - off)
    if i["mode"] == "whole_slab":
        return lump + basis * rate
    if i["mode"] == "lump_excess":
        return lump + rate * (basis - (num(reached.get("min")) or ZERO) * unit)
    return lump + marginal(line, basis, unit, off)


def marginal(line: Sequence[Inputs], basis: Fraction, unit: Fraction, off: Fraction = ZERO) -> Fraction:
    """The money between 0 and the basis, each part at the rate of the band it lies in."""
    low, high, sign = (ZERO, basis, 1) if basis >= 0 else (basis, ZERO, -1)
    paid = ZERO
    for band in line:
        floor, top = num(band.get("min")), num(band.get("max"))
        start = low if floor is None else max(low, floor * unit)
        stop = high if top is None else min(high, top * unit)
        paid += max(ZERO, stop - start) * max(ZERO, num(band.get("rate", "0")) - off)
    return sign * paid


def _modified(modifiers: Sequence[Inputs] | None) -> tuple[Fraction, Fraction]:
    """What all modifiers take off the rate, and what they leave of the amount."""
    off, factor = ZERO, Fraction(1)
    for m in modifiers or []:
        actual, limit = num(m["actual"]), num(m["limit"])
        short = limit - actual if m["direction"] == "higher" else actual - limit
        steps = counted(max(ZERO, short) / num(m["per"]), m.get("count_mode", "whole"))
        if m["kind"] == "rate_points":
            off += steps * num(m["each"])
        else:
            factor *= max(ZERO, 1 - steps * num(m["each"]))
    return off, factor


# -- lines ------------------------------------------------------------------------------------------------


def ad_saving(i: Inputs, _: Call) -> Outputs:
    fixed = num(i["budget"])
    allowed = fixed if fixed is not None else num(i["allowed_rate"]) * num(i["net_sales"])
    saving = allowed - num(i["actual_spend"])
    if saving < 0:
        amount = saving * num(i["overspend_share"])
    elif num(i["sales_attainment"]) >= num(i["gate_min"]):
        amount = clamp(saving * num(i["share"]), None, num(i["cap"]))
    else:
        amount = ZERO
    return {"allowed": allowed, "saving": saving, "amount": half_up(amount)}


def team_bonus(i: Inputs, _: Call) -> Outputs:
    earned = max(ZERO, num(i["basis"]) - num(i["threshold"])) * num(i["rate"])
    passed = all(num(s) >= num(i["min_score"]) for s in i["member_scores"].values())
    return {"amount": half_up(earned) if passed else ZERO}


def quarterly_bonus(i: Inputs, _: Call) -> Outputs:
    actual, target = num(i["actual"]), num(i["target"])
    attainment = actual / target
    bonus = half_up(num(i["target_bonus"]) * curve(i["curve"], attainment, i["below"], i["above"]))
    extra = half_up(max(ZERO, actual - target) * num(i["above_target_rate"]))
    if not i["gate"]:
        bonus = extra = ZERO
    return {"attainment": attainment, "bonus": bonus, "above_target": extra, "amount": bonus + extra}


def profit_share(i: Inputs, _: Call) -> Outputs:
    target, p = num(i["target_profit"]), num(i["profit"]) - num(i["deficit_brought_forward"])
    base = excess = ZERO
    if p > 0 and p >= num(i["base_gate"]) * target:
        base = half_up(min(p, target) * num(i["base_share"]) * num(i["coefficient"]))
    if p > 0:
        excess = half_up(marginal(i["excess_bands"], p, target))
    shares = _split(base + excess, {key: num(w) for key, w in i["shares"].items()})
    return {"base_pool": base, "excess_pool": excess, "pool": base + excess, "shares": shares}


def piece(i: Inputs, _: Call) -> Outputs:
    if i["tiers"] is not None:
        line = [{**t, "rate": t["price"]} for t in tiled(i["tiers"])]
        earned = marginal(line, sum((num(x["qty"]) for x in i["items"]), ZERO), Fraction(1))
    else:
        earned = sum((num(x["qty"]) * num(x["price"]) for x in i["items"]), ZERO)
    fine = sum((num(x["count"]) * num(x["each"]) for x in i["penalties"]), ZERO)
    share = num(i["penalty_cap_share"])
    gross = half_up(earned)
    penalty = half_up(clamp(fine, None, None if share is None else share * gross))  # of the gross line
    topup = half_up(max(ZERO, num(i["guarantee"]) - (gross - penalty)))
    return {"gross": gross, "penalty": penalty, "topup": topup, "amount": gross - penalty + topup}


def anchor(i: Inputs, call: Call) -> Outputs:
    time_pay = half_up(num(i["hours"]) * num(i["hourly_rate"]))
    sold = num(i["gmv"]) - num(i["refunds"])
    earned = call("pay.commission", {**i["commission"], "basis": sold})["amount"]
    variable = time_pay + earned if i["mode"] == "sum" else max(time_pay, earned)
    amount = half_up(max(num(i["base"]) + variable, num(i["guarantee"])))
    return {"time_pay": time_pay, "commission": earned, "amount": amount}


def guarantee(i: Inputs, _: Call) -> Outputs:
    floor, owed = half_up(num(i["guarantee"])), ZERO
    payments = []
    for earned in (half_up(num(e)) for e in i["earned"]):  # what was earned is a pay line itself
        if i["mode"] == "nonrecoverable" or earned <= floor:
            owed += max(ZERO, floor - earned) if i["mode"] == "recoverable" else ZERO
            payments.append(max(earned, floor))
        else:
            repaid = min(owed, earned - floor)
            owed -= repaid
            payments.append(earned - repaid)
    return {"payments": payments, "balance": owed}


# -- shares -----------------------------------------------------------------------------------------------


def _split(amount: Fraction, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    money = half_up(amount)
    cents = largest_remainder(int(abs(money) * 100), weights, sorted(weights))
    return {key: Fraction(n if money >= 0 else -n, 100) for key, n in cents.items()}


def split(i: Inputs, _: Call) -> Outputs:
    return {"shares": _split(num(i["amount"]), {key: num(w) for key, w in i["weights"].items()})}


def pool(i: Inputs, _: Call) -> Outputs:
    weights = {key: num(m["coefficient"]) * num(m["days"]) for key, m in i["members"].items()}
    return {"shares": _split(num(i["amount"]), weights)}


# -- corrections ------------------------------------------------------------------------------------------


def clawback(i: Inputs, call: Call) -> Outputs:
    basis, refund = num(i["original_basis"]), num(i["refund"])
    original = call("pay.commission", {**i["commission"], "basis": basis})["amount"]
    if i["mode"] == "recompute_original":
        restated = call("pay.commission", {**i["commission"], "basis": basis - refund})["amount"]
        adjustment = restated - original
    else:
        adjustment = -half_up(original / basis * refund)
        restated = original + adjustment
    left = num(i["current_commission"]) + adjustment
    return {
        "original": original,
        "restated": restated,
        "adjustment": adjustment,
        "payable": max(ZERO, left),
        "carry_forward": min(ZERO, left),
    }


def prorate(i: Inputs, _: Call) -> Outputs:
    start, end = date.fromisoformat(i["period_start"]), date.fromisoformat(i["period_end"])
    length = (end - start).days + 1
    lines, parts = [], []
    for s in i["segments"]:
        first, last = max(start, date.fromisoformat(s["from"])), min(end, date.fromisoformat(s["to"]))
        days = (last - first).days + 1
        days = max(days, 0)  # a segment outside the period keeps its place among the lines: 0.00
        short = days < num(i["min_days"]) and i["below_min_coefficient"] is not None
        factor = num(i["below_min_coefficient"] if short else s["coefficient"])
        lines.append(half_up(num(s["base"]) * factor * days / length))
        if s.get("score") is not None and days:
            parts.append((num(s["score"]) * days, days))
    whole = sum(days for _, days in parts)
    score = sum((part for part, _ in parts), ZERO) / whole if whole else None
    return {"lines": lines, "amount": sum(lines, ZERO), "score": score}


def deduction_limit(i: Inputs, _: Call) -> Outputs:
    wage, deduction = num(i["wage"]), num(i["deduction"])
    room = min(deduction, wage * num(i["share_cap"]), wage - num(i["minimum_wage"]))
    allowed = half_up(max(ZERO, room))
    return {"allowed": allowed, "remaining": half_up(deduction) - allowed}


METHODS: dict[str, Any] = {
    "pay.coefficient": coefficient,
    "pay.performance": performance,
    "pay.commission": commission,
    "pay.ad_saving": ad_saving,
    "pay.team_bonus": team_bonus,
    "pay.quarterly_bonus": quarterly_bonus,
    "pay.profit_share": profit_share,
    "pay.piece": piece,
    "pay.anchor": anchor,
    "pay.guarantee": guarantee,
    "pay.split": split,
    "pay.pool": pool,
    "pay.clawback": clawback,
    "pay.prorate": prorate,
    "pay.deduction_limit": deduction_limit,
}

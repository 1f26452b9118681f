"""The scoring half of the reference, from the written specification only (section C).

Belongs here: one plain function a method over a dict of inputs. Not here: pay (pay.py), defaults (reference.py).
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from tests.reference.common import (
    Inputs,
    Outputs,
    RefusedError,
    ascending,
    band_at,
    clamp,
    counted,
    curve,
    half_up,
    largest_remainder,
    num,
    tiled,
)

HUNDRED = Fraction(100)
Call = Callable[[str, Inputs], Outputs]


def linear(i: Inputs, _: Call) -> Outputs:
    actual, target, cap, floor = num(i["actual"]), num(i["target"]), num(i["cap"]), num(i["floor"])
    ratio = i["direction"] == "lower" and i["inverse"] == "ratio"
    if ratio and target is not None and target <= 0:
        raise RefusedError("ratio_needs_positive_target")
    if actual is None or target is None:
        return {"status": "missing", "attainment": None, "score": None}
    better = 1 if i["direction"] == "higher" else -1
    if target == 0 and i["target_zero"] == "exclude":
        return {"status": "excluded", "attainment": None, "score": None}
    if target == 0:
        r = Fraction(1) if actual * better >= 0 else floor
    elif ratio:
        r = target / actual if actual > 0 else cap
    else:
        r = 1 + better * (actual - target) / abs(target)
    failed = i["zero_below"] is not None and r < num(i["zero_below"])
    return {
        "status": "scored",
        "attainment": r,
        "score": Fraction(0) if failed else num(i["full"]) * min(max(r, floor), cap),
    }


def piecewise(i: Inputs, _: Call) -> Outputs:
    ascending(i["points"])
    if i["x"] is None:
        return {"status": "missing", "score": None}
    return {"status": "scored", "score": curve(i["points"], num(i["x"]), i["below"], i["above"])}


def step(i: Inputs, _: Call) -> Outputs:
    line = tiled(i["bands"])
    if i["x"] is None:
        return {"status": "missing", "score": None}
    return {"status": "scored", "score": num(band_at(line, num(i["x"]), i["closed"])["score"])}


def gap_points(i: Inputs, _: Call) -> Outputs:
    actual, target = num(i["actual"]), num(i["target"])
    if actual is None or target is None:
        return {"status": "missing", "units": None, "score": None}
    diff = actual - target if i["direction"] == "higher" else target - actual
    if i["gap"] == "relative":
        diff /= abs(target)
    side = i["over"] if diff > 0 else i["under"] if diff < 0 else None
    units = points = Fraction(0)
    if side:
        units = counted(abs(diff) / num(side["per"]), i["count_mode"])
        points = clamp(units * num(side["points"]), None, num(side.get("max")))
    raw = num(i["base"]) + (points if diff > 0 else -points)
    return {"status": "scored", "units": units, "score": clamp(raw, num(i["floor"]), num(i["cap"]))}


def rating(i: Inputs, _: Call) -> Outputs:
    given: dict[str, list[Fraction]] = {}
    for line in i["ratings"]:
        if line["score"] is not None:
            given.setdefault(line["type"], []).append(num(line["score"]))
    above = below = Fraction(0)
    for kind, scores in given.items():
        weight = num(i["weights"].get(kind, "0"))
        kept = sorted(scores)[1:-1] if i["trim"] == "min_max" and len(scores) >= 5 else scores
        above += weight * sum(kept) / len(kept)
        below += weight
    if below == 0:
        return {"status": "missing", "score": None}
    return {"status": "scored", "score": above / below / num(i["scale_max"]) * 100}


def rank(i: Inputs, _: Call) -> Outputs:
    sign = -1 if i["direction"] == "higher" else 1
    values = {key: num(v) * sign for key, v in i["values"].items() if v is not None}
    found: dict[str, Fraction | None] = dict.fromkeys(i["values"])  # without a value nobody is ranked
    for key, value in values.items():
        before = [v for v in values.values() if v < value]
        same = sum(v == value for v in values.values())
        found[key] = {
            "competition": Fraction(len(before) + 1),
            "dense": Fraction(len(set(before)) + 1),
            "average": len(before) + Fraction(same + 1, 2),
        }[i["ties"]]
    return {"ranks": found}


def forced_distribution(i: Inputs, _: Call) -> Outputs:
    people = sorted(i["scores"])
    if sum(num(q["share"]) for q in i["quotas"]) != 1:
        raise RefusedError("weights_sum")
    if len(people) < num(i["min_group"]):
        return {"status": "skipped", "grades": {}}
    if None in i["scores"].values():
        return {"status": "missing", "grades": {}}  # every score moves the places of all others
    people.sort(key=lambda key: (-num(i["scores"][key]), key))
    order = list(range(len(i["quotas"])))
    shares = {n: num(i["quotas"][n]["share"]) for n in order}
    places = largest_remainder(len(people), shares, order)
    grades: dict[str, str] = {}
    taken = limit = 0
    for n in order:
        limit += places[n]
        last: Any = None
        while taken < len(people) and (taken < limit or num(i["scores"][people[taken]]) == last):
            last = num(i["scores"][people[taken]])
            grades[people[taken]] = i["quotas"][n]["grade"]
            taken += 1
    return {"status": "scored", "grades": grades}


def ratio(i: Inputs, _: Call) -> Outputs:
    if any(p["num"] is None or p["den"] is None for p in i["parts"]):
        return {"status": "missing", "rate": None}
    above = sum((num(p["num"]) for p in i["parts"]), Fraction(0))
    below = sum((num(p["den"]) for p in i["parts"]), Fraction(0))
    if below <= 0 or below < num(i["min_n"]):
        return {"status": "missing", "rate": None}
    return {"status": "scored", "rate": above / below}


def target_check(i: Inputs, _: Call) -> Outputs:
    target, history = num(i["target"]), [num(h) for h in i["history"] if h is not None]
    if target is None:
        return {"status": "missing", "stretch": None, "hit_share": None}
    if not history:
        return {"status": "no_baseline", "stretch": None, "hit_share": None}
    higher = i["direction"] == "higher"
    share = Fraction(sum(h >= target if higher else h <= target for h in history), len(history))
    mean = sum(history, Fraction(0)) / len(history)
    comparable = mean > 0 and (higher or target > 0)
    stretch = (target / mean if higher else mean / target) if comparable else None
    status = "warn" if share < num(i["min_hit_share"]) else "ok"
    if stretch is not None and stretch >= num(i["warn_ratio"]):
        status = "warn"
    if stretch is not None and stretch >= num(i["block_ratio"]):
        status = "block"
    return {"status": status, "stretch": stretch, "hit_share": share}


def net_sales(i: Inputs, _: Call) -> Outputs:
    start, end = i["period_start"], i["period_end"]
    out = {o["id"] for o in i["orders"] if o.get("excluded")}
    paid = {o["id"]: num(o["amount"]) for o in i["orders"] if start <= o["paid_on"] <= end}
    paid = {key: amount for key, amount in paid.items() if key not in out}
    if i["mode"] == "order_cohort":
        back = [r for r in i["refunds"] if r["order"] in paid and r["refunded_on"] <= i["cutoff"]]
    else:
        back = [r for r in i["refunds"] if r["order"] not in out and start <= r["refunded_on"] <= end]
    gmv, refunds = sum(paid.values(), Fraction(0)), sum((num(r["amount"]) for r in back), Fraction(0))
    return {"gmv": gmv, "refunds": refunds, "net_sales": gmv - refunds}


# -- score.total ------------------------------------------------------------------------------------------


def total(i: Inputs, call: Call) -> Outputs:
    # Which of two defects is named first is not specified: grades, then items, then weights.
    grades = tiled(i["grade_bands"]) if i["grade_bands"] is not None else None
    dims = {d: num(w) for d, w in (i["dimension_weights"] or {"": "100"}).items()}
    rows = [_row(item, i, call) for item in i["items"]]
    _check_weights(rows, dims)
    _apply_missing(rows, i["missing"])
    # What zero and use_full put in place of a missing figure is shown as the KPI's score.
    scores = {row["kpi"]: row["score"] for row in rows}
    blank = {"base": None, "total": None, "kpi_scores": scores, "grade": None, "coefficient": None}
    weights = _moved(rows, dims, i)
    # A missing figure that carries no weight cannot change the total, so it does not keep it open.
    if any(w for w, r in zip(weights, rows, strict=True) if r["status"] == "missing"):
        return {"status": "provisional", **blank}
    if not any(weights):
        return {"status": "excluded", **blank}
    base = sum(
        (100 * w * r["score"] / r["full"] for w, r in zip(weights, rows, strict=True) if w), Fraction(0)
    )
    value = half_up(_adjusted(base, i), int(i["dp"]))
    band: Inputs = band_at(grades, value) if grades else {}
    return {
        "status": "scored",
        "base": base,
        "total": value,
        "kpi_scores": scores,
        "grade": band.get("grade"),
        "coefficient": num(band.get("coefficient")),
    }


def _row(item: Inputs, i: Inputs, call: Call) -> dict[str, Any]:
    found = call(item["method"], item["inputs"]) if "method" in item else item
    score = num(found.get("score"))
    status = found.get("status") or ("missing" if score is None else "scored")
    if any(v["type"] == "zero_kpi" and v["kpi"] == item["kpi"] for v in i["vetoes"]):
        score, status = Fraction(0), "scored"
    dim = item["dim"] if i["dimension_weights"] else ""
    full = num(item.get("full", "100"))
    return {"kpi": item["kpi"], "dim": dim, "weight": num(item["weight"]), "full": full} | {
        "score": score,
        "status": status,
    }


def _check_weights(rows: list[dict[str, Any]], dims: Mapping[str, Fraction]) -> None:
    sums = [sum((r["weight"] for r in rows if r["dim"] == d), Fraction(0)) for d in dims]
    if sum(dims.values()) != HUNDRED or any(s != HUNDRED for s in sums):
        raise RefusedError("weights_sum")


def _apply_missing(rows: list[dict[str, Any]], policy: str) -> None:
    for row in rows:
        if row["status"] == "missing" and policy in ("zero", "use_full"):
            row["score"] = Fraction(0) if policy == "zero" else row["full"]
            row["status"] = "scored"
        elif row["status"] == "missing" and policy == "exclude_redistribute":
            row["status"] = "excluded"


def _moved(rows: list[dict[str, Any]], dims: Mapping[str, Fraction], i: Inputs) -> list[Fraction]:
    """The weight of each row as a share of 1 after excluded and missing rows gave theirs away."""
    inside = {
        d: sum((r["weight"] for r in rows if r["dim"] == d and r["status"] != "excluded"), Fraction(0))
        for d in dims
    }
    alive = sum((w for d, w in dims.items() if inside[d]), Fraction(0))
    weights = [
        dims[r["dim"]] / alive * r["weight"] / inside[r["dim"]]
        if alive and inside[r["dim"]] and r["status"] != "excluded"
        else Fraction(0)
        for r in rows
    ]
    if i["missing"] != "redistribute_to":
        return weights
    heirs = [n for n, r in enumerate(rows) if r["kpi"] in i["redistribute_to"] and r["status"] == "scored"]
    freed = sum((w for w, r in zip(weights, rows, strict=True) if r["status"] == "missing"), Fraction(0))
    whole = sum((weights[n] for n in heirs), Fraction(0))
    if not whole:
        return weights  # nobody can take the weight: the missing figure keeps the total open
    for n, row in enumerate(rows):
        if n in heirs:
            weights[n] += freed * weights[n] / whole
        elif row["status"] == "missing":
            weights[n] = Fraction(0)
    return weights


def _adjusted(base: Fraction, i: Inputs) -> Fraction:
    """Steps 4 to 7: plan points, the manager, the calibration, the bounds, the red lines."""
    for plan in i["plan_points"] or []:
        base += clamp(num(plan["points"]), num(plan.get("min")), num(plan.get("max")))
    limit = num(i["manager_limit"])
    base += clamp(num(i["manager_adjustment"]), -limit, limit) + num(i["calibration"])
    base = clamp(base, num(i["total_floor"]), num(i["total_cap"]))
    cut = sum((num(v["value"]) for v in i["vetoes"] if v["type"] == "deduct_pct"), Fraction(0))
    base *= max(Fraction(0), 1 - cut)
    for veto in i["vetoes"]:
        if veto["type"] == "cap_total":
            base = min(base, num(veto["value"]))
    return Fraction(0) if any(v["type"] == "zero_total" for v in i["vetoes"]) else base

"""Random inputs of `score.total`: one to three dimensions, every missing policy, red lines, grades.

Belongs here: score.total only. Not here: the methods that its items call (generate_scores.py).
"""

from random import Random
from typing import Any

from tests.reference import draws as d
from tests.reference import generate_scores as g

Inputs = dict[str, Any]
POLICIES = ("pending", "zero", "use_full", "exclude_redistribute", "redistribute_to")
CALLS = {
    "score.linear": g.linear,
    "score.piecewise": g.piecewise,
    "score.step": g.step,
    "score.gap_points": g.gap_points,
    "score.rating": g.rating,
}


def total(r: Random) -> Inputs:
    dims = ["result", "conduct", "skill"][: r.randint(1, 3)]
    shares = dict(zip(dims, d.hundred(r, len(dims)), strict=True))
    policy = r.choice(POLICIES)
    items: list[Inputs] = []
    for dim in dims:
        for n, weight in enumerate(d.hundred(r, r.randint(1, 4))):
            items.append({"kpi": f"{dim}{n}", "dim": dim, "weight": weight, **_figure(r)})
    named = len(dims) > 1 or r.random() < 0.5
    if not named:
        items = [{k: v for k, v in item.items() if k != "dim"} for item in items]
    found: Inputs = {"items": items, "missing": policy, **_optional(r, [i["kpi"] for i in items])}
    if policy == "redistribute_to":
        found["redistribute_to"] = _heirs(r, items)
    if named:
        found["dimension_weights"] = shares
    if r.random() < d.DEFECT_SHARE:
        item = r.choice(items)
        item["weight"] = r.choice(
            (item["weight"] + "1" if "." in item["weight"] else item["weight"] + ".01", "101")
        )
    return found


def _figure(r: Random) -> Inputs:
    """A KPI's score, or the method call that gives it."""
    kind = r.random()
    if kind < 0.12:
        method = r.choice(tuple(CALLS))
        return {"method": method, "inputs": CALLS[method](r)}
    if kind < 0.18:
        return {"score": None, **r.choice(({}, {"status": "missing"}, {"status": "excluded"}))}
    full = r.choice(({}, {}, {"full": "100"}, {"full": "40"}, {"full": "30"}))
    top = int(full.get("full", "100")) * 100
    exact = r.choice((top, top * r.randint(0, 12) // 10, r.randint(0, top * 6 // 5)))
    score = r.choice((d.text(exact, 2), d.text(exact * 10 + 5, 3), "89.995", "90", "0"))
    return {"score": score, **full, **d.some(r, status="scored")}


def _heirs(r: Random, items: list[Inputs]) -> list[str]:
    """One or two KPIs with a figure and a weight take the freed weight; one such item is made if none is."""
    first = max(items, key=lambda i: float(i["weight"]))
    for key in ("method", "inputs", "status"):
        first.pop(key, None)
    first["score"] = first.get("score") or "87.65"
    able = [i["kpi"] for i in items if i.get("score") is not None and float(i["weight"])]
    return [
        first["kpi"],
        *r.sample([k for k in able if k != first["kpi"]], min(r.randint(0, 1), len(able) - 1)),
    ]


def _optional(r: Random, kpis: list[str]) -> Inputs:
    vetoes: list[Inputs] = [
        r.choice(
            (
                {"type": "deduct_pct", "value": r.choice(("0.2", "0.1", "0.5", "0.333"))},
                {"type": "cap_total", "value": r.choice(("60", "80", "59.995"))},
                {"type": "zero_kpi", "kpi": r.choice(kpis)},
                {"type": "zero_total"} if r.random() < 0.3 else {"type": "deduct_pct", "value": "0.2"},
            )
        )
        for _ in range(r.choice((0, 0, 0, 1, 2, 4)))
    ]
    plan = [
        {
            "points": d.text(r.randint(-100, 100), 1),
            **d.some(r, min=r.choice((None, "-5")), max=r.choice((None, "5"))),
        }
        for _ in range(r.randint(0, 2))
    ]
    grades = d.bands(r, r.choice(([60, 80, 90, 95], [60, 70, 90], [90])), 0, coefficient=d.factor)
    for n, band in enumerate(grades):
        band["grade"] = "SABCDE"[n]
    return d.some(
        r,
        vetoes=vetoes,
        plan_points=plan,
        manager_adjustment=d.text(r.randint(-20, 20) * 5, 1),
        manager_limit=r.choice(("0", "5", "3.5")),
        calibration=d.text(r.randint(-20, 20) * 5, 1),
        total_floor=r.choice(("0", "40")),
        total_cap=r.choice(("100", "120", "150")),
        grade_bands=grades,
        dp=r.choice(("0", "1", "2", "4")),
    )

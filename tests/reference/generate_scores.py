"""Random inputs of the scoring methods, leaning to the edges of bands, thresholds, ties and null.

Belongs here: one function a method, Random -> inputs. Not here: pay methods (generate_pay.py).
"""

from decimal import Decimal
from random import Random
from typing import Any

from tests.reference import draws as d

Inputs = dict[str, Any]
DIRECTIONS = ("higher", "lower")


def linear(r: Random) -> Inputs:
    places = r.choice((0, 2, 4))
    target = r.choice((0, r.randint(-400, -1) * 25, r.randint(1, 400) * 25, r.randint(1, 10**9), 10**28 + 1))
    threshold, cap = r.choice((50, 60, 80)), r.choice((100, 120, 150, 300))
    ratio = r.choice((0, -100, 100, 200, threshold, cap, r.randint(0, 200)))
    actual = d.near(r, target * ratio // 100)
    options = d.some(
        r,
        direction=r.choice(DIRECTIONS),
        inverse=r.choice(("mirror", "mirror", "ratio")),
        cap=d.text(cap, 2),
        floor=r.choice(("0", "0.2", "-1", "0.6")),
        zero_below=r.choice((None, d.text(threshold, 2))),
        full=r.choice(("100", "40", "35.5")),
        target_zero=r.choice(("exclude", "full_if_met")),
    )
    return {
        "actual": d.maybe(r, d.text(actual, places)),
        "target": d.maybe(r, d.text(target, places)),
        **options,
    }


def piecewise(r: Random) -> Inputs:
    below, above = (r.choice(("clamp", "zero", "extend")) for _ in range(2))
    line = d.points(r, 4, below, above)
    edge = int(Decimal(r.choice(line)[0]) * 10000)
    return {
        "x": d.maybe(r, d.text(r.choice((d.near(r, edge), r.randint(-5000, 20000))), 4)),
        "points": line,
        **({"below": below} if below != "clamp" or r.random() < 0.5 else {}),
        **({"above": above} if above != "clamp" or r.random() < 0.5 else {}),
    }


def _points(r: Random) -> str:
    return d.text(r.randint(0, 240) * 50, 2)


def step(r: Random) -> Inputs:
    edges = d.cuts(r, -50, 150)
    x = r.choice((r.choice(edges) * 100, d.near(r, r.choice(edges) * 100), r.randint(-9999, 19999)))
    table = d.bands(r, edges, 2, score=_points)
    return {"x": d.maybe(r, d.text(x, 4)), "bands": table, **d.some(r, closed=r.choice(("left", "right")))}


def _side(r: Random) -> Inputs | None:
    if r.random() < 0.2:
        return None
    side: Inputs = {
        "per": r.choice(("0.01", "0.5", "1", "0.03", "7")),
        "points": r.choice(("1", "2", "0.5", "0")),
    }
    return {**side, **r.choice(({}, {"max": None}, {"max": r.choice(("0", "6", "10.5"))}))}


def gap_points(r: Random) -> Inputs:
    gap = r.choice(("absolute", "relative"))
    target = r.choice((0 if gap == "absolute" else 1, 90, 100, 5, -40, r.randint(1, 10**6)))
    actual = r.choice((target, target + r.randint(-12, 12), target + r.randint(-120, 120) * 3))
    exact = d.text(actual * 100 + r.choice((0, 0, 1, -1, 50)), 4)
    options = d.some(
        r,
        direction=r.choice(DIRECTIONS),
        base=r.choice(("40", "35", "100", "0")),
        count_mode=r.choice(("whole", "started", "proportional")),
        floor=r.choice(("0", "-5", "20")),
        cap=r.choice((None, "41", "110", "100")),
    )
    return {
        "actual": d.maybe(r, exact),
        "target": d.maybe(r, d.text(target, 2)),
        "gap": gap,
        "over": _side(r),
        "under": _side(r),
        **options,
    }


def rating(r: Random) -> Inputs:
    kinds = ["superior", "peer", "report", "self", "customer"][: r.randint(1, 5)]
    weights = {k: r.choice(("0", "10", "20", "30", "50", "33.3")) for k in kinds}
    if not any(Decimal(w) for w in weights.values()):
        weights[kinds[0]] = "40"
    top = r.choice((5, 10, 100))
    ratings = [
        {"type": kind, "score": d.maybe(r, d.text(r.randint(0, top * 2) * 5, 1))}
        for kind in kinds
        for _ in range(r.choice((0, 1, 2, 4, 5, 6, 9)))
    ]
    r.shuffle(ratings)
    extra = [{"type": "guest", "score": "1"}] if r.random() < 0.05 else []
    return {
        "scale_max": str(top),
        "weights": weights,
        "ratings": ratings + extra,
        **d.some(r, trim=r.choice(("none", "min_max"))),
    }


def _few_values(r: Random, ids: list[str]) -> dict[str, str | None]:
    """Values with many ties, some of them written differently (80 and 80.0), now and then none."""
    few = [r.randint(0, 120) for _ in range(r.randint(1, len(ids) + 1))]
    found: dict[str, str | None] = {e: d.text(r.choice(few) * 10, 1) for e in ids}
    found |= {e: str(r.choice(few)) for e in ids if r.random() < 0.5}
    if r.random() < d.NULL_SHARE:
        found[ids[0]] = None
    return found


def rank(r: Random) -> Inputs:
    ids = d.people(r)
    ties = r.choice(("competition", "dense", "average"))
    return {"values": _few_values(r, ids), **d.some(r, direction=r.choice(DIRECTIONS), ties=ties)}


def forced_distribution(r: Random) -> Inputs:
    grades = ["S", "A", "B", "C", "D"][: r.randint(1, 5)]
    shares = [d.text(int(Decimal(w) * 100), 4) for w in d.hundred(r, len(grades))]
    quotas = [{"grade": g, "share": s} for g, s in zip(grades, shares, strict=True)]
    if r.random() < d.DEFECT_SHARE:
        quotas[-1]["share"] = r.choice((quotas[-1]["share"] + "1", "2"))
    ids = d.people(r, 1, 25)
    return {
        "scores": _few_values(r, ids),
        "quotas": quotas,
        **d.some(r, ties="up", min_group=r.choice(("1", "5", "8"))),
    }


def ratio(r: Random) -> Inputs:
    parts: list[Inputs] = [
        {
            "num": d.text(r.randint(-50, 5000), 1),
            "den": r.choice(("0", d.text(r.randint(0, 300), 1), "-3", "1")),
        }
        for _ in range(r.choice((0, 1, 1, 2, 3, 6)))
    ]
    if parts and r.random() < 0.1:
        parts[0]["num"] = d.money(r)
    if parts and r.random() < d.NULL_SHARE:
        parts[-1][r.choice(("num", "den"))] = None
    return {"parts": parts, **d.some(r, min_n=r.choice(("1", "5", "30", "0.5", "0")))}


def target_check(r: Random) -> Inputs:
    size = r.choice((0, 1, 2, 3, 6, 7, 12))
    usual = r.choice((0, -30, 1, 100, 100, 100))
    history = [usual + r.randint(-3, 3) * r.choice((1, 5)) for _ in range(size)]
    ratios = {"warn_ratio": r.choice((110, 120)), "block_ratio": r.choice((130, 150))}
    # A target of exactly warn or block times a mean that need not be a finite decimal.
    whole, mean = sum(history) * 100, max(size, 1)
    times = r.choice((*ratios.values(), 100, 120, 150, 200))
    target = whole * times // (100 * mean) if r.random() < 0.8 else d.near(r, usual * 100)
    direction = r.choice(DIRECTIONS)
    if direction == "lower" and times and r.random() < 0.7:
        target = whole * 100 // (times * mean)
    if r.random() < 0.05:
        target = r.choice((0, -1))
    options = d.some(
        r,
        min_hit_share=r.choice(("0.2", "0.5", "0.25")),
        **{key: d.text(value, 2) for key, value in ratios.items()},
    )
    return {
        "target": d.maybe(r, d.text(target, 2)),
        "history": [d.maybe(r, d.text(h * 100, 2)) for h in history],
        "direction": direction,
        **options,
    }


def _day(r: Random) -> str:
    return r.choice(
        ("2026-09-30", "2026-10-01", "2026-10-15", "2026-10-31", "2026-11-01", "2026-11-15", "2026-11-16")
    )


def net_sales(r: Random) -> Inputs:
    orders: list[Inputs] = [
        {"id": f"o{n}", "paid_on": _day(r), "amount": d.money(r), **d.some(r, excluded=r.random() < 0.3)}
        for n in range(r.randint(0, 6))
    ]
    refunds = [
        {"order": f"o{r.randint(0, 7)}", "refunded_on": _day(r), "amount": d.money(r)}
        for _ in range(r.randint(0, 5))
    ]
    return {
        "mode": r.choice(("order_cohort", "event_date")),
        "period_start": "2026-10-01",
        "period_end": "2026-10-31",
        "cutoff": "2026-11-15",
        "orders": orders,
        "refunds": refunds,
    }

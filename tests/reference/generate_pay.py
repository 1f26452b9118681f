"""Random inputs of the pay methods, leaning to slab edges, half fens, ties, gates and empty shares.

Belongs here: one function a method, Random -> inputs. Not here: scoring (generate_scores.py).
"""

from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

from tests.reference import draws as d

Inputs = dict[str, Any]


def coefficient(r: Random) -> Inputs:
    mode = r.choice(("bands", "linear", "piecewise"))
    edges = [60, 80, 90, 95][: r.randint(1, 4)]
    score = r.choice(
        (r.choice(edges) * 1000, r.choice(edges) * 1000 - r.randint(0, 9), r.randint(-3000, 130000))
    )
    found: Inputs = {"score": d.text(score, 3), "mode": mode}
    if mode == "bands":
        found["bands"] = d.bands(r, edges, 0, coefficient=d.factor, grade=lambda r: r.choice("SABCD"))
        if r.random() < 0.5:
            del found["mode"]
    if mode == "piecewise":
        below, above = (r.choice(("clamp", "zero", "extend")) for _ in range(2))
        line = d.points(r, 4, below, above)
        found |= {
            "points": [[d.text(int(Decimal(x) * 10000), 2), y] for x, y in line],
            "below": below,
            "above": above,
        }
    return found


def performance(r: Random) -> Inputs:
    days = {
        "payable_days": r.choice(("0", "1", "13", "21.5", "31")),
        "period_days": r.choice(("30", "31", "21.75")),
    }
    days = days if r.random() < 0.7 else {}
    return {"base": d.money(r), "coefficient": d.factor(r), **days}


# -- pay.commission ---------------------------------------------------------------------------------------


def _modifiers(r: Random) -> list[Inputs]:
    return [
        {
            "kind": (kind := r.choice(("rate_points", "amount_pct"))),
            "actual": d.text(r.randint(0, 40), 2) if r.random() < 0.7 else d.text(r.randint(0, 4000), 4),
            "limit": r.choice(("0.22", "0.1", "0.2", "0")),
            "direction": r.choice(("higher", "lower")),
            "per": r.choice(("0.01", "0.02", "0.03")),
            "each": r.choice(("0.03", "0.001", "0.0005"))
            if kind == "rate_points"
            else r.choice(("0.05", "0.1", "0.3", "0.4")),
            **d.some(r, count_mode=r.choice(("whole", "started", "proportional"))),
        }
        for _ in range(r.choice((0, 1, 1, 2, 3)))
    ]


def rule(r: Random) -> Inputs:
    """A commission without its basis."""
    mode = r.choice(("flat", "whole_slab", "progressive", "progressive", "lump_excess"))
    options = d.some(
        r,
        negative=r.choice(("zero", "signed")),
        modifiers=_modifiers(r),
        multiplier=d.factor(r),
        closed=r.choice(("left", "right")),
    )
    if mode == "flat":
        options.pop("closed", None)
        return {"mode": mode, "rate": d.rate(r), **options}
    found: Inputs = {"mode": mode, **options}
    by = r.choice(("basis", "basis", "attainment", "lookup" if mode == "whole_slab" else "basis"))
    lumps = {"lump": d.money} if r.random() < (0.9 if mode == "lump_excess" else 0.3) else {}
    edges = d.cuts(r, 1, 60) if by == "basis" else d.cuts(r, 1, 40)
    scale, places = (10_000, 0) if by == "basis" else (5, 2)
    found["bands"] = d.bands(r, [e * scale for e in edges], places, rate=d.rate, **lumps)
    if by == "attainment":
        found |= {"bands_of": "attainment", "target": r.choice(("500000", "300000", "70000", "123456.78"))}
    if by == "lookup":
        found["lookup"] = d.text(r.choice((r.choice(edges) * 500, r.randint(-500, 20000))), 4)
    return found


def basis_for(r: Random, found: Inputs) -> str:
    """A basis on an edge of the rule, beside it, negative, or any amount."""
    edges = [b["min"] for b in found.get("bands", ()) if b["min"] is not None]
    if not edges or r.random() < 0.4:
        return d.money(r, -1)
    unit = Decimal(found["target"]) if found.get("bands_of") == "attainment" else Decimal(1)
    return d.text(
        r.choice((1, 1, 1, -1)) * int(Decimal(r.choice(edges)) * unit * 100) + r.choice((0, 0, 1, -1)), 2
    )


def commission(r: Random) -> Inputs:
    found = rule(r)
    return {**found, "basis": basis_for(r, found)}


# -- lines ------------------------------------------------------------------------------------------------


def ad_saving(r: Random) -> Inputs:
    sales, allowed = d.money(r), d.rate(r)
    spend = r.choice((str(Decimal(sales) * Decimal(allowed)), d.money(r), d.money(r)))
    fund = {"allowed_rate": allowed} if r.random() < 0.6 else {"budget": d.money(r)}
    options = d.some(
        r,
        sales_attainment=r.choice(("0.9", "0.8999", "1", "0")),
        gate_min=r.choice(("0.9", "1", "0")),
        cap=r.choice((None, "1000", "0", "333.335")),
        overspend_share=r.choice(("0", "0.1", "0.335")),
    )
    return {
        "net_sales": sales,
        "actual_spend": spend if len(spend) < 60 else "1",
        "share": d.rate(r),
        **fund,
        **options,
    }


def team_bonus(r: Random) -> Inputs:
    basis = d.money(r, -1)
    return {
        "basis": basis,
        "threshold": r.choice((basis, d.money(r), "0")),
        "rate": d.rate(r),
        "member_scores": {e: r.choice(("80", "80.0", "88", "79.99", "100")) for e in d.people(r, 1, 3)},
        "min_score": r.choice(("80", "80.00", "60")),
    }


def quarterly_bonus(r: Random) -> Inputs:
    below, above = (r.choice(("clamp", "zero", "extend")) for _ in range(2))
    line = d.points(r, 4, below, above)
    target = r.choice((100_000, 300_000, 700_000, r.randint(1, 10**9)))
    edge = Decimal(r.choice(line)[0])
    actual = r.choice((int(target * 100 * edge), d.near(r, target * 100), r.randint(-100, 200) * target))
    options = d.some(r, above_target_rate=d.rate(r), gate=r.choice((True, True, False)))
    if below != "zero" or r.random() < 0.5:
        options["below"] = below
    if above != "clamp" or r.random() < 0.5:
        options["above"] = above
    return {
        "target_bonus": d.money(r),
        "actual": d.text(actual, 2),
        "target": str(target),
        "curve": [[x, d.text(int(Decimal(y)), 2)] for x, y in line],
        **options,
    }


def profit_share(r: Random) -> Inputs:
    target = r.choice((4_000_000, 100, 333_333, r.randint(1, 10**8)))
    edges = sorted(r.sample(range(5, 20), r.randint(2, 5)))
    marks = [d.text(e, 1) for e in edges]
    excess = [{"min": a, "max": b, "rate": d.rate(r)} for a, b in pairwise(marks)]
    if r.random() < 0.3:
        r.shuffle(excess)
    gate = r.choice(("0", "0.8", "1"))
    profit = r.choice((r.choice(edges) * target * 10, d.near(r, target * 100), r.randint(-100, 250) * target))
    owed = r.randint(0, 3) * 12_345 if r.random() < 0.4 else 0
    return {
        "profit": d.text(profit + owed, 2),
        "target_profit": str(target),
        "base_share": d.rate(r),
        "coefficient": d.factor(r),
        "excess_bands": excess,
        "shares": dict(zip(d.people(r, 4, 4), ("40", "20", "20", r.choice(("20", "0"))), strict=True)),
        **d.some(r, base_gate=gate),
        **({"deficit_brought_forward": d.text(owed, 2)} if owed else {}),
    }


def piece(r: Random) -> Inputs:
    priced = r.random() < 0.7
    items = [
        {
            "qty": r.choice((str(r.randint(0, 9000)), d.text(r.randint(0, 9000), 1))),
            **({"price": _price(r)} if priced else {}),
        }
        for _ in range(r.randint(0, 4))
    ]
    options = d.some(
        r,
        penalties=[
            {"count": str(r.randint(0, 9)), "each": r.choice(("10", "0.5", "33.333"))}
            for _ in range(r.randint(0, 3))
        ],
        penalty_cap_share=r.choice((None, "0", "0.1", "0.2", "0.335")),
        guarantee=r.choice(("0", "3500", "2920", "1234.565")),
    )
    if not priced:
        options["tiers"] = d.bands(r, [e * 100 for e in d.cuts(r, 1, 90)], 0, price=_price)
    return {"items": items, **options}


def _price(r: Random) -> str:
    return d.text(r.randint(0, 1500), 3)


def anchor(r: Random) -> Inputs:
    found = rule(r)
    back = d.money(r)
    gmv = str(Decimal(basis_for(r, found)).copy_abs())
    return {
        "hours": r.choice(("0", "62.5", d.text(r.randint(0, 20000), 2))),
        "hourly_rate": r.choice(("80", "0", "33.333", "45.5")),
        "gmv": gmv,
        "refunds": r.choice(("0", gmv, back)),
        "commission": found,
        **d.some(
            r,
            mode=r.choice(("sum", "greater_of")),
            base=r.choice(("0", "3000", "2500.50")),
            guarantee=r.choice(("0", "9825", "6000.01", "20000")),
        ),
    }


def guarantee(r: Random) -> Inputs:
    floor = r.choice((0, 5_000_000, 3_500_250, 3_500_255))
    earned = [r.choice((floor, d.near(r, floor), r.randint(0, 15_000_000))) for _ in range(r.randint(0, 8))]
    return {
        "mode": r.choice(("recoverable", "nonrecoverable")),
        "guarantee": d.text(floor, 3),
        "earned": [d.text(max(e, 0), 3) for e in earned],
    }


# -- shares and corrections -------------------------------------------------------------------------------


def split(r: Random) -> Inputs:
    ids = d.people(r, 1, 9)
    amount = r.choice((d.money(r, -1), d.text(r.randint(-30, 30), 2)))
    weights = {e: r.choice(("1", "1", "0", d.rate(r), d.money(r))) for e in ids}
    weights[ids[0]] = r.choice(("1", "0.3333", "3"))
    return {"amount": amount, "weights": weights}


def pool(r: Random) -> Inputs:
    ids = d.people(r, 1, 9)
    members = {e: {"coefficient": d.factor(r), "days": r.choice(("31", "0", "12", "21.5"))} for e in ids}
    members[ids[-1]] = {"coefficient": r.choice(("1.0", "0.8")), "days": "31"}
    return {"amount": r.choice((d.money(r, -1), d.text(r.randint(-30, 30), 2))), "members": members}


def clawback(r: Random) -> Inputs:
    found = rule(r)
    basis = basis_for(r, found).removeprefix("-")
    if Decimal(basis) == 0:
        basis = "1000"
    refund = r.choice((basis, d.text(r.randint(1, 100_000), 2), d.money(r), "0"))
    mode = r.choice(("recompute_original", "original_effective_rate"))
    if mode == "original_effective_rate" and Decimal(refund) > Decimal(basis):
        refund = basis  # a huge refund of a small sale at its rate is more money than any figure holds
    current = d.text(r.choice((0, 150_000, r.randint(1, 10**6))), 2)
    return {
        "original_basis": basis,
        "refund": refund,
        "commission": found,
        **d.some(r, current_commission=current),
        **({"mode": mode} if mode != "recompute_original" or r.random() < 0.5 else {}),
    }


def prorate(r: Random) -> Inputs:
    length = r.choice((28, 30, 31))
    start, stop = {
        28: ("2026-02-01", "2026-02-28"),
        30: ("2026-11-01", "2026-11-30"),
        31: ("2026-10-01", "2026-10-31"),
    }[length]
    days = sorted(r.sample(range(1, length + 1), 2 * r.randint(1, 3)))
    parts: list[Inputs] = []
    for low, high in zip(days[::2], days[1::2], strict=True):
        last = r.choice((high, high, high - 1, low))
        part = {"from": f"{start[:8]}{low:02d}", "to": f"{start[:8]}{last:02d}"}
        score = {"score": d.maybe(r, d.text(r.randint(0, 12000), 2))}
        parts.append({**part, "base": d.money(r), "coefficient": d.factor(r), **score})
    if r.random() < 0.4:
        parts[0]["from"] = "2025-12-31"
        parts[-1]["to"] = "2027-01-01"
    if r.random() < 0.1:
        parts.insert(0, {**parts[0], "from": "2025-11-01", "to": "2025-12-30"})
    options = (
        {}
        if r.random() < 0.5
        else {"min_days": r.choice(("0", "3", "7")), "below_min_coefficient": d.factor(r)}
    )
    return {"period_start": start, "period_end": stop, "segments": parts, **options}


def deduction_limit(r: Random) -> Inputs:
    wage = d.money(r)
    return {
        "wage": wage,
        "deduction": r.choice((d.money(r), str(Decimal(wage) / 5) if len(wage) < 25 else "1", "600", "0")),
        "share_cap": r.choice(("0.2", "0.2", "0.335", "0")),
        "minimum_wage": r.choice(("2500", wage, "0", "2540.01")),
    }

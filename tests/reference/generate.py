"""`generate(method, seed) -> inputs`: the same random inputs for the same method and seed, on every machine.

Belongs here: the table of generators and how many inputs a method gets. Not here: what they draw.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.reference import generate_pay as p
from tests.reference import generate_scores as s
from tests.reference.generate_total import total

GENERATORS: dict[str, Callable[[Random], dict[str, Any]]] = {
    "score.linear": s.linear,
    "score.piecewise": s.piecewise,
    "score.step": s.step,
    "score.gap_points": s.gap_points,
    "score.rating": s.rating,
    "score.rank": s.rank,
    "score.forced_distribution": s.forced_distribution,
    "score.ratio": s.ratio,
    "score.total": total,
    "target.check": s.target_check,
    "kpi.net_sales": s.net_sales,
    "pay.coefficient": p.coefficient,
    "pay.performance": p.performance,
    "pay.commission": p.commission,
    "pay.ad_saving": p.ad_saving,
    "pay.team_bonus": p.team_bonus,
    "pay.quarterly_bonus": p.quarterly_bonus,
    "pay.profit_share": p.profit_share,
    "pay.piece": p.piece,
    "pay.anchor": p.anchor,
    "pay.guarantee": p.guarantee,
    "pay.split": p.split,
    "pay.pool": p.pool,
    "pay.clawback": p.clawback,
    "pay.prorate": p.prorate,
    "pay.deduction_limit": p.deduction_limit,
}


def generate(method: str, seed: int) -> dict[str, Any]:
    """The inputs number `seed` of a method."""
    return GENERATORS[method](Random(f"{method} {seed}"))

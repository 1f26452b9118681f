"""The scoring methods: one line each.

Belongs here: the list, from which `models.evaluate`, role lines, the schema, the linter and docs/reference/methods.md are made.
Not here: `score.total`, which runs other methods and is made where all methods are known (models/evaluation).
"""

from models.scoring import (
    forced_distribution,
    gap_points,
    linear,
    milestone,
    net_sales,
    peer_mean,
    percentile_ceiling,
    period_rollup,
    piecewise,
    rank,
    rank_among,
    rating,
    ratio,
    step,
    target_check,
)
from models.scoring.method import LineRule, ScoringMethod

# In the order of docs/reference/methods.md: lines, ranks and groups, then what other parts use.
METHODS: tuple[ScoringMethod, ...] = (
    linear.METHOD,
    piecewise.METHOD,
    step.METHOD,
    gap_points.METHOD,
    rating.METHOD,
    rank.METHOD,
    rank_among.METHOD,
    percentile_ceiling.METHOD,
    forced_distribution.METHOD,
    ratio.METHOD,
    milestone.METHOD,
    period_rollup.METHOD,
    target_check.METHOD,
    peer_mean.METHOD,
    net_sales.METHOD,
)

# What a role line may name.
LINE_RULES: dict[str, type[LineRule]] = {m.name: m.rule for m in METHODS if m.rule is not None}

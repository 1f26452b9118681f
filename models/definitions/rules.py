"""Scoring rules of role lines: which method takes which arguments, read once at load time.

Belongs here: method name + YAML args -> rule object, and rules that would reward getting worse. Not here:
arithmetic (scoring/).
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from models.errors import DefinitionError
from models.scoring import gap_points, linear, piecewise, rating, step
from models.scoring.arguments import Arguments
from models.scoring.gap_points import GapPoints
from models.scoring.linear import Linear
from models.scoring.piecewise import Piecewise
from models.scoring.rating import RatingRule
from models.scoring.step import Step
from models.values import nearest

Rule = Linear | Piecewise | Step | GapPoints | RatingRule

_INJECTED = ("direction", "full")  # come from the KPI and from the line
CONFIG: dict[str, tuple[str, ...]] = {
    m.NAME: tuple(c for c in m.CONFIG if c not in _INJECTED) for m in (linear, piecewise, step, gap_points)
} | {rating.NAME: (*rating.CONFIG, rating.MIN_RATERS)}
ANONYMITY = {"peer": 3, "report": 3}  # of fewer raters each could be told apart by the score
NEEDS_TARGET = (linear.NAME, gap_points.NAME)
LOOKUPS = (piecewise.NAME, step.NAME)


def read_rule(method: str, args: dict[str, object], direction: str, full: Decimal) -> Rule:
    """The rule of a line.

    Raises:
        DefinitionError: D220 unknown method or argument, D221 wrong or lacking argument, or the method's
        own code.
    """
    if method not in CONFIG:
        raise DefinitionError("D220", f"unknown method {method[:60]!r}", remedy=nearest(method, CONFIG))
    a = Arguments(method, args, CONFIG[method])
    if method == piecewise.NAME:
        return Piecewise.read(a)
    if method == step.NAME:
        return Step.read(a)
    if method == rating.NAME:
        a.inputs = {rating.MIN_RATERS: ANONYMITY, **args}
        return RatingRule.read(a)
    _require_choice(a, method, direction)
    a.inputs = {**args, "direction": direction, "full": full}
    return Linear.read(a) if method == linear.NAME else GapPoints.read(a)


def _require_choice(a: Arguments, method: str, direction: str) -> None:
    """Arguments that published plans leave open and that change the score: a default would be a guess."""
    needed: tuple[str, ...] = ("gap", "count_mode") if method == gap_points.NAME else ()
    if method == linear.NAME and direction == "lower":
        needed = ("inverse",)
    for name in needed:
        if not a.has(name):
            raise a.invalid(name, "must be stated")


def check_direction(rule: Rule, direction: str) -> None:
    """Refuse a rule whose score rises while the KPI gets worse.

    Raises:
        DefinitionError: D210.
    """
    scores: list[Decimal] = []
    if isinstance(rule, Step):
        scores = [band.value for band in rule.bands]
    elif isinstance(rule, Piecewise):
        scores = [score for _, score in rule.points]
        _check_ends(rule, direction)
    if not _is_sorted(scores, direction):
        what = f"{direction} is better for this KPI, but the scores {_way(direction, 'fall', 'rise')} with x"
        remedy = f"let the scores {_way(direction, 'rise', 'fall')} with x, or change the KPI's direction"
        raise DefinitionError("D210", what, actual=", ".join(str(s) for s in scores), remedy=remedy)


def _check_ends(rule: Piecewise, direction: str) -> None:
    good_end = rule.above if direction == "higher" else rule.below
    if good_end == "zero":
        name = _way(direction, "above", "below")
        what = f"{name}: zero scores 0 at the good end of a {direction}-is-better KPI"
        raise DefinitionError("D210", what, remedy=f"use {name}: clamp or extend")


def _is_sorted(scores: Sequence[Decimal], direction: str) -> bool:
    return all(a <= b if direction == "higher" else a >= b for a, b in pairwise(scores))


def _way(direction: str, higher: str, lower: str) -> str:
    return higher if direction == "higher" else lower

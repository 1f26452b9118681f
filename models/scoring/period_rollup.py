"""`score.period_rollup`: a quarter from its months, never by averaging ratios.

`recompute` adds numerators and denominators (or plain amounts) of the parts; the two other modes combine
locked scores. One part without its figure leaves the whole missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.money import exact, total
from models.scoring.arguments import Arguments, mapping
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.wording import Step, figure, sum_of, term

NAME = "score.period_rollup"
MODES = ("recompute", "mean_of_scores", "day_weighted")
_KEYS = ("value", "num", "den", "score", "days")


@dataclass(frozen=True)
class Rollup:
    """`value` comes from recompute, `score` from the two other modes."""

    status: str
    value: Decimal | None = None
    score: Decimal | None = None


MISSING = Rollup("missing")


@dataclass(frozen=True)
class Part:
    """One shorter period."""

    value: Decimal | None = None
    num: Decimal | None = None
    den: Decimal | None = None
    score: Decimal | None = None
    days: Decimal | None = None


@exact
def roll_up(parts: Sequence[Part], mode: str) -> Rollup:
    """The longer period.

    >>> months = [Part(num=Decimal(50), den=Decimal(100)), Part(num=Decimal(30), den=Decimal(300))]
    >>> roll_up(months, "recompute").value
    Decimal('0.2')
    """
    if not parts:
        return MISSING
    if mode == "recompute":
        return _recompute(parts)
    scores = _known(p.score for p in parts)
    # a plain mean is the weighted one with a weight of 1 each
    days = _known(Decimal(1) if mode == "mean_of_scores" else p.days for p in parts)
    # before the division, which raises for 0
    if scores is None or days is None or total(days) == 0:
        return MISSING
    weighted = [score * n for score, n in zip(scores, days, strict=True)]
    return Rollup("scored", None, total(weighted) / total(days))


@exact
def _recompute(parts: Sequence[Part]) -> Rollup:
    # one denominator makes the whole a ratio: a part that lacks its own leaves it missing, and is not added as an amount
    is_ratio = any(p.den is not None for p in parts)
    above = _known(p.num if is_ratio or p.num is not None else p.value for p in parts)
    if above is None:
        return MISSING
    if not is_ratio:
        return Rollup("scored", total(above))
    below = _known(p.den for p in parts)
    # never of a negative denominator, whose quotient would turn more into less
    if below is None or total(below) <= 0:
        return MISSING
    return Rollup("scored", total(above) / total(below))


def _known(values: Iterable[Decimal | None]) -> list[Decimal] | None:
    """All values, or None where one is missing."""
    found = list(values)
    known = [v for v in found if v is not None]
    return known if len(known) == len(found) else None


def _read(inputs: Inputs) -> tuple[list[Part], str]:
    a = Arguments(NAME, inputs, ("parts", "mode"))
    return [_part(item) for item in a.items("parts")], a.choice("mode", MODES, "recompute")


def _part(value: object) -> Part:
    inner = Arguments(f"{NAME} parts", mapping(NAME, "parts", value), _KEYS)
    part = Part(*(inner.optional(key) for key in _KEYS))
    if part.days is not None and part.days < 0:
        raise inner.invalid("days", "must be 0 or more")
    return part


def evaluate(inputs: Inputs) -> Rollup:
    """`score.period_rollup`.

    >>> parts = [{"score": "90", "days": "31"}, {"score": "60", "days": "30"}, {"score": "80", "days": "31"}]
    >>> str(evaluate({"parts": parts, "mode": "day_weighted"}).score)[:9]
    '76.847826'
    """
    return roll_up(*_read(inputs))


def explain(inputs: Inputs) -> Steps:
    """The sums and the division."""
    parts, mode = _read(inputs)
    found = roll_up(parts, mode)
    if found.value is not None:
        return (_value_step(parts, found.value),)
    if found.score is None:
        return (
            Step(
                "有期间缺少数据，或分母不为正：缺失",
                "a part lacks its figure, or nothing to divide by: missing",
            ),
        )
    scores = [p.score for p in parts if p.score is not None]
    if mode == "mean_of_scores":
        formula = f"({sum_of(scores)}) ÷ {len(scores)}"
        return (figure("各期得分平均", "mean of the scores", formula, found.score),)
    days = [p.days for p in parts if p.days is not None]
    above = " + ".join(f"{term(s)} × {term(d)}" for s, d in zip(scores, days, strict=True))
    return (figure("按天加权得分", "day-weighted score", f"({above}) ÷ ({sum_of(days)})", found.score),)


def _value_step(parts: Sequence[Part], value: Decimal) -> Step:
    above = sum_of(v for p in parts if (v := p.num if p.num is not None else p.value) is not None)
    if all(p.den is None for p in parts):
        return figure("各期合计", "sum of the parts", above, value)
    below = sum_of(p.den for p in parts if p.den is not None)
    return figure("分子合计 ÷ 分母合计", "sum ÷ sum", f"({above}) ÷ ({below})", value)


METHOD = ScoringMethod(
    name=NAME,
    kind="calculation",
    zh="月度汇总为季度、年度",
    evaluate=evaluate,
    explain=explain,
    used="by name only, on locked scores of months; figures of a quarter come from its own rows, never from its months",
)

"""`pay.prorate`: a period with a change of post, base or coefficient, day by day.

Calendar days, both ends inclusive. A gap between segments is leave without pay; two segments on one day
would pay it twice and are refused.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from models.money import divide, multiply, total
from models.pay.amounts import fen, not_negative
from models.pay.wording import exact, figure, line, sum_of
from models.scoring.arguments import Arguments, mapping
from models.wording import Step

NAME = "pay.prorate"
ARGUMENTS = ("period_start", "period_end", "segments", "min_days", "below_min_coefficient")


@dataclass(frozen=True)
class Prorated:
    """One line per segment, in the given order; the score is None where no segment has one."""

    lines: list[Decimal]
    amount: Decimal
    score: Decimal | None


@dataclass(frozen=True)
class Segment:
    """The part of a segment inside the period, with the coefficient that applies."""

    start: date
    end: date
    base: Decimal
    coefficient: Decimal
    score: Decimal | None

    def days(self) -> int:
        """Days inside the period; 0 for a segment that lies outside."""
        return max((self.end - self.start).days + 1, 0)


@dataclass(frozen=True)
class Rule:
    """The period and its segments."""

    start: date
    end: date
    segments: tuple[Segment, ...]

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in."""
        start, end = a.day("period_start"), a.day("period_end")
        if end < start:
            raise a.invalid("period_end", "lies before period_start")
        if not_negative(a, "min_days", 0) > 0 and not a.has("below_min_coefficient"):
            raise a.invalid("below_min_coefficient", "is required with min_days")
        segments = tuple(_segment(a, item, start, end) for item in a.items("segments"))
        _check_apart(a, segments)
        return cls(start, end, segments)

    def period_days(self) -> int:
        """Days of the period."""
        return (self.end - self.start).days + 1

    def raw(self, segment: Segment) -> Decimal:
        """A segment's line before rounding."""
        whole = multiply(multiply(segment.base, segment.coefficient), Decimal(segment.days()))
        return divide(whole, Decimal(self.period_days()))

    def scored(self) -> list[tuple[Decimal, Decimal]]:
        """Score and days of the segments that have both."""
        return [(s.score, Decimal(s.days())) for s in self.segments if s.score is not None and s.days() > 0]

    def score(self) -> Decimal | None:
        """Mean of the scores by days; segments without a score count neither way."""
        scored = self.scored()
        if not scored:
            return None
        return divide(total([multiply(score, days) for score, days in scored]), total([d for _, d in scored]))


def _segment(a: Arguments, item: object, start: date, end: date) -> Segment:
    entry = Arguments(
        f"{NAME} segments", mapping(NAME, "segments", item), ("from", "to", "base", "coefficient", "score")
    )
    first, last = entry.day("from"), entry.day("to")
    if last < first:
        raise entry.invalid("to", "lies before from")
    first, last = max(first, start), min(last, end)
    days = max((last - first).days + 1, 0)
    is_short = days < a.number("min_days", 0)
    coefficient = a.number("below_min_coefficient") if is_short else entry.number("coefficient")
    return Segment(first, last, entry.number("base"), coefficient, entry.optional("score"))


def _check_apart(a: Arguments, segments: tuple[Segment, ...]) -> None:
    inside = sorted((s for s in segments if s.days() > 0), key=lambda s: s.start)
    for before, after in pairwise(inside):
        if after.start <= before.end:
            raise a.invalid("segments", f"overlap on {after.start.isoformat()}: that day would be paid twice")


def _pay(rule: Rule) -> Prorated:
    lines = [fen(rule.raw(segment)) for segment in rule.segments]
    return Prorated(lines, fen(total(lines)), rule.score())


def evaluate(inputs: dict[str, object]) -> Prorated:
    """`pay.prorate` on golden inputs.

    >>> first = {"from": "2026-10-01", "to": "2026-11-12", "base": "1500", "coefficient": "1", "score": "88"}
    >>> then = {"from": "2026-11-13", "to": "2027-12-31", "base": "3000", "coefficient": "1.2", "score": "96"}
    >>> evaluate({"period_start": "2026-11-01", "period_end": "2026-11-30", "segments": [first, then]})
    Prorated(lines=[Decimal('600.00'), Decimal('2160.00')], amount=Decimal('2760.00'), score=Decimal('92.8'))
    """
    return _pay(Rule.read(Arguments(NAME, inputs, ARGUMENTS)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    pay = _pay(rule)
    days = [segment.days() for segment in rule.segments]
    listed = " + ".join(map(str, days)) or "0"
    whole = rule.period_days()
    steps = [
        Step(
            f"期间 {rule.start} 至 {rule.end} 共 {whole} 天；各段 {listed} 天",
            f"period {rule.start} to {rule.end}: {whole} days; segments {listed} days",
        )
    ]
    steps += [_line(rule, number, segment) for number, segment in enumerate(rule.segments, 1)]
    steps.append(line("合计", "amount", sum_of(pay.lines), pay.amount))
    return (*steps, _score(rule))


def _line(rule: Rule, number: int, segment: Segment) -> Step:
    if segment.days() == 0:
        return Step(f"第 {number} 段不在期间内：0.00", f"segment {number} lies outside the period: 0.00")
    formula = (
        f"{exact(segment.base)} × {exact(segment.coefficient)} × {segment.days()} ÷ {rule.period_days()}"
    )
    return line(f"第 {number} 段", f"segment {number}", formula, rule.raw(segment))


def _score(rule: Rule) -> Step:
    score, scored = rule.score(), rule.scored()
    if score is None:
        return Step("得分：各段均无得分", "score: no segment has one")
    products = " + ".join(f"{exact(value)} × {days}" for value, days in scored)
    formula = f"({products}) ÷ {total([days for _, days in scored])}"
    return figure("按天加权得分", "score weighted by days", formula, score)

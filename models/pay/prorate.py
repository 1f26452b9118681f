"""`pay.prorate`: a period with a change of post, base or coefficient, day by day.

Calendar days, both ends inclusive. A gap between segments is leave without pay; two segments on one day
would pay it twice and are refused.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Self

from models.money import exact
from models.pay.amounts import ZERO, fen, not_negative
from models.pay.method import PayMethod
from models.pay.wording import figure, line, operand, sum_of
from models.scoring.arguments import Arguments, mapping
from models.wording import Step


@dataclass(frozen=True)
class ProrateResult:
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
        # + 1 because both ends count; a segment outside was cut to an end before its start, hence at least 0
        return max((self.end - self.start).days + 1, 0)


@dataclass(frozen=True)
class Prorate(PayMethod):
    """The period and its segments."""

    NAME = "pay.prorate"
    NAME_ZH = "按天折算"
    ARGUMENTS = ("period_start", "period_end", "segments", "min_days", "below_min_coefficient")

    start: date
    end: date
    segments: tuple[Segment, ...]

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; without min_days a segment of one day keeps its own coefficient."""
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

    @exact
    def raw(self, segment: Segment) -> Decimal:
        """A segment's line before rounding."""
        return segment.base * segment.coefficient * segment.days() / self.period_days()

    def scored(self) -> list[tuple[Decimal, int]]:
        """Score and days of the segments that have both."""
        return [(s.score, s.days()) for s in self.segments if s.score is not None and s.days() > 0]

    @exact
    def score(self) -> Decimal | None:
        """Mean of the scores by days; segments without a score count neither way."""
        scored = self.scored()
        if not scored:
            return None
        return sum((score * days for score, days in scored), ZERO) / sum(days for _, days in scored)

    def result(self) -> ProrateResult:
        """Lines, amount and score.

        >>> first = {"from": "2026-10-01", "to": "2026-11-12", "base": "1500", "coefficient": "1", "score": "88"}
        >>> then = {"from": "2026-11-13", "to": "2027-12-31", "base": "3000", "coefficient": "1.2", "score": "96"}
        >>> november = {"period_start": "2026-11-01", "period_end": "2026-11-30", "segments": [first, then]}
        >>> pay = Prorate.evaluate(november)
        >>> [str(line) for line in pay.lines], pay.amount, pay.score
        (['600.00', '2160.00'], Decimal('2760.00'), Decimal('92.8'))
        """
        lines = [fen(self.raw(segment)) for segment in self.segments]
        # the sum of rounded lines, as a reader of the statement adds them; fen() makes 0.00 of no line at all
        return ProrateResult(lines, fen(sum(lines, ZERO)), self.score())

    def steps(self) -> tuple[Step, ...]:
        """Days, each segment, the sum, the score."""
        pay, whole = self.result(), self.period_days()
        listed = " + ".join(str(segment.days()) for segment in self.segments) or "0"
        days = Step(
            f"期间 {self.start} 至 {self.end} 共 {whole} 天；各段 {listed} 天",
            f"period {self.start} to {self.end}: {whole} days; segments {listed} days",
        )
        return (
            days,
            *(self._segment_step(number, segment) for number, segment in enumerate(self.segments, 1)),
            line("合计", "amount", sum_of(pay.lines), pay.amount),
            self._score_step(),
        )

    def _segment_step(self, number: int, segment: Segment) -> Step:
        days = segment.days()
        if days == 0:
            return Step(f"第 {number} 段不在期间内：0.00", f"segment {number} lies outside the period: 0.00")
        formula = f"{operand(segment.base)} × {operand(segment.coefficient)} × {days} ÷ {self.period_days()}"
        return line(f"第 {number} 段", f"segment {number}", formula, self.raw(segment))

    def _score_step(self) -> Step:
        score, scored = self.score(), self.scored()
        if score is None:
            return Step("得分：各段均无得分", "score: no segment has one")
        products = " + ".join(f"{operand(value)} × {days}" for value, days in scored)
        formula = f"({products}) ÷ {sum(days for _, days in scored)}"
        return figure("按天加权得分", "score weighted by days", formula, score)


def _segment(a: Arguments, item: object, start: date, end: date) -> Segment:
    entry = Arguments(
        f"{a.method} segments",
        mapping(a.method, "segments", item),
        ("from", "to", "base", "coefficient", "score"),
    )
    first, last = entry.day("from"), entry.day("to")
    if last < first:
        raise entry.invalid("to", "lies before from")
    # cut before the days are counted: min_days asks how long somebody held the post in this period
    first, last = max(first, start), min(last, end)
    days = max((last - first).days + 1, 0)
    is_short = days < a.number("min_days", 0)
    coefficient = a.number("below_min_coefficient") if is_short else entry.number("coefficient")
    return Segment(first, last, entry.number("base"), coefficient, entry.optional("score"))


def _check_apart(a: Arguments, segments: tuple[Segment, ...]) -> None:
    # Only days inside the period count: a contract that ends before it may overlap another one elsewhere.
    inside = sorted((s for s in segments if s.days() > 0), key=lambda s: s.start)
    for before, after in pairwise(inside):
        if after.start <= before.end:
            raise a.invalid("segments", f"overlap on {after.start.isoformat()}: that day would be paid twice")

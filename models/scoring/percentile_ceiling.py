"""`score.percentile_ceiling`: percentile scores, capped while too few of the eligible take part.

Where only a third is ranked, being first says less; the ceiling grows with the participation.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self, cast

from models.money import exact
from models.scoring.arguments import Arguments
from models.scoring.bands import Band, find, read_bands, span
from models.scoring.method import (
    AMONG,
    Among,
    Inputs,
    LineFigures,
    LineRule,
    LineTerms,
    Mark,
    ScoringMethod,
    Steps,
    Traits,
)
from models.scoring.rank import DIRECTIONS, TIES, WHO, Ranks, place_among, place_steps, rank_all, rule_step
from models.wording import Step, result, shown

NAME = "score.percentile_ceiling"
ARGUMENTS = ("values", "participation", "ceilings", "direction")
LINE_ARGUMENTS = ("ceilings", "among")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class CeilingScores:
    """Missing where fewer than two are ranked or the participation is unknown."""

    status: str
    percentiles: dict[str, Decimal | None]
    scores: dict[str, Decimal | None]


@dataclass(frozen=True, kw_only=True)
class PercentileCeiling(LineRule):
    """Percentile times full marks, at most what the participation allows."""

    NAME: ClassVar[str] = NAME
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = LINE_ARGUMENTS

    direction: str
    ceilings: tuple[Band, ...]
    others: Among
    full: Decimal

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The rule of a line; ceilings are points of the line, by participation."""
        ceilings = read_bands(a, "ceilings", "score")
        # an edge of 80 for 80 %: no participation would ever reach it
        if any(band.low is not None and not 0 <= band.low <= 1 for band in ceilings):
            raise a.invalid("ceilings", "have edges from 0 to 1: participation is ranked ÷ all in the role")
        others = cast(Among, a.choice("among", AMONG, "role"))
        return cls(direction=terms.direction, ceilings=ceilings, others=others, full=terms.full)

    @property
    def among(self) -> Among | None:
        """Everybody in the role, or in its department."""
        return self.others

    @exact
    def mark(self, figures: LineFigures) -> Mark | None:
        """Place, percentile, ceiling; None where fewer than two have a figure.

        >>> from models.scoring.method import Peers
        >>> ceilings = [{"max": "0.5", "score": "80"}, {"min": "0.5", "score": "100"}]
        >>> given = Arguments(NAME, {"ceilings": ceilings}, LINE_ARGUMENTS)
        >>> figures = {"a": Decimal(9), "b": Decimal(5), "c": None, "d": None, "e": None}
        >>> str(PercentileCeiling.of_line(given, LineTerms()).mark(LineFigures(Decimal(9), peers=Peers(figures))).score)
        '80'
        """
        # TIES[0] is competition: equals all get the better place, hence the same percentile
        placed = place_among(figures, self.direction, TIES[0])
        if placed is None:
            return None
        values = figures.peers.values.values()
        ranked, eligible = sum(value is not None for value in values), len(values)
        # a Decimal first: int / int would be a binary float
        participation = Decimal(ranked) / eligible
        ceiling = find(self.ceilings, participation)
        score = min(placed.percentile * self.full, ceiling.value)
        rate = f"{ranked} ÷ {eligible} {result(participation)}"
        limit = shown(ceiling.value)
        text = f"min({shown(placed.percentile)} × {shown(self.full)}, {limit}) {result(score)}"
        steps = (
            Step(f"参与率 = {rate}：上限 {limit} 分", f"participation = {rate}: at most {limit}"),
            Step(f"得分 = {text}", f"score = {text}"),
        )
        return Mark(score, (*placed.steps, *steps))

    @property
    def traits(self) -> Traits:
        """From 0 for the last to the highest ceiling for the first."""
        # `full` limits too: a ceiling of 120 does not lift a percentile of 1 above full marks
        return Traits(lowest=Decimal(0), highest=min(self.full, max(band.value for band in self.ceilings)))

    def describe(self) -> Step:
        """Who is ranked, and the ceilings."""
        who, full = WHO[self.others], shown(self.full)
        table = "; ".join(f"{span(band, 'left')} → {shown(band.value)}" for band in self.ceilings)
        return Step(
            f"{who.zh}百分位 × {full}，上限按参与率（x = 有数据 ÷ 应参评）：{table}",
            f"percentile among {who.en} × {full}, at most by participation (x = with a figure ÷ all): {table}",
        )


@dataclass(frozen=True)
class _CeilingCall:
    values: dict[str, Decimal | None]
    participation: Decimal | None
    ceilings: tuple[Band, ...]
    direction: str

    @classmethod
    def read(cls, inputs: dict[str, object]) -> "_CeilingCall":
        a = Arguments(NAME, inputs, ARGUMENTS)
        rate = a.optional("participation")
        if rate is not None and not 0 <= rate <= 1:
            raise a.invalid("participation", "must be a rate from 0 to 1 (ranked ÷ eligible)")
        ceilings = read_bands(a, "ceilings", "score")
        return cls(a.figures("values"), rate, ceilings, a.choice("direction", DIRECTIONS, "higher"))

    def ranks(self) -> Ranks:
        return rank_all(self.values, self.direction, TIES[0])


@exact
def evaluate(inputs: Inputs) -> CeilingScores:
    """`score.percentile_ceiling`.

    >>> ceilings = [{"max": "0.5", "score": "80"}, {"min": "0.5", "score": "100"}]
    >>> evaluate({"values": {"a": "9", "b": "5"}, "participation": "0.4", "ceilings": ceilings}).scores
    {'a': Decimal('80'), 'b': Decimal('0')}
    """
    call = _CeilingCall.read(inputs)
    ranks = call.ranks()
    if call.participation is None or ranks.status == "missing":
        return CeilingScores("missing", ranks.percentiles, dict.fromkeys(call.values))
    ceiling = find(call.ceilings, call.participation).value
    scores = {key: None if p is None else min(p * HUNDRED, ceiling) for key, p in ranks.percentiles.items()}
    return CeilingScores("scored", ranks.percentiles, scores)


def explain(inputs: Inputs) -> Steps:
    """Places, the ceiling, then the scores."""
    call, found = _CeilingCall.read(inputs), evaluate(inputs)
    ranks = call.ranks()
    n = sum(v is not None for v in call.values.values())
    steps = [rule_step(n, call.direction, TIES[0]), *place_steps(call.values, ranks)]
    if found.status == "missing" or call.participation is None:
        return (
            *steps,
            Step("参评人数或参与率不足：缺失", "too few ranked, or participation unknown: missing"),
        )
    band = find(call.ceilings, call.participation)
    where, limit = span(band, "left", shown(call.participation)), shown(band.value)
    steps.append(Step(f"参与率 {where}：上限 {limit} 分", f"participation {where}: at most {limit}"))
    for key, score in found.scores.items():
        percentile = found.percentiles[key]
        if score is not None and percentile is not None:
            text = f"min({shown(percentile)} × 100, {limit}) {result(score)}"
            steps.append(Step(f"{key} 得分 = {text}", f"{key} score = {text}"))
    return tuple(steps)


METHOD = ScoringMethod(
    name=NAME,
    kind="line",
    zh="百分位得分与参与率上限",
    evaluate=evaluate,
    explain=explain,
    rule=PercentileCeiling,
)

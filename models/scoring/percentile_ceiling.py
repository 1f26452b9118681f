"""`score.percentile_ceiling`: percentile scores, capped while too few of the eligible take part.

Where only a third is ranked, being first says less; the ceiling grows with the participation.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.money import exact
from models.scoring.arguments import Arguments
from models.scoring.bands import Band, find, read_bands, span
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.scoring.rank import DIRECTIONS, TIES, Ranks, place_steps, rank_all, rule_step
from models.wording import Step, result, shown

NAME = "score.percentile_ceiling"
ARGUMENTS = ("values", "participation", "ceilings", "direction")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class CeilingScores:
    """Missing where fewer than two are ranked or the participation is unknown."""

    status: str
    percentiles: dict[str, Decimal | None]
    scores: dict[str, Decimal | None]


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
    kind="calculation",
    zh="百分位得分与参与率上限",
    evaluate=evaluate,
    explain=explain,
)

"""`score.rank_among`: places of some people among another population.

A plan may rank the sales staff of one shop against everybody of the region, or newcomers against the settled
ones without letting newcomers move them.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.money import plain
from models.scoring.arguments import Arguments
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.scoring.rank import DIRECTIONS, TIES, Ranking, rule_step
from models.wording import Step, shown

NAME = "score.rank_among"
ARGUMENTS = ("values", "sample", "ranked", "direction", "ties")


@dataclass(frozen=True)
class RanksAmong:
    """Places of the ranked ids; none for an id without a value, or where the sample is empty."""

    ranks: dict[str, Decimal | None]


@dataclass(frozen=True)
class _SampleCall:
    values: dict[str, Decimal | None]
    sample: tuple[str, ...]
    ranked: tuple[str, ...]
    ranking: Ranking

    @classmethod
    def read(cls, inputs: dict[str, object]) -> "_SampleCall":
        a = Arguments(NAME, inputs, ARGUMENTS)
        values, sample, ranked = a.figures("values"), a.ids("sample"), a.ids("ranked")
        for name, ids in (("sample", sample), ("ranked", ranked)):
            unknown = [key for key in ids if key not in values]
            if unknown:
                # an id that is misspelt would otherwise just not count, and everybody behind it move up
                raise a.invalid(name, f"names {unknown[0][:60]!r}, who has no entry in values")
        known = [v for v in (values[key] for key in sample) if v is not None]
        direction = a.choice("direction", DIRECTIONS, "higher")
        return cls(values, sample, ranked, Ranking.of(known, direction, a.choice("ties", TIES, TIES[0])))

    def rank(self, key: str) -> Decimal | None:
        value = self.values[key]
        # in an empty sample everybody would be first
        if value is None or not self.ranking.keys:
            return None
        return self.ranking.rank(value, is_member=key in self.sample)


def evaluate(inputs: Inputs) -> RanksAmong:
    """`score.rank_among`; who is ranked need not be in the sample.

    >>> values = {"a": "90", "b": "80", "c": "70", "new": "75"}
    >>> evaluate({"values": values, "sample": ["a", "b", "c"], "ranked": ["new", "c"]}).ranks
    {'new': Decimal('3'), 'c': Decimal('3')}
    """
    call = _SampleCall.read(inputs)
    return RanksAmong({key: call.rank(key) for key in call.ranked})


def explain(inputs: Inputs) -> Steps:
    """The sample, then every ranked id's place in it."""
    call = _SampleCall.read(inputs)
    rule = rule_step(len(call.ranking.keys), call.ranking.direction, call.ranking.ties)
    steps = [Step(f"样本 {rule.zh}", f"sample: {rule.en}")]
    for key in call.ranked:
        value, rank = call.values[key], call.rank(key)
        if value is None or rank is None:
            steps.append(Step(f"{key}：无法排名", f"{key}: cannot be ranked"))
        else:
            steps.append(
                Step(
                    f"{key}：{shown(value)}，第 {plain(rank)} 名",
                    f"{key}: {shown(value)}, place {plain(rank)}",
                )
            )
    return tuple(steps)


METHOD = ScoringMethod(
    name=NAME,
    kind="calculation",
    zh="在样本中的排名",
    evaluate=evaluate,
    explain=explain,
    used="by name only: a role line names no people, and the sample is a list of them",
)

"""`score.rank`: places of people among each other, ties treated as the plan says.

Belongs here: places and percentiles. Not here: points for a place (step on the rank or the percentile).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from models.money import exact
from models.scoring.arguments import Arguments
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.wording import Step, result, shown

NAME = "score.rank"
DIRECTIONS = ("higher", "lower")
TIES = ("competition", "dense", "average")
_TIES = {
    "competition": Step("并列同名次，后面跳号", "equals share a place, the next ones are skipped"),
    "dense": Step("并列同名次，后面不跳号", "equals share a place, none is skipped"),
    "average": Step("并列取平均名次", "equals share the mean of their places"),
}


@dataclass(frozen=True)
class Ranks:
    """Places and percentiles by id; without a value there is no place, alone there is no percentile."""

    status: str
    ranks: dict[str, Decimal | None]
    percentiles: dict[str, Decimal | None]


@dataclass(frozen=True)
class Ranking:
    """A population that values are placed in; the keys rise from best to worst."""

    keys: tuple[Decimal, ...]
    distinct: tuple[Decimal, ...]
    direction: str
    ties: str

    @classmethod
    def of(cls, values: Iterable[Decimal], direction: str, ties: str) -> "Ranking":
        """The population of these values."""
        keys = sorted(_key(value, direction) for value in values)
        return cls(tuple(keys), tuple(sorted(set(keys))), direction, ties)

    @exact
    def rank(self, value: Decimal, *, is_member: bool = True) -> Decimal:
        """The place of a value; a stranger is placed as if it stood among the others.

        >>> marks = [Decimal(n) for n in (90, 80, 80, 70)]
        >>> [str(Ranking.of(marks, "higher", ties).rank(Decimal(80))) for ties in TIES]
        ['2', '2', '2.5']
        >>> str(Ranking.of(marks, "higher", "dense").rank(Decimal(70)))
        '3'
        """
        key = _key(value, self.direction)
        better = bisect_left(self.keys, key)
        if self.ties == "dense":
            return Decimal(bisect_left(self.distinct, key) + 1)
        if self.ties == "competition":
            return Decimal(better + 1)
        equals = bisect_right(self.keys, key) - better - (1 if is_member else 0)
        return better + 1 + Decimal(equals) / 2

    @exact
    def percentile(self, rank: Decimal) -> Decimal | None:
        """(n − rank) ÷ (n − 1): 1 for the best, 0 for the last, nothing for somebody alone."""
        n = len(self.keys)
        return (n - rank) / (n - 1) if n > 1 else None


def _key(value: Decimal, direction: str) -> Decimal:
    return value.copy_negate() if direction == "higher" else value


def rank_all(values: dict[str, Decimal | None], direction: str, ties: str) -> Ranks:
    """Everybody's place among all who have a value."""
    ranking = Ranking.of([v for v in values.values() if v is not None], direction, ties)
    ranks = {key: None if v is None else ranking.rank(v) for key, v in values.items()}
    percentiles = {key: None if r is None else ranking.percentile(r) for key, r in ranks.items()}
    return Ranks("scored" if len(ranking.keys) > 1 else "missing", ranks, percentiles)


def _read(inputs: Inputs) -> tuple[dict[str, Decimal | None], str, str]:
    a = Arguments(NAME, inputs, ("values", "direction", "ties"))
    return a.figures("values"), a.choice("direction", DIRECTIONS, "higher"), a.choice("ties", TIES, TIES[0])


def evaluate(inputs: Inputs) -> Ranks:
    """`score.rank` on golden inputs.

    >>> evaluate({"values": {"a": "3", "b": "5"}, "direction": "lower"}).ranks
    {'a': Decimal('1'), 'b': Decimal('2')}
    """
    return rank_all(*_read(inputs))


def explain(inputs: Inputs) -> Steps:
    """Rule, then everybody's place from the best on."""
    values, direction, ties = _read(inputs)
    found = rank_all(values, direction, ties)
    n = sum(v is not None for v in values.values())
    return (rule_step(n, direction, ties), *place_steps(values, found))


def rule_step(n: int, direction: str, ties: str) -> Step:
    """How places are given."""
    way = Step("高者在前", "highest first") if direction == "higher" else Step("低者在前", "lowest first")
    return Step(f"{n} 人排名：{way.zh}，{_TIES[ties].zh}", f"{n} ranked: {way.en}, {_TIES[ties].en}")


def place_steps(values: dict[str, Decimal | None], found: Ranks) -> list[Step]:
    """One sentence per person."""
    n = sum(v is not None for v in values.values())
    steps = []
    for key, rank in sorted(
        found.ranks.items(), key=lambda entry: (entry[1] is None, entry[1] or 0, entry[0])
    ):
        value = values[key]
        if rank is None or value is None:
            steps.append(Step(f"{key}：无数据，不排名", f"{key}: no value, not ranked"))
            continue
        percentile = found.percentiles[key]
        zh, en = f"{key}：{shown(value)}，第 {shown(rank)} 名", f"{key}: {shown(value)}, place {shown(rank)}"
        if percentile is not None:
            formula = f"({n} − {shown(rank)}) ÷ ({n} − 1) {result(percentile)}"
            zh, en = f"{zh}，百分位 = {formula}", f"{en}, percentile = {formula}"
        steps.append(Step(zh, en))
    return steps


METHOD = ScoringMethod(
    name=NAME,
    kind="calculation",
    zh="排名",
    evaluate=evaluate,
    explain=explain,
)

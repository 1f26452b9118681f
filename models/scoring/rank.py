"""`score.rank`: places of people among each other, ties treated as the plan says.

Belongs here: places and percentiles, and the score of a place by bands. Not here: who is compared (models/scorecard).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self, cast

from models.money import exact
from models.scoring.arguments import Arguments
from models.scoring.lookup import check_rising
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
from models.scoring.step import StepBands
from models.wording import Step, result, shown

NAME = "score.rank"
LINE_ARGUMENTS = ("ties", "of", "among", "bands", "closed")
DIRECTIONS = ("higher", "lower")
# The first one is the default of calls by name; role lines have to state theirs.
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
        # keys rise from best to worst, so the index of the first equal is the number of those who are better
        better = bisect_left(self.keys, key)
        if self.ties == "dense":
            return Decimal(bisect_left(self.distinct, key) + 1)
        if self.ties == "competition":
            return Decimal(better + 1)
        # somebody of the population stands among the equals and is not counted twice; a stranger does not
        equals = bisect_right(self.keys, key) - better - (1 if is_member else 0)
        return better + 1 + Decimal(equals) / 2

    @exact
    def percentile(self, rank: Decimal) -> Decimal | None:
        """(n − rank) ÷ (n − 1): 1 for the best, 0 for the last, nothing for somebody alone."""
        n = len(self.keys)
        # somebody alone is best and last at once, and n − 1 would be 0
        return (n - rank) / (n - 1) if n > 1 else None


def _key(value: Decimal, direction: str) -> Decimal:
    # copy_negate keeps every digit; a minus sign rounds to the context (Python documentation, "decimal")
    return value.copy_negate() if direction == "higher" else value


def rank_all(values: dict[str, Decimal | None], direction: str, ties: str) -> Ranks:
    """Everybody's place among all who have a value."""
    ranking = Ranking.of([v for v in values.values() if v is not None], direction, ties)
    ranks = {key: None if v is None else ranking.rank(v) for key, v in values.items()}
    percentiles = {key: None if r is None else ranking.percentile(r) for key, r in ranks.items()}
    return Ranks("scored" if len(ranking.keys) > 1 else "missing", ranks, percentiles)


@dataclass(frozen=True, kw_only=True)
class RankBands(LineRule):
    """The score of a place among the others who hold the role: a band of the rank, or of the percentile."""

    NAME: ClassVar[str] = NAME
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = LINE_ARGUMENTS

    direction: str
    ties: str
    of: str
    others: Among
    table: StepBands

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The rule of a line; how equals share a place and what the bands are of changes scores, so both are stated."""
        a.state("ties", "of")
        of = a.choice("of", ("rank", "percentile"))
        rule = cls(
            direction=terms.direction,
            ties=a.choice("ties", TIES),
            of=of,
            others=cast(Among, a.choice("among", AMONG, "role")),
            table=StepBands.read(a),
        )
        edges = rule.table.traits.edges
        # an edge of 80 is a percent or a place by mistake: no percentile would ever reach it
        if of == "percentile" and any(not 0 <= edge <= 1 for edge in edges):
            raise a.invalid("bands", "of a percentile have edges from 0 to 1")
        if of == "rank" and any(edge < 1 for edge in edges):
            raise a.invalid("bands", "of a rank have edges of 1 or more: 1 is the best")
        # places count from 1 down the list, percentiles up to 1: the good end lies on opposite sides
        check_rising([band.value for band in rule.table.bands], "higher" if of == "percentile" else "lower")
        return rule

    @property
    def among(self) -> Among | None:
        """Everybody in the role, or in its department."""
        return self.others

    def mark(self, figures: LineFigures) -> Mark | None:
        """Place, percentile, band; None where fewer than two have a figure.

        >>> bands = [{"max": "0.5", "score": "60"}, {"min": "0.5", "score": "100"}]
        >>> given = Arguments(NAME, {"ties": "average", "of": "percentile", "bands": bands}, LINE_ARGUMENTS)
        >>> from models.scoring.method import Peers
        >>> a, b = Decimal(90), Decimal(80)
        >>> RankBands.of_line(given, LineTerms()).mark(LineFigures(b, peers=Peers({"a": a, "b": b}))).score
        Decimal('60')
        """
        placed = place_among(figures, self.direction, self.ties)
        if placed is None:
            return None
        x = placed.percentile if self.of == "percentile" else placed.rank
        score = self.table.at(x)
        return Mark(score, (*placed.steps, self.table.step_of(x, score)))

    @property
    def traits(self) -> Traits:
        """The scores of the bands, whose edges are places and no figures of the KPI."""
        scores = [band.value for band in self.table.bands]
        return Traits(lowest=min(scores), highest=max(scores), is_table=True)

    def describe(self) -> Step:
        """Who is ranked, how, and the table."""
        who = WHO[self.others]
        of = Step("百分位", "percentile") if self.of == "percentile" else Step("名次", "place")
        way, table = _way(self.direction, self.ties), self.table.table_text()
        return Step(
            f"{who.zh}排名（{way.zh}），按{of.zh}得分：{table}",
            f"ranked among {who.en} ({way.en}), score by {of.en}: {table}",
        )


WHO: dict[Among, Step] = {
    "role": Step("同岗", "everybody in the role"),
    "dept": Step("同部门同岗", "everybody in the role and department"),
}


@dataclass(frozen=True)
class Placed:
    """Somebody's place among the others, without a word about the others' figures: they are nobody else's business."""

    rank: Decimal
    percentile: Decimal
    steps: Steps


def place_among(figures: LineFigures, direction: str, ties: str) -> Placed | None:
    """The place of a value among the peers; None where fewer than two have a figure."""
    known = [value for value in figures.peers.values.values() if value is not None]
    ranking = Ranking.of(known, direction, ties)
    rank = ranking.rank(figures.value)
    percentile = ranking.percentile(rank)
    if percentile is None:
        return None
    zh, en = _placing(figures.value, rank, percentile, len(known))
    return Placed(rank, percentile, (rule_step(len(known), direction, ties), Step(zh, en)))


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
    way = _way(direction, ties)
    return Step(f"{n} 人排名：{way.zh}", f"{n} ranked: {way.en}")


def _way(direction: str, ties: str) -> Step:
    way = Step("高者在前", "highest first") if direction == "higher" else Step("低者在前", "lowest first")
    return Step(f"{way.zh}，{_TIES[ties].zh}", f"{way.en}, {_TIES[ties].en}")


def _placing(value: Decimal, rank: Decimal, percentile: Decimal | None, n: int) -> tuple[str, str]:
    zh, en = f"{shown(value)}，第 {shown(rank)} 名", f"{shown(value)}, place {shown(rank)}"
    if percentile is None:
        return zh, en
    formula = f"({n} − {shown(rank)}) ÷ ({n} − 1) {result(percentile)}"
    return f"{zh}，百分位 = {formula}", f"{en}, percentile = {formula}"


def place_steps(values: dict[str, Decimal | None], found: Ranks) -> list[Step]:
    """One sentence per person."""
    n = sum(v is not None for v in values.values())
    steps = []
    # best first, people without a place last; equals by id, so that the text is the same in every run
    for key, rank in sorted(
        found.ranks.items(), key=lambda entry: (entry[1] is None, entry[1] or 0, entry[0])
    ):
        value = values[key]
        if rank is None or value is None:
            steps.append(Step(f"{key}：无数据，不排名", f"{key}: no value, not ranked"))
            continue
        zh, en = _placing(value, rank, found.percentiles[key], n)
        steps.append(Step(f"{key}：{zh}", f"{key}: {en}"))
    return steps


METHOD = ScoringMethod(
    name=NAME,
    kind="line",
    zh="排名",
    evaluate=evaluate,
    explain=explain,
    rule=RankBands,
)

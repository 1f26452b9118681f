"""`score.rating`: manual and 360 ratings, weighted by who rated."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Self

from models.money import exact, round_half_up, total
from models.scoring.arguments import Arguments, Scored, mapping, number, required_number
from models.scoring.method import (
    Inputs,
    LineFigures,
    LineRule,
    LineTerms,
    Mark,
    ScoringMethod,
    Steps,
    Takes,
    Traits,
)
from models.wording import Step, result, shown, sum_of

NAME = "score.rating"
ARGUMENTS = ("weights", "trim")
MIN_RATERS = "min_raters"  # only in role definitions: fewer peers or reports would be recognisable
# Of one or two colleagues who rated alone, each could be named; a superior and a customer are known anyway.
ANONYMITY = {"peer": 3, "report": 3}
TRIM_FROM = 5  # ratings of one type: of four, dropping two leaves too few to be a mean of anything
RATERS = {"superior": "上级", "peer": "同级", "report": "下级", "self": "自评", "customer": "客户"}
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Given:
    """One rating by one rater; None is ignored."""

    rater_type: str
    score: Decimal | None


@dataclass(frozen=True)
class Rated:
    """The weighted rating on 0 to 100, None where nobody's counts; who counted, who did not and why, and the arithmetic."""

    value: Decimal | None
    steps: Steps


@dataclass(frozen=True)
class RatingRule(LineRule):
    """Weights per rater type; a type without weight, or with too few raters, does not count."""

    NAME: ClassVar[str] = NAME
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = (*ARGUMENTS, MIN_RATERS)
    TAKES: ClassVar[Takes] = "rating"

    weights: dict[str, Decimal]
    trim: str = "none"
    min_raters: dict[str, int] = field(default_factory=dict)
    full: Decimal = HUNDRED

    @classmethod
    def read(cls, a: Arguments, full: Decimal = HUNDRED) -> Self:
        """The rule from arguments."""
        entries = a.mapping("weights") or {}
        weights = {name: required_number(NAME, f"weights {name}", value) for name, value in entries.items()}
        # weights need not sum to 100: types that nobody rated drop out, and the rest is divided by its own sum
        if any(w < 0 for w in weights.values()) or not any(weights.values()):
            raise a.invalid("weights", "need at least one type above 0 and none below")
        minima = {name: _whole(a, name, value) for name, value in (a.mapping(MIN_RATERS) or {}).items()}
        return cls(weights, a.choice("trim", ("none", "min_max"), "none"), minima, full)

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The rule of a line; unless it states its own minima, a single colleague's rating stays unknown."""
        # `min_raters: {}` is a statement too: it switches the minima off, and only leaving it out brings them
        return cls.read(a.joined_by(**{MIN_RATERS: a.inputs.get(MIN_RATERS, ANONYMITY)}), terms.full)

    @exact
    def score(self, ratings: list[Given], scale_max: Decimal) -> Scored:
        """The weighted mean on 0 to 100; types nobody rated give their weight to the others.

        >>> rule = RatingRule({"superior": Decimal(50), "peer": Decimal(30), "report": Decimal(20)})
        >>> given = [Given("superior", Decimal(4)), Given("peer", Decimal(5)), Given("peer", Decimal(4))]
        >>> rule.score(given, Decimal(5)).score
        Decimal('83.7500')
        """
        means = self.means(ratings)
        weight = total([self.weights[t] for t in means])
        if weight == 0:
            return Scored("missing", None)
        weighted = total([self.weights[t] * mean for t, mean in means.items()])
        # one division by both: dividing twice would cut digits twice
        return Scored("scored", weighted / (weight * scale_max) * HUNDRED)

    def rated(self, ratings: list[Given], scale_max: Decimal) -> Rated:
        """The rating as the actual of a KPI."""
        value, told = self.score(ratings, scale_max).score, self.turnout(ratings)
        if value is None:
            return Rated(None, told)
        means = self.means(ratings)
        weight = total([self.weights[t] for t in means])
        names = "、".join(RATERS.get(t, t) for t in means)
        text = f"({self.weighted(means)}) ÷ {shown(weight)} ÷ {shown(scale_max)} × 100 {result(value)}"
        return Rated(
            value, (*told, Step(f"评分（{names}）= {text}", f"rating ({', '.join(means)}) = {text}"))
        )

    @exact
    def turnout(self, ratings: list[Given]) -> Steps:
        """Whose ratings did not count and why, then who counts instead; nothing where all did.

        >>> rule = RatingRule({"superior": Decimal(60), "peer": Decimal(40)}, min_raters=ANONYMITY)
        >>> for step in rule.turnout([Given("superior", Decimal(5)), Given("peer", Decimal(3))]):
        ...     print(step.en)
        peer: 1 rated, 3 are needed: does not count
        counts: superior 100 %
        """
        rated = Counter(r.rater_type for r in ratings if r.score is not None)
        kept = self.kept(ratings)
        left_out = [
            self._left_out(name, rated[name], len(kept.get(name, ())))
            for name in dict.fromkeys((*self.weights, *sorted(rated)))
            if rated[name] > len(kept.get(name, ())) or (name not in kept and self.weights.get(name))
        ]
        if not left_out or not kept:
            return tuple(left_out)
        weight = total([self.weights[name] for name in kept])
        shares = {name: shown(round_half_up(self.weights[name] * HUNDRED / weight, 2)) for name in kept}
        zh = "，".join(f"{RATERS.get(name, name)} {share} %" for name, share in shares.items())
        en = ", ".join(f"{name} {share} %" for name, share in shares.items())
        return (*left_out, Step(f"计入：{zh}", f"counts: {en}"))

    def _left_out(self, name: str, rated: int, kept: int) -> Step:
        """Why ratings of a type do not count."""
        zh = RATERS.get(name, name)
        if kept:
            what = f"{rated} rated, the highest and the lowest do not count"
            return Step(f"{zh}：{rated} 人评分，去掉最高与最低各一", f"{name}: {what}")
        if not self.weights.get(name):
            return Step(
                f"{zh}：{rated} 人评分，无权重，不计入",
                f"{name}: {rated} rated, without weight: does not count",
            )
        if not rated:
            return Step(f"{zh}：无人评分，不计入", f"{name}: nobody rated: does not count")
        need = self.min_raters.get(name, 1)
        return Step(
            f"{zh}：{rated} 人评分，至少需 {need} 人，不计入",
            f"{name}: {rated} rated, {need} are needed: does not count",
        )

    def weighted(self, means: dict[str, Decimal]) -> str:
        """The weighted means as a sum."""
        return " + ".join(f"{shown(self.weights[t])} × {shown(mean)}" for t, mean in means.items())

    @exact
    def mark(self, figures: LineFigures) -> Mark | None:
        """The rating, whose 100 are the line's full marks."""
        value, full = figures.value, self.full
        score = value * full / HUNDRED
        text = result(score) if full == HUNDRED else f"= {shown(value)} × {shown(full)} ÷ 100 {result(score)}"
        return Mark(score, (Step(f"得分 {text}", f"score {text}"),))

    @property
    def traits(self) -> Traits:
        """From 0 to full marks."""
        return Traits(lowest=Decimal(0), highest=self.full)

    def describe(self) -> Step:
        """Who rates, with which weight, and of how many on."""
        minima = {t: n for t, n in self.min_raters.items() if n > 1 and self.weights.get(t)}
        few_zh = "".join(f"；{RATERS.get(t, t)}满 {n} 人评分才计入" for t, n in minima.items())
        few_en = "".join(f"; {t} only from {n} raters on" for t, n in minima.items())
        zh = "，".join(f"{RATERS.get(t, t)} {shown(w)}" for t, w in self.weights.items())
        en = ", ".join(f"{t} {shown(w)}" for t, w in self.weights.items())
        return Step(f"评分加权平均：{zh}{few_zh}", f"weighted mean of ratings: {en}{few_en}")

    def means(self, ratings: list[Given]) -> dict[str, Decimal]:
        """Mean score of every type that counts and was rated."""
        return {t: _mean(scores) for t, scores in self.kept(ratings).items()}

    def kept(self, ratings: list[Given]) -> dict[str, list[Decimal]]:
        """The scores that enter the mean of every type that counts."""
        by_type: dict[str, list[Decimal]] = defaultdict(list)
        for rating in ratings:
            # a weight of 0 is falsy as well: such ratings are collected and do not count
            if rating.score is not None and self.weights.get(rating.rater_type):
                by_type[rating.rater_type].append(rating.score)
        # in the order of the weights, so that the sentence reads as the plan does; at least 1, as nobody has no mean
        counted = [t for t in self.weights if len(by_type[t]) >= max(self.min_raters.get(t, 1), 1)]
        return {t: self._trimmed(by_type[t]) for t in counted}

    def _trimmed(self, scores: list[Decimal]) -> list[Decimal]:
        return sorted(scores)[1:-1] if self.trim == "min_max" and len(scores) >= TRIM_FROM else scores


def _whole(a: Arguments, name: str, value: object) -> int:
    found = required_number(NAME, f"{MIN_RATERS} {name}", value)
    if found != found.to_integral_value() or found < 1:
        raise a.invalid(MIN_RATERS, "must be whole numbers of 1 or more")
    return int(found)


@exact
def _mean(scores: list[Decimal]) -> Decimal:
    return total(scores) / len(scores)


def evaluate(inputs: Inputs) -> Scored:
    """`score.rating` on golden inputs.

    >>> ratings = [{"type": "superior", "score": "4"}]
    >>> evaluate({"scale_max": "5", "weights": {"superior": "100"}, "ratings": ratings}).score
    Decimal('80.0')
    """
    ratings, scale, rule = _read(inputs)
    return rule.score(ratings, scale)


def explain(inputs: Inputs) -> Steps:
    """Weights, mean of each type, weighted score."""
    ratings, scale, rule = _read(inputs)
    score = rule.score(ratings, scale).score
    first = (rule.describe(), *rule.turnout(ratings))
    if score is None:
        return *first, Step("没有评分：缺失", "nobody rated: missing")
    means, kept = rule.means(ratings), rule.kept(ratings)
    steps = [_mean_step(name, kept[name], mean) for name, mean in means.items()]
    weights = sum_of(rule.weights[name] for name in means)
    text = f"({rule.weighted(means)}) ÷ ({weights}) ÷ {shown(scale)} × 100 {result(score)}"
    return *first, *steps, Step(f"得分 = {text}", f"score = {text}")


def _mean_step(name: str, scores: list[Decimal], mean: Decimal) -> Step:
    text = f"({sum_of(scores)}) ÷ {len(scores)} {result(mean)}"
    return Step(f"{RATERS.get(name, name)}平均 = {text}", f"mean of {name} = {text}")


def _read(inputs: Inputs) -> tuple[list[Given], Decimal, RatingRule]:
    """Ratings, scale and rule of a call."""
    a = Arguments(NAME, inputs, ("ratings", "scale_max", *ARGUMENTS))
    scale = a.number("scale_max")
    if scale <= 0:
        raise a.invalid("scale_max", "must be above 0")
    ratings = [_given(a, item, scale) for item in a.items("ratings")]
    return ratings, scale, RatingRule.read(a)


def _given(a: Arguments, item: object, scale: Decimal) -> Given:
    entry = mapping(NAME, "ratings", item)
    Arguments(f"{NAME} ratings", entry, ("type", "score"))
    score = number(NAME, "ratings score", entry.get("score"))
    if score is not None and not 0 <= score <= scale:
        raise a.invalid("ratings", f"must lie between 0 and {scale}")
    return Given(str(entry.get("type")), score)


METHOD = ScoringMethod(
    name=NAME, kind="line", zh="评分与 360 度评价", evaluate=evaluate, explain=explain, rule=RatingRule
)

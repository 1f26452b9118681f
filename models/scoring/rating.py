"""`score.rating`: manual and 360 ratings, weighted by who rated."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from models.money import divide, multiply, total
from models.scoring.arguments import Arguments, Scored, mapping, number, required_number

NAME = "score.rating"
CONFIG = ("weights", "trim")
MIN_RATERS = "min_raters"  # only in role definitions: fewer peers or reports would be recognisable
TRIM_FROM = 5  # ratings of one type


@dataclass(frozen=True)
class Given:
    """One rating by one rater; None is ignored."""

    rater_type: str
    score: Decimal | None


@dataclass(frozen=True)
class RatingRule:
    """Weights per rater type; a type without weight, or with too few raters, does not count."""

    weights: dict[str, Decimal]
    trim: str = "none"
    min_raters: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, a: Arguments) -> "RatingRule":
        """The rule from arguments."""
        entries = a.mapping("weights") or {}
        weights = {name: required_number(NAME, f"weights {name}", value) for name, value in entries.items()}
        if any(w < 0 for w in weights.values()) or not any(weights.values()):
            raise a.invalid("weights", "need at least one type above 0 and none below")
        minima = {name: _whole(a, name, value) for name, value in (a.mapping(MIN_RATERS) or {}).items()}
        return cls(weights, a.choice("trim", ("none", "min_max"), "none"), minima)

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
        weighted = total([multiply(self.weights[t], mean) for t, mean in means.items()])
        return Scored("scored", multiply(divide(weighted, multiply(weight, scale_max)), Decimal(100)))

    def means(self, ratings: list[Given]) -> dict[str, Decimal]:
        """Mean score of every type that counts and was rated."""
        return {t: _mean(scores) for t, scores in self.kept(ratings).items()}

    def kept(self, ratings: list[Given]) -> dict[str, list[Decimal]]:
        """The scores that enter the mean of every type that counts."""
        by_type: dict[str, list[Decimal]] = defaultdict(list)
        for rating in ratings:
            if rating.score is not None and self.weights.get(rating.rater_type):
                by_type[rating.rater_type].append(rating.score)
        counted = [t for t in self.weights if len(by_type[t]) >= max(self.min_raters.get(t, 1), 1)]
        return {t: self._trimmed(by_type[t]) for t in counted}

    def _trimmed(self, scores: list[Decimal]) -> list[Decimal]:
        return sorted(scores)[1:-1] if self.trim == "min_max" and len(scores) >= TRIM_FROM else scores


def _whole(a: Arguments, name: str, value: object) -> int:
    found = required_number(NAME, f"{MIN_RATERS} {name}", value)
    if found != found.to_integral_value() or found < 1:
        raise a.invalid(MIN_RATERS, "must be whole numbers of 1 or more")
    return int(found)


def _mean(scores: list[Decimal]) -> Decimal:
    return divide(total(scores), Decimal(len(scores)))


def evaluate(inputs: dict[str, object]) -> Scored:
    """`score.rating` on golden inputs.

    >>> ratings = [{"type": "superior", "score": "4"}]
    >>> evaluate({"scale_max": "5", "weights": {"superior": "100"}, "ratings": ratings}).score
    Decimal('80.0')
    """
    ratings, scale, rule = read(inputs)
    return rule.score(ratings, scale)


def read(inputs: dict[str, object]) -> tuple[list[Given], Decimal, RatingRule]:
    """Ratings, scale and rule of a call."""
    a = Arguments(NAME, inputs, ("ratings", "scale_max", *CONFIG))
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

"""`score.gap_points`: points added or taken per unit of distance from the target (加分/扣分)."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from models.figure import relative_gap
from models.money import CONTEXT, add, divide, multiply, subtract
from models.scoring.arguments import Arguments, required_number

NAME = "score.gap_points"
CONFIG = ("direction", "gap", "base", "over", "under", "count_mode", "floor", "cap")
COUNT_MODES = ("whole", "started", "proportional")


@dataclass(frozen=True)
class GapScore:
    """Units are those of the side the actual lies on."""

    status: str
    units: Decimal | None
    score: Decimal | None


@dataclass(frozen=True)
class Side:
    """Points per unit on one side of the target; `most` None is unlimited."""

    per: Decimal
    points: Decimal
    most: Decimal | None = None


@dataclass(frozen=True)
class GapPoints:
    """The rule without actual and target."""

    direction: str = "higher"
    gap: str = "absolute"
    base: Decimal = Decimal(100)
    over: Side | None = None
    under: Side | None = None
    count_mode: str = "whole"
    floor: Decimal = Decimal(0)
    cap: Decimal | None = None

    @classmethod
    def read(cls, a: Arguments) -> "GapPoints":
        """The rule from arguments, defaults filled in."""
        rule = cls(
            direction=a.choice("direction", ("higher", "lower"), "higher"),
            gap=a.choice("gap", ("absolute", "relative"), "absolute"),
            base=a.number("base", 100),
            over=_side(a, "over"),
            under=_side(a, "under"),
            count_mode=a.choice("count_mode", COUNT_MODES, "whole"),
            floor=a.number("floor", 0),
            cap=a.optional("cap"),
        )
        if rule.cap is not None and rule.cap < rule.floor:
            raise a.invalid("cap", "is below floor")
        return rule

    def score(self, actual: Decimal | None, target: Decimal | None) -> GapScore:
        """Units and score of an actual.

        >>> rule = GapPoints(base=Decimal(40), under=Side(Decimal("0.01"), Decimal(2)))
        >>> rule.score(Decimal("0.934"), Decimal(1))
        GapScore(status='scored', units=Decimal('6'), score=Decimal('28'))
        """
        if actual is None or target is None:
            return GapScore("missing", None, None)
        if self.gap == "relative" and target == 0:
            return GapScore("excluded", None, None)
        difference = self.difference(actual, target)
        units, points = self.points(difference)
        raw = add(self.base, points)
        score = max(raw, self.floor)
        return GapScore("scored", units, score if self.cap is None else min(score, self.cap))

    def difference(self, actual: Decimal, target: Decimal) -> Decimal:
        """Distance from the target, positive on the good side."""
        gap = relative_gap(actual, target) if self.gap == "relative" else subtract(actual, target)
        return gap if self.direction == "higher" else gap.copy_negate()

    def points(self, difference: Decimal) -> tuple[Decimal, Decimal]:
        """Units counted and signed points."""
        side = self.over if difference > 0 else self.under
        if side is None or difference == 0:
            return Decimal(0), Decimal(0)
        units = count(divide(difference.copy_abs(), side.per), self.count_mode)
        points = multiply(units, side.points)
        points = points if side.most is None else min(points, side.most)
        return units, points if difference > 0 else points.copy_negate()


def count(units: Decimal, mode: str) -> Decimal:
    """Units as they count: only whole ones, every started one, or in proportion.

    >>> [count(Decimal("6.6"), mode) for mode in COUNT_MODES]
    [Decimal('6'), Decimal('7'), Decimal('6.6')]
    """
    if mode == "proportional":
        return units
    return units.to_integral_value(ROUND_FLOOR if mode == "whole" else ROUND_CEILING, CONTEXT)


def _side(a: Arguments, name: str) -> Side | None:
    entry = a.mapping(name)
    if entry is None:
        return None
    inner = Arguments(f"{NAME} {name}", entry, ("per", "points", "max"))
    side = Side(
        required_number(NAME, f"{name} per", entry.get("per")),
        required_number(NAME, f"{name} points", entry.get("points")),
        inner.optional("max"),
    )
    if side.per <= 0 or side.points < 0:
        raise a.invalid(name, "needs per above 0 and points of 0 or more")
    return side


def evaluate(inputs: dict[str, object]) -> GapScore:
    """`score.gap_points` on golden inputs.

    >>> under = {"per": "1", "points": "10"}
    >>> evaluate({"actual": "3", "target": "1", "direction": "lower", "under": under}).score
    Decimal('80')
    """
    a = Arguments(NAME, inputs, ("actual", "target", *CONFIG))
    return GapPoints.read(a).score(a.optional("actual"), a.optional("target"))

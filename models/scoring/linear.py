"""`score.linear`: proportional to attainment, for both directions and for negative targets."""

from dataclasses import dataclass
from decimal import Decimal

from models.errors import DefinitionError
from models.figure import ONE, attained
from models.money import divide, multiply, plain
from models.scoring.arguments import Arguments

NAME = "score.linear"
CONFIG = ("direction", "inverse", "cap", "floor", "zero_below", "full", "target_zero")


@dataclass(frozen=True)
class LinearScore:
    """Attainment is reported unclamped."""

    status: str
    attainment: Decimal | None
    score: Decimal | None


@dataclass(frozen=True)
class Linear:
    """The rule without actual and target."""

    direction: str = "higher"
    inverse: str = "mirror"
    cap: Decimal = Decimal("1.2")
    floor: Decimal = Decimal(0)
    zero_below: Decimal | None = None
    full: Decimal = Decimal(100)
    target_zero: str = "exclude"

    @classmethod
    def read(cls, a: Arguments) -> "Linear":
        """The rule from arguments, defaults filled in."""
        rule = cls(
            direction=a.choice("direction", ("higher", "lower"), "higher"),
            inverse=a.choice("inverse", ("mirror", "ratio"), "mirror"),
            cap=a.number("cap", Decimal("1.2")),
            floor=a.number("floor", 0),
            zero_below=a.optional("zero_below"),
            full=a.number("full", 100),
            target_zero=a.choice("target_zero", ("exclude", "full_if_met"), "exclude"),
        )
        if rule.cap < rule.floor:
            raise a.invalid("cap", "is below floor")
        return rule

    @property
    def is_inverse_ratio(self) -> bool:
        """Whether attainment is target ÷ actual."""
        return self.direction == "lower" and self.inverse == "ratio"

    def score(self, actual: Decimal | None, target: Decimal | None) -> LinearScore:
        """Attainment and score of an actual.

        >>> Linear(cap=Decimal("1.5")).score(Decimal(-80000), Decimal(-100000)).score
        Decimal('120.0')
        """
        if target is not None and self.is_inverse_ratio and target <= 0:
            raise DefinitionError(
                "ratio_needs_positive_target",
                "target ÷ actual needs a target above 0",
                actual=plain(target),
                remedy="use inverse: mirror, or set a target above 0",
            )
        if actual is None or target is None:
            return LinearScore("missing", None, None)
        if target == 0 and self.target_zero == "exclude":
            return LinearScore("excluded", None, None)
        attainment = self.attainment(actual, target)
        return LinearScore("scored", attainment, self.points(attainment))

    def attainment(self, actual: Decimal, target: Decimal) -> Decimal:
        """How far the target is reached; 1 is exactly reached, whatever the direction."""
        if target == 0:
            met = actual >= 0 if self.direction == "higher" else actual <= 0
            return ONE if met else self.floor
        if self.is_inverse_ratio:
            return self.cap if actual <= 0 else divide(target, actual)
        return attained(actual, target, self.direction)

    def points(self, attainment: Decimal) -> Decimal:
        """The score of an attainment; exactly on a threshold counts as reached."""
        if self.zero_below is not None and attainment < self.zero_below:
            return Decimal(0)
        return multiply(self.full, min(max(attainment, self.floor), self.cap))


def evaluate(inputs: dict[str, object]) -> LinearScore:
    """`score.linear` on golden inputs.

    >>> evaluate({"actual": "0.12", "target": "0.10", "direction": "lower"}).score
    Decimal('80.0')
    """
    a = Arguments(NAME, inputs, ("actual", "target", *CONFIG))
    return Linear.read(a).score(a.optional("actual"), a.optional("target"))

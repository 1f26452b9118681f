"""`score.linear`: proportional to attainment, for both directions and for negative targets."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

from models.errors import DefinitionError
from models.figure import ONE, attained
from models.money import exact, plain
from models.scoring.arguments import Arguments
from models.scoring.method import (
    MISSING,
    TARGET_ZERO,
    Inputs,
    LineFigures,
    LineRule,
    LineTerms,
    Mark,
    ScoringMethod,
    Steps,
    Traits,
)
from models.wording import Step, result, shown, term

NAME = "score.linear"
LINE_ARGUMENTS = ("inverse", "cap", "floor", "zero_below", "target_zero")
ARGUMENTS = ("actual", "target", "direction", "full", *LINE_ARGUMENTS)


@dataclass(frozen=True)
class LinearScore:
    """Attainment is reported unclamped."""

    status: str
    attainment: Decimal | None
    score: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Linear(LineRule):
    """The rule without actual and target."""

    NAME: ClassVar[str] = NAME
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = LINE_ARGUMENTS

    direction: str = "higher"
    # a default for calls by name only: a role line for a lower-is-better KPI has to state it (of_line)
    inverse: str = "mirror"
    # times full marks of 100 it is 120, the cap of a total
    cap: Decimal = Decimal("1.2")
    floor: Decimal = Decimal(0)
    zero_below: Decimal | None = None
    full: Decimal = Decimal(100)
    target_zero: str = "exclude"

    @classmethod
    def read(cls, a: Arguments) -> Self:
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

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The rule of a line; 12 % against 10 % is 80 under one inverse and 83.33 under the other, so it is stated."""
        if terms.direction == "lower":
            a.state("inverse")
        rule = cls.read(a.joined_by(direction=terms.direction, full=terms.full))
        if terms.target is not None:
            rule.check_target(terms.target)
        return rule

    @property
    def is_inverse_ratio(self) -> bool:
        """Whether attainment is target ÷ actual."""
        return self.direction == "lower" and self.inverse == "ratio"

    @property
    def needs_target(self) -> bool:
        """Attainment is the distance from the target."""
        return True

    def check_target(self, target: Decimal) -> None:
        """Refuse a target that target ÷ actual cannot take.

        Raises:
            DefinitionError: `ratio_needs_positive_target`.
        """
        if self.is_inverse_ratio and target <= 0:
            raise DefinitionError(
                "ratio_needs_positive_target",
                "target ÷ actual needs a target above 0",
                actual=plain(target),
                remedy="use inverse: mirror, or set a target above 0",
            )

    def score(self, actual: Decimal | None, target: Decimal | None) -> LinearScore:
        """Attainment and score of an actual.

        >>> Linear(cap=Decimal("1.5")).score(Decimal(-80000), Decimal(-100000)).score
        Decimal('120.0')
        """
        if target is not None:
            # before a missing actual: a target that the formula cannot take is wrong in every period
            self.check_target(target)
        if actual is None or target is None:
            return LinearScore("missing", None, None)
        if target == 0 and self.target_zero == "exclude":
            return LinearScore("excluded", None, None)
        attainment = self.attainment(actual, target)
        return LinearScore("scored", attainment, self.points(attainment))

    @exact
    def attainment(self, actual: Decimal, target: Decimal) -> Decimal:
        """How far the target is reached; 1 is exactly reached, whatever the direction."""
        if target == 0:
            # nothing can be divided by 0: the target is met or not, and between them there is nothing in proportion
            met = actual >= 0 if self.direction == "higher" else actual <= 0
            return ONE if met else self.floor
        if self.is_inverse_ratio:
            # target ÷ actual grows without end as the actual falls to 0, so from 0 on the cap stands for it
            return self.cap if actual <= 0 else target / actual
        return attained(actual, target, self.direction)

    @exact
    def points(self, attainment: Decimal) -> Decimal:
        """The score of an attainment; exactly on a threshold counts as reached."""
        # before the floor: a plan with both means 0 points below the threshold, and the floor from there on
        if self.zero_below is not None and attainment < self.zero_below:
            return Decimal(0)
        return self.full * min(max(attainment, self.floor), self.cap)

    def mark(self, figures: LineFigures) -> Mark | None:
        """Attainment, then score."""
        actual, target = figures.value, figures.target
        found = self.score(actual, target)
        if target is None or found.attainment is None or found.score is None:
            return None
        steps = (
            self._attainment_step(actual, target, found.attainment),
            self._score_step(found.attainment, found.score),
        )
        return Mark(found.score, steps, found.attainment)

    def attainment_shown(self, value: Decimal, target: Decimal, _direction: str) -> Decimal | None:
        """The attainment that the score comes from; None for a target that the formula cannot take."""
        is_left_out = target == 0 and self.target_zero == "exclude"
        is_refused = self.is_inverse_ratio and target <= 0
        return None if is_left_out or is_refused else self.attainment(value, target)

    @property
    @exact
    def traits(self) -> Traits:
        """From the floor to the cap, or from 0 where a threshold cuts off."""
        return Traits(
            # the threshold goes before the floor, as in `points`
            lowest=Decimal(0) if self.zero_below is not None else self.floor * self.full,
            highest=self.cap * self.full,
            most_attainment=self.cap,
            leaves_out_target_zero=self.target_zero == "exclude",
            needs_target_above_zero=self.is_inverse_ratio,
        )

    def describe(self) -> Step:
        """What the rule says."""
        ratio = "（目标 ÷ 实际）" if self.is_inverse_ratio else ""
        ratio_en = " (target ÷ actual)" if self.is_inverse_ratio else ""
        zero = self.zero_below
        full, floor, cap = shown(self.full), shown(self.floor), shown(self.cap)
        zh = f"完成率{ratio} × {full}，完成率限于 {floor} 至 {cap}"
        en = f"attainment{ratio_en} × {full}, attainment between {floor} and {cap}"
        return Step(
            zh if zero is None else f"{zh}，低于 {shown(zero)} 得 0 分",
            en if zero is None else f"{en}; 0 below {shown(zero)}",
        )

    def _attainment_step(self, actual: Decimal, target: Decimal, attainment: Decimal) -> Step:
        if target == 0:
            text = f"→ {shown(attainment)}"
            return Step(f"目标为 0：完成率 {text}", f"target 0: attainment {text}")
        if self.is_inverse_ratio:
            if actual <= 0:
                text = f"= {shown(attainment)}"
                return Step(f"实际 ≤ 0：完成率取上限 {text}", f"actual ≤ 0: attainment is the cap {text}")
            text = f"{term(target)} ÷ {term(actual)} {result(attainment)}"
            return Step(f"完成率 = {text}", f"attainment = {text}")
        sign = "+" if self.direction == "higher" else "−"
        text = f"1 {sign} ({shown(actual)} − {term(target)}) ÷ |{shown(target)}| {result(attainment)}"
        return Step(f"完成率 = {text}", f"attainment = {text}")

    def _score_step(self, attainment: Decimal, score: Decimal) -> Step:
        r = shown(attainment)
        if self.zero_below is not None and attainment < self.zero_below:
            text = f"{r} < {shown(self.zero_below)}"
            return Step(f"完成率 {text}，得分 = 0", f"attainment {text}, score = 0")
        inner = f"min({r}, {shown(self.cap)})"
        if attainment < self.floor:
            inner = f"max({r}, {shown(self.floor)})"
        text = f"{inner} × {shown(self.full)} {result(score)}"
        return Step(f"得分 = {text}", f"score = {text}")


def _read(inputs: Inputs) -> tuple[Linear, Decimal | None, Decimal | None]:
    a = Arguments(NAME, inputs, ARGUMENTS)
    return Linear.read(a), a.optional("actual"), a.optional("target")


def evaluate(inputs: Inputs) -> LinearScore:
    """`score.linear` on golden inputs.

    >>> evaluate({"actual": "0.12", "target": "0.10", "direction": "lower"}).score
    Decimal('80.0')
    """
    rule, actual, target = _read(inputs)
    return rule.score(actual, target)


def explain(inputs: Inputs) -> Steps:
    """Rule, attainment, score."""
    rule, actual, target = _read(inputs)
    if target is not None:
        rule.check_target(target)
    first = rule.describe()
    if actual is None or target is None:
        return first, MISSING
    mark = rule.mark(LineFigures(actual, target))
    return (first, TARGET_ZERO) if mark is None else (first, *mark.steps)


METHOD = ScoringMethod(name=NAME, kind="line", zh="线性得分", evaluate=evaluate, explain=explain, rule=Linear)

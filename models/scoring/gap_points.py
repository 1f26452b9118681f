"""`score.gap_points`: points added or taken per unit of distance from the target (加分/扣分)."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import ClassVar, Self

from models.figure import relative_gap
from models.money import CONTEXT, exact
from models.scoring.arguments import Arguments, required_number
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

NAME = "score.gap_points"
LINE_ARGUMENTS = ("gap", "base", "over", "under", "count_mode", "floor", "cap")
ARGUMENTS = ("actual", "target", "direction", *LINE_ARGUMENTS)
_COUNTS = {
    "whole": Step("只计整数", "whole steps only"),
    "started": Step("不足一级按一级", "every started step"),
    "proportional": Step("按比例", "in proportion"),
}
COUNT_MODES = tuple(_COUNTS)


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


@dataclass(frozen=True, kw_only=True)
class GapPoints(LineRule):
    """The rule without actual and target."""

    NAME: ClassVar[str] = NAME
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = LINE_ARGUMENTS

    direction: str = "higher"
    gap: str = "absolute"
    # the full marks of a line by default, so that whoever exactly meets the target gets them
    base: Decimal = Decimal(100)
    over: Side | None = None
    under: Side | None = None
    count_mode: str = "whole"
    floor: Decimal = Decimal(0)
    cap: Decimal | None = None

    @classmethod
    def read(cls, a: Arguments) -> Self:
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

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The rule of a line; "each 1 % below" may be a point or a share of the target, whole or in proportion: stated."""
        a.state("gap", "count_mode")
        return cls.read(a.joined_by(direction=terms.direction))

    @property
    def needs_target(self) -> bool:
        """Points are counted from the target."""
        return True

    def at_target(self, _target: Decimal | None, /) -> Decimal | None:
        """The base, whatever the target is."""
        return self.base

    @exact
    def score(self, actual: Decimal | None, target: Decimal | None) -> GapScore:
        """Units and score of an actual.

        >>> rule = GapPoints(base=Decimal(40), under=Side(Decimal("0.01"), Decimal(2)))
        >>> rule.score(Decimal("0.934"), Decimal(1))
        GapScore(status='scored', units=Decimal('6'), score=Decimal('28'))
        """
        if actual is None or target is None:
            return GapScore("missing", None, None)
        # a distance of 3 from a target of 0 has no size as a share; absolute gaps go on
        if self.gap == "relative" and target == 0:
            return GapScore("excluded", None, None)
        difference = self.difference(actual, target)
        units, points = self.points(difference)
        score = max(self.base + points, self.floor)
        return GapScore("scored", units, score if self.cap is None else min(score, self.cap))

    @exact
    def difference(self, actual: Decimal, target: Decimal) -> Decimal:
        """Distance from the target, positive on the good side."""
        gap = relative_gap(actual, target) if self.gap == "relative" else actual - target
        return gap if self.direction == "higher" else gap.copy_negate()

    @exact
    def points(self, difference: Decimal) -> tuple[Decimal, Decimal]:
        """Units counted and signed points."""
        side = self.over if difference > 0 else self.under
        if side is None or difference == 0:
            return Decimal(0), Decimal(0)
        units = count(difference.copy_abs() / side.per, self.count_mode)
        points = units * side.points
        # the limit before the sign: `max: 20` of the bad side means at most 20 points off
        points = points if side.most is None else min(points, side.most)
        return units, points if difference > 0 else points.copy_negate()

    def mark(self, figures: LineFigures) -> Mark | None:
        """Distance, units and points."""
        actual, target = figures.value, figures.target
        found = self.score(actual, target)
        if target is None or found.units is None or found.score is None:
            return None
        difference = self.difference(actual, target)
        gap = f"({shown(actual)} − {term(target)})"
        # the sentence turns the sign where `difference` does, so that a positive gap is the better one in both
        gap = f"−{gap}" if self.direction == "lower" else gap
        gap = f"{gap} ÷ |{shown(target)}|" if self.gap == "relative" else gap
        first = Step(
            f"差距 = {gap} {result(difference)}（正为优）",
            f"gap = {gap} {result(difference)} (positive is better)",
        )
        return Mark(found.score, (first, *self._point_steps(difference, found.units, found.score)))

    def _point_steps(self, difference: Decimal, units: Decimal, score: Decimal) -> Steps:
        side = self.over if difference > 0 else self.under
        if side is None or difference == 0:
            return (Step(f"得分 = {shown(score)}", f"score = {shown(score)}"),)
        way = _COUNTS[self.count_mode]
        counted = f"{shown(difference.copy_abs())} ÷ {shown(side.per)} → {shown(units)}"
        second = Step(f"级数 = {counted}（{way.zh}）", f"units = {counted} ({way.en})")
        return second, self._score_step(side, difference, units, score)

    @exact
    def _score_step(self, side: Side, difference: Decimal, units: Decimal, score: Decimal) -> Step:
        sign = "+" if difference > 0 else "−"
        change = f"{shown(units)} × {shown(side.points)}"
        change = change if side.most is None else f"min({change}, {shown(side.most)})"
        raw = self.base + self.points(difference)[1]
        text = f"{shown(self.base)} {sign} {change} {result(raw)}"
        # floor and cap are told only where they changed something
        if raw == score:
            return Step(f"得分 = {text}", f"score = {text}")
        limits = f"{shown(self.floor)} … {'∞' if self.cap is None else shown(self.cap)}"
        return Step(
            f"得分 = {text}，限于 {limits}：{shown(score)}",
            f"score = {text}, limited to {limits}: {shown(score)}",
        )

    @property
    @exact
    def traits(self) -> Traits:
        """From the base down to the most that is taken off, up to the most that is added, within floor and cap."""
        over, under = self.over, self.under
        if under is None:
            # without `under` nothing is ever taken off
            lowest = max(self.base, self.floor)
        else:
            lowest = self.floor if under.most is None else max(self.floor, self.base - under.most)
        promised: Decimal | None = self.base
        if over is not None:
            # no limit of its own: however far beyond the target, each unit adds
            promised = None if over.most is None else self.base + over.most
        limits = [limit for limit in (promised, self.cap) if limit is not None]
        return Traits(
            lowest=lowest,
            highest=min(limits) if limits else None,
            only_adds=under is None,
            adds=over is not None,
            promised=promised,
            cap=self.cap,
            is_relative=self.gap == "relative",
            units=tuple((side.per, side.points) for side in (over, under) if side is not None),
            leaves_out_target_zero=self.gap == "relative",
        )

    def describe(self) -> Step:
        """Base, then what each unit adds or takes off."""
        zh, en = [f"基准 {shown(self.base)} 分"], [f"base {shown(self.base)}"]
        unit = "（目标的比例）" if self.gap == "relative" else ""
        unit_en = " of the target" if self.gap == "relative" else ""
        for side, good in ((self.over, True), (self.under, False)):
            if side is not None:
                most, most_en = _most(side)
                per, per_points = shown(side.per), shown(side.points)
                zh.append(
                    f"每{'优' if good else '差'}于目标 {per}{unit} {'加' if good else '扣'} {per_points} 分{most}"
                )
                sign = "+" if good else "−"
                en.append(
                    f"{sign}{per_points} per {per}{unit_en} {'better' if good else 'worse'} than target{most_en}"
                )
        way = _COUNTS[self.count_mode]
        return Step("，".join([*zh, way.zh]), ", ".join([*en, way.en]))


def _most(side: Side) -> tuple[str, str]:
    if side.most is None:
        return "", ""
    return f"（最多 {shown(side.most)}）", f" (at most {shown(side.most)})"


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
    # per is a divisor; negative points would add below the target and take off above it
    if side.per <= 0 or side.points < 0:
        raise a.invalid(name, "needs per above 0 and points of 0 or more")
    return side


def _read(inputs: Inputs) -> tuple[GapPoints, Decimal | None, Decimal | None]:
    a = Arguments(NAME, inputs, ARGUMENTS)
    return GapPoints.read(a), a.optional("actual"), a.optional("target")


def evaluate(inputs: Inputs) -> GapScore:
    """`score.gap_points` on golden inputs.

    >>> under = {"per": "1", "points": "10"}
    >>> evaluate({"actual": "3", "target": "1", "direction": "lower", "under": under}).score
    Decimal('80')
    """
    rule, actual, target = _read(inputs)
    return rule.score(actual, target)


def explain(inputs: Inputs) -> Steps:
    """Rule, distance, units, points."""
    rule, actual, target = _read(inputs)
    first = rule.describe()
    if actual is None or target is None:
        return first, MISSING
    mark = rule.mark(LineFigures(actual, target))
    return (first, TARGET_ZERO) if mark is None else (first, *mark.steps)


METHOD = ScoringMethod(
    name=NAME, kind="line", zh="加减分", evaluate=evaluate, explain=explain, rule=GapPoints
)

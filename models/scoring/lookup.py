"""Rules that look a score up, in a table or on a curve, by the actual value or by attainment.

Belongs here: what is looked up, and that scores rise as the KPI gets better. Not here: the table (step), the curve
(piecewise).
"""

from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from models.errors import DefinitionError
from models.figure import ONE, attained
from models.money import exact
from models.scoring.method import LineFigures, LineRule, LineTerms, Mark
from models.wording import Step, result, shown, term

LOOKED_UP = {
    "actual": Step("实际值", "actual"),
    "attainment": Step("完成率", "attainment"),
    # read as attainment is; it has a name of its own because with less being better it is none
    "against_target": Step("实际对目标", "actual against target"),
}


class Lookup(LineRule):
    """What a table and a curve share; `x` is what it is read with, a key of LOOKED_UP."""

    x: str

    @abstractmethod
    def at(self, x: Decimal) -> Decimal:
        """The score of x."""

    @abstractmethod
    def step_of(self, x: Decimal, score: Decimal) -> Step:
        """Where in the table or on the curve x lies."""

    @property
    def needs_target(self) -> bool:
        """Anything but the value itself is a distance from the target."""
        return self.x != "actual"

    @exact
    def mark(self, figures: LineFigures) -> Mark | None:
        """The score of the value, or of its attainment; None for an attainment of a target of 0.

        >>> from models.scoring.step import Band, StepBands
        >>> table = StepBands((Band(None, ONE, Decimal(60)), Band(ONE, None, Decimal(100))), x="attainment")
        >>> str(table.mark(LineFigures(Decimal(90), Decimal(100))).score)
        '60'
        """
        value, target = figures.value, figures.target
        if self.x == "actual":
            score = self.at(value)
            return Mark(score, (self.step_of(value, score),))
        # an attainment divides by the target; `x: actual` above needs none
        if target is None or target == 0:
            return None
        # tables are written for the actual over the target, whatever the direction
        x, name = attained(value, target, "higher"), LOOKED_UP[self.x]
        score = self.at(x)
        text = f"1 + ({shown(value)} − {term(target)}) ÷ |{shown(target)}| {result(x)}"
        return Mark(score, (Step(f"{name.zh} = {text}", f"{name.en} = {text}"), self.step_of(x, score)))

    def at_target(self, target: Decimal | None, /) -> Decimal | None:
        """The score of the target, or of an attainment of 1."""
        x = target if self.x == "actual" else ONE
        return None if x is None else self.at(x)


def looked_up(terms: LineTerms) -> str:
    """What the table of a line is read with: a key of LOOKED_UP.

    `x: attainment` reads 1 + (actual − target) ÷ |target| for both directions. Where less is better that is no attainment: it
    grows as the KPI gets worse, so sentences call it the actual against the target.
    """
    return "against_target" if terms.x == "attainment" and terms.direction == "lower" else terms.x


def check_rising(scores: Sequence[Decimal], direction: str) -> None:
    """Refuse scores, in the order of x, that rise while the KPI gets worse.

    Raises:
        DefinitionError: D210.
    """
    # equal neighbours pass: two bands may give one score
    if all(a <= b if direction == "higher" else a >= b for a, b in pairwise(scores)):
        return
    now, then = ("fall", "rise") if direction == "higher" else ("rise", "fall")
    what = f"{direction} is better for this KPI, but the scores {now} with x"
    remedy = f"let the scores {then} with x, or change the KPI's direction"
    raise DefinitionError("D210", what, actual=", ".join(str(s) for s in scores), remedy=remedy)

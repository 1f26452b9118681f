"""Rules that look a score up, in a table or on a curve, by the actual value or by attainment.

Belongs here: what is looked up, and that scores rise as the KPI gets better. Not here: the table (step), the curve
(piecewise).
"""

from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from models.errors import DefinitionError
from models.money import exact
from models.scoring.linear import ONE, relative_gap
from models.scoring.method import LineFigures, LineRule, Mark
from models.wording import Step, result, shown, term


class Lookup(LineRule):
    """What a table and a curve share; `x` is actual or attainment."""

    x: str

    @abstractmethod
    def at(self, x: Decimal) -> Decimal:
        """The score of x."""

    @abstractmethod
    def step_of(self, x: Decimal, score: Decimal) -> Step:
        """Where in the table or on the curve x lies."""

    @property
    def needs_target(self) -> bool:
        """Attainment is the distance from the target."""
        return self.x == "attainment"

    @exact
    def mark(self, figures: LineFigures) -> Mark | None:
        """The score of the value, or of its attainment; None for an attainment of a target of 0.

        >>> from models.scoring.step import Band, StepBands
        >>> table = StepBands((Band(None, ONE, Decimal(60)), Band(ONE, None, Decimal(100))), x="attainment")
        >>> found = table.mark(LineFigures(Decimal(90), Decimal(100)))
        >>> str(found.score), str(found.attainment)
        ('60', '0.9')
        """
        value, target = figures.value, figures.target
        if self.x == "actual":
            score = self.at(value)
            return Mark(score, None, (self.step_of(value, score),))
        if target is None or target == 0:
            return None
        # Also for KPIs that are better when lower: the table says what an attainment is worth, so 1.1 is 10 % above target.
        attainment = ONE + relative_gap(value, target)
        score = self.at(attainment)
        text = f"1 + ({shown(value)} − {term(target)}) ÷ |{shown(target)}| {result(attainment)}"
        first = Step(f"完成率 = {text}", f"attainment = {text}")
        return Mark(score, attainment, (first, self.step_of(attainment, score)))

    def at_target(self, target: Decimal | None, /) -> Decimal | None:
        """The score of the target, or of an attainment of 1."""
        x = ONE if self.x == "attainment" else target
        return None if x is None else self.at(x)


def looked_up(x: str) -> Step:
    """The name of what is looked up."""
    return Step("完成率", "attainment") if x == "attainment" else Step("实际值", "actual")


def check_rising(scores: Sequence[Decimal], direction: str) -> None:
    """Refuse scores, in the order of x, that rise while the KPI gets worse.

    Raises:
        DefinitionError: D210.
    """
    if all(a <= b if direction == "higher" else a >= b for a, b in pairwise(scores)):
        return
    now, then = ("fall", "rise") if direction == "higher" else ("rise", "fall")
    what = f"{direction} is better for this KPI, but the scores {now} with x"
    remedy = f"let the scores {then} with x, or change the KPI's direction"
    raise DefinitionError("D210", what, actual=", ".join(str(s) for s in scores), remedy=remedy)

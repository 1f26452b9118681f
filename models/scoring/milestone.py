"""`score.milestone`: weight of what is done over weight of what was due."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

from models.errors import DefinitionError
from models.money import exact, total
from models.scoring.arguments import Arguments, mapping, required_number
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
from models.wording import Step, figure, shown, sum_of, term

NAME = "score.milestone"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class MilestoneScore:
    """Excluded where nothing was due; done before it was due counts, so a rate may exceed 1."""

    status: str
    rate: Decimal | None
    score: Decimal | None


@dataclass(frozen=True)
class MilestoneRule(LineRule):
    """Full marks times a KPI that divides what is done by what was due."""

    NAME: ClassVar[str] = NAME
    # weights, due and done are the KPI's own rows; the line only turns the quotient into points
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = ()
    TAKES: ClassVar[Takes] = "quotient"

    full: Decimal = HUNDRED

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The rule of a line; nothing is to be stated."""
        if terms.direction == "lower":
            what = f"{a.method} rewards more of what is done, but lower is better for this KPI"
            raise DefinitionError("D210", what, remedy="divide what is done by what was due")
        return cls(terms.full)

    @property
    def leaves_out_nothing_due(self) -> bool:
        """Nothing due is nobody's fault."""
        return True

    @exact
    def mark(self, figures: LineFigures) -> Mark | None:
        """Done ÷ due, in points.

        >>> MilestoneRule().mark(LineFigures(Decimal("0.75"))).steps[0].en
        'score = 0.75 × 100 = 75'
        """
        score = figures.value * self.full
        return Mark(score, (figure("得分", "score", f"{term(figures.value)} × {shown(self.full)}", score),))

    @property
    def traits(self) -> Traits:
        """From 0 without limit: what is done before it is due counts too."""
        return Traits(lowest=Decimal(0), highest=None)

    def describe(self) -> Step:
        """Done over due."""
        full = shown(self.full)
        return Step(
            f"完成 ÷ 到期 × {full}，无到期则不计入", f"done ÷ due × {full}, left out where nothing was due"
        )


@dataclass(frozen=True)
class Milestone:
    """One step of a project."""

    weight: Decimal
    due: bool
    done: bool


@exact
def score_milestones(milestones: Sequence[Milestone]) -> MilestoneScore:
    """Rate and score.

    >>> plan = [Milestone(Decimal(3), True, True), Milestone(Decimal(1), True, False)]
    >>> score_milestones(plan)
    MilestoneScore(status='scored', rate=Decimal('0.75'), score=Decimal('75'))
    """
    due = total([m.weight for m in milestones if m.due])
    # also where what was due weighs 0: a quotient over nothing is no achievement and no failure
    if due == 0:
        return MilestoneScore("excluded", None, None)
    # not `m.due and m.done`: who finishes early would otherwise wait a period for the credit
    done = total([m.weight for m in milestones if m.done])
    # not rate × 100: the quotient is cut at 50 digits, and times 100 the cut would stand in the score
    return MilestoneScore("scored", done / due, done * HUNDRED / due)


def _read(inputs: Inputs) -> list[Milestone]:
    a = Arguments(NAME, inputs, ("milestones",))
    return [_milestone(item) for item in a.items("milestones")]


def _milestone(value: object) -> Milestone:
    entry = mapping(NAME, "milestones", value)
    inner = Arguments(NAME, entry, ("weight", "due", "done"))
    weight = required_number(NAME, "milestones weight", entry.get("weight"))
    if weight < 0:
        raise inner.invalid("weight", "must be 0 or more")
    # a step of which nothing is said is owed and open: the other way round silence would raise the score
    return Milestone(weight, inner.flag("due", default=True), inner.flag("done", default=False))


def evaluate(inputs: Inputs) -> MilestoneScore:
    """`score.milestone`.

    >>> evaluate({"milestones": [{"weight": "2", "due": False, "done": False}]}).status
    'excluded'
    """
    return score_milestones(_read(inputs))


def explain(inputs: Inputs) -> Steps:
    """Done ÷ due, then the score."""
    milestones = _read(inputs)
    found = score_milestones(milestones)
    if found.rate is None or found.score is None:
        return (Step("没有到期的节点：不计入", "nothing was due: left out"),)
    done = sum_of(m.weight for m in milestones if m.done)
    due = sum_of(m.weight for m in milestones if m.due)
    return (
        figure("完成权重 ÷ 到期权重", "done weight ÷ due weight", f"({done}) ÷ ({due})", found.rate),
        figure("得分", "score", f"({done}) ÷ ({due}) × 100", found.score),
    )


METHOD = ScoringMethod(
    name=NAME,
    kind="line",
    zh="里程碑完成率",
    evaluate=evaluate,
    explain=explain,
    rule=MilestoneRule,
)

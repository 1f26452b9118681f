"""`score.milestone`: weight of what is done over weight of what was due."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.money import exact, total
from models.scoring.arguments import Arguments, mapping, required_number
from models.scoring.method import Inputs, ScoringMethod, Steps
from models.wording import Step, figure, sum_of

NAME = "score.milestone"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class MilestoneScore:
    """Excluded where nothing was due; done before it was due counts, so a rate may exceed 1."""

    status: str
    rate: Decimal | None
    score: Decimal | None


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
    if due == 0:
        return MilestoneScore("excluded", None, None)
    done = total([m.weight for m in milestones if m.done])
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
    kind="calculation",
    zh="里程碑完成率",
    evaluate=evaluate,
    explain=explain,
)

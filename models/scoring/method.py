"""What a scoring method is: a name anybody can call, and what a line of a role asks of the rule it names.

Belongs here: the shapes that every method fills in. Not here: a method (one file each), the list of methods (registry).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal, Self

from models.figure import attained
from models.scoring.arguments import Arguments
from models.wording import Step

Inputs = dict[str, object]
Steps = tuple[Step, ...]
# line: a role line names it as its method. target: a role line names it as its target. group: it acts on the totals of
# many people. total: it makes the total of a scorecard. calculation: a figure or a check that another part uses.
Kind = Literal["line", "target", "group", "total", "calculation"]
# Which KPIs a method may score: any, only one with numerator and denominator and no scale, or only ratings.
Takes = Literal["figure", "quotient", "rating"]
# Whose figures somebody's is compared with: everybody's in the same role, or only those of the same department.
Among = Literal["role", "dept"]
AMONG: tuple[Among, ...] = ("role", "dept")

MISSING = Step("缺少数据：缺失", "a figure is absent: missing")
TARGET_ZERO = Step("目标为 0：不计入", "the target is 0: left out")


@dataclass(frozen=True, kw_only=True)
class LineTerms:
    """What a line of a role and its KPI say beside the method's own arguments."""

    direction: str = "higher"
    full: Decimal = Decimal(100)
    x: str = "actual"  # or attainment: what a table is looked up with
    target: Decimal | None = None  # where the definition states a number


@dataclass(frozen=True)
class Peers:
    """The figures of everybody who is compared, the person among them; None is nobody's 0.

    `open_ids` are the others whose figures are missing or may still change: until they are final, no place is.
    """

    values: Mapping[str, Decimal | None] = field(default_factory=dict)
    open_ids: tuple[str, ...] = ()


NOBODY = Peers()


@dataclass(frozen=True)
class LineFigures:
    """What one person's line is scored from."""

    value: Decimal
    target: Decimal | None = None
    peers: Peers = NOBODY


@dataclass(frozen=True)
class Mark:
    """The score of a line with its arithmetic, and the attainment that is shown where the score came from it."""

    score: Decimal
    steps: Steps
    attainment: Decimal | None = None  # kept, so that a line is not divided twice


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What the linter looks at: the least and the most a rule yields, where it changes, what it promises."""

    lowest: Decimal
    highest: Decimal | None  # None: there is no limit
    edges: tuple[Decimal, ...] = ()  # where the score changes, ascending, in the unit that is looked up
    best: tuple[Decimal | None, Decimal | None] = (None, None)  # the bounds of the band with the best score
    is_table: bool = False  # somebody wrote the scores one by one, and may have written them on another scale
    most_attainment: Decimal | None = None  # the attainment up to which full marks are multiplied
    only_adds: bool = False  # nothing is taken off below the target
    adds: bool = False  # points are added beyond the target
    promised: Decimal | None = None  # what the best is promised before the cap
    cap: Decimal | None = None
    is_relative: bool = False  # distances are shares of the target
    units: tuple[tuple[Decimal, Decimal], ...] = ()  # (distance, points) of every unit that is counted
    leaves_out_target_zero: bool = False  # a line with a target of 0 is never scored
    needs_target_above_zero: bool = False


class LineRule(ABC):
    """A method with its arguments, as a line of a role is scored by it."""

    NAME: ClassVar[str]
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]]  # what `args:` of a line may hold
    TAKES: ClassVar[Takes] = "figure"

    @classmethod
    @abstractmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The rule of a line, from its `args` and its terms.

        Raises:
            DefinitionError: D221 for a wrong or lacking argument, D210 for a rule that rewards getting worse, or a code
            of the method.
        """

    @abstractmethod
    def describe(self) -> Step:
        """What the rule says."""

    @abstractmethod
    def mark(self, figures: LineFigures) -> Mark | None:
        """The score of a value; None where a target of 0 leaves the line out, or where nobody is there to compare with.

        Raises:
            DefinitionError: `ratio_needs_positive_target`.
        """

    @property
    @abstractmethod
    def traits(self) -> Traits:
        """What the linter looks at."""

    @property
    def needs_target(self) -> bool:
        """Whether nothing can be scored without a target."""
        return False

    @property
    def among(self) -> Among | None:
        """Whose figures the rule compares with; None where everybody is scored alone."""
        return None

    @property
    def leaves_out_nothing_due(self) -> bool:
        """Whether a quotient over nothing leaves the line out without its saying `no_data: exclude`."""
        return False

    def attainment_shown(self, value: Decimal, target: Decimal, direction: str) -> Decimal | None:
        """What tables, boards and sheets show as attainment: 1 is reached, more is better; None for a target of 0."""
        return None if target == 0 else attained(value, target, direction)

    def at_target(self, _target: Decimal | None, /) -> Decimal | None:
        """The score of whoever exactly reaches the target, where it can be known beforehand."""
        return None


@dataclass(frozen=True, kw_only=True)
class ScoringMethod:
    """A method under the name by which `models.evaluate` and `models.explain` run it.

    `rule` is what a role line reads when it names the method; None where no line can name it, and then `used` says
    where the method is used instead, in a sentence for the page of methods.
    """

    name: str
    kind: Kind
    zh: str
    evaluate: Callable[[Inputs], object]
    explain: Callable[[Inputs], Steps]
    rule: type[LineRule] | None = None
    used: str = ""

"""What a pay method is: arguments read, amounts computed, arithmetic told, and what the linter may know of a line.

Belongs here: the base class of every method and the traits that the linter looks at. Not here: one method (a file of its
own), the list of methods (the package).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, Overflow
from typing import ClassVar, Literal, Self, TypeVar

from models.errors import DefinitionError
from models.money import exact
from models.scoring.arguments import Arguments
from models.wording import Step

Achievement = Literal["sales_commission", "ad_saving_commission"]
Measure = Literal["basis", "attainment", "lookup"]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Jumps:
    """Where the pay jumps, and by how much.

    Args:
        at: (edge, jump) in ascending order of the edges; a negative jump pays less for more.
        measure: what the edges are of: the basis as money, the basis as a share of its target (edges and jumps
            are then shares of the target too), or another figure.
        looked_up: the argument that brings the other figure.
    """

    at: tuple[tuple[Decimal, Decimal], ...]
    measure: Measure = "basis"
    looked_up: str = ""


@dataclass(frozen=True, kw_only=True)
class PayTraits:
    """What can be told about a pay line from its plan alone; a method states what concerns it.

    Args:
        top_rate: the highest rate that is paid on the basis; None where no rate is paid on one.
        has_modifiers: a second measure that the plan states lowers the rate or the amount.
        jumps: edges at which the line's amount jumps.
        jumps_taken_back: edges at which a refund takes back more than its own commission.
        curve: amounts in ascending order of the measure that they are paid for.
        lacks_sales_gate: money that was not spent is paid for, however few sales there were.
        lacks_penalty_limit: penalties may take all of the pay.
        share_deducted: the share of a month's wage that may be deducted.
        share_held_back: the share of the amount that is paid in a later period.
    """

    top_rate: Decimal | None = None
    has_modifiers: bool = False
    jumps: Jumps | None = None
    jumps_taken_back: Jumps | None = None
    curve: tuple[Decimal, ...] = ()
    lacks_sales_gate: bool = False
    lacks_penalty_limit: bool = False
    share_deducted: Decimal | None = None
    share_held_back: Decimal | None = None


@dataclass(frozen=True)
class PlanTerms:
    """Which arguments a plan states as constants, and which it names at all (a figure is bound to the others)."""

    stated: frozenset[str]
    named: frozenset[str]


class PayMethod(ABC):
    """A pay method; an instance is one call of it, with its arguments as fields.

    A new method is one file with a subclass, its entry in `models.pay.METHODS` and a golden case.

    Class variables:
        NAME: the public name, such as `pay.piece`; NAME_ZH: what people call it.
        ARGUMENTS: every argument; another one is refused by name.
        TABLES: arguments that hold bands or points, so that a gap between two of them is told at their line.
        PAYS_FOR: the achievement that it pays for; None for fixed pay and for pay by score.
    """

    NAME: ClassVar[str]
    NAME_ZH: ClassVar[str]
    ARGUMENTS: ClassVar[tuple[str, ...]]
    TABLES: ClassVar[tuple[str, ...]] = ()
    PAYS_FOR: ClassVar[Achievement | None] = None

    @classmethod
    @abstractmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments, defaults filled in.

        Raises:
            DefinitionError: D221 for a wrong argument, or a code of the tables inside, such as `bands_gap`.
        """

    @abstractmethod
    def result(self) -> object:
        """The outputs, as a dataclass whose fields have the public names; amounts are rounded to the fen."""

    @abstractmethod
    def steps(self) -> tuple[Step, ...]:
        """The arithmetic in order, in both languages, with the same figures as `result`."""

    def own_traits(self, _terms: PlanTerms, /) -> PayTraits:
        """What the linter may know, where a figure that is bound later is a stand-in."""
        return PayTraits()

    @classmethod
    def evaluate(cls, inputs: Mapping[str, object]) -> object:
        """The outputs of a call."""
        return cls._run(inputs, cls.result)

    @classmethod
    def explain(cls, inputs: Mapping[str, object]) -> tuple[Step, ...]:
        """The arithmetic of the same call."""
        return cls._run(inputs, cls.steps)

    @classmethod
    def traits(cls, trial: Mapping[str, object], stated: Iterable[str]) -> PayTraits:
        """What a plan's line can do before anybody's figures are known.

        Args:
            trial: every argument, with a stand-in for each figure.
            stated: names of the arguments that are no stand-ins.
        """
        terms = PlanTerms(frozenset(stated), frozenset(trial))
        return cls._run(trial, lambda call: call.own_traits(terms))

    # The one door to a method: `exact` sets the product's precision here, so that its file may write + − ×. A function that
    # divides says `exact` itself, where a test sees that it is a quotient of decimals and no binary float.
    @classmethod
    @exact
    def _run(cls, inputs: Mapping[str, object], answer: Callable[[Self], _T]) -> _T:
        try:
            return answer(cls.read(Arguments(cls.NAME, inputs, cls.ARGUMENTS)))
        # InvalidOperation is also what quantize() raises for too many digits (Python documentation, "decimal")
        except (InvalidOperation, Overflow):
            what = f"{cls.NAME}: a figure is too large to count with"
            raise DefinitionError("D221", what, remedy="check the units of its inputs") from None

"""`pay.commission`: a rate on a basis, whole or by slabs, with modifiers and a multiplier.

Belongs here: the four modes, their arguments and their words, also for the methods that pay a commission of their own
(anchor, clawback). Not here: slabs or modifiers.

The slab is found by the basis itself, by its attainment of a target (the edges become edge x target, so
nothing is divided and exactly on an edge is exact), or by another measure given as `lookup`.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal, Self, get_args

from models.money import exact
from models.pay.amounts import ONE, ZERO, Amount, fen, not_negative, one_of, positive_target
from models.pay.method import Jumps, PayMethod, PayTraits, PlanTerms
from models.pay.modifiers import Modifier, kept, lowered
from models.pay.slabs import Closed, Slab, paid_in_slabs, progressive, reached, read_slabs, slab_steps
from models.pay.wording import figure, line, operand, sum_of
from models.scoring.arguments import Arguments
from models.scoring.bands import span
from models.wording import Step, equation

Mode = Literal["flat", "whole_slab", "progressive", "lump_excess"]
Negative = Literal["zero", "signed"]
# typing.get_args: one list serves the type checker and the check at run time (Python documentation, "typing").
_MODES: tuple[Mode, ...] = get_args(Mode)
_NEGATIVES: tuple[Negative, ...] = get_args(Negative)
_CLOSED: tuple[Closed, ...] = get_args(Closed)
RULE_ARGUMENTS = (
    "mode", "bands", "rate", "bands_of", "target", "lookup", "closed", "negative", "modifiers", "multiplier"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CommissionRule:
    """The rule without its basis; edges of the slabs are in the unit that is looked up."""

    mode: Mode
    slabs: tuple[Slab, ...] = ()
    rate: Decimal = ZERO
    lookup: Decimal | None = None
    target: Decimal | None = None
    closed: Closed = "left"
    # a month with more refunds than sales pays nothing, and no debt, unless the plan counts it with its sign
    negative: Negative = "zero"
    modifiers: tuple[Modifier, ...] = ()
    multiplier: Decimal = ONE

    @classmethod
    def read(cls, a: Arguments) -> "CommissionRule":
        """The rule from arguments, defaults filled in; an argument the mode would ignore is refused."""
        mode = one_of(a, "mode", _MODES)
        _check_fit(a, mode)
        target = _target(a, mode)
        slabs = () if mode == "flat" else read_slabs(a, "bands")
        return cls(
            mode=mode,
            # edges × target instead of basis ÷ target: a quotient without end would miss the edge it lies on
            slabs=slabs if target is None else tuple(slab.times(target) for slab in slabs),
            rate=a.number("rate", 0),
            lookup=a.optional("lookup"),
            target=target,
            closed=one_of(a, "closed", _CLOSED, "left"),
            negative=one_of(a, "negative", _NEGATIVES, "zero"),
            modifiers=tuple(Modifier.read(a.method, item) for item in a.items("modifiers", required=False)),
            multiplier=not_negative(a, "multiplier", 1),
        )

    @classmethod
    def nested(cls, a: Arguments, name: str) -> "CommissionRule":
        """The rule that another method takes as its argument `name`."""
        entry = a.mapping(name)
        if entry is None:
            raise a.invalid(name, "is required")
        return cls.read(Arguments(f"{a.method} {name}", entry, RULE_ARGUMENTS))

    def lowered(self) -> "CommissionRule":
        """The rule with the rate points of its modifiers taken from every rate."""
        slabs = tuple(replace(slab, value=lowered(slab.value, self.modifiers)) for slab in self.slabs)
        return replace(self, slabs=slabs, rate=lowered(self.rate, self.modifiers))

    def pays_nothing(self, basis: Decimal) -> bool:
        """Whether the basis is 0 or below and stays at 0."""
        return basis <= 0 and self.negative == "zero"

    def slab(self, basis: Decimal) -> Slab:
        """The slab that is reached."""
        return reached(self.slabs, basis if self.lookup is None else self.lookup, self.closed)

    def by_rate(self, basis: Decimal) -> Decimal:
        """Rates and lump sums on the basis, before amount_pct and multiplier."""
        if self.mode == "flat":
            return basis * self.rate
        slab = self.slab(basis)
        if self.mode == "progressive":
            # only the lump of the slab that is reached: a slab that is passed has paid its own part by its rate
            return progressive(self.slabs, basis) + slab.lump
        # the first slab has no lower bound: what lies above it is counted from 0
        start = slab.low or ZERO if self.mode == "lump_excess" else ZERO
        return (basis - start) * slab.value + slab.lump

    def raw(self, basis: Decimal) -> Decimal:
        """The commission before rounding."""
        if self.pays_nothing(basis):
            return ZERO
        # rate points first, as they lower a rate; the rest are factors, and only the product is rounded (`amount`)
        return self.lowered().by_rate(basis) * kept(self.modifiers) * self.multiplier

    def amount(self, basis: Decimal) -> Decimal:
        """The commission as a pay line.

        >>> CommissionRule(mode="flat", rate=Decimal("0.015")).amount(Decimal("10000.33"))
        Decimal('150.00')
        """
        return fen(self.raw(basis))

    def jumps(self) -> Jumps:
        """By how much the commission jumps at each edge between two slabs; in progressive slabs only lump sums jump.

        >>> low, high = Slab(None, Decimal(600000), Decimal("0.05")), Slab(Decimal(600000), None, Decimal("0.07"))
        >>> CommissionRule(mode="whole_slab", slabs=(low, high)).jumps().at
        ((Decimal('600000'), Decimal('12000.00')),)
        """
        at = []
        for below, above in pairwise(self.slabs):
            edge = above.low or ZERO
            # the edge reckoned by both slabs: what one yuan more or less makes there
            at.append((edge, self._at_edge(above, edge) - self._at_edge(below, edge)))
        measure: Literal["basis", "attainment"] = "basis" if self.target is None else "attainment"
        found = Jumps(tuple((edge, jump) for edge, jump in at if jump != 0), measure)
        # The edges are of another figure, which no order that is moved into another month changes.
        return found if self.lookup is None else replace(found, measure="lookup", looked_up="lookup")

    def _at_edge(self, slab: Slab, edge: Decimal) -> Decimal:
        """The commission at an edge, reckoned by one of the slabs that meet there."""
        if self.mode == "whole_slab":
            return edge * slab.value + slab.lump
        if self.mode == "lump_excess":
            return (edge - (slab.low or ZERO)) * slab.value + slab.lump
        return slab.lump

    def steps(self, basis: Decimal) -> tuple[Step, ...]:
        """The arithmetic from basis to pay line."""
        if self.pays_nothing(basis):
            condition = f"{operand(basis)} ≤ 0"
            return (Step(f"基数 {condition}：提成 = 0.00", f"basis {condition}: commission = 0.00"),)
        attainment = [] if self.target is None else [_attainment(basis, self.target)]
        rule = self.lowered()
        # a factor of 1 would only lengthen the sentence
        factors = [factor for factor in (kept(self.modifiers), self.multiplier) if factor != ONE]
        formula = " × ".join(operand(factor) for factor in (rule.by_rate(basis), *factors))
        return (
            *attainment,
            *(modifier.step() for modifier in self.modifiers),
            *rule._steps_by_rate(basis),
            line("提成", "commission", formula, self.raw(basis)),
        )

    def _steps_by_rate(self, basis: Decimal) -> list[Step]:
        before = self.by_rate(basis)
        if self.mode == "flat":
            formula = f"{operand(basis)} × {operand(self.rate)}"
            return [figure("按比例提成", "flat commission", formula, before)]
        slab = self.slab(basis)
        if self.mode == "progressive":
            return self._progressive_steps(slab, basis, before)
        condition = span(slab, self.closed, operand(basis if self.lookup is None else self.lookup))
        is_excess = self.mode == "lump_excess" and slab.low is not None
        counted = f"({operand(basis)} − {operand(slab.low or ZERO)})" if is_excess else operand(basis)
        lump = "" if slab.lump == 0 else f" + {operand(slab.lump)}"
        formula = f"{counted} × {operand(slab.value)}{lump}"
        return [
            Step(f"所在档：{condition}", f"slab: {condition}"),
            figure("档内提成", "commission of the slab", formula, before),
        ]

    def _progressive_steps(self, slab: Slab, basis: Decimal, before: Decimal) -> list[Step]:
        steps = slab_steps(self.slabs, basis, Step("本档", "slab"), self.closed)
        paid = [amount for _, _, amount in paid_in_slabs(self.slabs, basis)]
        if slab.lump != 0:
            steps.append(equation("达到档的定额", "lump of the slab reached", operand(slab.lump)))
            paid.append(slab.lump)
        if len(paid) > 1:
            steps.append(figure("各档合计", "sum of the slabs", sum_of(paid), before))
        return steps


@exact
def _attainment(basis: Decimal, target: Decimal) -> Step:
    return figure("完成率", "attainment", f"{operand(basis)} ÷ {operand(target)}", basis / target)


def _check_fit(a: Arguments, mode: Mode) -> None:
    """Refuse what the mode would ignore: somebody meant it to pay."""
    if mode == "flat" and a.has("bands"):
        raise a.invalid("bands", "do not belong to mode flat")
    if mode == "flat" and not a.has("rate"):
        raise a.invalid("rate", "is required for mode flat")
    if mode != "flat" and a.has("rate"):
        raise a.invalid("rate", f"belongs to mode flat; in {mode} every band has its own")
    # Only one rate on the whole basis can come from another measure; parts of the basis have edges in money.
    if mode != "whole_slab" and a.has("lookup"):
        raise a.invalid("lookup", f"belongs to mode whole_slab; {mode} counts inside the bands of the basis")


def _target(a: Arguments, mode: Mode) -> Decimal | None:
    """The target that turns attainment edges into money, or None."""
    by_attainment = a.choice("bands_of", ("basis", "attainment"), "basis") == "attainment"
    if by_attainment and mode == "flat":
        raise a.invalid("bands_of", "does not belong to mode flat")
    if by_attainment and a.has("lookup"):
        return None  # the lookup is the attainment
    if by_attainment:
        return positive_target(a, "target")
    if a.has("target"):
        # Edges such as 0.8 taken for money would pay the top rate to everybody.
        raise a.invalid("target", "is given, but bands_of is not attainment")
    return None


@dataclass(frozen=True)
class Commission(PayMethod):
    """A commission with its basis."""

    NAME = "pay.commission"
    NAME_ZH = "提成"
    ARGUMENTS = ("basis", *RULE_ARGUMENTS)
    TABLES = ("bands",)
    PAYS_FOR = "sales_commission"

    rule: CommissionRule
    basis: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """Rule and basis."""
        return cls(CommissionRule.read(a), a.number("basis"))

    def result(self) -> Amount:
        """The line.

        >>> slabs = [{"max": "50000", "rate": "0.005"}, {"min": "50000", "rate": "0.008"}]
        >>> Commission.evaluate({"mode": "progressive", "basis": "92000", "bands": slabs})
        Amount(amount=Decimal('586.00'))
        >>> Commission.evaluate({"mode": "whole_slab", "basis": "50000", "bands": slabs})
        Amount(amount=Decimal('400.00'))
        """
        return Amount(self.rule.amount(self.basis))

    def steps(self) -> tuple[Step, ...]:
        """Attainment, modifiers, slabs, line."""
        return self.rule.steps(self.basis)

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """Its highest rate, what lowers it, and where it jumps."""
        return PayTraits(
            # flat has a rate and no slabs, the other modes slabs and a rate of 0: the greatest of all serves both
            top_rate=max([self.rule.rate, *(slab.value for slab in self.rule.slabs)]),
            has_modifiers="modifiers" in terms.stated and bool(self.rule.modifiers),
            jumps=self.rule.jumps(),
        )

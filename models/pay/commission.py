"""`pay.commission`: a rate on a basis, whole or by slabs, with modifiers and a multiplier.

Belongs here: the four modes and their arguments. Not here: slabs, modifiers, or the words
(commission_steps).

The slab is found by the basis itself, by its attainment of a target (the edges become edge x target, so
nothing is divided and exactly on an edge is exact), or by another measure given as `lookup`.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from models.money import add, multiply, subtract
from models.pay.amounts import ONE, ZERO, Amount, fen, not_negative, positive_target
from models.pay.modifiers import Modifier, kept, lowered
from models.pay.slabs import Slab, progressive, reached, read_slabs
from models.scoring.arguments import Arguments

NAME = "pay.commission"
MODES = ("flat", "whole_slab", "progressive", "lump_excess")
CONFIG = (
    "mode", "bands", "rate", "bands_of", "target", "lookup", "closed", "negative", "modifiers", "multiplier"
)  # fmt: skip


@dataclass(frozen=True)
class Commission:
    """The rule without its basis; edges of the slabs are in the unit that is looked up."""

    mode: str
    slabs: tuple[Slab, ...] = ()
    rate: Decimal = ZERO
    lookup: Decimal | None = None
    target: Decimal | None = None
    closed: str = "left"
    negative: str = "zero"
    modifiers: tuple[Modifier, ...] = ()
    multiplier: Decimal = ONE

    @classmethod
    def read(cls, a: Arguments) -> "Commission":
        """The rule from arguments, defaults filled in; an argument the mode would ignore is refused."""
        mode = a.choice("mode", MODES)
        _check_fit(a, mode)
        target = _target(a, mode)
        slabs = () if mode == "flat" else read_slabs(a, "bands")
        return cls(
            mode=mode,
            slabs=slabs if target is None else tuple(slab.times(target) for slab in slabs),
            rate=a.number("rate", 0),
            lookup=a.optional("lookup"),
            target=target,
            closed=a.choice("closed", ("left", "right"), "left"),
            negative=a.choice("negative", ("zero", "signed"), "zero"),
            modifiers=tuple(Modifier.read(a.method, item) for item in a.items("modifiers", required=False)),
            multiplier=not_negative(a, "multiplier", 1),
        )

    def lowered(self) -> "Commission":
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
            return multiply(basis, self.rate)
        slab = self.slab(basis)
        if self.mode == "progressive":
            return add(progressive(self.slabs, basis), slab.lump)
        start = slab.low or ZERO if self.mode == "lump_excess" else ZERO
        return add(multiply(subtract(basis, start), slab.value), slab.lump)

    def raw(self, basis: Decimal) -> Decimal:
        """The commission before rounding."""
        if self.pays_nothing(basis):
            return ZERO
        amount = multiply(self.lowered().by_rate(basis), kept(self.modifiers))
        return multiply(amount, self.multiplier)

    def amount(self, basis: Decimal) -> Decimal:
        """The commission as a pay line.

        >>> Commission("flat", rate=Decimal("0.015")).amount(Decimal("10000.33"))
        Decimal('150.00')
        """
        return fen(self.raw(basis))


def _check_fit(a: Arguments, mode: str) -> None:
    """Refuse what the mode would ignore: somebody meant it to pay."""
    if mode == "flat" and a.has("bands"):
        raise a.invalid("bands", "do not belong to mode flat")
    if mode == "flat" and not a.has("rate"):
        raise a.invalid("rate", "is required for mode flat")
    if mode != "flat" and a.has("rate"):
        raise a.invalid("rate", f"belongs to mode flat; in {mode} every band has its own")
    if mode != "whole_slab" and a.has("lookup"):
        raise a.invalid("lookup", f"belongs to mode whole_slab; {mode} counts inside the bands of the basis")


def _target(a: Arguments, mode: str) -> Decimal | None:
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


def read_nested(a: Arguments, name: str) -> Commission:
    """The commission rule of another method."""
    entry = a.mapping(name)
    if entry is None:
        raise a.invalid(name, "is required")
    return Commission.read(Arguments(f"{a.method} {name}", entry, CONFIG))


def evaluate(inputs: dict[str, object]) -> Amount:
    """`pay.commission` on golden inputs.

    >>> slabs = [{"max": "50000", "rate": "0.005"}, {"min": "50000", "rate": "0.008"}]
    >>> evaluate({"mode": "progressive", "basis": "92000", "bands": slabs})
    Amount(amount=Decimal('586.00'))
    >>> evaluate({"mode": "whole_slab", "basis": "50000", "bands": slabs})
    Amount(amount=Decimal('400.00'))
    """
    a = Arguments(NAME, inputs, ("basis", *CONFIG))
    return Amount(Commission.read(a).amount(a.number("basis")))

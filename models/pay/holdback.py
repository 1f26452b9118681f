"""`pay.holdback`: a share of an amount that is paid in later periods."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.money import plain
from models.pay.amounts import ZERO, fen, share
from models.pay.method import PayMethod, PayTraits, PlanTerms
from models.pay.split import split
from models.pay.wording import amounts, line, money, operand
from models.scoring.arguments import Arguments, mapping
from models.wording import Step, equation


@dataclass(frozen=True)
class HoldbackResult:
    """paid + withheld = amount; with a release plan the releases sum to withheld."""

    paid: Decimal
    withheld: Decimal
    releases: dict[str, Decimal]


@dataclass(frozen=True)
class Holdback(PayMethod):
    """The amount, the share kept back, and the share of that each later period gets."""

    NAME = "pay.holdback"
    NAME_ZH = "预留与发放"
    ARGUMENTS = ("amount", "share", "releases")

    amount: Decimal
    share: Decimal
    releases: dict[str, Decimal]

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; no releases means: to be decided later."""
        releases: dict[str, Decimal] = {}
        for item in a.items("releases", required=False):
            entry = Arguments(
                f"{a.method} releases", mapping(a.method, "releases", item), ("period", "share")
            )
            period = entry.inputs.get("period")
            # once each: the second entry of a period would replace the first, and its share be lost
            if not isinstance(period, str) or not period or period in releases:
                raise a.invalid("releases", "need a period each, and every period once")
            releases[period] = share(entry, "share")
        released = sum(releases.values(), ZERO)
        # Exactly 1: at 0.99 a hundredth of what was withheld would belong to nobody.
        if releases and released != 1:
            raise a.invalid("releases", f"must have shares that sum to exactly 1, not {plain(released)}")
        return cls(fen(a.number("amount")), share(a, "share"), releases)

    def raw(self) -> Decimal:
        """What is kept back, before rounding."""
        return self.amount * self.share

    def result(self) -> HoldbackResult:
        """What is paid now, kept back, and released when.

        >>> plan = [{"period": "2027-01", "share": "0.5"}, {"period": "2027-07", "share": "0.5"}]
        >>> Holdback.evaluate({"amount": "1000.05", "share": "0.2", "releases": plan}).releases
        {'2027-01': Decimal('100.01'), '2027-07': Decimal('100.00')}
        """
        withheld = fen(self.raw())
        # split and not multiplied: each release rounded by itself could miss the withheld amount by a fen
        releases = split(withheld, self.releases, self.NAME) if self.releases else {}
        return HoldbackResult(self.amount - withheld, withheld, releases)

    def steps(self) -> tuple[Step, ...]:
        """Kept back, paid now, released later."""
        held, amount = self.result(), money(self.amount)
        steps = (
            line("留存", "withheld", f"{amount} × {operand(self.share)}", self.raw()),
            line("本期支付", "paid now", f"{amount} − {operand(held.withheld)}", held.paid),
        )
        if not held.releases:
            return steps
        later = f"{amounts(held.releases)}; Σ = {money(held.withheld)}"
        return (*steps, equation("以后发放", "released later", later))

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """The share that waits, where the plan states it."""
        return PayTraits(share_held_back=self.share if "share" in terms.stated else None)

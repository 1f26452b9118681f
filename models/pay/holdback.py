"""`pay.holdback`: a share of an amount that is paid in later periods."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import multiply, plain, subtract, total
from models.pay.amounts import fen, share
from models.pay.split import split
from models.pay.wording import amounts, equation, exact, line, money
from models.scoring.arguments import Arguments, mapping
from models.wording import Step

NAME = "pay.holdback"
ARGUMENTS = ("amount", "share", "releases")


@dataclass(frozen=True)
class Holdback:
    """paid + withheld = amount; with a release plan the releases sum to withheld."""

    paid: Decimal
    withheld: Decimal
    releases: dict[str, Decimal]


@dataclass(frozen=True)
class Rule:
    """The amount, the share kept back, and the share of that each later period gets."""

    amount: Decimal
    share: Decimal
    releases: dict[str, Decimal]

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments; no releases means: to be decided later."""
        releases: dict[str, Decimal] = {}
        for item in a.items("releases", required=False):
            entry = Arguments(f"{NAME} releases", mapping(NAME, "releases", item), ("period", "share"))
            period = entry.inputs.get("period")
            if not isinstance(period, str) or not period or period in releases:
                raise a.invalid("releases", "need a period each, and every period once")
            releases[period] = share(entry, "share")
        if releases and total(list(releases.values())) != 1:
            shown = plain(total(list(releases.values())))
            raise a.invalid("releases", f"must have shares that sum to exactly 1, not {shown}")
        return cls(fen(a.number("amount")), share(a, "share"), releases)

    def raw(self) -> Decimal:
        """What is kept back, before rounding."""
        return multiply(self.amount, self.share)


def _hold(rule: Rule) -> Holdback:
    withheld = fen(rule.raw())
    releases = split(withheld, rule.releases, NAME) if rule.releases else {}
    return Holdback(subtract(rule.amount, withheld), withheld, releases)


def evaluate(inputs: dict[str, object]) -> Holdback:
    """`pay.holdback` on inputs.

    >>> plan = [{"period": "2027-01", "share": "0.5"}, {"period": "2027-07", "share": "0.5"}]
    >>> evaluate({"amount": "1000.05", "share": "0.2", "releases": plan}).releases
    {'2027-01': Decimal('100.01'), '2027-07': Decimal('100.00')}
    """
    return _hold(Rule.read(Arguments(NAME, inputs, ARGUMENTS)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    held = _hold(rule)
    steps = (
        line("留存", "withheld", f"{money(rule.amount)} × {exact(rule.share)}", rule.raw()),
        line("本期支付", "paid now", f"{money(rule.amount)} − {exact(held.withheld)}", held.paid),
    )
    if not held.releases:
        return steps
    return (
        *steps,
        equation("以后发放", "released later", f"{amounts(held.releases)}; Σ = {money(held.withheld)}"),
    )

"""`pay.caps`: cap and floor of each person's variable pay, then the company's cap on all of it.

The company's cap comes last and wins: it scales down through largest remainder, also below a person's floor.
Negative amounts are debts, not pay: they stay, and the others are scaled.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.money import subtract, total
from models.pay.amounts import by_id, fen, not_negative
from models.pay.split import split
from models.pay.wording import amounts, exact, line, money
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.caps"
ARGUMENTS = ("amounts", "person_cap", "person_floor", "pool_cap")


@dataclass(frozen=True)
class Capped:
    """amounts + cut = what was given; the cut is negative where floors added more than caps took."""

    amounts: dict[str, Decimal]
    cut: Decimal


@dataclass(frozen=True)
class Rule:
    """Rounded amounts and the limits; None is no limit."""

    amounts: dict[str, Decimal]
    cap: Decimal | None
    floor: Decimal | None
    pool_cap: Decimal | None

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in."""
        rule = cls(
            amounts={key: fen(value) for key, value in by_id(a, "amounts").items()},
            cap=fen(not_negative(a, "person_cap")) if a.has("person_cap") else None,
            floor=fen(a.number("person_floor")) if a.has("person_floor") else None,
            pool_cap=fen(not_negative(a, "pool_cap")) if a.has("pool_cap") else None,
        )
        if rule.cap is not None and rule.floor is not None and rule.floor > rule.cap:
            raise a.invalid("person_floor", "is above person_cap")
        return rule

    def each(self) -> dict[str, Decimal]:
        """Amounts after cap and floor of the person."""
        return {key: self._limited(self.amounts[key]) for key in sorted(self.amounts)}

    def _limited(self, amount: Decimal) -> Decimal:
        amount = amount if self.cap is None else min(amount, self.cap)
        return amount if self.floor is None else max(amount, self.floor)

    def pooled(self, each: dict[str, Decimal]) -> dict[str, Decimal]:
        """Amounts after the company's cap; nobody gets more than before."""
        if self.pool_cap is None or total(list(each.values())) <= self.pool_cap:
            return each
        owed = {key: value for key, value in each.items() if value < 0}
        paid = {key: value for key, value in each.items() if value >= 0}
        left = subtract(self.pool_cap, total(list(owed.values())))
        scaled = owed | split(left, paid, NAME)
        return {key: scaled[key] for key in each}


def _capped(rule: Rule) -> Capped:
    after = rule.pooled(rule.each())
    return Capped(after, subtract(_sum(rule.amounts), _sum(after)))


def _sum(values: dict[str, Decimal]) -> Decimal:
    return total(list(values.values()))


def evaluate(inputs: dict[str, object]) -> Capped:
    """`pay.caps` on inputs.

    >>> evaluate({"amounts": {"a": "9000", "b": "3000"}, "person_cap": "6000", "pool_cap": "6000"})
    Capped(amounts={'a': Decimal('4000.00'), 'b': Decimal('2000.00')}, cut=Decimal('6000.00'))
    """
    return _capped(Rule.read(Arguments(NAME, inputs, ARGUMENTS)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    each, capped = rule.each(), _capped(rule)
    given, after, whole = amounts(rule.amounts), amounts(each), money(_sum(each))
    steps = [
        Step(f"原额：{given}", f"amounts: {given}"),
        Step(
            f"个人封顶 {_limit(rule.cap, '无')}，保底 {_limit(rule.floor, '无')}：{after}；合计 {whole}",
            f"person cap {_limit(rule.cap, 'none')}, floor {_limit(rule.floor, 'none')}: {after}; sum {whole}",
        ),
    ]
    if rule.pool_cap is not None:
        steps.append(_pool_step(rule.pool_cap, each, capped))
    cut = f"{exact(_sum(rule.amounts))} − {exact(_sum(capped.amounts))}"
    return (*steps, line("削减合计", "cut", cut, capped.cut))


def _pool_step(pool_cap: Decimal, each: dict[str, Decimal], capped: Capped) -> Step:
    whole, cap = money(_sum(each)), money(pool_cap)
    if _sum(each) <= pool_cap:
        return Step(f"总额封顶：{whole} ≤ {cap}，不削减", f"pool cap: {whole} ≤ {cap}, nothing is cut")
    listed = amounts(capped.amounts)
    return Step(
        f"总额封顶：{whole} > {cap}，按比例削减（最大余数）：{listed}",
        f"pool cap: {whole} > {cap}, scaled down in proportion (largest remainder): {listed}",
    )


def _limit(value: Decimal | None, none: str) -> str:
    return none if value is None else money(value)

"""`pay.caps`: cap and floor of each person's variable pay, then the company's cap on all of it.

The company's cap comes last and wins: it scales down through largest remainder, also below a person's floor.
Negative amounts are debts, not pay: they stay, and the others are scaled.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.pay.amounts import ZERO, by_id, fen, not_negative
from models.pay.method import PayMethod
from models.pay.split import split
from models.pay.wording import amounts, line, money, operand
from models.scoring.arguments import Arguments
from models.wording import Step


@dataclass(frozen=True)
class CapsResult:
    """amounts + cut = what was given; the cut is negative where floors added more than caps took."""

    amounts: dict[str, Decimal]
    cut: Decimal


@dataclass(frozen=True)
class Caps(PayMethod):
    """Rounded amounts and the limits; None is no limit."""

    NAME = "pay.caps"
    NAME_ZH = "封顶与总额控制"
    ARGUMENTS = ("amounts", "person_cap", "person_floor", "pool_cap")

    amounts: dict[str, Decimal]
    cap: Decimal | None
    floor: Decimal | None
    pool_cap: Decimal | None

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; a limit that is not given does not limit."""
        call = cls(
            amounts={key: fen(value) for key, value in by_id(a, "amounts").items()},
            cap=fen(not_negative(a, "person_cap")) if a.has("person_cap") else None,
            # a floor may lie below 0: it then limits a debt
            floor=fen(a.number("person_floor")) if a.has("person_floor") else None,
            pool_cap=fen(not_negative(a, "pool_cap")) if a.has("pool_cap") else None,
        )
        if call.cap is not None and call.floor is not None and call.floor > call.cap:
            raise a.invalid("person_floor", "is above person_cap")
        return call

    def each(self) -> dict[str, Decimal]:
        """Amounts after cap and floor of the person."""
        # by id: the statement of a cut must not depend on the order of a list
        return {key: self._limited(self.amounts[key]) for key in sorted(self.amounts)}

    def _limited(self, amount: Decimal) -> Decimal:
        # cap, then floor: `read` refuses a floor above the cap, so the order cannot change the amount
        amount = amount if self.cap is None else min(amount, self.cap)
        return amount if self.floor is None else max(amount, self.floor)

    def pooled(self) -> dict[str, Decimal]:
        """Amounts after the company's cap; nobody gets more than before."""
        each = self.each()
        if self.pool_cap is None or _sum(each) <= self.pool_cap:
            return each
        owed = {key: value for key, value in each.items() if value < 0}
        paid = {key: value for key, value in each.items() if value >= 0}
        # Debts stay as they are, so the others share what the cap and these debts leave.
        scaled = owed | split(self.pool_cap - _sum(owed), paid, self.NAME)
        # in the order of `each` again: debts were taken out and put before the others
        return {key: scaled[key] for key in each}

    def result(self) -> CapsResult:
        """What everybody gets, and what was cut.

        >>> Caps.evaluate({"amounts": {"a": "9000", "b": "3000"}, "person_cap": "6000", "pool_cap": "6000"})
        CapsResult(amounts={'a': Decimal('4000.00'), 'b': Decimal('2000.00')}, cut=Decimal('6000.00'))
        """
        after = self.pooled()
        return CapsResult(after, _sum(self.amounts) - _sum(after))

    def steps(self) -> tuple[Step, ...]:
        """Amounts, each person's limits, the company's, the cut."""
        each, capped = self.each(), self.result()
        given, after, whole = amounts(self.amounts), amounts(each), money(_sum(each))
        zh = f"个人封顶 {_limit(self.cap, '无')}，保底 {_limit(self.floor, '无')}"
        en = f"person cap {_limit(self.cap, 'none')}, floor {_limit(self.floor, 'none')}"
        cut = f"{operand(_sum(self.amounts))} − {operand(_sum(capped.amounts))}"
        return (
            Step(f"原额：{given}", f"amounts: {given}"),
            Step(f"{zh}：{after}；合计 {whole}", f"{en}: {after}; sum {whole}"),
            *([] if self.pool_cap is None else [_pool_step(self.pool_cap, each, capped)]),
            line("削减合计", "cut", cut, capped.cut),
        )


def _sum(values: dict[str, Decimal]) -> Decimal:
    return sum(values.values(), ZERO)


def _pool_step(pool_cap: Decimal, each: dict[str, Decimal], capped: CapsResult) -> Step:
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

"""`pay.pool`: a team's amount in shares by coefficient x days."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.pay.amounts import not_negative
from models.pay.method import PayMethod
from models.pay.split import Shares, split, split_steps
from models.pay.wording import operand
from models.scoring.arguments import Arguments, mapping
from models.wording import Step


@dataclass(frozen=True)
class PoolMember:
    """What a member's share depends on."""

    coefficient: Decimal
    days: Decimal

    @property
    def weight(self) -> Decimal:
        """Half a month at the same coefficient weighs half."""
        return self.coefficient * self.days


@dataclass(frozen=True)
class Pool(PayMethod):
    """An amount and the members who share it."""

    NAME = "pay.pool"
    NAME_ZH = "奖金池"
    ARGUMENTS = ("amount", "members")
    PAYS_FOR = "sales_commission"

    amount: Decimal
    members: dict[str, PoolMember]

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; nothing has a default."""
        amount, entries = a.number("amount"), a.mapping("members")
        if not entries:
            raise a.invalid("members", "must hold at least one member")
        return cls(amount, {key: _member(f"{a.method} member {key[:60]}", e) for key, e in entries.items()})

    def weights(self) -> dict[str, Decimal]:
        """Coefficient x days of each member."""
        return {key: member.weight for key, member in self.members.items()}

    def result(self) -> Shares:
        """Each member's share.

        >>> members = {"a": {"coefficient": "1.2", "days": "31"}, "b": {"coefficient": "1", "days": "15"}}
        >>> Pool.evaluate({"amount": "1000", "members": members}).shares
        {'a': Decimal('712.64'), 'b': Decimal('287.36')}
        """
        return Shares(split(self.amount, self.weights(), self.NAME))

    def steps(self) -> tuple[Step, ...]:
        """How the weights come about, then the split."""
        listed = ", ".join(
            f"{key} {operand(m.coefficient)} × {operand(m.days)} = {operand(m.weight)}"
            for key, m in sorted(self.members.items())
        )
        first = Step(f"权重 = 系数 × 天数：{listed}", f"weight = coefficient × days: {listed}")
        return (first, *split_steps(self.amount, self.weights(), self.result().shares))


def _member(method: str, entry: object) -> PoolMember:
    a = Arguments(method, mapping(method, "entry", entry), ("coefficient", "days"))
    # 0 is allowed: a member without a day in the period stays on the list and gets nothing
    return PoolMember(not_negative(a, "coefficient"), not_negative(a, "days"))

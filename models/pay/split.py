"""`pay.split`: an amount in shares that add up to it, by largest remainder.

Belongs here: the one way money is divided between people. Not here: where the weights come from. Counts
in whole numbers, no decimal is rounded on the way, so the fen are conserved for any weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import lcm
from typing import Self

from models.money import exact
from models.pay.amounts import ZERO, by_id, fen, from_fen, to_fen
from models.pay.method import PayMethod
from models.pay.wording import amounts, money, operand, sum_of
from models.scoring.arguments import Arguments, invalid
from models.wording import Step, equation

_MOST_DIGITS = 100  # the longest number a definition can hold; a wider one would only burn time


@dataclass(frozen=True)
class Shares:
    """Amounts by id; they sum to the amount exactly."""

    shares: dict[str, Decimal]


@dataclass(frozen=True)
class Split(PayMethod):
    """An amount and a weight for each id."""

    NAME = "pay.split"
    NAME_ZH = "按比例分摊到分"
    ARGUMENTS = ("amount", "weights")
    PAYS_FOR = "sales_commission"

    amount: Decimal
    weights: dict[str, Decimal]

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; nothing has a default."""
        return cls(a.number("amount"), by_id(a, "weights"))

    def result(self) -> Shares:
        """Each id's share.

        >>> Split.evaluate({"amount": "-0.05", "weights": {"b": "1", "a": "1"}}).shares
        {'a': Decimal('-0.03'), 'b': Decimal('-0.02')}
        """
        return Shares(split(self.amount, self.weights))

    def steps(self) -> tuple[Step, ...]:
        """Weights, rule, shares."""
        return split_steps(self.amount, self.weights, split(self.amount, self.weights))


@exact
def split(amount: Decimal, weights: Mapping[str, Decimal], method: str = Split.NAME) -> dict[str, Decimal]:
    """Shares in fen: each is floored, the largest remainders get what is left, ties by id.

    A negative amount is split on its absolute value, so that taking back divides as paying did.

    >>> split(Decimal("1000.00"), {"e01": Decimal(1), "e02": Decimal(1), "e03": Decimal(1)})
    {'e01': Decimal('333.34'), 'e02': Decimal('333.33'), 'e03': Decimal('333.33')}

    Raises:
        DefinitionError: D221 for a negative weight, or weights that sum to 0.
    """
    parts = _whole(weights, method)
    whole, count = sum(parts.values()), to_fen(amount)
    if whole == 0:
        raise invalid(method, "weights", "sum to 0: nobody can be given a share", dict(weights))
    # on the absolute value: // rounds a negative number down, which is away from 0
    floors = {key: abs(count) * part // whole for key, part in parts.items()}
    left = abs(count) - sum(floors.values())
    # Ties by id: the order in which people are listed must not decide who gets the fen.
    order = sorted(parts, key=lambda key: (-(abs(count) * parts[key] % whole), key))
    # fewer fen are left than there are remainders above 0, so that a weight of 0 never gets one
    lucky = set(order[:left])
    sign = -1 if count < 0 else 1
    return {key: from_fen(sign * (floors[key] + (key in lucky))) for key in sorted(parts)}


def _whole(weights: Mapping[str, Decimal], method: str) -> dict[str, int]:
    """The weights as whole numbers in the same proportion."""
    for key, weight in weights.items():
        if weight < 0 or (weight != 0 and abs(weight.adjusted()) > _MOST_DIGITS):
            raise invalid(method, f"the weight of {key[:60]}", "must be 0 or more, of a plain size", weight)
    ratios = {key: weight.as_integer_ratio() for key, weight in weights.items()}
    # the least common denominator: weights such as 0.5 and 1.25 become 2 and 5, and no digit is rounded
    common = lcm(*(bottom for _, bottom in ratios.values()))
    return {key: top * (common // bottom) for key, (top, bottom) in ratios.items()}


def split_steps(
    amount: Decimal, weights: Mapping[str, Decimal], shares: Mapping[str, Decimal]
) -> tuple[Step, ...]:
    """Weights, shares and the rule of the odd fen."""
    ids = sorted(weights)
    weighed = sum_of(weights[key] for key in ids)
    listed = ", ".join(f"{key} {operand(weights[key])}" for key in ids)
    whole = operand(sum(weights.values(), ZERO))
    paid = money(fen(amount))
    return (
        Step(f"权重：{listed}；合计 = {weighed} = {whole}", f"weights: {listed}; sum = {weighed} = {whole}"),
        Step(
            f"份额 = {paid} × 权重 ÷ {whole}，先舍去分以下，余下的分按最大余数分配，余数相同按编号",
            f"share = {paid} × weight ÷ {whole}, cut to fen; the fen left go to the largest remainders, "
            "ties by id",
        ),
        equation("份额", "shares", f"{amounts(shares)}; Σ = {paid}"),
    )

"""`pay.pool`: a team's amount in shares by coefficient x days."""

from decimal import Decimal

from models.money import multiply
from models.pay.amounts import not_negative
from models.pay.split import Shares, split, split_steps
from models.pay.wording import exact
from models.scoring.arguments import Arguments, mapping
from models.wording import Step

NAME = "pay.pool"
ARGUMENTS = ("amount", "members")

Member = tuple[Decimal, Decimal]


def _members(a: Arguments) -> dict[str, Member]:
    """Coefficient and days of each member."""
    entries = a.mapping("members")
    if not entries:
        raise a.invalid("members", "must hold at least one member")
    return {key: _member(key, value) for key, value in entries.items()}


def _member(key: str, value: object) -> Member:
    method = f"{NAME} member {key[:60]}"
    a = Arguments(method, mapping(method, "entry", value), ("coefficient", "days"))
    return not_negative(a, "coefficient"), not_negative(a, "days")


def _weights(members: dict[str, Member]) -> dict[str, Decimal]:
    return {key: multiply(coefficient, days) for key, (coefficient, days) in members.items()}


def evaluate(inputs: dict[str, object]) -> Shares:
    """`pay.pool` on golden inputs.

    >>> members = {"a": {"coefficient": "1.2", "days": "31"}, "b": {"coefficient": "1", "days": "15"}}
    >>> evaluate({"amount": "1000", "members": members}).shares
    {'a': Decimal('712.64'), 'b': Decimal('287.36')}
    """
    a = Arguments(NAME, inputs, ARGUMENTS)
    return Shares(split(a.number("amount"), _weights(_members(a)), NAME))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    amount, members = a.number("amount"), _members(a)
    weights = _weights(members)
    each = ", ".join(
        f"{key} {exact(members[key][0])} × {exact(members[key][1])} = {exact(weights[key])}"
        for key in sorted(members)
    )
    first = Step(f"权重 = 系数 × 天数：{each}", f"weight = coefficient × days: {each}")
    return (first, *split_steps(amount, weights, split(amount, weights, NAME)))

"""`pay.guarantee`: a monthly minimum, given (nonrecoverable) or advanced and earned back (recoverable draw)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from models.money import add, subtract
from models.pay.amounts import ZERO, fen, not_negative
from models.pay.wording import equation, money
from models.scoring.arguments import Arguments, required_number
from models.wording import Step

NAME = "pay.guarantee"
ARGUMENTS = ("mode", "earned", "guarantee")


@dataclass(frozen=True)
class Guarantee:
    """Payments in the order of the months, and what is still owed at the end."""

    payments: list[Decimal]
    balance: Decimal


@dataclass(frozen=True)
class Month:
    """One month: topup was added, or repaid was kept back."""

    earned: Decimal
    topup: Decimal
    repaid: Decimal
    payment: Decimal
    balance: Decimal


def months(earned: list[Decimal], guarantee: Decimal, *, recoverable: bool) -> Iterator[Month]:
    """Month after month; nobody is ever paid less than the guarantee."""
    balance = fen(ZERO)
    for each in earned:
        topup = max(subtract(guarantee, each), fen(ZERO))
        repaid = min(balance, max(subtract(each, guarantee), fen(ZERO)))
        if recoverable:
            balance = subtract(add(balance, topup), repaid)
        yield Month(each, topup, repaid, subtract(add(each, topup), repaid), balance)


def _months(a: Arguments) -> list[Month]:
    mode = a.choice("mode", ("nonrecoverable", "recoverable"))
    earned = [fen(required_number(NAME, "earned", value)) for value in a.items("earned")]
    guarantee = fen(not_negative(a, "guarantee"))
    return list(months(earned, guarantee, recoverable=mode == "recoverable"))


def evaluate(inputs: dict[str, object]) -> Guarantee:
    """`pay.guarantee` on golden inputs.

    >>> draw = {"earned": ["4000", "4500", "7000"], "guarantee": "5000"}
    >>> [str(p) for p in evaluate({**draw, "mode": "recoverable"}).payments]
    ['5000.00', '5000.00', '5500.00']
    >>> [str(p) for p in evaluate({**draw, "mode": "nonrecoverable"}).payments]
    ['5000.00', '5000.00', '7000.00']
    """
    found = _months(Arguments(NAME, inputs, ARGUMENTS))
    return Guarantee([m.payment for m in found], found[-1].balance if found else fen(ZERO))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    found = _months(Arguments(NAME, inputs, ARGUMENTS))
    steps = [_step(number, month) for number, month in enumerate(found, 1)]
    balance = money(found[-1].balance if found else ZERO)
    return (*steps, equation("尚欠预支", "still owed", balance))


def _step(number: int, m: Month) -> Step:
    zh, en, text = "应发", "paid", money(m.earned)
    if m.topup:
        text += f" + {money(m.topup)}"
        zh, en = "应发 = 所得 + 补足", "paid = earned + top-up"
    elif m.repaid:
        text += f" − {money(m.repaid)}"
        zh, en = "应发 = 所得 − 偿还预支", "paid = earned − repaid"
    text += f" = {money(m.payment)}" if m.topup or m.repaid else ""
    owed = money(m.balance)
    return Step(
        f"第 {number} 期：{zh} = {text}；尚欠 {owed}", f"period {number}: {en} = {text}; still owed {owed}"
    )

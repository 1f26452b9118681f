"""Words that the arithmetic of several pay methods shares.

Belongs here: how an amount, a sum or a list of shares is printed. Not here: the arithmetic of one method,
which stands beside its computation so that the two cannot drift apart.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from models.money import plain, round_half_up
from models.wording import Step, equation, points, result


def money(value: Decimal) -> str:
    """The amount with its two decimals.

    >>> money(Decimal("1500"))
    '1500.00'
    """
    return f"{round_half_up(value, 2):f}"


def operand(value: Decimal) -> str:
    """A number inside a formula with up to twelve decimals; a negative one in brackets.

    Six decimals, as figures are printed, would show a price per impression of 0.00000125 as 0.000001.

    >>> operand(Decimal("0.00000125")), operand(Decimal("-5.0"))
    ('0.00000125', '(-5)')
    """
    text = plain(round_half_up(value, 12))
    return f"({text})" if text.startswith("-") else text


def line(zh: str, en: str, formula: str, value: Decimal) -> Step:
    """`name = formula = 1312.50`: a pay line, with ≈ where fen were rounded.

    >>> line("提成", "commission", "10000.33 × 0.015", Decimal("150.00495")).en
    'commission = 10000.33 × 0.015 ≈ 150.00'
    """
    # `1500 = 1500.00` says one thing twice
    is_value = formula in {operand(value), money(value)} and value == round_half_up(value, 2)
    return equation(zh, en, money(value) if is_value else f"{formula} {points(value)}")


def figure(zh: str, en: str, formula: str, value: Decimal) -> Step:
    """`name = formula = 0.79`: an intermediate figure with up to six decimals; a formula that is the figure stands once.

    >>> figure("基数", "basis", "500 − 20", Decimal(480)).en, figure("基数", "basis", "480", Decimal(480)).en
    ('basis = 500 − 20 = 480', 'basis = 480')
    """
    return equation(zh, en, formula if formula == operand(value) else f"{formula} {result(value)}")


def sum_of(values: Iterable[Decimal]) -> str:
    """`600 + 2160`; a negative term in brackets, and 0 for nothing.

    >>> sum_of([Decimal(600), Decimal(-12)])
    '600 + (-12)'
    """
    return " + ".join(operand(value) for value in values) or "0"


def amounts(values: Mapping[str, Decimal]) -> str:
    """The amounts by id.

    >>> amounts({"b": Decimal("333.33"), "a": Decimal("333.34")})
    'a 333.34, b 333.33'
    """
    return ", ".join(f"{key} {money(values[key])}" for key in sorted(values))

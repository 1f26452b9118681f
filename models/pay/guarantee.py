"""`pay.guarantee`: a monthly minimum, given (nonrecoverable) or advanced and earned back (recoverable draw)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self, get_args

from models.pay.amounts import ZERO, fen, not_negative, one_of
from models.pay.method import PayMethod
from models.pay.wording import money
from models.scoring.arguments import Arguments, required_number
from models.wording import Step, equation

Mode = Literal["nonrecoverable", "recoverable"]
_MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class GuaranteeResult:
    """Payments in the order of the months, and what is still owed at the end."""

    payments: list[Decimal]
    balance: Decimal


@dataclass(frozen=True)
class GuaranteedMonth:
    """One month: topup was added, or repaid was kept back."""

    earned: Decimal
    topup: Decimal
    repaid: Decimal
    payment: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Guarantee(PayMethod):
    """Rounded amounts month by month, and the least that each month pays."""

    NAME = "pay.guarantee"
    NAME_ZH = "保底与预支"
    ARGUMENTS = ("mode", "earned", "guarantee")
    PAYS_FOR = "sales_commission"

    mode: Mode
    earned: tuple[Decimal, ...]
    guarantee: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; nothing has a default."""
        mode = one_of(a, "mode", _MODES)
        earned = tuple(fen(required_number(a.method, "earned", value)) for value in a.items("earned"))
        return cls(mode, earned, fen(not_negative(a, "guarantee")))

    def months(self) -> list[GuaranteedMonth]:
        """Month after month; nobody is ever paid less than the guarantee."""
        # 0.00 and not 0: max() and min() return one of their arguments, and the statement shows two decimals
        found, balance = [], fen(ZERO)
        for earned in self.earned:
            # Repaid is what was owed before this month: a top-up is never paid back in its own month.
            topup = max(self.guarantee - earned, fen(ZERO))
            repaid = min(balance, max(earned - self.guarantee, fen(ZERO)))
            # a guarantee that is given leaves the balance at 0, so that nothing is ever repaid above
            if self.mode == "recoverable":
                balance = balance + topup - repaid
            found.append(GuaranteedMonth(earned, topup, repaid, earned + topup - repaid, balance))
        return found

    def result(self) -> GuaranteeResult:
        """Payments and what is owed.

        >>> draw = {"earned": ["4000", "4500", "7000"], "guarantee": "5000"}
        >>> [str(p) for p in Guarantee.evaluate({**draw, "mode": "recoverable"}).payments]
        ['5000.00', '5000.00', '5500.00']
        >>> [str(p) for p in Guarantee.evaluate({**draw, "mode": "nonrecoverable"}).payments]
        ['5000.00', '5000.00', '7000.00']
        """
        months = self.months()
        return GuaranteeResult([m.payment for m in months], months[-1].balance if months else fen(ZERO))

    def steps(self) -> tuple[Step, ...]:
        """Each month, then what is owed."""
        steps = [_month_step(number, month) for number, month in enumerate(self.months(), 1)]
        return (*steps, equation("尚欠预支", "still owed", money(self.result().balance)))


def _month_step(number: int, m: GuaranteedMonth) -> Step:
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

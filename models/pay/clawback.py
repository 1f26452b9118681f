"""`pay.clawback`: a refund after lock as an adjustment in the open period; the locked line stays."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self, get_args

from models.money import exact
from models.pay.amounts import ZERO, fen, not_negative, one_of
from models.pay.commission import CommissionRule
from models.pay.method import PayMethod, PayTraits, PlanTerms
from models.pay.wording import figure, line, money, operand
from models.scoring.arguments import Arguments
from models.wording import Step

Mode = Literal["recompute_original", "original_effective_rate"]
_MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class ClawbackResult:
    """`carry_forward` is 0 or negative: it goes to the next period."""

    original: Decimal
    restated: Decimal
    adjustment: Decimal
    payable: Decimal
    carry_forward: Decimal


@dataclass(frozen=True)
class Clawback(PayMethod):
    """The original period's own rule and basis, what was refunded, and what the open period earned."""

    NAME = "pay.clawback"
    NAME_ZH = "退款追回"
    ARGUMENTS = ("original_basis", "refund", "commission", "mode", "current_commission")

    basis: Decimal
    refund: Decimal
    commission: CommissionRule
    mode: Mode
    current: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; an open period that earned nothing has a current commission of 0."""
        call = cls(
            basis=a.number("original_basis"),
            refund=not_negative(a, "refund"),
            commission=CommissionRule.nested(a, "commission"),
            mode=one_of(a, "mode", _MODES, "recompute_original"),
            # may be negative: a debt that an earlier clawback carried into the open period
            current=fen(a.number("current_commission", 0)),
        )
        # an effective rate is the locked line ÷ its basis
        if call.mode == "original_effective_rate" and call.basis <= 0:
            raise a.invalid("original_basis", f"must be above 0 for mode {call.mode}")
        return call

    def left(self) -> Decimal:
        """The basis after the refund."""
        return self.basis - self.refund

    def original(self) -> Decimal:
        """The line as it was locked."""
        return self.commission.amount(self.basis)

    @exact
    def taken_by_rate(self) -> Decimal:
        """The refund at the original's effective rate, before rounding."""
        # the locked line as it was paid, in fen: refunds of the whole basis take back exactly what was paid
        return self.original() * self.refund / self.basis

    def restated(self) -> Decimal:
        """The line as it would be without what was refunded."""
        if self.mode == "recompute_original":
            return self.commission.amount(self.left())
        # the deduction is rounded as a line, because the statement prints it
        return self.original() - fen(self.taken_by_rate())

    def result(self) -> ClawbackResult:
        """Both lines, the adjustment, and what the open period pays and carries.

        >>> slabs = [{"max": "100000", "rate": "0.01"}, {"min": "100000", "rate": "0.02"}]
        >>> sale = {"original_basis": "110000", "refund": "20000"}
        >>> Clawback.evaluate({**sale, "commission": {"mode": "progressive", "bands": slabs}}).carry_forward
        Decimal('-300.00')
        """
        original, restated, nothing = self.original(), self.restated(), fen(ZERO)
        # What is taken back meets the open period's own commission; nobody pays money in, the rest is carried.
        open_amount = self.current + (restated - original)
        payable, carried = max(open_amount, nothing), min(open_amount, nothing)
        return ClawbackResult(original, restated, restated - original, payable, carried)

    def steps(self) -> tuple[Step, ...]:
        """The original line, the restated one, their difference, and the open period."""
        post = self.result()
        change = f"{operand(post.restated)} − {operand(post.original)}"
        open_amount = f"{operand(self.current)} + {operand(post.adjustment)}"
        return (
            *(_prefixed("原期间", "original", step) for step in self.commission.steps(self.basis)),
            *self._restated_steps(),
            line("调整额 = 重算 − 原额", "adjustment = restated − original", change, post.adjustment),
            line("本期应发", "payable now", f"max({open_amount}, 0)", post.payable),
            line("结转下期", "carried forward", f"min({open_amount}, 0)", post.carry_forward),
        )

    def _restated_steps(self) -> list[Step]:
        left = f"{operand(self.basis)} − {operand(self.refund)}"
        if self.mode == "recompute_original":
            first = figure("退款后基数", "basis after the refund", left, self.left())
            return [first, *(_prefixed("重算", "restated", s) for s in self.commission.steps(self.left()))]
        original, taken = money(self.original()), self.taken_by_rate()
        formula = f"{original} ÷ {operand(self.basis)} × {operand(self.refund)}"
        return [
            line("按原综合费率扣回", "refund at the original effective rate", formula, taken),
            line("重算", "restated", f"{original} − {money(fen(taken))}", self.restated()),
        ]

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """Edges over which a refund of one yuan takes back the whole jump, where the plan states the commission."""
        # at an effective rate a refund takes back its own part of the line, and no edge matters
        is_seen = "commission" in terms.stated and self.mode == "recompute_original"
        return PayTraits(jumps_taken_back=self.commission.jumps() if is_seen else None)


def _prefixed(zh: str, en: str, step: Step) -> Step:
    return Step(f"{zh}：{step.zh}", f"{en}: {step.en}")

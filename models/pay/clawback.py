"""`pay.clawback`: a refund after lock as an adjustment in the open period; the locked line stays."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import add, divide, multiply, subtract
from models.pay.amounts import ZERO, fen, not_negative
from models.pay.commission import Commission, read_nested
from models.pay.commission_steps import commission_steps
from models.pay.wording import exact, figure, line, money
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.clawback"
ARGUMENTS = ("original_basis", "refund", "commission", "mode", "current_commission")
RECOMPUTE, BY_RATE = "recompute_original", "original_effective_rate"


@dataclass(frozen=True)
class Clawback:
    """`carry_forward` is 0 or negative: it goes to the next period."""

    original: Decimal
    restated: Decimal
    adjustment: Decimal
    payable: Decimal
    carry_forward: Decimal


@dataclass(frozen=True)
class Rule:
    """The original period's own rule, and what was refunded."""

    basis: Decimal
    refund: Decimal
    commission: Commission
    mode: str
    current: Decimal

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in."""
        rule = cls(
            basis=a.number("original_basis"),
            refund=not_negative(a, "refund"),
            commission=read_nested(a, "commission"),
            mode=a.choice("mode", (RECOMPUTE, BY_RATE), RECOMPUTE),
            current=fen(a.number("current_commission", 0)),
        )
        if rule.mode == BY_RATE and rule.basis <= 0:
            raise a.invalid("original_basis", f"must be above 0 for mode {BY_RATE}")
        return rule

    def left(self) -> Decimal:
        """The basis after the refund."""
        return subtract(self.basis, self.refund)

    def taken_by_rate(self, original: Decimal) -> Decimal:
        """The refund at the original's effective rate, before rounding."""
        return divide(multiply(original, self.refund), self.basis)


def _post(rule: Rule) -> Clawback:
    original = rule.commission.amount(rule.basis)
    if rule.mode == RECOMPUTE:
        restated = rule.commission.amount(rule.left())
    else:
        restated = subtract(original, fen(rule.taken_by_rate(original)))
    adjustment = subtract(restated, original)
    open_amount, nothing = add(rule.current, adjustment), fen(ZERO)
    return Clawback(original, restated, adjustment, max(open_amount, nothing), min(open_amount, nothing))


def evaluate(inputs: dict[str, object]) -> Clawback:
    """`pay.clawback` on golden inputs.

    >>> slabs = [{"max": "100000", "rate": "0.01"}, {"min": "100000", "rate": "0.02"}]
    >>> sale = {"original_basis": "110000", "refund": "20000"}
    >>> evaluate({**sale, "commission": {"mode": "progressive", "bands": slabs}}).carry_forward
    Decimal('-300.00')
    """
    return _post(Rule.read(Arguments(NAME, inputs, ARGUMENTS)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    post = _post(rule)
    change = f"{exact(post.restated)} − {exact(post.original)}"
    open_amount = f"{exact(rule.current)} + {exact(post.adjustment)}"
    return (
        *(_prefixed("原期间", "original", s) for s in commission_steps(rule.commission, rule.basis)),
        *_restated(rule, post),
        line("调整额 = 重算 − 原额", "adjustment = restated − original", change, post.adjustment),
        line("本期应发", "payable now", f"max({open_amount}, 0)", post.payable),
        line("结转下期", "carried forward", f"min({open_amount}, 0)", post.carry_forward),
    )


def _restated(rule: Rule, post: Clawback) -> list[Step]:
    left = figure(
        "退款后基数", "basis after the refund", f"{exact(rule.basis)} − {exact(rule.refund)}", rule.left()
    )
    if rule.mode == RECOMPUTE:
        steps = commission_steps(rule.commission, rule.left())
        return [left, *(_prefixed("重算", "restated", step) for step in steps)]
    taken = f"{money(post.original)} ÷ {exact(rule.basis)} × {exact(rule.refund)}"
    return [
        line("按原综合费率扣回", "refund at the original effective rate", taken, rule.taken_by_rate(post.original)),
        line("重算", "restated", f"{money(post.original)} − {money(subtract(post.original, post.restated))}", post.restated),
    ]  # fmt: skip


def _prefixed(zh: str, en: str, step: Step) -> Step:
    return Step(f"{zh}：{step.zh}", f"{en}: {step.en}")

"""`pay.profit_share`: an in-post dividend and a share of the profit above target, divided between people."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from models.errors import DefinitionError
from models.money import add, divide, multiply, subtract
from models.pay.amounts import ZERO, by_id, fen, not_negative, positive_target, share
from models.pay.slabs import Slab, progressive, slab_list
from models.pay.split import split, split_steps
from models.pay.wording import exact, figure, line, money
from models.scoring.arguments import Arguments
from models.scoring.bands import span
from models.wording import Step

NAME = "pay.profit_share"
ARGUMENTS = (
    "profit", "target_profit", "base_share", "coefficient", "excess_bands", "shares", "base_gate",
    "deficit_brought_forward",
)  # fmt: skip


@dataclass(frozen=True)
class ProfitShare:
    """Both pools are rounded lines; the shares sum to the pool."""

    base_pool: Decimal
    excess_pool: Decimal
    pool: Decimal
    shares: dict[str, Decimal]


@dataclass(frozen=True)
class Rule:
    """The plan with its profit; excess slabs in money, without those who share."""

    profit: Decimal
    deficit: Decimal
    target: Decimal
    base_share: Decimal
    coefficient: Decimal
    base_gate: Decimal
    slabs: tuple[Slab, ...]

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in.

        Raises:
            DefinitionError: `ratio_needs_positive_target`, `bands_gap`, `bands_overlap`.
        """
        target = positive_target(a, "target_profit")
        slabs = stacked(slab_list(a, "excess_bands", lumps=False))
        return cls(
            profit=a.number("profit"),
            deficit=not_negative(a, "deficit_brought_forward", 0),
            target=target,
            base_share=share(a, "base_share"),
            coefficient=not_negative(a, "coefficient"),
            base_gate=not_negative(a, "base_gate", 0),
            slabs=tuple(slab.times(target) for slab in slabs),
        )

    def counted(self) -> Decimal:
        """Profit after the deficit of earlier years."""
        return subtract(self.profit, self.deficit)

    def passes(self) -> bool:
        """Whether the in-post dividend is paid; exactly on the gate passes."""
        p = self.counted()
        return p > 0 and p >= multiply(self.base_gate, self.target)

    def base(self) -> Decimal:
        """The in-post dividend before rounding."""
        if not self.passes():
            return ZERO
        return multiply(multiply(min(self.counted(), self.target), self.base_share), self.coefficient)

    def excess(self) -> Decimal:
        """The share of the excess before rounding; profit outside the bands yields nothing."""
        return progressive(self.slabs, max(self.counted(), ZERO))

    def pools(self) -> tuple[Decimal, Decimal]:
        """Both pools as lines."""
        return fen(self.base()), fen(self.excess())


def stacked(slabs: Sequence[Slab]) -> list[Slab]:
    """Slabs in ascending order that touch: they may start above 0 and end, but not break in between.

    Raises:
        DefinitionError: `bands_gap` or `bands_overlap`.
    """
    ordered = sorted(slabs, key=lambda s: (s.low is not None, s.low or ZERO))
    for slab in ordered:
        if slab.low is not None and slab.high is not None and slab.low >= slab.high:
            raise DefinitionError("bands_overlap", "an empty band", actual=str(slab), remedy="min < max")
    for below, above in pairwise(ordered):
        actual = f"{below} then {above}"
        if below.high is None or above.low is None or below.high > above.low:
            raise DefinitionError(
                "bands_overlap", "two bands overlap", actual=actual, remedy="let them touch"
            )
        if below.high < above.low:
            remedy = "let the bands touch; write rate 0 for a part that pays nothing"
            raise DefinitionError("bands_gap", "a gap inside the bands", actual=actual, remedy=remedy)
    return ordered


def evaluate(inputs: dict[str, object]) -> ProfitShare:
    """`pay.profit_share` on golden inputs.

    >>> plan = {"target_profit": "1000", "base_share": "0.2", "coefficient": "1", "shares": {"a": "60", "b": "40"}}
    >>> bands = [{"min": "1", "max": "1.8", "rate": "0.3"}]
    >>> evaluate({**plan, "profit": "1500", "excess_bands": bands}).shares
    {'a': Decimal('210.00'), 'b': Decimal('140.00')}
    """
    a = Arguments(NAME, inputs, ARGUMENTS)
    base, excess = Rule.read(a).pools()
    pool = add(base, excess)
    return ProfitShare(base, excess, pool, split(pool, by_id(a, "shares"), NAME))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    rule, weights = Rule.read(a), by_id(a, "shares")
    base, excess = rule.pools()
    pool = add(base, excess)
    counted = f"{exact(rule.profit)} − {exact(rule.deficit)}"
    sums = f"{money(base)} + {money(excess)}"
    return (
        figure("计提利润 = 利润 − 以前亏损", "profit counted = profit − deficit", counted, rule.counted()),
        _base(rule),
        *_excess(rule),
        line("奖金池", "pool", sums, pool),
        *split_steps(pool, weights, split(pool, weights, NAME)),
    )


def _base(rule: Rule) -> Step:
    p, gate = rule.counted(), multiply(rule.base_gate, rule.target)
    if not rule.passes():
        text = f"{exact(p)} ≤ 0" if p <= 0 else f"{exact(p)} < {exact(gate)}"
        return Step(f"{text}：基础分红 = 0.00", f"{text}: in-post dividend = 0.00")
    formula = f"min({exact(p)}, {exact(rule.target)}) × {exact(rule.base_share)} × {exact(rule.coefficient)}"
    return line("基础分红", "in-post dividend", formula, rule.base())


def _excess(rule: Rule) -> list[Step]:
    p = max(rule.counted(), ZERO)
    steps = []
    for slab in rule.slabs:
        part = slab.part(p)
        if part != 0:
            condition, formula = span(slab, "left"), f"{exact(part)} × {exact(slab.value)}"
            paid = multiply(part, slab.value)
            steps.append(figure(f"超额段（{condition}）", f"excess ({condition})", formula, paid))
    ratio = figure(
        "利润完成率", "profit attainment", f"{exact(p)} ÷ {exact(rule.target)}", divide(p, rule.target)
    )
    sums = " + ".join(exact(multiply(s.part(p), s.value)) for s in rule.slabs if s.part(p) != 0) or "0"
    return [ratio, *steps, line("超额分红", "excess dividend", sums, rule.excess())]

"""`pay.profit_share`: an in-post dividend and a share of the profit above target, divided between people."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Self

from models.errors import DefinitionError
from models.money import exact
from models.pay.amounts import ZERO, by_id, fen, not_negative, positive_target, share
from models.pay.method import PayMethod
from models.pay.slabs import Slab, paid_in_slabs, progressive, slab_list, slab_steps
from models.pay.split import split, split_steps
from models.pay.wording import figure, line, money, operand, sum_of
from models.scoring.arguments import Arguments
from models.wording import Step


@dataclass(frozen=True)
class ProfitShareResult:
    """Both pools are rounded lines; the shares sum to the pool."""

    base_pool: Decimal
    excess_pool: Decimal
    pool: Decimal
    shares: dict[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class ProfitShare(PayMethod):
    """A year's profit against its target; the slabs of the excess are in money."""

    NAME = "pay.profit_share"
    NAME_ZH = "分红"
    ARGUMENTS = (
        "profit", "target_profit", "base_share", "coefficient", "excess_bands", "shares", "base_gate",
        "deficit_brought_forward",
    )  # fmt: skip
    TABLES = ("excess_bands",)
    PAYS_FOR = "sales_commission"

    profit: Decimal
    deficit: Decimal
    target: Decimal
    base_share: Decimal
    coefficient: Decimal
    base_gate: Decimal
    slabs: tuple[Slab, ...]
    weights: dict[str, Decimal]

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; without a gate every profit above 0 brings the in-post dividend.

        Raises:
            DefinitionError: `ratio_needs_positive_target`, `bands_gap`, `bands_overlap`.
        """
        target = positive_target(a, "target_profit")
        # Not tiled: profit below the first band or above the last one is not shared, and plans say so on purpose.
        slabs = stacked(slab_list(a, "excess_bands", lumps=False))
        return cls(
            profit=a.number("profit"),
            deficit=not_negative(a, "deficit_brought_forward", 0),
            target=target,
            base_share=share(a, "base_share"),
            coefficient=not_negative(a, "coefficient"),
            base_gate=not_negative(a, "base_gate", 0),
            # multiples of the target become money, so that nothing is divided and an edge is met exactly
            slabs=tuple(slab.times(target) for slab in slabs),
            weights=by_id(a, "shares"),
        )

    def counted(self) -> Decimal:
        """Profit after the deficit of earlier years."""
        return self.profit - self.deficit

    def gate(self) -> Decimal:
        """The profit from which the in-post dividend is paid: gate x target, so that nothing is divided."""
        return self.base_gate * self.target

    def passes(self) -> bool:
        """Whether the in-post dividend is paid; exactly on the gate passes."""
        # both: without a gate it is 0, and a profit of exactly 0 is none
        return self.counted() > 0 and self.counted() >= self.gate()

    def base(self) -> Decimal:
        """The in-post dividend before rounding."""
        return (
            # up to the target only: what lies above it is paid for by the excess bands
            min(self.counted(), self.target) * self.base_share * self.coefficient if self.passes() else ZERO
        )

    def excess(self) -> Decimal:
        """The share of the excess before rounding; profit outside the bands yields nothing."""
        # at least 0: the part of a loss that lies inside a band would count as negative pay
        return progressive(self.slabs, max(self.counted(), ZERO))

    def result(self) -> ProfitShareResult:
        """Both pools, their sum, and each person's share of it.

        >>> plan = {"target_profit": "1000", "base_share": "0.2", "coefficient": "1", "shares": {"a": "60", "b": "40"}}
        >>> bands = [{"min": "1", "max": "1.8", "rate": "0.3"}]
        >>> ProfitShare.evaluate({**plan, "profit": "1500", "excess_bands": bands}).shares
        {'a': Decimal('210.00'), 'b': Decimal('140.00')}
        """
        base, excess = fen(self.base()), fen(self.excess())
        pool = base + excess
        return ProfitShareResult(base, excess, pool, split(pool, self.weights, self.NAME))

    def steps(self) -> tuple[Step, ...]:
        """Profit counted, both pools, their sum, the shares."""
        found = self.result()
        counted = f"{operand(self.profit)} − {operand(self.deficit)}"
        sums = f"{money(found.base_pool)} + {money(found.excess_pool)}"
        return (
            figure(
                "计提利润 = 利润 − 以前亏损", "profit counted = profit − deficit", counted, self.counted()
            ),
            self._base_step(),
            *self._excess_steps(),
            line("奖金池", "pool", sums, found.pool),
            *split_steps(found.pool, self.weights, found.shares),
        )

    def _base_step(self) -> Step:
        p = operand(self.counted())
        if not self.passes():
            text = f"{p} ≤ 0" if self.counted() <= 0 else f"{p} < {operand(self.gate())}"
            return Step(f"{text}：基础分红 = 0.00", f"{text}: in-post dividend = 0.00")
        formula = (
            f"min({p}, {operand(self.target)}) × {operand(self.base_share)} × {operand(self.coefficient)}"
        )
        return line("基础分红", "in-post dividend", formula, self.base())

    @exact
    def _excess_steps(self) -> list[Step]:
        p = max(self.counted(), ZERO)
        ratio = f"{operand(p)} ÷ {operand(self.target)}"
        sums = sum_of(paid for _, _, paid in paid_in_slabs(self.slabs, p))
        return [
            figure("利润完成率", "profit attainment", ratio, p / self.target),
            *slab_steps(self.slabs, p, Step("超额段", "excess")),
            line("超额分红", "excess dividend", sums, self.excess()),
        ]


def stacked(slabs: Sequence[Slab]) -> list[Slab]:
    """Slabs in ascending order that touch: they may start above 0 and end, but not break in between.

    >>> high, low = Slab(Decimal("1.2"), None, Decimal("0.3")), Slab(Decimal(1), Decimal("1.2"), Decimal("0.2"))
    >>> [str(slab) for slab in stacked([high, low])]
    ['1 .. 1.2', '1.2 .. +∞']

    Raises:
        DefinitionError: `bands_gap` or `bands_overlap`.
    """
    # without a lower bound first; None itself cannot be compared with a number
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

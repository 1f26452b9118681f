"""`pay.piece`: piece pay, less penalties, up to a guaranteed amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.pay.amounts import ZERO, fen, not_negative, share
from models.pay.method import PayMethod, PayTraits, PlanTerms
from models.pay.slabs import Slab, paid_in_slabs, progressive, read_slabs, slab_steps
from models.pay.wording import figure, line, money, operand, sum_of
from models.scoring.arguments import Arguments, mapping
from models.wording import Step

Pair = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class PieceResult:
    """Gross, penalty and top-up are rounded lines; amount = gross - penalty + topup."""

    gross: Decimal
    penalty: Decimal
    topup: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Piece(PayMethod):
    """Items and penalties as (count, money each); with tiers the items' prices are 0."""

    NAME = "pay.piece"
    NAME_ZH = "计件工资"
    ARGUMENTS = ("items", "penalties", "penalty_cap_share", "guarantee", "tiers")
    TABLES = ("tiers",)
    PAYS_FOR = "sales_commission"

    items: tuple[Pair, ...]
    penalties: tuple[Pair, ...]
    penalty_cap_share: Decimal | None
    guarantee: Decimal
    tiers: tuple[Slab, ...]

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; without a cap penalties may take all, without a guarantee nothing is added.

        Raises:
            DefinitionError: `bands_gap` or `bands_overlap` for tiers.
        """
        # a tier's money per piece is a price to people and the rate of a slab to the arithmetic: both words are read
        tiers = read_slabs(a, "tiers", ("price", "rate"), lumps=False) if a.has("tiers") else ()
        return cls(
            items=tuple(_item(a, item, bool(tiers)) for item in a.items("items")),
            penalties=tuple(_penalty(a, item) for item in a.items("penalties", required=False)),
            penalty_cap_share=share(a, "penalty_cap_share") if a.has("penalty_cap_share") else None,
            guarantee=not_negative(a, "guarantee", 0),
            tiers=tiers,
        )

    def quantity(self) -> Decimal:
        """All pieces together, as the tiers count them."""
        return sum((qty for qty, _ in self.items), ZERO)

    def gross(self) -> Decimal:
        """Piece pay before rounding."""
        return progressive(self.tiers, self.quantity()) if self.tiers else _sum(self.items)

    def penalty(self) -> Decimal:
        """Penalties before rounding, at most the capped share of the gross line, which is rounded already."""
        penalty, cap = _sum(self.penalties), self.penalty_cap_share
        return penalty if cap is None else min(penalty, fen(self.gross()) * cap)

    def result(self) -> PieceResult:
        """Gross, penalty, top-up and what is paid.

        >>> items = [{"qty": "5200", "price": "0.45"}, {"qty": "800", "price": "0.80"}]
        >>> fined = {"items": items, "penalties": [{"count": "6", "each": "10"}], "guarantee": "3500"}
        >>> Piece.evaluate(fined).topup
        Decimal('580.00')
        >>> tiers = [{"max": "1000", "price": "0.5"}, {"min": "1000", "price": "0.6"}]
        >>> Piece.evaluate({"items": [{"qty": "1500"}], "tiers": tiers}).amount
        Decimal('800.00')
        """
        gross, penalty = fen(self.gross()), fen(self.penalty())
        net = gross - penalty
        # without a guarantee this lifts a negative net to 0: penalties may take all of the pay and leave no debt
        topup = max(fen(self.guarantee) - net, fen(ZERO))
        return PieceResult(gross, penalty, topup, net + topup)

    def steps(self) -> tuple[Step, ...]:
        """Gross, penalty, top-up, pay."""
        pay = self.result()
        penalties = _products(self.penalties)
        if self.penalty_cap_share is not None:
            penalties = f"min({penalties}, {money(pay.gross)} × {operand(self.penalty_cap_share)})"
        net = f"{money(pay.gross)} − {money(pay.penalty)}"
        topup = f"max({money(fen(self.guarantee))} − ({net}), 0)"
        return (
            *self._gross_steps(),
            line("扣款", "penalty", penalties, self.penalty()),
            line("保底补足", "top-up to the guarantee", topup, pay.topup),
            line("应发计件工资", "piece pay", f"{net} + {money(pay.topup)}", pay.amount),
        )

    def _gross_steps(self) -> list[Step]:
        if not self.tiers:
            return [line("计件工资总额", "gross", _products(self.items), self.gross())]
        quantity = self.quantity()
        sums = sum_of(paid for _, _, paid in paid_in_slabs(self.tiers, quantity))
        return [
            figure("总件数", "total quantity", sum_of(qty for qty, _ in self.items), quantity),
            *slab_steps(self.tiers, quantity, Step("件数段", "tier")),
            line("计件工资总额", "gross", sums, self.gross()),
        ]

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """Whether penalties have no limit."""
        return PayTraits(
            lacks_penalty_limit="penalties" in terms.named and "penalty_cap_share" not in terms.named
        )


def _sum(pairs: Sequence[Pair]) -> Decimal:
    return sum((count * each for count, each in pairs), ZERO)


def _products(pairs: Sequence[Pair]) -> str:
    return " + ".join(f"{operand(count)} × {operand(each)}" for count, each in pairs) or "0"


def _item(a: Arguments, item: object, tiered: bool) -> Pair:
    entry = Arguments(f"{a.method} items", mapping(a.method, "items", item), ("qty", "price"))
    # A price beside tiers would pay the same piece twice.
    if tiered and entry.has("price"):
        raise a.invalid("items", "have prices beside tiers: the tiers price the total quantity")
    return not_negative(entry, "qty"), not_negative(entry, "price", 0 if tiered else None)


def _penalty(a: Arguments, item: object) -> Pair:
    entry = Arguments(f"{a.method} penalties", mapping(a.method, "penalties", item), ("count", "each"))
    return not_negative(entry, "count"), not_negative(entry, "each")

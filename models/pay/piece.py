"""`pay.piece`: piece pay, less penalties, up to a guaranteed amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.money import add, multiply, subtract, total
from models.pay.amounts import ZERO, fen, not_negative, share
from models.pay.slabs import Slab, progressive, read_slabs
from models.pay.wording import exact, figure, line, money
from models.scoring.arguments import Arguments, mapping
from models.scoring.bands import span
from models.wording import Step

NAME = "pay.piece"
ARGUMENTS = ("items", "penalties", "penalty_cap_share", "guarantee", "tiers")

Pair = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class PiecePay:
    """Gross, penalty and top-up are rounded lines; amount = gross - penalty + topup."""

    gross: Decimal
    penalty: Decimal
    topup: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rule:
    """Items and penalties as (count, money each); with tiers the items' prices are 0."""

    items: tuple[Pair, ...]
    penalties: tuple[Pair, ...]
    penalty_cap_share: Decimal | None
    guarantee: Decimal
    tiers: tuple[Slab, ...]

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in.

        Raises:
            DefinitionError: `bands_gap` or `bands_overlap` for tiers.
        """
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
        return total([qty for qty, _ in self.items])

    def gross(self) -> Decimal:
        """Piece pay before rounding."""
        return progressive(self.tiers, self.quantity()) if self.tiers else _sum(self.items)

    def penalty(self, gross: Decimal) -> Decimal:
        """Penalties before rounding, at most the capped share of the gross line."""
        penalty = _sum(self.penalties)
        cap = self.penalty_cap_share
        return penalty if cap is None else min(penalty, multiply(gross, cap))


def _sum(pairs: Sequence[Pair]) -> Decimal:
    return total([multiply(count, each) for count, each in pairs])


def _item(a: Arguments, item: object, tiered: bool) -> Pair:
    entry = Arguments(f"{NAME} items", mapping(NAME, "items", item), ("qty", "price"))
    if tiered and entry.has("price"):
        raise a.invalid("items", "have prices beside tiers: the tiers price the total quantity")
    return not_negative(entry, "qty"), not_negative(entry, "price", 0 if tiered else None)


def _penalty(a: Arguments, item: object) -> Pair:
    entry = Arguments(f"{a.method} penalties", mapping(NAME, "penalties", item), ("count", "each"))
    return not_negative(entry, "count"), not_negative(entry, "each")


def _pay(rule: Rule) -> PiecePay:
    gross = fen(rule.gross())
    penalty = fen(rule.penalty(gross))
    net = subtract(gross, penalty)
    topup = max(subtract(fen(rule.guarantee), net), fen(ZERO))
    return PiecePay(gross, penalty, topup, add(net, topup))


def evaluate(inputs: dict[str, object]) -> PiecePay:
    """`pay.piece` on golden inputs.

    >>> items = [{"qty": "5200", "price": "0.45"}, {"qty": "800", "price": "0.80"}]
    >>> evaluate({"items": items, "penalties": [{"count": "6", "each": "10"}], "guarantee": "3500"}).topup
    Decimal('580.00')
    >>> tiers = [{"max": "1000", "price": "0.5"}, {"min": "1000", "price": "0.6"}]
    >>> evaluate({"items": [{"qty": "1500"}], "tiers": tiers}).amount
    Decimal('800.00')
    """
    return _pay(Rule.read(Arguments(NAME, inputs, ARGUMENTS)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    pay = _pay(rule)
    penalties = _products(rule.penalties)
    if rule.penalty_cap_share is not None:
        penalties = f"min({penalties}, {money(pay.gross)} × {exact(rule.penalty_cap_share)})"
    net = f"{money(pay.gross)} − {money(pay.penalty)}"
    topup = f"max({money(fen(rule.guarantee))} − ({net}), 0)"
    return (
        *_gross(rule),
        line("扣款", "penalty", penalties, rule.penalty(pay.gross)),
        line("保底补足", "top-up to the guarantee", topup, pay.topup),
        line("应发计件工资", "piece pay", f"{net} + {money(pay.topup)}", pay.amount),
    )


def _gross(rule: Rule) -> list[Step]:
    if not rule.tiers:
        return [line("计件工资总额", "gross", _products(rule.items), rule.gross())]
    quantity = rule.quantity()
    steps = [figure("总件数", "total quantity", " + ".join(exact(q) for q, _ in rule.items) or "0", quantity)]
    paid = []
    for tier in rule.tiers:
        part = tier.part(quantity)
        if part != 0:
            condition, formula = span(tier, "left"), f"{exact(part)} × {exact(tier.value)}"
            steps.append(
                figure(f"件数段（{condition}）", f"tier ({condition})", formula, multiply(part, tier.value))
            )
            paid.append(exact(multiply(part, tier.value)))
    return [*steps, line("计件工资总额", "gross", " + ".join(paid) or "0", rule.gross())]


def _products(pairs: Sequence[Pair]) -> str:
    return " + ".join(f"{exact(count)} × {exact(each)}" for count, each in pairs) or "0"

"""What an order of an export amounts to: each line and the shipping without tax, and the tax beside them. Arithmetic only.

Belongs here: whether prices hold the tax, which rows are tips or gift cards, dividing subtotal and tax. Not here: cells and rows
(export_orders.py), the division itself (models/pay/split.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from models.money import add, subtract
from models.money import total as added
from models.pay.split import split

GOODS, TIP, GIFT_CARD, MAYBE_TIP = "goods", "tip", "gift card", "maybe a tip"
SHIPPING = "shipping"
_ZERO = Decimal(0)
_CASH = Decimal("0.05")  # by as much may cash be rounded: such an order's total lies beside its parts


@dataclass(frozen=True)
class LineStated:
    """One row of an order."""

    key: str
    gross: Decimal
    discount: Decimal
    kind: str = GOODS
    is_taxable: bool = True

    @property
    def least(self) -> Decimal:
        """Its price after its own discount."""
        return subtract(self.gross, self.discount)


@dataclass(frozen=True, kw_only=True)
class OrderStated:
    """What stands once per order; `taxes` is None where the export has no such column, `total` where it has none."""

    subtotal: Decimal
    discount: Decimal = _ZERO
    shipping: Decimal = _ZERO
    duties: Decimal = _ZERO
    taxes: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True)
class OrderAmounts:
    """Amount and tax by key of the line, `shipping` among them; rows that are no goods with their kind."""

    paid: Mapping[str, Decimal]
    tax: Mapping[str, Decimal]
    left_out: Mapping[str, str] = field(default_factory=dict)


class DoesNotAddUpError(Exception):
    """The order contradicts itself; the text says in which amounts."""


class TaxUnclearError(Exception):
    """Whether the order's prices hold its tax cannot be told; the text says why."""


def order_amounts(order: OrderStated, lines: Sequence[LineStated]) -> OrderAmounts:
    """Every part without tax; together exactly the order's total less tax, duties, tips and gift cards.

    >>> mug = LineStated("1", Decimal("12.00"), Decimal("0"))
    >>> stated = OrderStated(subtotal=Decimal("12.00"), taxes=Decimal("2.00"), total=Decimal("12.00"))
    >>> found = order_amounts(stated, [mug])
    >>> found.paid["1"], found.tax["1"]
    (Decimal('10.00'), Decimal('2.00'))

    Raises:
        DoesNotAddUpError: the lines do not make the subtotal.
        TaxUnclearError: neither with nor without the tax do the parts make the total.
    """
    kinds = _kinds(order, lines)
    inside = _tips_inside(order, lines, kinds)
    sold = [line for line in lines if kinds[line.key] == GOODS]
    # a gift card is sold at its face: no discount of the order lowers it
    cards = added([line.least for line in lines if kinds[line.key] == GIFT_CARD])
    subtotal = subtract(order.subtotal, add(cards, inside))
    prices = _goods(order, sold, subtotal)
    prices[SHIPPING] = subtract(order.shipping, _shipping_discount(order, sold, subtotal))
    tips = added([line.gross for line in lines if kinds[line.key] == TIP])
    taxes = _taxes(order, sold, prices)
    if order.taxes and _holds_tax(order, prices[SHIPPING], subtract(tips, inside)):
        prices = {key: subtract(price, taxes.get(key, _ZERO)) for key, price in prices.items()}
    return OrderAmounts(prices, taxes, {key: kind for key, kind in kinds.items() if kind != GOODS})


def _kinds(order: OrderStated, lines: Sequence[LineStated]) -> dict[str, str]:
    """Goods, tip or gift card by key: a row that may be a tip is one where just it is missing in the parts of the total."""
    maybe = added([line.gross for line in lines if line.kind == MAYBE_TIP])
    meant = GOODS
    if maybe and order.total is not None:
        named = added([line.gross for line in lines if line.kind == TIP])
        over = subtract(order.total, added([order.subtotal, order.shipping, order.duties, named]))
        meant = TIP if maybe in (over, subtract(over, order.taxes or _ZERO)) else GOODS
    return {line.key: meant if line.kind == MAYBE_TIP else line.kind for line in lines}


def _tips_inside(order: OrderStated, lines: Sequence[LineStated], kinds: Mapping[str, str]) -> Decimal:
    """The tips that the subtotal holds: none, unless the other rows alone cannot make it."""
    others = added([line.gross for line in lines if kinds[line.key] != TIP])
    tips = added([line.gross for line in lines if kinds[line.key] == TIP])
    return tips if order.subtotal > others else _ZERO


def _goods(order: OrderStated, sold: Sequence[LineStated], subtotal: Decimal) -> dict[str, Decimal]:
    gross = added([line.gross for line in sold])
    least = subtract(gross, added([order.discount, *(line.discount for line in sold)]))
    # The stated discount may hold that of the lines, and that of shipping, which lowers no line; it never reaches further.
    if not least <= subtotal <= gross:
        raise DoesNotAddUpError(f"lines {gross:f}, discount {order.discount:f}, total {subtotal:f}")
    # nothing to divide; in a free order the weights may all be 0 as well
    if len(sold) == 1 or subtotal == 0:
        return {line.key: subtotal for line in sold}
    return split(subtotal, {line.key: line.least for line in sold}) if sold else {}


def _shipping_discount(order: OrderStated, sold: Sequence[LineStated], subtotal: Decimal) -> Decimal:
    """The part of the discount that lowered no line, where the total says that it lowered the shipping."""
    lines = added([line.gross for line in sold])
    left = subtract(order.discount, subtract(lines, subtotal))
    if order.total is None or not 0 < left <= order.shipping:
        return _ZERO
    parts = added([order.subtotal, order.shipping, order.duties])
    lowered = subtract(parts, left)
    # with or without the tax: the total lies below its parts by just the discount
    return left if order.total in (lowered, add(lowered, order.taxes or _ZERO)) else _ZERO


def _holds_tax(order: OrderStated, shipping: Decimal, tips: Decimal) -> bool:
    """Whether prices hold the tax: then the parts make the total without it."""
    if order.total is None or order.taxes is None:
        return False
    over = subtract(order.total, added([order.subtotal, shipping, order.duties, tips]))
    held, on_top = abs(over), abs(subtract(over, order.taxes))
    if held == 0 or on_top == 0:
        return held == 0
    if (held <= _CASH) == (on_top <= _CASH):
        raise TaxUnclearError(
            f"subtotal {order.subtotal:f}, shipping {shipping:f}, taxes {order.taxes:f}, duties {order.duties:f},"
            f" tip {tips:f}, total {order.total:f}"
        )
    return held <= _CASH


def _taxes(
    order: OrderStated, sold: Sequence[LineStated], prices: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """The tax of the order divided by price among what is taxed; empty where the export states none."""
    if order.taxes is None:
        return {}
    untaxed = {line.key for line in sold if not line.is_taxable}
    weights = {key: _ZERO if key in untaxed else price for key, price in prices.items()}
    if added(list(weights.values())) <= 0:
        weights = dict(prices)
    if order.taxes == 0 or added(list(weights.values())) <= 0:
        return dict.fromkeys(prices, _ZERO) if order.taxes == 0 else {}
    return split(order.taxes, weights)

"""The flat order that the warehouse reads (shape: README.md): what each amount of a Shopify order is.

Belongs here: which line is goods, which a tip or a gift card; the tax of a line; when an order was paid; the part of a
refund that no line explains. Not here: what Shopify sends (rows.py), which part counts as sales (the feeds in warehouse/sql).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.strict_json import Json
from connectors.shopify.rows import (
    Bag,
    ShippingLine,
    ShopifyLine,
    ShopifyOrder,
    ShopifyRefund,
    ShopifyRefundLine,
    TaxLine,
)
from models.money import exact
from models.pay.split import split

GOODS, TIP, GIFT_CARD = "goods", "tip", "gift_card"
_ZERO = Decimal(0)
# enum OrderDisplayFinancialStatus of the schema; what is not here is refused, because nobody knows whether it counts
_PAID = ("PAID", "PARTIALLY_REFUNDED", "REFUNDED")
_UNPAID = ("PENDING", "AUTHORIZED", "PARTIALLY_PAID", "VOIDED", "EXPIRED")
_PAYS = ("SALE", "CAPTURE")
_TIP_TITLE = "tip"
# An order put in from elsewhere keeps the day it was processed on; Shopify's own are processed within seconds of their making.
_IMPORTED = timedelta(days=1)
_CENT = Decimal("0.01")


@exact
def flat_order(order: ShopifyOrder) -> dict[str, Json]:
    """The payload of `raw_shopify_orders`."""
    _require_one_currency(order)
    _require_distinct([line.id for line in order.line_items.nodes])
    _require_distinct([refund.id for refund in order.refunds])
    address = order.shipping_address
    lines, shipping = _sold(order)
    return {
        "id": order.id,
        "created_at": order.created_at,
        "processed_at": order.processed_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "paid_at": _paid_at(order),
        "test": order.test,
        "financial_status": order.display_financial_status,
        "currency": order.currency_code,
        "taxes_included": order.taxes_included,
        "total": _amount(order.total_price_set),
        "total_tax": None if order.total_tax_set is None else _amount(order.total_tax_set),
        "total_tip": _amount(order.total_tip_received_set),
        "total_duties": _amount(order.original_total_duties_set),
        "total_fees": _amount(order.original_total_additional_fees_set),
        "total_refunded": _amount(order.total_refunded_set),
        "customer_id": order.customer.id if order.customer else None,
        "country_code": address.country_code_v2 if address else None,
        "country": address.country if address else None,
        "line_items": lines,
        "shipping_lines": shipping,
        "refunds": _refunds(order, {line["id"]: line for line in lines}),
    }


def _amount(bag: Bag | None) -> Decimal:
    return _ZERO if bag is None else bag.shop_money.amount


def _added(bags: Iterable[Bag]) -> Decimal:
    return sum((_amount(bag) for bag in bags), _ZERO)


# -- when it was paid


def _paid_at(order: ShopifyOrder) -> datetime | None:
    """When the order's first total was received in full; None while it is not."""
    status = order.display_financial_status
    if status in _UNPAID:
        return None
    if status not in _PAID:
        raise SchemaDrift("an order has a financial status that is not in the schema", actual=order.id)
    if order.processed_at < order.created_at - _IMPORTED:
        return order.processed_at
    paid = [(p.processed_at, _amount(p.amount_set)) for p in order.transactions
            if p.status == "SUCCESS" and p.kind in _PAYS and p.processed_at]  # fmt: skip
    # the first total: what an edit adds later is paid later, and must not move the day of the order
    due = min(_amount(order.original_total_price_set), _amount(order.total_price_set))
    for at, amount in sorted(paid):
        due -= amount
        if due <= 0:
            return at
    # marked as paid by hand, free, or paid in another currency whose rate moved
    return max(paid)[0] if paid else order.processed_at


# -- what was sold


def _sold(order: ShopifyOrder) -> tuple[list[dict[str, Json]], list[dict[str, Json]]]:
    kinds = _kinds(order)
    duties = _duties_in_prices(order, kinds)
    lines = [
        _line(order, line, kinds[line.id], duties.get(line.id, _ZERO)) for line in order.line_items.nodes
    ]
    shipping = [_shipping(order, line) for line in order.shipping_lines.nodes]
    _share_rounding(order, [*lines, *shipping])
    return lines, shipping


def _line(order: ShopifyOrder, line: ShopifyLine, kind: str, duty: Decimal) -> dict[str, Json]:
    original, discount = line.original_total_set.shop_money.amount, _discount(line)
    return {
        "id": line.id,
        "sku": line.sku,
        "kind": kind,
        "quantity": line.quantity,
        "original_total": original,
        "discount": discount,
        "total": original - discount,
        "duty": duty,
        "tax": _tax(order, line.tax_lines),
    }


def _discount(line: ShopifyLine) -> Decimal:
    # allocations hold discounts of line and order; discountedTotalSet would miss the latter (shopify.dev, object LineItem)
    return _added(a.allocated_amount_set for a in line.discount_allocations)


def _total(line: ShopifyLine) -> Decimal:
    return _amount(line.original_total_set) - _discount(line)


def _shipping(order: ShopifyOrder, line: ShippingLine) -> dict[str, Json]:
    total = line.discounted_price_set.shop_money.amount
    return {"id": line.id, "title": line.title, "total": total, "tax": _tax(order, line.tax_lines)}


def _tax(order: ShopifyOrder, taxes: list[TaxLine]) -> Decimal | None:
    """The tax stated for a line; None where the order states none at all, which is not a tax of 0."""
    return None if order.total_tax_set is None and not taxes else _added(tax.price_set for tax in taxes)


def _share_rounding(order: ShopifyOrder, parts: list[dict[str, Json]]) -> None:
    """Prices that hold the tax: bring the taxes of the lines to that of the order, which was rounded once."""
    taxed = [part for part in parts if part["tax"]]
    if not order.taxes_included or order.total_tax_set is None or not taxed:
        return
    rest = _amount(order.total_tax_set) - sum((part["tax"] for part in taxed), _ZERO)
    # more than a cent a line is no rounding: duties and fees carry tax, which stands on no line
    if rest and abs(rest) <= _CENT * len(taxed):
        largest = max(taxed, key=lambda part: part["tax"])
        largest["tax"] += rest


def _duties_in_prices(order: ShopifyOrder, kinds: Mapping[str, str]) -> dict[str, Decimal]:
    """The duties of an order whose prices hold them, divided among its goods by price."""
    weights = {line.id: _total(line) for line in order.line_items.nodes if kinds[line.id] == GOODS}
    return _divided(_amount(order.original_total_duties_set), weights) if order.duties_included else {}


def _divided(amount: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return split(amount, weights) if amount > 0 and sum(weights.values(), _ZERO) > 0 else {}


# -- tips and gift cards


def _kinds(order: ShopifyOrder) -> dict[str, str]:
    """Goods, tip or gift card, by line."""
    cards = {line.id: GIFT_CARD for line in order.line_items.nodes if line.is_gift_card}
    tips = dict.fromkeys(_tips(order), TIP)
    return {line.id: GOODS for line in order.line_items.nodes} | cards | tips


def _tips(order: ShopifyOrder) -> list[str]:
    """The lines that are the tip: no field of a line says so, its name and the order's total of tips do.

    Raises:
        SchemaDrift: the tip is among lines that cannot be told apart.
    """
    # a product has a vendor, and mostly a SKU; a line that was typed in by hand has neither either
    maybe = [
        line for line in order.line_items.nodes
        if not (line.is_gift_card or line.requires_shipping or line.sku or line.vendor)
    ]  # fmt: skip
    named = [line for line in maybe if line.title.strip().casefold() == _TIP_TITLE]
    tip = _amount(order.total_tip_received_set)
    alone = [line for line in maybe if _total(line) == tip]
    if named or not tip or not maybe:
        return [line.id for line in named]
    # the shop may name it in its own language
    if sum((_total(line) for line in maybe), _ZERO) == tip:
        return [line.id for line in maybe]
    if len(alone) == 1:
        return [alone[0].id]
    if _stated_total(order) + tip == _amount(order.total_price_set):
        return []
    raise SchemaDrift("an order holds a tip, and several of its lines may be it", actual=order.id)


def _stated_total(order: ShopifyOrder) -> Decimal:
    """What lines, shipping, tax, duties and fees of an order make."""
    on_top = [None if order.taxes_included else order.total_tax_set, order.original_total_additional_fees_set]
    on_top += [None if order.duties_included else order.original_total_duties_set]
    lines = sum((_total(line) for line in order.line_items.nodes), _ZERO)
    shipping = _added(line.discounted_price_set for line in order.shipping_lines.nodes)
    return lines + shipping + sum(map(_amount, on_top), _ZERO)


# -- what came back


def _refunds(order: ShopifyOrder, sold: Mapping[str, dict[str, Json]]) -> list[dict[str, Json]]:
    made = [_refund(order, refund, sold) for refund in order.refunds]
    if order.taxes_included:
        back = [line for refund in made for line in refund["lines"]]
        for line in sold.values():
            _share_returned_tax(line, [b for b in back if b["line_item_id"] == line["id"]])
    return made


def _share_returned_tax(sold: Mapping[str, Json], back: list[dict[str, Json]]) -> None:
    """Prices that hold the tax: what came back whole gives back the tax it was sold with, whatever was rounded on the way."""
    if not back or sold["tax"] is None:
        return
    pieces = sum(line["quantity"] for line in back)
    paid_back = sum((line["subtotal"] for line in back), _ZERO)
    rest = sold["tax"] - sum((line["tax"] for line in back), _ZERO)
    if (pieces, paid_back) == (sold["quantity"], sold["total"]) and abs(rest) <= _CENT * len(back):
        back[-1]["tax"] += rest


def _refund(
    order: ShopifyOrder, refund: ShopifyRefund, sold: Mapping[str, dict[str, Json]]
) -> dict[str, Json]:
    return {
        "id": refund.id,
        "created_at": refund.created_at or refund.processed_at,
        "total": refund.total_refunded_set.shop_money.amount,
        "currency": refund.total_refunded_set.shop_money.currency_code,
        "duties": _duties(refund),
        "lines": _refund_lines(order, refund, sold),
        "shipping": [
            {
                "id": line.id,
                "subtotal": _amount(line.subtotal_amount_set),
                "tax": _amount(line.tax_amount_set),
            }
            for line in refund.refund_shipping_lines.nodes
        ],
        "rest": _rest(order, refund),
    }


def _refund_lines(
    order: ShopifyOrder, refund: ShopifyRefund, sold: Mapping[str, dict[str, Json]]
) -> list[dict[str, Json]]:
    lines = [_refund_line(refund, line, sold) for line in refund.refund_line_items.nodes]
    if order.duties_included:
        goods = {line["id"]: line for line in lines if line["kind"] == GOODS}
        duties = _divided(_duties(refund), {key: line["subtotal"] for key, line in goods.items()})
        for key, duty in duties.items():
            goods[key]["duty"] = duty
    return lines


def _duties(refund: ShopifyRefund) -> Decimal:
    return _added(duty.amount_set for duty in refund.duties or ())


def _refund_line(
    refund: ShopifyRefund, line: ShopifyRefundLine, sold: Mapping[str, dict[str, Json]]
) -> dict[str, Json]:
    of = sold.get(line.line_item.id)
    return {
        # Shopify may send null here: then the refund and the line of the order name it
        "id": line.id or f"{refund.id}/{line.line_item.id}",
        "line_item_id": line.line_item.id,
        "sku": line.line_item.sku,
        "kind": GOODS if of is None else of["kind"],
        "quantity": line.quantity,
        "subtotal": line.subtotal_set.shop_money.amount,
        "duty": _ZERO,
        "tax": line.total_tax_set.shop_money.amount,
    }


def _rest(order: ShopifyOrder, refund: ShopifyRefund) -> dict[str, Json]:
    """What a refund gave beyond its lines, shipping and duties, without tax; and what came back and was not paid out.

    An adjustment is Shopify's own reason for a difference: goodwill (below 0), or a part the shop kept (above 0). Without one,
    goods of more worth than the money were exchanged: they came back, and what was taken instead is a line of its own.
    """
    lines, shipping = refund.refund_line_items.nodes, refund.refund_shipping_lines.nodes
    stated = _added(line.subtotal_set for line in lines) + _added(s.subtotal_amount_set for s in shipping)
    taxes = _added(line.total_tax_set for line in lines) + _added(s.tax_amount_set for s in shipping)
    kept = refund.order_adjustments.nodes
    amount, tax = -_added(one.amount_set for one in kept), -_added(one.tax_amount_set for one in kept)
    on_top = (_ZERO if order.taxes_included else taxes + tax) + (
        _ZERO if order.duties_included else _duties(refund)
    )
    unexplained = _amount(refund.total_refunded_set) - stated - amount - on_top
    return {
        "amount": amount
        - (tax if order.taxes_included else _ZERO)
        + (unexplained if unexplained > 0 else _ZERO),
        "tax": tax,
        "exchanged": -unexplained if unexplained < 0 else _ZERO,
    }


# -- what no order may be


def _amounts(order: ShopifyOrder) -> Iterator[Bag | None]:
    yield from (order.total_price_set, order.original_total_price_set, order.total_tax_set)
    yield from (order.total_tip_received_set, order.original_total_duties_set, order.total_refunded_set)
    yield order.original_total_additional_fees_set
    yield from (payment.amount_set for payment in order.transactions)
    for line in order.line_items.nodes:
        yield line.original_total_set
        yield from (a.allocated_amount_set for a in line.discount_allocations)
        yield from (tax.price_set for tax in line.tax_lines)
    for charge in order.shipping_lines.nodes:
        yield charge.discounted_price_set
        yield from (tax.price_set for tax in charge.tax_lines)
    for refund in order.refunds:
        yield from _refunded_amounts(refund)


def _refunded_amounts(refund: ShopifyRefund) -> Iterator[Bag]:
    yield refund.total_refunded_set
    yield from (duty.amount_set for duty in refund.duties or ())
    for line in refund.refund_line_items.nodes:
        yield from (line.subtotal_set, line.total_tax_set)
    for charge in refund.refund_shipping_lines.nodes:
        yield from (charge.subtotal_amount_set, charge.tax_amount_set)
    for one in refund.order_adjustments.nodes:
        yield from (one.amount_set, one.tax_amount_set)


def _require_one_currency(order: ShopifyOrder) -> None:
    if any(bag and bag.shop_money.currency_code != order.currency_code for bag in _amounts(order)):
        raise SchemaDrift("an order mixes currencies in its shop money")


def _require_distinct(ids: list[str]) -> None:
    if len(set(ids)) != len(ids):
        raise Incomplete("an order lists one of its parts twice", may_settle=True)

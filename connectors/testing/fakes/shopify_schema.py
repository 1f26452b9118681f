"""The part of the Shopify Admin schema 2026-10 that the sandbox answers: types, fields, sources of values.

Here: one table per type. Not here: walking a query (shopify_execute.py), which orders exist when
(shopify_shop.py).
Only fields the source can answer are listed; asking for any other field is an error, never an invented value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from connectors.testing.fakes.country_codes import COUNTRY_CODES
from connectors.testing.fakes.shopify_records import ZONE, ShopCharge, ShopLine, ShopRefund, ShopRefundLine
from connectors.testing.fakes.shopify_shop import View, utc_text

CURRENCY = "GBP"
Kind = Literal["scalar", "object", "list", "connection"]


@dataclass(frozen=True)
class Field:
    """How one field is answered: `get` takes the parent and returns a value, or all elements of a list."""

    get: Callable[[Any], Any]
    kind: Kind = "scalar"
    type: str = ""
    arguments: frozenset[str] = frozenset()


def _scalar(get: Callable[[Any], Any]) -> Field:
    return Field(get)


def _object(type_name: str, get: Callable[[Any], Any]) -> Field:
    return Field(get, "object", type_name)


def _money(get: Callable[[Any], int]) -> Field:
    return Field(get, "object", "MoneyBag")


def _list(type_name: str, get: Callable[[Any], Sequence[Any]], *arguments: str) -> Field:
    return Field(get, "list", type_name, frozenset(arguments))


def _connection(type_name: str, get: Callable[[Any], Sequence[Any]]) -> Field:
    return Field(get, "connection", type_name, frozenset({"first", "after"}))


@lru_cache(maxsize=65536)
def money_text(thousandths: int) -> str:
    """Exact decimal text with two decimals, three where the source has three."""
    sign, rest = ("-" if thousandths < 0 else ""), abs(thousandths)
    text = f"{sign}{rest // 1000}.{rest % 1000:03d}"
    return text[:-1] if text.endswith("0") else text


def _gid(kind: str, digits: object) -> str:
    return f"gid://shopify/{kind}/{digits}"


def _status(view: View) -> str:
    if view.base.status:
        return view.base.status
    if not view.refunds:
        return "PAID"
    return "REFUNDED" if view.refunded >= view.total else "PARTIALLY_REFUNDED"


def _customer(view: View) -> int | None:
    return view.base.customer


MONEY: dict[str, Field] = {
    "amount": _scalar(money_text),
    "currencyCode": _scalar(lambda _: CURRENCY),
}
MONEY_BAG: dict[str, Field] = {
    "shopMoney": _object("MoneyV2", lambda amount: amount),
    "presentmentMoney": _object("MoneyV2", lambda amount: amount),  # the shops sell in one currency
}
ORDER: dict[str, Field] = {
    "id": _scalar(lambda v: _gid("Order", v.base.number)),
    "legacyResourceId": _scalar(lambda v: str(v.base.number)),
    "name": _scalar(lambda v: f"#{v.base.number}"),
    "createdAt": _scalar(lambda v: utc_text(v.base.created)),
    "processedAt": _scalar(lambda v: utc_text(v.base.created)),
    "updatedAt": _scalar(lambda v: utc_text(v.updated)),
    "cancelledAt": _scalar(lambda v: utc_text(v.cancelled) if v.cancelled else None),
    "test": _scalar(lambda _: False),
    "displayFinancialStatus": _scalar(_status),
    "currencyCode": _scalar(lambda _: CURRENCY),
    "presentmentCurrencyCode": _scalar(lambda _: CURRENCY),
    "originalTotalPriceSet": _money(lambda v: v.total),
    "totalPriceSet": _money(lambda v: v.total),
    "subtotalPriceSet": _money(lambda v: sum(line.paid for line in v.items)),
    "totalShippingPriceSet": _money(lambda v: sum(line.paid for line in v.base.shipping)),
    "taxesIncluded": _scalar(lambda v: v.base.taxes_included),
    "dutiesIncluded": _scalar(lambda v: v.base.duties_included),
    "totalTaxSet": _money(lambda v: v.tax),
    "totalTipReceivedSet": _money(lambda v: v.base.tip),
    "originalTotalDutiesSet": _object("MoneyBag", lambda v: v.base.duties),
    "originalTotalAdditionalFeesSet": _object("MoneyBag", lambda _: None),
    "transactions": _list("OrderTransaction", lambda v: v.payments, "first"),
    # A return-only order has refunds but no sale: the platform's floor is zero.
    "currentTotalPriceSet": _money(lambda v: max(0, v.total - v.refunded)),
    "totalRefundedSet": _money(lambda v: v.refunded),
    "totalDiscountsSet": _money(lambda v: sum(line.discount for line in (*v.items, *v.base.shipping))),
    "customer": _object("Customer", _customer),
    "shippingAddress": _object("MailingAddress", lambda v: v.base.country),
    "lineItems": _connection("LineItem", lambda v: v.items),
    "shippingLines": _connection("ShippingLine", lambda v: v.base.shipping),
    "refunds": _list("Refund", lambda v: v.refunds, "first"),
}
CUSTOMER: dict[str, Field] = {
    "id": _scalar(lambda number: _gid("Customer", number)),
    "legacyResourceId": _scalar(str),
}
ADDRESS: dict[str, Field] = {
    "country": _scalar(lambda country: country),
    "countryCodeV2": _scalar(COUNTRY_CODES.get),
}


def _discounts(line: ShopLine) -> Sequence[int]:
    return (line.discount,) if line.discount else ()


def _taxes(line: ShopLine) -> Sequence[int]:
    return (line.tax,) if line.tax else ()


LINE_ITEM: dict[str, Field] = {
    "id": _scalar(lambda line: _gid("LineItem", line.id)),
    "sku": _scalar(lambda line: line.sku),
    "title": _scalar(lambda line: line.title),
    "name": _scalar(lambda line: line.title),
    "vendor": _scalar(lambda line: line.vendor),
    "requiresShipping": _scalar(lambda line: line.requires_shipping),
    "isGiftCard": _scalar(lambda line: line.is_gift_card),
    "quantity": _scalar(lambda line: line.quantity),
    "originalUnitPriceSet": _money(lambda line: line.unit),
    "discountedUnitPriceSet": _money(lambda line: line.unit),
    "originalTotalSet": _money(lambda line: line.quantity * line.unit),
    "discountedTotalSet": _money(lambda line: line.quantity * line.unit),
    "totalDiscountSet": _money(lambda _: 0),  # discounts of the samples are those of the order
    "discountAllocations": _list("DiscountAllocation", _discounts),
    "taxLines": _list("TaxLine", _taxes),
}


def _shipping_id(line: ShopLine) -> str:
    return _gid("ShippingLine", line.id)


SHIPPING_LINE: dict[str, Field] = {
    "id": _scalar(_shipping_id),
    "title": _scalar(lambda line: line.title),
    "code": _scalar(lambda line: line.sku),
    "originalPriceSet": _money(lambda line: line.total),
    "discountedPriceSet": _money(lambda line: line.paid),
    "discountAllocations": _list("DiscountAllocation", _discounts),
    "taxLines": _list("TaxLine", _taxes),
}


def _refund_lines(refund: ShopRefund) -> list[ShopRefundLine]:
    return refund.lines


def _refund_shipping(refund: ShopRefund) -> list[ShopCharge]:
    return refund.shipping


def _adjustments(refund: ShopRefund) -> list[ShopCharge]:
    return refund.adjustments


REFUND: dict[str, Field] = {
    "id": _scalar(lambda refund: _gid("Refund", refund.id)),
    "legacyResourceId": _scalar(lambda refund: refund.id),
    "createdAt": _scalar(lambda refund: utc_text(refund.created)),
    "processedAt": _scalar(lambda refund: utc_text(refund.created)),
    "updatedAt": _scalar(lambda refund: utc_text(refund.created)),
    "totalRefundedSet": _money(lambda refund: refund.total),
    "duties": _list("RefundDuty", lambda refund: (refund.duties,) if refund.duties else ()),
    "refundLineItems": _connection("RefundLineItem", _refund_lines),
    "refundShippingLines": _connection("RefundShippingLine", _refund_shipping),
    "orderAdjustments": _connection("OrderAdjustment", _adjustments),
}
REFUND_LINE: dict[str, Field] = {
    "id": _scalar(lambda line: _gid("RefundLineItem", line.id)),
    "quantity": _scalar(lambda line: line.quantity),
    "subtotalSet": _money(lambda line: line.subtotal),
    "totalTaxSet": _money(lambda line: line.tax),
    "lineItem": _object("LineItem", lambda line: line.line),
}
SHOP: dict[str, Field] = {
    "name": _scalar(lambda shop: shop.name),
    "ianaTimezone": _scalar(lambda _: ZONE),
    "currencyCode": _scalar(lambda _: CURRENCY),
}
TYPES: dict[str, dict[str, Field]] = {
    "MoneyV2": MONEY,
    "MoneyBag": MONEY_BAG,
    "Order": ORDER,
    "Customer": CUSTOMER,
    "MailingAddress": ADDRESS,
    "LineItem": LINE_ITEM,
    "ShippingLine": SHIPPING_LINE,
    "DiscountAllocation": {"allocatedAmountSet": _money(lambda amount: amount)},
    "TaxLine": {"priceSet": _money(lambda amount: amount)},
    "OrderTransaction": {
        "kind": _scalar(lambda payment: payment.kind),
        "status": _scalar(lambda payment: payment.status),
        "processedAt": _scalar(lambda payment: utc_text(payment.at)),
        "amountSet": _money(lambda payment: payment.amount),
    },
    "Refund": REFUND,
    "RefundLineItem": REFUND_LINE,
    "RefundDuty": {"amountSet": _money(lambda amount: amount)},
    "RefundShippingLine": {
        "id": _scalar(lambda one: _gid("RefundShippingLine", one.id)),
        "subtotalAmountSet": _money(lambda one: one.amount),
        "taxAmountSet": _money(lambda one: one.tax),
    },
    "OrderAdjustment": {
        "id": _scalar(lambda one: _gid("OrderAdjustment", one.id)),
        "amountSet": _money(lambda one: one.amount),
        "taxAmountSet": _money(lambda one: one.tax),
    },
    "Shop": SHOP,
    "Count": {"count": _scalar(lambda pair: pair[0]), "precision": _scalar(lambda pair: pair[1])},
    "PageInfo": {
        name: _scalar(itemgetter(name))
        for name in ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")
    },
}

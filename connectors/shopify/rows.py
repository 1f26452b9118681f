"""What Shopify sends for an order, and the flat order the warehouse reads (shape: README.md).

Only the fields declared here are ever written to disk. Not here: requests.
"""

from collections.abc import Iterator
from decimal import Decimal

from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.fields import CamelRow, Id, Instant, Money
from connectors.kit.contract.strict_json import Json


class ShopAmount(CamelRow):
    """A decimal text with its currency."""

    amount: Money
    currency_code: str


class Bag(CamelRow):
    """An amount in the shop's currency; the buyer's currency is not asked for."""

    shop_money: ShopAmount


class PageInfo(CamelRow):
    """Whether a nested list goes on."""

    has_next_page: bool
    end_cursor: str | None = None


class Allocation(CamelRow):
    """The part of a discount that falls on a line."""

    allocated_amount_set: Bag


class ShopifyLine(CamelRow):
    """A sold line, as sold: refunds and removals do not change it."""

    id: Id
    sku: str | None
    quantity: int
    original_unit_price_set: Bag
    original_total_set: Bag
    discount_allocations: list[Allocation]


class ShopifyLines(CamelRow):
    """The lines of an order."""

    nodes: list[ShopifyLine]
    page_info: PageInfo


class ShippingLine(CamelRow):
    """A shipping charge after discount."""

    id: Id | None
    title: str
    discounted_price_set: Bag


class ShippingLines(CamelRow):
    """The shipping charges of an order."""

    nodes: list[ShippingLine]
    page_info: PageInfo


class LineRef(CamelRow):
    """The order line a refund line points to."""

    id: Id
    sku: str | None = None


class ShopifyRefundLine(CamelRow):
    """A line given back."""

    id: Id | None
    quantity: int
    subtotal_set: Bag
    line_item: LineRef


class RefundLines(CamelRow):
    """The lines of a refund."""

    nodes: list[ShopifyRefundLine]
    page_info: PageInfo


class ShopifyRefund(CamelRow):
    """Money given back."""

    id: Id
    created_at: Instant | None
    processed_at: Instant
    total_refunded_set: Bag
    refund_line_items: RefundLines


class ShopifyCustomer(CamelRow):
    """The buyer: an id, nothing else."""

    id: Id


class Address(CamelRow):
    """The country of delivery, nothing else."""

    country: str | None
    country_code_v2: str | None


class ShopifyOrder(CamelRow):
    """One order with everything that hangs on it."""

    id: Id
    created_at: Instant
    processed_at: Instant
    updated_at: Instant
    cancelled_at: Instant | None
    test: bool
    display_financial_status: str | None = None
    currency_code: str
    total_price_set: Bag
    total_refunded_set: Bag
    customer: ShopifyCustomer | None
    shipping_address: Address | None
    line_items: ShopifyLines
    shipping_lines: ShippingLines
    refunds: list[ShopifyRefund]


def flat_order(order: ShopifyOrder) -> dict[str, Json]:
    """The payload of `raw_shopify_orders`."""
    _require_one_currency(order)
    _require_distinct([line.id for line in order.line_items.nodes])
    _require_distinct([refund.id for refund in order.refunds])
    address = order.shipping_address
    return {
        "id": order.id,
        "created_at": order.created_at,
        "processed_at": order.processed_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "test": order.test,
        "financial_status": order.display_financial_status,
        "currency": order.currency_code,
        "total": order.total_price_set.shop_money.amount,
        "total_refunded": order.total_refunded_set.shop_money.amount,
        "customer_id": order.customer.id if order.customer else None,
        "country_code": address.country_code_v2 if address else None,
        "country": address.country if address else None,
        "line_items": [_line(line) for line in order.line_items.nodes],
        "shipping_lines": [_shipping(line) for line in order.shipping_lines.nodes],
        "refunds": [_refund(refund) for refund in order.refunds],
    }


def _line(line: ShopifyLine) -> dict[str, Json]:
    original = line.original_total_set.shop_money.amount
    # allocations hold discounts of line and order; discountedTotalSet would miss the latter (shopify.dev, object LineItem)
    discount = sum((a.allocated_amount_set.shop_money.amount for a in line.discount_allocations), Decimal(0))
    return {
        "id": line.id,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.original_unit_price_set.shop_money.amount,
        "original_total": original,
        "discount": discount,
        "total": original - discount,
    }


def _shipping(line: ShippingLine) -> dict[str, Json]:
    return {"id": line.id, "title": line.title, "total": line.discounted_price_set.shop_money.amount}


def _refund(refund: ShopifyRefund) -> dict[str, Json]:
    return {
        "id": refund.id,
        "created_at": refund.created_at or refund.processed_at,
        "total": refund.total_refunded_set.shop_money.amount,
        "currency": refund.total_refunded_set.shop_money.currency_code,
        "lines": [_refund_line(refund, line) for line in refund.refund_line_items.nodes],
    }


def _refund_line(refund: ShopifyRefund, line: ShopifyRefundLine) -> dict[str, Json]:
    return {
        # Shopify may send null here: then the refund and the line of the order name it
        "id": line.id or f"{refund.id}/{line.line_item.id}",
        "line_item_id": line.line_item.id,
        "sku": line.line_item.sku,
        "quantity": line.quantity,
        "subtotal": line.subtotal_set.shop_money.amount,
    }


def _amounts(order: ShopifyOrder) -> Iterator[Bag]:
    yield order.total_price_set
    yield order.total_refunded_set
    for line in order.line_items.nodes:
        yield line.original_unit_price_set
        yield line.original_total_set
        yield from (a.allocated_amount_set for a in line.discount_allocations)
    yield from (line.discounted_price_set for line in order.shipping_lines.nodes)
    for refund in order.refunds:
        yield refund.total_refunded_set
        yield from (line.subtotal_set for line in refund.refund_line_items.nodes)


def _require_one_currency(order: ShopifyOrder) -> None:
    if any(bag.shop_money.currency_code != order.currency_code for bag in _amounts(order)):
        raise SchemaDrift("an order mixes currencies in its shop money")


def _require_distinct(ids: list[str]) -> None:
    if len(set(ids)) != len(ids):
        raise Incomplete("an order lists one of its parts twice", may_settle=True)

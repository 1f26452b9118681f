"""What Shopify sends for an order, as the published schema names it.

Only the fields declared here are ever written to disk. Not here: requests (requests.py), what each amount means (flat_orders.py).
"""

from connectors.kit.contract.fields import CamelRow, Id, Instant, Money


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


class TaxLine(CamelRow):
    """One tax of a line."""

    price_set: Bag


class ShopifyLine(CamelRow):
    """A sold line, as sold: refunds and removals do not change it. A tip and a gift card are lines, too."""

    id: Id
    sku: str | None
    title: str
    vendor: str | None
    requires_shipping: bool
    is_gift_card: bool
    quantity: int
    original_total_set: Bag
    discount_allocations: list[Allocation]
    tax_lines: list[TaxLine]


class ShopifyLines(CamelRow):
    """The lines of an order."""

    nodes: list[ShopifyLine]
    page_info: PageInfo


class ShippingLine(CamelRow):
    """A shipping charge after discount."""

    id: Id | None
    title: str
    discounted_price_set: Bag
    tax_lines: list[TaxLine]


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
    total_tax_set: Bag
    line_item: LineRef


class RefundLines(CamelRow):
    """The lines of a refund."""

    nodes: list[ShopifyRefundLine]
    page_info: PageInfo


class RefundShippingLine(CamelRow):
    """Shipping given back."""

    id: Id
    subtotal_amount_set: Bag
    tax_amount_set: Bag


class RefundShippingLines(CamelRow):
    """The shipping of a refund."""

    nodes: list[RefundShippingLine]
    page_info: PageInfo


class OrderAdjustment(CamelRow):
    """By how much a refund differs from its lines: above 0 what the shop kept, below 0 what it gave on top."""

    id: Id
    amount_set: Bag
    tax_amount_set: Bag


class OrderAdjustments(CamelRow):
    """The adjustments of a refund."""

    nodes: list[OrderAdjustment]
    page_info: PageInfo


class RefundDuty(CamelRow):
    """Duty given back."""

    amount_set: Bag


class ShopifyRefund(CamelRow):
    """Goods taken back and money given back; either may stand alone."""

    id: Id
    created_at: Instant | None
    processed_at: Instant
    total_refunded_set: Bag
    duties: list[RefundDuty] | None
    refund_line_items: RefundLines
    refund_shipping_lines: RefundShippingLines
    order_adjustments: OrderAdjustments


class Payment(CamelRow):
    """A movement of money; gift cards and store credit pay by one as cards do."""

    kind: str
    status: str
    processed_at: Instant | None
    amount_set: Bag


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
    display_financial_status: str | None
    currency_code: str
    taxes_included: bool
    duties_included: bool
    total_price_set: Bag
    original_total_price_set: Bag
    total_tax_set: Bag | None
    total_tip_received_set: Bag
    original_total_duties_set: Bag | None
    original_total_additional_fees_set: Bag | None
    total_refunded_set: Bag
    transactions: list[Payment]
    customer: ShopifyCustomer | None
    shipping_address: Address | None
    line_items: ShopifyLines
    shipping_lines: ShippingLines
    refunds: list[ShopifyRefund]

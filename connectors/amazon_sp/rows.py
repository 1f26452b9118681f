"""What Amazon sends, reduced to what is kept, and the flat payloads the warehouse reads (shapes: README.md).

Only the fields declared here are ever written to disk: no buyer, address, city, state, postal code, comment or title. Not here:
requests (the stream modules).
"""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict

from connectors.kit.contract.fields import CamelRow, Id, Instant, Money, Row
from connectors.kit.contract.strict_json import Json


def _whole(value: object) -> int:
    if isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
        # flat files write numbers as text; twelve digits are no number of pieces any more
        value = int(value) if len(value) < 12 else None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("not a whole number")
    return value


def _day(value: object) -> date:
    # the length too: fromisoformat alone also reads 20260301 (docs.python.org/3/library/datetime.html)
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("not a day")
    return date.fromisoformat(value)


Whole = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day)]


def _dashed(name: str) -> str:
    return name.replace("_", "-")


class FlatRow(Row):
    """Base of flat files: column names with dashes, every value text."""

    model_config = ConfigDict(alias_generator=_dashed)


class OrderItem(FlatRow):
    """One line of an order; `line_number` tells apart lines of one SKU in one order (orders.py)."""

    amazon_order_id: Id
    line_number: int
    purchase_date: Instant
    last_updated_date: Instant
    order_status: str
    item_status: str | None
    fulfillment_channel: str | None
    sales_channel: str | None
    ship_service_level: str | None
    sku: Id
    asin: str | None
    quantity: Whole
    currency: str | None
    item_price: Money | None
    # a default means that the column itself may be missing; without one the file must have it (_REQUIRED in orders.py)
    item_tax: Money | None
    shipping_price: Money | None
    shipping_tax: Money | None
    gift_wrap_price: Money | None = None
    gift_wrap_tax: Money | None = None
    item_promotion_discount: Money | None
    ship_promotion_discount: Money | None
    ship_country: str | None = None
    is_business_order: str | None = None

    @property
    def key(self) -> str:
        """Order, number, SKU: order ids and numbers hold no slash."""
        return f"{self.amazon_order_id}/{self.line_number}/{self.sku}"


def flat_order_item(item: OrderItem) -> dict[str, Json]:
    """The payload of `raw_amazon_sp_orders`."""
    return {name: getattr(item, name) for name in OrderItem.model_fields}


class ReturnedItem(FlatRow):
    """One returned unit; `line_number` tells apart equal lines, `currency` is the account's (returns.py)."""

    return_date: Instant
    order_id: Id
    line_number: int
    sku: Id
    asin: str | None = None
    quantity: Whole
    fulfillment_center_id: str | None = None
    detailed_disposition: str | None = None
    reason: str | None
    status: str | None = None
    license_plate_number: str | None
    currency: str

    @property
    def key(self) -> str:
        """Day, order, number of the line within order, SKU and plate."""
        plate = self.license_plate_number or ""
        # the SKU comes last: the seller chose its text, which may hold a slash
        return f"{self.return_date:%Y-%m-%d}/{self.order_id}/{self.line_number}/{plate}/{self.sku}"


def flat_returned_item(item: ReturnedItem) -> dict[str, Json]:
    """The payload of `raw_amazon_sp_returns`."""
    return {name: getattr(item, name) for name in ReturnedItem.model_fields}


class ReservedQuantity(CamelRow):
    """Units that Amazon holds back."""

    total_reserved_quantity: int | None = None


class InventoryDetails(CamelRow):
    """Units by where they are."""

    fulfillable_quantity: int
    inbound_working_quantity: int | None = None
    inbound_shipped_quantity: int | None = None
    inbound_receiving_quantity: int | None = None
    reserved_quantity: ReservedQuantity | None = None


class Stock(CamelRow):
    """Stock of one SKU at the end of `day`, which the question states (stock.py)."""

    day: Day
    seller_sku: Id
    fn_sku: str | None = None
    asin: str | None = None
    condition: str | None = None
    total_quantity: int
    last_updated_time: str | None = None
    inventory_details: InventoryDetails


def flat_stock(stock: Stock) -> dict[str, Json]:
    """The payload of `raw_amazon_sp_fba_inventory`."""
    details = stock.inventory_details
    reserved = details.reserved_quantity
    return {
        "day": stock.day.isoformat(),
        "seller_sku": stock.seller_sku,
        "fn_sku": stock.fn_sku,
        "asin": stock.asin,
        "condition": stock.condition,
        "total_quantity": stock.total_quantity,
        "fulfillable_quantity": details.fulfillable_quantity,
        "inbound_working_quantity": details.inbound_working_quantity,
        "inbound_shipped_quantity": details.inbound_shipped_quantity,
        "inbound_receiving_quantity": details.inbound_receiving_quantity,
        "reserved_quantity": reserved.total_reserved_quantity if reserved else None,
        "last_updated_time": stock.last_updated_time,
    }


class MovedAmount(CamelRow):
    """Money of the finances API."""

    currency_amount: Money
    currency_code: str


class BreakdownLeaf(CamelRow):
    """A part of an amount, two levels deep: Amazon nests charges no deeper than we read them."""

    breakdown_type: str
    breakdown_amount: MovedAmount | None = None


class BreakdownGroup(BreakdownLeaf):
    """An amount with its parts."""

    breakdowns: list[BreakdownLeaf] | None = None


class Breakdown(BreakdownLeaf):
    """An amount with its parts and theirs."""

    breakdowns: list[BreakdownGroup] | None = None


class RelatedIdentifier(CamelRow):
    """An id that a transaction refers to."""

    related_identifier_name: str
    related_identifier_value: str | None = None


class TransactionContext(CamelRow):
    """Which product an item is about."""

    context_type: str
    sku: str | None = None
    asin: str | None = None
    quantity_shipped: int | None = None
    fulfillment_network: str | None = None


class TransactionItem(CamelRow):
    """One item of a transaction."""

    total_amount: MovedAmount | None = None
    breakdowns: list[Breakdown] | None = None
    contexts: list[TransactionContext] | None = None


class MovementMarketplace(CamelRow):
    """Where the transaction happened."""

    marketplace_id: str | None = None
    marketplace_name: str | None = None


class Transaction(CamelRow):
    """One movement of money; `is_ours`: in the account's marketplace, or in none (finances.py)."""

    transaction_id: Id
    transaction_type: str
    transaction_status: str | None = None
    description: str | None = None
    posted_date: Instant
    total_amount: MovedAmount
    marketplace_details: MovementMarketplace | None = None
    related_identifiers: list[RelatedIdentifier] | None = None
    items: list[TransactionItem] | None = None
    is_ours: bool


def flat_transaction(found: Transaction) -> dict[str, Json]:
    """The payload of `raw_amazon_sp_finances`: amounts of each item by the names of their innermost parts."""
    related = {r.related_identifier_name: r.related_identifier_value for r in found.related_identifiers or []}
    return {
        "transaction_id": found.transaction_id,
        "transaction_type": found.transaction_type,
        "transaction_status": found.transaction_status,
        "description": found.description,
        "posted_date": found.posted_date,
        "total": found.total_amount.currency_amount,
        "currency": found.total_amount.currency_code,
        "marketplace_id": found.marketplace_details.marketplace_id if found.marketplace_details else None,
        "is_ours": found.is_ours,
        "order_id": related.get("ORDER_ID"),
        "refund_id": related.get("REFUND_ID"),
        "settlement_id": related.get("SETTLEMENT_ID"),
        "deferred_transaction_id": related.get("DEFERRED_TRANSACTION_ID"),
        "items": [_flat_item(item) for item in found.items or []],
    }


def _flat_item(item: TransactionItem) -> dict[str, Json]:
    # only this kind of context names a product
    product = next((c for c in item.contexts or [] if c.context_type == "ProductContext"), None)
    return {
        "sku": product.sku if product else None,
        "asin": product.asin if product else None,
        "quantity": product.quantity_shipped if product else None,
        "network": product.fulfillment_network if product else None,
        "total": item.total_amount.currency_amount if item.total_amount else None,
        "currency": item.total_amount.currency_code if item.total_amount else None,
        "parts": [{"type": kind, "amount": amount} for kind, amount in _parts(item.breakdowns)],
    }


def _parts(
    found: list[Breakdown] | list[BreakdownGroup] | list[BreakdownLeaf] | None,
) -> list[tuple[str, Json]]:
    """Type and amount of every innermost part, in Amazon's order."""
    parts: list[tuple[str, Json]] = []
    for one in found or []:
        inner = getattr(one, "breakdowns", None)
        # an amount that has parts is their sum: with both, the money would count twice
        if inner:
            parts += _parts(inner)
        elif isinstance(one, Breakdown) and one.breakdown_type == "Tax" and one.breakdown_amount is not None:
            # the tax of the item without its parts; under a fee the same word is the tax of the fee
            parts.append(("OurPriceTax", one.breakdown_amount.currency_amount))
        elif one.breakdown_amount is not None:
            parts.append((one.breakdown_type, one.breakdown_amount.currency_amount))
    return parts

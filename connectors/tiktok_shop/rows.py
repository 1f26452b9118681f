"""What TikTok Shop sends for an order, a return and a livestream, and the payloads of them (shapes: README.md).

Only the fields declared here are ever written to disk: no name, address, mail, message or title. Not here: requests.
"""

from typing import Annotated

from pydantic import BeforeValidator

from connectors.kit.contract.fields import Amount, EpochSeconds, Id, Row
from connectors.kit.contract.strict_json import Json


def _number(value: object) -> object:
    """Counts and instants come as numbers in one version and as text in the next."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _or_never(value: object) -> object:
    # 0 and an empty text stand for an instant that never was
    return None if value in (0, "", "0") else _number(value)


def _or_none(value: object) -> object:
    return None if value == "" else value


Count = Annotated[int, BeforeValidator(_number)]
Epoch = Annotated[EpochSeconds, BeforeValidator(_number)]
MaybeEpoch = Annotated[EpochSeconds | None, BeforeValidator(_or_never)]
MaybeId = Annotated[Id | None, BeforeValidator(_or_none)]


class ItemTax(Row):
    """A tax of one unit."""

    tax_amount: Amount


class TikTokLine(Row):
    """One unit of one SKU: three of a kind are three lines."""

    id: Id
    sku_id: MaybeId = None
    seller_sku: MaybeId = None
    currency: str
    original_price: Amount
    seller_discount: Amount
    platform_discount: Amount
    sale_price: Amount
    display_status: str | None = None
    item_tax: list[ItemTax] | None = None


class TikTokPayment(Row):
    """The order's money: prices before tax in the US, with it in cross-border shops; what the buyer paid is `total_amount`."""

    currency: str
    original_total_product_price: Amount
    seller_discount: Amount
    platform_discount: Amount
    sub_total: Amount
    shipping_fee: Amount | None = None
    total_amount: Amount | None = None
    tax: Amount | None = None
    product_tax: Amount | None = None
    shipping_fee_tax: Amount | None = None
    retail_delivery_fee: Amount | None = None


class Region(Row):
    """Where an order goes, without the address."""

    region_code: str | None = None


class TikTokOrder(Row):
    """One order at its newest state."""

    id: Id
    status: str
    create_time: Epoch
    update_time: Epoch
    paid_time: MaybeEpoch = None
    cancel_time: MaybeEpoch = None
    cancellation_initiator: str | None = None
    is_sample_order: bool = False
    is_replacement_order: bool = False
    user_id: MaybeId = None
    recipient_address: Region | None = None
    payment: TikTokPayment
    line_items: list[TikTokLine]


class RefundAmount(Row):
    """What the buyer gets back."""

    currency: str
    refund_subtotal: Amount
    refund_shipping_fee: Amount | None = None
    refund_tax: Amount | None = None
    refund_total: Amount


class Discount(Row):
    """Discounts that are taken back with the goods."""

    product_platform_discount: Amount | None = None
    product_seller_discount: Amount | None = None


class ReturnLine(Row):
    """One unit that is given back, or for which money is."""

    return_line_item_id: Id
    order_line_item_id: MaybeId = None
    sku_id: MaybeId = None
    seller_sku: MaybeId = None
    refund_amount: RefundAmount | None = None


class TikTokReturn(Row):
    """One return, refund or replacement at its newest state."""

    return_id: Id
    order_id: Id
    return_type: str
    return_status: str
    arbitration_status: str | None = None
    return_reason: str | None = None
    role: str | None = None
    create_time: Epoch
    update_time: Epoch
    refund_amount: RefundAmount | None = None
    discount_amount: list[Discount] | None = None
    return_line_items: list[ReturnLine] | None = None


class Price(Row):
    """An amount with its currency."""

    amount: Amount
    currency: str


class Sales(Row):
    """What a livestream sold."""

    gmv: Price | None = None
    sku_orders: Count | None = None
    customers: Count | None = None


class Interaction(Row):
    """What a livestream reached; only accounts of the shop have it."""

    views: Count | None = None
    viewers: Count | None = None
    comments: Count | None = None
    likes: Count | None = None
    shares: Count | None = None
    new_followers: Count | None = None
    product_impressions: Count | None = None
    product_clicks: Count | None = None
    pcu: Count | None = None
    acu: Count | None = None
    avg_viewing_duration: Amount | None = None


class TikTokLive(Row):
    """One livestream."""

    id: Id
    username: MaybeId = None
    start_time: Epoch
    end_time: MaybeEpoch = None
    sales_performance: Sales | None = None
    interaction_performance: Interaction | None = None


def flat_order(order: TikTokOrder) -> dict[str, Json]:
    """The payload of `raw_tiktok_shop_orders`: the shop's region instead of an address; lists are always there."""
    told = order.model_dump(exclude={"recipient_address"})
    for line in told["line_items"]:
        line["item_tax"] = line["item_tax"] or []
    told["region_code"] = order.recipient_address.region_code if order.recipient_address else None
    return told


def flat_return(given_back: TikTokReturn) -> dict[str, Json]:
    """The payload of `raw_tiktok_shop_returns`; lists are always there."""
    told = given_back.model_dump()
    for name in ("discount_amount", "return_line_items"):
        told[name] = told[name] or []
    return told


def flat_live(live: TikTokLive) -> dict[str, Json]:
    """The payload of `raw_tiktok_shop_lives`: figures side by side, those that were not stated empty."""
    sales = (live.sales_performance or Sales()).model_dump()
    reached = (live.interaction_performance or Interaction()).model_dump()
    gmv = sales.pop("gmv") or {"amount": None, "currency": None}
    told: dict[str, Json] = live.model_dump(include={"id", "username", "start_time", "end_time"})
    return {**told, "gmv": gmv["amount"], "currency": gmv["currency"], **sales, **reached}

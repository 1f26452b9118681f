"""TikTok Shop Partner API: orders, returns and the shop's livestreams.

Belongs here: what TikTok Shop's answers mean and what is asked for. The kit does the rest. See README.md.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.classify import by_status
from connectors.kit.contract.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    SettingWrong,
    Throttled,
    Transient,
)
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Token
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json
from connectors.tiktok_shop.paging import SETTING, Available, PerKind, lives
from connectors.tiktok_shop.rows import Live, Order, Return, began, flat_live, flat_order, flat_return
from connectors.tiktok_shop.signing import AUTH

ORDERS = "/order/202309/orders/search"
RETURNS = "/return_refund/202309/returns/search"
DOCS = "https://partner.tiktokshop.com/docv2/page"
REQUESTS_PER_MINUTE = 60  # ours: the platform allots its limits as it goes
ANALYTICS_PER_MINUTE = 30  # the platform advises 0.2 to 1 a second

_MEANING: dict[int, type[KitError]] = {
    105002: AuthExpired,
    105005: Forbidden,
    106013: SettingWrong,
    36009002: Throttled,
    36009003: Transient,
    36009007: Transient,
    33001002: Transient,
    66007001: Transient,
    98001001: Transient,
}
_OPAQUE = 36009004  # one code for many causes: only its words tell them apart

_ORDER_PERSONAL = (
    *("buyer_email", "buyer_message", "buyer_nickname", "cpf", "cpf_name", "seller_note", "tracking_number"),
    *(
        f"recipient_address.{field}"
        for field in (
            *("name", "first_name", "last_name", "first_name_local_script", "last_name_local_script"),
            *("phone_number", "full_address", "address_detail", "postal_code", "post_town", "district_info"),
            *("address_line1", "address_line2", "address_line3", "address_line4", "delivery_preferences"),
        )
    ),
)
_ORDER_UNUSED = (
    *(
        "cancel_order_sla_time",
        "cancel_reason",
        "collection_due_time",
        "collection_time",
        "commerce_platform",
    ),
    *(
        "delivery_due_time",
        "delivery_option_id",
        "delivery_option_name",
        "delivery_sla_time",
        "delivery_time",
    ),
    *(
        "delivery_type",
        "fulfillment_type",
        "has_updated_recipient_address",
        "is_buyer_request_cancel",
        "is_cod",
    ),
    *("is_exchange_order", "is_on_hold_order", "need_upload_invoice", "order_type", "packages"),
    *("payment_method_name", "request_cancel_time", "rts_sla_time", "rts_time", "shipping_due_time"),
    *("shipping_provider", "shipping_provider_id", "shipping_type", "split_or_combine_tag", "tts_sla_time"),
    *("warehouse_id", "fulfillment_priority_level", "payment.tax", "payment.original_shipping_fee"),
    *(f"payment.shipping_fee_{whose}_discount" for whose in ("seller", "platform", "cofunded")),
    *(
        f"line_items.{field}"
        for field in (
            *("product_id", "product_name", "sku_name", "sku_image", "sku_type", "package_id", "is_gift"),
            *(
                "package_status",
                "rts_time",
                "shipping_provider_id",
                "shipping_provider_name",
                "cancel_reason",
            ),
            *("cancel_user", "tracking_number", "item_tax", "gift_retail_price", "buyer_service_fee"),
        )
    ),
)
_RETURN_PERSONAL = ("return_tracking_number", "return_warehouse_address", "buyer_user_id")
_RETURN_UNUSED = (
    *(
        "can_buyer_keep_item",
        "combined_return_id",
        "handover_method",
        "is_combined_return",
        "is_quick_refund",
    ),
    *("next_return_id", "pre_return_id", "return_method", "return_provider_id", "return_provider_name"),
    *("return_reason_text", "return_shipping_document_type", "seller_next_action_response", "shipment_type"),
    *("shipping_fee_amount", "discount_amount.currency"),
    *(f"discount_amount.shipping_fee_{whose}_discount" for whose in ("seller", "platform")),
    *(f"return_line_items.{field}" for field in ("product_image", "product_name", "sku_name")),
)
_LIVE_UNUSED = (
    *(f"interaction_performance.{field}" for field in ("click_through_rate",)),
    *(
        f"sales_performance.{field}"
        for field in (
            *("24h_live_gmv", "avg_price", "click_to_order_rate", "created_sku_orders", "items_sold"),
            *("different_products_sold", "products_added", "unit_sold"),
        )
    ),
)


def _search(path: str, ask: Ask) -> Request:
    start, end = (int(instant.timestamp()) for instant in (ask.window.start, ask.window.end))
    params = [("page_size", str(ask.page_size)), ("sort_field", "update_time"), ("sort_order", "ASC")]
    if ask.token:
        params.append(("page_token", ask.token))
    span = {"update_time_ge": start, "update_time_lt": end}
    return Request("POST", path, params=tuple(params), json=span)


def _orders(ask: Ask) -> Request:
    return _search(ORDERS, ask)


def _returns(ask: Ask) -> Request:
    return _search(RETURNS, ask)


def _rate(account: AccountSettings) -> Rate:
    return Rate(account.whole_number("requests_per_minute", REQUESTS_PER_MINUTE, most=100_000), seconds=60)


def _analytics_rate(account: AccountSettings) -> Rate:
    return Rate(account.whole_number("analytics_per_minute", ANALYTICS_PER_MINUTE, most=100_000), seconds=60)


class TikTokShop(Connector):
    """A shop, read with the seller's own app."""

    name = "tiktok_shop"
    platform = "tiktok_shop"
    auth = AUTH
    settings = ("app_key", "shop_cipher", "requests_per_minute", "analytics_per_minute")
    headers: ClassVar[Mapping[str, str]] = {"Content-Type": "application/json"}
    streams = (
        Stream(
            name="orders",
            model=Order,
            key=lambda order: order.id,
            day=lambda order: order.create_time,
            version=lambda order: order.update_time,
            payload=flat_order,
            feeds=("order_line",),
            request=_orders,
            pager=Token("data.next_page_token"),
            records="data.orders",
            cursor_kind="time",
            lookback=timedelta(hours=1),
            lookback_reason="the search follows the orders with a delay that the platform does not state",
            lag=timedelta(minutes=2),
            limit="{shop_id}",
            rate=_rate,
            proof=Total("data.total_count"),
            finality_days=30,
            pii=_ORDER_PERSONAL,
            hashed=("user_id",),
            unused=_ORDER_UNUSED,
            docs=f"{DOCS}/get-order-list-202309",
            page_size=("page_size", 50, 100),
            prepare=lambda body: _list_of_none(body, "orders"),
        ),
        Stream(
            name="returns",
            model=Return,
            key=lambda row: row.return_id,
            day=lambda row: row.create_time,
            version=lambda row: row.update_time,
            payload=flat_return,
            feeds=("refund",),
            request=_returns,
            pager=Token("data.next_page_token"),
            records="data.return_orders",
            cursor_kind="time",
            max_window_days=7,
            lookback=timedelta(hours=1),
            lookback_reason="the search follows the returns with a delay that the platform does not state",
            lag=timedelta(minutes=2),
            limit="{shop_id}",
            rate=_rate,
            proof=Total("data.total_count"),
            finality_days=30,
            pii=_RETURN_PERSONAL,
            unused=_RETURN_UNUSED,
            docs=f"{DOCS}/search-returns-202309",
            page_size=("return_page_size", 50, 50),
            prepare=lambda body: _list_of_none(body, "return_orders"),
        ),
        Stream(
            name="lives",
            model=Live,
            key=lambda live: live.id,
            day=began,
            payload=flat_live,
            feeds=("live_session",),
            request=lives,
            pager=PerKind(),
            records="data.live_stream_sessions",
            cursor_kind="day",
            lookback=timedelta(days=7),
            lookback_reason="figures come about two days late and are attributed anew for some days",
            lag=timedelta(hours=1),
            limit="{shop_id}/analytics",
            rate=_analytics_rate,
            proof=Available(),
            finality_days=9,
            pii=("title",),
            unused=_LIVE_UNUSED,
            docs=f"{DOCS}/get-shop-live-performance-list-202509",
            page_size=("live_page_size", 100, 100),
            shaping_settings=(SETTING,),
            prepare=lambda body: _list_of_none(body, "live_stream_sessions"),
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """The body's code says what happened, whatever the status."""
        code = body.get("code") if isinstance(body, dict) else None
        if not isinstance(code, int) or isinstance(code, bool):
            return by_status(status) or (None if body is None else SchemaDrift("the answer names no code"))
        if code == 0:
            data = body.get("data")
            return by_status(status) or (
                None if isinstance(data, dict) else SchemaDrift("the answer has no data")
            )
        return _trouble(status, code, body)("TikTok Shop answered with an error", actual=f"code {code}")


def _list_of_none(body: Json, name: str) -> None:
    """An empty answer may leave its list out; a filled one may not."""
    if body["data"]["total_count"] == 0:
        body["data"].setdefault(name, [])


def _trouble(status: int, code: int, body: Json) -> type[KitError]:
    if code in _MEANING:
        return _MEANING[code]
    if code == _OPAQUE:
        words = str(body.get("message", "")).lower()
        if "sign" in words:
            return AuthRevoked
        return AuthExpired if "token" in words or "credential" in words else BadRequest
    found = by_status(status)
    if found is not None:
        return type(found)
    return AuthExpired if 105000 <= code < 106000 else BadRequest

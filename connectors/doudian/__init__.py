"""抖店 (Douyin shop): orders with the livestream and the 达人 that sold them, and after-sales requests.

Belongs here: which streams there are and why each is complete. Not here: what is asked (requests.py), signature and token
(signing.py), records (rows.py), what answers mean (errors.py). See README.md.
"""

from collections.abc import Mapping
from datetime import timedelta

from connectors.doudian import requests
from connectors.doudian.errors import trouble
from connectors.doudian.rows import AfterSale, Order, flat_after_sale, flat_order
from connectors.doudian.signing import SHOP_TOKENS
from connectors.doudian.unused import OF_ORDERS, OF_REFUNDS
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.pagers import Descending
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json

_DOCS = "https://op.jinritemai.com/docs/api-docs/{0}"
_RECEIVER = tuple(
    f"{place}{name}"
    for place in ("", "sku_order_list.")
    for name in (
        *("post_tel", "post_receiver", "post_addr", "encrypt_post_tel", "encrypt_post_receiver"),
        *("mask_post_tel", "mask_post_receiver", "mask_post_addr", "account_list", "contract_info"),
    )
)


class Doudian(Connector):
    """A 抖店, read with an app's key and secret and the shop's refresh token."""

    name = "doudian"
    platform = "doudian"
    auth = SHOP_TOKENS
    settings = ("app_key", "requests_per_minute")
    streams = (
        Stream(
            name="orders",
            model=Order,
            key=lambda order: order.order_id,
            day=lambda order: order.create_time,
            version=lambda order: order.update_time,
            payload=flat_order,
            feeds=("order_line",),
            request=requests.orders,
            pager=Descending("data.total", first=0),
            records="data.shop_order_list",
            cursor_kind="time",
            lookback=timedelta(days=1),
            lookback_reason="orders reach the search late by an unknown time: the day before is read once more",
            limit="{shop_id}",
            rate=requests.rate,
            proof=Total("data.total", may_leave=True),
            finality_days=30,
            pii=(*_RECEIVER, "buyer_words", "seller_words", "user_id_info", "open_id", "user_coordinate"),
            hashed=("doudian_open_id",),
            unused=OF_ORDERS,
            docs=_DOCS.format("15/1342"),
            page_size=("page_size", 100, 100),
        ),
        Stream(
            name="refunds",
            model=AfterSale,
            key=lambda request: request.aftersale_info.aftersale_id,
            day=lambda request: request.aftersale_info.create_time,
            version=lambda request: request.changed,
            payload=flat_after_sale,
            feeds=("refund",),
            request=requests.refunds,
            pager=Descending("data.total", first=0),
            records="data.items",
            cursor_kind="time",
            lookback=timedelta(days=1),
            lookback_reason="requests reach the search late by an unknown time: the day before is read once more",
            limit="{shop_id}",
            rate=requests.rate,
            proof=Total("data.total", may_leave=True),
            finality_days=30,
            pii=("aftersale_info.remark", "seller_logs", "aftersale_info.return_logistics_code"),
            unused=OF_REFUNDS,
            docs=_DOCS.format("17/1295"),
            page_size=("page_size", 100, 100),
            follow_up=requests.subsidy,
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """抖店 reports its troubles inside HTTP 200."""
        return trouble(status, body)

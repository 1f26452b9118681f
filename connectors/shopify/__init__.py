"""Shopify Admin GraphQL 2026-10: orders with lines, shipping, discounts and refunds.

Belongs here: the stream, its variants, and why a window is whole. Not here: what is asked for (requests.py, follow_ups.py,
reports.py), what answers mean (errors.py), what is read and kept of an order (rows.py, flat_orders.py). See README.md.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from connectors.kit.contract.auth import HeaderToken
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError, SettingWrong
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.pagers import Connection
from connectors.kit.contract.proofs import Count, Every, Flag, SameBooks
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import Bucket, Rate
from connectors.kit.contract.stream import ByChange, ByDay, Paged, Record, Reported, Stream
from connectors.shopify import requests
from connectors.shopify.errors import trouble
from connectors.shopify.flat_orders import flat_order
from connectors.shopify.follow_ups import rest_of_bulk_order, rest_of_order
from connectors.shopify.reports import BULK, BULK_PROOF
from connectors.shopify.rows import ShopifyOrder

MOST_POINTS = 1_000  # what one query may cost: shopify.dev/docs/api/usage/limits
REREAD_DAYS = 60  # as far back as an app sees orders without the scope read_all_orders: shopify.dev/docs/api/usage/access-scopes
# Shopify stops at 25,000 objects in one connection: shopify.dev/docs/api/usage/pagination-graphql
DEEP_PAGING_PAGES = 25_000 // requests.PAGE_SIZE
BULK_RECORDS = 10_000  # a bulk operation costs the same for any number of orders: its windows are split late
FIELDS = field_lists(__file__)["orders"]
SAME_BOOKS = SameBooks(
    requests.shop,
    path_tree({"data.shop.ianaTimezone": None, "data.shop.currencyCode": None}),
    requests.books,
)


def _variant(stream: Stream[ShopifyOrder], settings: Mapping[str, str]) -> Stream[ShopifyOrder]:
    """The same orders in another way: settings `bulk: true`, `orders_by: created` and `reread_days`."""
    bulk, by = settings.get("bulk", "false"), settings.get("orders_by", "updated")
    days = settings.get("reread_days", str(REREAD_DAYS))
    if bulk not in ("true", "false") or by not in ("updated", "created"):
        raise SettingWrong("bulk is true or false, orders_by is updated or created")
    # isdigit alone also takes ² and the digits of other scripts
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= 366):
        raise SettingWrong("setting reread_days must be a whole number from 1 to 366")
    if bulk == "true":
        stream = replace(
            stream,
            windows=replace(CHANGED, max_window_days=1, max_window_records=BULK_RECORDS),
            read=Reported(report=BULK, follow_up=rest_of_bulk_order),
            proof=Every(BULK_PROOF, SAME_BOOKS),
        )
    if by == "created":
        stream = replace(
            stream,
            windows=ByDay(
                lookback=timedelta(days=int(days)),
                lookback_reason="a deleted order is only seen to be missing; refunds come for weeks",
            ),
            finality_days=max(int(days), stream.finality_days),
        )
    return stream


CHANGED: ByChange[ShopifyOrder] = ByChange(
    version=lambda order: order.updated_at,
    max_window_days=7,
    lookback=timedelta(hours=2),
    lookback_reason="the search index follows the orders with a delay that Shopify does not state",
)
ORDERS: Stream[ShopifyOrder] = Stream(
    name="orders",
    feeds=("order_line", "refund"),
    windows=CHANGED,
    read=Paged(
        request=requests.orders,
        pager=Connection("data.orders", page_cap=DEEP_PAGING_PAGES),
        records="data.orders.nodes",
        page_size=PageSize(default=requests.PAGE_SIZE, most=requests.MOST),
        follow_up=rest_of_order,
    ),
    record=Record(
        model=ShopifyOrder,
        key=lambda order: order.id,
        day=lambda order: order.created_at,
        payload=flat_order,
        pii=FIELDS.personal,
    ),
    proof=Every(
        Flag("data.orders.pageInfo.hasNextPage", expected=False),
        Count(requests.count, "data.ordersCount.count", exact=("data.ordersCount.precision", "EXACT")),
        SAME_BOOKS,
    ),
    limit="{shop_id}",
    rate=lambda _: Rate(100, seconds=1),  # points of the smallest plan; learned from every answer
    finality_days=30,
    docs=FIELDS.docs,
    shaping_settings=("refund_page_size", "bulk", "orders_by"),
    variant=_variant,
)


class Shopify(Connector):
    """A Shopify shop, read with a custom app's access token (scope read_orders)."""

    name = "shopify"
    platform = "shopify"
    auth = HeaderToken("X-Shopify-Access-Token")
    settings = ("reread_days", "line_page_size", "more_page_size")
    streams = (ORDERS,)

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """Shopify reports most troubles inside HTTP 200."""
        return trouble(answer)

    def learn(self, bucket: Bucket, now: float, answer: HttpAnswer) -> None:
        """Every answer tells the points that are left."""
        try:
            cost = answer.body["extensions"]["cost"]
            left, asked = cost["throttleStatus"], cost["requestedQueryCost"]
            names = ("currentlyAvailable", "maximumAvailable", "restoreRate")
            numbers = [left[name] for name in names]
        # an answer that tells no cost (an error, a gateway's page) teaches nothing
        except (KeyError, TypeError):
            return
        if all(isinstance(n, int | Decimal) for n in (*numbers, asked)):
            available, capacity, per_second = map(float, numbers)
            # the next query may be another, dearer one than the one just answered: reckon with the dearest
            dearest = float(max(asked, MOST_POINTS))
            bucket.learn(now, available=available, capacity=capacity, per_second=per_second, cost=dearest)

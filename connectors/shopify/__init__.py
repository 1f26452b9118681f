"""Shopify Admin GraphQL 2026-10: orders with lines, shipping, discounts and refunds.

Belongs here: what Shopify's answers mean and what is asked for. The kit does the rest. See README.md.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.auth import HeaderToken
from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.errors import (
    BadRequest,
    Forbidden,
    Incomplete,
    KitError,
    PageTooLarge,
    SchemaDrift,
    SettingWrong,
    Throttled,
    Transient,
)
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Connection, connection_next
from connectors.kit.contract.proofs import Count, Every, Flag, SameBooks
from connectors.kit.contract.redact import Tree, model_tree, path_tree
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.request_budget import Bucket, Rate
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window
from connectors.shopify.reports import BULK, BULK_PROOF, bulk_trouble, rest_of_bulk_order
from connectors.shopify.requests import (
    ORDER_LINES,
    ORDER_REFUNDS,
    ORDERS,
    ORDERS_COUNT,
    REFUND_LINES,
    SHOP,
    graphql,
    search,
    sorted_by,
)
from connectors.shopify.rows import LineItems, Order, Refund, RefundLines, flat_order

# Shopify refuses a query that could cost more than 1,000 points: objects count 1, connections their size, nested ones multiply
# (shopify.dev, API limits, read 2026-11). The defaults stay below; what does not fit is fetched by follow-ups of one order.
PAGE_SIZE = 7
LINE_PAGE_SIZE = 10
REFUND_PAGE_SIZE = 2
REFUND_LINE_PAGE_SIZE = 2
MORE_LINES = 100
MOST_POINTS = 1_000
MOST_REFUNDS = 30
REREAD_DAYS = 60  # as far back as an app sees orders without read_all_orders
DEEP_PAGING_PAGES = 25_000 // PAGE_SIZE  # Shopify stops at 25,000 objects in one connection

_CODES: dict[str, type[KitError]] = {
    "THROTTLED": Throttled,
    "MAX_COST_EXCEEDED": PageTooLarge,
    "ACCESS_DENIED": Forbidden,
    "SHOP_INACTIVE": Forbidden,
    "INTERNAL_SERVER_ERROR": Transient,
    "TIMEOUT": Transient,
}
_PERSONAL = (
    *(
        "name",
        "email",
        "phone",
        "note",
        "clientIp",
        "billingAddress",
        "statusPageUrl",
        "customAttributes",
        "tags",
    ),
    *(
        f"customer.{field}"
        for field in ("firstName", "lastName", "displayName", "email", "phone", "defaultAddress")
    ),
    *(
        f"shippingAddress.{field}"
        for field in ("name", "firstName", "lastName", "company", "address1", "address2")
    ),
    *(f"shippingAddress.{field}" for field in ("city", "zip", "province", "phone", "latitude", "longitude")),
)


def _line_page(account: AccountSettings) -> int:
    return account.whole_number("line_page_size", LINE_PAGE_SIZE, most=250)


def _refund_page(account: AccountSettings) -> int:
    return account.whole_number("refund_page_size", REFUND_PAGE_SIZE, most=250)


def _orders(ask: Ask) -> Request:
    declared = ask.account.whole_number("page_size", PAGE_SIZE, most=250)
    # a page that costs too much is too large in both directions; shorter line pages mean more follow-ups
    lines = max(1, _line_page(ask.account) * min(ask.page_size, declared) // declared)
    variables = {
        "query": search(ask.account.settings, ask.window),
        "first": ask.page_size,
        "sort": sorted_by(ask.account.settings).upper(),
        "after": ask.token,
        "lines": lines,
        "refunds": _refund_page(ask.account),
        "refundLines": REFUND_LINE_PAGE_SIZE,
    }
    return graphql("Orders", ORDERS, variables)


def _count(account: AccountSettings, window: Window) -> Request:
    return graphql("OrdersCount", ORDERS_COUNT, {"query": search(account.settings, window)})


def _shop(account: AccountSettings, window: Window) -> Request:  # noqa: ARG001 - the kit passes both
    return graphql("Shop", SHOP, {})


def _books(body: Json) -> tuple[str, str]:
    shop = dig(body, "data.shop")
    return dig(shop, "ianaTimezone"), dig(shop, "currencyCode")


SAME_BOOKS = SameBooks(
    _shop, path_tree({"data.shop.ianaTimezone": None, "data.shop.currencyCode": None}), _books
)


def _rest_of_order(order: Json, account: AccountSettings) -> FollowUp | None:
    if connection_next(order["shippingLines"]) is not None:
        raise Incomplete("an order has more than 3 shipping lines")
    # `refunds` is a plain list without a next page: a full one may have been cut, so it is asked for alone
    if len(order["refunds"]) >= _refund_page(account) and not order.get("refundsWhole"):
        return _all_refunds(order)
    first = account.whole_number("more_page_size", MORE_LINES, most=250)
    lines = _continue(
        order,
        "lineItems",
        first=first,
        root="order",
        query=("OrderLines", ORDER_LINES),
        tree=model_tree(LineItems),
    )
    if lines is not None:
        return lines
    for refund in order["refunds"]:
        query = ("RefundLines", REFUND_LINES)
        rest = _continue(
            refund, "refundLineItems", first=first, root="refund", query=query, tree=model_tree(RefundLines)
        )
        if rest is not None:
            return rest
    return None


def _all_refunds(order: Json) -> FollowUp:
    def merge(body: Json) -> None:
        found = _same(body, "order", order)
        if len(dig(found, "refunds")) >= MOST_REFUNDS:
            raise Incomplete(f"an order has {MOST_REFUNDS} refunds or more", actual=order["id"])
        order["refunds"], order["refundsWhole"] = found["refunds"], True

    variables = {"id": order["id"], "refunds": MOST_REFUNDS, "refundLines": REFUND_LINE_PAGE_SIZE}
    keep = path_tree({"data.order.id": None, "data.order.refunds": model_tree(Refund)})
    return FollowUp(graphql("OrderRefunds", ORDER_REFUNDS, variables), keep, f"{order['id']}/refunds", merge)


def _same(body: Json, root: str, owner: Json) -> Json:
    found = dig(body, f"data.{root}")
    if found is None or found.get("id") != owner["id"]:
        raise Incomplete("an order disappeared while it was read", may_settle=True)
    return found


def _continue(
    owner: Json, field: str, *, first: int, root: str, query: tuple[str, str], tree: Tree
) -> FollowUp | None:
    after = connection_next(owner[field])
    if after is None:
        return None

    def merge(body: Json) -> None:
        more = dig(_same(body, root, owner), field)
        owner[field] = {"nodes": owner[field]["nodes"] + more["nodes"], "pageInfo": more["pageInfo"]}

    variables = {"id": owner["id"], "first": first, "after": after}
    keep = path_tree({f"data.{root}.id": None, f"data.{root}.{field}": tree})
    return FollowUp(graphql(query[0], query[1], variables), keep, f"{owner['id']}/{after}", merge)


def _variant(stream: Stream[Order], settings: Mapping[str, str]) -> Stream[Order]:
    """The same orders in another way: settings `bulk: true`, `orders_by: created` and `reread_days`."""
    bulk, by = settings.get("bulk", "false"), settings.get("orders_by", "updated")
    days = settings.get("reread_days", str(REREAD_DAYS))
    if bulk not in ("true", "false") or by not in ("updated", "created"):
        raise SettingWrong("bulk is true or false, orders_by is updated or created")
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= 366):
        raise SettingWrong("setting reread_days must be a whole number from 1 to 366")
    if bulk == "true":
        stream = replace(
            stream,
            request=None,
            pager=None,
            report=BULK,
            records="rows",
            max_window_days=1,
            max_window_records=10_000,
            proof=Every(BULK_PROOF, SAME_BOOKS),
            follow_up=rest_of_bulk_order,
        )
    if by == "created":
        stream = replace(
            stream,
            cursor_kind="day",
            version=None,
            max_window_days=1,
            lookback=timedelta(days=int(days)),
            lookback_reason="a deleted order is only seen to be missing; refunds come for weeks",
            finality_days=max(int(days), stream.finality_days),
        )
    return stream


ORDERS_STREAM: Stream[Order] = Stream(
    name="orders",
    model=Order,
    key=lambda order: order.id,
    day=lambda order: order.created_at,
    version=lambda order: order.updated_at,
    payload=flat_order,
    feeds=("order_line", "refund"),
    request=_orders,
    pager=Connection("data.orders", page_cap=DEEP_PAGING_PAGES),
    records="data.orders.nodes",
    cursor_kind="time",
    max_window_days=7,
    lookback=timedelta(hours=2),
    lookback_reason="the search index follows the orders with a delay that Shopify does not state",
    lag=timedelta(minutes=1),
    limit="{shop_id}",
    rate=lambda _: Rate(100, seconds=1),  # points of the smallest plan; learned from every answer
    proof=Every(
        Flag("data.orders.pageInfo.hasNextPage", expected=False),
        Count(_count, "data.ordersCount.count", exact=("data.ordersCount.precision", "EXACT")),
        SAME_BOOKS,
    ),
    finality_days=30,
    pii=_PERSONAL,
    docs="https://shopify.dev/docs/api/admin-graphql/2026-10/queries/orders",
    page_size=("page_size", PAGE_SIZE, 250),
    shaping_settings=("refund_page_size", "bulk", "orders_by"),
    follow_up=_rest_of_order,
    variant=_variant,
)


class Shopify(Connector):
    """A Shopify shop, read with a custom app's access token (scope read_orders)."""

    name = "shopify"
    platform = "shopify"
    auth = HeaderToken("X-Shopify-Access-Token")
    settings = ("reread_days", "line_page_size", "more_page_size")
    streams = (ORDERS_STREAM,)

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """Shopify reports most troubles inside HTTP 200."""
        trouble = by_status(status) or error_document(body)
        if trouble is not None or body is None:
            return trouble
        errors = body.get("errors")
        if errors:
            return _graphql_trouble(errors)
        if not isinstance(body.get("data"), dict):
            return SchemaDrift("the answer has neither data nor errors")
        return bulk_trouble(body["data"])

    def learn(self, bucket: Bucket, now: float, headers: Mapping[str, str], body: Json) -> None:  # noqa: ARG002
        """Every answer tells the points that are left."""
        try:
            cost = body["extensions"]["cost"]
            left, asked = cost["throttleStatus"], cost["requestedQueryCost"]
            names = ("currentlyAvailable", "maximumAvailable", "restoreRate")
            numbers = [left[name] for name in names]
        except (KeyError, TypeError):
            return
        if all(isinstance(n, int | Decimal) for n in (*numbers, asked)):
            available, capacity, per_second = map(float, numbers)
            # the next query may be another, dearer one than the one just answered: reckon with the dearest
            cost = float(max(asked, MOST_POINTS))
            bucket.learn(now, available=available, capacity=capacity, per_second=per_second, cost=cost)


def _graphql_trouble(errors: Json) -> KitError:
    if not isinstance(errors, list):
        return Transient("the platform sent an error text instead of data")
    codes = [_code(error) for error in errors]
    for code, trouble in _CODES.items():
        if code in codes:
            return trouble("Shopify answered with an error", actual=code)
    return BadRequest("Shopify refuses the query", actual=next((c for c in codes if c), "no code"))


def _code(error: Json) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) and code.isascii() and code.isidentifier() and len(code) < 60 else ""

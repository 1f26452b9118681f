"""What Shopify is asked for: the GraphQL documents of requests.graphql with their variables.

Not here: what a record or a page still needs (follow_ups.py), the life of a bulk operation (reports.py).
"""

import re
from collections.abc import Mapping
from pathlib import Path

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.kit.contract.windows import Window, iso

PATH = "/admin/api/2026-10/graphql.json"
_FILE = Path(__file__).with_name("requests.graphql")
# `## Name: purpose` heads a document, which ends before the next head or with the file
_NAMED = re.compile(r"^## (\w+): [^\n]*\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
DOCUMENTS: Mapping[str, str] = {
    name: document.strip() for name, document in _NAMED.findall(_FILE.read_text(encoding="utf-8"))
}

# Shopify refuses a query that could cost more than 1,000 points: objects count 1, connections their size, nested ones multiply
# (shopify.dev/docs/api/usage/limits, read 2026-11). The defaults stay below; what does not fit is fetched by follow-ups of one
# order.
PAGE_SIZE = 5
LINE_PAGE_SIZE = 8
REFUND_PAGE_SIZE = 2
REFUND_LINE_PAGE_SIZE = 2
PAYMENTS = 3  # of an order, with it: an authorisation and its capture, or two cards
MORE_LINES = 100  # of one order or refund, asked for alone
MOST = 250  # the most that a connection serves: shopify.dev/docs/api/usage/pagination-graphql


def graphql(name: str, variables: dict[str, Json]) -> Request:
    """One POST to the GraphQL endpoint, of the document called `name`."""
    body = {"operationName": name, "query": DOCUMENTS[name], "variables": variables}
    return Request("POST", PATH, json=body)


def sorted_by(settings: Mapping[str, str]) -> str:
    """By which instant orders are asked for: that of the last change, or that of their making."""
    return "created_at" if settings.get("orders_by") == "created" else "updated_at"


def search(settings: Mapping[str, str], window: Window) -> str:
    """The orders of a window in Shopify's search syntax."""
    field = sorted_by(settings)
    # half-open: an order of exactly the end belongs to the next window
    return f"{field}:>='{iso(window.start)}' {field}:<'{iso(window.end)}'"


def orders(query: PageQuery) -> Request:
    """A page of the window's orders."""
    settings, account = query.account.settings, query.account
    declared = account.whole_number("page_size", PAGE_SIZE, most=MOST)
    # a page that costs too much is too large in both directions; shorter line pages mean more follow-ups
    lines = account.whole_number("line_page_size", LINE_PAGE_SIZE, most=MOST)
    variables = {
        "query": search(settings, query.window),
        "first": query.page_size,
        "sort": sorted_by(settings).upper(),
        "after": query.token,
        "lines": max(1, lines * min(query.page_size, declared) // declared),
        "refunds": refund_page(account),
        "refundLines": REFUND_LINE_PAGE_SIZE,
    }
    return graphql("Orders", variables)


def refund_page(account: AccountSettings) -> int:
    """Refunds of an order that come with it."""
    return account.whole_number("refund_page_size", REFUND_PAGE_SIZE, most=MOST)


def more_page(account: AccountSettings) -> int:
    """Lines of an order or refund that are asked for alone."""
    return account.whole_number("more_page_size", MORE_LINES, most=MOST)


def count(account: AccountSettings, window: Window) -> Request:
    """How many orders the window holds."""
    return graphql("OrdersCount", {"query": search(account.settings, window)})


def shop(_account: AccountSettings, _window: Window) -> Request:
    """Zone and currency of the shop."""
    return graphql("Shop", {})


def books(body: Json) -> tuple[str, str]:
    """Zone and currency in the answer to `shop`."""
    found = dig(body, "data.shop")
    return dig(found, "ianaTimezone"), dig(found, "currencyCode")


def bulk_orders(query: PageQuery) -> str:
    """The query that a bulk operation runs; it takes no variables."""
    return DOCUMENTS["BulkOrders"].replace("SEARCH", dumps(search(query.account.settings, query.window)))

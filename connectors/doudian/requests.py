"""The calls of 抖店 that are made. Not here: signature and access token (signing.py), the detail of a refund (follow_ups.py)."""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Limit, per_minute
from connectors.kit.contract.strict_json import Json

ORDERS, REFUNDS, DETAIL = "/order/searchList", "/afterSale/List", "/afterSale/Detail"
REQUESTS_PER_MINUTE = 300  # our own choice: limits per interface stand in the app's console only
rate = per_minute(REQUESTS_PER_MINUTE)


def call(account: AccountSettings, path: str, asked: dict[str, Json]) -> Request:
    """One call; all shops and interfaces of one app share a budget, so that a wish for a pause holds for all of them."""
    app = account.settings.get("app_key", "")  # a replay knows no settings and sends nothing
    return Request("POST", path, json=asked, limit=Limit(f"doudian/app-{app}", rate(account)))


def orders(query: PageQuery) -> Request:
    """Orders by modification; the pager walks from the last page to the first."""
    asked: dict[str, Json] = {
        "update_time_start": int(query.window.start.timestamp()),
        "update_time_end": int(query.window.end.timestamp()),
        "order_by": "update_time",
        "order_asc": True,
        "page": int(query.token or 0),
        "size": query.page_size,
    }
    return call(query.account, ORDERS, asked)


def refunds(query: PageQuery) -> Request:
    """After-sales requests by modification."""
    asked: dict[str, Json] = {
        "update_start_time": int(query.window.start.timestamp()),
        "update_end_time": int(query.window.end.timestamp()),
        # a list with the direction in it: the search of orders takes two fields instead
        "order_by": ["update_time asc"],
        # the first page is 0, as the pager counts too (Descending, first=0)
        "page": int(query.token or 0),
        "size": query.page_size,
    }
    return call(query.account, REFUNDS, asked)

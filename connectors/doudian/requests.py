"""The calls of 抖店 that are made.

Not here: signature and access token (signing.py).
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.request_budget import Limit, Rate
from connectors.kit.contract.strict_json import Json, dig

ORDERS, REFUNDS, DETAIL = "/order/searchList", "/afterSale/List", "/afterSale/Detail"
REQUESTS_PER_MINUTE = 300  # our own choice: limits per interface stand in the app's console only
GIVEN_BACK = (3, 5)  # refund_status: paid out, or collected from the shop after the platform had paid
_FOUND = "data.process_info.after_sale_info"
_PARTS = ("platform_discount_return_amount", "kol_discount_return_amount")


def rate(account: AccountSettings) -> Rate:
    """The request budget of the app."""
    return Rate(account.whole_number("requests_per_minute", REQUESTS_PER_MINUTE, most=100_000), seconds=60)


def call(account: AccountSettings, path: str, asked: dict[str, Json]) -> Request:
    """One call; all shops and interfaces of one app share a budget, so that a wish for a pause holds for all of them."""
    app = account.settings.get("app_key", "")  # a replay knows no settings and sends nothing
    return Request("POST", path, json=asked, limit=Limit(f"doudian/app-{app}", rate(account)))


def orders(ask: Ask) -> Request:
    """Orders by modification; the pager walks from the last page to the first."""
    asked: dict[str, Json] = {
        "update_time_start": int(ask.window.start.timestamp()),
        "update_time_end": int(ask.window.end.timestamp()),
        "order_by": "update_time",
        "order_asc": True,
        "page": int(ask.token or 0),
        "size": ask.page_size,
    }
    return call(ask.account, ORDERS, asked)


def refunds(ask: Ask) -> Request:
    """After-sales requests by modification."""
    asked: dict[str, Json] = {
        "update_start_time": int(ask.window.start.timestamp()),
        "update_end_time": int(ask.window.end.timestamp()),
        "order_by": ["update_time asc"],
        "page": int(ask.token or 0),
        "size": ask.page_size,
    }
    return call(ask.account, REFUNDS, asked)


def subsidy(request: Json, account: AccountSettings) -> FollowUp | None:
    """Who bore a returned discount: only the detail tells, and only where one was returned it matters."""
    info = request["aftersale_info"]
    is_needed = info["refund_status"] in GIVEN_BACK and info.get("return_promotion_amount")
    if not is_needed or request.get("subsidy") is not None:
        return None
    key = info["aftersale_id"]
    if not isinstance(key, str) or not key.isdigit():
        raise SchemaDrift("an after-sales request has no id")

    def merge(body: Json) -> None:
        found = dig(body, _FOUND)
        if str(dig(found, "after_sale_id")) != key:
            raise Incomplete("the detail is of another after-sales request", may_settle=True)
        request["subsidy"] = {name: dig(found, name) for name in _PARTS}

    keep = path_tree({f"{_FOUND}.{name}": None for name in ("after_sale_id", *_PARTS)})
    return FollowUp(call(account, DETAIL, {"after_sale_id": key}), keep, key, merge)

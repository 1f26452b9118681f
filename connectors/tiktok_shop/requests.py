"""What TikTok Shop is asked for, and the empty lists that its answers leave out.

Not here: signature and token (signing.py), which livestreams come on which page (paging.py).
"""

from collections.abc import Callable
from datetime import timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import Window, first_day, last_day
from connectors.tiktok_shop.paging import kinds, place

ORDERS = "/order/202309/orders/search"
RETURNS = "/return_refund/202309/returns/search"
LIVES = "/analytics/202509/shop_lives/performance"


def _search(path: str, query: PageQuery) -> Request:
    start, end = (int(instant.timestamp()) for instant in (query.window.start, query.window.end))
    params = [("page_size", str(query.page_size)), ("sort_field", "update_time"), ("sort_order", "ASC")]
    if query.token:
        params.append(("page_token", query.token))
    # half-open: a change at exactly the end belongs to the next window
    span = {"update_time_ge": start, "update_time_lt": end}
    return Request("POST", path, params=tuple(params), json=span)


def orders(query: PageQuery) -> Request:
    """A page of orders by modification."""
    return _search(ORDERS, query)


def returns(query: PageQuery) -> Request:
    """A page of returns by modification."""
    return _search(RETURNS, query)


def lives_page(account: AccountSettings, window: Window, kind: str, *, token: str = "", size: int) -> Request:
    """One page of one kind of account."""
    # the end is not included (`end_date_lt`): the day after the last one is named
    end = last_day(window, account.tz) + timedelta(days=1)
    params = [
        ("account_type", kind),
        ("currency", "LOCAL"),
        ("end_date_lt", end.isoformat()),
        ("page_size", str(size)),
        ("start_date_ge", first_day(window, account.tz).isoformat()),
    ]
    return Request("GET", LIVES, params=tuple(params + ([("page_token", token)] if token else [])))


def lives(query: PageQuery) -> Request:
    """A page of livestreams, of one kind of account."""
    number, token = place(query.token)
    return lives_page(
        query.account, query.window, kinds(query.account)[number], token=token, size=query.page_size
    )


def list_of_none(name: str) -> Callable[[Json], None]:
    """An empty answer may leave its list out; a filled one may not."""

    def fill(body: Json) -> None:
        if body["data"]["total_count"] == 0:
            body["data"].setdefault(name, [])

    return fill

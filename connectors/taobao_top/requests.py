"""The calls of TOP that are made, built from documented parameters only.

Not here: common parameters and the signature (signing.py).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Limit, Rate
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.taobao_top.paging import group
from connectors.taobao_top.signing import CHINA

PATH = "/router/rest"
REQUESTS_PER_MINUTE = (
    300  # our own choice: TOP gives every app and interface another number, in the app's console
)
THREE_MONTHS = timedelta(days=88)  # TOP shows trades of three months; 28 + 31 + 30 days less one to be inside
# TOP's own default leaves cash on delivery, top-ups and instalments out of refunds; both streams ask for the same
TRADE_TYPES = "guarantee_trade,auto_delivery,ec,cod,step"
TRADE_FIELDS = (
    *("tid", "type", "status", "payment", "post_fee", "created", "pay_time", "modified", "end_time"),
    *("step_trade_status", "buyer_open_uid", "orders"),
)
REFUND_FIELDS = (
    *("refund_id", "tid", "oid", "status", "created", "modified", "refund_fee", "reason", "has_good_return"),
    *("good_status", "order_status", "refund_phase", "dispute_type"),
)

RATING_FIELDS = ("tid", "oid", "role", "result", "created", "num_iid", "valid_score")
METRICS = ("charge", "adPv", "click", "alipayInshopNum", "alipayInshopAmt")
UNIFY_TYPES = ("zhai", "mta")  # last click, multi-touch
EFFECTS = ("1", "3", "7", "15", "30")  # days within which a sale is attributed


def rate(account: AccountSettings) -> Rate:
    """The request budget of the app."""
    return Rate(account.whole_number("requests_per_minute", REQUESTS_PER_MINUTE, most=100_000), seconds=60)


def call(account: AccountSettings, method: str, **fields: str) -> Request:
    """One call; all shops of one app share its budget."""
    app = account.settings.get("app_key", "")  # a replay knows no settings and sends nothing
    return Request(
        "POST",
        PATH,
        form=(("method", method), *fields.items()),
        limit=Limit(f"taobao_top/app-{app}", rate(account)),
    )


def moment(instant: datetime) -> str:
    """An instant as TOP reads it."""
    return instant.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _page(ask: Ask) -> dict[str, str]:
    return {"page_no": ask.token or "1", "page_size": str(ask.page_size)}


def _modified(ask: Ask) -> dict[str, str]:
    # whether the end belongs to the span is not documented: a record exactly on it may come in two windows, which is harmless
    return {"start_modified": moment(ask.window.start), "end_modified": moment(ask.window.end)}


def trades(ask: Ask) -> Request:
    """Trades by modification. Without use_has_next, because only then TOP tells the total that reverse paging needs."""
    types = ask.account.settings.get("trade_types", TRADE_TYPES)
    return call(
        ask.account,
        "taobao.trades.sold.increment.get",
        fields=",".join(TRADE_FIELDS),
        type=types,
        **_modified(ask),
        **_page(ask),
    )


def refunds(ask: Ask) -> Request:
    """Refunds by modification."""
    types = ask.account.settings.get("trade_types", TRADE_TYPES)
    return call(
        ask.account,
        "taobao.refunds.receive.get",
        fields=",".join(REFUND_FIELDS),
        type=types,
        **_modified(ask),
        **_page(ask),
    )


def ratings(ask: Ask) -> Request:
    """Ratings that the shop got from buyers, of whole days. The end is the next midnight: a rating exactly on it is loud."""
    return call(
        ask.account,
        "taobao.traderates.get",
        fields=",".join(RATING_FIELDS),
        rate_type="get",
        role="buyer",
        start_date=moment(ask.window.start),
        end_date=moment(ask.window.end),
        **_page(ask),
    )


def service_ratings(ask: Ask) -> Request:
    """Ratings of one group of agents."""
    start, end = (
        instant.astimezone(CHINA).strftime("%Y%m%d%H%M%S") for instant in (ask.window.start, ask.window.end)
    )
    names = ",".join(group(ask))
    return call(ask.account, "taobao.airisland.kefueval.get", query_ids=names, btime=start, etime=end)


def attribution(account: AccountSettings) -> tuple[str, int]:
    """How 万相台 is asked to attribute sales."""
    unify, effect = account.settings.get("unify_type", "zhai"), account.settings.get("effect_days", "15")
    if unify not in UNIFY_TYPES or effect not in EFFECTS:
        told = f"{', '.join(UNIFY_TYPES)}; effect_days {', '.join(EFFECTS)}"
        raise SettingWrong("settings unify_type or effect_days cannot be used", actual=f"unify_type {told}")
    return unify, int(effect)


def campaigns(ask: Ask) -> Request:
    """One page of a day's campaigns."""
    unify, effect = attribution(ask.account)
    query = {
        "by_page": True,
        "split_type": "day",
        "unify_type": unify,
        "start_time": ask.first_day.isoformat(),
        "end_time": ask.last_day.isoformat(),
        "effect_equal": effect,
        "query_domains": ["date", "campaign"],
        "query_field_in_list": list(METRICS),
        "offset": (int(ask.token or 1) - 1) * ask.page_size,
        "page_size": ask.page_size,
    }
    return call(
        ask.account,
        "taobao.universalbp.report.query.campaign",
        top_service_context=dumps({"biz_code": ask.account.setting("biz_code")}),
        top_campaign_report_query_v_o=dumps(query),
    )


def attributed(records: str) -> Callable[[Json, Ask], None]:
    """A hook that writes into every row how its sales were attributed: the answer does not say it."""

    def write(body: Json, ask: Ask) -> None:
        unify, effect = attribution(ask.account)
        for row in dig(body, records):
            row |= {"unify_type": unify, "effect_equal": effect}

    return write


def empty_list(path: str) -> Callable[[Json], None]:
    """A hook that writes down the empty list which TOP leaves out when a page has no rows; the totals prove it was empty."""
    *parents, last = path.split(".")

    def fill(body: Json) -> None:
        holder = body
        for step in parents[:-1]:
            holder = holder[step]
        wrapped = holder.setdefault(parents[-1], {})
        wrapped.setdefault(last, [])

    return fill

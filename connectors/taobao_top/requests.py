"""The calls of TOP that are made, built from documented parameters only, and what an answer leaves out.

Not here: common parameters and the signature (signing.py), the fields that are asked for (fields.yaml).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Limit, per_minute
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.taobao_top.paging import group
from connectors.taobao_top.signing import CHINA

PATH = "/router/rest"
# our own choice: TOP gives every app and interface another number, in the app's console
REQUESTS_PER_MINUTE = 300
rate = per_minute(REQUESTS_PER_MINUTE)
# TOP shows trades of three months (open.taobao.com/api.htm?docId=128&docType=2): 28 + 31 + 30 days, less one to be inside
THREE_MONTHS = timedelta(days=88)
# TOP's own default leaves cash on delivery, top-ups and instalments out of refunds; both streams ask for the same
TRADE_TYPES = "guarantee_trade,auto_delivery,ec,cod,step"
FIELDS = field_lists(__file__)
UNIFY_TYPES = ("zhai", "mta")  # last click, multi-touch
EFFECTS = ("1", "3", "7", "15", "30")  # days within which a sale is attributed


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


def _page(query: PageQuery) -> dict[str, str]:
    return {"page_no": query.token or "1", "page_size": str(query.page_size)}


def _modified(query: PageQuery) -> dict[str, str]:
    # whether the end belongs to the span is not documented: a record exactly on it may come in two windows, which is harmless
    return {"start_modified": moment(query.window.start), "end_modified": moment(query.window.end)}


def trades(query: PageQuery) -> Request:
    """Trades by modification. Without use_has_next, because only then TOP tells the total that reverse paging needs."""
    types = query.account.settings.get("trade_types", TRADE_TYPES)
    return call(
        query.account,
        "taobao.trades.sold.increment.get",
        fields=",".join(FIELDS["trades"].asked),
        type=types,
        **_modified(query),
        **_page(query),
    )


def refunds(query: PageQuery) -> Request:
    """Refunds by modification."""
    types = query.account.settings.get("trade_types", TRADE_TYPES)
    return call(
        query.account,
        "taobao.refunds.receive.get",
        fields=",".join(FIELDS["refunds"].asked),
        type=types,
        **_modified(query),
        **_page(query),
    )


def ratings(query: PageQuery) -> Request:
    """Ratings that the shop got from buyers, of whole days. The end is the next midnight: a rating exactly on it is loud."""
    return call(
        query.account,
        "taobao.traderates.get",
        fields=",".join(FIELDS["ratings"].asked),
        rate_type="get",
        role="buyer",
        start_date=moment(query.window.start),
        end_date=moment(query.window.end),
        **_page(query),
    )


def service_ratings(query: PageQuery) -> Request:
    """Ratings of one group of agents."""
    start, end = (
        # this interface writes times without separators
        instant.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
        for instant in (query.window.start, query.window.end)
    )
    names = ",".join(group(query))
    return call(query.account, "taobao.airisland.kefueval.get", query_ids=names, btime=start, etime=end)


def attribution(account: AccountSettings) -> tuple[str, int]:
    """How 万相台 is asked to attribute sales."""
    unify, effect = account.settings.get("unify_type", "zhai"), account.settings.get("effect_days", "15")
    if unify not in UNIFY_TYPES or effect not in EFFECTS:
        told = f"{', '.join(UNIFY_TYPES)}; effect_days {', '.join(EFFECTS)}"
        raise SettingWrong("settings unify_type or effect_days cannot be used", actual=f"unify_type {told}")
    return unify, int(effect)


def campaigns(query: PageQuery) -> Request:
    """One page of a day's campaigns."""
    unify, effect = attribution(query.account)
    report = {
        "by_page": True,
        "split_type": "day",
        "unify_type": unify,
        "start_time": query.first_day.isoformat(),
        "end_time": query.last_day.isoformat(),
        "effect_equal": effect,
        "query_domains": ["date", "campaign"],
        "query_field_in_list": list(FIELDS["ads"].asked),
        # 万相台 counts rows to skip, where the other interfaces count pages
        "offset": (int(query.token or 1) - 1) * query.page_size,
        "page_size": query.page_size,
    }
    return call(
        query.account,
        "taobao.universalbp.report.query.campaign",
        top_service_context=dumps({"biz_code": query.account.setting("biz_code")}),
        top_campaign_report_query_v_o=dumps(report),
    )


def attributed(records: str) -> Callable[[Json, PageQuery], None]:
    """A hook that writes into every row how its sales were attributed: the answer does not say it."""

    def write(body: Json, query: PageQuery) -> None:
        unify, effect = attribution(query.account)
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

"""巨量千川: days of standard ads, days of 全域推广, and the day's livestreams.

Belongs here: what 千川's answers mean and what is asked for. The kit does the rest. See README.md.
"""

from collections.abc import Mapping
from datetime import timedelta

from requests import PreparedRequest

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.classify import by_status
from connectors.kit.contract.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    Forbidden,
    KitError,
    NotReady,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.oauth import Grant, OAuth, refused
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Pages
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.signing_context import Desk, TokenCall
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json, dumps
from connectors.kit.contract.windows import Window, local_day
from connectors.qianchuan.paging import SETTING, AwemeTotals, PerAweme, Place, awemes
from connectors.qianchuan.rows import AdDay, Room, UniDay, flat, metrics

API = "/open_api/v1.0/qianchuan"
ADS = f"{API}/report/ad/get/"
UNI = f"{API}/report/uni_promotion/dimension_data/author/get/"
ROOMS = f"{API}/today_live/room/get/"
REFRESH = "/open_api/oauth2/refresh_token/"
DOCS = "https://github.com/oceanengine/ad_open_sdk_go"  # the platform's own SDK: the only public, fetchable form of its pages
REQUESTS_PER_MINUTE = 60  # ours: the platform's limits per interface are not published
LOOKBACK = timedelta(days=15)
COUNTING_PAGE = 10  # only its total counts; some of the platform's lists take no smaller page
TRUST_EMPTY = "empty_days"

_AD_FIELDS = metrics(AdDay, "ad_id", "stat_datetime")
_UNI_FIELDS = metrics(UniDay, "aweme_id", "stat_datetime")
_ROOM_FIELDS = metrics(Room, "room_id", "aweme_id", "room_status", "start_time", "end_time")
_OWN = ("advertiser_id", SETTING)

_MEANING: dict[int, type[KitError]] = {
    40002: Forbidden,
    40100: Throttled,
    40102: AuthExpired,
    40104: AuthExpired,
    40105: AuthExpired,
}


def _number(account: AccountSettings, name: str) -> int:
    account.setting(name)  # there is no default
    return account.whole_number(name, 0, most=(1 << 63) - 1)


def _advertiser(account: AccountSettings) -> tuple[str, str]:
    return ("advertiser_id", str(_number(account, "advertiser_id")))


def _ads(ask: Ask) -> Request:
    # the filters' own defaults leave 小店随心推 out
    chosen = {"marketing_goal": "ALL", "order_platform": "ALL"}
    scene = ask.account.settings.get("campaign_scene")
    params = (
        _advertiser(ask.account),
        ("start_date", ask.first_day.isoformat()),
        ("end_date", ask.last_day.isoformat()),
        ("fields", dumps(_AD_FIELDS)),
        ("filtering", dumps(chosen | ({"campaign_scene": scene} if scene else {}))),
        ("time_granularity", "TIME_GRANULARITY_DAILY"),
        ("page", ask.token or "1"),
        ("page_size", str(ask.page_size)),
    )
    return Request("GET", ADS, params=params)


def _uni_page(account: AccountSettings, window: Window, aweme: str, page: int, size: int) -> Request:
    first = local_day(window.start, account.tz)
    last = local_day(window.end - timedelta(microseconds=1), account.tz)
    params = (
        _advertiser(account),
        ("aweme_id", aweme),
        ("marketing_goal", "ALL"),
        ("metrics", dumps(_UNI_FIELDS)),
        ("start_time", f"{first} 00:00:00"),
        ("end_time", f"{last} 23:59:59"),
        ("dimension", "TIME_GRANULARITY_DAILY"),
        ("filtering", dumps({"order_platform": "ALL"})),
        ("page", str(page)),
        ("page_size", str(size)),
    )
    return Request("GET", UNI, params=params)


def _room_page(account: AccountSettings, window: Window, aweme: str, page: int, size: int) -> Request:
    params = (
        _advertiser(account),
        ("aweme_id", aweme),
        ("date_time", local_day(window.start, account.tz).isoformat()),
        ("room_status", "ALL"),
        ("ad_status", "ALL"),
        ("fields", dumps(_ROOM_FIELDS)),
        ("page", str(page)),
        ("page_size", str(size)),
    )
    return Request("GET", ROOMS, params=params)


def _uni(ask: Ask) -> Request:
    place = Place.of(ask.token)
    return _uni_page(ask.account, ask.window, awemes(ask.account)[place.aweme], place.page, ask.page_size)


def _rooms(ask: Ask) -> Request:
    place = Place.of(ask.token)
    return _room_page(ask.account, ask.window, awemes(ask.account)[place.aweme], place.page, ask.page_size)


def _count_uni(account: AccountSettings, window: Window, aweme: str) -> Request:
    return _uni_page(account, window, aweme, page=1, size=COUNTING_PAGE)


def _count_rooms(account: AccountSettings, window: Window, aweme: str) -> Request:
    return _room_page(account, window, aweme, page=1, size=COUNTING_PAGE)


def _list_of_none(body: Json) -> None:
    """An empty report may leave its list out; a filled one may not."""
    if body["data"]["page_info"]["total_number"] == 0:
        body["data"].setdefault("list", [])


def _all_rooms_ended(body: Json) -> None:
    """A livestream that still runs has figures that are not whole, and the day cannot be read much later."""
    data = body["data"]
    if data["page_info"]["total_num"] == 0:
        data.setdefault("room_list", [])
    running = [room for room in data["room_list"] if room["room_status"] != "FINISH"]
    if running:
        raise NotReady("a livestream of the day has not ended", actual=f"{len(running)} on the page")


def _rate(account: AccountSettings) -> Rate:
    return Rate(account.whole_number("requests_per_minute", REQUESTS_PER_MINUTE, most=100_000), seconds=60)


def _call(account: AccountSettings, refresh: str) -> TokenCall:
    body = {
        "app_id": _number(account, "app_id"),
        "secret": account.secret("client_secret"),
        "refresh_token": refresh,
    }
    url = account.tokens_at(account.base_url + REFRESH).rstrip("/")
    return TokenCall(f"{url}/", json=body)  # every path of the platform ends so; settings lose it


def _read(status: int, body: Json) -> Grant:
    if status >= 400:
        raise refused(status)
    code = body["code"]
    if code == 40100 or (isinstance(code, int) and code >= 50000):
        raise Transient("the token endpoint has a trouble of its own", actual=f"code {code}")
    if code != 0:
        raise AuthRevoked("the refresh token is not accepted", actual=f"code {code!s:.12}")
    data = body["data"]
    return Grant(str(data["access_token"]), int(data["expires_in"]), str(data["refresh_token"]))


def _place(prepared: PreparedRequest, account: AccountSettings, token: str, desk: Desk) -> None:  # noqa: ARG001
    prepared.headers["Access-Token"] = token


class Qianchuan(Connector):
    """An advertiser of 巨量千川 with its 抖音号, read with an app's token."""

    name = "qianchuan"
    platform = "qianchuan"
    auth = OAuth(_call, _read, _place, rotates=True)
    settings = ("app_id", "campaign_scene", "requests_per_minute")
    streams = (
        Stream(
            name="ads",
            model=AdDay,
            key=lambda row: f"standard/{row.ad_id}/{row.stat_datetime}",
            day=lambda row: row.stat_datetime,
            payload=flat,
            feeds=("ad",),
            request=_ads,
            pager=Pages("data.page_info.total_number"),
            records="data.list",
            cursor_kind="day",
            max_window_days=7,
            most_window_days=30,  # the platform takes no more
            lookback=LOOKBACK,
            lookback_reason="orders are settled and given back for 14 days, and the day's columns follow them",
            lag=timedelta(minutes=10),
            limit="{shop_id}",
            rate=_rate,
            proof=Total("data.page_info.total_number"),
            finality_days=15,
            unused=("advertiser_id",),
            docs=DOCS,
            page_size=("page_size", 500, 1000),
            shaping_settings=_OWN,
            prepare=_list_of_none,
        ),
        Stream(
            name="uni_promotion",
            model=UniDay,
            key=lambda row: f"uni_promotion/{row.aweme_id}/{row.stat_datetime}",
            day=lambda row: row.stat_datetime,
            payload=flat,
            feeds=("ad",),
            request=_uni,
            pager=PerAweme("data.list", "data.page_info.total_number"),
            records="data.list",
            cursor_kind="day",
            max_window_days=7,
            lookback=LOOKBACK,
            lookback_reason="as for the standard ads: settlement moves the day's columns for 14 days",
            lag=timedelta(minutes=10),
            limit="{shop_id}",
            rate=_rate,
            proof=AwemeTotals(_count_uni, "data.page_info.total_number"),
            finality_days=15,
            unused=("advertiser_id",),
            docs=DOCS,
            page_size=("uni_page_size", 100, 100),
            shaping_settings=_OWN,
            prepare=_list_of_none,
        ),
        Stream(
            name="rooms",
            model=Room,
            key=lambda row: f"{row.room_id}/{row.day}",
            day=lambda row: row.day,
            payload=flat,
            feeds=("live_session",),
            request=_rooms,
            pager=PerAweme("data.room_list", "data.page_info.total_num"),
            records="data.room_list",
            cursor_kind="day",
            readable_for=timedelta(hours=6),
            lookback=timedelta(0),
            lookback_reason="the platform only shows the livestreams of today; a day is read once, when it is over",
            lag=timedelta(minutes=10),
            limit="{shop_id}",
            rate=_rate,
            proof=AwemeTotals(_count_rooms, "data.page_info.total_num", empty_means=TRUST_EMPTY),
            finality_days=1,
            pii=("aweme_name", "aweme_avatar", "room_title", "room_cover"),
            unused=("room_delivery",),
            docs=DOCS,
            page_size=("room_page_size", 100, 100),
            shaping_settings=(*_OWN, TRUST_EMPTY),
            prepare=_all_rooms_ended,
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """千川 answers 200 whatever happens; `code` says what did."""
        trouble = by_status(status)
        if trouble is not None or body is None:
            return trouble
        code = body.get("code") if isinstance(body, dict) else None
        if not isinstance(code, int) or isinstance(code, bool):
            return SchemaDrift("the answer names no code")
        if code == 0:
            return None if isinstance(body.get("data"), dict) else SchemaDrift("the answer has no data")
        return _trouble(code)("千川 answered with an error", actual=f"code {code}")


def _trouble(code: int) -> type[KitError]:
    if code in _MEANING:
        return _MEANING[code]
    if 40100 < code < 40200:
        return AuthExpired
    return Transient if code >= 50000 else BadRequest

"""What 千川 is asked for, and what an answer must have before it is read.

Not here: tokens (signing.py), what answers mean (errors.py).
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import NotReady
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dumps
from connectors.kit.contract.windows import Window, first_day, last_day
from connectors.qianchuan.paging import AwemePage, awemes
from connectors.qianchuan.rows import QianchuanAdDay, Room, UniDay, metrics

API = "/open_api/v1.0/qianchuan"
ADS = f"{API}/report/ad/get/"
UNI = f"{API}/report/uni_promotion/dimension_data/author/get/"
ROOMS = f"{API}/today_live/room/get/"
COUNTING_PAGE = 10  # only its total counts; some of the platform's lists take no smaller page
_AD_FIELDS = metrics(QianchuanAdDay, "ad_id", "stat_datetime")
_UNI_FIELDS = metrics(UniDay, "aweme_id", "stat_datetime")
_ROOM_FIELDS = metrics(Room, "room_id", "aweme_id", "room_status", "start_time", "end_time")


def whole_setting(account: AccountSettings, name: str) -> int:
    """A setting that is a whole number and has no default."""
    # only for its complaint: whole_number would take the default for a missing setting
    account.setting(name)
    # ids are signed 64-bit numbers in the platform's SDK
    return account.whole_number(name, 0, most=(1 << 63) - 1)


def _advertiser(account: AccountSettings) -> tuple[str, str]:
    return ("advertiser_id", str(whole_setting(account, "advertiser_id")))


def ads(query: PageQuery) -> Request:
    """A page of standard ads by day."""
    # the filters' own defaults leave 小店随心推 out
    chosen = {"marketing_goal": "ALL", "order_platform": "ALL"}
    scene = query.account.settings.get("campaign_scene")
    params = (
        _advertiser(query.account),
        ("start_date", query.first_day.isoformat()),
        ("end_date", query.last_day.isoformat()),
        ("fields", dumps(_AD_FIELDS)),
        # a GET: lists and objects go into the query as JSON text
        ("filtering", dumps(chosen | ({"campaign_scene": scene} if scene else {}))),
        ("time_granularity", "TIME_GRANULARITY_DAILY"),
        ("page", query.token or "1"),
        ("page_size", str(query.page_size)),
    )
    return Request("GET", ADS, params=params)


def _uni_page(account: AccountSettings, window: Window, aweme: str, page: int, size: int) -> Request:
    first, last = first_day(window, account.tz), last_day(window, account.tz)
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
        ("date_time", first_day(window, account.tz).isoformat()),
        ("room_status", "ALL"),
        ("ad_status", "ALL"),
        ("fields", dumps(_ROOM_FIELDS)),
        ("page", str(page)),
        ("page_size", str(size)),
    )
    return Request("GET", ROOMS, params=params)


def uni_promotion(query: PageQuery) -> Request:
    """A page of one 抖音号's days of 全域推广."""
    place = AwemePage.of(query.token)
    return _uni_page(
        query.account, query.window, awemes(query.account)[place.aweme], place.page, query.page_size
    )


def rooms(query: PageQuery) -> Request:
    """A page of one 抖音号's livestreams of a day."""
    place = AwemePage.of(query.token)
    return _room_page(
        query.account, query.window, awemes(query.account)[place.aweme], place.page, query.page_size
    )


def count_uni_promotion(account: AccountSettings, window: Window, aweme: str) -> Request:
    """The same days once more, for their total."""
    return _uni_page(account, window, aweme, page=1, size=COUNTING_PAGE)


def count_rooms(account: AccountSettings, window: Window, aweme: str) -> Request:
    """The same livestreams once more, for their total."""
    return _room_page(account, window, aweme, page=1, size=COUNTING_PAGE)


def list_of_none(body: Json) -> None:
    """An empty report may leave its list out; a filled one may not."""
    if body["data"]["page_info"]["total_number"] == 0:
        body["data"].setdefault("list", [])


def all_rooms_ended(body: Json) -> None:
    """A livestream that still runs has figures that are not whole, and the day cannot be read much later."""
    data = body["data"]
    if data["page_info"]["total_num"] == 0:
        data.setdefault("room_list", [])
    running = [room for room in data["room_list"] if room["room_status"] != "FINISH"]
    if running:
        raise NotReady("a livestream of the day has not ended", actual=f"{len(running)} on the page")

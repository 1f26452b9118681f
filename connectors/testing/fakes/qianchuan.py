"""A small 巨量千川: an advertiser with ads, 全域推广 and livestreams, spoken to as the SDK's structs say.

Belongs here: parameters, envelope, words of the platform, a world for the conformance suite. Not here: faults
(spoil, kit/conformance). A token that rotates; HTTP 200 for everything.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, RefusalError, Reply
from connectors.testing.tokens import Tokens
from connectors.testing.world import FakeRecord

ZONE = ZoneInfo("Asia/Shanghai")
APP_ID, SECRET, REFRESH = 1790000000000123, "planted-qianchuan-secret", "planted-refresh-first"
ADVERTISER = 1760000000000456
AWEMES = (8200000000000001, 8200000000000002, 8200000000000003)
FIRST, LAST = date(2026, 11, 11), date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 16, 20, tzinfo=UTC)  # 00:20 in Shanghai, when the day's livestreams are read
BASE = "/open_api/v1.0/qianchuan"
_PAGED = {"page", "page_size"}
_TAKES: Mapping[str, tuple[set[str], set[str]]] = {  # path: required and optional parameters
    f"{BASE}/report/ad/get/": (
        {"advertiser_id", "start_date", "end_date", "fields", "filtering"},
        {"time_granularity", "order_field", "order_type", *_PAGED},
    ),
    f"{BASE}/report/uni_promotion/dimension_data/author/get/": (
        {"advertiser_id", "aweme_id"},
        {
            *{"marketing_goal", "metrics", "start_time", "end_time", "dimension"},
            *{"filtering", "order_type", "order_field", *_PAGED},
        },
    ),
    f"{BASE}/today_live/room/get/": (
        {"advertiser_id", "aweme_id", "date_time", "fields"},
        {"room_status", "ad_status", *_PAGED},
    ),
}


class QianchuanFake(Platform):
    """One advertiser, three 抖音号, ten days."""

    exchange_path = "/open_api/oauth2/refresh_token/"
    lacks: ClassVar[Mapping[str, str]] = {
        "cancel": "a report has figures, nothing that could be cancelled",
        "remove": "a row of a report or a livestream is never deleted",
        "change": "a livestream that is over is read once: the platform only shows the day's",
        "restate": "a livestream that is over is read once: the platform only shows the day's",
        "empty_page": "no page before the last is empty: pages are cut from a counted list",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tokens: Tokens = Tokens(clock=clock, refresh=REFRESH, lifetime=86_400, rotates=True)
        # ours: the platform does not publish its limits
        self.budgets = {"advertiser": Budget(amount=60, seconds=60)}
        self.still_on_air: set[str] = set()
        self._changes = 0
        for days in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=days)
            for number in range(4):
                self._put_ad(day, 1_800_000_000_000_000 + number, _money(days, number))
            for number, aweme in enumerate(AWEMES):
                self._put_uni(day, aweme, _money(days, number + 3))
        for number in range(34):
            self._put_room(LAST, AWEMES[0 if number < 23 else 1], number)

    # -- the truth

    def _put_ad(self, day: date, ad: int, cost: Decimal, orders: int = 7) -> str:
        # no binary float holds the second one
        week = cost * 4 if ad % 10 else Decimal("90071992547409.93")
        raw = {
            "ad_id": ad,
            "advertiser_id": ADVERTISER,
            "stat_datetime": f"{day} 00:00:00",
            "stat_cost": cost,
            "show_cnt": Decimal(f"{1000 + orders}.0"),  # the SDK declares counts as `number`: 12.0 is 12
            "click_cnt": 120,
            "pay_order_count": orders,
            "pay_order_amount": cost * 3,
            "all_order_pay_count_7days": orders + 2,
            "all_order_pay_gmv_7days": week,
            "all_order_refund_amount_7d": Decimal("0.10"),
            "all_order_refund_amount_14d": Decimal("0.30"),
        }
        payload = {
            "ad_id": str(ad),
            "stat_datetime": day.isoformat(),
            "stat_cost": str(cost),
            "show_cnt": 1000 + orders,
            "click_cnt": 120,
            "pay_order_count": orders,
            "pay_order_amount": str(cost * 3),
            "all_order_pay_count_7days": orders + 2,
            "all_order_pay_gmv_7days": str(week),
            "all_order_refund_amount_7d": "0.10",
            "all_order_refund_amount_14d": "0.30",
        }
        return self.world.put("ads", FakeRecord(f"standard/{ad}/{day}", _midnight(day), day, raw, payload))

    def _put_uni(self, day: date, aweme: int, cost: Decimal) -> str:
        raw = {
            "aweme_id": aweme,
            "advertiser_id": ADVERTISER,
            "stat_datetime": f"{day} 00:00:00",
            "stat_cost": cost,
            "total_pay_order_gmv_for_roi2": cost * 9,
            "total_pay_order_count_for_roi2": Decimal("31.0"),
            "total_pay_order_coupon_amount_for_roi2": Decimal("0.50"),
        }
        payload = {
            "aweme_id": str(aweme),
            "stat_datetime": day.isoformat(),
            "stat_cost": str(cost),
            "total_pay_order_gmv_for_roi2": str(cost * 9),
            "total_pay_order_count_for_roi2": 31,
            "total_pay_order_coupon_amount_for_roi2": "0.50",
        }
        key = f"uni_promotion/{aweme}/{day}"
        return self.world.put("uni_promotion", FakeRecord(key, _midnight(day), day, raw, payload))

    def _put_room(self, day: date, aweme: int, number: int) -> str:
        room = 7_600_000_000_000_000_000 + number
        gmv = _money(number, 1) * 11
        start = datetime.combine(day, time(8)) + timedelta(minutes=20 * (number // 3 % 24))
        figures: dict[str, Any] = {
            "live_pay_order_count_alias": 40 + number,
            "total_live_watch_cnt": 5000 + number,
            "total_live_comment_cnt": 300,
            "total_live_follow_cnt": 21,
            "total_live_fans_club_join_cnt": 2,
            "total_live_share_cnt": 5,
            "live_click_cart_count_alias": 400,
            "live_click_product_count_alias": 350,
        }
        told = {
            "room_status": "FINISH",
            "start_time": str(start),
            "end_time": str(start + timedelta(hours=2)),
            **figures,
        }
        raw = {
            "room_id": room,
            "aweme_id": aweme,
            "aweme_name": "晚晚的直播间",
            "aweme_avatar": [],
            "room_title": "双十一专场",
            "room_cover": [],
            "room_delivery": 1,
            **told,
            "stat_cost": Decimal("0.10"),
            "live_pay_order_gmv_alias": gmv,
            "luban_live_pay_order_gmv": gmv / 2,
        }
        payload = {
            "room_id": str(room),
            "aweme_id": str(aweme),
            "stat_cost": "0.10",
            **told,
            "live_pay_order_gmv_alias": str(gmv),
            "luban_live_pay_order_gmv": str(gmv / 2),
        }
        return self.world.put("rooms", FakeRecord(f"{room}/{day}", _midnight(day), day, raw, payload))

    def _today(self) -> date:
        return self.clock.wall().astimezone(ZONE).date()

    def add(self, stream: str) -> str | None:
        """Something new today."""
        self._changes += 1
        if stream == "ads":
            return self._put_ad(self._today(), 1_800_000_000_000_900 + self._changes, Decimal("12.34"))
        if stream == "uni_promotion":
            return self._put_uni(self._today(), AWEMES[0], Decimal("12.34"))
        return self._put_room(self._today(), AWEMES[0], 900 + self._changes)

    def change(self, stream: str, key: str | None = None) -> str | None:
        """The newest day's first row is restated."""
        if stream == "rooms":
            return None
        return self._restated(stream, key or max(self.world.streams[stream]))  # keys end with the day

    def restate(self, stream: str, day: date) -> str | None:
        """A row of a past day gets other figures."""
        if stream == "rooms":
            return None
        entries = self.world.entries(stream, lambda entry: entry.day == day)
        return self._restated(stream, entries[0].key) if entries else None

    def _restated(self, stream: str, key: str) -> str:
        self._changes += 1
        entry = self.world.streams[stream][key]
        cost = Decimal(entry.raw["stat_cost"]) + self._changes
        if stream == "ads":
            return self._put_ad(entry.whole_day, entry.raw["ad_id"], cost, orders=5)
        return self._put_uni(entry.whole_day, entry.raw["aweme_id"], cost)

    def costs(self, request: Received) -> list[tuple[str, float]]:
        """Tokens are asked for elsewhere."""
        return [] if self.exchanges(request) else [("advertiser", 1.0)]

    # -- the platform's words

    def throttled_in_200(self) -> Reply:
        """Too many requests."""
        return _said(40100, "Too many requests")

    def error_in_200(self) -> Reply:
        """The platform's own trouble."""
        return _said(50000, "系统错误")

    def unauthorised(self) -> Reply:
        """The token is wrong."""
        return _said(40105, "access_token is not valid")

    def forbidden(self) -> Reply:
        """No permission."""
        return _said(40002, "No permission")

    # -- the API

    def answer(self, request: Received) -> Reply:
        """An answer in the envelope, status 200."""
        try:
            if request.path == self.exchange_path:
                return self._token(request)
            if not self.tokens.accepts(request.headers.get("access-token", "")):
                return self.unauthorised()
            return self._report(request)
        except RefusalError as refusal:
            return refusal.reply

    def _token(self, request: Received) -> Reply:
        sent = request.json if isinstance(request.json, dict) else {}
        if request.method != "POST" or (sent.get("app_id"), sent.get("secret")) != (APP_ID, SECRET):
            raise _refused(40101, "app_id or secret is not valid")
        granted = self.tokens.exchange(str(sent.get("refresh_token")))
        if granted is None:
            raise _refused(40107, "refresh_token is not valid")
        access, refresh = granted
        life = {"expires_in": int(self.tokens.lifetime), "refresh_token_expires_in": 2_592_000}  # 30 days
        return _said(0, "OK", {"access_token": access, "refresh_token": refresh, **life})

    def _report(self, request: Received) -> Reply:
        sent = request.parameters
        if request.method != "GET" or request.path not in _TAKES:
            raise _refused(40001, "no such interface")
        required, optional = _TAKES[request.path]
        if required - set(sent) or set(sent) - required - optional:
            raise _refused(40001, "parameters missing or unknown")
        if sent["advertiser_id"] != str(ADVERTISER):
            raise _refused(40002, "No permission to operate the advertiser")
        page, size = int(sent.get("page", "1")), int(sent.get("page_size", "20"))
        if request.path.endswith("/room/get/"):
            return self._page(self._rooms(sent), sent["fields"], ("room_list", "total_num"), (page, size))
        if request.path.endswith("/author/get/"):
            return self._page(self._uni(sent), sent["metrics"], ("list", "total_number"), (page, size))
        return self._page(self._ads(sent), sent["fields"], ("list", "total_number"), (page, size))

    def _ads(self, sent: Mapping[str, str]) -> list[FakeRecord]:
        filtering = json.loads(sent["filtering"])
        if filtering.get("marketing_goal") not in {"ALL", "LIVE_PROM_GOODS", "VIDEO_PROM_GOODS"}:
            raise _refused(40001, "marketing_goal")
        if sent.get("time_granularity") != "TIME_GRANULARITY_DAILY":
            raise _refused(40001, "this fake only knows days")
        first, last = (date.fromisoformat(sent[name]) for name in ("start_date", "end_date"))
        return self._within("ads", first, last)

    def _uni(self, sent: Mapping[str, str]) -> list[FakeRecord]:
        first, last = (datetime.fromisoformat(sent[name]).date() for name in ("start_time", "end_time"))
        return [e for e in self._within("uni_promotion", first, last) if _is_of(e, sent)]

    def _rooms(self, sent: Mapping[str, str]) -> list[FakeRecord]:
        day = date.fromisoformat(sent["date_time"])
        return [e for e in self._within("rooms", day, day) if _is_of(e, sent)]

    def _within(self, stream: str, first: date, last: date) -> list[FakeRecord]:
        if not timedelta(0) <= last - first <= timedelta(days=30):
            raise _refused(40001, "the span is longer than 30 days")
        return self.world.entries(stream, lambda e: first <= e.day <= last)

    def _page(
        self, found: list[FakeRecord], fields: str, names: tuple[str, str], asked: tuple[int, int]
    ) -> Reply:
        page, size = asked
        if not 1 <= size <= 1000:
            raise _refused(40001, "page_size")
        figures = {"ad_id", "aweme_id", "advertiser_id", "stat_datetime", *json.loads(fields)}
        rows = [self._told(entry, figures) for entry in found[(page - 1) * size : page * size]]
        info = {"page": page, "page_size": size, names[1]: len(found), "total_page": -(-len(found) // size)}
        return _said(0, "OK", {names[0]: rows, "page_info": info})

    def _told(self, entry: FakeRecord, figures: set[str]) -> dict[str, Any]:
        """The asked figures; of a livestream also what it is."""
        # these come whether they were asked for or not
        about = {name for name in entry.raw if "room_" in name or name.startswith(("aweme", "start", "end"))}
        told = {name: value for name, value in entry.raw.items() if name in figures | about}
        if entry.key in self.still_on_air:
            told |= {"room_status": "LIVING", "end_time": ""}
        return told


def _said(code: int, message: str, data: Mapping[str, Any] | None = None) -> Reply:
    return Reply.json(
        200, {"code": code, "message": message, "request_id": "202611200000", "data": dict(data or {})}
    )


def _refused(code: int, message: str) -> RefusalError:
    return RefusalError(_said(code, message))


def _is_of(entry: FakeRecord, sent: Mapping[str, str]) -> bool:
    return str(entry.raw["aweme_id"]) == sent["aweme_id"]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZONE)


def _money(days: int, number: int) -> Decimal:
    """Amounts that no binary float holds, with and without trailing zeros."""
    return (Decimal("9007199254740.93"), Decimal("0.10"), Decimal("128.07"), Decimal("1999.9"))[
        (days + number) % 4
    ]

"""A fake 抖店: orders with their livestreams, after-sales requests with their details, tokens that rotate.

Belongs here: protocol and records, as community SDKs describe them. Payloads are written once more by hand. Not here: faults.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, RefusalError, Reply
from connectors.testing.tokens import Tokens
from connectors.testing.world import FakeRecord

CHINA = timezone(timedelta(hours=8))  # no daylight saving
FIRST = datetime(2026, 11, 9, tzinfo=CHINA)
AS_OF = datetime(2026, 11, 13, 9, 30, tzinfo=CHINA)
APP_KEY, APP_SECRET, REFRESH = "7100000000000000001", "planted-doudian-secret", "planted-doudian-refresh"
FEN = (10, 9_007_199_254_740_993, 19_900, 3_555, 128_000, 1_230)  # the second: no binary float holds it
# what stands in the address of every call; the question itself is the JSON body
_COMMON = {"app_key", "method", "timestamp", "v", "sign_method", "sign", "access_token"}
_TAKES: Mapping[str, set[str]] = {
    "/order/searchList": {"update_time_start", "update_time_end", "order_by", "order_asc", "page", "size"},
    "/afterSale/List": {"update_start_time", "update_end_time", "order_by", "page", "size"},
    "/afterSale/Detail": {"after_sale_id"},
    "/token/refresh": {"grant_type", "refresh_token"},
}


class DoudianFake(Platform):
    """One shop."""

    exchange_path = "/token/refresh"
    lacks: ClassVar[Mapping[str, str]] = {
        "remove": "orders and after-sales requests are closed, never deleted [their status lists]",
        "restate": "these records carry their own modification time",
        "empty_page": "no description of the listing knows an empty page before the last",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        # our own choice: the limits stand in the app's console only
        self.budgets = {"app": Budget(amount=300, seconds=60)}
        self.tokens: Tokens = Tokens(clock=clock, refresh=REFRESH, rotates=True)
        for number, at in enumerate(_moments()):
            self.world.put("orders", order(number, at))
            self.world.put("refunds", after_sale(number, at))

    def costs(self, request: Received) -> list[tuple[str, float]]:
        """Tokens cost nothing."""
        return [] if request.path == self.exchange_path else [("app", 1.0)]

    def answer(self, request: Received) -> Reply:
        """One signed call."""
        try:
            asked = self._checked(request)
            data = {
                "/order/searchList": self._orders,
                "/afterSale/List": self._refunds,
                "/afterSale/Detail": self._detail,
                "/token/refresh": self._refresh,
            }[request.path](asked)
        except RefusalError as refusal:
            return refusal.reply
        return Reply.json(200, {"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "data": data})

    def _checked(self, request: Received) -> dict[str, Any]:
        if request.method != "POST" or request.path not in _TAKES:
            raise _refused(70000, "isp.api-service-off")
        found, body = request.parameters, request.body.decode()
        method = request.path.strip("/").replace("/", ".")
        if set(found) - _COMMON or found.get("method") != method or found.get("v") != "2":
            raise _refused(40003, "isv.parameter-invalid")
        if found.get("app_key") != APP_KEY:
            raise _refused(40003, "isv.app-id-invalid")
        # ten minutes either way
        if abs(int(found.get("timestamp", "0")) - self.clock.wall().timestamp()) > 600:
            raise _refused(40003, "isv.timestamp-invalid")
        # the secret at both ends, names in alphabetical order between them; token and sign_method are not signed
        text = "".join(
            (
                *(APP_SECRET, "app_key", APP_KEY, "method", method, "param_json", body),
                *("timestamp", found["timestamp"], "v2", APP_SECRET),
            )
        )
        expected = hmac.new(APP_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if found.get("sign_method") != "hmac-sha256" or found.get("sign") != expected:
            raise _refused(40003, "isv.signature-invalid")
        if request.path != self.exchange_path and not self.tokens.accepts(found.get("access_token", "")):
            raise _refused(40003, "isv.access-token-expired")
        asked = request.json
        if not isinstance(asked, dict) or set(asked) - _TAKES[request.path]:
            raise _refused(40004, "isv.parameter-invalid")
        return asked

    def _refresh(self, asked: dict[str, Any]) -> dict[str, Any]:
        granted = self.tokens.exchange(str(asked.get("refresh_token")))
        if asked.get("grant_type") != "refresh_token" or granted is None:
            raise _refused(50001, "dop.token-generate-failed:token-invalid")
        life = int(self.tokens.lifetime)
        return {"access_token": granted[0], "expires_in": life, "refresh_token": granted[1], "scope": "SCOPE"}

    def _orders(self, asked: dict[str, Any]) -> dict[str, Any]:
        if (asked["order_by"], asked["order_asc"]) != ("update_time", True):
            raise _refused(40004, "isv.parameter-invalid")
        return self._page("orders", asked, ("update_time_start", "update_time_end"), "shop_order_list")

    def _refunds(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["order_by"] != ["update_time asc"]:
            raise _refused(40004, "isv.parameter-invalid")
        return self._page("refunds", asked, ("update_start_time", "update_end_time"), "items")

    def _page(self, stream: str, asked: dict[str, Any], names: tuple[str, str], rows: str) -> dict[str, Any]:
        start, end = (datetime.fromtimestamp(asked[name], UTC) for name in names)
        page, size = asked["page"], asked["size"]
        # pages count from 0; 100 is the most: op.jinritemai.com/docs/api-docs/15/1342
        if page < 0 or not 1 <= size <= 100:
            raise _refused(40004, "isv.parameter-invalid")
        found = self.world.between(stream, start, end)
        shown = [
            {k: v for k, v in e.raw.items() if k != "detail"} for e in found[page * size : (page + 1) * size]
        ]
        return {"page": page, "size": size, "total": len(found), rows: shown}

    def _detail(self, asked: dict[str, Any]) -> dict[str, Any]:
        entry = self.world.streams["refunds"].get(str(asked.get("after_sale_id")))
        if entry is None:
            raise _refused(50002, "isv.business-failed")
        return {"process_info": {"after_sale_info": entry.raw["detail"]}}

    # -- changes of the world

    def add(self, stream: str) -> str:
        """A new record, now."""
        made = {"orders": order, "refunds": after_sale}[stream]
        return self.world.put(stream, made(9_000 + len(self.world.streams[stream]), _now(self.clock)))

    def change(self, stream: str, key: str | None = None) -> str:
        """Sent, or another amount asked back, now."""
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[0]
        return self._again(
            stream, entry, {"order_status": 3} if stream == "orders" else {"refund_amount": 101}
        )

    def cancel(self, stream: str) -> str:
        """An order is cancelled, a request fails, now."""
        news = {"order_status": 4} if stream == "orders" else {"aftersale_status": 28, "refund_status": 4}
        return self._again(stream, self.world.entries(stream)[1], news)

    def late(self, stream: str, at: datetime) -> str:
        """A record appears only now in the search."""
        made = {"orders": order, "refunds": after_sale}[stream]
        return self.world.put(stream, made(8_000, at.replace(microsecond=0)))

    def _again(self, stream: str, was: FakeRecord, news: dict[str, Any]) -> str:
        at = _now(self.clock)
        news = {**news, "update_time": int(at.timestamp())}
        if stream == "orders":
            return self.world.put(stream, _order({**was.raw, **news}, was.instant, at))
        raw = {**was.raw, "aftersale_info": {**was.raw["aftersale_info"], **news}}
        return self.world.put(stream, _after_sale(raw, was.instant, at))

    # -- the platform's words

    def throttled_in_200(self) -> Reply:
        """Its only way to say so."""
        return _refusal(60000, "isp.flow-limit")

    def error_in_200(self) -> Reply:
        """A trouble of its own."""
        return _refusal(20000, "dop.service-error")

    def unauthorised(self) -> Reply:
        """The token has ended."""
        return _refusal(40003, "isv.access-token-expired")

    def forbidden(self) -> Reply:
        """The package for the interface was not granted."""
        return _refusal(30001, "isv.app-permissions-insufficient")


def _refusal(code: int, sub: str) -> Reply:
    return Reply.json(200, {"code": code, "msg": "失败", "sub_code": sub, "sub_msg": "失败", "log_id": "l1"})


def _refused(code: int, sub: str) -> RefusalError:
    return RefusalError(_refusal(code, sub))


def _now(clock: Clock) -> datetime:
    return clock.wall().replace(microsecond=0)


def _moments() -> Iterator[datetime]:
    """18 records a day, the first at midnight; nine at one second of the third day; some this morning."""
    for day in range(4):
        for n in range(18):
            yield FIRST + timedelta(days=day, minutes=n * 79)
    for _ in range(9):
        yield FIRST + timedelta(days=2, hours=20, seconds=11)
    for n in range(4):
        yield FIRST + timedelta(days=4, hours=n * 2)


def _utc(seconds: int) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else None


def order(number: int, at: datetime) -> FakeRecord:
    """A paid order of one or two lines, most of them sold in a livestream."""
    created = at - timedelta(minutes=number % 50)
    lines = [_line(number, part) for part in range(1 + number % 2)]
    raw = {
        # beyond 2**53: read as a float, this id would be another one
        "order_id": str(6_930_000_000_000_000_000 + number),
        "order_status": 2,
        "main_status": 2,
        "create_time": int(created.timestamp()),
        "pay_time": int(created.timestamp()),
        "update_time": int(at.timestamp()),
        "finish_time": 0,
        "pay_amount": sum(line["pay_amount"] for line in lines) + 800,
        "platform_cost_amount": sum(line["platform_cost_amount"] for line in lines),
        "post_amount": 800,
        "tax_amount": 0,
        "doudian_open_id": f"1@#open-{number % 31}",
        "sku_order_list": lines,
    }
    return _order(raw, created, at)


def _line(number: int, part: int) -> dict[str, Any]:
    return {
        "order_id": str(6_940_000_000_000_000_000 + 10 * number + part),
        "item_num": 1 + number % 3,
        "pay_amount": FEN[(number + 2 * part) % 6],
        "platform_cost_amount": 150 * (number % 2),
        "post_amount": 0,
        "tax_amount": 0,
        "order_status": 2,
        "trade_type": 0,
        "code": f"直播款-{number % 7}",
        "out_sku_id": "",
        "sku_id": 3_393_133_152_980_000 + number % 9,
        "room_id_str": str(7_560_000_000_000_000_000 + number % 4) if number % 4 else "0",
        "author_id": 100_200_300 + number % 4 if number % 4 else 0,
        "video_id": "0",
        "product_name": "a name",
    }


def _order(raw: dict[str, Any], created: datetime, at: datetime) -> FakeRecord:
    # 抖店 writes 0 or an empty text where there is none
    def given(value: Any) -> str | None:
        return str(value) if value not in (0, "0", "") else None

    lines = [
        {
            **{k: v for k, v in line.items() if k != "product_name"},
            **{k: given(line[k]) for k in ("sku_id", "room_id_str", "author_id", "video_id")},
        }
        for line in raw["sku_order_list"]
    ]
    times = {n: _utc(raw[n]) for n in ("create_time", "pay_time", "update_time", "finish_time")}
    buyer = hashlib.sha256(f"meritline:{raw['doudian_open_id']}".encode()).hexdigest()[:24]
    payload = {**{k: v for k, v in raw.items() if k != "sku_order_list"}, **times, "doudian_open_id": buyer}
    return FakeRecord(raw["order_id"], at, created, raw, {**payload, "lines": lines})


def after_sale(number: int, at: datetime) -> FakeRecord:
    """A refund that went through; every third one gave a discount of the platform back, too."""
    created = at - timedelta(hours=number % 40)
    returned = 150 if number % 3 == 0 else 0
    info: dict[str, Any] = {
        "aftersale_id": str(7_050_000_000_000_000_000 + number),
        "aftersale_type": number % 3,
        "aftersale_status": 12,
        "refund_status": 3,
        "refund_amount": FEN[number % 6],
        "return_promotion_amount": returned,
        "apply_time": int(created.timestamp()),
        "create_time": int(created.timestamp()),
        "update_time": int(at.timestamp()),
        "arbitrate_status": 0,
        "arbitrate_blame": number % 5,
    }
    line = {
        "sku_order_id": str(6_940_000_000_000_000_000 + 10 * number),
        "aftersale_pay_amount": FEN[number % 6],
        "aftersale_item_num": 1,
        "aftersale_tax_amount": 0,
    }
    raw = {
        "aftersale_info": info,
        "order_info": {
            "shop_order_id": str(6_930_000_000_000_000_000 + number),
            "related_order_info": [line],
        },
        "text_part": {"reason_text": "七天无理由退货"},
        "detail": {
            "after_sale_id": int(info["aftersale_id"]),
            "platform_discount_return_amount": returned - returned // 3,
            "kol_discount_return_amount": returned // 3,
        },
    }
    return _after_sale(raw, created, at)


def _after_sale(raw: dict[str, Any], created: datetime, at: datetime) -> FakeRecord:
    info, detail = raw["aftersale_info"], raw["detail"]
    # 3 and 5: money went back, paid out by the shop or collected from it; only then are the shares looked up
    is_told = info["refund_status"] in (3, 5) and info["return_promotion_amount"]
    payload = {
        **info,
        **{n: _utc(info[n]) for n in ("apply_time", "create_time", "update_time")},
        "shop_order_id": raw["order_info"]["shop_order_id"],
        "lines": raw["order_info"]["related_order_info"],
        "reason_text": raw["text_part"]["reason_text"],
        "platform_discount_return_amount": detail["platform_discount_return_amount"] if is_told else 0,
        "kol_discount_return_amount": detail["kol_discount_return_amount"] if is_told else 0,
    }
    return FakeRecord(info["aftersale_id"], at, created, raw, payload)

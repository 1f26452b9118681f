"""A small TikTok Shop: signed requests over orders, returns and livestreams of a Californian shop.

Belongs here: signature, parameters, paging, words of the platform. Not here: the records (tiktok_records.py), faults
(spoil, kit/conformance). Page tokens are places in the list as it stands when they are used, so that rows can move.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.fakes import tiktok_records as records
from connectors.testing.fakes.tiktok_records import ZONE
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, RefusalError, Reply
from connectors.testing.tokens import Tokens
from connectors.testing.world import FakeRecord

APP_KEY, CIPHER = "29a39d0123", "ROW_planted-cipher-0001"
SECRET, REFRESH = "planted-tiktok-app-secret", "planted-tiktok-refresh-first"
ORDERS = "/order/202309/orders/search"
RETURNS = "/return_refund/202309/returns/search"
LIVES = "/analytics/202509/shop_lives/performance"
_COMMON = {"app_key", "shop_cipher", "timestamp", "sign"}
_TAKES: Mapping[str, tuple[str, set[str], set[str]]] = {  # path: method, required and optional parameters
    ORDERS: ("POST", {"page_size"}, {"page_token", "sort_field", "sort_order"}),
    RETURNS: ("POST", {"page_size"}, {"page_token", "sort_field", "sort_order"}),
    LIVES: (
        "GET",
        {"start_date_ge", "end_date_lt"},
        {"page_size", "page_token", "sort_field", "sort_order", "currency", "account_type"},
    ),
}
_MAKERS: Mapping[str, Callable[..., FakeRecord]] = {
    "orders": records.order,
    "returns": records.given_back,
    "lives": records.live,
}
_FILTERS = {"update_time_ge", "update_time_lt", "create_time_ge", "create_time_lt"}
# the most that each listing serves
_LARGEST = {ORDERS: 100, RETURNS: 50, LIVES: 100}


class TikTokShopFake(Platform):
    """One shop.

    Attributes:
        days_late: how many whole days the figures of livestreams lack.
        ahead: how many seconds a request's clock may be ahead of the platform's.
        zone: where the shop is registered; its days are the days of livestreams.
    """

    ahead = 30.0

    exchange_path = "/api/v2/token/refresh"
    lacks: ClassVar[Mapping[str, str]] = {
        "remove": "orders, returns and livestreams are never deleted by this API",
        "cancel": "a livestream is not cancelled",
        "late": "a report of days has no late rows, it is restated",
        "restate": "orders and returns change by their own update_time",
        "empty_page": "no page before the last is empty: pages are cut from a counted list",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        # 604,800 seconds: seven days
        self.tokens: Tokens = Tokens(clock=clock, refresh=REFRESH, lifetime=604_800, rotates=True)
        # ours: limits are allotted as one goes; for analytics 0.2 to 1 request a second is advised
        self.budgets = {"shop": Budget(amount=60, seconds=60), "analytics": Budget(amount=30, seconds=60)}
        self.days_late = 0
        self.zone = ZONE
        self._changes = 0
        for entry in records.orders():
            self.world.put("orders", entry)
        for entry in records.returns():
            self.world.put("returns", entry)
        for entry in records.lives():
            self.world.put("lives", entry)

    def costs(self, request: Received) -> list[tuple[str, float]]:
        """Analytics have a budget of their own; tokens are asked for elsewhere."""
        if self.exchanges(request):
            return []
        return [("analytics" if request.path == LIVES else "shop", 1.0)]

    def expected(self, stream: str) -> Mapping[str, Mapping[str, Any]]:
        """What a reader of the shop's own accounts must have."""
        found = self.world.expected(stream)
        others = {e.key for e in self.world.entries("lives") if self.kind_of(e) == records.KINDS[2]}
        return {key: payload for key, payload in found.items() if key not in others}

    # -- changes of the world

    def _make(self, stream: str, number: int, at: datetime, **changes: Any) -> str:
        return self.world.put(stream, _MAKERS[stream](number, at, **changes))

    def _now(self) -> datetime:
        return self.clock.wall().replace(microsecond=0)

    def add(self, stream: str) -> str:
        """Something new, now."""
        self._changes += 1
        return self._make(stream, 900 + self._changes, self._now())

    def change(self, stream: str, key: str | None = None) -> str:
        """The first record, or the given one, gets other content."""
        self._changes += 1
        key = key or (min if stream != "lives" else max)(self.world.streams[stream])
        return self._again(stream, key, self._now())

    def cancel(self, stream: str) -> str | None:
        """An order or a return is cancelled."""
        if stream == "lives":
            return None
        key = max(self.world.streams[stream])
        return self._again(stream, key, self._now(), is_cancelled=True)

    def late(self, stream: str, at: datetime) -> str | None:
        """A record that says it changed at `at` appears only now."""
        if stream == "lives":
            return None
        self._changes += 1
        return self._make(stream, 800 + self._changes, at.replace(microsecond=0))

    def restate(self, stream: str, day: date) -> str | None:
        """A livestream of a past day gets other figures."""
        if stream != "lives":
            return None
        found = self.world.entries("lives", lambda entry: self._day(entry) == day)
        self._changes += 1
        return self._again("lives", found[0].key, self._now()) if found else None

    def _again(self, stream: str, key: str, at: datetime, **changes: Any) -> str:
        entry = self.world.streams[stream][key]
        number = records.number_of(key)
        began = {"lives": entry.instant}.get(stream, at)  # a livestream does not begin anew
        again = {} if stream == "lives" else {"created": entry.day}
        return self._make(stream, number, began, extra=self._changes, **again, **changes)

    # -- the platform's words

    def throttled(self, retry_after: str | None) -> Reply:
        """Too many requests."""
        headers = {} if retry_after is None else {"Retry_After": retry_after}
        return Reply.json(429, _words(36009002, "Too many requests."), **headers)

    def throttled_in_200(self) -> Reply:
        """Too many requests, said in a success."""
        return Reply.json(200, _words(36009002, "Too many requests."))

    def error_in_200(self) -> Reply:
        """The platform's own trouble, said in a success."""
        return Reply.json(200, _words(36009003, "Internal error. Please try again."))

    def unauthorised(self) -> Reply:
        """The token has expired."""
        return Reply.json(401, _words(105002, "Expired credentials."))

    def forbidden(self) -> Reply:
        """A scope is missing."""
        return Reply.json(403, _words(105005, "Access denied: the app lacks the scope."))

    # -- the API

    def answer(self, request: Received) -> Reply:
        """An answer in the platform's envelope."""
        try:
            if request.path == self.exchange_path:
                return self._token(request)
            self._admit(request)
            return self._listed(request)
        except RefusalError as refusal:
            return refusal.reply

    def _token(self, request: Received) -> Reply:
        sent = request.parameters
        known = (sent.get("app_key"), sent.get("app_secret"), sent.get("grant_type"))
        if request.method != "GET" or known != (APP_KEY, SECRET, "refresh_token"):
            raise _refused(200, 36004004, "app_key or app_secret is invalid")
        granted = self.tokens.exchange(sent.get("refresh_token", ""))
        if granted is None:
            raise _refused(200, 36004003, "refresh_token is invalid")
        ends = int(self.clock.wall().timestamp() + self.tokens.lifetime)
        data = {
            "access_token": granted[0],
            "access_token_expire_in": ends,
            "refresh_token": granted[1],
            "refresh_token_expire_in": ends + 86_400 * 180,
            "open_id": "planted-open-id",
            "seller_name": "planted seller",
        }
        return Reply.json(200, {"code": 0, "message": "success", "data": data, "request_id": "2026110101"})

    def _admit(self, request: Received) -> None:
        sent = request.parameters
        if request.path not in _TAKES or _TAKES[request.path][0] != request.method:
            raise _refused(404, 36009009, "Invalid path")
        if not self.tokens.accepts(request.headers.get("x-tts-access-token", "")):
            raise _refused(401, 105002, "Expired credentials.")
        if sent.get("app_key") != APP_KEY:
            raise _refused(400, 36009004, "Invalid app_key")
        off = int(sent.get("timestamp", "0")) - self.clock.wall().timestamp()
        # five minutes behind and half a minute ahead
        if not -300 <= off <= self.ahead:
            raise _refused(400, 36009004, "Invalid timestamp")
        if not hmac.compare_digest(sent.get("sign", ""), _signed(request)):
            raise _refused(401, 106001, "The sign is invalid")
        if sent.get("shop_cipher") != CIPHER:
            raise _refused(400, 106013, "shop_cipher is missing or not of this seller")
        if request.headers.get("content-type") != "application/json":
            raise _refused(400, 36009004, "Invalid content-type")
        _, required, optional = _TAKES[request.path]
        if required - set(sent) or set(sent) - required - optional - _COMMON:
            raise _refused(400, 36009004, "Unexpected identifier")

    def _listed(self, request: Received) -> Reply:
        sent = request.parameters
        size = int(sent.get("page_size", "10"))
        if not 1 <= size <= _LARGEST[request.path]:
            raise _refused(400, 36009004, "Invalid page_size")
        name, found, extra = self._found(request)
        start = _place(sent.get("page_token"))
        told = [entry.raw for entry in found[start : start + size]]
        more = start + size < len(found)
        data = {
            name: told,
            "total_count": len(found),
            "next_page_token": _token(start + size) if more else "",
            **extra,
        }
        return Reply.json(200, {"code": 0, "message": "Success", "data": data, "request_id": "2026110102"})

    def _found(self, request: Received) -> tuple[str, list[FakeRecord], dict[str, Any]]:
        if request.path == LIVES:
            return (
                "live_stream_sessions",
                self._lives(request.parameters),
                {"latest_available_date": self._ready()},
            )
        body = request.json if isinstance(request.json, dict) else {}
        if set(body) - _FILTERS or not all(isinstance(value, int) for value in body.values()):
            raise _refused(400, 36009004, "Invalid body")
        # 2**40 seconds: later than anything that is asked for
        first, last = body.get("update_time_ge", 0), body.get("update_time_lt", 1 << 40)
        stream, name = ("orders", "orders") if request.path == ORDERS else ("returns", "return_orders")
        found = self.world.entries(stream, lambda entry: first <= entry.at.timestamp() < last)
        return name, found, {}

    def _lives(self, sent: Mapping[str, str]) -> list[FakeRecord]:
        first, end = (date.fromisoformat(sent[name]) for name in ("start_date_ge", "end_date_lt"))
        kind, ready = sent.get("account_type", "ALL"), date.fromisoformat(self._ready())
        return self.world.entries(
            "lives",
            lambda entry: (
                first <= self._day(entry) < end
                and self._day(entry) <= ready
                and kind in ("ALL", self.kind_of(entry))
            ),
        )

    def kind_of(self, entry: FakeRecord) -> str:
        """In which kind of account a livestream ran."""
        return records.kind_of(entry)

    def _day(self, entry: FakeRecord) -> date:
        return entry.instant.astimezone(self.zone).date()

    def _ready(self) -> str:
        today = self.clock.wall().astimezone(self.zone).date()
        return (today - timedelta(days=1 + self.days_late)).isoformat()


def _signed(request: Received) -> str:
    """The signature as the platform computes it, by this fake's own means."""
    names = sorted(name for name in request.parameters if name not in ("sign", "access_token"))
    text = SECRET + request.path + "".join(f"{name}{request.parameters[name]}" for name in names)
    # the secret wraps path, query and body: partner.tiktokshop.com, Sign your API request
    wrapped = text.encode() + request.body + SECRET.encode()
    return hmac.new(SECRET.encode(), wrapped, hashlib.sha256).hexdigest()


def _token(place: int) -> str:
    return base64.b64encode(f"offset={place}".encode()).decode()


def _place(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.b64decode(token, validate=True).decode().removeprefix("offset="))
    except (binascii.Error, ValueError):
        raise _refused(400, 36009004, "Invalid page_token") from None


def _refused(status: int, code: int, message: str) -> RefusalError:
    return RefusalError(Reply.json(status, _words(code, message)))


def _words(code: int, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "data": None, "request_id": "2026110103"}

"""All accounts of the sandbox: address to API, tokens, clock, faults, counts.

Here: routing of one request to one answer. Not here: sockets (connectors/testing/loopback.py), what an API says
(connectors/testing/fakes/shopify_api.py, help_desk.py).
"""

import base64
import binascii
import hmac
import json
import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.sandbox.faults import OrderedFault, OrderedFaults, spoil
from connectors.sandbox.help_desk import HelpDesk, too_many
from connectors.sandbox.incident_log import load_tickets
from connectors.sandbox.online_retail import load_shops
from connectors.testing.fakes.shopify_api import ShopifyApi, ShopifyLimits
from connectors.testing.fakes.shopify_shop import Shop, epoch
from connectors.testing.fakes.zendesk import EXPORT
from connectors.testing.reply import Received, Reply

DATA = Path(__file__).parent / "data"
GRAPHQL = "/admin/api/2026-10/graphql.json"
HELP_DESK = "helpdesk"
NOT_FOUND = {"errors": "Not Found"}


def _token() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Options:
    """How strict the sandbox is; the defaults let a demo run without waiting."""

    shopify_token: str = field(default_factory=_token, repr=False)
    zendesk_token: str = field(default_factory=_token, repr=False)
    shopify_limits: ShopifyLimits = field(default_factory=ShopifyLimits)
    zendesk_requests_per_minute: int = 100_000


class Accounts:
    """Every account under one clock; one request is answered at a time."""

    def __init__(self, as_of: datetime, data: Path, options: Options, base_url: str) -> None:
        clock = int(as_of.timestamp())
        self.options = options
        self.faults = OrderedFaults()
        self.counts: Counter[str] = Counter()
        self._base_url = base_url
        self._lock = threading.Lock()
        shops = load_shops(data / "online_retail.parquet")
        self._shops = {
            name: ShopifyApi(Shop(name, orders, clock), options.shopify_limits)
            for name, orders in shops.items()
        }
        tickets = load_tickets(data / "incidents.parquet")
        self._desk = HelpDesk(tickets, clock, options.zendesk_requests_per_minute)

    def set_clock(self, as_of: datetime) -> None:
        """Show every account as it was at `as_of`."""
        if as_of.tzinfo is None:
            raise ValueError("the clock needs a zone")
        clock = int(as_of.timestamp())
        with self._lock:
            for api in self._shops.values():
                api.shop.set_clock(clock)
            self._desk.set_clock(clock)

    def answer(self, request: Received) -> Reply:
        """The reply with the ordered fault in it."""
        # before the lock: what changes the sandbox takes it by itself, and it cannot be taken twice
        if request.path.startswith("/_sandbox/"):
            return self._admin(request)
        with self._lock:
            fault = self.faults.take(request.path, request.target + request.body.decode("utf-8", "replace"))
            platform, _, rest = request.path.strip("/").partition("/")
            account, _, rest = rest.partition("/")
            self.counts[f"{platform}/{account}"] += 1
            if platform == "shopify" and account in self._shops:
                return self._shopify(self._shops[account], request, "/" + rest, fault)
            if platform == "zendesk" and account == HELP_DESK:
                return self._zendesk(request, "/" + rest, fault)
        return Reply.json(404, NOT_FOUND)

    def _shopify(self, api: ShopifyApi, request: Received, rest: str, fault: OrderedFault | None) -> Reply:
        given = request.headers.get("x-shopify-access-token", "")
        # equal in time for every wrong token: Python documentation, hmac.compare_digest
        if not hmac.compare_digest(given.encode(), self.options.shopify_token.encode()):
            words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return Reply.json(401, {"errors": words})
        if rest != GRAPHQL:
            return Reply.json(404, NOT_FOUND)
        if request.method != "POST":
            return Reply.json(405, {"errors": "Method Not Allowed"}, Allow="POST")
        reply = api.answer(request.body)
        if fault is None:
            return reply
        asked = {"after": _variables(request.body).get("after")}
        return spoil(fault, reply, Reply.json(200, api.throttled()), asked)

    def _zendesk(self, request: Received, rest: str, fault: OrderedFault | None) -> Reply:
        if not self._knows_agent(request.headers.get("authorization", "")):
            return Reply.json(401, {"error": "Couldn't authenticate you"})
        if rest.removesuffix(".json") != EXPORT:
            return Reply.json(404, {"error": "RecordNotFound", "description": "Not found"})
        if request.method != "GET":
            return Reply.json(405, {"error": "MethodNotAllowed", "description": "GET only"}, Allow="GET")
        base_url = f"{self._base_url}/zendesk/{HELP_DESK}"
        reply = self._desk.limited() or self._desk.export(base_url, request.parameters)
        if fault is None:
            return reply
        return spoil(fault, reply, too_many(fault.retry_after), dict(request.parameters))

    def _knows_agent(self, header: str) -> bool:
        kind, _, encoded = header.partition(" ")
        try:
            email, _, token = base64.b64decode(encoded, validate=True).decode().partition("/token:")
        except (binascii.Error, UnicodeDecodeError):
            return False
        right = hmac.compare_digest(token.encode(), self.options.zendesk_token.encode())
        return kind.lower() == "basic" and "@" in email and right

    def _admin(self, request: Received) -> Reply:
        parts = request.path.strip("/").split("/")[1:]
        try:
            if request.method == "GET" and parts == ["stats"]:
                return self._stats()
            if request.method != "POST":
                return Reply.json(404, NOT_FOUND)
            return self._change(parts, json.loads(request.body or b"{}"))
        # ArithmeticError: Decimal raises InvalidOperation for a price that is no number
        except (KeyError, ValueError, TypeError, ArithmeticError) as error:
            return Reply.json(400, {"errors": f"{type(error).__name__}: {error}"})

    def _stats(self) -> Reply:
        with self._lock:
            return Reply.json(
                200, {"requests": dict(sorted(self.counts.items())), "faults": self.faults.served}
            )

    def _change(self, parts: list[str], body: Any) -> Reply:
        if parts == ["clock"]:
            self.set_clock(datetime.fromisoformat(body["as_of"]))
        elif parts == ["faults"]:
            with self._lock:
                self.faults.orders = [*self.faults.orders, OrderedFault(**body)] if body else []
        elif len(parts) == 4 and parts[0] == "shopify" and parts[2] == "orders" and parts[1] in self._shops:
            epoch(body["at"])
            with self._lock:
                self._shops[parts[1]].shop.patch(int(parts[3]), body)
        else:
            return Reply.json(404, NOT_FOUND)
        return Reply.json(200, {"ok": True})


def _variables(body: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(body).get("variables") or {})
    except (ValueError, AttributeError):
        return {}

"""抖店: signature, rotating token, parameters as the SDKs know them, subsidies, words, personal data.

No official specification file exists; names come from public SDKs (connectors/doudian/README.md). Not here: the 34 promises
(conformance/), canonical rows (tests/warehouse/facts/feeds/test_doudian.py).
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.doudian import Doudian
from connectors.doudian.errors import trouble
from connectors.doudian.signing import signature
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.transport.state import FILE
from connectors.testing.clock import Clock
from connectors.testing.fakes.doudian import APP_KEY, APP_SECRET, AS_OF, FIRST, DoudianFake
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from models.loads import FailedWindow, PulledWindow
from tests.connectors.against_fake import FakeBench, mounted, payloads
from tests.connectors.testing.conformance.cases.doudian import ACCOUNT

# parameters of the request structs of the public Go SDK (README.md)
PARAMETERS = {
    "/order/searchList": {
        *(
            "product",
            "b_type",
            "after_sale_status_desc",
            "tracking_no",
            "presell_type",
            "order_type",
            "create_time_start",
        ),
        *(
            "create_time_end",
            "abnormal_order",
            "trade_type",
            "combine_status",
            "update_time_start",
            "update_time_end",
        ),
        *("size", "page", "order_by", "order_asc", "fulfil_status", "is_searchable"),
    },
    "/afterSale/List": {
        *(
            "order_id",
            "aftersale_type",
            "aftersale_status",
            "reason",
            "logistics_status",
            "pay_type",
            "refund_type",
        ),
        *(
            "arbitrate_status",
            "order_flag",
            "start_time",
            "end_time",
            "amount_start",
            "amount_end",
            "risk_flag",
            "order_by",
        ),
        *(
            "page",
            "size",
            "aftersale_id",
            "standard_aftersale_status",
            "need_special_type",
            "update_start_time",
        ),
        *(
            "update_end_time",
            "order_logistics_tracking_no",
            "order_logistics_state",
            "agree_refuse_sign",
            "aftersale_sub_type",
        ),
    },
    "/afterSale/Detail": {"after_sale_id", "need_operation_record", "is_searchable"},
    "/token/refresh": {"grant_type", "refresh_token"},
}


@dataclass
class Shop(FakeBench):
    """The fake shop on a socket."""

    platform: DoudianFake

    def read(self, stream: str, **changes: Any) -> list[PulledWindow | FailedWindow]:
        return self.pull(Doudian(), stream, **{"span_from": FIRST + timedelta(days=1), **changes})


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = Clock(AS_OF)
    with mounted(Shop(DoudianFake(clock), clock, tmp_path, ACCOUNT)) as bench:
        yield bench


# -- signature


def test_the_signature_is_the_hmac_of_the_wrapped_parameters() -> None:
    param_json = '{"page":0,"text":"<春&夏>"}'
    text = f"sapp_keykmethodorder.searchListparam_json{param_json}timestamp1763000000v2s"
    expected = hmac.new(b"s", text.encode("utf-8"), hashlib.sha256).hexdigest()

    assert signature("k", "s", "order.searchList", param_json, "1763000000") == expected


def test_the_bytes_that_are_signed_are_the_bytes_that_are_sent(shop: Shop) -> None:
    shop.read("orders")

    for call in shop.platform.calls:
        found, body = call.request.parameters, call.request.body.decode()
        assert body == json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        method = call.request.path.strip("/").replace("/", ".")
        assert found["method"] == method
        assert found["sign"] == signature(APP_KEY, APP_SECRET, method, body, found["timestamp"])


@pytest.mark.parametrize("stream", ["orders", "refunds"])
def test_only_parameters_that_the_sdks_know_are_sent(shop: Shop, stream: str) -> None:
    shop.read(stream)

    assert shop.platform.calls
    for call in shop.platform.calls:
        assert set(call.request.json) <= PARAMETERS[call.request.path]


# -- token


def test_a_rotated_refresh_token_is_kept_and_used_by_the_next_run(shop: Shop) -> None:
    shop.read("orders")
    shop.clock.sleep(4 * 3600)
    windows = shop.read("orders", span_from=AS_OF, as_of=AS_OF + timedelta(hours=2))

    sent = [
        c.request.json["refresh_token"] for c in shop.platform.calls if c.request.path == "/token/refresh"
    ]
    assert len(sent) == len(set(sent)) == 2
    assert all(isinstance(window, PulledWindow) for window in windows)
    state = (shop.folder / FILE).read_bytes()
    assert not [token for token in shop.platform.secrets() if token.encode() in state]


def test_a_refused_refresh_token_ends_the_pull_at_once(shop: Shop) -> None:
    shop.platform.tokens.refresh = "somebody-else-refreshed"

    windows = shop.read("orders")

    assert {w.code for w in windows if isinstance(w, FailedWindow)} == {"P104"}
    assert len(shop.platform.calls) == 1


class _Busy:
    """The token ends after three calls, and the token endpoint is busy once."""

    def __init__(self, fake: DoudianFake) -> None:
        self.fake, self.was_busy = fake, False

    def before(self, call: PlatformCall) -> Reply | None:
        if call.number == 4:
            self.fake.tokens.expire()
        if call.request.path != "/token/refresh" or call.number < 4 or self.was_busy:
            return None
        self.was_busy = True
        return Reply.json(429, {"code": 60000}, Retry_After="7")

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        return reply


def test_a_busy_token_endpoint_is_waited_out_in_the_middle_of_a_pull(shop: Shop) -> None:
    shop.platform.fault = busy = _Busy(shop.platform)

    windows = shop.read("orders")

    assert busy.was_busy
    assert all(isinstance(window, PulledWindow) for window in windows)
    assert shop.platform.violations == []


# -- records


def test_pages_are_walked_from_the_last_to_the_first(shop: Shop) -> None:
    shop.read("orders", span_from=FIRST + timedelta(days=2), as_of=FIRST + timedelta(days=2, minutes=1))

    pages = [c.request.json["page"] for c in shop.platform.calls if c.request.path == "/order/searchList"]
    assert pages == [0, 3, 2, 1, 0]


def test_the_detail_is_asked_only_where_a_discount_was_given_back(shop: Shop) -> None:
    found = payloads(shop.read("refunds"))

    asked = {
        c.request.json["after_sale_id"] for c in shop.platform.calls if c.request.path == "/afterSale/Detail"
    }
    assert asked == {key for key, payload in found.items() if payload["return_promotion_amount"]}
    shares = {(p["platform_discount_return_amount"], p["kol_discount_return_amount"]) for p in found.values()}
    assert shares == {(0, 0), (100, 50)}


def test_lines_that_hold_more_than_was_paid_are_refused(shop: Shop) -> None:
    entry = shop.platform.world.entries("orders")[30]
    entry.raw["pay_amount"] = 1

    codes = {w.code for w in shop.read("orders") if isinstance(w, FailedWindow)}

    assert codes == {"P107"}


def test_an_id_of_zero_is_none(shop: Shop) -> None:
    found = payloads(shop.read("orders"))

    rooms = {line["room_id_str"] for order in found.values() for line in order["lines"]}
    assert None in rooms
    assert "0" not in rooms


# -- personal data


class _Planted:
    """Every answer carries a receiver."""

    def before(self, call: PlatformCall) -> Reply | None:
        return None

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        for order in (reply.document.get("data") or {}).get("shop_order_list", []):
            order |= {"post_receiver": "planted-name", "post_addr": {"detail": "planted-street"}}
            for line in order["sku_order_list"]:
                line["encrypt_post_tel"] = "planted-phone"
        return reply


def test_no_receiver_and_no_raw_buyer_reaches_a_landed_byte(shop: Shop) -> None:
    shop.platform.fault = _Planted()

    windows = shop.read("orders")

    data = shop.landed().encode() + b"".join(
        w.records_path.read_bytes() for w in windows if isinstance(w, PulledWindow)
    )
    assert b"doudian_open_id" in data
    for planted in (b"planted", b"1@#open"):
        assert planted not in data
    assert [w.drift for w in windows if isinstance(w, PulledWindow) and w.drift] == []  # known, and left out


# -- words


@pytest.mark.parametrize(
    ("code", "sub", "expected"),
    [
        (60000, "isp.flow-limit", "P101"),
        (20000, "dop.service-error", "P102"),
        (90000, "", "P102"),
        (50002, "isp.service-error:7", "P102"),
        (40003, "isv.access-token-expired", "P103"),
        (40003, "isv.signature-invalid", "P104"),
        (30001, "dop.authorization-no-existed", "P104"),
        (30001, "isv.app-permissions-insufficient", "P105"),
        (40004, "", "P106"),
    ],
)
def test_its_codes_are_the_kits_troubles(code: int, sub: str, expected: str) -> None:
    error = trouble(HttpAnswer(200, {}, {"code": code, "sub_code": sub, "msg": "张三"}))

    assert error is not None
    assert error.code == expected
    assert "张三" not in str(error)


def test_an_answer_without_a_code_is_no_data() -> None:
    error = trouble(HttpAnswer(200, {}, {"data": {"total": 0}}))

    assert error is not None
    assert error.code == "P107"

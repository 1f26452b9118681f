"""TikTok Shop by its fake: the signature, what is asked for, and the ways in which answers may lie."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.testing.clock import Clock
from connectors.testing.fakes.tiktok_records import NOW
from connectors.testing.fakes.tiktok_shop import CIPHER, LIVES, REFRESH, SECRET, TikTokShopFake
from connectors.testing.reply import Received, Reply
from connectors.tiktok_shop import TikTokShop
from connectors.tiktok_shop.signing import signature
from models.loads import FailedWindow, PulledWindow
from tests.connectors.against_fake import FakeBench, served
from tests.connectors.bench import records
from tests.connectors.testing.conformance.cases.tiktok_shop import CASES

STREAMS = ("orders", "returns", "lives")
START = datetime(2026, 11, 2, 8, tzinfo=UTC)  # the last whole day in California
END = datetime(2026, 11, 3, 8, tzinfo=UTC)
PERSONAL = ("Jane", "Planted Road", "213-555", "jane.planted", "围巾", "7494600")


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeBench]:
    clock = Clock(NOW)
    with served(TikTokShopFake(clock), clock, tmp_path, CASES[0].account) as bench:
        yield bench


class Spoil:
    """Changes every answer of the platform that holds data."""

    def __init__(self, change: Callable[[Any], None]) -> None:
        self.change = change

    def before(self, call: Any) -> None:
        return None

    def after(self, call: Any, reply: Reply) -> Reply:
        if "/token/" not in call.request.path:
            self.change(reply.document)
        return reply


def _pull(fake: FakeBench, stream: str, **changes: Any) -> list[PulledWindow | FailedWindow]:
    return fake.pull(TikTokShop(), stream, **{"span_from": START, **changes})


def _codes(found: list[PulledWindow | FailedWindow]) -> set[str]:
    return {getattr(window, "code", "read") for window in found}


def test_the_signature_is_that_of_the_platforms_worked_sample() -> None:
    query = [("app_key", "29a39d"), ("timestamp", "1623812664")]
    expected = "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"

    assert signature("e59af819cc", "/authorization/202309/shops", query, b"") == expected
    assert signature("e59af819cc", "/authorization/202309/shops", [*query, ("sign", "x")], b"") == expected
    assert signature("e59af819cc", "/authorization/202309/shops", query, b"{}") != expected


@pytest.mark.parametrize("stream", STREAMS)
def test_every_request_is_signed_over_its_very_bytes(fake: FakeBench, stream: str) -> None:
    _pull(fake, stream)

    assert fake.asked()
    for request in fake.asked():
        pairs = sorted((n, v) for n, v in request.parameters.items() if n != "sign")
        text = SECRET + request.path + "".join(n + v for n, v in pairs) + request.body.decode() + SECRET
        assert (
            request.parameters["sign"] == hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        )
        assert request.parameters["shop_cipher"] == CIPHER
        assert SECRET not in request.target


def test_a_request_that_is_sent_again_later_is_signed_anew(fake: FakeBench) -> None:
    throttled = [True]

    def once(document: Any) -> None:
        if throttled.pop() if throttled else False:
            document.update(code=36009002, message="Too many requests.", data=None)

    fake.platform.fault = Spoil(once)

    _pull(fake, "orders")

    first, second = fake.asked()[:2]
    assert first.parameters["timestamp"] != second.parameters["timestamp"]
    assert first.parameters["sign"] != second.parameters["sign"]


def test_orders_are_asked_for_by_their_change_and_livestreams_by_whole_days(fake: FakeBench) -> None:
    _pull(fake, "orders")
    _pull(fake, "lives", settings={"account_types": "OFFICIAL_ACCOUNTS"})

    orders = [r for r in fake.asked() if r.method == "POST"]
    lives = [r for r in fake.asked() if r.path == LIVES]
    first = int((START - timedelta(hours=1)).timestamp())
    assert orders[0].json == {"update_time_ge": first, "update_time_lt": int(START.timestamp())}
    assert {r.parameters["sort_field"] for r in orders} == {"update_time"}
    days = [(r.parameters["start_date_ge"], r.parameters["end_date_lt"]) for r in lives]
    assert days[0] == ("2026-10-26", "2026-10-27")
    assert days[-1] == ("2026-11-02", "2026-11-03")
    assert {r.parameters["account_type"] for r in lives} == {"OFFICIAL_ACCOUNTS"}


def test_livestreams_of_other_peoples_accounts_are_not_read(fake: FakeBench) -> None:
    found = _pull(fake, "lives")

    names = {r["payload"]["username"] for w in found if isinstance(w, PulledWindow) for r in records(w)}
    assert names == {"planted.shop"}
    assert "some.creator" not in fake.landed()


def test_a_day_whose_figures_are_not_ready_is_not_whole(fake: FakeBench) -> None:
    assert isinstance(fake.platform, TikTokShopFake)
    fake.platform.days_late = 1

    found = _pull(fake, "lives")

    assert [getattr(window, "code", "read") for window in found[-2:]] == ["read", "P109"]
    assert "ready up to 2026-11-01" in str(getattr(found[-1], "cause", ""))


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("change", [-1, 1])
def test_a_total_that_is_not_what_was_read_hands_nothing_over(
    fake: FakeBench, stream: str, change: int
) -> None:
    def lie(document: Any) -> None:
        if document["data"]["total_count"]:
            document["data"]["total_count"] += change

    fake.platform.fault = Spoil(lie)

    last = _pull(fake, stream)[-2:]

    assert "P108" in _codes(last)
    assert not [w for w in last if isinstance(w, PulledWindow) and w.rows]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_lost_page_token_is_not_the_end(fake: FakeBench, stream: str) -> None:
    def lose(document: Any) -> None:
        document["data"].pop("next_page_token", None)

    fake.platform.fault = Spoil(lose)

    found = _pull(fake, stream, settings={"live_page_size": "3", "page_size": "3", "return_page_size": "3"})

    assert "P108" in _codes(found)
    assert not [w for w in found if isinstance(w, PulledWindow) and w.rows > 3]


def test_a_livestream_of_another_day_is_refused(fake: FakeBench) -> None:
    def move(document: Any) -> None:
        for session in document["data"]["live_stream_sessions"]:
            session["start_time"] = int(session["start_time"]) - 86_400

    fake.platform.fault = Spoil(move)

    failed = _pull(fake, "lives")[-1]

    assert isinstance(failed, FailedWindow)
    assert (failed.code, "ignored the asked days" in failed.cause) == ("P108", True)


@pytest.mark.parametrize(
    ("status", "code", "message", "ours"),
    [
        (200, 105002, "Expired credentials.", "P104"),
        (401, 105001, "Access token is invalid", "P104"),
        (403, 105005, "Access denied", "P105"),
        (400, 106013, "shop_cipher is missing", "P120"),
        (200, 36009004, "Invalid access token", "P104"),
        (200, 36009004, "The sign is wrong", "P104"),
        (200, 36009004, "Invalid timestamp", "P106"),
        (200, 66007001, "Rpc error. Please try again.", "P102"),
        (500, 98001001, "internal", "P102"),
        (200, 12052990, "planted words of the platform", "P106"),
    ],
)
def test_a_code_is_never_an_empty_answer(
    fake: FakeBench, status: int, code: int, message: str, ours: str
) -> None:
    class Answers(Spoil):
        def after(self, call: Any, reply: Reply) -> Reply:
            if "/token/" in call.request.path:
                return reply
            return Reply.json(status, {"code": code, "message": message, "data": {}, "request_id": "r"})

    fake.platform.fault = Answers(lambda _: None)

    failed = _pull(fake, "orders")[-1]

    assert isinstance(failed, FailedWindow)
    assert (failed.code, message in failed.cause) == (ours, False)


def test_tokens_are_renewed_at_the_instant_that_the_platform_names(fake: FakeBench) -> None:
    tokens = fake.platform.tokens
    assert tokens is not None

    for _ in range(2):
        assert "read" in _codes(_pull(fake, "orders"))
        fake.clock.advance(timedelta(days=6, hours=23))
    assert "read" in _codes(_pull(fake, "orders", as_of=NOW))

    assert (tokens.calls, tokens.refused) == (2, 0)


@pytest.mark.parametrize("secret", ["app_secret", "refresh_token"])
def test_a_wrong_secret_is_said_and_not_tried_for_long(fake: FakeBench, secret: str) -> None:
    wrong = {"app_secret": SECRET, "refresh_token": REFRESH, secret: "something-else"}

    found = _pull(fake, "orders", secrets=wrong)

    assert _codes(found) == {"P104"}
    assert len(fake.platform.calls) == 1


def test_the_platform_refuses_what_is_not_signed_or_comes_late(fake: FakeBench) -> None:
    _pull(fake, "orders")
    good = fake.asked()[0]
    forged = Received(good.method, good.target, good.headers, good.body.replace(b"17", b"16"))

    assert fake.platform.answer(forged).document["code"] == 106001
    fake.clock.advance(timedelta(minutes=6))
    assert fake.platform.answer(good).document["message"] == "Invalid timestamp"


@pytest.mark.parametrize("stream", STREAMS)
def test_nothing_personal_reaches_the_disk_and_buyers_are_pseudonyms(fake: FakeBench, stream: str) -> None:
    found = _pull(fake, stream, span_from=START - timedelta(days=3))

    rows = [record for w in found if isinstance(w, PulledWindow) for record in records(w)]
    assert rows
    assert not [word for word in PERSONAL if word in fake.landed() or word in str(rows)]
    if stream == "orders":
        assert {len(row["payload"]["user_id"]) for row in rows} == {24}


def test_a_kind_of_account_that_does_not_exist_is_refused_before_anything_is_asked(fake: FakeBench) -> None:
    for wrong in ("ALL", "OFFICIAL_ACCOUNTS,OFFICIAL_ACCOUNTS"):
        assert _codes(_pull(fake, "lives", settings={"account_types": wrong})) == {"P120"}
    assert not fake.asked()

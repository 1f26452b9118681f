"""巨量千川 by its fake: requests as the platform specifies them, and the ways in which its answers may lie."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.window.replay import replay
from connectors.qianchuan import Qianchuan
from connectors.qianchuan.requests import ADS, COUNTING_PAGE, ROOMS, UNI
from connectors.qianchuan.signing import REFRESH as REFRESH_PATH
from connectors.registry import get
from connectors.testing.clock import Clock
from connectors.testing.fakes.qianchuan import ADVERTISER, AWEMES, NOW, REFRESH, QianchuanFake
from connectors.testing.reply import Received, Reply
from models.loads import FailedWindow, PulledWindow
from tests.connectors.against_fake import FakeBench, served
from tests.connectors.bench import only, only_failed, records
from tests.connectors.testing.conformance.cases.qianchuan import CASES

SPEC = Path(__file__).resolve().parents[2] / "../shared/api-specs/oceanengine/qianchuan.derived-openapi.json"
no_spec = pytest.mark.skipif(not SPEC.exists(), reason="the platform's specification is not here")
LAST_DAY = NOW - timedelta(hours=24, minutes=20)
STREAMS = ("ads", "uni_promotion", "rooms")


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeBench]:
    clock = Clock(NOW)
    with served(QianchuanFake(clock), clock, tmp_path, CASES[2].account) as bench:
        yield bench


def _platform(fake: FakeBench) -> QianchuanFake:
    assert isinstance(fake.platform, QianchuanFake)
    return fake.platform


class Spoil:
    """Changes every answer of the platform that holds data."""

    def __init__(self, change: Any) -> None:
        self.change = change

    def before(self, call: Any) -> None:
        return None

    def after(self, call: Any, reply: Reply) -> Reply:
        if "/qianchuan/" in call.request.path:
            self.change(reply.document)
        return reply


@no_spec
@pytest.mark.parametrize("stream", STREAMS)
def test_every_request_fits_the_platforms_specification(fake: FakeBench, stream: str) -> None:
    spec = _spec()

    fake.pull(Qianchuan(), stream, span_from=LAST_DAY)

    assert len(fake.asked()) >= 3
    for request in [call.request for call in fake.platform.calls]:
        assert spec.unmarshal_request(_as_openapi(request)).errors == []
        assert set(request.parameters) <= _declared(request), "a parameter the platform does not know"


@no_spec
def test_the_check_itself_refuses_a_wrong_request(fake: FakeBench) -> None:
    spec = _spec()
    fake.pull(Qianchuan(), "ads", span_from=LAST_DAY)
    good = fake.asked()[0]

    wrong_value = Received("GET", good.target.replace("ALL", "EVERYTHING"), good.headers, b"")
    without = Received("GET", good.target.replace("start_date", "begin"), good.headers, b"")

    assert spec.unmarshal_request(_as_openapi(wrong_value)).errors
    assert spec.unmarshal_request(_as_openapi(without)).errors
    assert not set(without.parameters) <= _declared(without)


@no_spec
@pytest.mark.parametrize("stream", STREAMS)
def test_the_fake_answers_as_the_platform_specifies(fake: FakeBench, stream: str) -> None:
    from openapi_core.testing import MockResponse

    spec = _spec()
    fake.pull(Qianchuan(), stream, span_from=LAST_DAY)

    for request in fake.asked():
        answer = fake.platform.answer(request)
        found = spec.unmarshal_response(_as_openapi(request), MockResponse(answer.body()))
        assert found.errors == []
        assert set(_row(answer.document)) <= _row_fields(request)


@cache
def _served_here() -> dict[str, Any]:
    """The platform's file, reduced to what is asked."""
    document = json.loads(SPEC.read_text("utf-8"))
    document["servers"] = [{"url": "http://127.0.0.1"}]
    document["paths"] = {path: document["paths"][path] for path in (ADS, UNI, ROOMS, REFRESH_PATH)}
    return document


@cache
def _spec() -> Any:
    from openapi_core import OpenAPI

    return OpenAPI.from_dict(_served_here())


def _declared(request: Received) -> set[str]:
    document = _served_here()
    operation = document["paths"][request.path][request.method.lower()]
    shared = document["components"]["parameters"]
    found = [
        shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in operation.get("parameters", [])
    ]
    return {p["name"] for p in found if p["in"] == "query"}


def _row(document: Any) -> dict[str, Any]:
    data = document["data"]
    return (data.get("list") or data.get("room_list") or [{}])[0]


def _row_fields(request: Received) -> set[str]:
    document = _served_here()
    answer = document["paths"][request.path]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    data = _resolved(document, _resolved(document, answer)["properties"]["data"])["properties"]
    rows = _resolved(document, data.get("list") or data["room_list"])
    return set(_resolved(document, rows["items"])["properties"])


def _resolved(document: Any, schema: Any) -> Any:
    return (
        document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    )


def _as_openapi(request: Received) -> Any:
    from openapi_core.testing import MockRequest

    headers = {"Access-Token" if n == "access-token" else n: v for n, v in request.headers.items()}
    return MockRequest(
        "http://127.0.0.1",
        request.method.lower(),
        request.path,
        args=request.parameters,
        headers=headers,
        data=request.body or None,
    )


def test_a_day_that_is_over_for_long_is_gone_and_never_asked_for(fake: FakeBench) -> None:
    found = fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY - timedelta(days=2))

    assert [getattr(window, "code", "read") for window in found] == ["P112", "P112", "read"]
    assert {request.parameters["date_time"] for request in fake.asked()} == {"2026-11-20"}


def test_an_empty_day_of_livestreams_is_not_believed_until_the_account_says_so(fake: FakeBench) -> None:
    _platform(fake).world.streams["rooms"].clear()

    refused = only_failed(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY, settings={"empty_days": ""}))
    believed = only(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY))

    assert (refused.code, believed.rows, believed.proof) == ("P112", 0, "total=0 of 3 accounts")
    assert "may only show today" in refused.cause


def test_a_livestream_that_still_runs_makes_the_day_wait(fake: FakeBench) -> None:
    platform = _platform(fake)
    platform.still_on_air.add(min(platform.world.streams["rooms"]))

    waiting = only_failed(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY))
    platform.still_on_air.clear()
    later = only(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY, as_of=NOW + timedelta(hours=2)))

    assert (waiting.code, later.rows) == ("P109", 34)


@pytest.mark.parametrize("change", [-1, 1])
def test_a_total_that_is_not_what_was_read_hands_nothing_over(fake: FakeBench, change: int) -> None:
    def lie(document: Any) -> None:
        info = document["data"]["page_info"]
        name = "total_num" if "total_num" in info else "total_number"
        info[name] += change

    fake.platform.fault = Spoil(lie)

    found = [fake.pull(Qianchuan(), stream, span_from=LAST_DAY)[-1] for stream in STREAMS]

    assert {getattr(window, "code", "read") for window in found} == {"P108"}


def test_another_total_at_the_last_question_hands_nothing_over(fake: FakeBench) -> None:
    def lie(document: Any) -> None:
        info = document["data"]["page_info"]
        if info["page_size"] == COUNTING_PAGE:  # the proof
            info["total_num"] += 1

    fake.platform.fault = Spoil(lie)

    assert only_failed(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY)).code == "P108"


def test_a_repeated_page_cannot_hide_a_lost_one(fake: FakeBench) -> None:
    first: list[Any] = []

    def repeat(document: Any) -> None:
        if document["data"]["page_info"]["page"] == 1 and not first:
            first.extend(document["data"]["room_list"])
        if document["data"]["page_info"]["page"] == 2:
            document["data"]["room_list"] = first

    fake.platform.fault = Spoil(repeat)

    assert only_failed(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY)).code == "P108"


def test_a_row_of_another_day_is_refused(fake: FakeBench) -> None:
    def move(document: Any) -> None:
        for room in document["data"]["room_list"]:
            room["start_time"] = room["start_time"].replace("11-20", "11-19")

    fake.platform.fault = Spoil(move)

    failed = only_failed(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY))

    assert (failed.code, failed.cause.partition(" (")[0]) == ("P108", "the platform ignored the asked days")


@pytest.mark.parametrize(
    ("code", "ours"),
    [(40002, "P105"), (40001, "P106"), (40105, "P104"), (40110, "P104"), (50000, "P102"), (51010, "P102")],
)
def test_a_code_in_a_success_is_never_an_empty_report(fake: FakeBench, code: int, ours: str) -> None:
    def refuse(document: Any) -> None:
        document.update(code=code, message="planted words of the platform", data={})

    fake.platform.fault = Spoil(refuse)

    failed = fake.pull(Qianchuan(), "ads", span_from=LAST_DAY)[-1]

    assert isinstance(failed, FailedWindow)
    assert (failed.code, "planted" in failed.cause) == (ours, False)


def test_a_refused_refresh_token_is_said_once(fake: FakeBench) -> None:
    found = fake.pull(
        Qianchuan(), "ads", span_from=LAST_DAY, secrets={"client_secret": "other", "refresh_token": REFRESH}
    )

    assert {getattr(window, "code", "read") for window in found} == {"P104"}
    assert len(fake.platform.calls) == 1


def test_no_name_title_or_picture_of_a_livestream_is_landed(fake: FakeBench) -> None:
    only(fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY))

    kept = fake.landed()
    assert "7600000000000000000" in kept
    assert not [word for word in ("晚晚", "双十一", "aweme_name", "room_title", REFRESH) if word in kept]


def test_a_window_read_in_small_pages_is_replayed_page_by_page(fake: FakeBench, tmp_path: Path) -> None:
    pulled = fake.pull(Qianchuan(), "ads", span_from=LAST_DAY, settings={"page_size": "3"})[-1]
    assert isinstance(pulled, PulledWindow)

    again = replay(
        Path(pulled.landing_file),
        root=tmp_path / "landing",
        as_of=pulled.as_of,
        spool=tmp_path / "again",
        sha256=pulled.landing_sha256,
        find=get,
    )

    assert pulled.pages == 3
    assert records(again) == records(pulled)
    assert (again.proof, again.pages) == (pulled.proof, pulled.pages)


def test_the_standard_report_covers_all_goals_and_both_places_of_order(fake: FakeBench) -> None:
    fake.pull(Qianchuan(), "ads", span_from=LAST_DAY)

    sent = fake.asked()[-1].parameters
    assert json.loads(sent["filtering"]) == {"marketing_goal": "ALL", "order_platform": "ALL"}
    assert (sent["advertiser_id"], sent["time_granularity"]) == (str(ADVERTISER), "TIME_GRANULARITY_DAILY")


def test_a_wrong_list_of_accounts_is_refused_before_anything_is_asked(fake: FakeBench) -> None:
    for wrong in ("", "晚晚", f"{AWEMES[0]},{AWEMES[0]}", "12,"):
        failed = only_failed(
            fake.pull(Qianchuan(), "rooms", span_from=LAST_DAY, settings={"aweme_ids": wrong})
        )
        assert (failed.code, "aweme_ids" in failed.cause) == ("P120", True)
    assert not fake.asked()


def test_times_are_asked_for_by_the_accounts_own_days(fake: FakeBench) -> None:
    fake.pull(Qianchuan(), "uni_promotion", span_from=datetime(2026, 11, 20, tzinfo=UTC))

    sent = fake.asked()[-1].parameters
    assert sent["end_time"] == "2026-11-20 23:59:59"
    assert sent["start_time"].endswith(" 00:00:00")


def test_a_rotated_token_outlives_the_process(fake: FakeBench) -> None:
    tokens = fake.platform.tokens
    assert tokens is not None

    for _ in range(3):
        assert not [
            w for w in fake.pull(Qianchuan(), "ads", span_from=LAST_DAY) if isinstance(w, FailedWindow)
        ]
        fake.clock.advance(timedelta(seconds=tokens.lifetime))

    assert (tokens.calls, tokens.refused, tokens.refresh == REFRESH) == (3, 0, False)


def test_two_advertisers_of_one_authorisation_share_its_tokens(fake: FakeBench) -> None:
    for shop in ("flagship", "outlet", "flagship"):
        found = fake.pull(Qianchuan(), "ads", span_from=LAST_DAY, shop_id=shop)
        assert not [window for window in found if isinstance(window, FailedWindow)]

    assert fake.platform.tokens is not None
    assert (fake.platform.tokens.calls, fake.platform.tokens.refused) == (1, 0)

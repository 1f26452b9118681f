"""Taobao and Tmall through TOP: requests held against TOP's own metadata, the signature against its worked sample, paging.

Not here: the 34 promises (conformance/), canonical rows (tests/warehouse/facts/feeds/test_taobao_top.py).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.contract.pagers import Pages
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.request import HttpAnswer
from connectors.taobao_top import TaobaoTop
from connectors.taobao_top.errors import trouble
from connectors.taobao_top.signing import signature
from connectors.testing.clock import Clock
from connectors.testing.conformance.traps import OnRequest, at
from connectors.testing.fakes import taobao_world as made
from connectors.testing.fakes.taobao_top import TaobaoFake
from connectors.testing.fakes.taobao_world import AS_OF, FIRST
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from models.loads import FailedWindow, PulledWindow
from tests.connectors.against_fake import FakeBench, mounted, payloads
from tests.connectors.changed import changed
from tests.connectors.testing.conformance.cases.taobao_top import ACCOUNT, MORE

METADATA = Path(__file__).resolve().parents[2] / "../shared/api-specs/taobao-top/metadata"
COMMON = {"method", "app_key", "session", "timestamp", "format", "v", "sign_method", "sign"}
METHODS = {
    "trades": "taobao.trades.sold.increment.get",
    "refunds": "taobao.refunds.receive.get",
    "ratings": "taobao.traderates.get",
    "service_ratings": "taobao.airisland.kefueval.get",
    "ads": "taobao.universalbp.report.query.campaign",
}
no_metadata = pytest.mark.skipif(not METADATA.exists(), reason="TOP's metadata is not here")


@dataclass
class Shop(FakeBench):
    """The fake shop on a socket, and what was asked of it."""

    platform: TaobaoFake
    answers: list[Any] = field(default_factory=list)

    def set(self, **settings: str) -> None:
        """Give the account further settings."""
        self.given = {**self.given, "settings": {**self.given["settings"], **settings}}

    def read(self, stream: Any, **changes: Any) -> list[PulledWindow | FailedWindow]:
        return self.pull(TaobaoTop(), stream, **{"span_from": FIRST + timedelta(hours=1), **changes})

    def before(self, call: PlatformCall) -> Reply | None:
        """The platform answers."""
        return None

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        """Note every answer."""
        self.answers.append(reply.document)
        return reply

    @property
    def forms(self) -> list[dict[str, str]]:
        """The forms that came."""
        return [call.request.form for call in self.platform.calls]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = Clock(AS_OF)
    with mounted(Shop(TaobaoFake(clock), clock, tmp_path, ACCOUNT)) as bench:
        yield bench


# -- TOP's own metadata


def metadata(method: str) -> Any:
    return json.loads((METADATA / f"{method.replace('.', '_')}.json").read_text(encoding="utf-8"))


def complaints(form: dict[str, str]) -> list[str]:
    """What TOP's metadata has against a form."""
    parameters = {p["name"]: p for p in metadata(form["method"])["requestParams"]}
    found = [f"unknown {name}" for name in sorted(form.keys() - parameters.keys() - COMMON)]
    found += [f"missing {n}" for n, p in sorted(parameters.items()) if p.get("required") and n not in form]
    for name, parameter in parameters.items():
        if name in form:
            found += _mistyped(name, form[name], parameter)
    return found


TYPES = {"String": str, "Number": int, "Boolean": bool, "String[]": list, "Number[]": list}


def _inner(name: str, text: str, declared: Any) -> list[str]:
    """The same for a parameter that is an object, sent as JSON text."""
    given, known = json.loads(text), {p["name"]: p for p in declared}
    found = [f"unknown {name}.{n}" for n in sorted(given.keys() - known.keys())]
    found += [f"missing {name}.{n}" for n, p in known.items() if p.get("required") and n not in given]
    wrong = [n for n, v in given.items() if n in known and not isinstance(v, TYPES[known[n]["type"]])]
    return found + [f"{name}.{n} is no {known[n]['type']}" for n in wrong]


def _mistyped(name: str, text: str, parameter: Any) -> list[str]:
    if parameter.get("subParams"):
        return _inner(name, text, parameter["subParams"])
    kind = parameter["type"]
    if kind == "Number" and not text.isdigit():
        return [f"{name} is no number"]
    if kind == "Boolean" and text not in ("true", "false"):
        return [f"{name} is no boolean"]
    if kind == "Date":
        try:
            datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            return [f"{name} is no date"]
    return []


def undocumented(method: str, body: dict[str, Any]) -> list[str]:
    """Fields of an answer that TOP's metadata does not know."""
    name = method.removeprefix("taobao.").replace(".", "_")
    answer = {n: v for n, v in body[f"{name}_response"].items() if n != "request_id"}
    return list(_unknown(answer, metadata(method)["responseParams"], ""))


def _unknown(answer: Any, declared: Any, at: str) -> Iterator[str]:
    known = {p["name"]: p for p in declared}
    for name, value in answer.items():
        if name not in known:
            yield f"{at}{name}"
            continue
        inner = known[name].get("subParams")
        for item in _items(value) if inner else ():
            yield from _unknown(item, inner, f"{at}{name}.")


def _items(value: Any) -> list[Any]:
    """TOP wraps a list once more."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), list):
        return list(next(iter(value.values())))
    return [value]


@no_metadata
@pytest.mark.parametrize("stream", METHODS)
def test_every_call_and_every_answer_fits_the_metadata(shop: Shop, stream: str) -> None:
    shop.platform.fault = shop
    shop.set(**MORE[stream])

    shop.read(stream)

    assert shop.forms
    assert {form["method"] for form in shop.forms} == {METHODS[stream]}
    assert [complaints(form) for form in shop.forms if complaints(form)] == []
    assert [u for body in shop.answers if (u := undocumented(METHODS[stream], body))] == []


@no_metadata
@pytest.mark.parametrize("stream", ["trades", "refunds", "ratings"])
def test_every_field_that_is_asked_for_and_read_is_in_the_metadata(shop: Shop, stream: str) -> None:
    shop.read(stream)
    model = TaobaoTop().stream(stream).record.model
    (listed,) = (p for p in metadata(METHODS[stream])["responseParams"] if "[]" in p["type"])
    documented = {p["name"] for p in listed["subParams"]}

    assert set(shop.forms[0]["fields"].split(",")) <= documented
    assert set(model.model_fields) <= documented


@no_metadata
def test_the_check_itself_refuses_a_wrong_call(shop: Shop) -> None:
    shop.read("trades")
    good = shop.forms[0]

    assert complaints({**good, "start_update": "x"}) == ["unknown start_update"]
    assert complaints({n: v for n, v in good.items() if n != "fields"}) == ["missing fields"]
    assert complaints({**good, "page_no": "one", "start_modified": "2026-03-02"}) == [
        "start_modified is no date",
        "page_no is no number",
    ]
    query = {"by_page": 1, "split_type": "day", "shop": "x"}
    assert complaints({"method": METHODS["ads"], "top_campaign_report_query_v_o": json.dumps(query)})[:3] == [
        "missing top_service_context",
        "unknown top_campaign_report_query_v_o.shop",
        "missing top_campaign_report_query_v_o.unify_type",
    ]
    wrong = {"trades_sold_increment_get_response": {"trades": {"trade": [{"tid": 1, "buyer_age": 3}]}}}
    assert undocumented(METHODS["trades"], wrong) == ["trades.buyer_age"]


# -- signature


def test_the_signature_is_that_of_tops_worked_sample() -> None:
    # docId 101617 of open.taobao.com: taobao.item.seller.get, secret "helloworld"
    form = {
        "method": "taobao.item.seller.get",
        "app_key": "12345678",
        "session": "test",
        "timestamp": "2016-01-01 12:00:00",
        "format": "json",
        "v": "2.0",
        "sign_method": "md5",
        "fields": "num_iid,title,nick,price,num",
        "num_iid": "11223344",
    }

    assert signature(form, "helloworld", "md5") == "66987CB115214E59E6EC978214934FB8"


def test_hmac_signatures_are_those_of_the_published_vectors() -> None:
    # RFC 2202 and RFC 4231, second test case: the sorted form spells their message, their key is the secret
    form = {"what do ya ": "want for nothing?"}

    assert signature(form, "Jefe", "hmac") == "750C783E6AB0B503EAA86E310A5DB738"
    assert signature(form, "Jefe", "hmac-sha256") == (
        "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"
    )


def test_an_unknown_sign_method_is_refused_before_anything_is_sent(shop: Shop) -> None:
    shop.set(sign_method="rot13")

    (failed, *_) = shop.read("trades")

    assert isinstance(failed, FailedWindow)
    assert (failed.code, shop.platform.calls) == ("P120", [])


# -- paging over rows that leave


class _Leaving:
    """After every page of the second day its newest trade changes and so leaves the day."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.seen = shop, 0

    def before(self, call: PlatformCall) -> Reply | None:
        return None

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        if call.request.form["start_modified"].startswith("2026-03-03") and self.seen < 4:
            self.seen += 1
            there = self.shop.platform.world.between("trades", *DAY)
            self.shop.platform.change("trades", there[-1].key)
        return reply


DAY = (FIRST + timedelta(days=1), FIRST + timedelta(days=2))


def test_walking_forward_loses_trades_that_walking_backward_reads(shop: Shop) -> None:
    backward = TaobaoTop().stream("trades")
    path = "trades_sold_increment_get_response.total_results"
    forward = changed(backward, pager=_NaivePages(path), proof=_NoProof(path))
    lost, pages = {}, {}
    for name, stream in (("forward", forward), ("backward", backward)):
        shop.platform.world = TaobaoFake(shop.clock).world
        shop.platform.fault = _Leaving(shop)
        windows = shop.read(
            stream, span_from=DAY[0] + timedelta(hours=1), as_of=DAY[1] + timedelta(minutes=1)
        )
        still_there = {entry.key for entry in shop.platform.world.between("trades", *DAY)}
        lost[name] = len(still_there - payloads(windows).keys())
        pages[name] = [w.proof for w in windows if isinstance(w, PulledWindow)]

    assert lost == {"forward": 3, "backward": 0}
    assert pages["backward"] == ["total=18 to 14, read=18"]


class _NaivePages(Pages):
    """What a reader does who has not read TOP's warning."""

    def step(self, body: Any, ask: Any) -> Any:
        return super().step(body, replace(ask, total=None))


class _NoProof(Total):
    """Takes any total."""

    def check(self, reading: Any) -> str:
        return "none"


# -- words


@pytest.mark.parametrize(
    ("code", "sub", "expected"),
    [
        (7, "accesscontrol.limited-by-app-access-count", "P101"),
        (15, "isp.top-remote-connection-timeout", "P102"),
        (10, "", "P102"),
        (27, "invalid-sessionkey", "P103"),
        (25, "isv.invalid-signature", "P104"),
        (11, "isv.permission-api-package-limit", "P105"),
        (41, "isv.invalid-parameter", "P106"),
        (15, "isp.runtime-max-limit", "P110"),
        (31, "", "P106"),
    ],
)
def test_tops_codes_are_the_kits_troubles(code: int, sub: str, expected: str) -> None:
    error = trouble(
        HttpAnswer(
            200,
            {},
            {"error_response": {"code": code, "msg": "m", "sub_code": sub, "sub_msg": "名字"}},
        )
    )

    assert error is not None
    assert error.code == expected
    assert str(code) in error.actual
    assert "名字" not in str(error)


def test_the_length_of_a_ban_is_the_wish_for_a_pause(shop: Shop) -> None:
    shop.platform.fault = OnRequest(when=at(1), instead=shop.platform.throttled_in_200)

    windows = shop.read("refunds")

    assert all(isinstance(window, PulledWindow) for window in windows)
    assert windows[0].waited_seconds >= Decimal(2)


# -- windows


def test_a_span_that_top_has_forgotten_is_missing_and_not_empty(shop: Shop) -> None:
    windows = shop.read("trades", span_from=AS_OF - timedelta(days=92), as_of=AS_OF)

    gone = [window for window in windows if isinstance(window, FailedWindow)]
    assert {window.code for window in gone} == {"P112"}
    assert len(gone) == 4
    asked = min(form["start_modified"] for form in shop.forms)
    assert asked >= "2025-12-07"


def test_a_record_on_the_edge_of_two_windows_does_no_harm_where_the_end_belongs_to_the_span(
    shop: Shop,
) -> None:
    clean = payloads(shop.read("trades"))
    between = shop.platform.world.between
    shop.platform.world.between = lambda stream, start, end: between(
        stream, start, end + timedelta(seconds=1)
    )  # type: ignore[method-assign]

    assert payloads(shop.read("trades")) == clean


@pytest.mark.parametrize("stream", METHODS)
def test_an_empty_list_that_top_leaves_out_is_no_fault(shop: Shop, stream: str) -> None:
    shop.set(**MORE[stream])
    clean = payloads(shop.read(stream))
    shop.platform.leaves_out = True

    assert payloads(shop.read(stream)) == clean


# -- ratings, service ratings, ads


def test_a_day_with_as_many_ratings_as_top_shows_at_most_is_absent(shop: Shop) -> None:
    moments = [FIRST + timedelta(days=1, seconds=n) for n in range(1500)]
    for number, moment in enumerate(moments):
        shop.platform.world.put("ratings", made.rating(100_000 + number, moment))
    shop.set(page_size="150")

    windows = shop.read("ratings", span_from=FIRST + timedelta(days=30))
    failed = [w for w in windows if isinstance(w, FailedWindow)]

    assert [(w.code, w.window_from) for w in failed] == [("P110", FIRST + timedelta(days=1))]


def test_agents_are_asked_in_groups_and_each_groups_count_must_hold(shop: Shop) -> None:
    shop.set(**MORE["service_ratings"])

    payloads(shop.read("service_ratings"))
    asked = {form["query_ids"] for form in shop.forms}

    assert [len(names.split(",")) for names in sorted(asked)] == [2, 2, 1]
    shop.platform.fault = _Lie()
    assert {w.code for w in shop.read("service_ratings") if isinstance(w, FailedWindow)} == {"P108"}


class _Lie:
    """The second group's answer counts one rating more than it holds."""

    def before(self, call: PlatformCall) -> Reply | None:
        return None

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        answer = reply.document["airisland_kefueval_get_response"]
        answer["result_count"] += "客服3" in call.request.form["query_ids"]
        return reply


def test_ad_days_carry_the_attribution_that_was_asked_for(shop: Shop) -> None:
    shop.set(**MORE["ads"], unify_type="mta", effect_days="30")

    found = payloads(shop.read("ads"))

    queries = [json.loads(form["top_campaign_report_query_v_o"]) for form in shop.forms]
    assert {(q["unify_type"], q["effect_equal"]) for q in queries} == {("mta", 30)}
    assert {(row["unify_type"], row["effect_equal"]) for row in found.values()} == {("mta", 30)}
    assert all(key.endswith("/mta-30") for key in found)


def test_an_attribution_that_top_does_not_know_is_refused_before_anything_is_sent(shop: Shop) -> None:
    shop.set(**MORE["ads"], effect_days="14")

    (failed, *_) = shop.read("ads")

    assert isinstance(failed, FailedWindow)
    assert (failed.code, shop.platform.calls) == ("P120", [])


def test_a_refused_ad_report_in_a_success_is_no_empty_report() -> None:
    body = {
        "universalbp_report_query_campaign_response": {"result": {"info": {"ok": False, "error_code": "A1"}}}
    }

    error = trouble(HttpAnswer(200, {}, body))

    assert error is not None
    assert (error.code, error.actual) == ("P106", "A1")

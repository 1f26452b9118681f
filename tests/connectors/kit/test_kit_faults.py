"""Every fault a platform can send: retried to success, or one failed window.

Never a partial window, never a secret told.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.shopify import Shopify
from connectors.zendesk import Zendesk
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import TOKEN, Bench, Platform, Reply, only, only_failed
from tests.connectors.fakes import Desk, Shop, order, ticket

FROM, AS_OF = datetime(2016, 2, 29, tzinfo=UTC), datetime(2016, 3, 2, 6, 30, tzinfo=UTC)
TICKETS = [ticket(n) for n in range(1, 6)]
GOOD = json.dumps({"tickets": [], "metric_sets": [], "after_cursor": "c0", "end_of_stream": False}).encode()
SIGN_IN = Reply(raw=b"<html>Please sign in, Jane</html>", headers={"Content-Type": "text/html"})


def _pull(bench: Bench, **changes: Any) -> list[PulledWindow | FailedWindow]:
    settings = {"email": "agent@example.com", "requests_per_minute": "100000"}
    given: dict[str, Any] = {"shop_id": "helpdesk", "zone": "UTC", "settings": settings, **changes}
    return bench.pull(Zendesk(), span_from=FROM, as_of=AS_OF, **given)


PASSING = {
    "429 without a wish": Reply(status=429, body={}),
    "429 with seconds": Reply(status=429, body={}, headers={"Retry-After": "3"}),
    "429 with a date": Reply(status=429, body={}, headers={"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT"}),
    "429 with junk": Reply(status=429, body={}, headers={"Retry-After": "soon"}),
    "429 with a negative wish": Reply(status=429, body={}, headers={"Retry-After": "-5"}),
    "503 with HTML": Reply(status=503, raw=b"<html>", headers={"Content-Type": "text/html"}),
    "500": Reply(status=500, body={"error": "x"}),
    "502 without a body": Reply(status=502, raw=b""),
    "504": Reply(status=504, body=[]),
    "408": Reply(status=408, body={}),
    "reset": Reply(reset=True),
    "cut body": Reply(raw=GOOD, cut=40),
    "cut body whose length agrees": Reply(raw=GOOD[:40]),
    "body cut without a length": Reply(raw=GOOD[:40], headers={"Connection": "close"}),
    "empty body": Reply(raw=b""),
    "HTML sign-in page": SIGN_IN,
    "error document in a success": Reply({"error": "TooBusy", "description": "x"}),
    "not UTF-8": Reply(raw='{"tickets": "退"}'.encode("gbk")),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_in_the_middle_changes_nothing(bench: Bench, fault: Reply) -> None:
    desk = Desk(TICKETS)
    seen: list[int] = []

    def spoilt_once(call: Any) -> Reply:
        seen.append(1)
        return fault if len(seen) == 2 else desk(call)

    bench.platform.default = spoilt_once

    window = only(_pull(bench))

    assert (window.rows, window.retries, window.requests) == (5, 1, 4)


LASTING = {
    "HTML sign-in page": (SIGN_IN, "P102"),
    "error document in a success": (Reply({"error": "x"}), "P102"),
    "cut body": (Reply(raw=GOOD, cut=40), "P102"),
    "500": (Reply(status=500, body={}), "P102"),
    "429": (Reply(status=429, body={}), "P101"),
    "429 for six hours": (Reply(status=429, body={}, headers={"Retry-After": "21600"}), "P109"),
    "401": (Reply(status=401, body={"error": "Couldn't authenticate you"}), "P104"),
    "403": (Reply(status=403, body={}), "P105"),
    "400": (Reply(status=400, body={}), "P106"),
    "404 with HTML": (Reply(status=404, raw=b"<html>"), "P106"),
    "redirect to another host": (
        Reply(status=302, body={}, headers={"Location": "https://evil.example.com/"}),
        "P106",
    ),
    "no paging fields": (Reply({"tickets": [], "metric_sets": []}), "P107"),
    "paging flag is text": (Reply({"tickets": [], "after_cursor": "c1", "end_of_stream": "false"}), "P107"),
    "more pages without a token": (
        Reply({"tickets": [], "after_cursor": None, "end_of_stream": False}),
        "P107",
    ),
    "no record list": (Reply({"after_cursor": "c1", "end_of_stream": True}), "P107"),
    "record list is an object": (Reply({"tickets": {}, "after_cursor": "c1", "end_of_stream": True}), "P107"),
    "a record is text": (Reply({"tickets": ["x"], "after_cursor": "c1", "end_of_stream": True}), "P107"),
    "a list as answer": (Reply([]), "P107"),
    "NaN": (Reply(raw=b'{"tickets": [], "after_cursor": NaN, "end_of_stream": true}'), "P107"),
    "Infinity": (Reply(raw=b'{"tickets": [], "x": -Infinity}'), "P107"),
    "1e400": (Reply(raw=b'{"tickets": [], "x": 1e400}'), "P107"),
    "duplicate key": (Reply(raw=b'{"tickets": [], "end_of_stream": false, "end_of_stream": true}'), "P107"),
    "repeating cursor": (Reply(raw=GOOD), "P107"),
    "nesting bomb": (Reply(raw=b"[" * 200_000), "P102"),
}


@pytest.mark.parametrize(("fault", "code"), LASTING.values(), ids=LASTING.keys())
def test_a_lasting_fault_gives_one_failed_window_and_nothing_on_disk(
    bench: Bench, fault: Reply, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk(TICKETS)
    bench.platform.default = lambda call: fault if "cursor=c2" in call.path else desk(call)
    if fault.raw == GOOD and code == "P107":
        bench.platform.default = lambda _: fault

    failed = only_failed(_pull(bench))

    assert failed.code == code
    assert bench.landed() == []
    assert list((bench.folder / "spool").glob("*")) == []
    assert failed.requests <= 6
    told = failed.cause + caplog.text
    assert not [word for word in (TOKEN, "Jane", "evil.example.com", "authenticate you") if word in told]


def test_a_wish_of_the_platform_is_granted_to_the_second(bench: Bench) -> None:
    bench.platform.script = [Reply(status=429, body={}, headers={"Retry-After": "90"})]
    bench.platform.default = Desk(TICKETS)

    window = only(_pull(bench))

    assert 90 <= window.waited_seconds < 92


def test_a_long_pause_stops_all_further_windows_without_asking(bench: Bench) -> None:
    bench.platform.default = lambda _: Reply(status=429, body={}, headers={"Retry-After": "21600"})
    as_of = datetime(2016, 4, 2, tzinfo=UTC)

    failed = bench.pull(Shopify(), span_from=FROM, as_of=as_of)

    assert [getattr(f, "code", "") for f in failed] == ["P109"] * 5
    assert len(bench.platform.calls) == 1


@pytest.mark.parametrize(("status", "code"), [(401, "P104"), (403, "P105")])
def test_a_refused_credential_marks_every_remaining_window(bench: Bench, status: int, code: str) -> None:
    shop = Shop([order(1, updated="2016-02-29T10:00:00Z")])
    answered: list[int] = []

    def revoked_later(call: Any) -> Reply:
        answered.append(1)
        return shop(call) if len(answered) <= 3 else Reply(status=status, body={})

    bench.platform.default = revoked_later

    first, *rest = bench.pull(Shopify(), span_from=FROM, as_of=datetime(2016, 4, 2, tzinfo=UTC))

    assert isinstance(first, PulledWindow)
    assert [getattr(f, "code", "") for f in rest] == [code] * 4
    assert len(bench.platform.calls) == 4


def test_one_bad_window_does_not_stop_the_others(bench: Bench) -> None:
    shop = Shop([order(1, updated="2016-02-29T10:00:00Z"), order(2, updated="2016-03-20T10:00:00Z")])
    bench.platform.default = lambda call: (
        Reply(status=400, body={}) if "03-06T" in _query(call) else shop(call)
    )

    windows = bench.pull(Shopify(), span_from=FROM, as_of=datetime(2016, 4, 2, tzinfo=UTC))

    assert [type(w).__name__ for w in windows].count("FailedWindow") == 2, (
        "the ones that begin or end on the 6th"
    )
    assert sum(getattr(w, "rows", 0) for w in windows) == 1


def _query(call: Any) -> str:
    return str(call.json["variables"].get("query"))


def test_a_redirect_never_carries_the_token_away(bench: Bench) -> None:
    other = Platform()
    bench.platform.default = lambda _: Reply(status=307, body={}, headers={"Location": other.url + "/"})

    failed = only_failed(_pull(bench))

    assert failed.code == "P106"
    assert other.calls == []
    other.server.shutdown()
    other.server.server_close()


def test_a_dead_server_is_a_failed_window_that_tells_no_address(bench: Bench) -> None:
    failed = only_failed(_pull(bench, base_url="http://127.0.0.1:9"))

    assert (failed.code, failed.requests) == ("P102", 5)
    assert "127.0.0.1" not in failed.cause


def test_a_token_that_cannot_be_sent_is_not_told(bench: Bench) -> None:
    failed = only_failed(
        bench.pull(Shopify(), span_from=FROM, as_of=AS_OF, secrets={"token": "planted\r\nX-Evil: 1"})
    )

    assert failed.code == "P120"
    assert "planted" not in failed.cause
    assert bench.platform.calls == []


def test_a_page_over_the_cap_is_refused(bench: Bench) -> None:
    bench.platform.default = Desk(TICKETS)
    runtime = bench.clock.runtime(page_bytes=300)

    failed = only_failed(_pull(bench, runtime=runtime))

    assert failed.code == "P111"


def test_a_server_that_drips_meets_the_deadline(bench: Bench) -> None:
    bench.platform.default = lambda _: Reply(status=503, body={}, headers={"Retry-After": "100"})
    runtime = bench.clock.runtime(window_deadline=150.0)

    failed = only_failed(_pull(bench, runtime=runtime))

    assert failed.code == "P102"
    assert "time for the window is used up" in failed.cause
    assert failed.requests == 2


def test_a_stalled_answer_meets_the_read_timeout(bench: Bench) -> None:
    bench.platform.default = lambda _: Reply(raw=GOOD, headers={"Content-Length": "100000"})
    runtime = bench.clock.runtime(read_timeout=0.2, max_attempts=2)

    failed = only_failed(_pull(bench, runtime=runtime))

    assert (failed.code, failed.requests) == ("P102", 2)


def test_unknown_fields_load_and_are_told_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.platform.default = Desk([ticket(n, brand_new="x") for n in range(1, 6)])
    runtime = bench.clock.runtime()

    first = only(_pull(bench, runtime=runtime))
    only(_pull(bench, runtime=runtime))

    assert first.rows == 5
    assert [r.getMessage() for r in caplog.records] == [
        "unknown field ignored: zendesk.tickets: tickets.brand_new"
    ]


def test_text_where_an_object_was_declared_never_lands(bench: Bench) -> None:
    bench.platform.default = Shop([order(1, updated="2016-02-29T10:00:00Z", customer="Jane Planted")])

    failed = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert failed.code == "P107"
    assert bench.landed() == []


GRAPHQL = {
    "errors without a code": (Reply({"errors": [{"message": "Jane"}]}), "P106"),
    "errors as text": (Reply({"errors": "Jane"}), "P102"),
    "data null": (Reply({"data": None}), "P107"),
    "empty errors array": (Reply({"errors": []}), "P107"),
    "data without orders": (Reply({"data": {}}), "P107"),
    "denied": (Reply({"errors": [{"extensions": {"code": "ACCESS_DENIED"}}], "data": None}), "P105"),
    "partial data with errors": (
        Reply({"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}], "data": {"orders": None}}),
        "P102",
    ),
}


@pytest.mark.parametrize(("fault", "code"), GRAPHQL.values(), ids=GRAPHQL.keys())
def test_errors_inside_a_graphql_success_are_never_no_orders(bench: Bench, fault: Reply, code: str) -> None:
    bench.platform.default = lambda _: fault

    failed = only_failed(bench.pull(Shopify(), span_from=FROM, as_of=AS_OF))

    assert failed.code == code
    assert "Jane" not in failed.cause

"""The Zendesk connector against a scripted desk on a real socket."""

import base64
import gzip
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.kit import replay
from connectors.registry import get
from connectors.zendesk import Zendesk
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import TOKEN, Bench, Call, Reply, only, only_failed, records
from tests.connectors.fakes import PLANTED, Desk, metrics, ticket

FROM, AS_OF = datetime(2016, 2, 29, tzinfo=UTC), datetime(2016, 3, 2, 6, 30, tzinfo=UTC)
SETTINGS = {"email": "agent@example.com", "requests_per_minute": "700"}


def _pull(bench: Bench, **changes: Any) -> list[PulledWindow | FailedWindow]:
    given: dict[str, Any] = {"shop_id": "helpdesk", "zone": "UTC", "settings": SETTINGS, **changes}
    return bench.pull(Zendesk(), span_from=FROM, as_of=AS_OF, **given)


def test_every_ticket_arrives_once_with_its_metrics_and_the_next_cursor(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(n) for n in range(1, 6)])

    window = only(_pull(bench))

    assert [r["record_key"] for r in records(window)] == ["1", "2", "3", "4", "5"]
    assert (window.cursor, window.proof, window.pages, window.kind) == (
        "c5",
        "end_of_stream=true",
        3,
        "cursor",
    )
    assert (window.window_from, window.window_to) == (FROM, datetime(2016, 3, 2, 6, 29, tzinfo=UTC))


def test_payload_has_exactly_the_documented_shape(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(35436, type=None)])

    (record,) = records(only(_pull(bench)))

    minutes = ("first_resolution", "agent_wait", "requester_wait", "on_hold")
    assert (record["record_day"], record["version_at"]) == ("2016-02-29", "2016-02-29T11:29:00Z")
    assert record["payload"] == {
        "id": "35436",
        "created_at": "2016-02-29T01:16:00Z",
        "updated_at": "2016-02-29T11:29:00Z",
        "generated_timestamp": 1456745340,
        "status": "closed",
        "priority": "normal",
        "type": None,
        "group_id": "70",
        "assignee_id": "89",
        "satisfaction": "good",
        "metric_set": {
            "solved_at": "2016-02-29T11:29:00Z",
            "reopens": 0,
            "replies": 1,
            "assignee_stations": 1,
            "group_stations": 2,
            "reply_time_in_minutes": {"calendar": 7, "business": None},
            "full_resolution_time_in_minutes": {"calendar": 613, "business": None},
            **{f"{name}_time_in_minutes": None for name in minutes},
        },
    }


def test_the_next_pull_goes_on_from_the_cursor(bench: Bench) -> None:
    desk = Desk([ticket(n) for n in range(1, 4)])
    bench.platform.default = desk
    first = only(_pull(bench))
    desk.tickets += [ticket(1, generated=1456745999, status="open"), ticket(9)]
    bench.platform.calls.clear()

    second = only(_pull(bench, cursor=first.cursor))

    assert [r["record_key"] for r in records(second)] == ["1", "9"]
    assert parse_qs(urlsplit(bench.platform.calls[0].path).query) == {
        "cursor": ["c3"],
        "include": ["metric_sets"],
    }


def test_the_first_pull_asks_by_start_time_with_basic_credentials(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(1)])

    _pull(bench)

    call = bench.platform.calls[0]
    assert parse_qs(urlsplit(call.path).query) == {
        "start_time": [str(int(FROM.timestamp()))],
        "include": ["metric_sets"],
    }
    assert (
        base64.b64decode(call.headers["Authorization"].removeprefix("Basic ")).decode()
        == f"agent@example.com/token:{TOKEN}"
    )


def test_two_versions_in_one_window_leave_the_latest(bench: Bench) -> None:
    newer = ticket(1, generated=1456745999, status="solved")
    bench.platform.default = Desk([ticket(1), ticket(2), newer])
    reordered = Bench(bench.platform, bench.clock, bench.folder / "reordered")

    first = records(only(_pull(bench)))
    bench.platform.default = Desk([newer, ticket(2), ticket(1)])
    second = records(only(_pull(reordered)))

    assert first == second
    assert [r["payload"]["status"] for r in first] == ["solved", "closed"]


def test_deleted_tickets_are_kept_and_live_ones_need_metrics(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(1, status="deleted"), ticket(2)])
    kept = records(only(_pull(bench)))
    without = {"tickets": [ticket(1)], "metric_sets": [], "after_cursor": "c1", "end_of_stream": True}
    bench.platform.default = lambda _: Reply(without)

    failed = only_failed(_pull(bench))

    assert [(r["payload"]["status"], r["payload"]["metric_set"] is None) for r in kept] == [
        ("deleted", True),
        ("closed", False),
    ]
    assert failed.code == "P108"


def test_inline_metric_sets_give_the_same_record(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(1)])
    side = records(only(_pull(bench)))
    inline = {"tickets": [ticket(1, metric_set=metrics(1))], "after_cursor": "c1", "end_of_stream": True}
    bench.platform.default = lambda _: Reply(inline)

    assert records(only(_pull(bench))) == side


def test_an_empty_page_before_the_end_is_not_the_end(bench: Bench) -> None:
    empty = {"tickets": [], "metric_sets": [], "after_cursor": "c0", "end_of_stream": False}
    bench.platform.script = [Reply(empty)]
    bench.platform.default = Desk([ticket(n) for n in range(1, 4)])

    assert only(_pull(bench)).rows == 3


def test_a_quiet_export_keeps_the_old_cursor(bench: Bench) -> None:
    quiet = {"tickets": [], "metric_sets": [], "after_cursor": None, "end_of_stream": True}
    bench.platform.default = lambda _: Reply(quiet)

    window = only(_pull(bench, cursor="c7"))

    assert (window.rows, window.cursor) == (0, "c7")


def test_replay_equals_the_pull(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(n) for n in range(1, 6)])
    window = only(_pull(bench))
    root = bench.folder / "landing"

    again = replay(root / window.landing_file, root=root, as_of=AS_OF, spool=bench.folder / "again", find=get)

    assert again.records_path.read_bytes() == window.records_path.read_bytes()
    assert (again.cursor, again.proof, again.landing_sha256) == (
        window.cursor,
        window.proof,
        window.landing_sha256,
    )


def test_no_personal_field_reaches_the_disk(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(1)])

    window = only(_pull(bench))

    landed = gzip.decompress((bench.folder / "landing" / window.landing_file).read_bytes()).decode()
    secrets = (*PLANTED.values(), TOKEN, "20978392", "agent@example.com")
    assert not [planted for planted in secrets if planted in landed + window.records_path.read_text()]


def test_ten_requests_a_minute_unless_the_account_says_otherwise(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(n) for n in range(1, 6)])

    slow = only(_pull(bench, settings={"email": "agent@example.com"}))
    fast = only(_pull(bench))

    assert slow.waited_seconds == 12, "three requests, six seconds apart"
    assert 0 < fast.waited_seconds < 1


@pytest.mark.parametrize("value", ["0", "-1", "ten", "1.5", "９"])
def test_a_senseless_rate_is_refused_before_any_request(bench: Bench, value: str) -> None:
    failed = only_failed(_pull(bench, settings={**SETTINGS, "requests_per_minute": value}))

    assert failed.code == "P120"
    assert bench.platform.calls == []


def test_a_missing_mail_or_token_names_the_field_only(bench: Bench) -> None:
    without_mail = only_failed(_pull(bench, settings={}))
    without_token = only_failed(_pull(bench, secrets={}))

    assert (without_mail.code, without_token.code) == ("P120", "P120")
    assert "email" in without_mail.cause
    assert "token" in without_token.cause


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": ""}, {"generated_timestamp": "1456745340"}, {"created_at": "2016-02-29T01:16:00"}],
)
def test_a_key_or_time_that_does_not_fit_fails_the_window(bench: Bench, change: dict[str, Any]) -> None:
    body = {"tickets": [ticket(1) | change], "after_cursor": "c1", "end_of_stream": True}
    body["tickets"][0]["metric_set"] = metrics(1)
    bench.platform.default = lambda _: Reply(body)

    failed = only_failed(_pull(bench))

    assert failed.code == "P107"
    assert next(iter(change)) in failed.cause
    assert bench.landed() == []


def test_a_ticket_from_the_future_fails_the_window(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(1, generated=4_000_000_000)])

    assert only_failed(_pull(bench)).code == "P107"


SURVEYED = {**SETTINGS, "csat": "survey"}


def _response(number: int, category: str | None, updated: str, **changes: Any) -> dict[str, Any]:
    rating = {
        "type": "rating_scale",
        "question": {"id": "Q1", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"},
        "rating": 4,
        "updated_at": updated,
    }
    comment = {
        "type": "open_ended",
        "question": {"id": "Q2"},
        "value": PLANTED["name"],
        "updated_at": updated,
    }
    return {
        "id": f"R{number}",
        "responder_id": 20978392,
        "subjects": [{"id": str(number), "type": "ticket", "zrn": f"zen:ticket:{number}"}],
        "answers": [comment, rating | ({} if category is None else {"rating_category": category})],
        **changes,
    }


def _surveys(*responses: dict[str, Any], more: str | None = None) -> Reply:
    meta = {"has_more": more is not None, "after_cursor": more, "before_cursor": None}
    return Reply({"survey_responses": list(responses), "meta": meta})


def test_survey_ratings_of_solved_tickets_are_asked_for_together_and_the_newest_counts(bench: Bench) -> None:
    desk = Desk([ticket(1), ticket(2, status="open"), ticket(3, satisfaction_rating=None)], page=3)
    bench.platform.default = desk
    late, early = "2016-02-29T12:00:00.000Z", "2016-02-29T11:00:00.000Z"
    other = _response(1, "good", late, subjects=[{"id": "1", "type": "conversation"}])
    bench.platform.script = [
        desk(Call("GET", "/x?include=metric_sets", {}, None)),
        _surveys(_response(1, "bad", late), other, more="MQ"),
        _surveys(_response(1, "good", early), _response(9, "bad", late)),
    ]

    window = only(_pull(bench, settings=SURVEYED))

    _, first, second = (urlsplit(call.path) for call in bench.platform.calls)
    asked = {"filter[subject_zrns]": ["zen:ticket:1,zen:ticket:3"], "page[size]": ["100"]}
    assert (first.path, parse_qs(first.query)) == ("/api/v2/guide/survey_responses", asked)
    assert parse_qs(second.query) == {**asked, "page[after]": ["MQ"]}
    assert [r["payload"]["satisfaction"] for r in records(window)] == ["bad", "good", None]
    landed = gzip.decompress((bench.folder / "landing" / window.landing_file).read_bytes()).decode()
    assert PLANTED["name"] not in landed
    assert "20978392" not in landed
    again = replay(
        bench.folder / "landing" / window.landing_file,
        root=bench.folder / "landing",
        as_of=AS_OF,
        spool=bench.folder / "again",
        find=get,
    )
    assert records(again) == records(window)


def test_a_hundred_and_twenty_tickets_cost_three_survey_requests(bench: Bench) -> None:
    desk = Desk([ticket(n) for n in range(1, 121)], page=1000)
    bench.platform.default = lambda call: _surveys() if "survey" in call.path else desk(call)

    window = only(_pull(bench, settings=SURVEYED))

    assert (window.rows, len(bench.platform.calls)) == (120, 4)
    assert {r["payload"]["satisfaction"] for r in records(window)} == {"good"}, (
        "the ticket's own rating stands"
    )


@pytest.mark.parametrize("category", [None, "neutral"])
def test_a_survey_rating_that_is_neither_good_nor_bad_fails_the_window(
    bench: Bench, category: str | None
) -> None:
    desk = Desk([ticket(1)])
    bench.platform.default = lambda call: (
        _surveys(_response(1, category, "2016-02-29T12:00:00Z")) if "survey" in call.path else desk(call)
    )

    assert only_failed(_pull(bench, settings=SURVEYED)).code == "P107"


def test_an_unknown_kind_of_rating_is_refused_before_tickets_are_used(bench: Bench) -> None:
    bench.platform.default = Desk([ticket(1)])

    assert only_failed(_pull(bench, settings={**SETTINGS, "csat": "both"})).code == "P120"


def test_an_archived_ticket_with_its_metrics_inside_counts_and_a_deleted_one_needs_none(bench: Bench) -> None:
    body = {
        "tickets": [ticket(1, metric_set=metrics(1)), ticket(2, status="deleted")],
        "after_cursor": "c2",
        "end_of_stream": True,
    }
    bench.platform.default = lambda _: Reply(body)

    found = {r["record_key"]: r["payload"] for r in records(only(_pull(bench)))}

    assert found["1"]["metric_set"]["solved_at"] == "2016-02-29T11:29:00Z"
    assert (found["2"]["status"], found["2"]["metric_set"]) == ("deleted", None)

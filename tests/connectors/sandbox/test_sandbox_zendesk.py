"""The Zendesk half of the sandbox over real HTTP."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest
import requests

from connectors.sandbox import Options, Sandbox
from connectors.sandbox.accounts import DATA

pytestmark = pytest.mark.slow  # reads the whole bundle of tickets

SHARED = Path(__file__).resolve().parents[4] / "shared"
AFTER_ALL = datetime(2017, 3, 1, tzinfo=UTC)
START = "1456700000"
EXPORT = "/api/v2/incremental/tickets/cursor"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(AFTER_ALL) as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    with Sandbox(AFTER_ALL) as running:
        yield running


def get(sandbox: Sandbox, **parameters: str) -> requests.Response:
    return requests.get(
        f"{sandbox.url}/zendesk/helpdesk{EXPORT}",
        params=parameters,
        auth=("agent@example.com/token", sandbox.zendesk_token),
        timeout=60,
    )


def export(sandbox: Sandbox, **parameters: str) -> Iterator[dict[str, Any]]:
    while True:
        page = get(sandbox, **parameters).json()
        yield page
        if page["end_of_stream"]:
            return
        parameters = {**parameters, "cursor": page["after_cursor"]}
        parameters.pop("start_time", None)


@pytest.fixture(scope="module")
def tickets(sandbox: Sandbox) -> list[dict[str, Any]]:
    pages = export(sandbox, start_time=START, include="metric_sets")
    return [ticket for page in pages for ticket in page["tickets"]]


def monthly(tickets: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    groups = defaultdict(list)
    for ticket in tickets:
        groups[ticket["created_at"][:7]].append(ticket["metric_set"])
    return {
        month: (
            len(sets),
            sum(s["reopens"] > 0 for s in sets),
            sum(s["assignee_stations"] == 1 for s in sets),
            median(minutes(sets, "reply_time_in_minutes")),
            median(minutes(sets, "full_resolution_time_in_minutes")),
        )
        for month, sets in groups.items()
    }


def minutes(sets: list[dict[str, Any]], name: str) -> list[int]:
    return [s[name]["calendar"] for s in sets if s[name]["calendar"] is not None and s[name]["calendar"] >= 0]


REFERENCE = """
with ticket as (
    select number, min(opened_at) as opened, max(resolved_at) as resolved,
           min(sys_updated_at) filter (where incident_state <> 'New') as replied,
           max(reopen_count) as reopened, max(reassignment_count) as reassigned
    from read_parquet($file) group by number
)
select strftime(opened, '%Y-%m') as month, count(*), count(*) filter (where reopened > 0),
       count(*) filter (where reassigned = 0),
       median(date_diff('minute', opened, replied)) filter (where replied >= opened),
       median(date_diff('minute', opened, resolved)) filter (where resolved >= opened)
from ticket group by 1
"""


def test_every_month_equals_plain_sql_over_the_bundle(tickets: list[dict[str, Any]]) -> None:
    rows = duckdb.execute(REFERENCE, {"file": str(DATA / "incidents.parquet")}).fetchall()

    assert monthly(tickets) == {row[0]: row[1:] for row in rows}


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
def test_every_month_equals_the_reference_answer(tickets: list[dict[str, Any]]) -> None:
    names = ("tickets", "reopened", "no_reassign", "first_response_median_min", "resolution_median_min")
    with (SHARED / "data/expected/tickets_monthly.csv").open() as file:
        expected = {row["month"]: tuple(Decimal(row[name]) for name in names) for row in csv.DictReader(file)}

    assert monthly(tickets) == expected


def test_each_ticket_is_exported_once_in_order_of_its_timestamp(sandbox: Sandbox) -> None:
    pages = list(export(sandbox, start_time=START, per_page="900"))

    found = [(ticket["generated_timestamp"], ticket["id"]) for page in pages for ticket in page["tickets"]]

    assert found == sorted(found)
    assert len({number for _, number in found}) == len(found) == 17136
    assert [page["end_of_stream"] for page in pages] == [False] * 19 + [True]
    assert pages[0]["after_url"].endswith(f"cursor={pages[0]['after_cursor'].replace('=', '%3D')}")


def test_what_the_log_cannot_say_is_null(tickets: list[dict[str, Any]]) -> None:
    unsolved = [t for t in tickets if t["metric_set"]["solved_at"] is None]

    assert len(unsolved) == 1230
    assert all(t["metric_set"]["full_resolution_time_in_minutes"]["calendar"] is None for t in unsolved)
    assert {t["metric_set"]["reply_time_in_minutes"]["business"] for t in tickets} == {None}
    assert {t["metric_set"]["replies"] for t in tickets} == {None}
    assert {t["satisfaction_rating"] for t in tickets} == {None}
    assert {t["priority"] for t in tickets} == {"urgent", "high", "normal", "low"}


def test_metric_sets_come_only_when_asked_for(sandbox: Sandbox) -> None:
    assert "metric_set" not in get(sandbox, start_time=START).json()["tickets"][0]


def test_a_version_knows_nothing_of_its_future(fresh: Sandbox) -> None:
    fresh.set_clock(datetime(2016, 2, 29, 1, 24, tzinfo=UTC))
    first = get(fresh, start_time=START, include="metric_sets").json()["tickets"]
    fresh.set_clock(datetime(2016, 2, 29, 11, 30, tzinfo=UTC))
    later = [
        t
        for p in export(fresh, start_time=START, include="metric_sets")
        for t in p["tickets"]
        if t["id"] == 45
    ]

    assert [(t["id"], t["status"], t["updated_at"]) for t in first] == [(45, "new", "2016-02-29T01:23:00Z")]
    assert first[0]["metric_set"]["solved_at"] is None
    assert first[0]["metric_set"]["reply_time_in_minutes"] == {"calendar": None, "business": None}
    assert [(t["status"], t["updated_at"]) for t in later] == [("solved", "2016-02-29T11:29:00Z")]
    assert later[0]["metric_set"]["solved_at"] == "2016-02-29T11:29:00Z"
    assert later[0]["metric_set"]["reply_time_in_minutes"] == {"calendar": 457, "business": None}
    assert later[0]["metric_set"]["full_resolution_time_in_minutes"] == {"calendar": 613, "business": None}


def test_the_last_minute_is_held_back(fresh: Sandbox) -> None:
    event = datetime(2016, 2, 29, 1, 23, tzinfo=UTC)

    fresh.set_clock(event + timedelta(seconds=59))
    early = get(fresh, start_time=START).json()
    fresh.set_clock(event + timedelta(seconds=60))
    due = get(fresh, cursor=early["after_cursor"]).json()

    assert (early["tickets"], early["end_of_stream"]) == ([], True)
    assert [ticket["id"] for ticket in due["tickets"]] == [45]


def test_a_cursor_brings_what_changed_since_and_nothing_else(fresh: Sandbox) -> None:
    fresh.set_clock(datetime(2016, 3, 10, tzinfo=UTC))
    last = list(export(fresh, start_time=START))[-1]["after_cursor"]
    nothing = get(fresh, cursor=last).json()

    fresh.set_clock(datetime(2016, 3, 11, tzinfo=UTC))
    changed = [t for page in export(fresh, cursor=nothing["after_cursor"]) for t in page["tickets"]]

    assert (nothing["tickets"], nothing["after_cursor"]) == ([], last)
    assert changed
    assert all("2016-03-09T23:59:00Z" <= ticket["updated_at"] < "2016-03-11" for ticket in changed)


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 422),
        ({"start_time": "9999999999"}, 422),
        ({"start_time": "soon"}, 400),
        ({"cursor": "!"}, 400),
        ({"start_time": START, "per_page": "1001"}, 400),
    ],
)
def test_wrong_parameters_are_refused(sandbox: Sandbox, parameters: dict[str, str], status: int) -> None:
    response = get(sandbox, **parameters)

    assert response.status_code == status
    assert set(response.json()) == {"error", "description"}


@pytest.mark.parametrize("auth", [None, ("agent@example.com/token", "wrong"), ("agent@example.com", "x")])
def test_a_wrong_token_is_refused_with_401(sandbox: Sandbox, auth: tuple[str, str] | None) -> None:
    url = f"{sandbox.url}/zendesk/helpdesk{EXPORT}"

    response = requests.get(url, params={"start_time": START}, auth=auth, timeout=60)

    assert response.status_code == 401


def test_more_requests_than_declared_are_answered_429_with_a_wait() -> None:
    with Sandbox(AFTER_ALL, options=Options(zendesk_requests_per_minute=2)) as strict:
        answers = [get(strict, start_time=START) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
def test_the_export_fits_the_official_specification(tickets: list[dict[str, Any]], sandbox: Sandbox) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    spec = json.loads((SHARED / "api-specs/zendesk/support-api.trimmed.json").read_text())
    schemas = spec["components"]["schemas"]
    # the specification has no word for null, which the platform sends wherever nothing is known
    known = [{k: v for k, v in t.items() if v is not None} for t in tickets[::500]]

    def check(document: Any, name: str) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
        jsonschema.Draft4Validator(schema).validate(document)

    envelope = get(sandbox, start_time=START, per_page="1").json()
    assert set(envelope) == set(schemas["CursorBasedExportIncrementalTicketsResponse"]["properties"])
    for ticket in known:
        metrics = ticket.pop("metric_set")
        assert set(ticket) <= set(schemas["TicketObject"]["properties"])
        assert set(metrics) <= set(schemas["TicketMetricObject"]["properties"])
        check(ticket, "TicketObject")
        check(without_null(metrics), "TicketMetricObject")


def without_null(document: dict[str, Any]) -> dict[str, Any]:
    return {
        key: without_null(value) if isinstance(value, dict) else value
        for key, value in document.items()
        if value is not None
    }

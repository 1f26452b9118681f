"""Faults, clock, counts and the process of the sandbox, over real sockets."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.sandbox import Sandbox

pytestmark = pytest.mark.slow  # starts whole sandboxes

ROOT = Path(__file__).resolve().parents[3]
AFTER_SHOPS = datetime(2012, 1, 10, tzinfo=UTC)
QUERY = """query($after: String) { orders(first: 2, after: $after) {
  nodes { id lineItems(first: 1) { nodes { id } pageInfo { hasNextPage } } }
  pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(AFTER_SHOPS) as running:
        yield running


def shopify(sandbox: Sandbox, **variables: Any) -> requests.Response:
    return requests.post(
        f"{sandbox.url}/shopify/uk/admin/api/2026-10/graphql.json",
        json={"query": QUERY, "variables": variables},
        headers={"X-Shopify-Access-Token": sandbox.shopify_token},
        timeout=60,
    )


def zendesk(sandbox: Sandbox, **parameters: str) -> requests.Response:
    return requests.get(
        f"{sandbox.url}/zendesk/helpdesk/api/v2/incremental/tickets/cursor.json",
        params=parameters or {"start_time": "0"},
        auth=("a@example.com/token", sandbox.zendesk_token),
        timeout=60,
    )


def order_fault(sandbox: Sandbox, fault: str, **more: Any) -> None:
    body = {"path_prefix": "/", "fault": fault, **more}
    assert requests.post(f"{sandbox.url}/_sandbox/faults", json=body, timeout=60).status_code == 200


def test_a_fault_hits_the_asked_number_of_requests_and_then_stops(sandbox: Sandbox) -> None:
    order_fault(sandbox, "http500", times=2)

    statuses = [shopify(sandbox).status_code for _ in range(3)]

    assert statuses == [500, 500, 200]


def test_a_fault_hits_only_the_path_and_text_it_names(sandbox: Sandbox) -> None:
    order_fault(sandbox, "http500", path_prefix="/zendesk/", match="cursor=", times=-1)
    cursor = zendesk(sandbox).json()["after_cursor"]

    statuses = [
        shopify(sandbox).status_code,
        zendesk(sandbox).status_code,
        zendesk(sandbox, cursor=cursor).status_code,
    ]

    assert statuses == [200, 200, 500]


def test_an_empty_order_takes_all_faults_away(sandbox: Sandbox) -> None:
    order_fault(sandbox, "http500", times=-1)
    requests.post(f"{sandbox.url}/_sandbox/faults", json={}, timeout=60)

    assert shopify(sandbox).status_code == 200


def test_an_unknown_fault_is_refused(sandbox: Sandbox) -> None:
    body = {"path_prefix": "/", "fault": "gremlin"}

    assert requests.post(f"{sandbox.url}/_sandbox/faults", json=body, timeout=60).status_code == 400


def test_errors_with_status_200_carry_no_data(sandbox: Sandbox) -> None:
    order_fault(sandbox, "error200", times=2)

    first, second = shopify(sandbox), zendesk(sandbox)

    assert (first.status_code, list(first.json())) == (200, ["errors"])
    assert (second.status_code, set(second.json())) == (200, {"error", "description"})


def test_a_page_of_html_comes_with_status_200(sandbox: Sandbox) -> None:
    order_fault(sandbox, "html")

    answer = shopify(sandbox)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_paging_can_be_missing(sandbox: Sandbox) -> None:
    order_fault(sandbox, "no_paging", times=2)

    orders, tickets = shopify(sandbox).json()["data"]["orders"], zendesk(sandbox).json()

    assert set(orders) == {"nodes"}
    assert {"after_cursor", "end_of_stream"}.isdisjoint(tickets)


def test_a_cursor_can_repeat_for_ever(sandbox: Sandbox) -> None:
    orders = shopify(sandbox).json()["data"]["orders"]["pageInfo"]["endCursor"]
    tickets = zendesk(sandbox).json()["after_cursor"]
    order_fault(sandbox, "repeat_cursor", times=2)

    info = shopify(sandbox, after=orders).json()["data"]["orders"]["pageInfo"]
    page = zendesk(sandbox, cursor=tickets).json()

    assert info == {"hasNextPage": True, "endCursor": orders}
    assert (page["after_cursor"], page["end_of_stream"]) == (tickets, False)


def test_each_platform_throttles_in_its_own_way(sandbox: Sandbox) -> None:
    order_fault(sandbox, "throttle", times=2, retry_after=7)

    first, second = shopify(sandbox), zendesk(sandbox)

    assert first.status_code == 200
    assert first.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert (second.status_code, second.headers["Retry-After"]) == (429, "7")


def test_a_cut_answer_is_shorter_than_it_says(sandbox: Sandbox) -> None:
    order_fault(sandbox, "cut")

    with pytest.raises(
        (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)
    ) as caught:
        shopify(sandbox)

    assert "IncompleteRead" in str(caught.value)
    assert shopify(sandbox).status_code == 200


def test_a_reset_connection_ends_without_an_answer(sandbox: Sandbox) -> None:
    order_fault(sandbox, "reset")

    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        shopify(sandbox)

    assert "reset" in str(caught.value).lower()
    assert shopify(sandbox).status_code == 200


def test_requests_are_counted_by_account(sandbox: Sandbox) -> None:
    for _ in range(2):
        shopify(sandbox)
    zendesk(sandbox)

    stats = requests.get(f"{sandbox.url}/_sandbox/stats", timeout=60).json()

    assert stats == {"requests": {"shopify/uk": 2, "zendesk/helpdesk": 1}, "faults": 0}


def test_the_clock_can_be_set_over_http_but_only_with_a_zone(sandbox: Sandbox) -> None:
    def move(as_of: str) -> int:
        return requests.post(f"{sandbox.url}/_sandbox/clock", json={"as_of": as_of}, timeout=60).status_code

    statuses = [move("2010-12-01T09:00:00+00:00"), move("2010-12-01T09:00:00"), move("morning")]

    assert statuses == [200, 400, 400]
    assert shopify(sandbox).json()["data"]["orders"]["nodes"][0]["id"] == "gid://shopify/Order/536365"


def test_one_connection_serves_many_requests(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=60)

    answers = []
    for _ in range(3):
        connection.request("GET", "/_sandbox/stats")
        answers.append(connection.getresponse().read())
        peer = connection.sock
    connection.close()

    assert peer is not None, "http.client drops its socket when the server asks to close"
    assert len(answers) == 3


def test_tokens_are_not_shown(sandbox: Sandbox) -> None:
    shown = repr(sandbox) + repr(vars(sandbox))

    assert sandbox.shopify_token not in shown
    assert sandbox.zendesk_token not in shown


def test_the_process_refuses_to_start_without_tokens() -> None:
    done = subprocess.run(
        command(), cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert "SAMPLE_SHOPIFY_TOKEN" in done.stderr


def test_the_process_serves_and_ends_with_its_standard_input() -> None:
    tokens = {"SAMPLE_SHOPIFY_TOKEN": "one", "SAMPLE_ZENDESK_TOKEN": "two"}
    process = subprocess.Popen(
        [*command(), "--exit-with-stdin"],
        cwd=ROOT,
        env={**environment(), **tokens},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        url = json.loads(process.stdout.readline())["url"]
        answered = requests.get(f"{url}/_sandbox/stats", timeout=60).status_code
        process.stdin.close()

        assert process.wait(timeout=30) == 0
    assert answered == 200
    assert url.startswith("http://127.0.0.1:")


def command() -> list[str]:
    return [sys.executable, "-m", "connectors.sandbox", "--port", "0", "--as-of", "2011-01-01T06:30:00+00:00"]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SAMPLE_")}

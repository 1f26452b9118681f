"""`kpi serve` as a browser, another user of the machine and a foreign page meet it: the real server on a loopback port."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import dagster_webserver
import pytest

from tests.pipelines.graph.listener import Listener

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "planted-token-91c4e2"
QUERY = {"query": "{ version }"}
LAUNCH = """
mutation Launch($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } } }
"""
STATUS = "query Status($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
EVENTS = """
query Events($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events { ... on MessageEvent { message }
  ... on ErrorEvent { error { message causes { message } } } } } } }
"""


@dataclass
class Served:
    """A running server and the session of its operator."""

    process: "subprocess.Popen[str]"
    home: Path
    log: Path
    port: int
    token: str
    cookie: str = ""

    def ask(
        self, method: str, path: str, *, body: object = None, session: bool = True, **headers: str
    ) -> tuple[HTTPResponse, str]:
        """One request; a header is named with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if session:
            sent["Cookie"] = self.cookie
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        # a socket that is opened sends no end
        text = "" if answer.status == 101 else answer.read().decode()
        connection.close()
        return answer, text

    def graphql(self, query: str, **variables: object) -> Any:
        """The data of a query of the operator."""
        answer, text = self.ask("POST", "/graphql", body={"query": query, "variables": variables})
        assert answer.status == 200, text
        return json.loads(text)["data"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    environment = {**os.environ, "KPI_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), "PLANTED": TOKEN}
    environment.pop("KPI_COMPANY", None)
    command = [sys.executable, "-m", "pipelines.commands.cli", "serve", "--port", "0"]
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    assert process.stdout is not None
    printed = re.match(r"http://127\.0\.0\.1:(\d+)/\?session=(\S+)", process.stdout.readline())
    assert printed, (folder / "log").read_text()
    yield Served(process, folder / "home", folder / "log", int(printed[1]), printed[2])
    process.send_signal(signal.SIGTERM)
    assert process.wait(90) == 0
    with pytest.raises(ProcessLookupError):  # nothing of its group is left
        _until(lambda: os.killpg(process.pid, 0), seconds=10)


def _until(raises: Any, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        raises()
        time.sleep(0.2)


@pytest.fixture
def opened(served: Served) -> Served:
    """The server once its printed address was opened."""
    if not served.cookie:
        answer, _ = served.ask("GET", f"/?session={served.token}", session=False)
        cookie = answer.headers["Set-Cookie"]
        assert answer.status == 303
        assert answer.headers["Location"] == "/"
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        served.cookie = cookie.split(";")[0]
    return served


@pytest.mark.parametrize("path", ["/", "/runs", "/graphql", "/logs/x/y.out", "/server_info", "/nosuch"])
def test_a_caller_without_the_session_is_told_in_both_languages_to_use_the_printed_address(
    served: Served, path: str
) -> None:
    answer, text = served.ask("GET", path, session=False)

    assert answer.status == 403
    assert "[U061]" in text
    assert "open the address that `kpi serve` printed" in text
    assert "打开 `kpi serve` 输出的地址" in text
    assert served.token not in text


def test_a_caller_without_the_session_may_not_query(served: Served) -> None:
    assert served.ask("POST", "/graphql", body=QUERY, session=False)[0].status == 403


def test_a_guessed_or_empty_session_opens_nothing(served: Served) -> None:
    for word in ("", "x", "%C3%A9", "%ff", served.token[:-1]):
        assert served.ask("GET", f"/?session={word}", session=False)[0].status == 403


def test_looking_at_the_printed_address_does_not_use_it_up(served: Served) -> None:
    assert served.ask("HEAD", f"/?session={served.token}", session=False)[0].status == 403


def test_the_printed_address_works_once(opened: Served) -> None:
    again, text = opened.ask("GET", f"/?session={opened.token}", session=False)
    own, _ = opened.ask("GET", f"/?session={opened.token}")

    assert again.status == 403
    assert "Set-Cookie" not in again.headers
    assert "it works once" in text
    assert (own.status, own.headers["Location"]) == (303, "/")


def test_the_browser_with_the_session_sees_the_pages_and_may_query(opened: Served) -> None:
    page, text = opened.ask("GET", "/runs", Accept="text/html")
    script = re.search(r'src="(/[^"]+\.js)"', text)
    assert script

    assert page.status == 200
    assert opened.ask("GET", script[1])[0].status == 200
    assert opened.ask("GET", "/graphql", Accept="text/html")[0].status == 200
    assert opened.graphql("{ version }") == {"version": dagster_webserver.__version__}
    assert opened.ask("POST", "/graphql", body=QUERY, Host=f"localhost:{opened.port}")[0].status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}"]
)
def test_a_foreign_host_is_refused_even_with_the_session(opened: Served, host: str) -> None:
    answer, text = opened.ask("POST", "/graphql", body=QUERY, Host=host.format(port=opened.port))

    assert answer.status == 403
    assert "[U062]" in text


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}"]
)
def test_a_foreign_origin_is_refused_even_with_the_session(opened: Served, origin: str) -> None:
    answer, text = opened.ask("POST", "/graphql", body=QUERY, Origin=origin.format(port=opened.port))

    assert answer.status == 403
    assert "[U063]" in text


def test_the_own_origin_is_let_in(opened: Served) -> None:
    answer, _ = opened.ask("POST", "/graphql", body=QUERY, Origin=f"http://127.0.0.1:{opened.port}")

    assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/graphql?query=mutation%7BreloadWorkspace%7B__typename%7D%7D", ""),
        ("GET", "/graphql/?query=%7Bversion%7D", ""),
        ("GET", "/%67raphql?query=%7Bversion%7D", ""),
        ("POST", "/graphql?query=mutation%7BreloadWorkspace%7B__typename%7D%7D", "text/plain"),
        ("POST", "/graphql?query=%7Bversion%7D", "application/x-www-form-urlencoded"),
    ],
)
def test_a_link_or_a_form_does_nothing_even_with_the_session(
    opened: Served, method: str, path: str, kind: str
) -> None:
    answer, text = opened.ask(method, path, **({"Content_Type": kind} if kind else {}))

    assert answer.status == 405
    assert "[U064]" in text


def test_a_socket_opens_with_the_session_and_from_no_other_page(opened: Served) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec_WebSocket_Protocol": "graphql-ws",
    }

    assert opened.ask("GET", "/graphql", **upgrade)[0].status == 101
    assert opened.ask("GET", "/graphql", session=False, **upgrade)[0].status == 403
    assert opened.ask("GET", "/graphql", Origin="https://evil.example", **upgrade)[0].status == 403
    assert opened.ask("GET", "/graphql", Host="evil.example", **upgrade)[0].status == 403


def _launch(opened: Served, place: dict[str, object]) -> str:
    selector = {
        "repositoryLocationName": "pipelines.definitions",
        "repositoryName": "__repository__",
        "jobName": "daily",
    }
    config = {"resources": {"place": {"config": place}}}
    tags = [{"key": "dagster/partition", "value": "2011-11-28"}]
    params = {
        "selector": selector,
        "mode": "default",
        "runConfigData": config,
        "executionMetadata": {"tags": tags},
    }
    launched = opened.graphql(LAUNCH, params=params)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess"
    return str(launched["run"]["runId"])


def _end(opened: Served, run: str) -> tuple[str, str]:
    deadline = time.monotonic() + 120
    while (status := opened.graphql(STATUS, id=run)["runOrError"]["status"]) not in ("SUCCESS", "FAILURE"):
        assert time.monotonic() < deadline, status
        time.sleep(0.5)
    return status, json.dumps(opened.graphql(EVENTS, id=run))


def test_a_run_of_the_pages_cannot_choose_another_company_or_home(opened: Served, tmp_path: Path) -> None:
    with Listener() as listener:
        foreign = tmp_path / "foreign"
        foreign.mkdir()
        # read, it would be refused with a code of its own
        (foreign / "company.yaml").write_text("id: [", encoding="utf-8")
        (foreign / "sources.yaml").write_text(
            f"sources: [{{base_url: {listener.url}, token: '${{PLANTED}}'}}]", encoding="utf-8"
        )
        asked: list[dict[str, object]] = [
            {"company": str(foreign), "home": str(tmp_path / "home")},
            {"company": {"env": "PLANTED"}},
        ]

        ends = [_end(opened, run) for run in [_launch(opened, place) for place in asked]]

    assert [status for status, _ in ends] == ["FAILURE"] * 2
    assert all("[U060]" in told for _, told in ends)
    assert not any("[C0" in told or "[D1" in told or TOKEN in told for _, told in ends)
    assert not (tmp_path / "home").exists()
    assert listener.requests == []


def test_the_session_stands_in_no_log_and_in_no_list_of_processes(opened: Served) -> None:
    opened.ask("GET", f"/?session={opened.token}", session=False)
    cookie = opened.cookie.partition("=")[2]
    lines = [
        path.read_bytes()
        for pattern in ("cmdline", "environ")
        for path in Path("/proc").glob(f"[0-9]*/{pattern}")
        if _readable(path)
    ]
    kept = [path.read_bytes() for path in opened.home.rglob("*") if path.is_file()]

    for secret in (opened.token.encode(), cookie.encode()):
        assert not any(secret in text for text in (*lines, *kept, opened.log.read_bytes()))


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:  # it has ended
        return False
    return True


def test_the_code_server_is_reached_through_a_folder_of_this_user_alone(opened: Served) -> None:
    sockets = [
        Path(word)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if _readable(path) and os.getpgid(int(path.parent.name)) == opened.process.pid
        for word in path.read_text().split("\0")
        if word.startswith("/") and Path(word).is_socket()
    ]

    assert sockets
    assert {path.parent.stat().st_mode & 0o777 for path in sockets} == {0o700}

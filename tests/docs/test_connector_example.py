"""The connector in docs/connectors.md runs as printed: taken out of the page, pulled over real loopback HTTP.

Not here: the kit's own promises (tests/connectors).
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from models.loads import FailedWindow, PulledWindow

PAGE = Path(__file__).resolve().parents[2] / "docs" / "connectors.md"
TOKEN = "planted-tidydesk-key"
PERSON = "Jane Planted"
Answer = Callable[[str, dict[str, list[str]], str | None], tuple[int, dict[str, Any]]]


def ticket(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": "2026-03-01T09:00:00Z",
        "updated_at": f"2026-03-01T1{number}:00:00Z",
        "status": "closed",
        "agent": "A1",
        "requester": PERSON,
        "subject": f"from {PERSON}",
    }


def honest(path: str, query: dict[str, list[str]], key: str | None) -> tuple[int, dict[str, Any]]:
    """Three tickets on two pages, and their count."""
    if key != TOKEN:
        return 401, {"error": "who are you"}
    if path == "/api/tickets/count":
        return 200, {"count": 3}
    if query.get("page") == ["2"]:
        return 200, {"tickets": [ticket(3)], "next": None, "last": True}
    return 200, {"tickets": [ticket(1), ticket(2)], "next": "2", "last": False}


def short(path: str, query: dict[str, list[str]], key: str | None) -> tuple[int, dict[str, Any]]:
    """The same tickets, but the platform counts one more."""
    status, body = honest(path, query, key)
    return status, {"count": 4} if "count" in body else body


@contextmanager
def tidydesk(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, body = answer(parts.path, parse_qs(parts.query), self.headers.get("X-Api-Key"))
            sent = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def example() -> dict[str, Any]:
    """The names that the page's Python blocks define."""
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile("\n".join(blocks), str(PAGE), "exec"), names)
    return names


def windows_of(answer: Answer, folder: Path, token: str = TOKEN) -> list[PulledWindow | FailedWindow]:
    with tidydesk(answer) as url:
        found: list[PulledWindow | FailedWindow] = example()["pull_all"](url, token, folder)
    return found


def test_the_example_pulls_both_pages_and_states_its_proof(tmp_path: Path) -> None:
    windows = windows_of(honest, tmp_path)

    (window,) = windows
    assert isinstance(window, PulledWindow)
    assert (window.rows, window.pages, window.proof) == (3, 2, "last=true, count=3")
    keys = [json.loads(line)["record_key"] for line in window.records_path.read_text("utf-8").splitlines()]
    assert keys == ["1", "2", "3"]


def test_the_example_writes_neither_personal_fields_nor_the_token(tmp_path: Path) -> None:
    windows_of(honest, tmp_path)

    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    texts = [gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in files]
    assert texts
    assert not any(PERSON.encode() in text or TOKEN.encode() in text for text in texts)


def test_a_count_that_differs_fails_the_window_of_the_example(tmp_path: Path) -> None:
    windows = windows_of(short, tmp_path)

    (window,) = windows
    assert isinstance(window, FailedWindow)
    assert window.code == "P108"
    assert not list((tmp_path / "landing").rglob("*.gz"))


def test_a_refused_key_fails_the_window_of_the_example(tmp_path: Path) -> None:
    windows = windows_of(honest, tmp_path, token="another-key")

    assert [w.code for w in windows if isinstance(w, FailedWindow)] == ["P104"]

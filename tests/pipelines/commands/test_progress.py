"""Progress: on a terminal one line per stream, rewritten in place; elsewhere few lines that stay."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import http_json
from connectors.testing.clock import Clock
from connectors.testing.fakes.orderbook import NOW, TOKEN, OrderbookFake
from connectors.testing.loopback import Served
from pipelines.commands.cli import main
from pipelines.commands.progress import Screen, show_progress
from pipelines.company.run_scope import PROGRESS, tell, tell_now

ADVANCE = 1.0  # seconds between two drawings


class Terminal(io.StringIO):
    """A terminal that knows as much as the progress needs: cursor up, clear to the end."""

    def isatty(self) -> bool:
        return True

    def shows(self) -> list[str]:
        """The lines as a person sees them."""
        seen: list[str] = []
        for part in re.findall(r"\x1b\[\d+A\x1b\[J|[^\x1b\n]*\n", self.getvalue()):
            up = re.match(r"\x1b\[(\d+)A", part)
            if up:
                del seen[len(seen) - int(up[1]) :]
            else:
                seen.append(part.rstrip("\n"))
        return seen


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    ours = logging.getLogger("meritline")
    before = (ours.handlers[:], ours.propagate, ours.level)
    ours.handlers = []
    yield
    ours.handlers, ours.propagate = before[0], before[1]
    ours.setLevel(before[2])


def test_each_stream_has_one_line_and_what_stays_moves_above_it() -> None:
    out = Terminal()
    screen = Screen(out, 80, 24)

    screen.rewrite("a", "a page 1", ADVANCE)
    screen.rewrite("b", "b page 1", 2 * ADVANCE)
    screen.rewrite("a", "a page 2", 3 * ADVANCE)
    screen.stay("b failed")

    assert out.shows() == ["b failed", "a page 2", "b page 1"]


def test_a_line_that_is_done_stays_and_leaves_the_block() -> None:
    out = Terminal()
    screen = Screen(out, 80, 24)
    screen.rewrite("a", "a page 1", ADVANCE)
    screen.rewrite("b", "b page 1", 2 * ADVANCE)

    screen.stay("a done", "a")
    screen.rewrite("b", "b page 2", 3 * ADVANCE)

    assert out.shows() == ["a done", "b page 2"]


def test_pages_that_come_fast_are_not_all_drawn_but_the_last_word_counts() -> None:
    out = Terminal()
    screen = Screen(out, 80, 24)

    for page in range(1000):
        screen.rewrite("a", f"a page {page}", page / 10_000)
    screen.stay("a done")

    assert out.shows() == ["a done", "a page 999"]
    assert out.getvalue().count("page") < 5


def test_lines_longer_or_more_than_the_terminal_can_be_taken_back() -> None:
    out = Terminal()
    screen = Screen(out, 20, 5)

    for number in range(6):
        screen.rewrite(str(number), f"{number} 店铺很长的名字很长的名字很长", (number + 1) * ADVANCE)

    shown = out.shows()
    assert len(shown) == 4
    assert shown[-1] == "... and 3 more"
    assert shown[0] == "0 店铺很长的名字很"


def test_without_a_terminal_only_milestones_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    show_progress()

    tell_now("pull", "page 1", line="a")
    tell_now("pull", "30 windows", line="a", is_milestone=True)
    tell("pull", "a done\x1b[31m", line="a")

    told = [line.split()[1:] for line in out.getvalue().splitlines()]
    assert told == [["pull", "30", "windows"], ["pull", "a", "done", "[31m"]]


def test_on_a_terminal_milestones_are_rewritten_too(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stderr", out)
    show_progress()

    tell_now("pull", "a 30 windows", line="a", is_milestone=True)
    tell("pull", "a done", line="a")

    assert [line.split()[-2:] for line in out.shows()] == [["a", "done"]]


def test_a_pull_tells_its_pages_on_the_line_of_its_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setattr(PROGRESS, "handlers", [caplog.handler])
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OWN_TOKEN", TOKEN)
    with Served() as server:
        folder = _company(tmp_path, server.mount("orders", OrderbookFake(Clock(NOW))))
        span = ["--from", "2026-03-09", "--to", "2026-03-10", "--company", folder]

        assert main(["connectors", "pull", "orderbook", *span]) == 0

    streams = ["orderbook.order_lines[flagship]", "orderbook.stock[flagship]"]
    pages = [record for record in caplog.records if record.getMessage().endswith(", page 1")]
    assert sorted({vars(record)["line"] for record in pages}) == streams
    # which of the two reaches the screen is theirs to race for: pages that come fast are not all drawn
    assert re.search(r"orderbook\.(order_lines|stock)\[flagship] 2026-03-\d\d, page 1", out.getvalue())
    shown = [line.split()[2] for line in out.shows()]
    assert shown == streams
    assert all("new," in line for line in out.shows())


def _company(root: Path, url: str) -> str:
    folder = root / "company"
    (folder / "connectors").mkdir(parents=True)
    text = Path(http_json.__file__).with_name("orderbook.yaml").read_text("utf-8")
    fast = text.replace("limit: {requests: 120, seconds: 60}", "limit: {requests: 60000}")
    (folder / "connectors" / "orderbook.yaml").write_text(fast, "utf-8")
    (folder / "company.yaml").write_text(
        "id: own\nname: {zh: 自有, en: Own}\nzone: America/New_York\ncurrency: CNY\nfirst_day: 2026-03-06\n"
        "clock: replay\nlast_day: 2026-12-31\n",
        "utf-8",
    )
    (folder / "sources.yaml").write_text(
        "sources:\n  - connector: orderbook\n    shop_id: flagship\n    zone: America/New_York\n"
        f'    base_url: {url}\n    secrets: {{token: "${{OWN_TOKEN}}"}}\n',
        "utf-8",
    )
    return str(folder)

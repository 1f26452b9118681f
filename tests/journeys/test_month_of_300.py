"""A month of 300 people with 20 problems planted: all are named with remedy and owner, and each is gone once it is mended."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from connectors import http_json
from connectors.testing.clock import Clock
from connectors.testing.fakes.orderbook import NOW, TOKEN, OrderbookFake
from connectors.testing.loopback import Served
from models.closing.blockers import Blocker
from models.closing.kinds import EntryKind
from models.periods import Period
from pipelines.closing.close import CloseStatus, close_status
from pipelines.closing.moves import sign_cards
from pipelines.closing.signing import Signing
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.company.sandbox import Surroundings
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.publish import publish_all
from pipelines.steps.pull import pull_streams
from pipelines.steps.score import compute_period, score_people
from tests.journeys.month_of_300 import EDITED, MONTH, PLANTED, SOURCES, BigFirm, Expected
from tests.journeys.small_firm import SmallFirm

PERIOD = Period.parse(MONTH)
ORDERBOOK = Path(http_json.__file__).with_name("orderbook.yaml").read_text(encoding="utf-8")
# the other problems in the order in which they are mended, a scoring after each group
ROUNDS = (
    ("rating_H01", "targets", "wrong_rows", "unowned"),
    ("rating_H02", "rating_H03", "absent_file", "rate", "unfed"),
    ("rating_DIR", "cost", "short_file", "half_owned"),
    ("rating_OWNER", "nothing_owned", "source", "objection"),
)


@pytest.fixture
def big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BigFirm]:
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.delenv("KPI_COMPANY", raising=False)
    firm = SmallFirm(tmp_path / "company", tmp_path / "home")
    with Served() as server:
        found = BigFirm(firm, set(PLANTED) - set(EDITED))
        found.write_all()
        fast = ORDERBOOK.replace("limit: {requests: 120, seconds: 60}", "limit: {requests: 60000}")
        firm.write("connectors/orderbook.yaml", fast)
        firm.write("sources.yaml", SOURCES % server.mount("orders", OrderbookFake(Clock(NOW))))
        yield found


def _work(big: BigFirm) -> RunScope:
    company = load_company(big.firm.folder)
    return RunScope(
        company, Home.at(big.firm.home), PERIOD.start, PERIOD.end, clock.as_of(company, PERIOD.end)
    )


def _score(big: BigFirm) -> None:
    """What `kpi score` does, without Dagster."""
    work = _work(big)
    load_files(work)
    build_facts(work)
    compute_period(work, PERIOD)
    score_people(work, PERIOD)
    publish_all(work, PERIOD.id)


def _sign(big: BigFirm, login: str) -> Signing:
    as_of = datetime.fromisoformat("2026-04-02T09:00:00+08:00")
    return Signing.open(load_company(big.firm.folder), Home.at(big.firm.home), as_of=as_of, login=login)


def _object(big: BigFirm) -> None:
    """One card goes the whole way to an objection."""
    sign_cards(_sign(big, "h04"), PERIOD, EntryKind.REVIEWED, ["S213"])
    sign_cards(
        _sign(big, "hr"), PERIOD, EntryKind.PUBLISHED, ["S213"], says={"objections_until": "2026-04-09"}
    )
    card = _sign(big, "hr").cards(PERIOD)["S213"].hash
    body = {
        "number": 1,
        "role": "maker",
        "kpi": "teamwork",
        "reason": "评分与事实不符",
        "card_hash": card,
        "why_hash": "w",
    }
    assert _sign(big, "s213").decide(PERIOD, EntryKind.OBJECTED, {"S213": body}).entered


def _answer(big: BigFirm) -> None:
    body = {"number": 1, "outcome": "rejected", "reason": "已核对考勤与工单"}
    assert _sign(big, "owner").decide(PERIOD, EntryKind.ANSWERED, {"S213": body}).entered


def _close(big: BigFirm) -> CloseStatus:
    return close_status(load_company(big.firm.folder), Home.at(big.firm.home), PERIOD)


def _blocker(status: CloseStatus, expected: Expected) -> Blocker | None:
    """The blocker of a planted problem; of a refused file or a finding its code is enough."""
    for blocker in status.found.blockers:
        if blocker.kind == expected.kind and expected.subject in (blocker.thing.subject, blocker.code):
            return blocker
    return None


def _check(status: CloseStatus, problems: set[str]) -> None:
    named = {name: _blocker(status, expected) for name, expected in PLANTED.items()}

    assert {name for name, blocker in named.items() if blocker is not None} == problems
    # nothing else blocks: every blocker is one that was planted
    assert len(status.found.blockers) == len(problems)
    for name in problems:
        blocker, expected = named[name], PLANTED[name]
        assert blocker is not None
        assert expected.waits <= blocker.people, name
        assert {*expected.owner} <= {*blocker.owner.people}, name
        assert bool(expected.owner) == bool(blocker.owner.people), name
        assert expected.command == blocker.command, name
        assert expected.place in blocker.place, name
        assert blocker.remedy.zh, name
        assert blocker.remedy.en, name
    counts = [len(blocker.people) for blocker in status.found.blockers]
    assert counts == sorted(counts, reverse=True)
    assert status.found.waiting == frozenset().union(*(b.people for b in status.found.blockers))


def test_every_planted_problem_is_named_mended_and_gone(
    big: BigFirm, capsys: pytest.CaptureFixture[str]
) -> None:
    assert big.firm.score(MONTH) == 0
    _object(big)

    _check(_close(big), set(big.planted))
    capsys.readouterr()
    assert big.firm.kpi("close", MONTH) == 1
    shown = capsys.readouterr().out
    assert "H01" in shown
    assert "300" in shown

    # somebody edits the folder while others sign
    big.planted.update(EDITED)
    big.write_all()
    status = _close(big)
    _check(status, set(PLANTED))
    assert [b.kind.value for b in status.found.blockers[:4]] == ["file", "lint", "overlap", "stale"]
    big.planted.difference_update(EDITED)
    big.write_all()
    _check(_close(big), set(big.planted))

    for mended in ROUNDS:
        big.planted.difference_update(mended)
        big.write_all()
        if "source" in mended:
            found = pull_streams(
                _work(big), [("orderbook", "order_lines")], Surroundings({"OWN_ORDERBOOK_TOKEN": TOKEN})
            )
            assert [report.failures for reports in found.values() for report in reports] == [[]]
        if "objection" in mended:
            _answer(big)
        _score(big)
        _check(_close(big), set(big.planted))

    assert big.planted == set()
    assert big.firm.kpi("close", MONTH) == 0
    assert "kpi review --period 2026-03" in capsys.readouterr().out

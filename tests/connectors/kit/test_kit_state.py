"""What a pull remembers beyond its own life: quotas, reports, sealed tokens, and who may refresh."""

import stat
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.kit.contract.errors import StateUnusable, TokenSealed
from connectors.kit.transport.state import FILE, ReportJob, State
from connectors.testing.clock import Clock
from tests.connectors.bench import Bench, only_failed
from tests.connectors.kit.kit_samples import FIRST_DAY, NOW, ROTATING, kit, runtime, time_stream

DAY, NEXT_DAY = date(2026, 11, 23), date(2026, 11, 24)
JOB = ReportJob(spec="spec-1", connector="sample", stream="things", shop="uk", id="R1", asked_at=NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / FILE


def test_a_daily_quota_is_shared_by_everybody_who_opens_the_file(path: Path) -> None:
    one, other = State(path), State(path)

    spent = [state.spend("sample/uk", DAY, 3) for state in (one, other, one, other)]

    assert spent == [True, True, True, False]
    assert other.quotas() == [("sample/uk", DAY, 3)]


def test_a_new_day_has_its_whole_quota_and_the_old_day_is_forgotten(path: Path) -> None:
    state = State(path)
    state.spend("sample/uk", DAY, 1)

    assert not state.spend("sample/uk", DAY, 1)
    assert state.spend("sample/uk", NEXT_DAY, 1)
    assert state.quotas() == [("sample/uk", NEXT_DAY, 1)]


def test_a_quota_of_one_key_is_not_spent_by_another(path: Path) -> None:
    state = State(path)

    assert state.spend("sample/uk", DAY, 1)
    assert state.spend("sample/us", DAY, 1)


def test_threads_never_spend_more_than_there_is(path: Path) -> None:
    states, found = [State(path) for _ in range(4)], []

    def spend(state: State) -> None:
        found.extend(state.spend("sample/uk", DAY, 25) for _ in range(10))

    threads = [threading.Thread(target=spend, args=(state,)) for state in states]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sum(found), len(found)) == (25, 40)


def test_a_report_is_remembered_by_the_next_process(path: Path) -> None:
    State(path).keep_job(JOB)
    later = State(path)

    assert later.job("spec-1") == JOB
    assert later.jobs() == [JOB]


def test_the_newest_word_about_a_report_counts_and_older_reports_come_first(path: Path) -> None:
    state = State(path)
    until = datetime(2026, 11, 23, 13, tzinfo=UTC)
    earlier = replace(JOB, spec="spec-0", shop="us", id=None, asked_at=datetime(2026, 11, 22, tzinfo=UTC))
    cooling = replace(JOB, cool_until=until, why="E7")
    for job in (JOB, earlier, cooling):
        state.keep_job(job)

    assert state.jobs() == [earlier, cooling]


def _keep(state: State, token: str, secret: str = "app-secret") -> None:
    with state.exclusive():
        state.keep_token("uk", secret, token, NOW)


def test_a_token_comes_back_with_the_secret_that_sealed_it(path: Path) -> None:
    _keep(State(path), "planted-refresh-1")
    _keep(State(path), "planted-refresh-2")

    assert State(path).token("uk", "app-secret") == "planted-refresh-2"
    assert State(path).token("us", "app-secret") is None
    assert State(path).stored_tokens() == [("uk", NOW)]


def test_a_token_does_not_open_with_another_secret(path: Path) -> None:
    _keep(State(path), "planted-refresh-1")

    with pytest.raises(TokenSealed) as refused:
        State(path).token("uk", "another-secret")

    assert refused.value.code == "P124"
    assert "planted" not in refused.value.render()


def test_a_token_sealed_with_another_secret_stops_the_stream_without_asking(bench: Bench) -> None:
    state = State(bench.folder / FILE)
    secrets = {"refresh_token": "planted-refresh-0", "client_secret": "today"}
    name = ROTATING.stored_as(bench.account(secrets=secrets))
    with state.exclusive():
        state.keep_token(name, "yesterday", "planted-refresh-1", NOW)

    failed = only_failed(
        bench.pull(
            kit(time_stream(), auth=ROTATING),
            span_from=FIRST_DAY,
            as_of=NOW,
            runtime=runtime(Clock(NOW), state),
            secrets=secrets,
        )
    )

    assert failed.code == "P124"
    assert bench.platform.calls == []


def test_the_file_is_for_its_owner_only_and_holds_no_token_in_the_clear(path: Path) -> None:
    _keep(State(path), "planted-refresh-1")

    written = b"".join(p.read_bytes() for p in path.parent.iterdir() if p.is_file())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"planted-refresh" not in written
    assert b"app-secret" not in written


def test_a_token_written_in_a_block_that_fails_is_not_kept(path: Path) -> None:
    state = State(path)
    _keep(state, "planted-refresh-1")

    def half_done() -> None:
        with state.exclusive():
            state.keep_token("uk", "app-secret", "planted-refresh-2", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()

    assert state.token("uk", "app-secret") == "planted-refresh-1"


def test_a_damaged_file_is_refused_by_name(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 100)

    with pytest.raises(StateUnusable) as refused:
        State(path).jobs()

    assert refused.value.code == "P123"


@pytest.mark.parametrize("use", ["spend", "token", "job", "jobs", "quotas", "stored_tokens"])
def test_a_file_that_is_damaged_while_it_is_open_is_refused_by_name(path: Path, use: str) -> None:
    state = State(path)
    _keep(state, "planted-refresh-1")
    size = path.stat().st_size
    path.write_bytes(b"\xff" * size)
    questions = {"spend": ("uk", DAY, 5), "token": ("uk", "app-secret"), "job": ("spec-1",)}

    with pytest.raises(StateUnusable) as refused:
        getattr(state, use)(*questions.get(use, ()))

    assert refused.value.code == "P123"


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    with pytest.raises(StateUnusable):
        State(tmp_path / "home" / FILE).jobs()


def test_nothing_is_written_before_there_is_something_to_remember(path: Path) -> None:
    State(path).close()

    assert not path.exists()


def test_one_holder_of_a_name_at_a_time_and_others_are_not_kept_waiting(path: Path) -> None:
    one, other = State(path), State(path)
    order: list[str] = []
    entered, may_leave = threading.Event(), threading.Event()

    def first() -> None:
        with one.single("uk"):
            entered.set()
            may_leave.wait(5)
            order.append("first leaves")

    def second() -> None:
        with other.single("uk"):
            order.append("second enters")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    entered.wait(5)
    threads[1].start()
    with one.single("us"):
        order.append("another name")
    may_leave.set()
    for thread in threads:
        thread.join(5)

    assert order == ["another name", "first leaves", "second enters"]


def test_without_a_file_everything_is_remembered_for_this_process_only() -> None:
    state = State()
    state.keep_job(JOB)
    _keep(state, "planted-refresh-1")

    assert state.job("spec-1") == JOB
    assert State().job("spec-1") is None

"""Request budgets: what a bucket learns from answers, and what a daily quota stops."""

from datetime import date, timedelta
from typing import Any

import pytest

from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Bucket, Limit, Rate, learn_rate_header
from connectors.kit.transport.limiter import Limiter
from connectors.kit.transport.state import FILE, State
from connectors.testing.clock import Clock
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import Bench, Call, Reply, only, only_failed
from tests.connectors.kit.kit_samples import FIRST_DAY, NOW, kit, request, runtime, time_stream


def _bucket(amount: int = 60, seconds: int = 60, burst: int = 1) -> Bucket:
    return Bucket(Rate(amount, seconds=seconds, burst=burst), 0.0)


def test_a_drained_bucket_makes_everybody_wait_and_then_goes_on_at_its_pace() -> None:
    bucket = _bucket()
    bucket.drain(0.0, 30.0)

    waits = [bucket.reserve(0.0) for _ in range(3)]

    assert waits == [30.0, 31.0, 32.0]


def test_draining_never_gives_anybody_more() -> None:
    bucket = _bucket()
    for _ in range(5):
        bucket.reserve(0.0)

    bucket.drain(0.0, 1.0)

    assert bucket.reserve(0.0) == 5.0


def test_a_bucket_saves_no_more_than_its_burst() -> None:
    bucket = _bucket(burst=3)

    waits = [bucket.reserve(1000.0) for _ in range(5)]

    assert waits == [0.0, 0.0, 0.0, 1.0, 2.0]


def test_a_learned_pace_counts_from_now_on_and_leaves_what_is_left() -> None:
    bucket = _bucket()
    bucket.reserve(0.0)

    bucket.learn_rate(0.0, 0.5)

    assert bucket.per_second == 0.5
    assert [bucket.reserve(0.0) for _ in range(2)] == [2.0, 4.0]


@pytest.mark.parametrize(
    ("header", "pace"),
    [
        *(("0.0167", 0.0167), ("2", 2.0), (" 0.5 ", 0.5), ("0", 1.0), ("-1", 1.0), ("1e3", 1.0)),
        *(("inf", 1.0), ("２", 1.0), ("1.2.3", 1.0), ("", 1.0), ("1" * 30, 1.0)),
    ],
)
def test_the_pace_of_a_header_is_believed_and_junk_changes_nothing(header: str, pace: float) -> None:
    bucket = _bucket()

    learn_rate_header(bucket, 0.0, {"x-amzn-RateLimit-Limit": header})

    assert bucket.per_second == pace


def test_two_streams_of_one_key_share_a_bucket_unless_they_declare_other_rates() -> None:
    limiter = Limiter(lambda: 0.0)
    fast, slow = Rate(10, seconds=1), Rate(1, seconds=60)

    assert limiter.bucket(Limit("sample/uk", fast)) is limiter.bucket(Limit("sample/uk", fast))
    assert limiter.bucket(Limit("sample/uk", fast)) is not limiter.bucket(Limit("sample/uk", slow))


# -- through a pull


def _page(_: Call) -> Reply:
    return Reply({"items": [], "next": None, "last": True})


def _pull(
    bench: Bench, clock: Clock, rate: Rate, state: State | None = None, **stream: Any
) -> list[PulledWindow | FailedWindow]:
    bench.platform.default = _page
    declared = time_stream(rate=lambda _: rate, max_window_days=1, **stream)
    used = runtime(clock, state)
    return bench.pull(kit(declared), span_from=FIRST_DAY, as_of=NOW, runtime=used)


def test_requests_keep_the_declared_pace(bench: Bench) -> None:
    clock = Clock(NOW)

    windows = _pull(bench, clock, Rate(1, seconds=60))

    assert [type(w).__name__ for w in windows] == ["PulledWindow"] * 4
    assert clock.elapsed == 180.0
    assert [w.waited_seconds for w in windows] == [0, 60, 60, 60]


def test_a_pause_of_the_platform_holds_back_the_other_streams_of_its_key(bench: Bench) -> None:
    clock = Clock(NOW)
    shared = runtime(clock)
    bench.platform.default = _page
    bench.platform.script = [Reply(status=429, body={}, headers={"Retry-After": "50"})] * 6
    stream = time_stream(rate=lambda _: Rate(60, seconds=60), limit="app")
    given = {"span_from": FIRST_DAY, "as_of": NOW, "runtime": shared}
    only_failed(bench.pull(kit(stream), **given))
    bench.platform.script = []
    before = clock.elapsed

    only(bench.pull(kit(stream), shop_id="us", **given))

    assert clock.elapsed - before >= 49.0


def test_a_request_may_name_a_budget_of_its_own(bench: Bench) -> None:
    """The stream's budget is an hour a request: with its own one the window does not wait for it."""
    clock, hour = Clock(NOW), Rate(1, seconds=3600)
    own = Limit("sample/own", Rate(1000, seconds=1))

    _pull(bench, clock, hour, request=lambda ask: Request("GET", request(ask).path, limit=own))

    assert clock.elapsed < 1.0


def test_a_daily_quota_stops_the_stream_before_it_is_exceeded(bench: Bench) -> None:
    state = State(bench.folder / FILE)

    windows = _pull(bench, Clock(NOW), Rate(1000, seconds=1, per_day=2), state)

    assert [getattr(w, "code", "proven") for w in windows] == ["proven", "proven", "P115", "P115"]
    assert len(bench.platform.calls) == 2
    assert isinstance(windows[2], FailedWindow)
    assert "2 a day for sample/uk" in windows[2].cause


def test_a_restart_does_not_forget_what_the_day_has_cost_and_a_new_day_begins_anew(bench: Bench) -> None:
    clock, rate = Clock(NOW), Rate(1000, seconds=1, per_day=5)
    _pull(bench, clock, rate, State(bench.folder / FILE))

    again = _pull(bench, clock, rate, State(bench.folder / FILE))
    clock.advance(timedelta(days=1))
    tomorrow = _pull(bench, clock, rate, State(bench.folder / FILE))

    codes = [[getattr(w, "code", "proven") for w in windows] for windows in (again, tomorrow)]
    assert codes == [["proven", "P115", "P115", "P115"], ["proven"] * 4]
    assert State(bench.folder / FILE).quotas() == [("sample/uk", date(2026, 11, 24), 4)]


def test_a_budget_that_is_used_up_for_hours_is_no_reason_to_hold_a_worker(bench: Bench) -> None:
    clock = Clock(NOW)

    windows = _pull(bench, clock, Rate(1, seconds=7200))

    assert [getattr(w, "code", "proven") for w in windows] == ["proven", "P109", "P109", "P109"]
    assert clock.elapsed < 3600

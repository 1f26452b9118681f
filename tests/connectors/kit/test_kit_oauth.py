"""Tokens that expire: one refresh at a time, a rotated token stored before its first use, nothing secret shown."""

import logging
import os
import signal
import threading
from datetime import timedelta
from typing import Any

import pytest

from connectors.kit import Runtime
from connectors.kit.contract.oauth import Grant, OAuth
from connectors.kit.contract.signing_context import AccessToken, TokenCache
from connectors.kit.transport.state import FILE, State
from connectors.testing.clock import Clock
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import Bench, Call, Reply, only, only_failed
from tests.connectors.kit.kit_child import pulled, start
from tests.connectors.kit.kit_samples import (
    APP_SECRET,
    FIRST_DAY,
    FIRST_REFRESH,
    NOW,
    OAUTH,
    ROTATING,
    Tokens,
    account,
    all_bytes,
    kit,
    runtime,
    time_stream,
)

SECRETS = {"refresh_token": FIRST_REFRESH, "client_secret": APP_SECRET}


def _serve(bench: Bench, **settings: Any) -> Tokens:
    bench.platform.default = served = Tokens(**settings)
    return served


def _pull(
    bench: Bench, auth: OAuth = OAUTH, used: Runtime | None = None, **changes: Any
) -> list[PulledWindow | FailedWindow]:
    return bench.pull(
        kit(time_stream(), auth=auth),
        span_from=FIRST_DAY,
        as_of=NOW,
        runtime=used or runtime(Clock(NOW)),
        **{"secrets": SECRETS, **changes},
    )


def test_one_token_serves_until_shortly_before_it_ends(bench: Bench) -> None:
    tokens, clock = _serve(bench), Clock(NOW)
    shared = runtime(clock)

    for minutes in (0, 58):
        clock.advance(timedelta(minutes=minutes))
        assert only(_pull(bench, used=shared)).rows == 1
    assert len(tokens.exchanges) == 1
    clock.advance(timedelta(minutes=1, seconds=1))
    only(_pull(bench, used=shared))

    assert len(tokens.exchanges) == 2


def test_a_refused_token_is_replaced_once(bench: Bench) -> None:
    tokens, clock = _serve(bench), Clock(NOW)
    shared = runtime(clock)
    only(_pull(bench, used=shared))
    tokens.good.clear()  # ended earlier than promised

    window = only(_pull(bench, used=shared))

    assert window.rows == 1
    assert len(tokens.exchanges) == 2


def test_a_refused_token_is_not_taken_from_disk_again(bench: Bench) -> None:
    tokens, state = _serve(bench, rotates=True), State(bench.folder / FILE)
    only(_pull(bench, ROTATING, runtime(Clock(NOW), state)))
    tokens.good.clear()  # ended earlier than promised, and the next process finds it on disk

    window = only(_pull(bench, ROTATING, runtime(Clock(NOW), state)))

    assert window.rows == 1
    assert tokens.exchanges == [FIRST_REFRESH, "planted-refresh-0001"]


def test_a_token_that_is_refused_twice_stops_the_stream(bench: Bench) -> None:
    tokens = _serve(bench, refusals=99)

    failed = only_failed(_pull(bench))

    assert failed.code == "P104"
    assert len(tokens.exchanges) == 2
    assert len(bench.platform.calls) == 4


def test_a_dead_refresh_token_stops_the_stream_and_is_not_told(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = _serve(bench, refresh="planted-refresh-other")

    failed = only_failed(_pull(bench))

    assert failed.code == "P104"
    assert tokens.exchanges == [FIRST_REFRESH]
    assert "planted" not in failed.cause + caplog.text


TROUBLES = {
    "a server error": (Reply(status=503, body={}), 2),
    "a connection that breaks": (Reply(reset=True), 2),
    "a page of HTML": (Reply(raw=b"<html>planted"), 2),
    "a wish for a pause": (Reply(status=429, body={}, headers={"Retry-After": "3"}), 2),
}


@pytest.mark.parametrize(("trouble", "asked"), TROUBLES.values(), ids=TROUBLES.keys())
def test_a_passing_trouble_of_the_token_endpoint_passes(bench: Bench, trouble: Reply, asked: int) -> None:
    _serve(bench)
    bench.platform.script = [trouble]

    window = only(_pull(bench))

    assert window.rows == 1
    assert sum(call.path == "/token" for call in bench.platform.calls) == asked


ODD = {
    "no token": {"seconds": 3600},
    "an empty token": {"access": "", "seconds": 3600},
    "a token that is no text": {"access": 17, "seconds": 3600},
    "a life that is a word": {"access": "planted", "seconds": "long"},
    "a next token that is no text": {"access": "planted", "seconds": 3600, "refresh": ["planted"]},
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_a_token_endpoint_that_answers_otherwise_is_drift(bench: Bench, body: dict[str, Any]) -> None:
    bench.platform.default = lambda _: Reply(body)

    failed = only_failed(_pull(bench))

    assert failed.code == "P107"
    assert "planted" not in failed.cause


def test_a_rotating_platform_that_gives_no_next_token_is_drift(bench: Bench) -> None:
    bench.platform.default = lambda _: Reply({"access": "a", "seconds": 60})

    assert only_failed(_pull(bench, ROTATING)).code == "P107"


def test_a_rotated_token_is_stored_before_its_first_use(bench: Bench) -> None:
    tokens = _serve(bench, rotates=True)
    state = State(bench.folder / FILE)
    stored_at_first_use: list[int] = []

    def looking(call: Call) -> Reply:
        if call.path != "/token":
            stored_at_first_use.append(len(State(bench.folder / FILE).stored_tokens()))
        return tokens(call)

    bench.platform.default = looking

    only(_pull(bench, ROTATING, runtime(Clock(NOW), state)))

    assert stored_at_first_use == [1]


def test_each_run_goes_on_with_the_token_of_the_last_one(bench: Bench) -> None:
    tokens, clock = _serve(bench, rotates=True), Clock(NOW)

    for _ in range(3):
        only(pulled("rotating", bench.platform.url, bench.folder, clock))
        clock.advance(timedelta(hours=2))

    assert tokens.exchanges == [FIRST_REFRESH, "planted-refresh-0001", "planted-refresh-0002"]


def test_a_token_that_is_still_good_is_taken_from_disk_instead_of_refreshed(bench: Bench) -> None:
    tokens, clock = _serve(bench, rotates=True), Clock(NOW)

    only(pulled("rotating", bench.platform.url, bench.folder, clock))
    only(pulled("rotating", bench.platform.url, bench.folder, clock))

    assert len(tokens.exchanges) == 1


def test_a_newly_configured_refresh_token_begins_a_new_chain(bench: Bench) -> None:
    tokens, state = _serve(bench, rotates=True), State(bench.folder / FILE)
    clock = Clock(NOW)
    only(_pull(bench, ROTATING, runtime(clock, state)))
    tokens.refresh = "planted-refresh-new"  # somebody authorised the app again

    window = only(
        _pull(
            bench,
            ROTATING,
            runtime(clock, state),
            secrets={**SECRETS, "refresh_token": "planted-refresh-new"},
        )
    )

    assert window.rows == 1
    assert tokens.exchanges == [FIRST_REFRESH, "planted-refresh-new"]


def test_two_shops_of_one_authorisation_share_its_chain(bench: Bench) -> None:
    tokens, state = _serve(bench, rotates=True), State(bench.folder / FILE)
    shared = runtime(Clock(NOW), state)

    for shop in ("uk", "us"):
        assert only(_pull(bench, ROTATING, shared, shop_id=shop)).rows == 1

    assert tokens.exchanges == [FIRST_REFRESH]


class KillAtFirstUse:
    """Kills the child when it first uses what it was given: the new token is known to it and to nobody else."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens, self.pid = tokens, 0

    def __call__(self, call: Call) -> Reply:
        if call.path != "/token":
            os.kill(self.pid, signal.SIGKILL)
            return Reply(reset=True)
        return self._tokens(call)


def test_a_run_killed_after_the_old_token_died_does_not_lock_the_account_out(bench: Bench) -> None:
    tokens = Tokens(rotates=True)
    bench.platform.default = trap = KillAtFirstUse(tokens)
    child = start("rotating", bench.platform.url, bench.folder)
    trap.pid = child.pid
    child.communicate("go\n", timeout=30)
    assert child.returncode == -signal.SIGKILL
    assert tokens.refresh != FIRST_REFRESH
    bench.platform.default = tokens

    clock = Clock(NOW + timedelta(hours=2))  # the access token has ended too
    window = only(pulled("rotating", bench.platform.url, bench.folder, clock))

    assert window.rows == 1
    assert tokens.exchanges == [FIRST_REFRESH, "planted-refresh-0001"]


def test_two_processes_that_need_a_token_at_once_make_one_call(bench: Bench) -> None:
    tokens = _serve(bench, rotates=True)
    both = threading.Event()
    waiting: list[int] = []

    def slow(call: Call) -> Reply:
        if call.path == "/token":
            waiting.append(1)
            both.wait(0.3)  # long enough for the other one to come, if it came
        return tokens(call)

    bench.platform.default = slow
    children = [start("rotating", bench.platform.url, bench.folder) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    told = []
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        out, trouble = child.communicate(timeout=30)
        told.append((out.strip(), trouble))

    assert told == [("proven", "")] * 2
    assert tokens.exchanges == [FIRST_REFRESH]


def test_threads_that_need_a_token_at_once_make_one_call(bench: Bench) -> None:
    tokens, shared = _serve(bench), runtime(Clock(NOW), State(bench.folder / FILE))
    found: list[Any] = []

    def one(shop: str) -> None:
        found.extend(_pull(bench, used=shared, shop_id=shop))

    threads = [threading.Thread(target=one, args=(f"shop-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [type(window).__name__ for window in found] == ["PulledWindow"] * 6
    assert tokens.exchanges == [FIRST_REFRESH]


def test_tokens_are_in_no_file_no_log_no_repr_and_no_exception(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _serve(bench, rotates=True, refusals=1)
    used = runtime(Clock(NOW), State(bench.folder / FILE))

    window = only(_pull(bench, ROTATING, used))

    call = ROTATING.call(account(bench.platform.url), FIRST_REFRESH)
    grant = Grant("planted-access", 60, "planted-refresh")
    told = f"{window!r}{used!r}{call!r}{grant!r}{AccessToken('planted-access', NOW)!r}{caplog.text}"
    written = all_bytes(bench.folder)
    assert "planted-refresh" not in told
    assert "planted-access" not in told
    assert APP_SECRET not in told
    assert b"planted-" not in written
    assert window.rows == 1


def test_the_token_cache_forgets_only_the_token_that_was_refused() -> None:
    cache = TokenCache()
    cache.put("uk", AccessToken("newer", NOW + timedelta(hours=1)))

    cache.drop("uk", "older")
    kept = cache.get("uk", NOW)
    cache.drop("uk", "newer")

    assert kept is not None
    assert kept.text == "newer"
    assert cache.get("uk", NOW) is None


def test_a_life_that_is_over_at_once_is_no_endless_loop(bench: Bench) -> None:
    bench.platform.default = lambda call: (
        Reply({"access": "planted-a", "seconds": 0})
        if call.path == "/token"
        else Reply({"items": [], "next": None, "last": True})
    )

    only(_pull(bench))

    assert [call.path == "/token" for call in bench.platform.calls] == [True, False]

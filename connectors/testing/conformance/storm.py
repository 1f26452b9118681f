"""The fault storm: many passing faults at once, from a seed.

Belongs here: which faults blow and what a pull in a storm must still keep. Not here: single faults (points).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.traps import Weather
from connectors.testing.reply import Reply
from connectors.testing.spoil import Change, copied, first_rows, html, on_wire

SHARE = 1 / 3  # of the requests meet a fault: far more than any platform has, so that retries meet retries
MOST_REQUESTS = 1.8  # times the requests of a clean run, over all seeds


@dataclass(frozen=True, kw_only=True)
class StormResult:
    """What a storm left: `trouble` is a broken promise, empty when all were kept."""

    seed: int
    requests: int
    clean_requests: int
    faults: int
    is_equal: bool
    trouble: str = ""


def storm(bench: Bench, seed: int) -> StormResult:
    """Pull once in the weather of `seed`: equal to the clean run or loud, never short, never before Retry-After is over."""
    lab = bench.lab()
    weather = Weather(seed=seed, before_faults=_before(lab), changes=_changes(lab), share=SHARE)
    run = lab.pull(fault=weather)
    wrong = bench.wrong_windows(run)
    if not wrong and not run.failures and run.payloads() != bench.clean.payloads():
        wrong = "no window failed and records are missing"
    trouble = wrong or "; ".join(lab.platform.violations[:1])
    return StormResult(
        seed=seed,
        requests=len(run.calls),
        clean_requests=len(bench.clean.calls),
        faults=weather.hits,
        is_equal=not run.failures,
        trouble=trouble,
    )


def _before(lab: Lab) -> Sequence[Callable[[], Reply | None]]:
    platform = lab.platform
    found: list[Callable[[], Reply | None]] = [
        lambda: platform.throttled(None),
        lambda: platform.throttled("3"),
        lambda: platform.server_error(503),
        lambda: html(502)(Reply(200, None)),
        lambda: html(200)(Reply(200, None)),
        lambda: on_wire("reset")(Reply(200, b"")),
    ]
    if platform.throttled_in_200() is not None:
        found.append(platform.throttled_in_200)
    if platform.error_in_200() is not None:
        found.append(platform.error_in_200)
    if platform.tokens is not None:
        found.append(lambda: _expire(lab))
    return found


def _expire(lab: Lab) -> Reply | None:
    if lab.platform.tokens is not None:
        lab.platform.tokens.expire()
    return None  # the platform itself refuses the token now


def _changes(lab: Lab) -> Sequence[Change]:
    found: list[Change] = [on_wire("cut"), on_wire("short"), _twice(lab)]
    # where the platform counts nothing, a lost page cannot be noticed: it would prove nothing
    if "count" not in lab.platform.lacks:
        found.append(first_rows(lab.shape, list.clear))
    return found


def _twice(lab: Lab) -> Change:
    """Every record of a page comes twice."""

    def change(reply: Reply) -> Reply:
        spoilt = copied(reply)
        rows = lab.shape.rows(spoilt)
        if rows:
            rows.extend(list(rows))
        return spoilt

    return change

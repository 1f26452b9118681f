"""Points 27-29: kill -9 at every page, zones and daylight saving, money to the last digit.

Not here: reports that are killed while they wait (points_reports.py).
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from connectors.kit.contract.fields import Row
from connectors.kit.contract.strict_json import loads
from connectors.kit.window.replay import replay
from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.forks import killed
from connectors.testing.conformance.register import point
from connectors.testing.conformance.traps import KillAt
from connectors.testing.conformance.verdicts import NotApplicable, Shown, expect
from connectors.testing.spoil import model_in

# one zone with changes of clocks, one without, and the machine's usual one: TZ must change nothing (POSIX, tzset)
ZONES = ("UTC", "Asia/Shanghai", "America/Los_Angeles")


@point(27, "kill -9 at every page")
def killed_anywhere(bench: Bench) -> Shown | None:
    """A pull killed when a request arrives leaves no half file, and one plain rerun is equal."""
    total = len(bench.clean.calls)
    # not the first request: nothing is on disk yet. Above twelve, three places: each costs a process and a whole pull
    numbers = range(2, total + 1) if total <= 12 else sorted({2, total // 2, total})
    for number in numbers:
        lab = bench.lab()
        killed(lab, KillAt(number))
        for path in lab.landed():
            replay(
                path,
                root=lab.folder / "landing",
                as_of=bench.case.span[1],
                spool=lab.folder / "replay",
                find=lambda _: bench.case.connector,
            )
        lab.runtime = lab.new_runtime()
        bench.must_equal(lab.pull(), f"a plain rerun after a kill at request {number}")
    return Shown(f"at {len(numbers)} of {total} requests" if len(numbers) < total - 1 else "at every request")


@point(28, "zones and daylight saving")
def zones(bench: Bench) -> Shown | None:
    """The machine's zone changes nothing; days are the account's, 23 and 25 hours long where its clocks change."""
    for zone in ZONES:
        with _machine_in(zone):
            bench.must_equal(bench.lab().pull(), f"with TZ={zone}")
    account = bench.lab().account()
    changes = _clock_changes(account.tz, *bench.case.span)
    if changes:
        _days_tile(bench, changes)
        return Shown(f"{account.zone}: {len(changes)} change of clocks inside the span")
    expect(
        not _ever_changes(account.tz), f"the span holds no change of clocks although {account.zone} has them"
    )
    return Shown(f"{account.zone} has no daylight saving")


@contextmanager
def _machine_in(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        # no TZ at all is something else than an empty one, which means UTC (tzset(3))
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def _clock_changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    hours = range(int((end - start) / timedelta(hours=1)))
    steps = [start + timedelta(hours=hour) for hour in hours]
    return [
        at
        for at in steps
        if at.astimezone(zone).utcoffset() != (at + timedelta(hours=1)).astimezone(zone).utcoffset()
    ]


def _ever_changes(zone: ZoneInfo) -> bool:
    # January and July: where clocks change at all, on either half of the earth, the two differ
    year = datetime.now(zone).year
    return datetime(year, 1, 1, tzinfo=zone).utcoffset() != datetime(year, 7, 1, tzinfo=zone).utcoffset()


def _days_tile(bench: Bench, changes: list[datetime]) -> None:
    tz = bench.lab().account().tz
    if bench.case.declared.windows.kind == "cursor":
        return
    for taken in bench.clean.taken:
        start, end = taken.window.window_from.astimezone(tz), taken.window.window_to.astimezone(tz)
        inner_edges = taken is not bench.clean.taken[0] and start.time() != datetime.min.time()
        expect(not inner_edges, f"a window begins at {start}, not at a local midnight")
        if (
            any(taken.window.window_from <= at < taken.window.window_to for at in changes)
            and taken is not bench.clean.taken[-1]
        ):
            length = taken.window.window_to - taken.window.window_from
            whole = timedelta(days=(end.date() - start.date()).days)
            expect(
                length != whole or start.time() != datetime.min.time(),
                f"a window over a change of clocks lasts {length}",
            )


@point(29, "money exact, currency present")
def money(bench: Bench) -> Shown | None:
    """Amounts are text, equal to the platform's to the last digit, beyond what a float holds, with their currency."""
    if not _has_money(bench.case.declared.record.model):
        raise NotApplicable("the records hold no amount")
    lab: Lab = bench.lab()
    payloads = [loads(text.encode()) for text in bench.clean.payloads().values()]
    floats = [name for payload in payloads for name, value in _leaves(payload) if isinstance(value, Decimal)]
    expect(not floats, f"{floats[:1]} is a JSON number with a fraction, not text")
    amounts = [value for payload in payloads for _, value in _leaves(payload) if _is_amount(value)]
    # repr of a float is the shortest text that reads back as it (Python docs, float): another text has lost digits
    lossy = [text for text in amounts if Decimal(repr(float(text))) != Decimal(text)]
    expect(lossy, "the world has no amount that a float would spoil")
    named = any("currency" in name for name, value in _leaves(payloads[0]) if value)
    expect(named or lab.account().currency, "neither the payload nor the account names a currency")
    return None


def _has_money(model: type[Row]) -> bool:
    inner = [model_in(field.annotation) for field in model.model_fields.values()]
    own = any(_is_decimal(field.annotation) for field in model.model_fields.values())
    return own or any(_has_money(part) for part in inner if part is not None and issubclass(part, Row))


def _is_decimal(annotation: Any) -> bool:
    return annotation is Decimal or any(_is_decimal(part) for part in getattr(annotation, "__args__", ()))


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    else:
        yield name, value


def _is_amount(value: Any) -> bool:
    # ids and counts are texts of digits too: only a fraction tells an amount
    if not isinstance(value, str) or "." not in value:
        return False
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False

"""Points 14-18: throttling, server troubles, cut answers, missing envelope fields.

Each fault is tried once (equal, or loud where asking twice could do harm) and for ever (loud, few requests).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from functools import partial

from connectors.testing.conformance.bench import Bench, Lab, Run
from connectors.testing.conformance.register import point
from connectors.testing.conformance.traps import OnPage, OnRequest, When, always, at
from connectors.testing.conformance.verdicts import NotApplicable, Shown, expect
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from connectors.testing.spoil import (
    Change,
    Shape,
    body_as,
    copied,
    cut_file,
    cut_gzip,
    drop,
    html,
    instead,
    on_wire,
    other_charset,
)

MOST_PER_WINDOW = 40  # requests that one window may cost when every request fails
LONGEST_SLEEP = 130.0  # seconds: Retry-After is granted up to 120
STALL = 0.25  # seconds of real time until a silent answer is given up

Plan = Callable[[Lab, When], OnRequest]


def _instead(reply: Callable[[Lab], Reply | None], *, data: bool = False) -> Plan:
    """A plan that answers in the platform's place; `data` leaves token requests alone."""
    return lambda lab, when: OnRequest(
        when=when, instead=lambda: reply(lab), counts=_data(lab) if data else _any
    )


def _spoilt(change: Change) -> Plan:
    """A plan that spoils the platform's answers to data requests."""
    return lambda lab, when: OnRequest(when=when, change=change, counts=_data(lab))


def _data(lab: Lab) -> Callable[[PlatformCall], bool]:
    return lambda call: not lab.platform.exchanges(call.request)


def _any(_: PlatformCall) -> bool:
    return True


def _once(bench: Bench, name: str, plan: Plan) -> None:
    """Once, on each of three requests: the first, the second, the last but one."""
    # the first has no cursor, the second has one, and after the last but one there is still something to lose
    numbers = sorted({1, 2, max(1, bench.narrow_requests - 1)})
    for number in numbers:
        lab = bench.lab()
        trap = plan(lab, at(number))
        run = lab.pull(fault=trap, **bench.narrow)
        expect(trap.hits, f"{name}: request {number} never came")
        _polite(lab, name)
        if _may_be_loud(lab, trap.hits[0]):
            bench.must_be_right(run, f"{name} once, on request {number}", part=bool(bench.narrow))
        else:
            bench.must_equal(run, f"{name} once, on request {number}", part=bool(bench.narrow))


def _may_be_loud(lab: Lab, call: PlatformCall) -> bool:
    # a lost answer to either may have had its effect: asking again must not be taken for granted
    return lab.platform.creates(call.request) or lab.platform.exchanges(call.request)


def _for_ever(bench: Bench, name: str, plan: Plan, *codes: str, part: bool = True) -> Run:
    lab = bench.lab()
    run = lab.pull(fault=plan(lab, always), **(bench.narrow if part else {}))
    bench.must_fail(run, f"{name} for ever", codes)
    most, windows = MOST_PER_WINDOW * max(1, len(run.results)), len(run.results)
    expect(len(run.calls) <= most, f"{name} for ever costs {len(run.calls)} requests in {windows} windows")
    # a client that keeps to a limit may wait for the whole span of it
    limits = (budget.seconds / budget.amount + 1 for budget in lab.platform.budgets.values())
    longest = max(LONGEST_SLEEP, bench.clean.longest, *limits)
    expect(lab.clock.longest <= longest, f"{name}: one pause of {lab.clock.longest:.0f} s")
    _polite(lab, name)
    return run


def _polite(lab: Lab, name: str) -> None:
    expect(not lab.platform.violations, f"{name}: {lab.platform.violations[:1]}")


@point(14, "429 with seconds, date, junk, six hours")
def throttled(bench: Bench) -> Shown | None:
    """A wish is granted to the second, junk is as no wish, hours end the run."""
    wishes: Mapping[str, Callable[[Lab], str | None]] = {
        "429 without a wish": lambda _: None,
        "429 with seconds": lambda _: "7",
        "429 with a date": lambda lab: format_datetime(
            # a date in a header has whole seconds: RFC 9110, 5.6.7
            lab.clock.wall().replace(microsecond=0) + timedelta(seconds=30),
            usegmt=True,
        ),
        "429 with junk": lambda _: "soon",
        "429 with a negative wish": lambda _: "-5",
    }
    for name, wish in wishes.items():
        _once(bench, name, _wishing(wish))
    _for_ever(bench, "429", _wishing(lambda _: "5"), "P101", "P102", "P109", part=False)
    run = _for_ever(bench, "429 for six hours", _wishing(lambda _: "21600"), "P109", part=False)
    expect(len(run.calls) == 1, f"after a wish for six hours {len(run.calls) - 1} more requests come")
    return None


def _wishing(wish: Callable[[Lab], str | None]) -> Plan:
    return _instead(lambda lab: lab.platform.throttled(wish(lab)))


@point(15, "429 inside a 200")
def throttled_in_200(bench: Bench) -> Shown | None:
    """The platform's own way to say "too many" in a success is waited out, and never "no rows"."""
    probe = bench.lab()
    if probe.platform.throttled_in_200() is None:
        raise NotApplicable(probe.lack("throttled_in_200"))
    plan = _instead(lambda lab: lab.platform.throttled_in_200(), data=True)
    _once(bench, "throttled in a 200", plan)
    _for_ever(bench, "throttled in a 200", plan, "P101", "P109")
    return None


def _server_troubles() -> Mapping[str, Callable[[Lab], Reply | None]]:
    nothing = Reply(200, b"")
    statuses = (500, 502, 503, 504)
    return {
        **{str(status): partial(_server_error, status) for status in statuses},
        "502 with HTML": lambda _: html(502)(nothing),
        "HTML with 200": lambda _: html(200)(nothing),
        "an empty body with 200": lambda _: nothing,
        "a reset": lambda _: on_wire("reset")(nothing),
        "an error in a 200": lambda lab: lab.platform.error_in_200(),
    }


def _server_error(status: int, lab: Lab) -> Reply:
    return lab.platform.server_error(status)


@point(16, "5xx, reset, stall, HTML, error in a 200, empty errors")
def server_troubles(bench: Bench) -> Shown | None:
    """Troubles of the platform pass when they pass, and are loud when they stay."""
    probe = bench.lab()
    has_words = probe.platform.error_in_200() is not None
    for name, reply in _server_troubles().items():
        if has_words or name != "an error in a 200":
            plan = _instead(reply, data=True)
            _once(bench, name, plan)
            _for_ever(bench, name, plan)
    lab = bench.lab()
    stall = OnRequest(when=at(2), change=on_wire("stall"))
    bench.must_be_right(lab.pull(fault=stall, runtime=lab.new_runtime(read_timeout=STALL)), "silence")
    # an empty list of errors is neither data nor a reason
    for status in (200, 400):
        _for_ever(bench, f"{status} with an empty errors list", _spoilt(instead(status, {"errors": []})))
    return None if has_words else Shown(limits=(f"no error in a 200: {probe.lack('error_in_200')}",))


@point(17, "cut body, cut gzip, wrong charset")
def cut_answers(bench: Bench) -> Shown | None:
    """A body that ends early, with or without a length that agrees, is never taken for all of it."""
    spoilers: Mapping[str, Change] = {
        "a cut body": on_wire("cut"),
        "a cut body whose length agrees": on_wire("short"),
        "a cut gzip body": cut_gzip,
        "another charset": other_charset,
        "a body cut to nothing": body_as(lambda _: b""),
    }
    for name, change in spoilers.items():
        for when in (at(1), at(2), always):
            lab = bench.lab()
            trap = OnPage(shape=lab.shape, when=when, change=change)
            run = lab.pull(fault=trap, **bench.narrow)
            # a narrow span may have one page only
            if not trap.hits:
                continue
            if when is always:
                bench.must_fail(run, f"{name} on every page")
            else:
                bench.must_be_right(run, f"{name} once", part=bool(bench.narrow))
    return _cut_file(bench)


def _cut_file(bench: Bench) -> Shown | None:
    """A report file cut before it is sent: at a clean line end, and with its compression."""
    if bench.case.declared.report is None:
        return None
    for name, change in {
        "a file cut in half": body_as(cut_file),
        "a file cut at a line end": _clean_cut(bench.lab().shape),
    }.items():
        lab = bench.lab()
        # only_filled: half of an empty file is as good as the whole
        run = lab.pull(fault=OnPage(shape=lab.shape, when=always, change=change, only_filled=True))
        # without a stated number of rows the shorter file is a whole one
        if name == "a file cut at a line end" and not run.failures and "count" in lab.platform.lacks:
            return Shown(limits=(f"a file cut at a clean line end cannot be noticed: {lab.lack('count')}",))
        bench.must_fail(run, name)
    return None


def _clean_cut(shape: Shape) -> Change:
    def change(reply: Reply) -> Reply:
        spoilt = copied(reply)
        rows = shape.rows(spoilt) or []
        del rows[len(rows) // 2 :]
        return spoilt

    return change


@point(18, "envelope field missing")
def envelope_missing(bench: Bench) -> Shown | None:
    """Every field that pager or proof read, and the record list itself: gone from all pages is loud, from one never short."""
    lab = bench.lab()
    tried = []
    for path in lab.shape.envelope:
        lab = bench.lab()
        trap = OnPage(shape=lab.shape, when=always, change=_without(path))
        if lab.case.declared.report is not None:
            continue
        run = lab.pull(fault=trap)
        bench.must_fail(run, f"no {path} on any page")
        lab = bench.lab()
        bench.must_be_right(
            lab.pull(fault=OnPage(shape=lab.shape, when=at(2), change=_without(path))),
            f"no {path} on the second page",
        )
        tried.append(path)
    if not tried:
        raise NotApplicable("a report has no envelope; its file's head is point 26")
    return Shown(f"fields: {', '.join(tried)}")


def _without(path: str) -> Change:
    def change(reply: Reply) -> Reply:
        spoilt = copied(reply)
        drop(spoilt.document, path)
        return spoilt

    return change

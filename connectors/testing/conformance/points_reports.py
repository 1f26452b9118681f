"""Point 26: asynchronous reports that fail, are cancelled, never end, expire, cover another range, or lose their puller.

Not here: cut files (points_faults.py).
"""

from datetime import timedelta

from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.forks import killed
from connectors.testing.conformance.register import point
from connectors.testing.conformance.traps import KillAt
from connectors.testing.conformance.verdicts import NotApplicable, Shown, expect
from connectors.testing.jobs import Ending


@point(26, "reports: failed, cancelled, never, expired, wrong range, killed")
def reports(bench: Bench) -> Shown | None:
    """Whatever becomes of a report: whole, proven empty, or loud; and never asked for twice without need."""
    stream = bench.case.declared
    if stream.report is None:
        raise NotApplicable("the stream is read page by page")
    windows, created = len(bench.clean.results), len(bench.lab().platform.jobs.made)
    expect(created == 0, "the fake begins with reports")
    _failed(bench, windows)
    _never(bench, windows)
    limits = (_cancelled(bench), *_expired(bench), *_other_range(bench))
    return Shown(_killed(bench), limits)


def _ending(bench: Bench, ending: Ending) -> Lab:
    lab = bench.lab()
    lab.platform.jobs.ending = ending
    return lab


def _failed(bench: Bench, windows: int) -> None:
    lab = _ending(bench, "failed")
    bench.must_fail(lab.pull(), "a failed report", ("P113",))
    made = len(lab.platform.jobs.made)
    expect(made <= windows, f"{made} reports are asked for {windows} windows")
    lab.runtime = lab.new_runtime()
    lab.clock.sleep(60)  # well inside every declared cool-down
    bench.must_fail(lab.pull(), "a failed report a minute later", ("P113",))
    expect(len(lab.platform.jobs.made) == made, "a failed report is asked for again within its cool-down")
    report = bench.case.declared.report
    assert report is not None  # noqa: S101 - only streams with reports come here
    lab.platform.jobs.ending = "ready"
    lab.clock.sleep((report.cool_down + timedelta(minutes=1)).total_seconds())  # a minute past its end
    bench.must_equal(lab.pull(), "after the cool-down")


def _never(bench: Bench, windows: int) -> None:
    lab = _ending(bench, "never")
    run = lab.pull()
    bench.must_fail(run, "a report that is never ready", ("P114",))
    made = [job.id for job in lab.platform.jobs.made]
    expect(len(made) <= windows, f"{len(made)} reports are asked for {windows} windows")
    # the reports of the first run get ready meanwhile
    for job in lab.platform.jobs.made:
        job.ending = "ready"
    lab.runtime = lab.new_runtime()
    bench.must_equal(lab.pull(), "the next run")
    again = [job.id for job in lab.platform.jobs.made]
    expect(again == made, f"the next run asks anew instead of going on with {made[:1]}")


def _cancelled(bench: Bench) -> str:
    lab = _ending(bench, "cancelled")
    run = lab.pull()
    if not run.failures:
        report = bench.case.declared.report
        expect(
            report is not None and report.empty_reason,
            "a cancelled report is taken for empty without a reason",
        )
        expect(not run.payloads(), "a cancelled report gives rows")
        return f"cancelled proves empty: {report.empty_reason if report else ''}"
    expect(not run.taken, "a cancelled report hands windows over")
    return "cancelled is loud"


def _expired(bench: Bench) -> tuple[str, ...]:
    if "expired_url" in bench.lab().platform.lacks:
        return (f"no expired URL: {bench.lab().lack('expired_url')}",)
    lab = _ending(bench, "expired_url")
    bench.must_equal(lab.pull(), "a document URL that expired once")
    made, windows = len(lab.platform.jobs.made), len(bench.clean.results)
    expect(made == windows, f"an expired URL makes {made} reports for {windows} windows")
    return ()


def _other_range(bench: Bench) -> tuple[str, ...]:
    if "wrong_range" in bench.lab().platform.lacks:
        return (f"no wrong range: {bench.lab().lack('wrong_range')}",)
    lab = _ending(bench, "wrong_range")
    bench.must_fail(lab.pull(), "a report for another range", ("P107", "P108"))
    return ()


def _killed(bench: Bench) -> str:
    """At every request of the first report: the rerun collects the same id, with one create call."""
    creates = bench.lab().platform.creates
    first = next((n for n, call in enumerate(bench.clean.calls, 1) if creates(call.request)), None)
    expect(first is not None, "the fake does not tell which request begins a report (creates)")
    whole = -(-len(bench.clean.calls) // len(bench.clean.results))  # with the token request before the first
    # from the request after the create call on: before it there is nothing to be collected
    places = range((first or 0) + 1, whole + 1)
    for number in places:
        lab = bench.lab()
        killed(lab, KillAt(number))
        before = [job.id for job in lab.platform.jobs.made]
        lab.runtime = lab.new_runtime()
        bench.must_equal(lab.pull(), f"a rerun after a kill at request {number}")
        after = [job.id for job in lab.platform.jobs.made]
        expect(
            after[: len(before)] == before and len(after) == len(bench.clean.results),
            f"killed at request {number}: {len(after)} reports for {len(bench.clean.results)} windows",
        )
    return f"killed at {len(places)} places"

"""Points 11-13: empty pages, repeated tokens, pages without end.

Not here: records that move between pages (points_truth.py).
"""

import copy
from dataclasses import replace
from typing import Any

from connectors.kit.contract.pagers import Single
from connectors.kit.contract.stream import Paged, Stream
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.register import point
from connectors.testing.conformance.traps import Endless, OnPage, Replayed, at
from connectors.testing.conformance.verdicts import NotApplicable, Shown, expect
from connectors.testing.reply import Reply
from connectors.testing.spoil import Shape, first_rows, look, put

CAP = 9  # pages; the declared cap would take minutes and prove the same


def _paged(bench: Bench) -> Stream[Any]:
    stream = bench.case.declared
    if stream.report is not None and stream.report.listing is None:
        raise NotApplicable("a report is one file")
    if isinstance(stream.read, Paged) and isinstance(stream.read.pager, Single):
        raise NotApplicable("one request is the whole window")
    return stream


@point(11, "empty page mid-stream")
def empty_page(bench: Bench) -> Shown | None:
    """An honest empty page is not the end; a page that lost its records is noticed where the platform counts."""
    _paged(bench)
    remarks = []
    lab = bench.lab()
    lab.platform.empty_page = True
    if "empty_page" in lab.platform.lacks:
        remarks.append(f"no honest empty page: {lab.lack('empty_page')}")
    else:
        run = lab.pull()
        bench.must_equal(run, "an empty page in the middle")
        expect(
            sum(t.window.pages for t in run.taken) > sum(t.window.pages for t in bench.clean.taken),
            "the fake put no empty page in",
        )
    lab = bench.lab()
    trap = OnPage(shape=lab.shape, when=at(2), change=first_rows(lab.shape, list.clear), only_filled=True)
    run = lab.pull(fault=trap)
    expect(trap.hits, "no second page came")
    if "count" in lab.platform.lacks:
        remarks.append(f"a page that lost its records cannot be noticed: {lab.lack('count')}")
    else:
        bench.must_be_right(run, "a page lost its records once")
        lab = bench.lab()
        run = lab.pull(
            fault=OnPage(
                shape=lab.shape,
                when=lambda n: n > 1,  # the first page is honest: the listing is under way
                change=first_rows(lab.shape, list.clear),
                only_filled=True,
            )
        )
        bench.must_fail(run, "pages without their records")
    return Shown(limits=tuple(remarks))


@point(12, "page token repeats")
def token_repeats(bench: Bench) -> Shown | None:
    """The platform sends the first page's paging fields again and again, and once the first page again: loud or equal, soon."""
    _paged(bench)
    lab = bench.lab()
    paths = [path for path in lab.shape.envelope if path != lab.shape.records]
    run = lab.pull(fault=Replayed(lab.shape, lambda first, now, _: _with_fields(first, now, paths)))
    bench.must_be_right(run, "the first page's paging fields on every page")
    expect(
        len(run.calls) <= 4 * len(bench.clean.calls) + 20,
        f"the repeated token costs {len(run.calls)} requests, a clean run {len(bench.clean.calls)}",
    )
    lab = bench.lab()
    run = lab.pull(fault=Replayed(lab.shape, lambda first, now, n: first if n == 2 else now))
    # where nobody counts, rows that come twice are the same rows, and the lost page leaves no trace
    if "count" in lab.platform.lacks and not run.failures:
        return Shown(limits=(f"the first page sent twice cannot be noticed: {lab.lack('count')}",))
    bench.must_be_right(run, "the first page again in the place of the second")
    return None


def _with_fields(first: Reply, now: Reply, paths: list[str]) -> Reply:
    for path in paths:
        put(now.document, path, look(first.document, path))
    return now


@point(13, "pages without end")
def page_cap(bench: Bench) -> Shown | None:
    """A platform that always promises another page with a fresh token meets the cap, and the pull ends."""
    stream = _paged(bench)
    lab = bench.lab()
    capped = copy.copy(lab.shape.pager)  # pagers are frozen; __setattr__ of object does not ask
    object.__setattr__(capped, "page_cap", CAP)
    short = _with_pager(stream, capped)
    trap = Endless(lab.shape, lambda first, number: _one_more(lab.shape, first, number))
    run = lab.pull(fault=trap, stream=short, **bench.narrow)
    bench.must_fail(run, "a listing without end")
    return Shown(limits=(f"tried with a cap of {CAP} pages",))


def _with_pager(stream: Stream[Any], pager: Any) -> Stream[Any]:
    read = stream.read
    if isinstance(read, Paged):
        return replace(stream, read=replace(read, pager=pager))
    assert read.report.listing is not None  # noqa: S101 - a file is not paged
    served = replace(read.report.listing, pager=pager)
    return replace(stream, read=replace(read, report=replace(read.report, served=served)))


def _one_more(shape: Shape, first: Reply, number: int) -> Reply:
    """The first page with another token and a total that is never reached."""
    for path in shape.envelope:
        value = look(first.document, path)
        if isinstance(value, str):
            put(first.document, path, f"{value}{number}")
        if isinstance(value, int) and not isinstance(value, bool):
            put(first.document, path, 10**9)  # a total that is never reached
    return first

"""Chaining pages: totals that move, lists whose rows leave, tokens, links; and the proofs that count them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.contract.errors import Incomplete, KitError, SchemaDrift, TooLarge
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import (
    LINK,
    Descending,
    Guard,
    Link,
    Pager,
    Pages,
    Token,
    link_query,
    next_link,
    whole_number,
)
from connectors.kit.contract.proofs import Proof, Reading, Total, WholeReport
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request import Request
from connectors.kit.contract.windows import Window
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import Bench, Call, Reply, only, only_failed, records
from tests.connectors.kit.kit_samples import FIRST_DAY, NOW, account, kit, time_stream

SIZE = 3


def _ask(token: str | None = None, total: int | None = None) -> PageQuery:
    window = Window(FIRST_DAY, NOW)
    used = account("https://api.example.com/v2")
    return PageQuery(account=used, window=window, token=token, page_size=SIZE, total=total)


def _reading(first: Any, last: Any, records: int) -> Reading:
    def fetch(*_: object) -> Any:
        raise AssertionError("a total is in the pages")

    return Reading(
        first_page=first,
        last_page=last,
        records=records,
        window=Window(FIRST_DAY, NOW),
        account=account("https://api.example.com"),
        fetch=fetch,
    )


# -- numbered pages


@dataclass
class Listing:
    """A numbered listing on loopback; `before` is called with the number of the request that comes."""

    ids: list[int]
    before: Callable[[int, list[int]], None] = lambda *_: None
    asked: list[int] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        query = parse_qs(urlsplit(call.path).query)
        page, size = int(query.get("page", ["1"])[0]), int(query["size"][0])
        self.before(len(self.asked), self.ids)
        self.asked.append(page)
        found = self.ids[(page - 1) * size : page * size]
        items = [{"id": n, "at": "2026-11-20T10:00:00Z"} for n in found]
        return Reply({"items": items, "total": len(self.ids)})


def _pull(
    bench: Bench, pager: Pager, proof: Proof, size: int = SIZE, **stream: Any
) -> list[PulledWindow | FailedWindow]:
    declared = time_stream(pager=pager, proof=proof, page_size=PageSize("page_size", size, 100), **stream)
    return bench.pull(kit(declared, lists=True), span_from=FIRST_DAY, as_of=NOW)


@pytest.mark.parametrize(("rows", "pages"), [(0, [1]), (1, [1]), (3, [1]), (4, [1, 2]), (9, [1, 2, 3])])
def test_pages_are_asked_for_until_the_total_is_reached(bench: Bench, rows: int, pages: list[int]) -> None:
    bench.platform.default = listing = Listing(list(range(rows)))

    window = only(_pull(bench, Pages("total"), Total("total")))

    assert (window.rows, window.proof) == (rows, f"total={rows}")
    assert listing.asked == pages


def test_a_total_that_moves_once_is_read_again_from_the_first_page(bench: Bench) -> None:
    def one_leaves(request: int, ids: list[int]) -> None:
        if request == 1:
            ids.pop(0)

    bench.platform.default = listing = Listing(list(range(8)), one_leaves)

    window = only(_pull(bench, Pages("total"), Total("total")))

    assert (window.rows, window.retries) == (7, 1)
    assert listing.asked == [1, 2, 1, 2, 3]


def test_a_total_that_never_rests_is_loud(bench: Bench) -> None:
    bench.platform.default = Listing(list(range(8)), lambda request, ids: ids.append(100 + request))

    failed = only_failed(_pull(bench, Pages("total"), Total("total")))

    assert failed.code == "P108"
    assert bench.landed() == []


@pytest.mark.parametrize("total", ["7", 7])
def test_a_total_may_be_written_as_text(total: Any) -> None:
    assert Pages("total").step({"total": total}, _ask("2")).token == "3"
    assert whole_number(total, "total") == 7


@pytest.mark.parametrize("total", [None, True, -1, "７", "1e3", "", "seven", [7], 7.5])
def test_a_total_that_is_no_count_is_drift(total: Any) -> None:
    for pager in (Pages("total"), Descending("total")):
        with pytest.raises(SchemaDrift):
            pager.step({"total": total}, _ask())


# -- backwards


@pytest.mark.parametrize(
    ("rows", "pages"), [(0, [1]), (3, [1]), (4, [1, 2, 1]), (9, [1, 3, 2, 1]), (10, [1, 4, 3, 2, 1])]
)
def test_descending_pages_end_with_the_first(bench: Bench, rows: int, pages: list[int]) -> None:
    bench.platform.default = listing = Listing(list(range(rows)))

    window = only(_pull(bench, Descending("total"), Total("total", may_leave=True)))

    assert (window.rows, window.proof) == (rows, f"total={rows}")
    assert listing.asked == pages


def _leaving(leaves: list[int]) -> Callable[[int, list[int]], None]:
    """Before request n the row at place `leaves[n]` leaves, if there is one."""

    def leave(request: int, ids: list[int]) -> None:
        if 0 < request <= len(leaves) and leaves[request - 1] < len(ids):
            ids.pop(leaves[request - 1])

    return leave


def _walk(pager: Pager, ids: list[int], leaves: list[int]) -> set[int]:
    """What a pager sees of a list that others take rows from."""
    listing, ask, seen = Listing(ids, _leaving(leaves)), _ask(), set()
    while True:
        page = ask.token or "1"
        answer = listing(Call("GET", f"/things?page={page}&size={SIZE}", {}, None)).body
        seen |= {item["id"] for item in answer["items"]}
        step = pager.step(answer, ask)
        if step.token is None:
            return seen
        total = pager.total(answer) if ask.total is None else ask.total
        ask = replaced(ask, token=step.token, total=total)


@given(st.integers(0, 25), st.lists(st.integers(0, 24), max_size=10))
def test_walking_backwards_loses_no_row_that_stays(rows: int, leaves: list[int]) -> None:
    ids = list(range(rows))

    seen = _walk(Descending("total"), ids, leaves)

    assert set(ids) <= seen, "a row that is still there was not read"
    assert seen <= set(range(rows))


def test_walking_forwards_would_lose_one() -> None:
    """What Descending is for: the same list, the same leaving row, pages counted upward."""
    ids = list(range(6))
    listing = Listing(ids, _leaving([0]))

    pages = [listing(Call("GET", f"/things?page={n}&size={SIZE}", {}, None)).body["items"] for n in (1, 2)]

    assert {item["id"] for page in pages for item in page} == {0, 1, 2, 4, 5}


def test_a_list_that_shrinks_while_it_is_read_is_whole_when_read_backwards(bench: Bench) -> None:
    bench.platform.default = listing = Listing(list(range(10)), _leaving([0, 5, 0]))

    window = only(_pull(bench, Descending("total"), Total("total", may_leave=True)))

    found = {record["record_key"] for record in records(window)}
    assert {str(n) for n in listing.ids} <= found
    assert window.proof.startswith("total=10 to ")
    assert window.retries == 0


def test_a_list_that_grows_while_it_is_read_is_not_proven(bench: Bench) -> None:
    bench.platform.default = Listing(list(range(10)), lambda request, ids: ids.append(100 + request))

    failed = only_failed(_pull(bench, Descending("total"), Total("total", may_leave=True)))

    assert failed.code == "P108"


@pytest.mark.parametrize(
    ("first", "last", "read", "may_leave"),
    [
        *((5, 5, 5, False), (5, 5, 5, True), (7, 5, 5, True), (7, 5, 6, True), (7, 5, 7, True)),
        *((0, 0, 0, False), (0, 0, 0, True)),
    ],
)
def test_a_total_proves_what_lies_between_beginning_and_end(
    first: int, last: int, read: int, may_leave: bool
) -> None:
    assert Total("n", may_leave=may_leave).check(_reading({"n": first}, {"n": last}, read))


@pytest.mark.parametrize(
    ("first", "last", "read", "may_leave"),
    [
        *((5, 5, 4, False), (5, 5, 6, False), (5, 4, 4, False), (4, 5, 5, False), (7, 5, 4, True)),
        *((7, 5, 8, True), (5, 7, 6, True), (5, 7, 7, True)),
    ],
)
def test_a_total_that_does_not_fit_what_was_read_proves_nothing(
    first: int, last: int, read: int, may_leave: bool
) -> None:
    with pytest.raises(Incomplete) as refused:
        Total("n", may_leave=may_leave).check(_reading({"n": first}, {"n": last}, read))

    assert refused.value.may_settle


# -- tokens


def test_a_token_leads_on_until_it_is_empty_null_or_absent() -> None:
    pager = Token("page.next")

    assert pager.step({"page": {"next": "t2"}}, _ask()).token == "t2"
    for body in ({"page": {"next": ""}}, {"page": {"next": None}}, {"page": {}}):
        assert pager.step(body, _ask()).token is None
    for lost in ({}, {"pages": {"next": "t2"}}):
        with pytest.raises(SchemaDrift):
            pager.step(lost, _ask())
    for odd in (5, ["t2"], True):
        with pytest.raises(SchemaDrift):
            pager.step({"page": {"next": odd}}, _ask())


def test_a_token_that_comes_twice_ends_in_a_loud_failure(bench: Bench) -> None:
    bench.platform.default = lambda _: Reply({"items": [], "next": "t1", "total": 0})

    failed = only_failed(_pull(bench, Token("next"), Total("total")))

    assert failed.code == "P107"
    assert len(bench.platform.calls) == 2


def test_an_empty_page_in_the_middle_is_not_the_end(bench: Bench) -> None:
    item = {"id": 1, "at": "2026-11-20T10:00:00Z"}
    bench.platform.script = [
        Reply({"items": [], "next": "t1", "total": 1}),
        Reply({"items": [], "next": "t2", "total": 1}),
        Reply({"items": [item], "next": "", "total": 1}),
    ]

    window = only(_pull(bench, Token("next"), Total("total")))

    assert (window.rows, window.pages) == (1, 3)


def test_a_guard_refuses_to_go_on_for_ever() -> None:
    guard = Guard(3)
    guard.follow("a")
    guard.follow("b")

    with pytest.raises(TooLarge):
        guard.follow("c")
    with pytest.raises(SchemaDrift):
        guard.follow("a")


# -- links


def test_a_link_in_the_body_leads_to_its_query_only() -> None:
    pager = Link("links.next")

    step = pager.step({"links": {"next": "https://api.example.com/v2/things?page=2&q=a%26b&empty="}}, _ask())

    assert step.token == "page=2&q=a%26b&empty="
    assert link_query(step.token) == (("page", "2"), ("q", "a&b"), ("empty", ""))
    for body in ({"links": {"next": None}}, {"links": {"next": ""}}):
        assert pager.step(body, _ask()).token is None


FOREIGN = [
    *("https://evil.example.com/v2/things?page=2", "http://api.example.com/v2/things?page=2"),
    *("//evil.example.com/things?page=2", "https://api.example.com:8443/things?page=2"),
    *("https://api.example.com@evil.example.com/x?page=2", "https://api.example.com/v2/things"),
]


@pytest.mark.parametrize("url", FOREIGN)
def test_a_link_to_another_place_or_without_a_query_is_refused(url: str) -> None:
    with pytest.raises(SchemaDrift) as refused:
        Link("next").step({"next": url}, _ask())

    assert "evil" not in str(refused.value)


@pytest.mark.parametrize("url", [5, ["https://api.example.com/?page=2"], {"href": "x"}, True])
def test_a_link_that_is_no_text_is_drift(url: Any) -> None:
    with pytest.raises(SchemaDrift):
        Link("next").step({"next": url}, _ask())


A_3 = "https://a.example.com/x?p=3"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<https://a.example.com/x?page=2>; rel="next"', "https://a.example.com/x?page=2"),
        ('<https://a.example.com/x?page=1>; rel="prev", <https://a.example.com/x?p=3>; rel="next"', A_3),
        ("<https://a.example.com/x?page=2>; title=x; rel=next", "https://a.example.com/x?page=2"),
        ('<https://a.example.com/x?page=1>; rel="prev"', None),
        ("", None),
        ("https://a.example.com/x?page=2; rel=next", None),
    ],
)
def test_the_next_link_of_a_header_is_found_among_others(header: str, found: str | None) -> None:
    assert next_link({"Link": header}) == found


def test_a_list_is_paged_by_its_link_header(bench: Bench) -> None:
    def answer(call: Call) -> Reply:
        page = int(parse_qs(urlsplit(call.path).query).get("page", ["1"])[0])
        items = [{"id": page, "at": "2026-11-20T10:00:00Z"}]
        more = {"Link": f'<{bench.platform.url}/things?page={page + 1}>; rel="next"'} if page < 3 else {}
        return Reply(items, headers=more)

    bench.platform.default = answer

    window = only(_pull(bench, Link(), _Pages(3), request=_by_link, limit="links"))

    assert sorted(record["record_key"] for record in records(window)) == ["1", "2", "3"]
    assert [call.path for call in bench.platform.calls] == ["/things", "/things?page=2", "/things?page=3"]


def test_a_link_header_to_another_host_carries_nothing_there(bench: Bench) -> None:
    headers = {"Link": '<https://evil.example.com/things?page=2>; rel="next"'}
    bench.platform.default = lambda _: Reply([{"id": 1, "at": "2026-11-20T10:00:00Z"}], headers=headers)

    failed = only_failed(_pull(bench, Link(), _Pages(1), request=_by_link))

    assert failed.code == "P107"
    assert "evil" not in failed.cause
    assert len(bench.platform.calls) == 1


class _Pages(Proof):
    """As many records as the platform's own list is long."""

    paths = (LINK,)

    def __init__(self, records: int) -> None:
        self._records = records

    def check(self, reading: Reading) -> str:
        if reading.records != self._records:
            raise Incomplete("other records than the list holds")
        return "listed"


def _by_link(ask: PageQuery) -> Request:
    return Request("GET", "/things", params=link_query(ask.token) if ask.token else ())


# -- the proof of a report's file


def _report(**told: Any) -> Any:
    base = {"state": "READY", "lines": 3, "bytes": 90, "checked": "whole file", "status": {"rows": 3}}
    return {"report": {**base, **told}}


def test_a_documents_own_row_count_is_compared() -> None:
    proof = WholeReport("rows")

    assert proof.check(_reading(None, _report(), 3)) == "document 3 rows, 90 bytes, whole file"
    assert proof.check(_reading(None, _report(status={"rows": "3"}), 2)).startswith("document 3 rows")
    troubles: list[tuple[Any, type[KitError]]] = [
        ({"rows": 4}, Incomplete),
        ({"rows": None}, SchemaDrift),
        ({"rows": "three"}, SchemaDrift),
    ]
    for status, trouble in troubles:
        with pytest.raises(trouble):
            proof.check(_reading(None, _report(status=status), 3))


def test_an_empty_report_is_proven_by_its_reason_and_a_listing_has_no_bytes() -> None:
    empty = _report(state="EMPTY", lines=0, bytes=0, checked="empty: nothing was shown")

    assert WholeReport("rows").check(_reading(None, empty, 0)) == "empty: nothing was shown"
    listed = _report(bytes=None, checked="2 pages to the end")
    assert WholeReport().check(_reading(None, listed, 3)) == "document 3 rows, 2 pages to the end"

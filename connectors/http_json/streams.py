"""A stream of the kit out of its YAML: how it is paged, read, proven, and what it fills.

Belongs here: the keys of one entry of `streams`. Not here: fields (columns.py), requests (requests.py), access (access.py).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from connectors.http_json.columns import Columns, read_fields
from connectors.http_json.reading import as_path, as_span, as_whole, wrong
from connectors.http_json.requests import REQUEST_KEYS, check_placeholders, read_template
from connectors.http_json.templates import Template
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import DeclarationWrong
from connectors.kit.contract.pagers import LINK, Cursor, Link, Pager, Pages, Single, Token
from connectors.kit.contract.proofs import Count, Every, Flag, Proof, Total
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.stream import ByChange, ByCursor, ByDay, Paged, Record, Stream
from models.definitions.reading import Fields, as_choice, as_items, as_mapping, as_text
from models.definitions.strict_yaml import Node, Scalar
from models.tables import FACTS, Table

_REQUIRED = (
    "table",
    "path",
    "records",
    "fields",
    "day",
    "read_by",
    "lookback",
    "lookback_reason",
    "final_after_days",
)
_OPTIONAL = (
    *REQUEST_KEYS,
    *("pager", "proof", "version", "page_size", "window_days", "lag", "readable_for", "personal", "unused"),
)
_PAGERS = ("pages", "offset", "token", "cursor", "link")
_PROOFS = ("total", "flag", "count")
_LONGEST_LOOKBACK = timedelta(days=120)
_LONGEST_LAG = timedelta(days=7)


def read_stream(
    name: str, node: Node, *, connector: str, docs: str, rate: Callable[[AccountSettings], Rate]
) -> Stream[Any]:
    """The declared stream.

    Raises:
        CompanyError: C172 to C179, with file and line.
        DefinitionError: D1xx for the shape.
    """
    entry = Fields(node, name, required=_REQUIRED, optional=_OPTIONAL)
    read_by = as_choice(entry["read_by"], "read_by", ("time", "day", "cursor"))
    kind, pager, first_page = _pager(entry.get("pager"))
    template = read_template(entry, is_link=kind == "link", first_page=first_page)
    check_placeholders(template, read_by, kind, entry["path"])
    _check_reading(entry, read_by, kind, template)
    table = _table(entry["table"])
    day = as_text(entry["day"], "day")
    columns = read_fields(entry["fields"], table, day, entry.get("version"), by_day=read_by == "day")
    try:
        return _stream(
            name,
            entry,
            columns,
            template,
            pager=pager,
            proof=_proof(entry, kind, read_by),
            connector=connector,
            docs=docs,
            rate=rate,
        )
    except DeclarationWrong as error:
        raise wrong(
            "C179", error.what, node, error.actual, "see the docstring of Stream in connectors/kit"
        ) from None


def _stream(
    name: str,
    entry: Fields,
    columns: Columns,
    template: Template,
    *,
    pager: Pager,
    proof: Proof,
    connector: str,
    docs: str,
    rate: Callable[[AccountSettings], Rate],
) -> Stream[Any]:
    records = as_path(entry["records"], "records")
    return Stream(
        name=name,
        feeds=(columns.table.name,),
        windows=_windows(entry, columns),
        read=Paged(
            request=template.request,
            pager=pager,
            records=records,
            page_size=_page_size(entry.get("page_size")),
            stamp=columns.stamp(records),
        ),
        record=Record(
            model=columns.model(f"{connector}_{name}"),
            key=columns.key,
            day=columns.day_of,
            payload=columns.payload,
            pii=_paths(entry, "personal"),
            hashed=columns.hashed,
            unused=_paths(entry, "unused"),
        ),
        proof=proof,
        # one budget for each account: a declaration cannot know which accounts share one
        limit="{shop_id}",
        rate=rate,
        finality_days=as_whole(entry["final_after_days"], "final_after_days", least=0, most=400),
        docs=docs,
    )


def _windows(entry: Fields, columns: Columns) -> ByChange[Any] | ByDay | ByCursor[Any]:
    window, lasts = entry.get("window_days"), entry.get("readable_for")
    reason, lag = as_text(entry["lookback_reason"], "lookback_reason"), _lag(entry.get("lag"))
    lookback = _lookback(entry["lookback"])
    bounded: dict[str, Any] = {
        "lookback": lookback,
        "lookback_reason": reason,
        "lag": lag,
        "max_window_days": as_whole(window, "window_days", most=366) if window else 1,
        "readable_for": as_span(lasts, "readable_for") if lasts else None,
    }
    match as_text(entry["read_by"], "read_by"):
        case "time":
            return ByChange(version=columns.version_of, **bounded)
        case "day":
            return ByDay(**bounded)
        case _:
            # a cursor brings every change once: whatever the file says of a look-back, nothing is read again
            return ByCursor(version=columns.version_of, lookback_reason=reason, lag=lag)


def _table(node: Node) -> Table:
    # a derived table is computed, never filled
    return FACTS[as_choice(node, "table", (t.name for t in FACTS.values() if not t.derived_from))]


def _pager(node: Node | None) -> tuple[str, Pager, int]:
    """Kind, pager, and the number of the first page."""
    if node is None or (isinstance(node, Scalar) and node.text == "single"):
        return "single", Single(), 1
    found = as_mapping(node, "pager").entries
    if len(found) != 1 or next(iter(found)) not in _PAGERS:
        remedy = f"write single or {{one of {', '.join(_PAGERS)}: ...}}"
        raise wrong("C175", "pager is one of a few kinds", node, ", ".join(found), remedy)
    kind, value = next(iter(found.items()))
    match kind:
        case "pages":
            entry = Fields(value, kind, required=("total",), optional=("first",))
            number = entry.get("first")
            # platforms count pages from one of these
            first = as_whole(number, "first", least=0, most=1) if number else 1
            return kind, Pages(as_path(entry["total"], "total"), first), first
        case "offset":
            entry = Fields(value, kind, required=("total",))
            # pages from 0, which templates.py turns into offsets: offset = page x size
            return kind, Pages(as_path(entry["total"], "total"), 0), 0
        case "token":
            return kind, Token(as_path(value, kind)), 1
        case "cursor":
            entry = Fields(value, kind, required=("token", "end"))
            return kind, Cursor(as_path(entry["token"], "token"), as_path(entry["end"], "end")), 1
        case _:
            is_header = isinstance(value, Scalar) and value.text == "header"
            return kind, Link(LINK if is_header else as_path(value, kind)), 1


def _proof(entry: Fields, pager: str, read_by: str) -> Proof:
    """Why a window is whole: mandatory, and counting wherever the end of paging cannot be told from a lost field."""
    node = entry.get("proof")
    if node is None:
        remedy = "add proof: {total: ...}, {flag: ...} or {count: ...}; without proof nothing may be loaded"
        raise wrong(
            "C172",
            "the stream does not say how it proves that a window is complete",
            entry.mapping,
            "",
            remedy,
        )
    found = Fields(node, "proof", optional=_PROOFS)
    proofs: list[Proof] = []
    if "total" in found:
        proofs.append(Total(as_path(found["total"], "total")))
    if "flag" in found:
        flag = Fields(found["flag"], "flag", required=("path", "last"))
        is_last = as_choice(flag["last"], "last", ("true", "false")) == "true"
        proofs.append(Flag(as_path(flag["path"], "path"), expected=is_last))
    if "count" in found:
        proofs.append(_count(found["count"], read_by))
    is_counted = "total" in found or "count" in found
    # the end of these pagers looks like a lost field; only cursor and single say it themselves
    if not proofs or (pager in ("token", "link", "pages", "offset") and not is_counted):
        what = (
            f"a {pager} pager does not prove that nothing was left out" if proofs else "proof states nothing"
        )
        raise wrong("C172", what, node, "", "add total: or count:, as the platform states them")
    return proofs[0] if len(proofs) == 1 else Every(*proofs)


def _count(node: Node, read_by: str) -> Count:
    counted = Fields(node, "count", required=("path", "total"), optional=REQUEST_KEYS)
    template = read_template(counted)
    check_placeholders(template, read_by, "single", counted["path"])
    return Count(template.counting, as_path(counted["total"], "total"))


def _check_reading(entry: Fields, read_by: str, pager: str, template: Template) -> None:
    version, window, place = entry.get("version"), entry.get("window_days"), entry["read_by"]
    # two days or more are asked for at once
    is_day, is_long = read_by == "day", window is not None and as_text(window, "window_days") != "1"
    troubles: Mapping[str, bool] = {
        "a stream read by day has no version: the pull is its version": is_day and version is not None,
        "a stream read by time or cursor needs `version`, the instant that grows with every change": (
            not is_day and version is None
        ),
        "a stream read by cursor needs the cursor pager": read_by == "cursor" and pager != "cursor",
        "readable_for belongs to streams that are read by day": not is_day and "readable_for" in entry,
        "a window of several days needs {last_day}": is_day
        and is_long
        and "last_day" not in template.names(),
        "an asked_day needs windows of one day": is_day and is_long and _is_asked(entry["fields"]),
    }
    for what, is_wrong in troubles.items():
        if is_wrong:
            raise wrong("C178", what, place, read_by, 'see docs/connectors.md, "Without Python"')


def _is_asked(fields: Node) -> bool:
    inner = as_mapping(fields, "fields").entries.values()
    return any(
        not isinstance(node, Scalar) and "from" in as_mapping(node, "a field").entries for node in inner
    )


def _lookback(node: Node) -> timedelta:
    span = as_span(node, "lookback")
    if span > _LONGEST_LOOKBACK:
        raise wrong("C178", "lookback is longer than any restatement", node, str(span), "at most 120 days")
    return span


def _lag(node: Node | None) -> timedelta:
    span = as_span(node, "lag") if node else timedelta(minutes=1)
    if node is not None and span > _LONGEST_LAG:
        raise wrong("C178", "lag is longer than a week", node, str(span), "at most 7 days")
    return span


def _page_size(node: Node | None) -> PageSize:
    if node is None:
        return PageSize()
    entry = Fields(node, "page_size", required=("default", "most"))
    most = as_whole(entry["most"], "most", most=10_000)
    return PageSize(default=as_whole(entry["default"], "default", most=most), most=most)


def _paths(entry: Fields, name: str) -> tuple[str, ...]:
    node = entry.get(name)
    return tuple(as_path(item, name) for item in as_items(node, name)) if node else ()

"""Orders by a bulk operation: one file for a window of any size, instead of pages.

Belongs here: asking for the operation, its states, joining the lines of its file into orders, the proof. Not here: what an
order means (rows.py), when it is read this way (__init__.py).

A bulk query takes no connection inside a list, so the lines of a refund are asked for order by order afterwards. Partial data
of a failed operation is never asked for.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.documents import JsonLines, Location
from connectors.kit.contract.errors import BadRequest, Incomplete, KitError, SchemaDrift, Throttled
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import connection_next, whole_number
from connectors.kit.contract.proofs import Document, Every, Proof, Reading
from connectors.kit.contract.redact import model_tree, path_tree
from connectors.kit.contract.reports import JobState, Report, Status
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import iso
from connectors.shopify.requests import (
    BULK_LIST,
    BULK_STATUS,
    REFUND_LINES,
    RUN_BULK,
    bulk_orders,
    graphql,
)
from connectors.shopify.rows import RefundLines

_CHILDREN = {"LineItem": "lineItems", "ShippingLine": "shippingLines"}
_WAIT = ("OPERATION_IN_PROGRESS", "LIMIT_REACHED")  # five of an app may run at once in a shop
_STATES = {
    "CREATED": JobState.QUEUED,
    "RUNNING": JobState.RUNNING,
    "COMPLETED": JobState.READY,
}
_WHOLE = {"hasNextPage": False, "endCursor": None}


def bulk_trouble(data: Json) -> KitError | None:
    """What a refused start means; None for any other answer."""
    started = data.get("bulkOperationRunQuery") if isinstance(data, dict) else None
    errors = started.get("userErrors") if isinstance(started, dict) else None
    if not errors:
        return None
    code = errors[0].get("code") if isinstance(errors, list) and isinstance(errors[0], dict) else None
    if code in _WAIT:
        return Throttled("Shopify runs as many bulk operations as it allows", actual=code)
    return BadRequest("Shopify refuses the bulk query", actual=code if code == "INVALID" else "no code")


def _create(ask: Ask) -> Request:
    return graphql("RunBulk", RUN_BULK, {"query": bulk_orders(ask)})


def _created(body: Json) -> str:
    return str(dig(body, "data.bulkOperationRunQuery.bulkOperation.id"))


def _status(ask: Ask, operation: str) -> Request:  # noqa: ARG001 - the kit passes both
    return graphql("BulkStatus", BULK_STATUS, {"id": operation})


def _read(body: Json) -> Status:
    operation = dig(body, "data.bulkOperation")
    if not isinstance(operation, dict):
        return Status(JobState.FAILED, "the operation is not known any more")
    state = str(operation.get("status"))
    found = _STATES.get(state)
    if found is JobState.READY and whole_number(operation.get("objectCount"), "objectCount") == 0:
        return Status(JobState.EMPTY)
    if found is not None:
        return Status(found)
    why = operation.get("errorCode") or state
    return Status(JobState.FAILED, why if isinstance(why, str) and why.isidentifier() else "no code")


def _location(body: Json) -> Location:
    operation = dig(body, "data.bulkOperation")
    url, size = operation.get("url"), operation.get("fileSize")
    if not isinstance(url, str):
        raise SchemaDrift("a completed bulk operation has objects but no file", actual="url")
    return Location(url, size=None if size is None else whole_number(size, "fileSize"))


def _list(ask: Ask, since: datetime) -> Request:  # noqa: ARG001
    search = f"operation_type:query created_at:>='{iso(since.replace(microsecond=0))}'"
    return graphql("BulkList", BULK_LIST, {"query": search})


def _found(body: Json, ask: Ask) -> str | None:
    wanted = bulk_orders(ask)
    for operation in dig(body, "data.bulkOperations.nodes"):
        if operation["query"] == wanted and operation["status"] in _STATES:
            return str(operation["id"])
    return None


def join_orders(rows: Iterator[dict[str, Json]], ask: Ask) -> Iterator[Json]:  # noqa: ARG001 - the kit passes both
    """Orders with their lines: children stand right after their parent, because the operation groups them."""
    order: dict[str, Json] | None = None
    for row in rows:
        parent = row.pop("__parentId", None)
        if parent is None:
            if order is not None:
                yield order
            order = row | {field: {"nodes": [], "pageInfo": dict(_WHOLE)} for field in _CHILDREN.values()}
            continue
        field = _CHILDREN.get(str(row.pop("__typename", "")))
        if order is None or parent != order.get("id") or field is None:
            raise SchemaDrift("a line of the bulk file does not follow its order", actual="__parentId")
        order[field]["nodes"].append(row)
    if order is not None:
        yield order


def rest_of_bulk_order(order: Json, account: AccountSettings) -> FollowUp | None:
    """The lines of the next refund that has none yet, then the further pages of a refund with many."""
    first = account.whole_number("more_page_size", 100, most=250)
    for refund in order["refunds"]:
        lines = refund.get("refundLineItems")
        if lines is None:
            return _refund_lines(refund, first, None)
        after = connection_next(lines)
        if after is not None:
            return _refund_lines(refund, first, after)
    return None


def _refund_lines(refund: Json, first: int, after: str | None) -> FollowUp:
    def merge(body: Json) -> None:
        found = dig(body, "data.refund")
        if found is None or found.get("id") != refund["id"]:
            raise Incomplete("a refund disappeared while it was read", may_settle=True)
        more, known = found["refundLineItems"], refund.get("refundLineItems") or {"nodes": []}
        refund["refundLineItems"] = {"nodes": known["nodes"] + more["nodes"], "pageInfo": more["pageInfo"]}

    keep = path_tree({"data.refund.id": None, "data.refund.refundLineItems": model_tree(RefundLines)})
    variables = {"id": refund["id"], "first": first, "after": after}
    request = graphql("RefundLines", REFUND_LINES, variables)
    return FollowUp(request, keep, f"{refund['id']}/{after or ''}", merge)


class RootObjects(Proof):
    """The operation ran the asked query, and its count of orders equals the distinct orders of its file."""

    paths = ("report.status", "report.state")

    def check(self, reading: Reading) -> str:
        """Compare; also an operation without orders must have looked at the asked range."""
        report, window = dig(reading.last_page, "report"), reading.window
        query = dig(report, "status.query")
        if not isinstance(query, str) or not all(iso(at) in query for at in (window.start, window.end)):
            raise Incomplete("the bulk operation is for another range than was asked")
        if report["state"] == JobState.EMPTY:
            return "no orders"
        told = whole_number(dig(report, "status.rootObjectCount"), "rootObjectCount")
        if told != reading.records:
            raise Incomplete(
                "the bulk operation counts other orders than its file holds",
                actual=f"{told} counted, {reading.records} read",
                may_settle=True,
            )
        return f"{told} orders"


BULK = Report(
    create=_create,
    created=_created,
    status=_status,
    read=_read,
    location=_location,
    format=JsonLines(),
    keeps=tuple(f"data.bulkOperation.{name}" for name in ("objectCount", "rootObjectCount", "query")),
    find=(_list, _found),
    empty_reason="COMPLETED with an objectCount of 0 has no file [schema 2026-10]",
    assemble=join_orders,
    moves=True,
    reuse=timedelta(0),  # an operation is quickly made, and orders change at any time
)
BULK_PROOF = Every(Document("objectCount"), RootObjects())

"""Orders by a bulk operation: one file for a window of any size, instead of pages.

Belongs here: asking for the operation, its states, joining the lines of its file into orders, the proof. Partial data of a
failed operation is never asked for. Not here: what an order means (flat_orders.py), when it is read this way (__init__.py), the
parts of its refunds (follow_ups.py). How operations run: shopify.dev/docs/api/usage/bulk-operations/queries
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.kit.contract.documents import JsonLines, Location
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import whole_number
from connectors.kit.contract.proofs import Every, Proof, Reading, WholeReport
from connectors.kit.contract.reports import JobState, Report, ReportFile, Status
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import iso
from connectors.shopify.requests import bulk_orders, graphql

_CHILDREN = {"LineItem": "lineItems", "ShippingLine": "shippingLines"}
# every state that is not here is a failure (_read)
_STATES = {
    "CREATED": JobState.QUEUED,
    "RUNNING": JobState.RUNNING,
    "COMPLETED": JobState.READY,
}
_WHOLE = {"hasNextPage": False, "endCursor": None}


def _create(query: PageQuery) -> Request:
    return graphql("RunBulk", {"query": bulk_orders(query)})


def _created(body: Json) -> str:
    return str(dig(body, "data.bulkOperationRunQuery.bulkOperation.id"))


def _status(_query: PageQuery, operation: str) -> Request:
    return graphql("BulkStatus", {"id": operation})


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


def _list(_query: PageQuery, since: datetime) -> Request:
    search = f"operation_type:query created_at:>='{iso(since.replace(microsecond=0))}'"
    return graphql("BulkList", {"query": search})


def _found(body: Json, query: PageQuery) -> str | None:
    wanted = bulk_orders(query)
    for operation in dig(body, "data.bulkOperations.nodes"):
        # the whole text: its range tells it from the operations of other windows
        if operation["query"] == wanted and operation["status"] in _STATES:
            return str(operation["id"])
    return None


def join_orders(rows: Iterator[dict[str, Json]], _query: PageQuery) -> Iterator[Json]:
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
    served=ReportFile(format=JsonLines(), location=_location),
    keeps=tuple(f"data.bulkOperation.{name}" for name in ("objectCount", "rootObjectCount", "query")),
    find=(_list, _found),
    empty_reason="COMPLETED with an objectCount of 0 has no file [schema 2026-10]",
    assemble=join_orders,
    moves=True,
    reuse=timedelta(0),  # an operation is quickly made, and orders change at any time
)
BULK_PROOF = Every(WholeReport("objectCount"), RootObjects())

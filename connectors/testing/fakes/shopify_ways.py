"""The small shop read in its other ways: by bulk operations, and by days of making.

Here: the life and the file of a bulk operation as the 2026-10 schema describes it, and orders that are deleted for good. Not
here: the shop and its GraphQL (`shopify.py`).
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.testing.document import ServedFile
from connectors.testing.fakes.shopify import TOKEN, ShopifyFake
from connectors.testing.fakes.shopify_api import ShopifyApi, ShopifyLimits
from connectors.testing.jobs import FakeReportJob
from connectors.testing.reply import Received, Reply

FILES = "/bulk/"
OPERATION = "gid://shopify/BulkOperation/"
LONDON = ZoneInfo("Europe/London")
_STATES = {
    "queued": "CREATED",
    "running": "RUNNING",
    "ready": "COMPLETED",
    "empty": "COMPLETED",
    "failed": "FAILED",
    "cancelled": "CANCELED",
}


class ShopifyBulkFake(ShopifyFake):
    """Runs the query of an operation in the shop's own GraphQL engine and writes what it gives as grouped JSONL."""

    _rows: dict[str, list[dict[str, Any]]]

    def answer(self, request: Received) -> Reply:
        """Operations here, everything else in the shop."""
        self._rows = getattr(self, "_rows", {})
        self._shop.set_clock(int(self.clock.wall().timestamp()))
        if request.path.startswith(FILES):
            return self._file(request.path.removeprefix(FILES))
        body = request.json if request.headers.get("x-shopify-access-token") == TOKEN else None
        query = body.get("query", "") if isinstance(body, dict) else ""
        variables = body.get("variables", {}) if isinstance(body, dict) else {}
        if "bulkOperationRunQuery" in query:
            return self._start(variables["query"], is_grouped="groupObjects: true" in query)
        if "bulkOperations(" in query:
            found = [self._told(job) for job in reversed(self.jobs.made)]
            return _data({"bulkOperations": {"nodes": found}})
        if "bulkOperation(" in query:
            job = self.jobs.poll(variables["id"].removeprefix(OPERATION))
            return _data({"bulkOperation": None if job is None else self._told(job)})
        return super().answer(request)

    def _start(self, query: str, *, is_grouped: bool) -> Reply:
        if not is_grouped or self._run(query) is None:
            errors = [{"code": "INVALID", "field": ["query"]}]
            return _data({"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": errors}})
        operation = self._told(self.jobs.create(query))
        return _data({"bulkOperationRunQuery": {"bulkOperation": operation, "userErrors": []}})

    def _told(self, job: FakeReportJob) -> dict[str, Any]:
        # the year before: no day of it was asked for
        query = re.sub(r"2026-(\d\d)", "2025-\\1", job.spec) if job.ending == "wrong_range" else job.spec
        told: dict[str, Any] = {
            "id": OPERATION + job.id,
            "status": _STATES[job.state],
            "errorCode": "INTERNAL_SERVER_ERROR" if job.state == "failed" else None,
            "objectCount": "0",
            "rootObjectCount": "0",
            "fileSize": None,  # the schema lets it be absent; the suite changes files after they were announced
            "url": None,
            "query": query,
        }
        if job.state == "ready":
            if job.id not in self._rows:
                self._rows[job.id] = self._run(query) or []
            rows = self._rows[job.id]
            told["objectCount"] = str(len(rows))
            told["rootObjectCount"] = str(sum("__parentId" not in row for row in rows))
            if rows:
                told["url"] = f"{self.url}{FILES}{job.id}"
        return told

    def _file(self, name: str) -> Reply:
        job = self.jobs.find(name)
        if job is None or job.state != "ready" or not self.jobs.may_download(job):
            return Reply(403, "<Error><Code>ExpiredToken</Code></Error>", content_type="application/xml")
        return Reply.file(ServedFile(rows=[dict(row) for row in self._rows[job.id]], format="jsonl"))

    def _run(self, query: str) -> list[dict[str, Any]] | None:
        """The objects of a query in the order of the file; None when the shop refuses the query."""
        # a bulk query names no page sizes; the shop's engine needs them
        paged = query.replace("orders(", "orders(first: 250, ", 1)
        paged = re.sub(r"(lineItems|shippingLines) \{", r"\1(first: 250) {", paged)
        engine = ShopifyApi(self._shop, ShopifyLimits(), self.clock.monotonic)
        found = engine.answer(json.dumps({"query": paged}).encode()).document
        if "errors" in found:
            return None
        edges = found["data"]["orders"]["edges"]
        assert len(edges) < 250  # noqa: S101 - the world is small
        return [row for edge in edges for row in _flat(edge["node"])]

    def creates(self, request: Received) -> bool:
        """The mutation begins an operation."""
        return b"bulkOperationRunQuery" in request.body


class ShopifyByDayFake(ShopifyFake):
    """Orders that are deleted for good are missing from their day."""

    lacks: ClassVar[dict[str, str]] = {
        name: reason for name, reason in ShopifyFake.lacks.items() if name != "remove"
    }

    def _number(self, stream: str, key: str | None) -> int:
        """The newest order where none is named: the oldest are read again no more."""
        return super()._number(stream, key or self._world().entries(stream)[-1].key)

    def remove(self, stream: str) -> str:
        """The newest order is deleted."""
        number = self._number(stream, None)
        self._numbers.remove(number)
        self._shop.remove(number)
        return f"gid://shopify/Order/{number}"

    def restate(self, stream: str, day: date) -> str | None:
        """An order of a past day is refunded."""
        for entry in self._world().entries(stream):
            if self.day_of(stream, entry.key, LONDON) == day:
                return self.change(stream, entry.key)
        return None


def _flat(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An order, then its lines, each with the id of its parent."""
    own = {name: value for name, value in order.items() if name not in ("lineItems", "shippingLines")}
    yield own
    for field in ("lineItems", "shippingLines"):
        for edge in order[field]["edges"]:
            yield edge["node"] | {"__parentId": order["id"]}


def _data(data: dict[str, Any]) -> Reply:
    return Reply.json(200, {"data": data})

"""A fake of Amazon's Selling Partner API: login, reports, finances, stock and single orders over a small world.

True to Amazon's models (reports 2021-06-30, finances 2024-06-19, fbaInventory v1, orders 2026-01-01): unknown parameters and
fields are refused, limits counted, an expired token is a 403. Not here: the records (amazon_world.py), sockets, faults.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.document import ServedFile
from connectors.testing.fakes import amazon_world as made
from connectors.testing.fakes.amazon_login import renew
from connectors.testing.fakes.amazon_seller import AmazonSeller
from connectors.testing.fakes.amazon_world import MARKETPLACE, zulu
from connectors.testing.jobs import FakeReportJob
from connectors.testing.reply import Received, Reply
from connectors.testing.tokens import Tokens

CLIENT, SECRET, REFRESH = (
    "amzn1.application-oa2-client.planted-sp",
    "amzn1.oa2-cs.v1.planted-secret-4711",
    "Atzr|planted-sp-refresh-0815",
)
ORDERS, RETURNS, TRAFFIC, HEALTH = (
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
    "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA",
    "GET_SALES_AND_TRAFFIC_REPORT",
    "GET_V2_SELLER_PERFORMANCE_REPORT",
)
REPORTS, DOCUMENTS = "/reports/2021-06-30/reports", "/reports/2021-06-30/documents/"
TRANSACTIONS, STOCK = "/finances/2024-06-19/transactions", "/fba/inventory/v1/summaries"
# v0 is deprecated: developer-docs.amazon.com/sp-api/docs/orders-api
ORDER = "/orders/2026-01-01/orders/"
STATES = {
    "queued": "IN_QUEUE",
    "running": "IN_PROGRESS",
    "failed": "FATAL",
    "cancelled": "CANCELLED",
}
_SPEC = {"reportType", "dataStartTime", "dataEndTime", "marketplaceIds", "reportOptions"}
_LISTING = {"reportTypes", "processingStatuses", "marketplaceIds", "pageSize", "createdSince", "createdUntil"}
_STOCK = {"details", "granularityType", "granularityId", "startDateTime", "marketplaceIds", "nextToken"}
_MONEY = {"postedAfter", "postedBefore", "marketplaceId", "transactionStatus", "nextToken"}


class AmazonSpFake(AmazonSeller):
    """That seller's API."""

    exchange_path = "/auth/o2/token"
    marketplace: ClassVar[str] = MARKETPLACE
    page: ClassVar[int] = 8  # rows of a list; Amazon's pages are longer
    token_lifetime: ClassVar[float] = 3600.0
    lacks: ClassVar[Mapping[str, str]] = {
        "add": "an account has a fixed set of metrics",
        "restate": "Amazon states stock and account as they are now; a past day is not shown again",
        "cancel": "only orders are cancelled; the rest is restated",
        "remove": "Amazon deletes no order, movement or day; it cancels or restates them",
        "throttled_in_200": "Amazon answers 429 (usage plans of the models)",
        "move": "reports are one file; a day's movements and the stock are asked again as a whole",
        "count": "Amazon states no number of rows, neither of a report nor of a list (Amazon's models)",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tokens: Tokens = Tokens(clock=clock, refresh=REFRESH, lifetime=self.token_lifetime)
        # the default usage plans in the models of each API, "Rate (requests per second)" and "Burst"
        self.budgets = {
            "createReport": Budget(amount=0.0167, seconds=1, burst=15),
            "getReport": Budget(amount=2, seconds=1, burst=15),
            "getReports": Budget(amount=0.0222, seconds=1, burst=10),
            "getReportDocument": Budget(amount=0.0167, seconds=1, burst=15),
            "getInventorySummaries": Budget(amount=2, seconds=1, burst=2),
            "listTransactions": Budget(amount=0.5, seconds=1, burst=10),
            # since 2026-04-24, across all sellers of an app (announced at github.com/amzn/selling-partner-api-models)
            TRAFFIC: Budget(amount=1, seconds=900, per_day=96),
        }

    # -- the API

    def answer(self, request: Received) -> Reply:
        """One request, checked as Amazon does."""
        if request.path == self.exchange_path:
            return renew(request, self.tokens, (CLIENT, SECRET), expires_in=int(self.token_lifetime))
        # before the token: the address of a file is signed and needs none
        if request.path.startswith("/files/"):
            return self._file(request.path.removeprefix("/files/"))
        if not self.tokens.accepts(request.headers.get("x-amz-access-token", "")):
            return self.unauthorised()
        for path, operation in self._operations(request.method).items():
            if request.path == path or (path.endswith("/") and request.path.startswith(path)):
                return operation(request)
        return error(404, "NotFound", "The resource does not exist")

    def _operations(self, method: str) -> dict[str, Callable[[Received], Reply]]:
        if method == "POST":
            return {REPORTS: self._create}
        return {
            REPORTS: self._listed,
            f"{REPORTS}/": self._polled,
            DOCUMENTS: self._located,
            STOCK: self._stocked,
            TRANSACTIONS: self._moved,
            ORDER: self._single,
        }

    def _create(self, request: Received) -> Reply:
        spec = request.json
        known = {ORDERS, RETURNS, TRAFFIC, HEALTH}
        if request.parameters or not isinstance(spec, dict) or set(spec) - _SPEC:
            return error(400, "InvalidInput", "Request has unknown fields")
        if spec.get("reportType") not in known or spec.get("marketplaceIds") != [self.marketplace]:
            return error(400, "InvalidInput", "reportType or marketplaceIds is invalid")
        start, end = (datetime.fromisoformat(spec[name]) for name in ("dataStartTime", "dataEndTime"))
        if not start <= end <= self.clock.wall() or (end - start).days > 30:
            return error(400, "InvalidInput", "dataStartTime and dataEndTime are no range of at most 30 days")
        if (spec["reportType"] == TRAFFIC) is not ("reportOptions" in spec):
            return error(400, "InvalidInput", "reportOptions are invalid for this reportType")
        job = self.jobs.create({**spec, "createdTime": zulu(self.clock.wall())})
        return Reply.json(202, {"reportId": job.id})

    def _told(self, job: FakeReportJob) -> dict[str, Any]:
        shift = timedelta(days=-30 if job.ending == "wrong_range" else 0)
        told = {name: job.spec[name] for name in ("reportType", "marketplaceIds", "createdTime")}
        told |= {
            name: (datetime.fromisoformat(job.spec[name]) + shift).isoformat()
            for name in ("dataStartTime", "dataEndTime")
        }
        told |= {"reportId": job.id, "processingStatus": STATES.get(job.state, "DONE")}
        if told["processingStatus"] == "DONE":
            told["reportDocumentId"] = f"amzn1.spdoc.1.4.na.{job.id}"
        return told

    def _listed(self, request: Received) -> Reply:
        asked = request.parameters
        if set(asked) - _LISTING or "reportTypes" not in asked or int(asked.get("pageSize", "10")) > 100:
            return error(400, "InvalidInput", "Request has unknown parameters")
        since = datetime.fromisoformat(asked["createdSince"])
        jobs = [
            self._told(job)
            for job in reversed(self.jobs.made)
            if job.spec["reportType"] in asked["reportTypes"].split(",")
            # createdTime is told in whole seconds
            and datetime.fromisoformat(job.spec["createdTime"]) >= since.replace(microsecond=0)
        ]
        return Reply.json(200, {"reports": jobs[:100]})

    def _polled(self, request: Received) -> Reply:
        job = self.jobs.poll(request.path.rpartition("/")[2])
        if job is None or request.parameters:
            return error(404 if job is None else 400, "InvalidInput", "No such report, or unknown parameters")
        return Reply.json(200, self._told(job))

    def _located(self, request: Received) -> Reply:
        job = self.jobs.find(request.path.rpartition(".")[2])
        if job is None or set(request.parameters) - {"enableContentEncodingUrlHeader"}:
            return error(
                404 if job is None else 400, "InvalidInput", "No such document, or unknown parameters"
            )
        body = {
            "reportDocumentId": request.path.removeprefix(DOCUMENTS),
            "url": f"{self.url}/files/{job.id}?X-Amz-Signature=planted-{job.downloads}",
        }
        # one kind comes plain, so that both forms of a document are read
        packed = {} if job.spec["reportType"] == RETURNS else {"compressionAlgorithm": "GZIP"}
        return Reply.json(200, {**body, **packed})

    def _file(self, job_id: str) -> Reply:
        job = self.jobs.find(job_id)
        if job is None or not self.jobs.may_download(job):
            return Reply(403, "<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
        return Reply.file(self.document(job))

    def document(self, job: FakeReportJob) -> ServedFile:
        """The file of a report."""
        kind, is_empty = job.spec["reportType"], job.ending == "empty"
        start, end = (datetime.fromisoformat(job.spec[name]) for name in ("dataStartTime", "dataEndTime"))
        if kind in (ORDERS, RETURNS):
            stream, columns = (
                ("orders", made.ORDER_COLUMNS) if kind == ORDERS else ("returns", made.RETURN_COLUMNS)
            )
            # the end belongs to a report's range: what is exactly on it comes in two windows
            found = [] if is_empty else self.world.entries(stream, lambda e: start <= e.at <= end)
            return ServedFile(
                rows=[dict(e.raw) for e in found], format="tsv", columns=tuple(columns), gzip=kind == ORDERS
            )
        if kind == HEALTH:
            day = date.fromisoformat(job.spec["dataStartTime"][:10])
            for entry in made.health_entries(day, self.health):
                self.world.put("account_health", entry)
            status = {"accountStatuses": [{"marketplaceId": self.marketplace, "status": "NORMAL"}]}
            return ServedFile(
                rows=[deepcopy(self.health)],
                format="json",
                gzip=True,
                envelope=status,
                path="performanceMetrics",
            )
        return self._traffic_document(job, is_empty=is_empty)

    def _traffic_document(self, job: FakeReportJob, *, is_empty: bool) -> ServedFile:
        first, last = (job.spec[name][:10] for name in ("dataStartTime", "dataEndTime"))
        if first not in {key[:10] for key in self.world.streams["sales_traffic"]}:
            self.traffic_of(date.fromisoformat(first), Decimal("16.79"))  # Amazon leaves no day out
        found = self.world.entries("sales_traffic", lambda e: first <= e.key[:10] <= last)
        envelope = {
            "reportSpecification": {
                **{name: job.spec[name] for name in ("reportType", "reportOptions", "marketplaceIds")},
                "dataStartTime": first,
                "dataEndTime": last,
            },
            "salesAndTrafficByDate": [
                deepcopy(e.raw) for e in found if "salesByDate" in e.raw and not is_empty
            ],
        }
        rows = [deepcopy(e.raw) for e in found if "salesByAsin" in e.raw and not is_empty]
        return ServedFile(
            rows=rows, format="json", gzip=True, envelope=envelope, path="salesAndTrafficByAsin"
        )

    def _stocked(self, request: Received) -> Reply:
        asked = request.parameters
        needed = {"granularityType", "granularityId", "marketplaceIds"}
        is_wrong = (
            set(asked) - _STOCK or not needed <= set(asked) or asked["granularityType"] != "Marketplace"
        )
        if is_wrong or {asked["granularityId"], asked["marketplaceIds"]} != {self.marketplace}:
            return error(400, "InvalidInput", "Request has unknown or missing parameters")
        has_details = asked.get("details") == "true"
        # the first page: what is told from here on stands for the day's end
        if has_details and "nextToken" not in asked:
            self.freeze()
        rows = sorted(self.stock, key=lambda row: str(row["sellerSku"]))
        if "startDateTime" in asked:
            rows = [row for row in rows if row["lastUpdatedTime"] > asked["startDateTime"]]
        page, token = self._page(rows, asked.get("nextToken"), is_empty=False)
        if page is None:
            return error(400, "InvalidInput", "nextToken is invalid")
        kept = [{k: v for k, v in row.items() if has_details or k != "inventoryDetails"} for row in page]
        body: dict[str, Any] = {
            "payload": {
                "granularity": {"granularityType": "Marketplace", "granularityId": self.marketplace},
                "inventorySummaries": deepcopy(kept),
            }
        }
        return Reply.json(200, body | ({"pagination": {"nextToken": token}} if token else {}))

    def _moved(self, request: Received) -> Reply:
        asked = request.parameters
        if set(asked) - _MONEY or "postedAfter" not in asked or "postedBefore" not in asked:
            return error(400, "InvalidInput", "Request has unknown or missing parameters")
        after, before = (datetime.fromisoformat(asked[name]) for name in ("postedAfter", "postedBefore"))
        # the API takes no end within two minutes of now
        if before > self.clock.wall() - timedelta(minutes=2) or after >= before:
            return error(400, "InvalidInput", "Date range is invalid")
        if (before - after).days > 180:  # no refusal: Amazon answers nothing at all
            return Reply.json(200, {"payload": {"transactions": []}})
        found = [deepcopy(e.raw) for e in self.world.entries("finances", lambda e: after <= e.at < before)]
        page, token = self._page(found, asked.get("nextToken"), is_empty=self.empty_page)
        if page is None:
            return error(400, "InvalidInput", "nextToken is invalid")
        return Reply.json(200, {"payload": {"transactions": page, **({"nextToken": token} if token else {})}})

    def _page(
        self, rows: list[Any], token: str | None, *, is_empty: bool
    ) -> tuple[list[Any] | None, str | None]:
        """A page and the token of the next; with `is_empty` the second page is empty and promises a third."""
        if token is not None and not token.startswith("next-"):
            return None, None
        number = int(token.removeprefix("next-")) if token else 0
        if is_empty and number == 1:
            return [], "next-2"
        at = (number - 1 if is_empty and number > 1 else number) * self.page
        return rows[at : at + self.page], f"next-{number + 1}" if at + self.page < len(rows) else None

    def _single(self, request: Received) -> Reply:
        wanted = request.path.removeprefix(ORDER)
        if set(request.parameters) - {"includedData"}:
            return error(400, "InvalidInput", "Request has unknown parameters")
        lines = self.world.entries("orders", lambda e: e.raw["amazon-order-id"] == wanted)
        if not lines:
            return error(404, "NotFound", "The order does not exist")
        first = lines[0].raw
        order = {
            "orderId": wanted,
            "createdTime": first["purchase-date"],
            "lastUpdatedTime": first["last-updated-date"],
            "salesChannel": {"channelName": "AMAZON", "marketplaceId": self.marketplace},
            "fulfillment": {"fulfillmentStatus": "SHIPPED", "fulfilledBy": "AMAZON"},
            "buyer": {"buyerName": "Jane Planted"},
            "orderItems": [
                {
                    "orderItemId": f"{number:014d}",
                    "quantityOrdered": int(line.raw["quantity"]),
                    "product": {"asin": line.raw["asin"], "sellerSku": line.raw["sku"]},
                }
                for number, line in enumerate(lines, 1)
            ],
        }
        return Reply.json(200, {"order": order})

    # -- words

    def throttled(self, retry_after: str | None) -> Reply:
        """Too many requests."""
        headers = {} if retry_after is None else {"Retry_After": retry_after}
        words = "You exceeded your quota for the requested resource."
        return Reply.json(
            429, {"errors": [{"code": "QuotaExceeded", "message": words, "details": ""}]}, **headers
        )

    def error_in_200(self) -> Reply:
        """An empty list of errors where data was asked for."""
        return Reply.json(200, {"errors": []})

    def unauthorised(self) -> Reply:
        """The access token is not accepted any more: Amazon says so with 403."""
        return error(
            403,
            "Unauthorized",
            "Access to requested resource is denied.",
            "The access token you provided has expired.",
        )

    def forbidden(self) -> Reply:
        """The app lacks a role."""
        return error(403, "Unauthorized", "Access to requested resource is denied.")

    def server_error(self, status: int = 503) -> Reply:
        """A trouble of Amazon's own."""
        return error(status, "InternalFailure", "We encountered an internal error. Please try again.")

    def creates(self, request: Received) -> bool:
        """A report begins."""
        return request.method == "POST" and request.path == REPORTS

    def costs(self, request: Received) -> Iterable[tuple[str, float]]:
        """Each operation has a budget of its own; files and tokens are served elsewhere."""
        if request.path == REPORTS and request.method == "POST":
            kind = (request.json or {}).get("reportType")
            return [("createReport", 1.0), *([(TRAFFIC, 1.0)] if kind == TRAFFIC else [])]
        paths = {
            REPORTS: "getReports",
            STOCK: "getInventorySummaries",
            TRANSACTIONS: "listTransactions",
        }
        if request.path in paths:
            return [(paths[request.path], 1.0)]
        if request.path.startswith(f"{REPORTS}/"):
            return [("getReport", 1.0)]
        return [("getReportDocument", 1.0)] if request.path.startswith(DOCUMENTS) else []


def error(status: int, code: str, message: str, details: str = "") -> Reply:
    """Amazon's words for trouble."""
    return Reply.json(status, {"errors": [{"code": code, "message": message, "details": details}]})

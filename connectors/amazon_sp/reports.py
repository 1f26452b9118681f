"""How Amazon makes a report (Reports API 2021-06-30): createReport, getReport, getReportDocument, getReports.

Belongs here: the life of a report of any type. Not here: what is in it (the stream modules), waiting and remembering
(connectors/kit/contract/reports.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.amazon_sp import library
from connectors.amazon_sp.limits import within
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.documents import Format, Location
from connectors.kit.contract.errors import SchemaDrift
from connectors.kit.contract.fields import Row
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.reports import JobState, Report, ReportFile, Status
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Limit
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import iso

# developer-docs.amazon.com/sp-api/docs/reports-api-v2021-06-30-reference
REPORTS, DOCUMENTS = "/reports/2021-06-30/reports", "/reports/2021-06-30/documents/{}"
CLOCKS = timedelta(minutes=5)  # how far our clock and Amazon's may differ
_LOOKED_AT = 100  # reports of one type created since then; getReports lists no more at once (pageSize)
# CANCELLED is not among them: what it means depends on the report type (ReportKind.read)
_STATES = {
    "IN_QUEUE": JobState.QUEUED,
    "IN_PROGRESS": JobState.RUNNING,
    "DONE": JobState.READY,
    "FATAL": JobState.FAILED,
}
KEPT = ("processingStatus", "reportType", "dataStartTime", "dataEndTime")


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """One report type.

    Args:
        name: Amazon's name of it.
        options: its reportOptions, for an account.
        by_date: Amazon ignores the time of day of the asked range.
        empty_reason: why a cancelled report of this type means "no data"; without it CANCELLED is a failure.
        doubts_empty: a cancelled report is asked for once more: it was seen on days that had data, too.
        before_end: how far before the end of a window to stop asking, where a row of the next day would be a fault.
        is_snapshot: Amazon states how things are now and may not repeat the range; it only tells one day's question from
            another's.
        shared: the budget of createReport, where it is not the seller's own.
    """

    name: str
    options: Callable[[AccountSettings], dict[str, Json]] | None = None
    by_date: bool = False
    before_end: timedelta = timedelta(0)
    is_snapshot: bool = False
    empty_reason: str = ""
    doubts_empty: bool = False
    shared: Callable[[AccountSettings, str], Limit] | None = None

    def span(self, query: PageQuery) -> tuple[str, str]:
        """The asked range as Amazon takes it: with both ends."""
        # Amazon reads the date alone: the local day is sent as if it were one of UTC
        if self.by_date:
            return f"{query.first_day}T00:00:00Z", f"{query.last_day}T00:00:00Z"
        return iso(query.window.start), iso(query.window.end - self.before_end)

    def create(self, query: PageQuery) -> Request:
        """The question for a report of one marketplace (createReport)."""
        start, end = self.span(query)
        spec: dict[str, Json] = {
            "reportType": library.report_type(self.name),
            "dataStartTime": start,
            "dataEndTime": end,
            "marketplaceIds": [library.marketplace_id(query.account)],
        }
        if self.options is not None:
            spec["reportOptions"] = self.options(query.account)
        request = library.post(REPORTS, spec)
        if self.shared is not None:
            return replace(request, limit=self.shared(query.account, self.name))
        return within(request, query.account, "createReport")

    def read(self, body: Json) -> Status:
        """What getReport says."""
        said = dig(body, "processingStatus")
        if said == "CANCELLED":
            state = JobState.EMPTY if self.empty_reason else JobState.FAILED
            return Status(state, "CANCELLED")
        if said not in _STATES:
            raise SchemaDrift("the report is in a state that Amazon does not document")
        return Status(_STATES[said], "FATAL" if said == "FATAL" else "")

    def listed(self, query: PageQuery, asked_at: datetime) -> Request:
        """Which reports were created since then: one may be ours, its id unseen (getReports)."""
        request = library.get(
            REPORTS,
            reportTypes=[library.report_type(self.name)],
            marketplaceIds=[library.marketplace_id(query.account)],
            createdSince=iso(asked_at.replace(microsecond=0) - CLOCKS),
            pageSize=_LOOKED_AT,
        )
        return within(request, query.account, "getReports")

    def found(self, body: Json, query: PageQuery) -> str | None:
        """The newest report of that list with exactly the asked type and range."""
        listed = dig(body, "reports")
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise SchemaDrift("the list of reports is no list of objects")
        mine = [one for one in listed if self.is_asked(one, query)]
        # the newest: the same range may have been asked before, when its figures were older
        return str(dig(max(mine, key=_created), "reportId")) if mine else None

    def is_asked(self, report: Json, query: PageQuery) -> bool:
        """Whether a report's own words fit the question."""
        told = (report.get("dataStartTime"), report.get("dataEndTime"))
        return (
            report.get("reportType") == self.name
            and (report.get("marketplaceIds") or []) == [library.marketplace_id(query.account)]
            and all(self._same(a, b) for a, b in zip(told, self.span(query), strict=True))
        )

    def _same(self, told: Json, asked: str) -> bool:
        if not isinstance(told, str):
            return self.is_snapshot and told is None
        if self.by_date:
            return told[:10] == asked[:10]
        return _instant(told) == _instant(asked)


def report(
    kind: ReportKind,
    file: Format,
    *,
    cool_down: timedelta,
    assemble: Callable[..., object],
    wire: type[Row] | None = None,
    echo: Callable[[PageQuery, Json], bool] = lambda _query, _head: True,  # flat files have no head
) -> Report:
    """The declaration of a report type."""
    return Report(
        create=kind.create,
        created=lambda body: dig(body, "reportId"),
        status=_status,
        read=kind.read,
        served=ReportFile(format=file, location=_location, document=_document),
        keeps=KEPT,
        echo=lambda query, head, status: kind.is_asked(status, query) and echo(query, head),
        find=(kind.listed, kind.found),
        cool_down=cool_down,
        empty_reason=kind.empty_reason,
        doubts_empty=kind.doubts_empty,
        assemble=assemble,
        wire=wire,
    )


def _status(query: PageQuery, report_id: str) -> Request:
    return within(library.get(f"{REPORTS}/{{}}", report_id), query.account, "getReport")


def _document(query: PageQuery, status: Json) -> Request:
    request = library.get(DOCUMENTS, str(dig(status, "reportDocumentId")))
    return within(request, query.account, "getReportDocument")


def _location(body: Json) -> Location:
    packed = body.get("compressionAlgorithm")
    # Amazon's model: the field is absent where the file is not compressed
    if packed not in (None, "GZIP"):
        raise SchemaDrift("the report is compressed in a way that Amazon does not document")
    return Location(str(dig(body, "url")), is_gzip=packed == "GZIP")


def _created(report: Json) -> datetime:
    return _instant(dig(report, "createdTime"))


def _instant(text: Json) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, TypeError):
        raise SchemaDrift("a report is dated by something that is no instant") from None

"""How Amazon Ads makes a report (reporting version 3): campaigns by day, one type per advertising product.

Belongs here: asking, columns, states, the file. Not here: what a row holds (rows.py). How it works:
advertising.amazon.com/API/docs/en-us/guides/reporting/v3/get-started
"""

from collections.abc import Callable

from connectors.amazon_ads.errors import duplicate
from connectors.amazon_ads.rows import BASES, CLICK_DAYS
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.documents import JsonList, Location
from connectors.kit.contract.errors import SchemaDrift, SettingWrong
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.reports import JobState, Report, ReportFile, Status
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window

REPORTS = "/reporting/reports"
# the version of the reporting interface stands in this media type, not in the path
CREATE = "application/vnd.createasyncreportrequest.v3+json"
COMMON = field_lists(__file__)["campaigns"].asked
_STATES = {
    "PENDING": JobState.QUEUED,
    "PROCESSING": JobState.RUNNING,
    "COMPLETED": JobState.READY,
    "FAILED": JobState.FAILED,
}


def columns_by_click(account: AccountSettings) -> tuple[str, ...]:
    """Sales of Sponsored Products, attributed within the days that the account asks for."""
    days = account.whole_number("attribution_days", 7)
    if days not in CLICK_DAYS:
        raise SettingWrong("setting attribution_days must be 1, 7, 14 or 30")
    return (*COMMON, f"purchases{days}d", f"sales{days}d")


def columns_by_basis(account: AccountSettings) -> tuple[str, ...]:
    """Sales of Sponsored Brands and Display, after clicks and views or after clicks only."""
    basis = account.settings.get("attribution_basis", "all")
    if basis not in BASES:
        raise SettingWrong("setting attribution_basis must be all or clicks")
    ending = "" if basis == "all" else "Clicks"
    return (*COMMON, *(f"{name}{ending}" for name in ("purchases", "sales", "newToBrandPurchases")))


def profile(account: AccountSettings, _window: Window) -> Request:
    """Zone and currency of the profile."""
    return Request("GET", f"/v2/profiles/{account.setting('profile_id')}")


def _created(body: Json) -> str:
    found = body.get("reportId") or duplicate(body)
    if not isinstance(found, str):
        raise SchemaDrift("the answer names no report")
    return found


def _status(_query: PageQuery, report_id: str) -> Request:
    return Request("GET", f"{REPORTS}/{report_id}")


def _read(body: Json) -> Status:
    state = _STATES.get(str(dig(body, "status")))
    if state is None:
        raise SchemaDrift("a report is in a state that the connector does not know")
    return Status(state, why="FAILED" if state is JobState.FAILED else "")


def _location(body: Json) -> Location:
    url, size = dig(body, "url"), dig(body, "fileSize")
    if not isinstance(url, str) or not isinstance(size, int) or isinstance(size, bool):
        raise SchemaDrift("a report is completed but has no address or size")
    return Location(url, is_gzip=True, size=size)


def campaign_report(
    ad_product: str, report_type: str, columns: Callable[[AccountSettings], tuple[str, ...]]
) -> Report:
    """The report of one advertising product by campaign and day."""

    def configuration(account: AccountSettings) -> dict[str, Json]:
        return {
            "adProduct": ad_product,
            "reportTypeId": report_type,
            "groupBy": ["campaign"],
            "timeUnit": "DAILY",
            "columns": list(columns(account)),
            "format": "GZIP_JSON",
        }

    def create(query: PageQuery) -> Request:
        body: dict[str, Json] = {
            "startDate": query.first_day.isoformat(),
            "endDate": query.last_day.isoformat(),
            "configuration": configuration(query.account),
        }
        return Request("POST", REPORTS, json=body, headers=(("Content-Type", CREATE),))

    def echo(query: PageQuery, _head: Json, status: Json) -> bool:
        asked, told = configuration(query.account), dig(status, "configuration")
        same = all(dig(told, name) == asked[name] for name in ("adProduct", "reportTypeId", "timeUnit"))
        days = (dig(status, "startDate"), dig(status, "endDate"))
        return (
            same
            # as sets: rows are objects by name, so that the order of their columns says nothing
            and set(dig(told, "columns")) == set(asked["columns"])
            and days == (query.first_day.isoformat(), query.last_day.isoformat())
        )

    return Report(
        create=create,
        created=_created,
        status=_status,
        read=_read,
        served=ReportFile(format=JsonList(), location=_location),
        echo=echo,
        keeps=("startDate", "endDate", "fileSize"),
        poll=(15.0, 120.0),  # made within minutes, at the latest within three hours
    )

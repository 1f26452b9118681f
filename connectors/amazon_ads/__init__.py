"""Amazon Ads: Sponsored Products, Brands and Display by campaign and day, from reporting version 3.

Belongs here: what is asked for and what Amazon's answers mean. Not here: what a row holds (rows.py). See README.md.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from requests import PreparedRequest

from connectors.amazon_ads.rows import (
    BASES,
    CLICK_DAYS,
    BasisDay,
    ProductsDay,
    basis_record,
    brands_key,
    display_key,
    products_key,
    products_record,
)
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.documents import JsonList, Location
from connectors.kit.contract.errors import KitError, SchemaDrift, SettingWrong, Transient
from connectors.kit.contract.oauth import OAuth, bearer_grant, refresh_form
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.proofs import Document, Every, SameBooks
from connectors.kit.contract.reports import JobState, Report, Status
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.signing_context import Desk
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window

TOKENS = "https://api.amazon.com/auth/o2/token"
REPORTS = "/reporting/reports"
CREATE = "application/vnd.createasyncreportrequest.v3+json"
REQUESTS_PER_MINUTE = 60  # Amazon names no number: its limits are dynamic (Rate limiting, read 2026-11)
COMMON = ("date", "campaignId", "campaignBudgetCurrencyCode", "impressions", "clicks", "cost")

_STATES = {
    "PENDING": JobState.QUEUED,
    "PROCESSING": JobState.RUNNING,
    "COMPLETED": JobState.READY,
    "FAILED": JobState.FAILED,
}
_DUPLICATE = re.compile(r"duplicate of\s*:?\s*([0-9A-Za-z-]{1,80})")


def _place(prepared: PreparedRequest, account: AccountSettings, token: str, desk: Desk) -> None:  # noqa: ARG001
    prepared.headers["Authorization"] = f"Bearer {token}"
    prepared.headers["Amazon-Advertising-API-ClientId"] = account.setting("client_id")
    prepared.headers["Amazon-Advertising-API-Scope"] = account.setting("profile_id")


def _products_columns(account: AccountSettings) -> tuple[str, ...]:
    days = account.whole_number("attribution_days", 7)
    if days not in CLICK_DAYS:
        raise SettingWrong("setting attribution_days must be 1, 7, 14 or 30")
    return (*COMMON, f"purchases{days}d", f"sales{days}d")


def _basis_columns(account: AccountSettings) -> tuple[str, ...]:
    basis = account.settings.get("attribution_basis", "all")
    if basis not in BASES:
        raise SettingWrong("setting attribution_basis must be all or clicks")
    ending = "" if basis == "all" else "Clicks"
    return (*COMMON, *(f"{name}{ending}" for name in ("purchases", "sales", "newToBrandPurchases")))


def _configuration(kind: tuple[str, str], columns: tuple[str, ...]) -> dict[str, Json]:
    ad_product, report_type = kind
    return {
        "adProduct": ad_product,
        "reportTypeId": report_type,
        "groupBy": ["campaign"],
        "timeUnit": "DAILY",
        "columns": list(columns),
        "format": "GZIP_JSON",
    }


def _created(body: Json) -> str:
    """The new report's id, or that of the report that Amazon is already making of the same question."""
    found = body.get("reportId") or _duplicate(body)
    if not isinstance(found, str):
        raise SchemaDrift("the answer names no report")
    return found


def _duplicate(body: Json) -> str | None:
    found = _DUPLICATE.search(str(body.get("detail", ""))) if isinstance(body, dict) else None
    return found.group(1) if found else None


def _status(ask: Ask, report_id: str) -> Request:  # noqa: ARG001 - the kit passes both
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


def _report(kind: tuple[str, str], columns: Callable[[AccountSettings], tuple[str, ...]]) -> Report:
    def create(ask: Ask) -> Request:
        body: dict[str, Json] = {
            "startDate": ask.first_day.isoformat(),
            "endDate": ask.last_day.isoformat(),
            "configuration": _configuration(kind, columns(ask.account)),
        }
        return Request("POST", REPORTS, json=body, headers=(("Content-Type", CREATE),))

    def echo(ask: Ask, head: Json, status: Json) -> bool:  # noqa: ARG001 - the file says nothing of itself
        asked, told = _configuration(kind, columns(ask.account)), dig(status, "configuration")
        same = all(dig(told, name) == asked[name] for name in ("adProduct", "reportTypeId", "timeUnit"))
        days = (dig(status, "startDate"), dig(status, "endDate"))
        return (
            same
            and set(dig(told, "columns")) == set(asked["columns"])
            and days == (ask.first_day.isoformat(), ask.last_day.isoformat())
        )

    return Report(
        create=create,
        created=_created,
        status=_status,
        read=_read,
        location=_location,
        format=JsonList(),
        echo=echo,
        keeps=("startDate", "endDate", "fileSize"),
        poll=(15.0, 120.0),  # made within minutes, at the latest within three hours
    )


def _profile(account: AccountSettings, window: Window) -> Request:  # noqa: ARG001 - the kit passes both
    return Request("GET", f"/v2/profiles/{account.setting('profile_id')}")


def _stream(
    name: str,
    kind: tuple[str, str],
    model: Any,
    reading: tuple[Callable[[Any], str], Callable[[Any], dict[str, Json]]],
    columns: Callable[[AccountSettings], tuple[str, ...]],
) -> Stream[Any]:
    key, record = reading
    return Stream(
        name=name,
        model=model,
        key=key,
        day=lambda row: row.date,
        payload=record,
        feeds=("ad",),
        report=_report(kind, columns),
        cursor_kind="day",
        max_window_days=31,
        most_window_days=31,  # the most that one report may span
        lookback=timedelta(days=29, hours=12),  # to a noon: 30 whole days also over a change of clocks
        lookback_reason="Amazon restates conversions 1, 7 and 28 days after them; one report of 31 days covers it every day",
        lag=timedelta(hours=12),  # clicks and impressions of a day are there 12 hours after it
        limit="{shop_id}",
        rate=lambda account: Rate(
            account.whole_number("requests_per_minute", REQUESTS_PER_MINUTE, most=6000), seconds=60, burst=5
        ),
        proof=Every(
            Document(distinct=True),
            SameBooks(
                _profile,
                {"timezone": None, "currencyCode": None},
                lambda body: (dig(body, "timezone"), dig(body, "currencyCode")),
            ),
        ),
        finality_days=42,  # 14 days of attribution and 28 of restatement
        shaping_settings=("profile_id",),
        docs="https://advertising.amazon.com/API/docs/en-us/guides/reporting/v3/report-types/campaign",
    )


class AmazonAds(Connector):
    """One advertising profile: an advertiser in one marketplace."""

    name = "amazon_ads"
    platform = "amazon"
    auth = OAuth(refresh_form(TOKENS), bearer_grant, _place)
    settings = ("client_id", "attribution_days", "attribution_basis", "requests_per_minute")
    streams = (
        _stream(
            "sponsored_products",
            ("SPONSORED_PRODUCTS", "spCampaigns"),
            ProductsDay,
            (products_key, products_record),
            _products_columns,
        ),
        _stream(
            "sponsored_brands",
            ("SPONSORED_BRANDS", "sbCampaigns"),
            BasisDay,
            (brands_key, basis_record),
            _basis_columns,
        ),
        _stream(
            "sponsored_display",
            ("SPONSORED_DISPLAY", "sdCampaigns"),
            BasisDay,
            (display_key, basis_record),
            _basis_columns,
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """Status codes; a 425 that names the report it duplicates is as good as a new one."""
        if status == 425 and _duplicate(body):
            return None
        if status < 300 and isinstance(body, dict) and "detail" in body:
            return Transient("the platform sent an error document instead of data")
        return by_status(status) or error_document(body)

"""Amazon Ads: Sponsored Products, Brands and Display by campaign and day, from reporting version 3.

Belongs here: the streams and why each is whole. Not here: the reports (reports.py), signing (signing.py), what answers mean
(errors.py), what a row holds (rows.py). See README.md.
"""

from datetime import timedelta
from typing import Any

from connectors.amazon_ads.errors import trouble
from connectors.amazon_ads.reports import campaign_report, columns_by_basis, columns_by_click, profile
from connectors.amazon_ads.rows import (
    BasisDay,
    ProductsDay,
    basis_record,
    brands_key,
    display_key,
    products_key,
    products_record,
)
from connectors.amazon_ads.signing import LOGIN
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.proofs import Every, SameBooks, WholeReport
from connectors.kit.contract.reports import Report
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import per_minute
from connectors.kit.contract.stream import ByDay, Record, Reported, Stream
from connectors.kit.contract.strict_json import dig

REQUESTS_PER_MINUTE = 60  # Amazon names no number: its limits are dynamic (Rate limiting, read 2026-11)
LONGEST_REPORT = 31  # days: advertising.amazon.com/API/docs/en-us/guides/reporting/v3/report-types/campaign
# the days of a report are those of the profile: another zone or currency would put every figure wrong
SAME_BOOKS = SameBooks(
    profile,
    {"timezone": None, "currencyCode": None},
    lambda body: (dig(body, "timezone"), dig(body, "currencyCode")),
)


def _stream(name: str, report: Report, record: Record[Any]) -> Stream[Any]:
    return Stream(
        name=name,
        feeds=("ad",),
        windows=ByDay(
            max_window_days=LONGEST_REPORT,
            most_window_days=LONGEST_REPORT,
            lookback=timedelta(days=29, hours=12),  # to a noon: 30 whole days also over a change of clocks
            lookback_reason="Amazon restates conversions 1, 7 and 28 days after them; one report of 31 days covers it every day",
            lag=timedelta(hours=12),  # clicks and impressions of a day are there 12 hours after it
        ),
        read=Reported(report=report),
        record=record,
        # Amazon states no number of rows: size, end, echo and distinct keys of the file stand in for it
        proof=Every(WholeReport(distinct=True), SAME_BOOKS),
        limit="{shop_id}",
        rate=per_minute(REQUESTS_PER_MINUTE, most=6000, burst=5),
        finality_days=42,  # 14 days of attribution and 28 of restatement
        docs="https://advertising.amazon.com/API/docs/en-us/guides/reporting/v3/report-types/campaign",
        shaping_settings=("profile_id",),
    )


class AmazonAds(Connector):
    """One advertising profile: an advertiser in one marketplace."""

    name = "amazon_ads"
    platform = "amazon"
    auth = LOGIN
    settings = ("client_id", "attribution_days", "attribution_basis", "requests_per_minute")
    streams = (
        _stream(
            "sponsored_products",
            campaign_report("SPONSORED_PRODUCTS", "spCampaigns", columns_by_click),
            Record(model=ProductsDay, key=products_key, day=lambda row: row.date, payload=products_record),
        ),
        _stream(
            "sponsored_brands",
            campaign_report("SPONSORED_BRANDS", "sbCampaigns", columns_by_basis),
            Record(model=BasisDay, key=brands_key, day=lambda row: row.date, payload=basis_record),
        ),
        _stream(
            "sponsored_display",
            campaign_report("SPONSORED_DISPLAY", "sdCampaigns", columns_by_basis),
            Record(model=BasisDay, key=display_key, day=lambda row: row.date, payload=basis_record),
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """See errors.py."""
        return trouble(answer)

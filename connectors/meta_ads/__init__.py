"""Meta ads (Facebook, Instagram): campaign days added up from ads, read as asynchronous insights.

Belongs here: the stream and why it is whole. Not here: the report (reports.py), what else is asked for (requests.py), what
answers mean (errors.py), what a row holds (rows.py). See README.md.
"""

from datetime import timedelta

from connectors.kit.contract.auth import HeaderToken
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.proofs import Every, SameBooks, Sums, WholeReport
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import Bucket, Rate
from connectors.kit.contract.stream import ByDay, Record, Reported, Stream
from connectors.meta_ads.errors import trouble, usage
from connectors.meta_ads.reports import INSIGHTS, LISTS
from connectors.meta_ads.requests import TOTALS, account_itself, books, totals
from connectors.meta_ads.rows import MetaCampaignDay, day_key, day_record

# of the lowest access tier, before 400 more for each active ad:
# developers.facebook.com/docs/graph-api/overview/rate-limiting (Ads Insights)
REQUESTS_PER_HOUR = 600
NEARLY_USED_UP = 95  # percent of a budget


class MetaAds(Connector):
    """One ad account, read with a system user's token."""

    name = "meta_ads"
    platform = "meta"
    auth = HeaderToken("Authorization", prefix="Bearer ")
    settings = ("attribution", "purchase_action", "requests_per_hour")
    streams = (
        Stream(
            name="insights",
            feeds=("ad",),
            windows=ByDay(
                max_window_days=29,  # one report for the 28 days of look-back and the day itself
                lookback=timedelta(
                    days=27, hours=12
                ),  # to a noon: 28 whole days also over a change of clocks
                lookback_reason="Meta changes insights for 28 days after the day, then they are frozen",
                lag=timedelta(hours=3),
            ),
            read=Reported(report=INSIGHTS),
            record=Record(
                model=MetaCampaignDay,
                key=day_key,
                day=lambda row: row.date_start,
                payload=day_record,
                pii=LISTS["insights"].personal,
                unused=LISTS["insights"].unused,
            ),
            proof=Every(
                WholeReport(),
                Sums(totals, "data", TOTALS),
                SameBooks(account_itself, {"currency": None, "timezone_name": None}, books),
            ),
            limit="{shop_id}",
            rate=lambda account: Rate(
                account.whole_number("requests_per_hour", REQUESTS_PER_HOUR), seconds=3600, burst=10
            ),
            finality_days=28,
            docs=LISTS["insights"].docs,
            shaping_settings=("ad_account_id",),
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """Meta's error object counts whatever the status."""
        return trouble(answer)

    def learn(self, bucket: Bucket, now: float, answer: HttpAnswer) -> None:
        """A budget that is nearly used up is given a minute to recover before Meta blocks the account for many."""
        if usage(answer.headers) >= NEARLY_USED_UP:
            bucket.drain(now, 60.0)

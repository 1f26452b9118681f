"""Google Ads: campaigns by day through REST search, counted by Google itself.

Belongs here: the stream and why it is whole. Not here: what is asked for (requests.py), signing (signing.py), what answers mean
(errors.py), what a row holds (rows.py). See README.md.
"""

from datetime import timedelta

from connectors.google_ads.errors import trouble
from connectors.google_ads.requests import FIELDS, books, campaigns, customer, filled
from connectors.google_ads.rows import GoogleCampaignDay, day_key, day_record
from connectors.google_ads.signing import TOKEN
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.pagers import Token
from connectors.kit.contract.proofs import Every, SameBooks, Total
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.stream import ByDay, Paged, Record, Stream

# of a developer token with basic access: developers.google.com/google-ads/api/docs/access-levels
OPERATIONS_PER_DAY = 15_000
REQUESTS_PER_MINUTE = 60  # Google names no number; it answers with a wished pause instead


def _rate(account: AccountSettings) -> Rate:
    return Rate(
        account.whole_number("requests_per_minute", REQUESTS_PER_MINUTE, most=6000),
        seconds=60,
        burst=5,
        per_day=account.whole_number("operations_per_day", OPERATIONS_PER_DAY),
    )


class GoogleAds(Connector):
    """One customer of Google Ads, by itself or through a manager account."""

    name = "google_ads"
    platform = "google"
    auth = TOKEN
    settings = ("client_id", "login_customer_id", "requests_per_minute", "operations_per_day")
    streams = (
        Stream(
            name="campaigns",
            feeds=("ad",),
            windows=ByDay(
                max_window_days=31,
                lookback=timedelta(
                    days=29, hours=12
                ),  # to a noon: 30 whole days also over a change of clocks
                lookback_reason="conversions are credited to the day of the click for 30 days after it, unless set otherwise",
                lag=timedelta(hours=3),  # support.google.com/google-ads/answer/2544985 (data freshness)
            ),
            read=Paged(
                request=campaigns,
                pager=Token("nextPageToken"),
                records="results",
                # kept for `filled`: without the field mask an empty answer cannot be told from no answer
                envelope={"fieldMask": None},
                prepare=filled,
            ),
            record=Record(
                model=GoogleCampaignDay,
                key=day_key,
                day=lambda row: row.segments.date,
                payload=day_record,
                pii=FIELDS.personal,
                unused=FIELDS.unused,
            ),
            proof=Every(
                Total("totalResultsCount"),
                SameBooks(
                    customer, {"results": {"customer": {"timeZone": None, "currencyCode": None}}}, books
                ),
            ),
            limit="developer_token",  # the quota is the token's, whichever customer is asked
            rate=_rate,
            finality_days=30,
            docs=FIELDS.docs,
            shaping_settings=("customer_id",),
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """Google puts the errors of the Ads API inside its own error object."""
        return trouble(answer)

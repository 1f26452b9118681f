"""Google Ads: campaigns by day through REST search, counted by Google itself.

Belongs here: what is asked for. Not here: what answers mean (errors.py), what a row holds (rows.py). See README.md.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from requests import PreparedRequest

from connectors.google_ads.errors import books, filled, verdict
from connectors.google_ads.rows import CampaignDay, day_key, day_record
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import KitError, SettingWrong
from connectors.kit.contract.oauth import OAuth, bearer_grant, refresh_form
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Token
from connectors.kit.contract.proofs import Every, SameBooks, Total
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.signing_context import Desk
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import Window

TOKENS = "https://oauth2.googleapis.com/token"
OPERATIONS_PER_DAY = 15_000  # of a developer token with basic access
REQUESTS_PER_MINUTE = 60  # Google names no number; it answers with a wished pause instead
FIELDS = (
    *("customer.currency_code", "campaign.id", "campaign.advertising_channel_type", "segments.date"),
    *("metrics.impressions", "metrics.clicks", "metrics.cost_micros", "metrics.conversions"),
    *("metrics.conversions_value", "metrics.conversions_by_conversion_date"),
    "metrics.conversions_value_by_conversion_date",
)
# the order makes pages of one query follow each other
CAMPAIGNS = (
    "SELECT {fields} FROM campaign WHERE segments.date BETWEEN '{first}' AND '{last}' "
    "ORDER BY segments.date, campaign.id"
)
BOOKS = "SELECT customer.id, customer.currency_code, customer.time_zone FROM customer"
SETTINGS = {"returnTotalResultsCount": True}


def _place(prepared: PreparedRequest, account: AccountSettings, token: str, desk: Desk) -> None:  # noqa: ARG001
    prepared.headers["Authorization"] = f"Bearer {token}"
    prepared.headers["developer-token"] = account.secret("developer_token")
    if account.settings.get("login_customer_id"):
        prepared.headers["login-customer-id"] = _customer(account, "login_customer_id")


def _customer(account: AccountSettings, name: str = "customer_id") -> str:
    number = account.setting(name).replace("-", "")
    if not re.fullmatch(r"[0-9]{10}", number):
        raise SettingWrong(f"setting {name} must be a customer number of ten digits")
    return number


def _search(account: AccountSettings, body: dict[str, Json]) -> Request:
    return Request("POST", f"/v25/customers/{_customer(account)}/googleAds:search", json=body)


def _campaigns(ask: Ask) -> Request:
    query = CAMPAIGNS.format(fields=", ".join(FIELDS), first=ask.first_day, last=ask.last_day)
    body: dict[str, Json] = {"query": query, "searchSettings": SETTINGS}
    if ask.token:
        body["pageToken"] = ask.token
    return _search(ask.account, body)


def _books(account: AccountSettings, window: Window) -> Request:  # noqa: ARG001 - the kit passes both
    return _search(account, {"query": BOOKS})


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
    auth = OAuth(refresh_form(TOKENS), bearer_grant, _place, names=("developer_token",))
    settings = ("client_id", "login_customer_id", "requests_per_minute", "operations_per_day")
    streams = (
        Stream(
            name="campaigns",
            model=CampaignDay,
            key=day_key,
            day=lambda row: row.segments.date,
            payload=day_record,
            feeds=("ad",),
            request=_campaigns,
            pager=Token("nextPageToken"),
            records="results",
            cursor_kind="day",
            max_window_days=31,
            lookback=timedelta(days=29, hours=12),  # to a noon: 30 whole days also over a change of clocks
            lookback_reason="conversions are credited to the day of the click for 30 days after it, unless set otherwise",
            lag=timedelta(hours=3),
            limit="developer_token",  # the quota is the token's, whichever customer is asked
            rate=_rate,
            proof=Every(
                Total("totalResultsCount"),
                SameBooks(_books, {"results": {"customer": {"timeZone": None, "currencyCode": None}}}, books),
            ),
            finality_days=30,
            pii=("campaign.name", "customer.descriptiveName"),
            unused=("customer.resourceName", "campaign.resourceName"),
            docs="https://developers.google.com/google-ads/api/rest/common/search",
            shaping_settings=("customer_id",),
            envelope={"fieldMask": None},
            prepare=filled,
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """See errors.py."""
        return verdict(status, body)

"""Meta ads (Facebook, Instagram): campaign days added up from ads, read as asynchronous insights.

Belongs here: what is asked for. Not here: what answers mean (errors.py), what a row holds (rows.py). See README.md.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.auth import HeaderToken
from connectors.kit.contract.errors import KitError, SchemaDrift, SettingWrong
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.proofs import Document, Every, SameBooks, Sums
from connectors.kit.contract.reports import Listing, Report
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Bucket, Rate
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.kit.contract.windows import Window, local_day
from connectors.meta_ads.errors import After, state, usage, verdict
from connectors.meta_ads.rows import (
    WINDOWS,
    AdDay,
    CampaignDay,
    attribution,
    campaign_days,
    day_key,
    day_record,
    purchase_action,
)

VERSION = "/v25.0"
REQUESTS_PER_HOUR = 600  # of the lowest access tier, before 400 more for each active ad
FIELDS = (
    *("account_id", "account_currency", "campaign_id", "ad_id", "impressions", "clicks", "spend"),
    *("actions", "action_values"),
)
# all of them: an ad that was deleted still cost money on the days it ran, and is left out unless asked for by status
STATUSES = (
    *("ACTIVE", "ADSET_PAUSED", "ARCHIVED", "CAMPAIGN_PAUSED", "DELETED", "DISAPPROVED", "IN_PROCESS"),
    *("PAUSED", "PENDING_BILLING_INFO", "PENDING_REVIEW", "PREAPPROVED", "WITH_ISSUES"),
)
TOTALS = ("impressions", "clicks")


def _account(account: AccountSettings) -> str:
    number = account.setting("ad_account_id").removeprefix("act_")
    if not re.fullmatch(r"[0-9]{1,20}", number):
        raise SettingWrong("setting ad_account_id must be the number of the ad account")
    return f"{VERSION}/act_{number}"


def _range(first: date, last: date) -> str:
    return dumps({"since": first.isoformat(), "until": last.isoformat()})


def _create(ask: Ask) -> Request:
    windows = WINDOWS[attribution(ask.account.settings)][0]
    purchase_action(ask.account.settings)  # a slip there must not cost a report
    deleted_too: list[Json] = [{"field": "ad.effective_status", "operator": "IN", "value": list(STATUSES)}]
    form = (
        ("level", "ad"),  # purchases vanish at campaign level while they are there at ad level
        ("time_increment", "1"),
        ("time_range", _range(ask.first_day, ask.last_day)),
        ("fields", ",".join(FIELDS)),
        ("action_attribution_windows", dumps(list(windows))),
        ("filtering", dumps(deleted_too)),
    )
    return Request("POST", f"{_account(ask.account)}/insights", form=form)


def _created(body: Json) -> str:
    found = dig(body, "report_run_id")
    return str(found) if isinstance(found, int | str) else ""


def _status(ask: Ask, run: str) -> Request:  # noqa: ARG001 - the kit passes both
    names = (
        "id,account_id,async_status,async_percent_completion,date_start,date_stop,error_code,error_subcode"
    )
    return Request("GET", f"{VERSION}/{run}", params=(("fields", names),))


def _echo(ask: Ask, head: Json, status: Json) -> bool:  # noqa: ARG001 - there is no file
    days = (dig(status, "date_start"), dig(status, "date_stop"))
    mine = _account(ask.account).endswith(f"/act_{dig(status, 'account_id')}")
    return mine and days == (ask.first_day.isoformat(), ask.last_day.isoformat())


def _page(ask: Ask, status: Json, token: str | None) -> Request:
    run = dig(status, "id")
    if not isinstance(run, str) or not run.isdigit():
        raise SchemaDrift("a report names no id of its own")
    params = [("limit", str(ask.page_size))]
    if token:
        params.append(("after", token))
    return Request("GET", f"{VERSION}/{run}/insights", params=tuple(params))


def _totals(account: AccountSettings, window: Window) -> Request:
    last = local_day(window.end - timedelta(microseconds=1), account.tz)
    params = (
        ("level", "account"),
        ("time_range", _range(local_day(window.start, account.tz), last)),
        ("fields", ",".join(TOTALS)),
    )
    return Request("GET", f"{_account(account)}/insights", params=params)


def _books(account: AccountSettings, window: Window) -> Request:  # noqa: ARG001 - the kit passes both
    return Request("GET", _account(account), params=(("fields", "currency,timezone_name"),))


class MetaAds(Connector):
    """One ad account, read with a system user's token."""

    name = "meta_ads"
    platform = "meta"
    auth = HeaderToken("Authorization", prefix="Bearer ")
    settings = ("attribution", "purchase_action", "requests_per_hour")
    streams = (
        Stream(
            name="insights",
            model=CampaignDay,
            key=day_key,
            day=lambda row: row.date_start,
            payload=day_record,
            feeds=("ad",),
            report=Report(
                create=_create,
                created=_created,
                status=_status,
                read=state,
                listing=Listing(request=_page, pager=After(), records="data"),
                echo=_echo,
                keeps=("account_id", "date_start", "date_stop"),
                wire=AdDay,
                assemble=campaign_days,
                sums=TOTALS,
                moves=True,  # Meta refreshes figures every quarter of an hour
                poll=(10.0, 60.0),
            ),
            cursor_kind="day",
            max_window_days=29,
            lookback=timedelta(days=27, hours=12),  # to a noon: 28 whole days also over a change of clocks
            lookback_reason="Meta changes insights for 28 days after the day, then they are frozen",
            lag=timedelta(hours=3),
            limit="{shop_id}",
            rate=lambda account: Rate(
                account.whole_number("requests_per_hour", REQUESTS_PER_HOUR), seconds=3600, burst=10
            ),
            proof=Every(
                Document(),
                Sums(_totals, "data", TOTALS),
                SameBooks(
                    _books,
                    {"currency": None, "timezone_name": None},
                    lambda body: (dig(body, "timezone_name"), dig(body, "currency")),
                ),
            ),
            finality_days=28,
            unused=("actions.value", "action_values.value"),  # of whatever window the ad set prefers
            pii=("account_name", "campaign_name", "adset_name", "ad_name"),
            docs="https://developers.facebook.com/docs/marketing-api/insights",
            page_size=("page_size", 500, 1000),
            shaping_settings=("ad_account_id",),
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:
        """See errors.py."""
        return verdict(status, headers, body)

    def learn(self, bucket: Bucket, now: float, headers: Mapping[str, str], body: Json) -> None:  # noqa: ARG002
        """A budget that is nearly used up is given a minute to recover before Meta blocks the account for many."""
        if usage(headers) >= 95:
            bucket.drain(now, 60.0)

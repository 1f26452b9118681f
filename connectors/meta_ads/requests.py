"""What Meta is asked for beside the report itself: totals of the window, zone and currency of the account.

Belongs here: plain requests and their parameters. Not here: the life of a report (reports.py).
"""

import re
from datetime import date

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.kit.contract.windows import Window, first_day, last_day

VERSION = "/v25.0"
# no spend: Meta rounds it per ad, so that its total is not the sum of the ads
TOTALS = ("impressions", "clicks")


def ad_account(account: AccountSettings) -> str:
    """The path of the ad account."""
    number = account.setting("ad_account_id").removeprefix("act_")
    if not re.fullmatch(r"[0-9]{1,20}", number):
        raise SettingWrong("setting ad_account_id must be the number of the ad account")
    return f"{VERSION}/act_{number}"


def time_range(first: date, last: date) -> str:
    """Whole local days, both included."""
    return dumps({"since": first.isoformat(), "until": last.isoformat()})


def totals(account: AccountSettings, window: Window) -> Request:
    """The sums of the window over the whole account."""
    params = (
        ("level", "account"),
        ("time_range", time_range(first_day(window, account.tz), last_day(window, account.tz))),
        ("fields", ",".join(TOTALS)),
    )
    return Request("GET", f"{ad_account(account)}/insights", params=params)


def account_itself(account: AccountSettings, _window: Window) -> Request:
    """Zone and currency of the ad account."""
    return Request("GET", ad_account(account), params=(("fields", "currency,timezone_name"),))


def books(body: Json) -> tuple[str, str]:
    """Zone and currency in that answer."""
    return dig(body, "timezone_name"), dig(body, "currency")

"""What Meta's insights say of an ad on a day, and how ads become campaign days (shape: README.md).

Numbers are text on the wire. Meta leaves out an action that did not happen: only that is zero. Not here: requests.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Self

from pydantic import Field, model_validator

from connectors.kit.contract.errors import SchemaDrift, SettingWrong
from connectors.kit.contract.fields import Amount, Count, Day, Id, Row, money_text
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.strict_json import Json

# Meta took 7d_view and 28d_view away on 2026-01-12: they answer with nothing, which would read as no sales
WINDOWS = {
    "1d_click": (("1d_click",), 1),
    "7d_click": (("7d_click",), 7),
    "28d_click": (("28d_click",), 28),
    # the two windows added, as Ads Manager shows by default
    "7d_click_1d_view": (("7d_click", "1d_view"), 7),
}


class ActionStats(Row):
    """One kind of action, with its number or value per attribution window."""

    action_type: str
    click_1d: Amount | None = Field(None, alias="1d_click")
    click_7d: Amount | None = Field(None, alias="7d_click")
    click_28d: Amount | None = Field(None, alias="28d_click")
    view_1d: Amount | None = Field(None, alias="1d_view")

    def within(self, windows: tuple[str, ...]) -> Decimal:
        """The sum of the named windows; a window without an action is left out by Meta."""
        fields = {
            "1d_click": self.click_1d,
            "7d_click": self.click_7d,
            "28d_click": self.click_28d,
            "1d_view": self.view_1d,
        }
        return sum((fields[name] or Decimal(0) for name in windows), Decimal(0))


class MetaAdDay(Row):
    """One ad on one day."""

    account_id: Id
    account_currency: str = Field(pattern=r"^[A-Z]{3}$")
    campaign_id: Id
    ad_id: Id
    date_start: Day
    date_stop: Day
    impressions: Count
    clicks: Count
    spend: Amount
    actions: list[ActionStats] | None = None
    action_values: list[ActionStats] | None = None

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if self.date_start != self.date_stop:
            raise ValueError("the platform ignored the asked days")
        return self


class MetaCampaignDay(Row):
    """A campaign on a day: its ads added up."""

    campaign_id: Id
    date_start: Day
    account_currency: str
    attribution: str
    purchase_action: str
    ads: Count
    impressions: Count
    clicks: Count
    spend: Amount
    purchases: Count
    purchase_value: Amount


def attribution(settings: Any) -> str:
    """The attribution that the account's settings name."""
    name = settings.get("attribution", "7d_click")
    if name not in WINDOWS:
        raise SettingWrong(f"setting attribution must be one of {', '.join(WINDOWS)}")
    return str(name)


def purchase_action(settings: Any) -> str:
    """The action type that counts as an order."""
    # omni: purchases on website, app and in shops together
    name = settings.get("purchase_action", "omni_purchase")
    if not re.fullmatch(r"[a-z0-9_.]{1,100}", name):
        raise SettingWrong("setting purchase_action must be an action type of Meta")
    return str(name)


def campaign_days(rows: Iterable[dict[str, Json]], query: PageQuery) -> Iterator[dict[str, Json]]:
    """Ads of a report added up exactly by campaign and day: an ad moves no money between campaigns."""
    settings = query.account.settings
    basis, action = attribution(settings), purchase_action(settings)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for raw in rows:
        row = MetaAdDay.model_validate(raw)
        key = (row.campaign_id, row.date_start.isoformat())
        held = found.setdefault(key, _nothing(row, basis, action))
        if held["account_currency"] != row.account_currency:
            raise SchemaDrift("one campaign is stated in two currencies")
        _add(held, row, basis, action)
    for held in found.values():
        yield {**held, **{name: money_text(held[name]) for name in ("spend", "purchase_value")}}


def _nothing(row: MetaAdDay, basis: str, action: str) -> dict[str, Any]:
    return {
        "campaign_id": row.campaign_id,
        "date_start": row.date_start.isoformat(),
        "account_currency": row.account_currency,
        "attribution": basis,
        "purchase_action": action,
        **dict.fromkeys(("ads", "impressions", "clicks", "purchases"), 0),
        **dict.fromkeys(("spend", "purchase_value"), Decimal(0)),
    }


def _add(held: dict[str, Any], row: MetaAdDay, basis: str, action: str) -> None:
    orders, value = _of(row.actions, basis, action), _of(row.action_values, basis, action)
    if orders != orders.to_integral_value():
        raise SchemaDrift("a purchase is stated as a fraction")
    held["ads"] += 1
    held["impressions"] += row.impressions
    held["clicks"] += row.clicks
    held["spend"] += row.spend
    held["purchases"] += int(orders)
    held["purchase_value"] += value


def _of(stats: list[ActionStats] | None, basis: str, action: str) -> Decimal:
    mine = [entry for entry in stats or () if entry.action_type == action]
    if len(mine) > 1:
        raise SchemaDrift("one action type comes twice for an ad and day")
    return mine[0].within(WINDOWS[basis][0]) if mine else Decimal(0)


def day_key(row: MetaCampaignDay) -> str:
    """Campaign, day and attribution."""
    return f"{row.campaign_id}/{row.date_start}/{row.attribution}"


def day_record(row: MetaCampaignDay) -> dict[str, Json]:
    """The payload of `raw_meta_ads_insights`."""
    return {
        "date": row.date_start.isoformat(),
        "campaign_id": row.campaign_id,
        "currency": row.account_currency,
        "ads": row.ads,
        "impressions": row.impressions,
        "clicks": row.clicks,
        "spend": row.spend,
        "attribution": row.attribution,
        "attribution_days": WINDOWS[row.attribution][1],
        "purchase_action": row.purchase_action,
        "purchases": row.purchases,
        "purchase_value": row.purchase_value,
    }

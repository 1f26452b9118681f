"""What Amazon's campaign reports hold per campaign and day, and the flat record the warehouse reads (shape: README.md).

A report states sales for one attribution only, and every record names it. Not here: requests.
"""

from typing import Self

from pydantic import Field, model_validator

from connectors.kit.contract.fields import Amount, CamelRow, Day, Id
from connectors.kit.contract.strict_json import Json

CLICK_DAYS = (1, 7, 14, 30)  # the windows in which Sponsored Products can attribute
BASES = {"all": "14d-click-view", "clicks": "14d-click"}  # Sponsored Brands and Display attribute in 14 days


class AmazonCampaignDay(CamelRow):
    """What every campaign report holds."""

    date: Day
    campaign_id: Id
    campaign_budget_currency_code: str = Field(pattern=r"^[A-Z]{3}$")
    impressions: int = Field(ge=0)
    clicks: int = Field(ge=0)
    cost: Amount


class ProductsDay(AmazonCampaignDay):
    """A Sponsored Products campaign on a day; one window was asked for."""

    purchases_1d: int | None = Field(None, alias="purchases1d")
    purchases_7d: int | None = Field(None, alias="purchases7d")
    purchases_14d: int | None = Field(None, alias="purchases14d")
    purchases_30d: int | None = Field(None, alias="purchases30d")
    sales_1d: Amount | None = Field(None, alias="sales1d")
    sales_7d: Amount | None = Field(None, alias="sales7d")
    sales_14d: Amount | None = Field(None, alias="sales14d")
    sales_30d: Amount | None = Field(None, alias="sales30d")

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        stated = {
            kind: [days for days in CLICK_DAYS if getattr(self, f"{kind}_{days}d") is not None]
            for kind in ("purchases", "sales")
        }
        if stated["purchases"] != stated["sales"] or len(stated["sales"]) != 1:
            raise ValueError("purchases and sales of exactly one window are needed")
        return self

    @property
    def days(self) -> int:
        """Days after a click in which a purchase counts."""
        return next(days for days in CLICK_DAYS if getattr(self, f"sales_{days}d") is not None)


class BasisDay(AmazonCampaignDay):
    """A Sponsored Brands or Display campaign on a day: purchases after clicks and views, or after clicks only."""

    purchases: int | None = None
    sales: Amount | None = None
    new_to_brand_purchases: int | None = None
    purchases_clicks: int | None = None
    sales_clicks: Amount | None = None
    new_to_brand_purchases_clicks: int | None = None

    @model_validator(mode="after")
    def _one_basis(self) -> Self:
        after_all = [self.purchases, self.sales, self.new_to_brand_purchases]
        after_clicks = [self.purchases_clicks, self.sales_clicks, self.new_to_brand_purchases_clicks]
        missing = (after_all.count(None), after_clicks.count(None))
        # both at once would be ambiguous: purchases after clicks are among those after clicks and views
        if missing not in ((0, 3), (3, 0)):
            raise ValueError("purchases and sales of exactly one basis are needed")
        return self

    @property
    def basis(self) -> str:
        """What a purchase may follow."""
        return "clicks" if self.sales is None else "all"


def products_key(row: ProductsDay) -> str:
    """Campaign, day and attribution."""
    # the attribution is in the key: a day read under another one is another record and overwrites nothing
    return f"SP/{row.campaign_id}/{row.date}/{row.days}d-click"


def products_record(row: ProductsDay) -> dict[str, Json]:
    """The payload of `raw_amazon_ads_sponsored_products`; Amazon knows no new buyers here."""
    return {
        **_common(row),
        "attribution": f"{row.days}d-click",
        "attribution_days": row.days,
        "orders": getattr(row, f"purchases_{row.days}d"),
        "sales": getattr(row, f"sales_{row.days}d"),
        "new_buyer_orders": None,
    }


def brands_key(row: BasisDay) -> str:
    """Campaign, day and attribution."""
    return f"SB/{row.campaign_id}/{row.date}/{BASES[row.basis]}"


def display_key(row: BasisDay) -> str:
    """Campaign, day and attribution."""
    return f"SD/{row.campaign_id}/{row.date}/{BASES[row.basis]}"


def basis_record(row: BasisDay) -> dict[str, Json]:
    """The payload of `raw_amazon_ads_sponsored_brands` and `raw_amazon_ads_sponsored_display`."""
    is_all = row.basis == "all"
    return {
        **_common(row),
        "attribution": BASES[row.basis],
        "attribution_days": 14,
        "orders": row.purchases if is_all else row.purchases_clicks,
        "sales": row.sales if is_all else row.sales_clicks,
        "new_buyer_orders": row.new_to_brand_purchases if is_all else row.new_to_brand_purchases_clicks,
    }


def _common(row: AmazonCampaignDay) -> dict[str, Json]:
    return {
        "date": row.date.isoformat(),
        "campaign_id": row.campaign_id,
        "currency": row.campaign_budget_currency_code,
        "impressions": row.impressions,
        "clicks": row.clicks,
        "cost": row.cost,
    }

"""TikTok Shop Partner API: orders, returns and the shop's livestreams.

Belongs here: which streams there are and why each is complete. Not here: what is asked (requests.py), livestreams kind by kind
(paging.py, proofs.py), signature and token (signing.py), records (rows.py), what answers mean (errors.py). See README.md.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.pagers import Token
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import per_minute
from connectors.kit.contract.stream import ByChange, ByDay, Paged, Record, Stream
from connectors.tiktok_shop import requests
from connectors.tiktok_shop.errors import trouble
from connectors.tiktok_shop.paging import SETTING, PerKind
from connectors.tiktok_shop.proofs import TOTAL, Available
from connectors.tiktok_shop.rows import (
    TikTokLive,
    TikTokOrder,
    TikTokReturn,
    flat_live,
    flat_order,
    flat_return,
)
from connectors.tiktok_shop.signing import AUTH

FIELDS = field_lists(__file__)
REQUESTS_PER_MINUTE = 60  # ours: the platform allots its limits as it goes
ANALYTICS_PER_MINUTE = 30  # the platform advises 0.2 to 1 a second
# an absent token cannot be told from a lost one: the proof by totals stands beside it
NEXT_PAGE = Token("data.next_page_token")
LAG = timedelta(minutes=2)  # ours: the search names no delay
_RATE = per_minute(REQUESTS_PER_MINUTE)


class TikTokShop(Connector):
    """A shop, read with the seller's own app."""

    name = "tiktok_shop"
    platform = "tiktok_shop"
    auth = AUTH
    settings = ("app_key", "shop_cipher", "requests_per_minute", "analytics_per_minute")
    headers: ClassVar[Mapping[str, str]] = {"Content-Type": "application/json"}
    streams = (
        Stream(
            name="orders",
            feeds=("order_line",),
            windows=ByChange(
                version=lambda order: order.update_time,
                lookback=timedelta(hours=1),
                lookback_reason="the search follows the orders with a delay that the platform does not state",
                lag=LAG,
            ),
            read=Paged(
                request=requests.orders,
                pager=NEXT_PAGE,
                records="data.orders",
                page_size=PageSize(default=50, most=100),
                prepare=requests.list_of_none("orders"),
            ),
            record=Record(
                model=TikTokOrder,
                key=lambda order: order.id,
                day=lambda order: order.create_time,
                payload=flat_order,
                pii=FIELDS["orders"].personal,
                hashed=("user_id",),
                unused=FIELDS["orders"].unused,
            ),
            proof=Total(TOTAL),
            limit="{shop_id}",
            rate=_RATE,
            finality_days=30,
            docs=FIELDS["orders"].docs,
        ),
        Stream(
            name="returns",
            feeds=("refund",),
            windows=ByChange(
                version=lambda row: row.update_time,
                max_window_days=7,
                lookback=timedelta(hours=1),
                lookback_reason="the search follows the returns with a delay that the platform does not state",
                lag=LAG,
            ),
            read=Paged(
                request=requests.returns,
                pager=NEXT_PAGE,
                records="data.return_orders",
                # a setting of its own: this search serves shorter pages than that of orders
                page_size=PageSize("return_page_size", 50, 50),
                prepare=requests.list_of_none("return_orders"),
            ),
            record=Record(
                model=TikTokReturn,
                key=lambda row: row.return_id,
                day=lambda row: row.create_time,
                payload=flat_return,
                pii=FIELDS["returns"].personal,
                unused=FIELDS["returns"].unused,
            ),
            proof=Total(TOTAL),
            limit="{shop_id}",
            rate=_RATE,
            finality_days=30,
            docs=FIELDS["returns"].docs,
        ),
        Stream(
            name="lives",
            feeds=("live_session",),
            windows=ByDay(
                lookback=timedelta(days=7),
                lookback_reason="figures come about two days late and are attributed anew for some days",
                lag=timedelta(hours=1),
            ),
            read=Paged(
                request=requests.lives,
                pager=PerKind(),
                records="data.live_stream_sessions",
                page_size=PageSize("live_page_size", 100, 100),
                prepare=requests.list_of_none("live_stream_sessions"),
            ),
            record=Record(
                model=TikTokLive,
                key=lambda live: live.id,
                day=lambda live: live.start_time,
                payload=flat_live,
                pii=FIELDS["lives"].personal,
                unused=FIELDS["lives"].unused,
            ),
            proof=Available(),
            # a budget of its own: the platform advises a slower pace for analytics than for orders
            limit="{shop_id}/analytics",
            rate=per_minute(ANALYTICS_PER_MINUTE, "analytics_per_minute"),
            finality_days=9,  # 7 of new attribution after the 2 that figures come late
            docs=FIELDS["lives"].docs,
            shaping_settings=(SETTING,),
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """The body's code says what happened, whatever the status."""
        return trouble(answer)

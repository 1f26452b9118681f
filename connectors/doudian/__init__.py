"""抖店 (Douyin shop): orders with the livestream and the 达人 that sold them, and after-sales requests.

Belongs here: which streams there are and why each is complete. Not here: what is asked (requests.py, follow_ups.py), signature
and token (signing.py), records (rows.py), what answers mean (errors.py). See README.md.
"""

from datetime import timedelta

from connectors.doudian import requests
from connectors.doudian.errors import trouble
from connectors.doudian.follow_ups import subsidy
from connectors.doudian.rows import AfterSale, DoudianOrder, flat_after_sale, flat_order
from connectors.doudian.signing import SHOP_TOKENS
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.pagers import Descending
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.stream import ByChange, Paged, Record, Stream

FIELDS = field_lists(__file__)
TOTAL = "data.total"
# an order that changes leaves the window while it is read, so that pages are walked from the last to the first
BACKWARD, ALL_OF_THEM = Descending(TOTAL, first=0), Total(TOTAL, may_leave=True)
PAGES = PageSize(most=100)  # the most that both interfaces serve: op.jinritemai.com/docs/api-docs/15/1342


class Doudian(Connector):
    """A 抖店, read with an app's key and secret and the shop's refresh token."""

    name = "doudian"
    platform = "doudian"
    auth = SHOP_TOKENS
    settings = ("app_key", "requests_per_minute")
    streams = (
        Stream(
            name="orders",
            feeds=("order_line",),
            windows=ByChange(
                version=lambda order: order.update_time,
                lookback=timedelta(days=1),
                lookback_reason="orders reach the search late by an unknown time: the day before is read once more",
            ),
            read=Paged(
                request=requests.orders, pager=BACKWARD, records="data.shop_order_list", page_size=PAGES
            ),
            record=Record(
                model=DoudianOrder,
                key=lambda order: order.order_id,
                day=lambda order: order.create_time,
                payload=flat_order,
                pii=FIELDS["orders"].personal,
                hashed=("doudian_open_id",),
                unused=FIELDS["orders"].unused,
            ),
            proof=ALL_OF_THEM,
            limit="{shop_id}",
            rate=requests.rate,
            finality_days=30,
            docs=FIELDS["orders"].docs,
        ),
        Stream(
            name="refunds",
            feeds=("refund",),
            windows=ByChange(
                version=lambda request: request.changed,
                lookback=timedelta(days=1),
                lookback_reason="requests reach the search late by an unknown time: the day before is read once more",
            ),
            read=Paged(
                request=requests.refunds,
                pager=BACKWARD,
                records="data.items",
                page_size=PAGES,
                follow_up=subsidy,
            ),
            record=Record(
                model=AfterSale,
                key=lambda request: request.aftersale_info.aftersale_id,
                day=lambda request: request.aftersale_info.create_time,
                payload=flat_after_sale,
                pii=FIELDS["refunds"].personal,
                unused=FIELDS["refunds"].unused,
            ),
            proof=ALL_OF_THEM,
            limit="{shop_id}",
            rate=requests.rate,
            finality_days=30,
            docs=FIELDS["refunds"].docs,
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """抖店 reports its troubles inside HTTP 200."""
        return trouble(answer)

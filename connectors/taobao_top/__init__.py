"""Taobao and Tmall through TOP: trades, refunds, ratings, service ratings, 万相台 campaign reports.

Belongs here: which streams there are and why each is complete. Not here: what is asked (requests.py), odd lists (paging.py),
signing (signing.py), records (rows.py), what answers mean (errors.py). See README.md.
"""

from datetime import timedelta

from connectors.kit.contract.auth import Signed
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.pagers import Descending
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.stream import ByChange, ByDay, Paged, Record, Stream
from connectors.taobao_top import requests
from connectors.taobao_top.errors import trouble
from connectors.taobao_top.paging import AgentGroups, CappedPages, EachGroup, UntilShort
from connectors.taobao_top.requests import FIELDS, empty_list
from connectors.taobao_top.rows import (
    ServiceRating,
    TaobaoCampaignDay,
    TaobaoRating,
    TaobaoRefund,
    Trade,
    flat_campaign,
    flat_rating,
    flat_refund,
    flat_service_rating,
    flat_trade,
)
from connectors.taobao_top.signing import sign

TRADES, TRADES_TOTAL = (
    f"trades_sold_increment_get_response.{name}" for name in ("trades.trade", "total_results")
)
REFUNDS, REFUNDS_TOTAL = (
    f"refunds_receive_get_response.{name}" for name in ("refunds.refund", "total_results")
)
RATINGS, RATINGS_TOTAL = (
    f"traderates_get_response.{name}" for name in ("trade_rates.trade_rate", "total_results")
)
SERVICE, SERVICE_COUNT = (
    f"airisland_kefueval_get_response.{name}" for name in ("staff_eval_details.eval_detail", "result_count")
)
ADS, ADS_COUNT = (
    f"universalbp_report_query_campaign_response.result.top_report_v_o_top_bulk_data.{name}"
    for name in ("top_report_v_o_list.top_report_vo", "count")
)


class TaobaoTop(Connector):
    """A Taobao or Tmall shop, read with an app's key and the shop's session key."""

    name = "taobao_top"
    platform = "taobao"
    auth = Signed(sign, ("app_secret", "session"))
    settings = ("app_key", "sign_method", "trade_types", "requests_per_minute")
    streams = (
        Stream(
            name="trades",
            feeds=("order_line",),
            windows=ByChange(
                version=lambda trade: trade.modified,
                most_window_days=1,  # TOP refuses more
                readable_for=requests.THREE_MONTHS,
                lookback=timedelta(hours=1),
                lookback_reason="the search follows the trades with a delay that TOP does not state",
            ),
            read=Paged(
                request=requests.trades,
                pager=Descending(TRADES_TOTAL),
                records=TRADES,
                # 40 is TOP's own default, 100 its most
                page_size=PageSize(default=40, most=100),
                prepare=empty_list(TRADES),
            ),
            record=Record(
                model=Trade,
                key=lambda trade: trade.tid,
                day=lambda trade: trade.created,
                payload=flat_trade,
                pii=FIELDS["trades"].personal,
                hashed=("buyer_open_uid",),
                unused=FIELDS["trades"].unused,
            ),
            proof=Total(TRADES_TOTAL, may_leave=True),
            limit="{shop_id}",
            rate=requests.rate,
            finality_days=30,
            docs=FIELDS["trades"].docs,
        ),
        Stream(
            name="refunds",
            feeds=("refund",),
            windows=ByChange(
                version=lambda refund: refund.modified,
                lookback=timedelta(hours=1),
                lookback_reason="the search follows the refunds with a delay that TOP does not state",
            ),
            read=Paged(
                request=requests.refunds,
                pager=Descending(REFUNDS_TOTAL),
                records=REFUNDS,
                page_size=PageSize(default=40, most=100),
                prepare=empty_list(REFUNDS),
            ),
            record=Record(
                model=TaobaoRefund,
                key=lambda refund: refund.refund_id,
                day=lambda refund: refund.created,
                payload=flat_refund,
                pii=FIELDS["refunds"].personal,
                unused=FIELDS["refunds"].unused,
            ),
            proof=Total(REFUNDS_TOTAL, may_leave=True),
            limit="{shop_id}",
            rate=requests.rate,
            finality_days=30,
            docs=FIELDS["refunds"].docs,
        ),
        Stream(
            name="ratings",
            feeds=("review",),
            windows=ByDay(
                readable_for=timedelta(days=179),  # TOP shows 180 days: one less to be inside
                lookback=timedelta(days=30),
                lookback_reason="a buyer may change or take back a rating for 30 days, which gives it no new time",
            ),
            read=Paged(
                request=requests.ratings,
                pager=CappedPages(RATINGS_TOTAL),
                records=RATINGS,
                page_size=PageSize(most=150),
                prepare=empty_list(RATINGS),
            ),
            record=Record(
                model=TaobaoRating,
                key=lambda rating: rating.oid,
                day=lambda rating: rating.created,
                payload=flat_rating,
                pii=FIELDS["ratings"].personal,
                unused=FIELDS["ratings"].unused,
            ),
            proof=Total(RATINGS_TOTAL),
            limit="{shop_id}",
            rate=requests.rate,
            finality_days=31,
            docs=FIELDS["ratings"].docs,
        ),
        Stream(
            name="service_ratings",
            feeds=("chat",),
            only="rating_only",  # TOP rates chats and shows none of them
            windows=ByChange(
                version=lambda rating: rating.eval_time,
                readable_for=timedelta(days=88),  # TOP shows 90 days: two less to be inside
                max_window_days=7,
                most_window_days=7,  # TOP refuses more
                lookback=timedelta(days=3),
                lookback_reason="a buyer may rate days after being asked, or rate again",
                lag=timedelta(days=1),  # TOP never answers for the last day
            ),
            read=Paged(
                request=requests.service_ratings,
                pager=AgentGroups(SERVICE_COUNT, SERVICE),
                records=SERVICE,
                page_size=PageSize("agents_per_call", 10, 10),  # agents, not rows: at most ten a call
                prepare=empty_list(SERVICE),
            ),
            record=Record(
                model=ServiceRating,
                key=lambda rating: rating.key,
                day=lambda rating: rating.send_time,
                payload=flat_service_rating,
                pii=FIELDS["service_ratings"].personal,
                hashed=("open_uid",),
                unused=FIELDS["service_ratings"].unused,
            ),
            proof=EachGroup(SERVICE_COUNT),
            limit="{shop_id}",
            rate=requests.rate,
            finality_days=4,
            docs=FIELDS["service_ratings"].docs,
            shaping_settings=("agents",),
        ),
        Stream(
            name="ads",
            feeds=("ad",),
            windows=ByDay(
                lookback=timedelta(days=30),
                lookback_reason="a sale is attributed to a click of up to 30 days before, and so to that day",
            ),
            read=Paged(
                request=requests.campaigns,
                pager=UntilShort(ADS_COUNT, rows_path=ADS),
                records=ADS,
                page_size=PageSize(most=100),
                prepare=empty_list(ADS),
                stamp=requests.attributed(ADS),
            ),
            record=Record(
                model=TaobaoCampaignDay,
                key=lambda row: row.key,
                day=lambda row: row.thedate,
                payload=flat_campaign,
                unused=FIELDS["ads"].unused,
            ),
            proof=Total(ADS_COUNT),
            limit="{shop_id}",
            rate=requests.rate,
            finality_days=31,
            docs=FIELDS["ads"].docs,
            shaping_settings=("biz_code", "unify_type", "effect_days"),
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """TOP reports most troubles inside HTTP 200."""
        return trouble(answer)

"""Taobao and Tmall through TOP: trades, refunds, ratings, service ratings, 万相台 campaign reports.

Belongs here: which streams there are and why each is complete. Not here: what is asked (requests.py), signing (signing.py),
records (rows.py), what answers mean (errors.py). See README.md.
"""

from collections.abc import Mapping
from datetime import timedelta

from connectors.kit.contract.auth import Signed
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.pagers import Descending
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json
from connectors.taobao_top import requests
from connectors.taobao_top.errors import trouble
from connectors.taobao_top.more_rows import (
    CampaignDay,
    Rating,
    ServiceRating,
    flat_campaign,
    flat_rating,
    flat_service_rating,
)
from connectors.taobao_top.paging import AgentGroups, Capped, EachGroup, UntilShort
from connectors.taobao_top.rows import Refund, Trade, flat_refund, flat_trade
from connectors.taobao_top.signing import sign

_DOCS = "https://open.taobao.com/api.htm?docId={0}&docType=2"
_TRADES, _REFUNDS = "trades_sold_increment_get_response", "refunds_receive_get_response"
_RATINGS, _SERVICE = "traderates_get_response", "airisland_kefueval_get_response"
_ADS = "universalbp_report_query_campaign_response.result.top_report_v_o_top_bulk_data"
_AD_ROWS = f"{_ADS}.top_report_v_o_list.top_report_vo"

_RECEIVER = tuple(
    f"receiver_{part}"
    for part in ("name", "state", "city", "district", "town", "address", "zip", "mobile", "phone", "country")
)
_UNUSED_OF_ORDERS = tuple(
    f"orders.order.{name}"
    for name in (
        *(
            "item_meal_name",
            "item_meal_id",
            "pic_path",
            "buyer_rate",
            "seller_rate",
            "seller_type",
            "cid",
            "title",
            "price",
        ),
        *(
            "payment",
            "discount_fee",
            "adjust_fee",
            "sku_properties_name",
            "refund_id",
            "is_service_order",
            "end_time",
        ),
        *(
            "consign_time",
            "shipping_type",
            "bind_oid",
            "logistics_company",
            "invoice_no",
            "is_daixiao",
            "store_code",
        ),
        *("is_www", "tmser_spu_code", "zhengji_status", "is_idle", "special_refund_type", "is_devalue_fee"),
        *(
            "sub_order_tax_fee",
            "sub_order_tax_rate",
            "sub_order_tax_promotion_fee",
            "tax_coupon_discount",
            "tax_free",
        ),
        *("md_qualification", "md_fee", "ticket_outer_id", "ticket_expdate_key"),
    )
)
_UNUSED_OF_ADS = (
    *(
        "adgroup_id",
        "adgroup_name",
        "bidword_id",
        "original_word",
        "bidword_pkg_id",
        "bid_word_type",
        "promotion_id",
    ),
    *(
        "promotion_name",
        "img_url",
        "link_url",
        "crowd_name",
        "creative_id",
        "creative_name",
        "province_id",
        "city_id",
    ),
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
            most_window_days=1,  # TOP refuses more
            model=Trade,
            key=lambda trade: trade.tid,
            day=lambda trade: trade.created,
            version=lambda trade: trade.modified,
            payload=flat_trade,
            feeds=("order_line",),
            request=requests.trades,
            pager=Descending(f"{_TRADES}.total_results"),
            records=f"{_TRADES}.trades.trade",
            cursor_kind="time",
            readable_for=requests.THREE_MONTHS,
            lookback=timedelta(hours=1),
            lookback_reason="the search follows the trades with a delay that TOP does not state",
            limit="{shop_id}",
            rate=requests.rate,
            proof=Total(f"{_TRADES}.total_results", may_leave=True),
            finality_days=30,
            pii=("buyer_nick", *_RECEIVER, "oaid", "aid"),
            hashed=("buyer_open_uid",),
            unused=_UNUSED_OF_ORDERS,
            docs=_DOCS.format(128),
            page_size=("page_size", 40, 100),
            prepare=requests.empty_list(f"{_TRADES}.trades.trade"),
        ),
        Stream(
            name="refunds",
            model=Refund,
            key=lambda refund: refund.refund_id,
            day=lambda refund: refund.created,
            version=lambda refund: refund.modified,
            payload=flat_refund,
            feeds=("refund",),
            request=requests.refunds,
            pager=Descending(f"{_REFUNDS}.total_results"),
            records=f"{_REFUNDS}.refunds.refund",
            cursor_kind="time",
            lookback=timedelta(hours=1),
            lookback_reason="the search follows the refunds with a delay that TOP does not state",
            limit="{shop_id}",
            rate=requests.rate,
            proof=Total(f"{_REFUNDS}.total_results", may_leave=True),
            finality_days=30,
            pii=("buyer_nick", "buyer_open_uid", "ouid", "desc", "sid", "company_name", "attribute"),
            unused=(
                "title",
                "sku",
                "seller_nick",
                "total_fee",
                "payment",
                "refund_version",
                "outer_id",
                "operation_contraint",
            ),
            docs=_DOCS.format(52),
            page_size=("page_size", 40, 100),
            prepare=requests.empty_list(f"{_REFUNDS}.refunds.refund"),
        ),
        Stream(
            name="ratings",
            model=Rating,
            key=lambda rating: rating.oid,
            day=lambda rating: rating.created,
            payload=flat_rating,
            feeds=("review",),
            request=requests.ratings,
            pager=Capped(f"{_RATINGS}.total_results"),
            records=f"{_RATINGS}.trade_rates.trade_rate",
            cursor_kind="day",
            readable_for=timedelta(days=179),
            lookback=timedelta(days=30),
            lookback_reason="a buyer may change or take back a rating for 30 days, which gives it no new time",
            limit="{shop_id}",
            rate=requests.rate,
            proof=Total(f"{_RATINGS}.total_results"),
            finality_days=31,
            pii=("nick", "rated_nick", "content", "reply", "ouid"),
            unused=("item_title", "item_price"),
            docs=_DOCS.format(55),
            page_size=("page_size", 100, 150),
            prepare=requests.empty_list(f"{_RATINGS}.trade_rates.trade_rate"),
        ),
        Stream(
            name="service_ratings",
            model=ServiceRating,
            key=lambda rating: rating.key,
            day=lambda rating: rating.send_time,
            version=lambda rating: rating.eval_time,
            payload=flat_service_rating,
            feeds=("chat",),
            request=requests.service_ratings,
            pager=AgentGroups(f"{_SERVICE}.result_count", f"{_SERVICE}.staff_eval_details.eval_detail"),
            records=f"{_SERVICE}.staff_eval_details.eval_detail",
            cursor_kind="time",
            readable_for=timedelta(days=88),
            max_window_days=7,
            most_window_days=7,  # TOP refuses more
            lookback=timedelta(days=3),
            lookback_reason="a buyer may rate days after being asked, or rate again",
            lag=timedelta(days=1),
            limit="{shop_id}",
            rate=requests.rate,
            proof=EachGroup(f"{_SERVICE}.result_count"),
            finality_days=4,
            pii=("eval_recer",),
            hashed=("open_uid",),
            unused=("label_name",),
            docs=_DOCS.format(66033),
            page_size=("agents_per_call", 10, 10),
            shaping_settings=("agents",),
            prepare=requests.empty_list(f"{_SERVICE}.staff_eval_details.eval_detail"),
        ),
        Stream(
            name="ads",
            model=CampaignDay,
            key=lambda row: row.key,
            day=lambda row: row.thedate,
            payload=flat_campaign,
            feeds=("ad",),
            request=requests.campaigns,
            pager=UntilShort(f"{_ADS}.count", rows_path=_AD_ROWS),
            records=_AD_ROWS,
            cursor_kind="day",
            lookback=timedelta(days=30),
            lookback_reason="a sale is attributed to a click of up to 30 days before, and so to that day",
            limit="{shop_id}",
            rate=requests.rate,
            proof=Total(f"{_ADS}.count"),
            finality_days=31,
            unused=("campaign_name", *_UNUSED_OF_ADS),
            docs=_DOCS.format(67079),
            page_size=("page_size", 100, 100),
            shaping_settings=("biz_code", "unify_type", "effect_days"),
            prepare=requests.empty_list(_AD_ROWS),
            stamp=requests.attributed(_AD_ROWS),
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """TOP reports most troubles inside HTTP 200."""
        return trouble(status, body)

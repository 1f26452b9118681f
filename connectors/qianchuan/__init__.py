"""巨量千川: days of standard ads, days of 全域推广, and the day's livestreams.

Belongs here: which streams there are and why each is complete. Not here: what is asked (requests.py), 抖音号 by 抖音号
(paging.py, proofs.py), tokens (signing.py), records (rows.py), what answers mean (errors.py). See README.md.
"""

from datetime import timedelta

from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.pagers import Pages
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import per_minute
from connectors.kit.contract.stream import ByDay, Paged, Record, Stream
from connectors.qianchuan import requests
from connectors.qianchuan.errors import trouble
from connectors.qianchuan.paging import SETTING, PerAweme
from connectors.qianchuan.proofs import AwemeTotals
from connectors.qianchuan.rows import QianchuanAdDay, Room, UniDay, flat
from connectors.qianchuan.signing import TOKEN

FIELDS = field_lists(__file__)
REQUESTS_PER_MINUTE = 60  # ours: the platform's limits per interface are not published
LOOKBACK = timedelta(days=15)  # 14 days of settlement and refunds, and one more
LAG = timedelta(minutes=10)
# the total has another name in the list of livestreams than in the reports
TOTAL, ROOMS_TOTAL = "data.page_info.total_number", "data.page_info.total_num"
TRUST_EMPTY = "empty_days"
_OWN = ("advertiser_id", SETTING)
_RATE = per_minute(REQUESTS_PER_MINUTE)


class Qianchuan(Connector):
    """An advertiser of 巨量千川 with its 抖音号, read with an app's token."""

    name = "qianchuan"
    platform = "qianchuan"
    auth = TOKEN
    settings = ("app_id", "campaign_scene", "requests_per_minute")
    streams = (
        Stream(
            name="ads",
            feeds=("ad",),
            windows=ByDay(
                max_window_days=7,
                most_window_days=30,  # the platform takes no more
                lookback=LOOKBACK,
                lookback_reason="orders are settled and given back for 14 days, and the day's columns follow them",
                lag=LAG,
            ),
            read=Paged(
                request=requests.ads,
                pager=Pages(TOTAL),
                records="data.list",
                page_size=PageSize(default=500),
                prepare=requests.list_of_none,
            ),
            record=Record(
                model=QianchuanAdDay,
                # the basis comes first: both ad streams fill one table, over orders that overlap
                key=lambda row: f"standard/{row.ad_id}/{row.stat_datetime}",
                day=lambda row: row.stat_datetime,
                payload=flat,
                unused=FIELDS["ads"].unused,
            ),
            proof=Total(TOTAL),
            limit="{shop_id}",
            rate=_RATE,
            finality_days=15,
            docs=FIELDS["ads"].docs,
            shaping_settings=_OWN,
        ),
        Stream(
            name="uni_promotion",
            feeds=("ad",),
            windows=ByDay(
                max_window_days=7,
                lookback=LOOKBACK,
                lookback_reason="as for the standard ads: settlement moves the day's columns for 14 days",
                lag=LAG,
            ),
            read=Paged(
                request=requests.uni_promotion,
                pager=PerAweme("data.list", TOTAL),
                records="data.list",
                # a setting of its own: this list serves shorter pages than the report of standard ads
                page_size=PageSize("uni_page_size", 100, 100),
                prepare=requests.list_of_none,
            ),
            record=Record(
                model=UniDay,
                key=lambda row: f"uni_promotion/{row.aweme_id}/{row.stat_datetime}",
                day=lambda row: row.stat_datetime,
                payload=flat,
                unused=FIELDS["uni_promotion"].unused,
            ),
            proof=AwemeTotals(requests.count_uni_promotion, TOTAL),
            limit="{shop_id}",
            rate=_RATE,
            finality_days=15,
            docs=FIELDS["uni_promotion"].docs,
            shaping_settings=_OWN,
        ),
        Stream(
            name="rooms",
            feeds=("live_session",),
            windows=ByDay(
                # it is not known whether a past day still answers: a later run could take an empty list for "no livestream"
                readable_for=timedelta(hours=6),
                lookback=timedelta(0),
                lookback_reason="the platform only shows the livestreams of today; a day is read once, when it is over",
                lag=LAG,
            ),
            read=Paged(
                request=requests.rooms,
                pager=PerAweme("data.room_list", ROOMS_TOTAL),
                records="data.room_list",
                page_size=PageSize("room_page_size", 100, 100),
                prepare=requests.all_rooms_ended,
            ),
            record=Record(
                model=Room,
                key=lambda row: f"{row.room_id}/{row.day}",
                day=lambda row: row.day,
                payload=flat,
                pii=FIELDS["rooms"].personal,
                unused=FIELDS["rooms"].unused,
            ),
            proof=AwemeTotals(requests.count_rooms, ROOMS_TOTAL, empty_means=TRUST_EMPTY),
            limit="{shop_id}",
            rate=_RATE,
            finality_days=1,
            docs=FIELDS["rooms"].docs,
            shaping_settings=(*_OWN, TRUST_EMPTY),
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """千川 answers 200 whatever happens."""
        return trouble(answer)

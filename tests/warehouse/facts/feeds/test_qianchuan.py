"""Golden rows of 巨量千川: standard ads, 全域推广, livestreams."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from tests.warehouse.feeding import account, canonical, feed

AD = {
    "ad_id": "1800000000000000001",
    "stat_datetime": "2026-11-11",
    "stat_cost": "128.07",
    "show_cnt": 1007,
    "click_cnt": 120,
    "pay_order_count": 7,
    "pay_order_amount": "384.2",
    "all_order_pay_count_7days": 9,
    "all_order_pay_gmv_7days": "512.28",
    "all_order_refund_amount_7d": "0.10",
    "all_order_refund_amount_14d": "0.30",
}
UNI = {
    "aweme_id": "8200000000000001",
    "stat_datetime": "2026-11-11",
    "stat_cost": "71.93",
    "total_pay_order_gmv_for_roi2": "1999.9",
    "total_pay_order_count_for_roi2": 31,
    "total_pay_order_coupon_amount_for_roi2": "0.50",
}
ROOM = {
    "room_id": "7600000000000000001",
    "aweme_id": "8200000000000001",
    "room_status": "FINISH",
    "start_time": "2026-11-20 22:30:00",
    "end_time": "2026-11-21 00:05:10",
    "stat_cost": "0.10",
    "live_pay_order_gmv_alias": "33026397267383.41",
    "live_pay_order_count_alias": 40,
    "luban_live_pay_order_gmv": None,
    "total_live_watch_cnt": 5000,
    "total_live_comment_cnt": 300,
    "total_live_follow_cnt": 21,
    "total_live_fans_club_join_cnt": 2,
    "total_live_share_cnt": None,
    "live_click_cart_count_alias": 400,
    "live_click_product_count_alias": 350,
}
COMMON = {"platform": "qianchuan", "shop_id": "shop"}


def _key(basis: str, field: str) -> Any:
    return lambda payload: f"{basis}/{payload[field]}/{payload['stat_datetime']}"


def test_a_day_of_a_standard_ad_is_one_row_in_yuan() -> None:
    rows = canonical("qianchuan", "ads", [AD], "ad", zone="Asia/Shanghai", key=_key("standard", "ad_id"))

    assert rows == [
        {
            **COMMON,
            "source_row_id": "standard/1800000000000000001/2026-11-11",
            "ad_on": date(2026, 11, 11),
            "campaign_id": "1800000000000000001",
            "ad_type": "standard",
            "currency": "CNY",
            "fx_rate": Decimal(1),
            "spend": Decimal("128.0700"),
            "spend_base": Decimal("128.07"),
            "impressions": 1007,
            "clicks": 120,
            "ad_orders": 7,
            "ad_sales": Decimal("384.2000"),
            "ad_sales_base": Decimal("384.2"),
        }
    ]


def test_the_sales_of_uni_promotion_stand_apart_and_its_spend_adds() -> None:
    def standard(con: duckdb.DuckDBPyConnection) -> None:
        account(con, "qianchuan", "ads", zone="Asia/Shanghai")
        feed(con, "qianchuan", "ads", [AD], key=_key("standard", "ad_id"))

    rows = canonical(
        "qianchuan",
        "uni_promotion",
        [UNI],
        "ad",
        zone="Asia/Shanghai",
        key=_key("uni_promotion", "aweme_id"),
        prepare=standard,
    )

    assert [row["ad_type"] for row in rows] == ["standard", "uni_promotion"]
    assert sum(row["spend"] for row in rows) == Decimal("200.0000")
    assert [row.get("ad_sales") for row in rows] == [Decimal("384.2"), None]
    assert rows[1] == {
        **COMMON,
        "source_row_id": "uni_promotion/8200000000000001/2026-11-11",
        "ad_on": date(2026, 11, 11),
        "campaign_id": "uni_promotion/8200000000000001",
        "ad_type": "uni_promotion",
        "currency": "CNY",
        "fx_rate": Decimal(1),
        "spend": Decimal("71.9300"),
        "spend_base": Decimal("71.93"),
        "overall_sales": Decimal("1999.9000"),
        "overall_sales_base": Decimal("1999.9"),
        "overall_orders": 31,
    }


def test_a_livestream_over_midnight_belongs_to_the_day_it_began() -> None:
    rows = canonical(
        "qianchuan",
        "rooms",
        [ROOM],
        "live_session",
        zone="Asia/Shanghai",
        key=lambda p: f"{p['room_id']}/2026-11-20",
    )

    assert rows == [
        {
            **COMMON,
            "source_row_id": "7600000000000000001/2026-11-20",
            "session_id": "7600000000000000001",
            "room_id": "8200000000000001",
            "started_at": datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
            "started_on": date(2026, 11, 20),
            "ended_at": datetime(2026, 11, 20, 16, 5, 10, tzinfo=UTC),
            "ended_on": date(2026, 11, 21),
            "minutes": Decimal("95.166667"),
            "entries": 5000,
            "comments": 300,
            "new_followers": 21,
            "fan_club_joins": 2,
            "product_clicks": 350,
            "orders": 40,
            "currency": "CNY",
            "fx_rate": Decimal(1),
            "gmv": Decimal("33026397267383.4100"),
            "gmv_base": Decimal("33026397267383.41"),
        }
    ]

"""What 抖店's records become in the canonical tables: fen to yuan, postage, subsidies, livestreams."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from tests.warehouse import feeding
from tests.warehouse.feeding import canonical

ZONE = "Asia/Shanghai"
LINE: dict[str, Any] = {
    "order_id": "694001",
    "item_num": 2,
    "pay_amount": 9_980,
    "platform_cost_amount": 1_000,
    "post_amount": 0,
    "tax_amount": 0,
    "order_status": 2,
    "trade_type": 0,
    "code": "SKU-9",
    "out_sku_id": "",
    "sku_id": "3393",
    "room_id_str": "756001",
    "author_id": "100200",
    "video_id": None,
}
ORDER: dict[str, Any] = {
    "order_id": "693001",
    "order_status": 2,
    "main_status": 2,
    "create_time": "2026-10-31T15:58:00Z",
    "pay_time": "2026-10-31T16:00:00Z",
    "update_time": "2026-10-31T16:00:05Z",
    "finish_time": None,
    "pay_amount": 10_780,
    "platform_cost_amount": 1_000,
    "post_amount": 800,
    "tax_amount": 0,
    "doudian_open_id": "c0ffee",
    "lines": [LINE],
}
REQUEST: dict[str, Any] = {
    "aftersale_id": "705001",
    "aftersale_type": 0,
    "aftersale_status": 12,
    "refund_status": 3,
    "refund_amount": 10_780,
    "return_promotion_amount": 1_000,
    "apply_time": "2026-11-02T02:00:00Z",
    "create_time": "2026-11-02T02:00:01Z",
    "update_time": "2026-11-03T16:10:00Z",
    "arbitrate_status": 0,
    "arbitrate_blame": 0,
    "shop_order_id": "693001",
    "lines": [
        {
            "sku_order_id": "694001",
            "aftersale_pay_amount": 9_980,
            "aftersale_item_num": 2,
            "aftersale_tax_amount": 0,
        }
    ],
    "reason_text": "质量问题",
    "platform_discount_return_amount": 700,
    "kol_discount_return_amount": 300,
}


def _lines(*orders: dict[str, Any]) -> list[dict[str, Any]]:
    found = canonical("doudian", "orders", orders, "order_line", zone=ZONE, key="order_id")
    return sorted(found, key=lambda line: (line["line_type"], line["line_id"]))


def _refunds(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    return canonical("doudian", "refunds", requests, "refund", zone=ZONE, key="aftersale_id")


def test_an_order_sold_live_carries_its_livestream_and_its_influencer() -> None:
    goods, post = _lines(ORDER)

    assert goods == {
        "platform": "doudian",
        "shop_id": "shop",
        "source_row_id": "694001",
        "order_id": "693001",
        "line_id": "694001",
        "line_type": "goods",
        "buyer_id": "c0ffee",
        "buyer_first_on": date(2026, 11, 1),
        "sku_id": "SKU-9",
        "qty": 2,
        "paid_amount": Decimal("109.8000"),  # 99.80 of the buyer, 10.00 of the platform
        "currency": "CNY",
        "fx_rate": Decimal(1),
        "paid_amount_base": Decimal("109.8"),
        "ordered_at": datetime(2026, 10, 31, 15, 58, tzinfo=UTC),
        "paid_at": datetime(2026, 10, 31, 16, 0, tzinfo=UTC),
        "business_date": date(2026, 11, 1),  # 16:00 UTC is midnight in China
        "is_excluded": False,
        "status": "2",
        "channel": "live",
        "live_session_id": "756001",
        "influencer_id": "100200",
    }
    assert (post["line_type"], post["paid_amount"], post["live_session_id"]) == ("shipping", 8, "756001")


def test_the_rows_of_an_order_add_up_whether_or_not_its_lines_hold_the_postage() -> None:
    beside = _lines(ORDER)
    inside = _lines({**ORDER, "lines": [{**LINE, "pay_amount": 10_780, "post_amount": 800}]})
    free = _lines({**ORDER, "pay_amount": 9_980, "post_amount": 0})

    amounts = [[line["paid_amount"] for line in lines] for lines in (beside, inside, free)]
    assert amounts == [[Decimal("109.80"), 8], [Decimal("109.80"), 8], [Decimal("109.80")]]


def test_fen_beyond_a_float_stay_exact() -> None:
    (line,) = _lines({**ORDER, "pay_amount": 9_007_199_254_740_993, "platform_cost_amount": 0,
                      "lines": [{**LINE, "pay_amount": 9_007_199_254_740_993, "platform_cost_amount": 0}]})  # fmt: skip

    assert line["paid_amount"] == Decimal("90071992547409.93")


def test_samples_never_count_and_unpaid_orders_are_none() -> None:
    sample = _lines({**ORDER, "lines": [{**LINE, "trade_type": 10}]})

    assert {(line["is_excluded"], line["exclude_reason"]) for line in sample} == {(True, "sample")}
    assert _lines({**ORDER, "pay_time": None}) == []
    assert _lines({**ORDER, "order_status": 1}) == []


def test_a_presale_of_which_only_the_deposit_is_paid_is_no_sale_yet() -> None:
    deposit = {**ORDER, "order_status": 1, "main_status": 103}

    assert _lines(deposit) == []
    assert _lines({**deposit, "order_status": 2}) == []
    assert _lines({**ORDER, "main_status": 105, "order_status": 105}) != []


def test_the_tax_of_a_cross_border_order_is_no_sale_and_goes_back_without_being_a_refund() -> None:
    goods, post = _lines({**ORDER, "tax_amount": 908, "lines": [{**LINE, "tax_amount": 908}]})
    line = REQUEST["lines"][0] | {"aftersale_tax_amount": 908}
    (back,) = canonical(
        "doudian", "refunds", [{**REQUEST, "lines": [line]}], "refund", zone=ZONE, key="aftersale_id"
    )

    assert (goods["paid_amount"], goods["tax_amount"]) == (Decimal("100.7200"), Decimal("9.0800"))
    assert (post["paid_amount"], post.get("tax_amount")) == (Decimal("8.0000"), None)
    assert (back["amount"], back["tax_amount"]) == (Decimal("108.7200"), Decimal("9.0800"))


def test_a_cancelled_order_says_when() -> None:
    goods, _ = _lines({**ORDER, "order_status": 4, "update_time": "2026-11-01T01:00:00Z"})

    assert goods["cancelled_at"] == datetime(2026, 11, 1, 1, tzinfo=UTC)


def test_an_order_from_a_video_is_content_and_one_from_the_shop_is_neither() -> None:
    bare = {**LINE, "room_id_str": None, "author_id": None}

    video, _ = _lines({**ORDER, "lines": [{**bare, "video_id": "7001"}]})
    plain, _ = _lines({**ORDER, "lines": [{**bare, "code": " ", "out_sku_id": None}]})

    assert (video["channel"], video["content_id"]) == ("content", "7001")
    assert not {"channel", "live_session_id", "influencer_id"} & plain.keys()
    assert plain["sku_id"] == "3393"


def test_a_full_refund_leaves_nothing_of_the_order() -> None:
    (refund,) = _refunds(REQUEST)

    assert refund == {
        "platform": "doudian",
        "shop_id": "shop",
        "source_row_id": "705001/694001",
        "refund_id": "705001",
        "refund_line_id": "705001/694001",
        "order_id": "693001",
        "line_id": "694001",
        "qty": 2,
        "amount": Decimal("117.80"),  # 107.80 to the buyer, 7.00 to the platform, 3.00 to the 达人
        "currency": "CNY",
        "fx_rate": Decimal(1),
        "amount_base": Decimal("117.80"),
        "reason": "质量问题",
        "refunded_at": datetime(2026, 11, 3, 16, 10, tzinfo=UTC),
        "business_date": date(2026, 11, 4),
        "is_excluded": False,
        "type": "return",
        "requested_at": datetime(2026, 11, 2, 2, 0, tzinfo=UTC),
        "requested_on": date(2026, 11, 2),
        "withdrawn": False,
        "platform_intervened": False,
    }
    assert refund["amount"] == sum(line["paid_amount"] for line in _lines(ORDER))


def test_a_request_over_two_goods_orders_keeps_its_total() -> None:
    two = [{**REQUEST["lines"][0], "aftersale_pay_amount": fen, "sku_order_id": key} for key, fen in
           (("694001", 4_000), ("694002", 5_980))]  # fmt: skip

    rows = _refunds({**REQUEST, "lines": two})

    assert [r["amount"] for r in rows] == [40, Decimal("59.80"), 18]
    assert sum(r["amount"] for r in rows) == Decimal("117.80")


def test_a_request_that_is_open_or_failed_gives_no_money_back() -> None:
    (waiting,) = _refunds({**REQUEST, "refund_status": 1, "aftersale_status": 6})
    (failed,) = _refunds(
        {**REQUEST, "refund_status": 4, "aftersale_status": 28, "arbitrate_status": 3, "arbitrate_blame": 2}
    )

    assert [(r["amount"], r["qty"], "business_date" in r) for r in (waiting, failed)] == [(0, 0, False)] * 2
    assert (failed["withdrawn"], failed["platform_intervened"], failed["responsibility"]) == (
        True,
        True,
        "buyer",
    )


def test_an_order_line_finds_the_room_of_its_livestream_in_another_connector() -> None:
    room = {
        "room_id": "756001", "aweme_id": "82001", "start_time": "2026-10-31 20:00:00", "end_time": "2026-10-31 23:59:00",
        "total_live_watch_cnt": 10, "total_live_comment_cnt": 1, "total_live_follow_cnt": 1, "total_live_fans_club_join_cnt": 0,
        "live_click_product_count_alias": 5, "live_pay_order_count_alias": 1, "live_pay_order_gmv_alias": "107.80",
    }  # fmt: skip

    def broadcast(con: duckdb.DuckDBPyConnection) -> None:
        feeding.account(con, "qianchuan", "rooms", zone=ZONE)
        feeding.feed(con, "qianchuan", "rooms", [room], key="room_id")

    lines = canonical(
        "doudian", "orders", [ORDER], "order_line", zone=ZONE, key="order_id", prepare=broadcast
    )

    assert {line["room_id"] for line in lines} == {"82001"}

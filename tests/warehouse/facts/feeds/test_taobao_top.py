"""What TOP's records become in the canonical tables, to the fen."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.warehouse.feeding import canonical

LINE: dict[str, Any] = {
    "oid": "32001",
    "num": 2,
    "num_iid": "620000001",
    "sku_id": "5001",
    "outer_iid": "ITEM-1",
    "outer_sku_id": "SKU-1",
    "total_fee": "140.00",
    "part_mjz_discount": "2.57",
    "divide_order_fee": "137.43",
    "status": "WAIT_SELLER_SEND_GOODS",
    "refund_status": "NO_REFUND",
}
TRADE: dict[str, Any] = {
    "tid": "31001",
    "type": "fixed",
    "status": "WAIT_SELLER_SEND_GOODS",
    "payment": "145.43",
    "post_fee": "8.00",
    "created": "2026-10-01T15:50:00Z",
    "pay_time": "2026-10-01T16:00:00Z",
    "modified": "2026-10-01T16:00:01Z",
    "end_time": None,
    "step_trade_status": None,
    "buyer_open_uid": "5f0c",
    "lines": [LINE],
}
REFUND: dict[str, Any] = {
    "refund_id": "77001",
    "tid": "31001",
    "oid": "32001",
    "status": "SUCCESS",
    "created": "2026-10-02T01:00:00Z",
    "modified": "2026-10-03T16:30:00Z",
    "refund_fee": "137.43",
    "reason": "质量问题",
    "has_good_return": True,
    "good_status": "BUYER_RETURNED_GOODS",
    "order_status": "TRADE_CLOSED",
    "refund_phase": "aftersale",
    "dispute_type": "REFUND_AND_RETURN",
    "num": None,
}


def _lines(*trades: dict[str, Any]) -> list[dict[str, Any]]:
    found = canonical("taobao_top", "trades", trades, "order_line", zone="Asia/Shanghai", key="tid")
    return sorted(found, key=lambda line: line["line_type"])


def _refunds(*refunds: dict[str, Any]) -> list[dict[str, Any]]:
    return canonical("taobao_top", "refunds", refunds, "refund", zone="Asia/Shanghai", key="refund_id")


def test_a_paid_trade_gives_its_lines_and_its_postage_on_the_local_day_of_payment() -> None:
    goods, post = _lines(TRADE)

    assert goods == {
        "platform": "taobao",
        "shop_id": "shop",
        "source_row_id": "32001",
        "order_id": "31001",
        "line_id": "32001",
        "line_type": "goods",
        "buyer_id": "5f0c",
        "buyer_first_on": date(2026, 10, 2),
        "sku_id": "SKU-1",
        "qty": 2,
        "paid_amount": Decimal("137.4300"),
        "currency": "CNY",
        "fx_rate": Decimal(1),
        "paid_amount_base": Decimal("137.43"),
        "ordered_at": datetime(2026, 10, 1, 15, 50, tzinfo=UTC),
        "paid_at": datetime(2026, 10, 1, 16, 0, tzinfo=UTC),
        "business_date": date(2026, 10, 2),  # 16:00 UTC is midnight in China
        "is_excluded": False,
        "status": "WAIT_SELLER_SEND_GOODS",
    }
    assert (post["line_type"], post["line_id"], post["qty"]) == ("shipping", "31001/post", 0)
    assert goods["paid_amount"] + post["paid_amount"] == Decimal(TRADE["payment"])


def test_a_refunded_line_keeps_what_was_paid_for_it() -> None:
    refunded = {**LINE, "refund_status": "SUCCESS", "divide_order_fee": "0.00"}

    goods, _ = _lines(
        {**TRADE, "status": "TRADE_CLOSED", "end_time": "2026-10-03T16:30:00Z", "lines": [refunded]}
    )

    assert goods["paid_amount"] == Decimal("137.43")
    assert goods["cancelled_at"] == datetime(2026, 10, 3, 16, 30, tzinfo=UTC)


def test_what_is_not_paid_whole_is_no_sale() -> None:
    unpaid = {**TRADE, "pay_time": None, "status": "WAIT_BUYER_PAY"}
    never = {**TRADE, "status": "TRADE_CLOSED_BY_TAOBAO"}
    deposit = {**TRADE, "step_trade_status": "FRONT_PAID_FINAL_NOPAID"}

    assert [_lines(trade) for trade in (unpaid, never, deposit)] == [[], [], []]
    assert len(_lines({**TRADE, "step_trade_status": "FRONT_PAID_FINAL_PAID"})) == 2


def test_a_line_of_a_paid_trade_that_was_closed_before_payment_is_no_sale() -> None:
    closed = LINE | {"oid": "32002", "status": "TRADE_CLOSED_BY_TAOBAO"}
    given_back = LINE | {"oid": "32003", "status": "TRADE_CLOSED", "refund_status": "SUCCESS"}

    found = _lines({**TRADE, "lines": [LINE, closed, given_back]})

    assert [line["line_id"] for line in found if line["line_type"] == "goods"] == ["32001", "32003"]


def test_free_postage_makes_no_line_and_a_blank_code_falls_back_to_the_next() -> None:
    bare = {**LINE, "outer_sku_id": " ", "divide_order_fee": None, "part_mjz_discount": None}

    (goods,) = _lines({**TRADE, "post_fee": "0.00", "lines": [bare]})

    assert (goods["sku_id"], goods["paid_amount"]) == ("ITEM-1", Decimal("140.00"))


def test_an_amount_beyond_a_float_stays_exact() -> None:
    (goods, _) = _lines({**TRADE, "lines": [{**LINE, "divide_order_fee": "90071992547409.93"}]})

    assert goods["paid_amount"] == Decimal("90071992547409.93")


def test_a_refund_counts_on_the_local_day_it_went_through() -> None:
    (refund,) = _refunds(REFUND)

    assert refund == {
        "platform": "taobao",
        "shop_id": "shop",
        "source_row_id": "77001",
        "refund_id": "77001",
        "refund_line_id": "77001",
        "order_id": "31001",
        "line_id": "32001",
        "qty": 0,  # TOP's list does not say how many came back
        "amount": Decimal("137.43"),
        "currency": "CNY",
        "fx_rate": Decimal(1),
        "amount_base": Decimal("137.43"),
        "reason": "质量问题",
        "refunded_at": datetime(2026, 10, 3, 16, 30, tzinfo=UTC),
        "business_date": date(2026, 10, 4),
        "is_excluded": False,
        "type": "return",
        "requested_at": datetime(2026, 10, 2, 1, 0, tzinfo=UTC),
        "requested_on": date(2026, 10, 2),
        "withdrawn": False,
    }


def test_a_request_that_is_open_or_given_up_gives_no_money_back() -> None:
    (waiting,) = _refunds({**REFUND, "status": "WAIT_SELLER_AGREE"})
    (closed,) = _refunds({**REFUND, "status": "CLOSED", "dispute_type": None, "has_good_return": False})

    assert [r["amount"] for r in (waiting, closed)] == [0, 0]
    assert [r["withdrawn"] for r in (waiting, closed)] == [False, True]
    assert "business_date" not in waiting
    assert closed["type"] == "refund_only"


def test_a_rating_keeps_its_grade_and_its_local_day() -> None:
    rating = {"tid": "31001", "oid": "32001", "role": "buyer", "result": "bad", "created": "2026-10-01T16:00:00Z",
              "num_iid": "62", "valid_score": True}  # fmt: skip
    ratings = [{**rating, "oid": f"3200{n}", "result": r} for n, r in enumerate(("bad", "neutral", "good"))]

    rows = canonical("taobao_top", "ratings", ratings, "review", zone="Asia/Shanghai", key="oid")

    assert rows[0] == {
        "platform": "taobao",
        "shop_id": "shop",
        "source_row_id": "32000",
        "review_id": "32000",
        "order_id": "31001",
        "rating": 1,
        "is_negative": True,
        "created_at": datetime(2026, 10, 1, 16, 0, tzinfo=UTC),
        "created_on": date(2026, 10, 2),
    }
    assert [(row["rating"], row["is_negative"]) for row in rows] == [(1, True), (3, False), (5, False)]


def test_the_reversed_scale_of_service_ratings_is_turned_and_no_chat_is_counted() -> None:
    rating = {"eval_sender": "cntaobao示例店:小二", "send_time": "2026-10-01T16:00:00Z", "source": 0,
              "eval_time": "2026-10-01T16:05:00Z", "open_uid": "5f0c"}  # fmt: skip
    ratings = [{**rating, "eval_code": code, "open_uid": f"b{code}"} for code in range(5)]

    rows = canonical(
        "taobao_top",
        "service_ratings",
        ratings,
        "chat",
        zone="Asia/Shanghai",
        key=lambda r: f"k/{r['open_uid']}",
    )

    assert rows[0] == {
        "platform": "taobao",
        "shop_id": "shop",
        "source_row_id": "k/b0",
        "chat_id": "k/b0",
        "agent_id": "示例店:小二",
        "started_at": datetime(2026, 10, 1, 16, 0, tzinfo=UTC),
        "started_on": date(2026, 10, 2),
        "rating": 5,
        "rating_only": True,
    }
    assert [row["rating"] for row in rows] == [5, 4, 3, 2, 1]


def test_a_campaigns_day_carries_its_spend_and_its_attribution() -> None:
    row = {"thedate": "2026-10-01", "campaign_id": "68001", "biz_code": "onebpSearch", "scene1_name": "关键词推广",
           "charge": "1280.37", "ad_pv": 1000, "click": 35, "alipay_inshop_num": 4, "alipay_inshop_amt": "5600.10",
           "unify_type": "zhai", "effect_equal": 15}  # fmt: skip

    (ad,) = canonical(
        "taobao_top",
        "ads",
        [row],
        "ad",
        zone="Asia/Shanghai",
        key=lambda r: f"{r['thedate']}/{r['campaign_id']}/zhai-15",
    )

    assert ad == {
        "platform": "taobao",
        "shop_id": "shop",
        "source_row_id": "2026-10-01/68001/zhai-15",
        "ad_on": date(2026, 10, 1),
        "campaign_id": "68001",
        "ad_type": "关键词推广",
        "currency": "CNY",
        "fx_rate": Decimal(1),
        "spend": Decimal("1280.37"),
        "spend_base": Decimal("1280.37"),
        "impressions": 1000,
        "clicks": 35,
        "ad_orders": 4,
        "ad_sales": Decimal("5600.10"),
        "ad_sales_base": Decimal("5600.10"),
        "attribution_window": 15,
    }

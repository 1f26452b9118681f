"""One hand-made October of a person who holds shop s1: a few rows of every canonical table, small enough to do the sums by head.

Not here: what the figures must be (test_kpis_over_rows).
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
OCT = date(2026, 10, 1)
SHOP = {"platform": "x", "shop_id": "s1"}


def day(number: int, month: int = 10) -> date:
    return date(2026, month, number)


def at(number: int, hour: int = 12, month: int = 10) -> str:
    return f"2026-{month:02}-{number:02} {hour:02}:00:00+00"


def line(
    order: str, on: date, amount: int, buyer: str | None = "b1", sku: str = "k1", qty: int = 1, **more: Any
) -> Row:
    costs = dict.fromkeys(
        ("platform_fee_base", "payment_fee_base", "fulfil_fee_base", "freight_base", "tariff_base"), 1
    )
    given = {
        "order_id": order,
        "line_id": f"{order}{sku}",
        "line_type": "goods",
        "business_date": on,
        "buyer_id": buyer,
    }
    money = {
        "paid_amount": amount,
        "paid_amount_base": amount,
        "cogs_base": 40 * qty,
        "qty": qty,
        "is_excluded": False,
    }
    told = {"buyer_first_on": on, "sku_id": sku, "channel": "search", "is_new_sku": False}
    return {**SHOP, **given, **told, **money, **costs, **more}


def refund(key: str, on: date | None, ordered: date, amount: int, **more: Any) -> Row:
    given = {
        "refund_id": key,
        "refund_line_id": key,
        "business_date": on,
        "order_business_date": ordered,
        "qty": 0,
    }
    return {
        **SHOP,
        **given,
        "amount_base": amount,
        "cogs_base": 0,
        "sku_id": "k1",
        "is_excluded": False,
        "channel": "search",
        "withdrawn": False,
        **more,
    }


def _stock(on: date, sku: str, warehouse: str, qty: int, cost: int, age: int, abc: str = "A") -> Row:
    given = {"snapshot_on": on, "sku_id": sku, "warehouse": warehouse, "sellable_qty": qty, "age_days": age}
    return {**SHOP, **given, "on_hand_cost_base": cost, "abc_class": abc, "is_listed": True}


def _month_of_stock() -> list[Row]:
    """k1 lies in two warehouses and is sold out in both on the last three days; k2 always has ten."""
    rows = []
    for offset in range(31):
        on = OCT + timedelta(days=offset)
        rows += [
            _stock(on, "k1", "north", 5 if on.day < 20 else 0, 100, 10),
            _stock(on, "k1", "south", 5 if on.day < 29 else 0, 100, 20),
            _stock(on, "k2", "north", 10, 300, 100),
            _stock(on, "k3", "north", 0, 0, 0, "C"),
        ]
    return rows


def _task(kind: str, due: str, done: str | None, errors: int = 0, **more: Any) -> Row:
    on = {
        "due_at": due,
        "due_on": due[:10],
        "delivered_at": done,
        "delivered_on": done[:10] if done else None,
    }
    return {**SHOP, "type": kind, "assignee_id": "p", **on, "errors": errors, "difficulty_points": 2, **more}


def _health(metric: str, on: date, value: str, over: tuple[int, int] | None = None) -> Row:
    above, below = over or (None, None)
    return {
        **SHOP,
        "metric": metric,
        "measured_on": on,
        "value": value,
        "numerator": above,
        "denominator": below,
    }


def _live(**more: Any) -> Row:
    figures = {
        "planned_minutes": 120,
        "minutes": 90,
        "effective_minutes": 90,
        "impressions": 10000,
        "entries": 2000,
    }
    people = {
        "viewers": 1000,
        "returning_followers": 200,
        "watch_seconds": 60000,
        "comments": 50,
        "new_followers": 40,
    }
    sales = {
        "product_impressions": 4000,
        "product_clicks": 400,
        "buyers": 30,
        "violations": 1,
        "scene_errors": 2,
    }
    sheet = {"run_sheet_items": 20, "run_sheet_done": 19, "gmv_base": 3000, "refunded_base": 600}
    return {
        **SHOP,
        "owned_shop_id": "s1",
        "started_on": day(5),
        "live_share": 1,
        **figures,
        **people,
        **sales,
        **sheet,
        **more,
    }


# fmt: off
TABLES: dict[str, list[Row]] = {
    "order_line": [
        line("o1", day(2), 100, channel="private", buyer_first_on=day(2), is_new_sku=True),
        line("o2", day(9), 200, buyer_first_on=day(2), qty=2, influencer_id="i1"),
        line("o3", day(9), 300, "b2", "k2", 2, channel="distribution", distributor_id="d1", distributor_first_on=day(9)),
        line("o4", day(20, 9), 400, "b1", "k2", buyer_first_on=day(1, 9)),
        line("o5", day(21, 9), 100, "b9", "k2"),
        line("o6", date(2025, 10, 3), 500, "b8", "k2"),
        line("o7", day(3), 999, is_excluded=True),
        line("o8", day(4), 0, buyer="b7", sku="k9"),
    ],
    "refund": [
        refund("r1", day(20), day(9), 50, reason_kind="quality", platform_intervened=True, requested_on=day(19),
          influencer_id="i1"),
        refund("r2", day(1), day(21, 9), 100, reason_kind="not_wanted", platform_intervened=False, requested_on=day(1)),
        refund("r3", None, day(9), 0, reason_kind="quality", withdrawn=True, requested_on=day(12)),
    ],
    "ticket": [
        {"opened_on": day(1), "resolved_on": day(2), "resolved_at": at(2), "due_on": day(2), "resolution_minutes": 120,
          "reopens": 0} | {"sla_hours": 24, "first_reply_minutes": 10, "first_reply_business_minutes": 4}
          | {"contacts": 1, "compensation": 11, "compensation_base":
          11},
        {"opened_on": day(3), "resolved_on": day(6), "resolved_at": at(6), "due_on": day(4), "resolution_minutes": 600,
          "reopens": 1} | {"sla_hours": 24, "first_reply_minutes": 30, "first_reply_business_minutes": 13, "contacts": 2},
    ],
    "inquiry": [
        {"received_on": day(1), "received_at": at(1), "first_reply_at": at(2, 12), "is_valid": True, "order_id": "o1"},
        {"received_on": day(3), "received_at": at(3), "first_reply_at": at(4, 13), "is_valid": True},
        {"received_on": day(3), "received_at": at(3), "is_valid": False},
    ],
    "receipt": [
        {"received_on": day(10), "due_on": day(12), "invoiced_on": day(1), "due_amount": 1, "due_amount_base": 1000, "amount":
          1} | {"amount_base": 800, "purchase_cost": 1, "purchase_cost_base": 500, "freight": 1, "freight_base": 50} |
          {"tax_refund": 1, "tax_refund_base": 40, "bank_fee": 1, "bank_fee_base": 7, "rebate": 1, "rebate_base": 3},
        {"due_on": day(20), "invoiced_on": day(1, 9), "due_amount": 1, "due_amount_base": 600},
        {"due_on": day(20, 11), "invoiced_on": day(20), "due_amount": 1, "due_amount_base": 1200},
    ],
    "forecast": [
        {"sku_id": "k1", "from_on": OCT, "to_on": day(31), "forecast_qty": 8, "actual_qty": 10},
        {"sku_id": "k2", "from_on": OCT, "to_on": day(31), "forecast_qty": 12, "actual_qty": 10},
    ],
    "market": [
        {"category": "c", "market_on": day(31), "category_sales_base": 9000},
    ],
    "traffic": [
        {"traffic_on": day(2), "level": "shop", "source": "organic", "visitors": 60, "buyers": 3, "sessions": 80, "units": 4,
          "new_followers": 5} | {"impressions": 900},
        {"traffic_on": day(2), "level": "shop", "source": "paid", "visitors": 40, "buyers": 1, "sessions": 20, "units": 1,
          "new_followers": 0} | {"impressions": 100},
        {"traffic_on": day(2), "level": "sku", "source": "all", "sku_id": "k1", "visitors": 99, "pageviews": 100,
          "buy_box_pct": "0.9"},
        {"traffic_on": day(3), "level": "sku", "source": "all", "sku_id": "k2", "visitors": 99, "pageviews": 300,
          "buy_box_pct": "0.5"},
    ],
    "asset_traffic": [
        {"traffic_on": day(2), "sku_id": "k1", "asset_type": "main_image", "owner_id": "p", "impressions": 500, "clicks": 20}
          | {"visitors": 0, "buyers": 0},
        {"traffic_on": day(2), "sku_id": "k1", "asset_type": "page", "owner_id": "p", "impressions": 7, "clicks": 7} |
          {"visitors": 200, "buyers": 8},
    ],
    "ad": [
        {"ad_on": day(2), "campaign_id": "c1", "spend_base": 20, "budget_base": 40, "impressions": 1000, "clicks": 50} |
          {"ad_orders": 2, "ad_sales_base": 100, "refund_amount_base": 10, "new_buyer_orders": 1},
        {"ad_on": day(3), "campaign_id": "c1", "spend_base": 30, "budget_base": 40, "impressions": 1000, "clicks": 50} |
          {"ad_orders": 0, "ad_sales_base": 20, "refund_amount_base": 0, "new_buyer_orders": 0},
    ],
    "listing": [
        {"listing_id": "1", "planned_on": day(5), "live_on": day(5), "errors": 1},
        {"listing_id": "2", "planned_on": day(6), "live_on": day(8), "errors": 2},
        {"listing_id": "3", "planned_on": day(7)},
    ],
    "keyword_rank": [
        {"ranked_on": day(2), "sku_id": "k1", "keyword": "w", "is_core": True, "rank": 10, "page_size": 48},
        {"ranked_on": day(2), "sku_id": "k1", "keyword": "v", "is_core": True, "rank": None, "page_size": 48},
        {"ranked_on": day(2), "sku_id": "k1", "bsr": 60},
        {"ranked_on": day(2, 9), "sku_id": "k1", "bsr": 80},
    ],
    "platform_health": [
        _health("odr", day(31), "0.008", (8, 1000)),
        _health("odr", day(30), "0.9", (900, 1000)),
        *(_health(metric, day(31), "0.02", (2, 100)) for metric in ("lsr", "vtr", "cancel_rate")),
        _health("shop_score", day(31), "4.9"),
        _health("ipi", day(31), "500"),
        _health("shop_star", day(31), "4"),
        _health("ahr", day(9), "210"),
        _health("ahr", day(31), "260"),
    ],
    "settlement": [
        {"settled_on": day(15), "amount_base": 900, "unexplained_base": -2},
        {"settled_on": day(30), "amount_base": 1100, "unexplained_base": 2},
    ],
    "live_share": [
        _live(),
        _live(session_id="2", minutes=150, effective_minutes=150),
    ],
    "content": [
        {"published_on": day(4), "type": "video", "views": 200000, "completes": 50000, "likes": 6000, "comments": 2000,
          "shares": 1000} | {"saves": 1000, "new_followers": 30, "gmv_base": 700, "refunded_base": 100, "passed_review": True},
        {"published_on": day(5), "type": "image", "views": 100, "completes": 0, "likes": 0, "comments": 0, "shares": 0,
          "saves": 0} | {"new_followers": 0, "gmv_base": 0, "refunded_base": 0, "passed_review": False},
    ],
    "influencer": [
        {"influencer_id": "i1", "sample_sent_on": day(1), "first_post_on": day(8), "contract_due": day(9), "delivered": True}
          | {"fee_on": day(9), "commission": 10, "commission_base": 10},
        {"influencer_id": "i2", "sample_sent_on": day(1), "contract_due": day(9), "delivered": False},
    ],
    "member": [
        {"member_id": "1", "joined_on": day(1, 9)},
        {"member_id": "2", "joined_on": day(2, 9), "left_on": day(30, 9)},
        {"member_id": "3", "joined_on": day(3, 9), "left_on": day(15)},
        {"member_id": "4", "joined_on": day(3)},
    ],
    "community": [
        {"community_id": "g", "snapshot_on": day(31), "members": 200, "active_members": 50},
        {"community_id": "g", "snapshot_on": day(30), "members": 999, "active_members": 999},
    ],
    "chat": [
        {"started_on": day(2), "rating_only": False, "agent_id": "p", "buyer_id": "b1", "is_inquiry": True,
          "replied": True, "first_reply_seconds": 20} |
          {"reply_seconds_total": 60, "reply_count": 3, "rounds": 3, "rounds_replied_3min": 3, "rating": 5,
          "quality_score": 90} | {"buyer_paid_within_window": True, "credited_base": 300, "refunded_base": 50},
        {"started_on": day(2), "rating_only": False, "agent_id": "p", "buyer_id": "b2", "is_inquiry": True,
          "replied": True, "first_reply_seconds": 90000} |
          {"reply_seconds_total": 20, "reply_count": 1, "rounds": 2, "rounds_replied_3min": 1, "rating": 3,
          "quality_score": 80} | {"buyer_paid_within_window": False, "credited_base": 0, "refunded_base": 0},
    ],
    "agent_day": [
        {"agent_id": "p", "served_on": day(2), "inquirers": 15, "payers": 6, "sales_amount_base": 300} |
          {"refund_amount_base": 150, "reply_seconds": 30, "buyers_served": 40} |
          {"reply_3min_rate": Decimal("0.95"), "sessions_served": 50} |
          {"reply_rate": Decimal("0.98"), "buyers_asked": 50, "first_reply_seconds": 10, "satisfaction_rate": Decimal("0.9")},
        {"agent_id": "p", "served_on": day(3), "inquirers": 5, "payers": 2, "sales_amount_base": 150, "refund_amount_base": 20} |
          {"reply_seconds": 60, "buyers_served": 20, "reply_3min_rate": Decimal("0.9"), "sessions_served": 50} |
          {"reply_rate": Decimal("1"), "buyers_asked": 20, "first_reply_seconds": 20, "satisfaction_rate": None},
        {"agent_id": "p", "served_on": day(4), "inquirers": 0, "payers": 0, "sales_amount_base": 0, "refund_amount_base": 0} |
          {"reply_seconds": None, "buyers_served": 0, "reply_3min_rate": None, "sessions_served": 0} |
          {"reply_rate": None, "buyers_asked": 0, "first_reply_seconds": None, "satisfaction_rate": None},
    ],
    "review": [
        {"created_on": day(2), "rating": 5, "is_negative": False},
        {"created_on": day(3), "rating": 2, "is_negative": True},
    ],
    "inventory": _month_of_stock(),
    "shipment": [
        {"promised_ship_on": day(2), "promised_ship_at": at(2), "shipped_at": at(2, 11), "shipped_on": day(2), "packed_on":
          day(2)} | {"promised_delivery_on": day(4), "promised_delivery_at": at(4), "delivered_at": at(4, 11), "pieces": 3,
          "packer_id": "p"} | {"error_type": "wrong", "packing_cost_base": 1, "freight_base": 4},
        {"promised_ship_on": day(3), "promised_ship_at": at(3), "shipped_at": at(3, 13), "shipped_on": day(3), "packed_on":
          day(3)} | {"promised_delivery_on": day(5), "promised_delivery_at": at(5), "delivered_at": at(6), "pieces": 5,
          "packer_id": "p"} | {"error_type": "damage", "packing_cost_base": 1, "freight_base": 4},
        {"promised_ship_on": day(3), "promised_ship_at": at(3), "is_cancelled": True},
    ],
    "stock_count": [
        {"counted_on": day(30), "sku_id": "k1", "book_qty": 5, "counted_qty": 5},
        {"counted_on": day(30), "sku_id": "k2", "book_qty": 5, "counted_qty": 4},
    ],
    "goods_in": [
        {"arrived_on": day(1), "arrived_at": at(1), "put_away_at": at(2, 12)},
        {"arrived_on": day(1), "arrived_at": at(1), "put_away_at": at(2, 13)},
    ],
    "purchase_order": [
        {"promised_on": day(9), "promised_at": at(9), "received_at": at(9), "received_on": day(9), "ordered_on": day(1),
          "qty": 10} | {"planned_qty": 10, "received_qty": 10, "rejected_qty": 1, "unit_price_base": 9, "baseline_price": 1,
          "baseline_price_base": 10} | {"payment_terms_days": 30, "supplier_id": "v1", "supplier_approved_on": day(1)},
        {"promised_on": day(9), "promised_at": at(9), "ordered_on": day(1), "qty": 30, "planned_qty": 30, "unit_price_base":
          9} | {"payment_terms_days": 60, "supplier_id": "v1", "supplier_approved_on": day(1)},
    ],
    "new_sku": [
        {"sku_id": "k1", "day_90_on": day(9), "contribution_base": 30, "stock_bought_base": 50, "ad_spend_base": 10},
        {"sku_id": "k2", "day_90_on": day(10), "contribution_base": -10, "stock_bought_base": 30, "ad_spend_base": 10},
    ],
    "task": [
        _task("main_image", at(2), at(2, 11), 1, first_pass=True),
        _task("report", at(3), at(3), 2, first_pass=False),
        _task("report", at(4), at(5)),
        _task("close", at(5, 8), at(5, 20)),
        _task("close", at(6), at(9)),
        _task("close", at(30), None),
    ],
    "project": [
        {"kind": "tech", "weight": 3, "due_on": day(9), "done_on": day(8)},
        {"kind": "tech", "weight": 1, "due_on": day(9)},
        {"kind": "process", "weight": 1, "due_on": day(9), "done_on": day(2, 11)},
        *({"kind": kind, "weight": 1, "done_on": day(9)} for kind in ("product", "partnership", "proposal")),
    ],
    "incident": [{"type": kind, "confirmed": confirmed, "occurred_on": day(9)} for kind in ("complaint", "safety",
    "price_breach", "infringement") for confirmed in (True, False)],
    "attendance": [
        {"employee_id": "p", "worked_on": day(1), "scheduled_hours": 8, "worked_hours": 4, "late": False, "absent": False},
        {"employee_id": "p", "worked_on": day(2), "scheduled_hours": 8, "worked_hours": 0, "late": False, "absent": True},
        {"employee_id": "p", "worked_on": day(3), "scheduled_hours": 0, "worked_hours": 0, "late": False, "absent": False},
    ],
    "training": [
        {"planned_on": day(1), "held_on": day(2), "trainees": 10, "passed": 9},
        {"planned_on": day(1)},
    ],
    "opex": [
        {"category": "rent", "cost_on": day(31), "amount_base": 90, "budget_base": 100},
        {"category": "warehouse_wages", "cost_on": day(31), "amount_base": 30, "budget_base": 20},
    ],
    "headcount": [
        *({"manager_id": "p", "changed_on": day(1, 9), "change": 1, "leavers": 0, "voluntary_leavers": 0} for _ in range(5)),
        {"manager_id": "p", "changed_on": day(9), "change": -1, "leavers": 1, "voluntary_leavers": 1, "is_key": True},
        {"manager_id": "p", "changed_on": day(9), "change": -1, "leavers": 1, "voluntary_leavers": 0, "is_key": False},
    ],
}
# fmt: on

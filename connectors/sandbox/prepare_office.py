# ruff: noqa: ARG001, D103, E501 -- makers share one signature and need no words; a made-up row reads best on few lines
"""The made-up rows of the slower tables: tasks, purchases, returns of post, costs, reviews, attendance and the like.

Belongs here: row makers with a random source handed in. Not here: the daily shop tables and the writing of files (prepare_facts.py).
"""

import random
from datetime import date, timedelta

Row = dict[str, object]
SKUS = (
    "22423",
    "85123A",
    "47566",
    "85099B",
    "23084",
    "22086",
    "84879",
    "22197",
    "21137",
    "20725",
    "22720",
    "79321",
)
PEOPLE = tuple(f"P{n}" for n in range(100, 129))
_ONE = timedelta(days=1)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> str:
    """An instant of the day in UTC."""
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:{second:02d}Z"


def inquiry(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"inquiry_id": f"i{day:%m%d}-{n}", "owner_id": "P111", "buyer_id": f"f{day:%m%d}-{n}", "source": "site", "received_at": at(day, 8),
         "first_reply_at": at(day, r.randint(9, 14)), "is_valid": r.random() < 0.8,
         "order_id": f"ft{day:%m%d}-{n}" if r.random() < 0.3 else None}
        for n in range(3)
    ]  # fmt: skip


def receipt(r: random.Random, day: date, busy: int) -> list[Row]:
    due = r.randint(2000, 4000) * busy
    return [
        {"receipt_id": f"r{day:%m%d}", "order_id": f"ft{day:%m%d}-0", "owner_id": "P111", "invoiced_on": day, "due_on": day,
         "received_on": day, "currency": "GBP", "due_amount": due, "amount": due * r.choice((90, 100, 100)) // 100,
         "purchase_cost": due * 6 // 10, "freight": due // 20, "bank_fee": 15, "rebate": 0, "tax_refund": due // 20}
    ]  # fmt: skip


def forecast(r: random.Random, day: date, busy: int) -> list[Row]:
    if day.day != 1:
        return []
    last = (day + 31 * _ONE).replace(day=1) - _ONE  # 31 days after a first is in the next month
    return [
        {
            "sku_id": sku,
            "owner_id": "P117",
            "from_on": day,
            "to_on": last,
            "forecast_qty": r.randint(300, 900) * busy,
        }
        for sku in SKUS
    ]


def market(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {
            "category": "gifts",
            "market_on": day,
            "currency": "GBP",
            "category_sales": busy * r.randint(90000, 140000),
            "source": "synthetic",
        }
    ]


def listing(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"listing_id": f"l{day:%m%d}", "sku_id": SKUS[day.day % 12], "owner_id": "P119", "planned_on": day,
         "live_at": at(day + r.choice((0, 0, 0, 1)) * _ONE, 9), "errors": r.choice((0, 0, 0, 1)), "is_new": True}
    ]  # fmt: skip


def settlement(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"settlement_id": f"t{day:%m%d}", "settled_on": day, "owner_id": "P124", "currency": "GBP", "amount": busy * r.randint(5000, 8000),
         "unexplained": r.choice((0, 0, 0, 12))}
    ]  # fmt: skip


def influencer(r: random.Random, day: date, busy: int) -> list[Row]:
    if day.weekday() != 0:
        return []
    return [
        {"cooperation_id": f"c{day:%m%d}", "influencer_id": f"n{day:%m%d}", "bd_id": "P112", "sample_sent_at": at(day, 9),
         "first_post_at": at(day + 3 * _ONE, 9), "contract_due": day + 5 * _ONE, "delivered_on": day + 4 * _ONE, "delivered": True,
         "fee_on": day, "currency": "GBP", "commission": busy * r.randint(20, 60), "fixed_fee": 50}
    ]  # fmt: skip


def member(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"member_id": f"m{day:%m%d}-{n}", "community_id": "g1", "owner_id": "P121", "joined_at": at(day, 10),
         "last_active_at": at(day + _ONE, 10), "left_on": day + 20 * _ONE if r.random() < 0.05 else None}
        for n in range(4)
    ]  # fmt: skip


def community(r: random.Random, day: date, busy: int) -> list[Row]:
    size = 800 + (day - date(2011, 10, 1)).days * 3  # 4 join a day and 1 leaves
    return [
        {"community_id": "g1", "owner_id": "P121", "snapshot_on": day, "members": size, "active_members": size * r.randint(20, 35) // 100,
         "joined": 4, "departed": 1}
    ]  # fmt: skip


def review(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"review_id": f"v{day:%m%d}-{n}", "sku_id": SKUS[n], "agent_id": "P120", "rating": (s := r.choice((5, 5, 5, 4, 2))),
         "created_at": at(day, 9), "responded_at": at(day, 9 + r.randint(1, 9)) if s < 3 else None}
        for n in range(4)
    ]  # fmt: skip


def stock_count(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"counted_on": day, "warehouse": "main", "sku_id": sku, "employee_id": "P123", "book_qty": (q := r.randint(20, 90)),
         "counted_qty": q - (r.random() < 0.03)}
        for sku in SKUS[:3]
    ]  # fmt: skip


def goods_in(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"goods_in_id": f"g{day:%m%d}", "po_id": f"o{day:%m%d}", "warehouse": "main", "employee_id": "P123", "qty": 100,
         "arrived_at": at(day, 9), "put_away_at": at(day + r.choice((0, 0, 0, 2)) * _ONE, 16)}
    ]  # fmt: skip


def purchase_order(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"po_id": f"o{day:%m%d}", "po_line_id": f"o{day:%m%d}-{who}", "buyer_id": who, "supplier_id": f"s{day.day % 7}-{who}",
         "supplier_approved_on": day if day.day < 3 else None, "sku_id": SKUS[day.day % 12], "warehouse": "main", "planned_qty": 100,
         "qty": 100, "currency": "GBP", "unit_price": "1.90", "baseline_price": "2.00", "ordered_at": at(day, 8),
         "promised_at": at(day + 5 * _ONE, 20), "received_at": at(day + r.choice((4, 4, 4, 6)) * _ONE, 12), "received_qty": 100,
         "rejected_qty": r.choice((0, 0, 2)), "payment_terms_days": 30}
        for who in ("P125", "P108")
    ]  # fmt: skip


def task(r: random.Random, day: date, busy: int) -> list[Row]:
    posts = (
        ("main_image", "P126"),
        ("page", "P126"),
        ("video", "P116"),
        ("report", "P127"),
        ("close", "P124"),
        ("other", "P128"),
    )
    drawn: list[Row] = [
        {"task_id": f"k{day:%m%d}-{n}-{who}", "assignee_id": who, "type": kind, "due_at": at(day, 18),
         "delivered_at": at(day, 19 if r.random() < 0.06 else 15), "first_pass": r.random() < 0.9, "revisions": r.choice((0, 0, 1)),
         "errors": r.choice((0, 0, 0, 0, 1)), "difficulty_points": r.randint(1, 5), "sku_id": SKUS[n]}
        for n, (kind, who) in enumerate(posts)
    ]  # fmt: skip
    # campaigns, follow-ups and reports of people who own a shop: theirs alone, too
    more = (("report", "P128"), ("other", "P104"), ("other", "P110"), ("other", "P119"))
    return drawn + [
        {"task_id": f"k{day:%m%d}-{n}-{who}-{kind}", "assignee_id": who, "type": kind, "due_at": at(day, 18),
         "delivered_at": at(day, 19 if day.day == 17 else 15), "first_pass": True, "revisions": 0, "errors": 0, "difficulty_points": 1}
        for n, (kind, who) in enumerate(more, len(posts))
    ]  # fmt: skip


def project(r: random.Random, day: date, busy: int) -> list[Row]:
    if day.day not in (10, 20):
        return []
    kinds = ("tech", "process", "product", "partnership", "proposal")
    return [
        {"project_id": f"j{day:%m%d}-{kind}-{who}", "owner_id": who, "kind": kind, "weight": 10, "due_at": at(day, 18),
         "done_at": at(day, 12) if r.random() < 0.85 else None}
        for kind in kinds for who in PEOPLE
    ]  # fmt: skip


def incident(r: random.Random, day: date, busy: int) -> list[Row]:
    if day.day != 15:
        return []
    return [
        {
            "incident_id": f"x{day:%m%d}",
            "employee_id": "P122",
            "type": "safety",
            "severity": "low",
            "occurred_on": day,
            "confirmed": False,
        }
    ]


def training(r: random.Random, day: date, busy: int) -> list[Row]:
    if day.day != 12:
        return []
    return [
        {
            "training_id": f"h{day:%m%d}-{who}",
            "owner_id": who,
            "planned_on": day,
            "held_on": day,
            "trainees": 10,
            "passed": r.randint(8, 10),
        }
        for who in PEOPLE
    ]


def opex(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"opex_id": f"e{day:%m%d}-{what}", "dept": "综合运营部", "warehouse": "main", "category": what, "cost_on": day, "currency": "GBP",
         "amount": r.randint(40, 60) * busy, "budget": 52 * busy}
        for what in ("warehouse_wages", "office")
    ]  # fmt: skip

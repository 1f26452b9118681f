# ruff: noqa: ARG001, E501 -- makers share one signature; a made-up row reads best on few lines
"""Make the sample company's fact files: two months of every canonical table that orders and refunds do not fill.

Run `python -m connectors.sandbox.prepare_facts [folder]`. What is made up is made up here and in prepare_office; the seed is fixed and no clock is read,
so the bundled files are what it makes. Belongs here: the made-up rows. Not here: orders, refunds and tickets (prepare.py), which are real.
"""

import csv
import io
import random
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from connectors.sandbox import prepare_office as office
from connectors.sandbox import prepare_real as real
from connectors.sandbox.prepare_office import SKUS, Row, at
from models.tables import FACTS, ColumnType

SAMPLE = Path(__file__).resolve().parents[2] / "kpi_definitions" / "sample"
FIRST, LAST = date(2011, 10, 1), date(2011, 11, 30)
DAYS = tuple(FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
SHOP, BUSY = "uk", 5
_ZONE = "Europe/London"
_REMARK = (
    "# Made by connectors/sandbox/prepare_facts.py. Files named synthetic-... are made up, seed fixed; the other two come from public\n"
    "# sets (UCI 445 absences, UCI 488 broadcasts), moved to these months: see README.md."
)

Maker = Callable[[random.Random, date, int], list[Row]]


def _traffic(r: random.Random, day: date, busy: int) -> list[Row]:
    def row(sku: str, seen: int) -> Row:
        visits = seen // 4
        return {
            "traffic_on": day, "sku_id": sku, "source": "all", "impressions": seen * 9, "clicks": seen, "visitors": visits,
            "sessions": visits + 20, "pageviews": seen * 2, "bounces": visits * 2 // 5, "add_to_cart": visits // 8,
            "new_followers": visits // 50, "buyers": visits // 25, "units": visits // 5,
            "buy_box_pct": f"0.{r.randint(82, 97)}" if sku else None,
        }  # fmt: skip

    return [row("", busy * r.randint(1500, 2500)), *(row(sku, busy * r.randint(60, 160)) for sku in SKUS[:4])]


def _ad(r: random.Random, day: date, busy: int) -> list[Row]:
    rows: list[Row] = []
    for n, owner in enumerate(("P103", "P104", "P105", "P110"), 1):
        clicks = busy * r.randint(60, 140)
        rows.append({
            "ad_on": day, "campaign_id": f"c{n}", "owner_id": owner, "ad_type": "search", "sku_id": SKUS[n], "currency": "GBP",
            "spend": busy * r.randint(30, 60), "budget": busy * 50, "impressions": clicks * 40, "clicks": clicks,
            "ad_orders": clicks // 20, "ad_sales": busy * r.randint(120, 240), "refund_amount": busy * r.randint(2, 9),
            "new_buyer_orders": clicks // 50, "attribution_window": 7,
        })  # fmt: skip
    return rows


def _inventory(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {
            "snapshot_on": day, "sku_id": sku, "warehouse": "main", "owner_id": "P117", "sellable_qty": max(0, r.randint(-6, 60)) * busy,
            "inbound_qty": r.randint(0, 20) * busy, "currency": "GBP", "on_hand_cost": r.randint(40, 90) * busy,
            "age_days": r.randint(5, 200), "abc_class": "AABBC"[n % 5],
        }
        for n, sku in enumerate(SKUS)
    ]  # fmt: skip


def _keyword(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"ranked_on": day, "sku_id": sku, "keyword": f"keyword {n}", "owner_id": "P109", "is_core": n < 3, "rank": r.randint(5, 70),
         "page_size": 48, "bsr": r.randint(200, 900) - (day - FIRST).days * 2}
        for n, sku in enumerate(SKUS[:5])
    ]  # fmt: skip


def _health(r: random.Random, day: date, busy: int) -> list[Row]:
    counted = {"odr": 4, "lsr": 15, "vtr": 970, "cancel_rate": 9}
    rows: list[Row] = [
        {
            "measured_on": day,
            "metric": m,
            "window_days": 30,
            "numerator": n + r.randint(-3, 3),
            "denominator": 1000,
        }
        for m, n in counted.items()
    ]
    for metric, low, high in (
        ("ipi", 480, 620),
        ("ahr", 210, 330),
        ("shop_score", 88, 97),
        ("shop_star", 4, 5),
    ):
        rows.append({"measured_on": day, "metric": metric, "window_days": 30, "value": r.randint(low, high)})
    return rows


def _live(r: random.Random, day: date, busy: int) -> list[Row]:
    seen = busy * r.randint(200, 400)
    return [{
        "session_id": f"s{day:%m%d}", "room_id": "room-1", "started_at": at(day, 18), "ended_at": at(day, 21), "planned_minutes": 180,
        "minutes": 180, "effective_minutes": r.randint(160, 180), "impressions": seen * 8, "entries": seen * 2, "viewers": seen,
        "returning_followers": seen // 5, "watch_seconds": seen * r.randint(50, 120), "comments": seen // r.randint(6, 12),
        "new_followers": seen // 20, "fan_club_joins": seen // 90, "product_impressions": seen * 3, "product_clicks": seen // 3,
        "buyers": seen // 30, "orders": seen // 28, "violations": 0, "scene_errors": r.choice((0, 0, 0, 1)), "run_sheet_items": 20,
        "run_sheet_done": r.randint(17, 20), "peak_online": seen // 3, "avg_online": seen // 6, "currency": "GBP", "gmv": seen // 2,
        "refund_amount": seen // 30,
    }]  # fmt: skip


def _shift(r: random.Random, day: date, busy: int) -> list[Row]:
    posts = (("anchor", "P113"), ("controller", "P114"), ("ops", "P115"))
    return [
        {"shift_id": f"s{day:%m%d}-{post}", "session_id": f"s{day:%m%d}", "employee_id": who, "role": post,
         "started_at": at(day, 18), "ended_at": at(day, 21), "currency": "GBP"}
        for post, who in posts
    ]  # fmt: skip


def _content(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"content_id": f"v{day:%m%d}-{who}", "employee_id": who, "type": "video", "planned_on": day, "published_at": at(day, 12),
         "passed_review": r.random() < 0.95, "views": (v := busy * r.randint(800, 3000)), "completes": v // 4, "likes": v // 20,
         "comments": v // 90, "shares": v // 120, "saves": v // 80, "new_followers": v // 100, "currency": "GBP", "gmv": v // 20,
         "refund_amount": v // 400}
        for who in ("P116", "P118")
    ]  # fmt: skip


def _chats(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"chat_id": f"k{day:%m%d}-{n}", "agent_id": "P120", "queue_id": "presales", "buyer_id": f"b{r.randint(1, 900)}",
         "started_at": at(day, 9 + n), "is_inquiry": True, "replied": True, "first_reply_seconds": (f := r.randint(5, 50)),
         "reply_seconds_total": f * 4, "reply_count": 4, "rounds": 4, "rounds_replied_3min": r.choice((4, 4, 3)),
         "rating": r.choice((5, 5, 4, 3)), "quality_score": r.randint(82, 98), "buyer_paid_within_window": (p := r.random() < 0.5),
         "currency": "GBP", "paid_amount": r.randint(20, 90) if p else 0, "refund_amount": 0}
        for n in range(4)
    ]  # fmt: skip


def _agent_days(r: random.Random, day: date, busy: int) -> list[Row]:
    asked, inquirers = busy * r.randint(8, 14), busy * r.randint(3, 6)
    return [
        {"agent_id": "P120", "served_on": day, "buyers_asked": asked, "buyers_served": asked - (lost := r.randint(0, 2)),
         "buyers_unanswered": lost, "sessions_served": asked + r.randint(0, 9), "inquirers": inquirers,
         "orderers": inquirers // 2, "payers": inquirers * 2 // 5, "first_reply_seconds": f"{r.randint(60, 300) / 10}",
         "reply_seconds": f"{r.randint(150, 400) / 10}", "reply_rate": f"0.{r.randint(96, 99)}",
         "reply_3min_rate": f"0.{r.randint(90, 99)}", "satisfaction_rate": f"0.{r.randint(85, 98)}", "currency": "GBP",
         "sales_amount": (sold := inquirers * r.randint(10, 30)), "refund_amount": sold // 20}
    ]  # fmt: skip


def _messages(r: random.Random, day: date, busy: int) -> list[Row]:
    return [
        {"message_id": f"k{day:%m%d}-{n}-{who}", "chat_id": f"k{day:%m%d}-{n}", "sender": who,
         "agent_id": "P120" if who == "agent" else None, "sent_at": at(day, 9 + n, 0, 0 if who == "buyer" else r.randint(5, 50))}
        for n in range(4) for who in ("buyer", "agent")
    ]  # fmt: skip


def _parcels(r: random.Random, day: date, busy: int) -> list[Row]:
    late = timedelta(days=1)
    return [
        {"shipment_id": f"p{day:%m%d}-{n}", "order_id": f"o{day:%m%d}-{n}", "warehouse": "main", "packer_id": "P122", "picker_id": "P122",
         "promised_ship_at": at(day, 20), "packed_at": at(day, 10), "shipped_at": at(day, 21 if r.random() < 0.03 else 15),
         "promised_delivery_at": at(day + 3 * late, 20), "delivered_at": at(day + r.choice((1, 2, 2, 2, 3, 4)) * late, 12),
         "pieces": r.randint(1, 12), "is_cancelled": False, "error_type": r.choice(("wrong", "damage")) if r.random() < 0.01 else None,
         "currency": "GBP", "packing_cost": "0.40", "freight": "2.60"}
        for n in range(10)
    ]  # fmt: skip


MAKERS: dict[str, Maker] = {
    "traffic": _traffic, "ad": _ad, "inventory": _inventory, "keyword_rank": _keyword,
    "platform_health": _health, "live_session": _live, "live_shift": _shift,
    "content": _content, "chat": _chats, "chat_message": _messages, "agent_day": _agent_days,
    "shipment": _parcels,
    "inquiry": office.inquiry,
    "receipt": office.receipt,
    "forecast": office.forecast,
    "market": office.market,
    "listing": office.listing,
    "settlement": office.settlement,
    "influencer": office.influencer,
    "member": office.member,
    "community": office.community,
    "review": office.review,
    "stock_count": office.stock_count,
    "goods_in": office.goods_in,
    "purchase_order": office.purchase_order,
    "task": office.task,
    "project": office.project,
    "incident": office.incident,
    "training": office.training,
    "opex": office.opex,
}  # fmt: skip


def files() -> dict[str, str]:
    """Every file by its name inside the company folder."""
    drops: list[tuple[str, str, str, list[Row]]] = []
    for table, make in MAKERS.items():
        # a source for each table: a change of one maker leaves the rows of the others as they are
        source = random.Random(f"meritline {table}")  # noqa: S311 - sample data, not a secret
        rows = [row for day in DAYS for row in make(source, day, BUSY)]
        drops.append((f"synthetic-{table}", table, SHOP, rows))
    drops += [
        ("attendance", "attendance", SHOP, real.attendance(office.PEOPLE, DAYS)),
        ("live_session-broadcasts", "live_session", "export", real.broadcasts(DAYS)),
    ]
    lines, made = [_REMARK, "drops:"], {}
    for stem, table, shop, rows in drops:
        given = [c for c in FACTS[table].given if c.name not in ("platform", "shop_id")]
        used = [c for c in given if any(row.get(c.name) is not None for row in rows)]
        name = f"facts/{stem}.csv"
        made[name] = _csv([c.name for c in used], rows)
        totals = _totals([c.name for c in used if c.type is ColumnType.NUMBER], rows)
        place = f"shop_id: {shop}, zone: {_ZONE}, from: {FIRST}, to: {LAST}"
        lines.append(f"  - {{table: {table}, file: {name}, {place}, rows: {len(rows)}{totals}}}")
    return made | {"facts.yaml": "\n".join(lines) + "\n"}


def _totals(numbers: list[str], rows: list[Row]) -> str:
    """The control total of the first number that every row has."""
    whole = next((n for n in numbers if all(row.get(n) is not None for row in rows)), None)
    return f", totals: {{{whole}: {sum(Decimal(str(row[whole])) for row in rows)}}}" if whole else ""


def _csv(names: list[str], rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def write(folder: Path) -> None:
    """Write every file below `folder`."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)

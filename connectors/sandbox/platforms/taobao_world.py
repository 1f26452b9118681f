"""The made-up shop behind the fake TOP: what is on the wire, and what a reader must make of it.

Belongs here: records. Payloads are written here once more by hand, so that a mistake of the connector shows. Not here: the API.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from connectors.sandbox.world import Entry

CHINA = timezone(timedelta(hours=8))
FIRST = datetime(2026, 3, 2, tzinfo=CHINA)
DAYS = 4
AS_OF = datetime(2026, 3, 6, 9, 30, tzinfo=CHINA)
# one that a binary float cannot hold, and trailing zeros
AMOUNTS = ("0.10", "90071992547409.93", "199.00", "35.55", "1280.00", "12.30")
AGENTS = tuple(f"cntaobao示例店:客服{n}" for n in range(1, 6))


def utc(at: datetime) -> str:
    """As payloads write an instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(at: datetime) -> str:
    """As TOP writes it."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def nobody(open_uid: str) -> str:
    """A buyer as the landing file may name one."""
    return hashlib.sha256(f"meritline:{open_uid}".encode()).hexdigest()[:24]


def _moments() -> Iterator[datetime]:
    """18 records a day, the first at midnight; nine at one second of the third day; some this morning."""
    for day in range(DAYS):
        for n in range(18):
            yield FIRST + timedelta(days=day, minutes=n * 79)
    for _ in range(9):
        yield FIRST + timedelta(days=2, hours=20, seconds=11)
    for n in range(4):
        yield FIRST + timedelta(days=DAYS, hours=n * 2)


def trade(number: int, at: datetime) -> Entry:
    """A paid trade with one or two lines."""
    created = at - timedelta(minutes=number % 50)
    tid, lines = 3_100_000_000_000_000_000 + number, [_line(number, part) for part in range(1 + number % 2)]
    raw = {
        "tid": tid,
        "type": "fixed",
        "status": "WAIT_SELLER_SEND_GOODS",
        "payment": AMOUNTS[number % 6],
        "post_fee": "8.00",
        "created": local(created),
        "pay_time": local(created),
        "modified": local(at),
        "buyer_open_uid": f"AAH{number % 37}",
        "orders": {"order": lines},
    }
    return _trade(raw, created, at)


def _line(number: int, part: int) -> dict[str, Any]:
    return {
        "oid": 3_200_000_000_000_000_000 + 10 * number + part,
        "num": 1 + number % 3,
        "num_iid": 620_000_000 + number % 9,
        "outer_sku_id": f"连衣裙-{number % 7}",
        "total_fee": AMOUNTS[(number + part) % 6],
        "part_mjz_discount": "0.05",
        "divide_order_fee": AMOUNTS[(number + part + 1) % 6],
        "status": "WAIT_SELLER_SEND_GOODS",
        "refund_status": "NO_REFUND",
        "title": "a title",
    }


def _trade(raw: dict[str, Any], created: datetime, at: datetime) -> Entry:
    absent = dict.fromkeys(("sku_id", "outer_iid"))
    lines = [
        {**absent, **{n: v for n, v in line.items() if n != "title"}, "oid": str(line["oid"])}
        for line in raw["orders"]["order"]
    ]
    payload = {
        "tid": str(raw["tid"]),
        "type": raw["type"],
        "status": raw["status"],
        "payment": raw["payment"],
        "post_fee": raw["post_fee"],
        "created": utc(created),
        "pay_time": utc(created),
        "modified": utc(at),
        "end_time": utc(at) if "end_time" in raw else None,
        "step_trade_status": None,
        "buyer_open_uid": nobody(raw["buyer_open_uid"]),
        "lines": [{**line, "num_iid": str(line["num_iid"])} for line in lines],
    }
    return Entry(str(raw["tid"]), at, created, raw, payload)


def refund(number: int, at: datetime) -> Entry:
    """A refund that was paid out."""
    created = at - timedelta(hours=number % 40)
    raw = {
        "refund_id": str(77_000_000_000 + number),
        "tid": 3_100_000_000_000_000_000 + number,
        "oid": 3_200_000_000_000_000_000 + 10 * number,
        "status": "SUCCESS",
        "created": local(created),
        "modified": local(at),
        "refund_fee": AMOUNTS[number % 6],
        "reason": "七天无理由退换货",
        "has_good_return": number % 2 == 0,
        "good_status": "BUYER_RECEIVED",
        "order_status": "TRADE_CLOSED",
        "refund_phase": "aftersale",
        "dispute_type": "REFUND_AND_RETURN" if number % 2 == 0 else "REFUND",
    }
    return _refund(raw, created, at)


def _refund(raw: dict[str, Any], created: datetime, at: datetime) -> Entry:
    told = {**raw, "tid": str(raw["tid"]), "oid": str(raw["oid"]), "num": None}
    payload = {**told, "created": utc(created), "modified": utc(at)}
    return Entry(raw["refund_id"], at, created, raw, payload)


_MAKE: dict[str, Callable[[int, datetime], Entry]] = {"trades": trade, "refunds": refund}
_AGAIN: dict[str, Callable[[dict[str, Any], datetime, datetime], Entry]] = {
    "trades": _trade,
    "refunds": _refund,
}


def world() -> dict[str, list[Entry]]:
    """Every stream's records."""
    moments = list(_moments())
    return {stream: [make(n, at) for n, at in enumerate(moments)] for stream, make in _MAKE.items()}


def entry(stream: str, number: int, at: datetime) -> Entry:
    """A new record of a stream."""
    return _MAKE[stream](number, at.replace(microsecond=0))


def changed(stream: str, was: Entry, at: datetime) -> Entry | None:
    """The record with another content, now; None where nothing can change."""
    return _again(stream, was, at, {"payment": "1.01"} if stream == "trades" else {"refund_fee": "1.01"})


def closed(stream: str, was: Entry, at: datetime) -> Entry | None:
    """The record closed, now."""
    at = at.replace(microsecond=0)
    ended = {"end_time": local(at)} if stream == "trades" else {}
    return _again(stream, was, at, {"status": "TRADE_CLOSED" if stream == "trades" else "CLOSED", **ended})


def _again(stream: str, was: Entry, at: datetime, news: dict[str, Any]) -> Entry | None:
    if stream not in _AGAIN or not isinstance(was.day, datetime):
        return None
    at = at.replace(microsecond=0)
    raw = {**was.raw, **news, "modified": local(at)}
    return _AGAIN[stream](raw, was.day, at)

"""The made-up shop behind the fake TOP: what is on the wire, and what a reader must make of it.

Belongs here: records. Payloads are written here once more by hand, so that a mistake of the connector shows. Not here: the API.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from connectors.testing.world import FakeRecord

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


def _moments(days: int = DAYS) -> Iterator[datetime]:
    """18 records a day, the first at midnight; twelve at one second of the third day; some of the last morning."""
    for day in range(days):
        for n in range(18):
            yield FIRST + timedelta(days=day, minutes=n * 79)
    for _ in range(12):
        yield FIRST + timedelta(days=2, hours=20, seconds=11)
    for n in range(4):
        yield FIRST + timedelta(days=days, hours=n * 2)


def trade(number: int, at: datetime) -> FakeRecord:
    """A paid trade with one or two lines."""
    created = at - timedelta(minutes=number % 50)
    # beyond 2**53: read as a float, this id would be another one
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


def _trade(raw: dict[str, Any], created: datetime, at: datetime) -> FakeRecord:
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
    return FakeRecord(str(raw["tid"]), at, created, raw, payload)


def refund(number: int, at: datetime) -> FakeRecord:
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


def _refund(raw: dict[str, Any], created: datetime, at: datetime) -> FakeRecord:
    told = {**raw, "tid": str(raw["tid"]), "oid": str(raw["oid"]), "num": None}
    payload = {**told, "created": utc(created), "modified": utc(at)}
    return FakeRecord(raw["refund_id"], at, created, raw, payload)


def rating(number: int, at: datetime) -> FakeRecord:
    """A good rating of an order line."""
    raw = {
        "tid": 3_100_000_000_000_000_000 + number,
        "oid": 3_200_000_000_000_000_000 + 10 * number,
        "role": "buyer",
        "result": "good",
        "created": local(at),
        "num_iid": 620_000_000 + number % 9,
        "valid_score": True,
    }
    return _rating(raw, at, at)


def _rating(raw: dict[str, Any], created: datetime, _at: datetime) -> FakeRecord:
    ids = {name: str(raw[name]) for name in ("tid", "oid", "num_iid")}
    # a rating has no time of change: its day is read again as a whole
    return FakeRecord(ids["oid"], _midnight(created), created, raw, {**raw, **ids, "created": utc(created)})


def _midnight(at: datetime) -> datetime:
    return at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


def service_rating(number: int, at: datetime) -> FakeRecord:
    """A rating of one of five agents."""
    raw = {
        "eval_sender": AGENTS[number % 5],
        "send_time": local(at - timedelta(seconds=number % 50)),
        "eval_time": local(at),
        "open_uid": f"AAE{number}",
        "eval_code": number % 5,
        "source": number % 3,
    }
    return _service_rating(raw, at - timedelta(seconds=number % 50), at)


def _service_rating(raw: dict[str, Any], sent: datetime, at: datetime) -> FakeRecord:
    who = nobody(raw["open_uid"])
    payload = {**raw, "open_uid": who, "send_time": utc(sent), "eval_time": utc(at)}
    return FakeRecord(f"{raw['eval_sender']}/{utc(sent)}/{who}", at, sent, raw, payload)


def campaign(number: int, at: datetime) -> FakeRecord:
    """One of a dozen campaigns on a day."""
    index = {
        "charge": AMOUNTS[number % 6],
        "ad_pv": str(1000 + number),
        "click": str(number),
        "alipay_inshop_num": str(number % 4),
        "alipay_inshop_amt": AMOUNTS[(number + 1) % 6],
    }
    raw = {
        "thedate": f"{at.astimezone(CHINA):%Y-%m-%d}",
        "campaign_id": str(68_000_000_000 + number),
        "biz_code": "onebpSearch",
        "scene1_name": "关键词推广",
        "report_index": index,
    }
    return _campaign(raw, at, at)


def _campaign(raw: dict[str, Any], begun: datetime, _at: datetime) -> FakeRecord:
    index = raw["report_index"]
    counts = {name: int(index[name]) for name in ("ad_pv", "click", "alipay_inshop_num")}
    money = {name: index[name] for name in ("charge", "alipay_inshop_amt")}
    told = {name: raw[name] for name in ("thedate", "campaign_id", "biz_code", "scene1_name")}
    # the connector's default attribution: last click, 15 days
    payload = {**told, **counts, **money, "unify_type": "zhai", "effect_equal": 15}
    key = f"{raw['thedate']}/{raw['campaign_id']}/zhai-15"
    return FakeRecord(key, _midnight(begun), _midnight(begun).date(), raw, payload)


_MAKE: dict[str, Callable[[int, datetime], FakeRecord]] = {
    "trades": trade,
    "refunds": refund,
    "ratings": rating,
    "service_ratings": service_rating,
    "ads": campaign,
}
_AGAIN: dict[str, Callable[[dict[str, Any], datetime, datetime], FakeRecord]] = {
    "trades": _trade,
    "refunds": _refund,
    "ratings": _rating,
    "service_ratings": _service_rating,
    "ads": _campaign,
}
_NEWS: dict[str, dict[str, Any]] = {
    "trades": {"payment": "1.01"},
    "refunds": {"refund_fee": "1.01"},
    "ratings": {"result": "bad"},
    "service_ratings": {"eval_code": 4},
    "ads": {"scene1_name": "人群推广"},
}


def world() -> dict[str, list[FakeRecord]]:
    """Every stream's records; service ratings end a day earlier, ratings and campaigns with the last whole day."""
    moments = {name: list(_moments()) for name in ("trades", "refunds")}
    moments["ratings"] = [at for at in _moments() if at < FIRST + timedelta(days=DAYS)]
    moments["service_ratings"] = list(_moments(DAYS - 1))
    moments["ads"] = [FIRST + timedelta(days=day) for day in range(DAYS) for _ in range(12)]
    return {stream: [_MAKE[stream](n, at) for n, at in enumerate(found)] for stream, found in moments.items()}


def entry(stream: str, number: int, at: datetime) -> FakeRecord:
    """A new record of a stream."""
    return _MAKE[stream](number, at.replace(microsecond=0))


def changed(stream: str, was: FakeRecord, at: datetime) -> FakeRecord:
    """The record with another content, now."""
    return _again(stream, was, at, _NEWS[stream])


def closed(stream: str, was: FakeRecord, at: datetime) -> FakeRecord | None:
    """The record closed, now; None where nothing is ever closed."""
    if stream not in ("trades", "refunds"):
        return None
    ended = {"end_time": local(at)} if stream == "trades" else {}
    return _again(stream, was, at, {"status": "TRADE_CLOSED" if stream == "trades" else "CLOSED", **ended})


def _again(stream: str, was: FakeRecord, at: datetime, news: dict[str, Any]) -> FakeRecord:
    at = at.replace(microsecond=0)
    # ratings and campaigns carry no time of change
    times = {"trades": "modified", "refunds": "modified", "service_ratings": "eval_time"}
    moved = {times[stream]: local(at)} if stream in times else {}
    begun = was.day if isinstance(was.day, datetime) else was.at
    return _AGAIN[stream]({**was.raw, **news, **moved}, begun, at)

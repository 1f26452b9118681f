"""What TOP sends for trades and refunds, and the flat records the warehouse reads (shapes: README.md).

Only the fields declared here are ever written to disk. Not here: requests, ratings and ads (more_rows.py).
"""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator

from connectors.kit.contract.errors import Incomplete
from connectors.kit.contract.fields import Id, Money, Row
from connectors.kit.contract.strict_json import Json
from connectors.taobao_top.signing import CHINA

_MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def china_time(value: object) -> datetime:
    """The instant that a text of TOP stands for; TOP writes GMT+8 without saying so."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("not a time of the form yyyy-MM-dd HH:mm:ss")
    return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)


ChinaTime = Annotated[datetime, BeforeValidator(china_time)]


class Order(Row):
    """A line of a trade (子订单)."""

    oid: Id
    num: int
    total_fee: Money
    status: str
    num_iid: Id | None = None
    sku_id: Id | None = None
    outer_iid: str | None = None
    outer_sku_id: str | None = None
    divide_order_fee: Money | None = None
    part_mjz_discount: Money | None = None
    refund_status: str | None = None


class Orders(Row):
    """TOP wraps every list."""

    order: list[Order]


class Trade(Row):
    """One trade with its lines; of the buyer only a pseudonym."""

    tid: Id
    type: str | None = None
    status: str
    payment: Money
    post_fee: Money | None = None
    created: ChinaTime
    pay_time: ChinaTime | None = None
    modified: ChinaTime
    end_time: ChinaTime | None = None
    step_trade_status: str | None = None
    buyer_open_uid: Id | None = None
    orders: Orders


class Refund(Row):
    """One refund request with its state."""

    refund_id: Id
    tid: Id
    oid: Id
    status: str
    created: ChinaTime
    modified: ChinaTime
    refund_fee: Money
    reason: str | None = None
    has_good_return: bool | None = None
    good_status: str | None = None
    order_status: str | None = None
    refund_phase: str | None = None
    dispute_type: str | None = None
    num: int | None = None


def flat_trade(trade: Trade) -> dict[str, Json]:
    """The payload of `raw_taobao_top_trades`."""
    lines = [order.model_dump() for order in trade.orders.order]
    if len({line["oid"] for line in lines}) != len(lines):
        raise Incomplete("a trade lists one of its lines twice", may_settle=True)
    return {**trade.model_dump(exclude={"orders"}), "lines": lines}


def flat_refund(refund: Refund) -> dict[str, Json]:
    """The payload of `raw_taobao_top_refunds`."""
    return refund.model_dump()

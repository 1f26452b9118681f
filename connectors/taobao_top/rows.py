"""What TOP sends for trades, refunds, ratings and 万相台 campaign days, and the flat records the warehouse reads (README.md).

Only the fields declared here are ever written to disk. Not here: requests.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator

from connectors.kit.contract.errors import Incomplete
from connectors.kit.contract.fields import Amount, Id, Money, Row
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import iso
from connectors.taobao_top.signing import CHINA

_DAY = re.compile(r"20[0-9]{2}-?[0-9]{2}-?[0-9]{2}")
_MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def china_time(value: object) -> datetime:
    """The instant that a text of TOP stands for; TOP writes GMT+8 without saying so."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("not a time of the form yyyy-MM-dd HH:mm:ss")
    return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("not a day")
    return date.fromisoformat(value)


def _count(value: object) -> object:
    """Counts come as text."""
    is_text = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16
    return int(str(value)) if is_text else value


Thedate = Annotated[date, BeforeValidator(_day)]
Count = Annotated[int, BeforeValidator(_count)]
ChinaTime = Annotated[datetime, BeforeValidator(china_time)]


class TradeLine(Row):
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


class TradeLines(Row):
    """TOP wraps every list."""

    order: list[TradeLine]


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
    orders: TradeLines


class TaobaoRefund(Row):
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


class TaobaoRating(Row):
    """A buyer's rating of an order line."""

    tid: Id
    oid: Id
    role: Literal["buyer"]  # as asked: any other is no rating of the shop
    result: Literal["good", "neutral", "bad"]
    created: ChinaTime
    num_iid: Id | None = None
    valid_score: bool | None = None


class ServiceRating(Row):
    """A buyer's rating of an agent; 0 is the best, 4 the worst. Of the buyer only a pseudonym."""

    eval_sender: Id
    send_time: ChinaTime
    eval_time: ChinaTime
    open_uid: Id
    eval_code: Literal[0, 1, 2, 3, 4]
    source: int | None = None

    @property
    def key(self) -> str:
        """TOP gives a rating no id: who was rated, when it was asked for, by whom."""
        return f"{self.eval_sender}/{iso(self.send_time)}/{self.open_uid}"


class TaobaoFigures(Row):
    """The figures that are asked for."""

    charge: Amount
    ad_pv: Count | None = None
    click: Count | None = None
    alipay_inshop_num: Count | None = None
    alipay_inshop_amt: Amount | None = None


class TaobaoCampaignDay(Row):
    """A campaign's day; how sales were attributed is written in by the kit (requests.attributed)."""

    thedate: Thedate
    campaign_id: Id
    biz_code: str | None = None
    scene1_name: str | None = None
    report_index: TaobaoFigures
    unify_type: str
    effect_equal: int

    @property
    def key(self) -> str:
        """The same day under another attribution is another record."""
        return f"{self.thedate}/{self.campaign_id}/{self.unify_type}-{self.effect_equal}"


def flat_trade(trade: Trade) -> dict[str, Json]:
    """The payload of `raw_taobao_top_trades`."""
    lines = [order.model_dump() for order in trade.orders.order]
    if len({line["oid"] for line in lines}) != len(lines):
        raise Incomplete("a trade lists one of its lines twice", may_settle=True)
    return {**trade.model_dump(exclude={"orders"}), "lines": lines}


def flat_refund(refund: TaobaoRefund) -> dict[str, Json]:
    """The payload of `raw_taobao_top_refunds`."""
    return refund.model_dump()


def flat_rating(rating: TaobaoRating) -> dict[str, Json]:
    """The payload of `raw_taobao_top_ratings`."""
    return rating.model_dump()


def flat_service_rating(rating: ServiceRating) -> dict[str, Json]:
    """The payload of `raw_taobao_top_service_ratings`."""
    return rating.model_dump()


def flat_campaign(row: TaobaoCampaignDay) -> dict[str, Json]:
    """The payload of `raw_taobao_top_ads`."""
    told = row.model_dump(exclude={"report_index"})
    return {**told, "thedate": row.thedate.isoformat(), **row.report_index.model_dump()}

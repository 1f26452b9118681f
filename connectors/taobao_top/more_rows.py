"""What TOP sends for ratings, service ratings and 万相台 campaign days, and the flat records the warehouse reads (README.md).

Not here: trades and refunds (rows.py), requests (requests.py).
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator

from connectors.kit.contract.fields import Amount, Id, Row
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import iso
from connectors.taobao_top.rows import ChinaTime

_DAY = re.compile(r"20[0-9]{2}-?[0-9]{2}-?[0-9]{2}")


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


class Rating(Row):
    """A buyer's rating of an order line."""

    tid: Id
    oid: Id
    role: Literal["buyer"]
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


class Index(Row):
    """The figures that are asked for."""

    charge: Amount
    ad_pv: Count | None = None
    click: Count | None = None
    alipay_inshop_num: Count | None = None
    alipay_inshop_amt: Amount | None = None


class CampaignDay(Row):
    """A campaign's day; how sales were attributed is written in by the kit (requests.attributed)."""

    thedate: Thedate
    campaign_id: Id
    biz_code: str | None = None
    scene1_name: str | None = None
    report_index: Index
    unify_type: str
    effect_equal: int

    @property
    def key(self) -> str:
        """The same day under another attribution is another record."""
        return f"{self.thedate}/{self.campaign_id}/{self.unify_type}-{self.effect_equal}"


def flat_rating(rating: Rating) -> dict[str, Json]:
    """The payload of `raw_taobao_top_ratings`."""
    return rating.model_dump()


def flat_service_rating(rating: ServiceRating) -> dict[str, Json]:
    """The payload of `raw_taobao_top_service_ratings`."""
    return rating.model_dump()


def flat_campaign(row: CampaignDay) -> dict[str, Json]:
    """The payload of `raw_taobao_top_ads`."""
    told = row.model_dump(exclude={"report_index"})
    return {**told, "thedate": row.thedate.isoformat(), **row.report_index.model_dump()}

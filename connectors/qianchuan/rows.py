"""What 千川 sends for an ad's day, a 抖音号's day of 全域推广 and a livestream (shapes: README.md).

Only the fields declared here are ever written to disk: no nickname, title or picture. Not here: requests.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from connectors.kit.contract.fields import Amount, Id, Row
from connectors.kit.contract.strict_json import Json

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})( 00:00:00)?")
# no zone stands in it: it stays text, and the warehouse reads it by the account's clock
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def _whole(value: object) -> int:
    # counts are declared as `number`, so that 12 may come as 12.0
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    # as much as a 64-bit integer holds; a bool is an int in Python and would pass for 1
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 1 << 63:
        raise ValueError("not a whole number")
    return value


def _stat_day(value: object) -> date:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("not a day")
    return date.fromisoformat(found[1])


def _local(value: object) -> str:
    if not isinstance(value, str) or not _LOCAL.fullmatch(value):
        raise ValueError("not a local time")
    datetime.fromisoformat(value)  # no 31 February
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole)]
StatDay = Annotated[date, BeforeValidator(_stat_day)]
LocalTime = Annotated[str, BeforeValidator(_local)]


class QianchuanAdDay(Row):
    """One 计划 of standard promotion on one day."""

    ad_id: Id
    stat_datetime: StatDay
    stat_cost: Amount
    show_cnt: WholeNumber
    click_cnt: WholeNumber
    pay_order_count: WholeNumber
    pay_order_amount: Amount
    all_order_pay_count_7days: WholeNumber | None = None
    all_order_pay_gmv_7days: Amount | None = None
    all_order_refund_amount_7d: Amount | None = None
    all_order_refund_amount_14d: Amount | None = None


class UniDay(Row):
    """全域推广 of one 抖音号 on one day; its sales are those of the whole account, paid traffic or not."""

    aweme_id: Id
    stat_datetime: StatDay
    stat_cost: Amount
    total_pay_order_gmv_for_roi2: Amount
    total_pay_order_count_for_roi2: WholeNumber
    total_pay_order_coupon_amount_for_roi2: Amount | None = None


class Room(Row):
    """One livestream with what it reached by the time it was read."""

    room_id: Id
    aweme_id: Id
    room_status: str
    start_time: LocalTime
    end_time: LocalTime
    stat_cost: Amount
    live_pay_order_gmv_alias: Amount
    live_pay_order_count_alias: WholeNumber
    luban_live_pay_order_gmv: Amount | None = None
    total_live_watch_cnt: WholeNumber
    total_live_comment_cnt: WholeNumber
    total_live_follow_cnt: WholeNumber
    total_live_fans_club_join_cnt: WholeNumber
    total_live_share_cnt: WholeNumber | None = None
    live_click_cart_count_alias: WholeNumber | None = None
    live_click_product_count_alias: WholeNumber

    @property
    def day(self) -> date:
        """The day it started, by the account's clock."""
        return date.fromisoformat(self.start_time[:10])


def metrics(model: type[Row], *identity: str) -> list[str]:
    """The figures of a row, as the `fields` parameter names them."""
    return [name for name in model.model_fields if name not in identity]


def flat(row: Row) -> dict[str, Json]:
    """The payload: the row under its wire names, days as text."""
    told = row.model_dump()
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}

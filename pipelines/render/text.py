"""Words and numbers as people read them, in Chinese and English.

Belongs here: formatting of a figure, and the fixed vocabulary of states. Not here: how a figure stands (models.figure), reading
tables (warehouse/published), layout.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.causes import CAUSES, cause_label
from models.figure import FigureStatus, PaceState
from models.money import round_half_up
from models.units import unit_of

LANGUAGES = ("zh", "en")


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def both(self, separator: str = " ") -> str:
        """Both texts, once when they are the same."""
        return self.zh if self.zh == self.en else f"{self.zh}{separator}{self.en}"

    def joined(self, other: "Words", zh: str = "", en: str = " ") -> "Words":
        """The two texts one after the other."""
        return Words(f"{self.zh}{zh}{other.zh}", f"{self.en}{en}{other.en}")


def same(text: str) -> Words:
    """A text that is not translated: a name, an id, a cause as the source states it."""
    return Words(text, text)


STATUS: Mapping[FigureStatus, Words] = {
    "scored": Words("已评分", "scored"),
    "provisional": Words("暂定", "provisional"),
    "missing": Words("缺失", "missing"),
    "excluded": Words("不计入", "excluded"),
}
HEALTH = {
    "ok": Words("完整", "complete"),
    "missing": Words("缺失", "missing"),
    "failed": Words("失败", "failed"),
    "open": Words("未结束", "still open"),
    "none": Words("无记录", "no record"),
}
PACE: Mapping[PaceState, Words] = {
    "ahead": Words("超前", "ahead"),
    "on": Words("正常", "on pace"),
    "behind": Words("落后", "behind"),
}
FINALITY = {
    "final": Words("已定", "final"),
    "open": Words("可能变动", "may still change"),
    "provisional": Words("可能变动", "may still change"),
}
LIMIT: Mapping[PaceState, Words] = {
    "ahead": Words("低于上限", "below the limit"),
    "on": Words("接近上限", "near the limit"),
    "behind": Words("超出上限", "over the limit"),
}  # the same three states where less is better
DUE = {"higher": Words("应达", "Due"), "lower": Words("上限", "Limit")}
DIRECTION = {"higher": Words("越高越好", "higher is better"), "lower": Words("越低越好", "lower is better")}
MEASURES = {
    "gmv": Words("成交额", "Sales (GMV)"),
    "orders": Words("订单数", "Orders"),
    "refunds": Words("退款", "Refunds"),
    "tickets": Words("工单", "Tickets"),
    "live_gmv": Words("直播成交额", "Livestream sales"),
}
KIND = {
    "result": Words("结果", "result"),
    "process": Words("过程", "process"),
    "behaviour": Words("行为", "behaviour"),
}
NO_CAUSE = Words("未说明原因", "no cause was recorded")


def unit_words(unit: str, currency: str) -> Words:
    """The unit of a KPI; the unit `CNY` of a definition means the company's own currency."""
    known = unit_of(unit)
    return same(currency) if known.is_money else Words(known.zh, known.en)


def shown_places(unit: str, decimals: int) -> int:
    """Decimals a reader sees: money 2, a ratio is a percentage and so shows two fewer."""
    known = unit_of(unit)
    if known.is_money:
        return 2
    return max(decimals - 2, 0) if known.is_ratio else max(decimals, 0)


def format_value(value: Decimal | None, unit: str, decimals: int) -> str:
    """A figure as the board shows it; empty for a missing one, which is never 0.

    >>> format_value(Decimal("1234567.891"), "CNY", 2), format_value(Decimal("0.3456"), "ratio", 4)
    ('1,234,567.89', '34.56 %')
    """
    if value is None:
        return ""
    places = shown_places(unit, decimals)
    if unit_of(unit).is_ratio:
        return f"{grouped(value * 100, places)} %"
    return grouped(value, places)


def grouped(value: Decimal, places: int) -> str:
    """Fixed decimals, thousands separators, a true minus sign, and never a minus before zero."""
    rounded = round_half_up(value, places)
    text = f"{abs(rounded):,.{places}f}"
    return f"\u2212{text}" if rounded < 0 else text


def plain(value: Decimal) -> str:
    """A figure without a unit: whole numbers whole, anything else with two decimals.

    >>> plain(Decimal("1834.0000")), plain(Decimal("182345.678"))
    ('1,834', '182,345.68')
    """
    return grouped(value, 0 if value == value.to_integral_value() else 2)


def percent(value: Decimal | None, places: int = 1) -> str:
    """A fraction as a percentage; empty when missing."""
    return "" if value is None else f"{grouped(value * 100, places)} %"


def instant(at: datetime, zone: str) -> str:
    """An instant in the company's zone, to the minute."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M ") + zone


def age(span: timedelta) -> Words:
    """How old something is, in the largest sensible unit."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes < 120:
        return Words(f"{minutes} 分钟", f"{minutes} min")
    if minutes < 48 * 60:
        return Words(f"{minutes // 60} 小时", f"{minutes // 60} h")
    return Words(f"{minutes // 1440} 天", f"{minutes // 1440} d")


def cause_words(code: str | None, cause: str | None) -> Words:
    """The cause as it was recorded, its short name before it in Chinese; says so when none was recorded."""
    text = (cause or "").strip()
    if not text and not code:
        return NO_CAUSE
    tail = f" [{code}]" if code else ""
    label = cause_label(code) if code and (code in CAUSES or code.startswith("P")) else None
    if label is None:
        return same(f"{text}{tail}".strip())
    return Words(f"{label.zh}{'：' if text else ''}{text}{tail}", f"{text or label.en}{tail}")


def cause_line(code: str | None, cause: str | None) -> str:
    """The cause on one line for both kinds of readers: the Chinese one carries the recorded sentence."""
    words = cause_words(code, cause)
    return words.both() if words == NO_CAUSE or not cause else words.zh

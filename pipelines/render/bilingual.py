"""Words and numbers as people read them, in Chinese and English.

Belongs here: formatting of a figure, and the fixed vocabulary of states. Not here: how a figure stands (models.figure),
reading tables (warehouse/published), names of KPIs and roles (labels.py), layout.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from models.causes import CAUSES, cause_label
from models.closing.states import CardState
from models.figure import FigureStatus, PaceState
from models.money import round_half_up
from models.units import currency_in_chinese, unit_of

LANGUAGES = ("zh", "en")
_Word = TypeVar("_Word", bound=str)


class Bilingual(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def both(self, separator: str = " ") -> str:
        """Both texts, once when they are the same."""
        return self.zh if self.zh == self.en else f"{self.zh}{separator}{self.en}"

    def in_language(self, language: str, separator: str = " / ") -> str:
        """The text in `zh` or `en`; both of them for any other word."""
        return {"zh": self.zh, "en": self.en}.get(language) or self.both(separator)

    def joined(self, other: "Bilingual", zh: str = "", en: str = " ") -> "Bilingual":
        """The two texts one after the other."""
        return Bilingual(f"{self.zh}{zh}{other.zh}", f"{self.en}{en}{other.en}")


def in_words(vocabulary: Mapping[_Word, Bilingual], word: _Word) -> Bilingual:
    """What readers are told for a word of the data; the word itself where the vocabulary lacks it."""
    return vocabulary.get(word, untranslated(word))


def untranslated(text: str) -> Bilingual:
    """A text that is not translated: a name, an id, a cause as the source states it."""
    return Bilingual(text, text)


STATUS: Mapping[FigureStatus, Bilingual] = {
    "scored": Bilingual("已评分", "scored"),
    "provisional": Bilingual("暂定", "provisional"),
    "missing": Bilingual("缺失", "missing"),
    "excluded": Bilingual("不计入", "excluded"),
}
CARD_STATE: Mapping[CardState, Bilingual] = {
    "open": Bilingual("未计分", "open"),
    "scored": Bilingual("已计分", "scored"),
    "reviewed": Bilingual("已复核", "reviewed"),
    "published": Bilingual("已公布", "published"),
    "objected": Bilingual("有异议", "objected to"),
    "answered": Bilingual("异议已答复", "objection answered"),
    "approved": Bilingual("已批准", "approved"),
    "locked": Bilingual("已锁定", "locked"),
}
HEALTH = {
    "ok": Bilingual("完整", "complete"),
    "missing": Bilingual("缺失", "missing"),
    "failed": Bilingual("失败", "failed"),
    "open": Bilingual("未结束", "still open"),
    "none": Bilingual("无记录", "no record"),
}
PACE: Mapping[PaceState, Bilingual] = {
    "ahead": Bilingual("超前", "ahead"),
    "on": Bilingual("正常", "on pace"),
    "behind": Bilingual("落后", "behind"),
}
FINALITY = {
    "final": Bilingual("已定", "final"),
    "open": Bilingual("可能变动", "may still change"),
    "provisional": Bilingual("可能变动", "may still change"),
}
LIMIT: Mapping[PaceState, Bilingual] = {
    "ahead": Bilingual("低于上限", "below the limit"),
    "on": Bilingual("接近上限", "near the limit"),
    "behind": Bilingual("超出上限", "over the limit"),
}  # the same three states where less is better
DUE = {"higher": Bilingual("应达", "Due"), "lower": Bilingual("上限", "Limit")}
DIRECTION = {
    "higher": Bilingual("越高越好", "higher is better"),
    "lower": Bilingual("越低越好", "lower is better"),
}
MEASURES = {
    "gmv": Bilingual("成交额", "Sales (GMV)"),
    "orders": Bilingual("订单数", "Orders"),
    "refunds": Bilingual("退款", "Refunds"),
    "tickets": Bilingual("工单", "Tickets"),
    "live_gmv": Bilingual("直播成交额", "Livestream sales"),
}
KIND = {
    "result": Bilingual("结果", "result"),
    "process": Bilingual("过程", "process"),
    "behaviour": Bilingual("行为", "behaviour"),
}
NOT_COMPUTED = Bilingual("没有计算结果", "nothing was computed")
NO_CAUSE = Bilingual("未说明原因", "no cause was recorded")


def bilingual_unit(unit: str, currency: str) -> Bilingual:
    """The unit of a KPI; the unit `CNY` of a definition means the company's own currency."""
    known = unit_of(unit)
    return (
        Bilingual(currency_in_chinese(currency), currency)
        if known.is_money
        else Bilingual(known.zh, known.en)
    )


def shown_places(unit: str, decimals: int) -> int:
    """Decimals a reader sees: money and multiples at most 2, a ratio is a percentage and so shows two fewer."""
    known = unit_of(unit)
    if known.is_money:
        return 2
    if known.is_multiple:
        return min(decimals, 2)
    return max(decimals - 2, 0) if known.is_ratio else max(decimals, 0)


def format_value(value: Decimal | None, unit: str, decimals: int) -> str:
    """A figure as the board shows it; empty for a missing one, which is never 0.

    >>> format_value(Decimal("1234567.891"), "CNY", 2), format_value(Decimal("0.3456"), "ratio", 4)
    ('1,234,567.89', '34.56 %')
    >>> format_value(Decimal("4.0165"), "multiple", 4)
    '4.02×'
    """
    if value is None:
        return ""
    places = shown_places(unit, decimals)
    if unit_of(unit).is_ratio:
        return f"{grouped(value * 100, places)} %"
    # the sign of multiplication, read in both languages
    return grouped(value, places) + ("×" if unit_of(unit).is_multiple else "")


def grouped(value: Decimal, places: int) -> str:
    """Fixed decimals, thousands separators, a true minus sign, and never a minus before zero."""
    rounded = round_half_up(value, places)
    text = f"{abs(rounded):,.{places}f}"
    return (
        f"\u2212{text}" if rounded < 0 else text
    )  # the minus of typography: a hyphen would be broken over two lines


def plain(value: Decimal) -> str:
    """A figure without a unit: whole numbers whole, anything else with two decimals.

    >>> plain(Decimal("1834.0000")), plain(Decimal("182345.678"))
    ('1,834', '182,345.68')
    """
    return grouped(value, 0 if value == value.to_integral_value() else 2)


def quotient(numerator: Decimal, denominator: Decimal) -> str:
    """A figure as the division it is, without units.

    >>> quotient(Decimal("64040"), Decimal("182345.678"))
    '64,040 ÷ 182,345.68'
    """
    return f"{plain(numerator)} ÷ {plain(denominator)}"


def percent(value: Decimal | None, places: int = 1) -> str:
    """A fraction as a percentage; empty when missing."""
    return "" if value is None else f"{grouped(value * 100, places)} %"


def instant(at: datetime, zone: str) -> str:
    """An instant in the company's zone, to the minute."""
    # the zone's own name: an abbreviation such as CST stands for several zones
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M ") + zone


def age(span: timedelta) -> Bilingual:
    """How old something is, in the largest sensible unit."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    # one unit up from twice its size: 119 minutes say more than 1 hour
    if minutes < 120:
        return Bilingual(f"{minutes} 分钟", f"{minutes} min")
    if minutes < 48 * 60:
        return Bilingual(f"{minutes // 60} 小时", f"{minutes // 60} h")
    return Bilingual(f"{minutes // 1440} 天", f"{minutes // 1440} d")


def bilingual_cause(code: str | None, cause: str | None) -> Bilingual:
    """The cause as it was recorded, its short name before it in Chinese; says so when none was recorded."""
    text = (cause or "").strip()
    if not text and not code:
        return NO_CAUSE
    tail = f" [{code}]" if code else ""
    label = cause_label(code) if code and (code in CAUSES or code.startswith(("P", "W33"))) else None
    if label is None:
        return untranslated(f"{text}{tail}".strip())
    return Bilingual(f"{label.zh}{'：' if text else ''}{text}{tail}", f"{text or label.en}{tail}")


def cause_line(code: str | None, cause: str | None) -> str:
    """The cause on one line for both kinds of readers: the Chinese one carries the recorded sentence."""
    words = bilingual_cause(code, cause)
    has_sentence = bool(cause) and bool(code or (cause or "").strip())
    return words.zh if has_sentence else words.both()

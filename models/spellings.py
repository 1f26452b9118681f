"""How people and spreadsheets write days, times, periods, numbers and headers, brought to the one form that is read.

Belongs here: spellings that can mean one thing only; what could mean two, such as 01/02/2026 or 2026.1, is left as it is, and
refused by whoever reads it. Not here: what a day or a number is and its limits (values), words of a column's list (tables/words).
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from models.money import multiply, round_half_up

# Day 0 of a spreadsheet that counts days from 1900 as Lotus did, with a 29 February 1900 (Microsoft, "DATE systems in Excel").
_DAY_ZERO = date(1899, 12, 30)
# The serial numbers of 1971-01-01 and 2100-12-31: the years that real records have.
_SERIALS = range(25_934, 73_416)
_SECONDS = Decimal(86_400)

_YMD = (
    r"(?P<y>[0-9]{4}) ?(?:(?P<s>[-/.]) ?(?P<m>[0-9]{1,2}) ?(?P=s) ?(?P<d>[0-9]{1,2})"
    r"|年 ?(?P<zm>[0-9]{1,2}) ?月 ?(?P<zd>[0-9]{1,2}) ?日)"
)
_DAY = re.compile(rf"{_YMD}(?:[ T]+0{{1,2}}:00(?::00(?:\.0{{1,9}})?)?)?", re.ASCII)
_INSTANT = re.compile(
    rf"{_YMD}[ T]*(?P<h>[0-9]{{1,2}}):(?P<rest>[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]{{1,9}})?)?)"
    r" ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
_SERIAL = re.compile(r"(?P<days>[0-9]{5})(?P<part>\.[0-9]{1,15})?", re.ASCII)
# 2026.1 is left alone: a spreadsheet writes October so, when it takes 2026.10 for a number
_MONTH = re.compile(r"([0-9]{4}) ?(?:[-/] ?([0-9]{1,2})|\.([0-9]{2})|年 ?([0-9]{1,2}) ?月份?)", re.ASCII)
_QUARTER = re.compile(r"([0-9]{4}) ?[-/年]? ?(?:[Qq] ?([1-4])|第? ?([一二三四1-4]) ?季度?)", re.ASCII)
_HALF = re.compile(r"([0-9]{4}) ?[-/年]? ?(?:[Hh] ?([12])|(上|下) ?半年)", re.ASCII)
_YEAR = re.compile(r"([0-9]{4}) ?(?:年度?|全年|年全年)", re.ASCII)
_QUARTERS = {"一": "1", "二": "2", "三": "3", "四": "4", "上": "1", "下": "2"}

# A blank, a blank that does not break, a narrow one, and the apostrophe of Switzerland: between groups of three digits
_COMMA = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:[. \u00a0\u202f'’][0-9]{3})+)(?:,[0-9]+)?", re.ASCII)
_POINT = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", re.ASCII)
_GROUPING = re.compile("[. \u00a0\u202f'’]")

# minus, hyphen bullet and modifier minus: no dashes to Unicode, and to the eye they are
_DASHES = {"\u2212", "\u2043", "\u02d7"}
_ALIKE = str.maketrans({"【": "(", "】": ")", "〔": "(", "〕": ")", "’": "'", "‘": "'", "“": '"', "”": '"'})


def day_text(text: str) -> str:
    """A day as YYYY-MM-DD; the text itself where it is none, or could be two.

    >>> [day_text(t) for t in ("2026/1/5", "2026年1月5日", "2026.1.5", "46027", "2026/1/5 0:00", "01/02/2026")]
    ['2026-01-05', '2026-01-05', '2026-01-05', '2026-01-05', '2026-01-05', '01/02/2026']
    """
    if found := _DAY.fullmatch(text):
        return _iso(found)
    serial = _SERIAL.fullmatch(text)
    whole = serial is not None and int(serial["days"]) in _SERIALS and not (serial["part"] or "").strip(".0")
    return str(_DAY_ZERO + timedelta(days=int(serial["days"]))) if serial and whole else text


def instant_text(text: str) -> str:
    """A day and a time as YYYY-MM-DD HH:MM[:SS]; the text itself where it is none, or could be two.

    >>> [instant_text(t) for t in ("2026/1/5 9:05", "2026年1月5日 09:05:30", "46027.378472", "2026/1/5")]
    ['2026-01-05 09:05', '2026-01-05 09:05:30', '2026-01-05 09:05:00', '2026/1/5']
    """
    if found := _INSTANT.fullmatch(text):
        return f"{_iso(found)} {int(found['h']):02}:{found['rest']}{found['zone'] or ''}"
    serial = _SERIAL.fullmatch(text)
    if serial is None or int(serial["days"]) not in _SERIALS:
        return text
    # to the second: a spreadsheet keeps a time as a binary fraction of its day
    seconds = int(round_half_up(multiply(Decimal(f"0{serial['part'] or '.0'}"), _SECONDS), 0))
    day = _DAY_ZERO + timedelta(days=int(serial["days"]) + seconds // 86_400)
    minutes, second = divmod(seconds % 86_400, 60)
    return f"{day} {minutes // 60:02}:{minutes % 60:02}:{second:02}"


def _iso(found: re.Match[str]) -> str:
    month, day = found["m"] or found["zm"], found["d"] or found["zd"]
    return f"{found['y']}-{int(month):02}-{int(day):02}"


def period_text(text: str) -> str:
    """A period as 2026-01, 2026-Q1, 2026-H1 or 2026; the text itself where it is none.

    >>> [period_text(t) for t in ("2026年1月", "2026/1", "2026年第一季度", "2026Q1", "2026年上半年", "2026年", "2026.1")]
    ['2026-01', '2026-01', '2026-Q1', '2026-Q1', '2026-H1', '2026', '2026.1']
    """
    if found := _MONTH.fullmatch(text):
        return f"{found[1]}-{int(found[2] or found[3] or found[4]):02}"
    if found := _QUARTER.fullmatch(text):
        return f"{found[1]}-Q{found[2] or _QUARTERS.get(found[3], found[3])}"
    if found := _HALF.fullmatch(text):
        return f"{found[1]}-H{found[2] or _QUARTERS[found[3]]}"
    found = _YEAR.fullmatch(text)
    return found[1] if found else text


def number_text(text: str, decimal: str = ".", thousands: str = "") -> str:
    """A number with a point and without groups; the text itself where it does not follow the stated notation.

    >>> [number_text(t, ",") for t in ("1.234,50", "1.234", "1234,5", "1 234,5", "12.34", "1.23")]
    ['1234.50', '1234', '1234.5', '1234.5', '', '']
    >>> number_text("1,234.50", thousands=","), number_text("1,234.50")
    ('1234.50', '1,234.50')
    """
    if decimal == ",":
        # empty, not as it is: 12.34 must not be read as a number with a point
        return _GROUPING.sub("", text).replace(",", ".") if _COMMA.fullmatch(text) else ""
    return text.replace(thousands, "") if thousands and _POINT.fullmatch(text) else text


# every row that may be a header is compared with every layout: the same headers again and again
@lru_cache(maxsize=20_000)
def folded(header: str) -> str:
    """A header or a word as it is compared: without blanks of any kind, with one dash, one width and one case.

    >>> folded("Sessions – Total") == folded("sessions\u00a0-total"), folded("平均响应时长（秒)")
    (True, '平均响应时长(秒)')
    """
    kept = (_one(c) for c in unicodedata.normalize("NFKC", header).translate(_ALIKE))
    return "".join(kept).casefold()


def _one(character: str) -> str:
    kind = unicodedata.category(character)
    # blanks, line ends and controls, and what shows as nothing
    if kind in {"Zs", "Zl", "Zp", "Cc", "Cf"}:
        return ""
    return "-" if kind == "Pd" or character in _DASHES else character

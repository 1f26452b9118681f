"""The units of KPIs: how each is called, shown and reckoned with. To add one, add one entry here.

Belongs here: everything that follows from the unit alone; definitions, lint, targets, board and workbook ask here.
Not here: units of table columns, which are words for readers (models/tables), units on the wire (connectors/http_json/wire.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit.

    `is_additive`: what a month has is the sum of what its days have, where the KPI is a plain sum. `is_output`: more of it means
    more work done. `places`: the fewest and the most decimals that make sense.
    """

    id: str
    zh: str
    en: str
    is_money: bool = False
    is_ratio: bool = False
    is_multiple: bool = False
    is_whole: bool = False
    is_time: bool = False
    is_additive: bool = False
    is_output: bool = False
    places: tuple[int, int] = (0, 2)


UNITS: dict[str, Unit] = {
    unit.id: unit
    for unit in (
        # Stands for the company's own currency, whose code is shown in its place. Two decimals are fen, four are what exchange
        # rates leave of small amounts.
        Unit(id="CNY", zh="元", en="CNY", is_money=True, is_additive=True, places=(2, 4)),
        Unit(id="ratio", zh="比率", en="ratio", is_ratio=True, places=(2, 6)),
        # What comes back for each one spent: 4.02 times it, which nobody reads in 401.65 %.
        Unit(id="multiple", zh="倍", en="times", is_multiple=True, places=(2, 6)),
        Unit(id="count", zh="次", en="count", is_whole=True, is_additive=True, is_output=True),
        Unit(id="seconds", zh="秒", en="seconds", is_time=True, is_additive=True),
        Unit(id="minutes", zh="分钟", en="minutes", is_time=True, is_additive=True),
        Unit(id="hours", zh="小时", en="hours", is_time=True, is_additive=True),
        # Days are spans such as stock turnover: an average, never a sum of days.
        Unit(id="days", zh="天", en="days"),
        Unit(id="points", zh="分", en="points", is_additive=True, is_output=True),
        Unit(id="level", zh="级", en="level"),
        Unit(id="pieces", zh="件", en="pieces", is_whole=True, is_additive=True, is_output=True),
        Unit(
            id="weighted_pieces",
            zh="折算件",
            en="weighted pieces",
            is_whole=True,
            is_additive=True,
            is_output=True,
        ),
        Unit(id="per_hour", zh="每小时", en="per hour", places=(0, 4)),
    )
}

# Of the currencies that companies here keep their books in; any other is shown by its code in both languages.
_CURRENCIES = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HKD": "港元",
    "TWD": "新台币",
}


def currency_in_chinese(code: str) -> str:
    """What a currency is called in Chinese.

    >>> currency_in_chinese("CNY"), currency_in_chinese("SEK")
    ('元', 'SEK')
    """
    return _CURRENCIES.get(code, code)


def unit_of(name: str) -> Unit:
    """The unit of that name; one that this version does not know (an older published file) is shown by its own name.

    >>> unit_of("ratio").is_ratio, unit_of("parsec").zh
    (True, 'parsec')
    """
    return UNITS.get(name) or Unit(id=name, zh=name, en=name)

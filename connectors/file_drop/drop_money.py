"""Amounts of a fact file against the decimals of their currency: 1.234 EUR is a thousand, or a mistake, and never read as 1.234.

Belongs here: that one refusal. Not here: what a number is (values.py), the decimals of a currency (models/currencies).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from connectors.file_drop.manifest import Drop
from models.currencies import decimals_of
from models.errors import CompanyError
from models.money import plain
from models.tables import Column

_A_GROUP = 3  # digits between two separators of thousands
# A price of one piece, or an average: it has the decimals its supplier gives it.
_FINER = frozenset({"unit_price", "baseline_price"})


def refuse_fine_money(
    values: Mapping[str, object], columns: Iterable[Column], drop: Drop, where: str
) -> None:
    """Refuse an amount with more decimals than its currency has, unless the entry or the layout of the file states them.

    Raises:
        CompanyError: C201.
    """
    currency, stated = values.get("currency"), drop.options.decimals
    if stated is not None or not isinstance(currency, str):
        return
    most = decimals_of(currency)
    for column in columns:
        value = values.get(column.name)
        if column.unit != "own currency" or column.name in _FINER or not isinstance(value, Decimal):
            continue
        written = max(0, -int(value.as_tuple().exponent))
        meant = len(plain(value).partition(".")[2])
        # 12.3400 is a number of a database; 1.200 may well be twelve hundred
        if meant > most or (written == _A_GROUP != most and drop.options.decimal == "."):
            raise CompanyError(
                "C201",
                f"{column.name}: {written} decimals in {currency}, which has {most}",
                where=where,
                actual=f"{value:f}",
                remedy='say `decimal: ","` if the point groups thousands, or `decimals: '
                f"{written}` if the amounts are so fine",
            )

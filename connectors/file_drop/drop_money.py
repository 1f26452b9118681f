"""Amounts of a fact file against the decimals of their currency: 1.234 EUR is a thousand, or a mistake, and never read as 1.234.

Belongs here: that one refusal. Not here: what a number is (values.py), the decimals of a currency (models/currencies).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connectors.file_drop.exports.export_layout import ExportLayout
from connectors.file_drop.layout import FileOptions
from models.currencies import decimals_of
from models.errors import CompanyError
from models.money import plain
from models.tables import Column

_A_GROUP = 3  # digits between two separators of thousands
# A price of one piece, or an average: it has the decimals its supplier gives it.
_FINER = frozenset({"unit_price", "baseline_price"})


@dataclass(frozen=True)
class MoneyNotation:
    """How a file writes amounts: whether a point can group thousands, and how many decimals are stated, if any."""

    has_point: bool
    decimals: int | None


def money_notation(options: FileOptions, layout: ExportLayout | None) -> MoneyNotation:
    """What the entry says goes before what the layout of its export says."""
    stated = options.decimals if options.decimals is not None or layout is None else layout.decimals
    decimal = layout.decimal if layout and "decimal" not in options.model_fields_set else options.decimal
    return MoneyNotation(decimal == ".", stated)


def refuse_fine_money(
    values: Mapping[str, object], columns: Iterable[Column], notation: MoneyNotation, where: str
) -> None:
    """Refuse an amount with more decimals than its currency has, unless the entry or the layout of the file states them.

    Raises:
        CompanyError: C201.
    """
    currency = values.get("currency")
    if not isinstance(currency, str):
        return
    most = decimals_of(currency) if notation.decimals is None else notation.decimals
    for column in columns:
        value = values.get(column.name)
        if column.unit != "own currency" or column.name in _FINER or not isinstance(value, Decimal):
            continue
        written = max(0, -int(value.as_tuple().exponent))
        meant = len(plain(value).partition(".")[2])
        # 12.3400 is a number of a database; 1.200 may well be twelve hundred
        if meant > most or (written == _A_GROUP > most and notation.has_point):
            raise CompanyError(
                "C201",
                f"{column.name}: {written} decimals in {currency}, which has {most}",
                where=where,
                actual=f"{value:f}",
                remedy='say `decimal: ","` if the point groups thousands, or `decimals: '
                f"{written}` if the amounts are so fine",
            )

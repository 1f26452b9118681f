"""The day by which every row of a fact file belongs to it: that of its table, or the one its platform bounds the download by.

Belongs here: choosing that day for a whole file. Not here: reading the file (table.py), what a drop declares (manifest.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connectors.file_drop.manifest import Drop
from connectors.file_drop.refusals import raise_all
from models.errors import CompanyError
from models.tables import Derivation

Values = Mapping[str, object]


def row_days(drop: Drop, rows: Sequence[Values], places: Sequence[str]) -> list[date]:
    """The day of every row, all by the same rule, and all among the days the file speaks for.

    A platform bounds a download of orders by the day of the order or of the payment; one that was placed in the last seconds of
    January and paid in February stands in the file of January, or in that of February. The file itself shows which it was.

    Raises:
        CompanyError: C145 a row of other days, C150 a row without a day.
    """
    rules = [drop.fact.own_days, *((name,) for name in drop.fact.bounded_by)]
    found = [[_day(rule, values, drop) for values in rows] for rule in rules]
    for days in found:
        inside = [day for day in days if day is not None and drop.first <= day <= drop.last]
        if len(inside) == len(rows):
            return inside
    raise_all(_refusals(drop, rules, found, places))
    return []


def _day(rule: Sequence[str], values: Values, drop: Drop) -> date | None:
    """The first of some columns that is filled, as a local day of the shop: a later one stands in where the earlier is empty."""
    return next((day for name in rule if (day := _own_day(name, values, drop))), None)


def _own_day(name: str, values: Values, drop: Drop) -> date | None:
    column = drop.fact.column(name)
    is_local_day = column and column.derived and column.derived.rule is Derivation.LOCAL_DAY
    for source in column.derived.of if column and column.derived and is_local_day else (name,):
        value = values.get(source)
        if isinstance(value, datetime):
            return value.astimezone(ZoneInfo(drop.zone)).date()
        if isinstance(value, date):
            return value
    return None


def _refusals(
    drop: Drop, rules: Sequence[Sequence[str]], found: Sequence[Sequence[date | None]], places: Sequence[str]
) -> list[CompanyError]:
    """Every row that lies outside by the rule of the table: that is the day its figures count on."""
    errors: list[CompanyError] = []
    others = ", ".join(name for rule in rules[1:] for name in rule)
    remedy = "put the row into the file of its days, or correct from and to" + (
        f"; a file may also be bounded by {others}, if all its rows are" if others else ""
    )
    for day, where in zip(found[0], places, strict=True):
        if day is None:
            names = " or ".join(drop.fact.own_days)
            errors.append(
                CompanyError("C150", f"{names}: the row has no day", where=where, remedy="fill one of them")
            )
        elif not drop.first <= day <= drop.last:
            errors.append(
                CompanyError(
                    "C145",
                    f"{rules[0][0]}: the row lies outside the days of its file",
                    where=where,
                    actual=f"{day}, not in {drop.first} to {drop.last}",
                    remedy=remedy,
                )
            )
    return errors

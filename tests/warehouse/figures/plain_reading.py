"""What every aggregate means, read plainly from rows in Python: the oracle of test_measures.py.

Belongs here: sums, keys and groups over the rows of a range as one person holds them. Not here: which days a range has, and who
holds what on them (test_measures.py).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Owned:
    """The rows of a range, all of them and those that a person owns, each with the share; `start` is what period_start means.

    `before`: the same of the period before, where one is compared with it.
    """

    rows: list[tuple[Row, Decimal]]
    all: list[Row]
    share: Callable[[Row], Decimal]
    start: date
    before: "Owned | None" = None


Keep = Callable[[Row], bool | None]  # None: the row does not tell whether it counts


def always(_: Row) -> bool:
    """Every row counts."""
    return True


def _never(_: Row) -> bool:
    return False


def _unknown(_: Row) -> None:
    return None


def total(owned: Owned, value: Callable[[Row], int | None], keep: Keep = always) -> Decimal | None:
    """The shared sum; unknown with one row that may count and does not tell, or that counts and has no value."""
    total = Decimal(0)
    for row, share in owned.rows:
        kept, number = keep(row), value(row)
        if kept is False:
            continue
        if kept is None or number is None:
            return None
        total += share * number
    return total


def _by_key(owned: Owned, names: tuple[str, ...], keep: Keep) -> dict[tuple[Any, ...], list[Row]]:
    """The rows of every key that may count, in time, of one day by the key of the table."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in sorted(
        owned.all, key=lambda r: (r["business_date"], r["platform"], r["shop_id"], r["line_id"])
    ):
        if keep(row) is not False:
            key = tuple(row[name] for name in names)
            # shop orders are told apart by shop
            found[(*key, row["shop_id"]) if "order_id" in names else key].append(row)
    return found


def _shares(owned: Owned, rows: list[Row], keep: Keep) -> set[Decimal]:
    """The person's share of each row that may be the first to count: the doubtful ones up to the first sure one, and that."""
    n_doubtful = next((i for i, row in enumerate(rows) if keep(row)), len(rows))
    return {owned.share(row) for row in rows[: n_doubtful + 1]}


def keyed(
    owned: Owned,
    names: tuple[str, ...],
    met: Callable[[list[Row]], bool | None],
    keep: Keep,
    lender: tuple[Owned, Keep] | None = None,
) -> Decimal | None:
    """Keys that are met, each for whoever holds its first row: where a denominator counts it, the first one there.

    Unknown where a key is open and the person may be credited with it, or where it depends on the row whether he is. A row
    without a key leaves one open that nobody knows.
    """
    below, kept_below = lender if lender is not None else (owned, _never)
    rows_below = _by_key(below, names, kept_below)
    total = Decimal(0)
    for key, rows in _by_key(owned, names, keep).items():
        is_named = None not in key
        is_met = met(rows) if is_named else None
        if is_met is False:
            continue
        lent = rows_below.get(key, [])
        shares = _shares(below, lent, kept_below if is_named else _unknown)
        if not (is_named and any(kept_below(row) for row in lent)):
            shares |= _shares(owned, rows, keep if is_named else _unknown)
        if shares != {0} and (is_met is None or len(shares) > 1):
            return None
        total += shares.pop()
    return total


def distinct(
    owned: Owned, *names: str, keep: Keep = always, lender: tuple[Owned, Keep] | None = None
) -> Decimal | None:
    """Different keys; one is open if rows may count and none surely does."""
    return keyed(owned, names, lambda rows: True if any(keep(row) for row in rows) else None, keep, lender)


def groups(
    owned: Owned,
    reached: Callable[[list[Row]], bool | None],
    keep: Keep = always,
    is_told: Keep = always,
    lender: tuple[Owned, Keep] | None = None,
) -> Decimal | None:
    """Buyers whose rows, whoever holds them, reach the bound; any row that does not tell leaves its buyer open."""

    def met(rows: list[Row]) -> bool | None:
        return reached(rows) if all(keep(row) and is_told(row) for row in rows) else None

    return keyed(owned, ("buyer_id",), met, keep, lender)


def active_before(
    owned: Owned,
    condition: Callable[[Owned], Keep] = lambda _: always,
    lender: tuple[Owned, Keep] | None = None,
) -> Decimal | None:
    """Buyers of both periods; a row of the period before without a buyer is a riddle to those who hold it."""
    before = owned.before
    assert before is not None
    keep = condition(before)
    rows_before = _by_key(before, ("buyer_id",), keep)
    if any(before.share(row) for row in rows_before.get((None,), [])):
        return None

    def was_there(rows: list[Row]) -> bool | None:
        found = rows_before.get((rows[0]["buyer_id"],), [])
        return True if any(keep(row) for row in found) else None if found else False

    return groups(owned, was_there, condition(owned), lender=lender)


def new(owned: Owned) -> Keep:
    """The buyer came for the first time in the range; unknown without that day."""
    return lambda row: None if row["buyer_first_on"] is None else row["buyer_first_on"] >= owned.start


def named(name: str) -> Keep:
    """The column holds a value."""
    return lambda row: row[name] is not None


def both(first: Keep, second: Keep) -> Keep:
    """SQL's `and`: false before unknown before true."""

    def of(row: Row) -> bool | None:
        found = (first(row), second(row))
        return False if False in found else None if None in found else True

    return of


def kept(owned: Owned) -> list[int]:
    """The known quantities in order."""
    return sorted(row["qty"] for row, _ in owned.rows if row["qty"] is not None)


def interpolated(values: list[int], percent: int) -> Decimal | None:
    """The value between its two neighbours."""
    if not values:
        return None
    whole, rest = divmod((len(values) - 1) * percent, 100)
    high = values[min(whole + 1, len(values) - 1)]
    return Decimal(values[whole]) + Decimal(high - values[whole]) * rest / 100


def orders(rows: list[Row]) -> int:
    """Different orders of some rows."""
    return len({(row["shop_id"], row["order_id"]) for row in rows if row["order_id"] is not None})

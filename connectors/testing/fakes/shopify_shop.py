"""What a shop shows at one moment: visible orders, refunds and patches, in index order.

Here: clock, patches, search ranges, key-set paging. Not here: the platform's field names
(shopify_schema.py), HTTP.
"""

import bisect
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.testing.fakes.graphql import GraphQLError
from connectors.testing.fakes.shopify_records import (
    ZONE,
    ShopLine,
    ShopOrder,
    ShopPayment,
    ShopRefund,
    ShopRefundLine,
)

Key = tuple[int, int]
# which value of a row: created, updated, number
SORT_KEYS = {"UPDATED_AT": 1, "CREATED_AT": 0, "PROCESSED_AT": 0, "ID": 2}
# name, operator and value, quoted or not; AND says what a blank says; the rest is stray
TERM = re.compile(r"""(\w+)\s*:\s*(>=|<=|>|<|=)?\s*('[^']*'|"[^"]*"|[^\s'"]+)|(AND)\b|(\S+)""")
REMEMBERED = 64  # searches; every page of a listing asks the same one


def epoch(text: str, zone: str = "UTC") -> int:
    """Seconds since 1970 of an ISO instant; a bare date means its first moment in `zone`."""
    moment = datetime.fromisoformat(text)
    # YYYY-MM-DD
    if len(text) == 10:
        moment = datetime.combine(moment.date(), time(0))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp())


@dataclass(frozen=True, slots=True)
class Patch:
    """A change made through the admin endpoint; unseen before `at`."""

    at: int
    kind: Literal["price", "refund", "cancel", "touch"]
    line: str = ""
    unit: int = 0
    refund: ShopRefund | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One order as a moment shows it; the values of the base order are only changed by patches."""

    base: ShopOrder
    items: list[ShopLine]
    refunds: list[ShopRefund]
    updated: int
    cancelled: int | None

    @property
    def tax(self) -> int:
        """Taxes of articles and shipping, in thousandths."""
        return sum(line.tax for line in (*self.items, *self.base.shipping))

    @property
    def total(self) -> int:
        """What the buyer pays: articles and shipping, and tax and duties where prices do not hold them, in thousandths."""
        base, lines = self.base, sum(line.paid for line in (*self.items, *self.base.shipping))
        duties = 0 if base.duties_included else base.duties or 0
        return lines + duties + (0 if base.taxes_included else self.tax)

    @property
    def payments(self) -> list[ShopPayment]:
        """Payments made so far; without any of its own an order is paid when it is made."""
        return self.base.payments if self.base.payments is not None else [
            ShopPayment(at=self.base.created, amount=self.total)
        ]  # fmt: skip

    @property
    def refunded(self) -> int:
        """Refunds made so far, in thousandths."""
        return sum(refund.total for refund in self.refunds)


@dataclass(frozen=True)
class SearchHits:
    """Orders of one search: sorted keys and, beside them, order numbers."""

    keys: list[Key]
    warnings: list[str]


class Shop:
    """All orders of one shop under a movable clock."""

    def __init__(self, name: str, orders: list[ShopOrder], clock: int) -> None:
        self.name = name
        self._orders = {order.number: order for order in orders}
        self._patches: dict[int, list[Patch]] = {}
        self._searches: OrderedDict[tuple[str, str], SearchHits] = OrderedDict()
        self._refunds = {refund.id: order.number for order in orders for refund in order.refunds}
        self._rows: list[tuple[int, int, int]] = []
        self.clock = clock
        self._reindex()

    def set_clock(self, clock: int) -> None:
        """Show the shop as it was at `clock`."""
        if clock != self.clock:
            self.clock = clock
            self._reindex()

    def add(self, order: ShopOrder) -> None:
        """Show one more order, or another version of a known one."""
        self._orders[order.number] = order
        self._refunds.update({refund.id: order.number for refund in order.refunds})
        self._reindex()

    def remove(self, number: int) -> None:
        """Delete an order for good."""
        del self._orders[number]
        self._reindex()

    def patch(self, number: int, body: dict[str, Any]) -> None:
        """Add a version of an order. Raises KeyError or ValueError when the body does not fit."""
        order = self._orders[number]
        made = list(_read_patch(order, body, len(self._patches.get(number, []))))
        self._patches.setdefault(number, []).extend(made)
        self._refunds.update({p.refund.id: number for p in made if p.refund})
        self._reindex()

    def _reindex(self) -> None:
        clock = self.clock
        self._rows = [
            (order.created, self._updated(order), number)
            for number, order in self._orders.items()
            if order.created <= clock
        ]
        self._searches.clear()

    def _updated(self, order: ShopOrder) -> int:
        latest = order.created
        for refund in order.refunds:
            if latest < refund.created <= self.clock:
                latest = refund.created
        for patch in self._patches.get(order.number, ()):
            if latest < patch.at <= self.clock:
                latest = patch.at
        return latest

    def view(self, number: int) -> View | None:
        """The order as the clock shows it; None when it does not exist yet."""
        order = self._orders.get(number)
        if order is None or order.created > self.clock:
            return None
        patches = [p for p in self._patches.get(number, ()) if p.at <= self.clock]
        refunds = [r for r in order.refunds if r.created <= self.clock]
        refunds += [p.refund for p in patches if p.refund]
        prices = {p.line: p.unit for p in patches if p.kind == "price"}
        items = [replace(i, unit=prices.get(i.id, i.unit)) for i in order.items] if prices else order.items
        cancelled = next((p.at for p in patches if p.kind == "cancel"), order.cancelled)
        return View(order, items, refunds, self._updated(order), cancelled)

    def refund(self, refund_id: str) -> ShopRefund | None:
        """A refund the clock already shows."""
        number = self._refunds.get(refund_id)
        view = self.view(number) if number is not None else None
        return next((r for r in view.refunds if r.id == refund_id), None) if view else None

    def search(self, query: str, sort_key: str) -> SearchHits:
        """Sorted (sort value, number) of the orders that fit; remembered until the clock moves."""
        found = self._searches.get((query, sort_key))
        if found is None:
            found = self._search(query, sort_key)
            self._searches[query, sort_key] = found
            if len(self._searches) > REMEMBERED:
                self._searches.popitem(last=False)
        return found

    def _search(self, query: str, sort_key: str) -> SearchHits:
        tests, warnings = parse_query(query)
        column = SORT_KEYS[sort_key]
        keys = [(row[column], row[2]) for row in self._rows if all(test(row) for test in tests)]
        return SearchHits(sorted(keys), warnings)


def page(keys: list[Key], first: int, after: Key | None, *, reverse: bool) -> tuple[list[Key], bool, bool]:
    """Keys of one page, whether more follow, whether some came before."""
    if reverse:
        end = bisect.bisect_left(keys, after) if after else len(keys)
        start = max(0, end - first)
        return keys[start:end][::-1], start > 0, end < len(keys)
    start = bisect.bisect_right(keys, after) if after else 0
    return keys[start : start + first], start + first < len(keys), start > 0


Test = Callable[[tuple[int, int, int]], bool]
COLUMNS = {"created_at": 0, "processed_at": 0, "updated_at": 1, "id": 2}


def parse_query(query: str) -> tuple[list[Test], list[str]]:
    """Conditions of a search text. Like the platform, skip an unknown filter with a warning."""
    tests: list[Test] = []
    warnings: list[str] = []
    for match in TERM.finditer(query):
        name, operator, raw, conjunction, stray = match.groups()
        # no condition: everything is shown anyway
        if conjunction or (name == "status" and raw == "any"):
            continue
        if stray or name not in COLUMNS:
            warnings.append(name or stray)
        else:
            tests.append(_test(COLUMNS[name], operator or "=", raw.strip("'\"")))
    return tests, warnings


def _test(column: int, operator: str, text: str) -> Test:
    try:
        # a search without an offset means the shop's own zone
        bound = int(text) if column == 2 else epoch(text, ZONE)
    except ValueError as error:
        raise GraphQLError(f"Invalid search value {text!r}", code="argumentLiteralsIncompatible") from error
    comparisons: dict[str, Test] = {
        ">=": lambda row: row[column] >= bound,
        "<=": lambda row: row[column] <= bound,
        ">": lambda row: row[column] > bound,
        "<": lambda row: row[column] < bound,
        "=": lambda row: row[column] == bound,
    }
    return comparisons[operator]


def _read_patch(order: ShopOrder, body: dict[str, Any], made: int) -> Iterable[Patch]:
    """`{"at": ISO, "set_line_price": {line: price}, "add_refund": {...}, "cancel": true}` as patches."""
    unknown = set(body) - {"at", "set_line_price", "add_refund", "cancel"}
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    at = epoch(body["at"])
    yield Patch(at, "touch")
    lines = {line.id: line for line in order.items}
    for name, price in body.get("set_line_price", {}).items():
        yield Patch(at, "price", line=lines[_digits(name)].id, unit=_thousandths(price))
    if "add_refund" in body:
        yield Patch(at, "refund", refund=_patched_refund(order, lines, body["add_refund"], at, made))
    if body.get("cancel"):
        yield Patch(at, "cancel")


def _patched_refund(
    order: ShopOrder, lines: dict[str, ShopLine], body: dict[str, Any], at: int, made: int
) -> ShopRefund:
    # the first digit keeps patched refunds apart from all others
    refund = ShopRefund(id=f"9{order.number}{made:03d}", created=at, order=order)
    for position, entry in enumerate(body.get("lines", []), start=1):
        line, quantity = lines[_digits(entry["line_item_id"])], int(entry["quantity"])
        amount = _thousandths(entry["amount"]) if "amount" in entry else quantity * line.unit
        refund.lines.append(ShopRefundLine(f"{refund.id}{position:04d}", line, quantity, amount))
    lines_total = sum(line.subtotal for line in refund.lines)
    refund.total = _thousandths(body["amount"]) if "amount" in body else lines_total
    return refund


def _digits(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _thousandths(text: str) -> int:
    scaled = Decimal(str(text)) * 1000
    if scaled != int(scaled):
        raise ValueError(f"more than three decimals: {text}")
    return int(scaled)


def utc_text(seconds: int) -> str:
    """`2010-12-01T08:26:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

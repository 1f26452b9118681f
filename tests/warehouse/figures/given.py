"""What the tests of figures are given: a few KPIs, accounts that feed facts, people, and rows with numbered ids.

Belongs here: what more than one of these tests sets up. Not here: windows and company tables (tests/warehouse/world.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from models.definitions.load import Definitions, load_definitions
from models.inputs import Actual
from models.loads import SourceAccount, StreamRef
from tests.warehouse import world as w
from warehouse.raw.load import set_source_accounts
from warehouse.store.rows import insert_rows

D = date.fromisoformat
LINES = "fact: order_line, date: business_date"
FEEDS = ("order_line", "refund", "receipt", "traffic", "inventory")
HELD = [
    w.own("shop", "uk", "manager", "ann", "0.6", "2011-01-01", "2011-12-15"),
    w.own("shop", "uk", "manager", "bob", "0.4", "2011-01-01", "2011-12-15"),
    w.own("shop", "uk", "manager", "ann", "1", "2011-12-16"),
    w.own("shop", "la", "manager", "ann", "1"),
]
_GRADES = (
    "grade_tables:\n  - id: standard\n    effective_from: 2010-01-01\n"
    "    bands: [{grade: B, max: 60, coefficient: 0}, {grade: A, min: 60, coefficient: 1}]\n"
)


def definitions(**kpis: str) -> Definitions:
    """One role `manager` with the given KPIs; each text is what stands under the KPI's other keys."""
    head = (
        "    effective_from: 2010-01-01\n    label: {zh: k, en: k}\n    formula: {zh: k, en: k}\n    kind: result\n"
        "    unit: count\n    direction: higher\n    decimals: 2\n"
    )
    entries = "".join(f"  - id: {name}\n{head}{_indented(text)}" for name, text in kpis.items())
    return load_definitions(
        {"t.yaml": f"{_GRADES}kpis:\n{entries}roles:\n{role_text('manager', dict.fromkeys(kpis, ''))}"}
    )


def role_text(role: str, kpis: Mapping[str, str]) -> str:
    """The entry of a role that is measured by some KPIs; by KPI, what its line says beside the usual."""
    weights = [100 - len(kpis) + 1, *([1] * (len(kpis) - 1))]
    lines = "".join(
        f"          - {{kpi: {kpi}, duty: all, weight: {weight}, target: 1, method: score.linear{more}}}\n"
        for (kpi, more), weight in zip(kpis.items(), weights, strict=True)
    )
    return (
        f"  - id: {role}\n    effective_from: 2010-01-01\n    label: {{zh: m, en: m}}\n"
        "    duties: [{id: all, zh: a, en: a}]\n    cycle: M\n    missing: pending\n    grade_table: standard\n"
        f"    dimensions:\n      - id: result\n        label: {{zh: r, en: r}}\n        weight: 100\n        kpis:\n{lines}"
    )


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.strip().splitlines())


def numerator(*items: str) -> str:
    return "numerator:\n" + "".join(f"  - {item}\n" for item in items)


def over(*items: str) -> str:
    return "denominator:\n" + "".join(f"  - {item}\n" for item in items)


def item(what: str, fact: str = LINES) -> str:
    return f"{{{fact}, {what}}}"


def one(actuals: Iterable[Actual], kpi: str, name: str = "ann", label: str = "2011-12") -> Actual:
    [found] = [a for a in actuals if (a.person_id, a.kpi_id, a.period) == (name, kpi, label)]
    return found


def account(
    ref: StreamRef, *feeds: str, zone: str = "UTC", since: str = "2011-11-01", platform: str = ""
) -> SourceAccount:
    """An account that is open since a day and feeds some facts."""
    return SourceAccount(ref=ref, feeds=feeds, zone=zone, active_from=since, platform=platform)


def people(
    con: duckdb.DuckDBPyConnection, *names: str, role: str = "manager", since: str = "2011-01-01"
) -> None:
    """All people there are, in one role since a day."""
    rows = [{"person_id": n, "name": n, "role_id": role, "valid_from": D(since)} for n in names]
    w.put(con, "core_person", rows)


def insert_numbered(
    con: duckdb.DuckDBPyConnection,
    fact: str,
    usual: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    **ids: str,
) -> None:
    """Rows of a fact: the usual values, ids made of a prefix and the row's number, and what each row says itself."""
    numbered = ({name: f"{prefix}{i}" for name, prefix in ids.items()} for i in range(len(rows)))
    insert_rows(
        con, f"core_{fact}", [{**usual, **own, **row} for own, row in zip(numbered, rows, strict=True)]
    )


def two_shops(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The shops uk and la, whole in two months of 2011; Ann holds 0.6 of uk until 15 December, then all, and la."""
    platforms = {w.UK: "shopify", w.LA: "lazada"}
    set_source_accounts(con, [account(ref, *FEEDS, platform=p) for ref, p in platforms.items()])
    for ref in (w.UK, w.LA):
        w.load(con, folder, ref, [], end="2012-01-10T00:00+00:00")
    people(con, "ann", "bob")
    w.put(con, "core_ownership", HELD)


def sell(con: duckdb.DuckDBPyConnection, *rows: tuple[str, str, str, str, str, int, str]) -> None:
    """Lines as shop, day, order, buyer, SKU, quantity and amount; the platform follows from the shop."""
    lines = [
        {
            "platform": "shopify" if shop == "uk" else "lazada", "shop_id": shop, "order_id": order, "buyer_id": buyer,
            "sku_id": sku, "business_date": D(day), "qty": qty, "paid_amount": Decimal(amount),
        }
        for shop, day, order, buyer, sku, qty, amount in rows
    ]  # fmt: skip
    insert_numbered(con, "order_line", {"is_excluded": False}, lines, line_id="L", source_row_id="L")

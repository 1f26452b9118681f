"""Hand-made windows and company tables for warehouse tests."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from models.definitions.load import Definitions, load_definitions
from models.loads import FailedWindow, LoadResult, PulledWindow, SourceAccount, StreamRef
from warehouse.raw.load import load_window, replace_company_table, set_source_accounts

UK = StreamRef("shopify", "orders", "uk")
LA = StreamRef("shopify", "orders", "la")
DESK = StreamRef("zendesk", "tickets", "desk")
ZONES = {"uk": "Europe/London", "la": "America/Los_Angeles", "desk": "UTC"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def iso(text: str) -> str:
    return at(text).strftime("%Y-%m-%dT%H:%M:%SZ")


def line(key: str, total: str, *, sku: str | None = "S1", qty: int = 1) -> dict[str, Any]:
    return {
        "id": key,
        "sku": sku,
        "kind": "goods",
        "quantity": qty,
        "original_total": total,
        "discount": "0",
        "total": total,
        "duty": "0",
        "tax": "0",
    }


def refund(key: str, when: str, total: str, lines: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    rest = Decimal(total) - sum((Decimal(x["subtotal"]) for x in lines), Decimal(0))
    return {
        "id": key,
        "created_at": iso(when),
        "total": total,
        "currency": "GBP",
        "duties": "0",
        "lines": list(lines),
        "shipping": [],
        "rest": {"amount": str(max(rest, Decimal(0))), "tax": "0", "exchanged": str(max(-rest, Decimal(0)))},
    }


def refund_line(key: str, of: str, subtotal: str, *, sku: str | None = "S1", qty: int = 1) -> dict[str, Any]:
    return {
        "id": key,
        "line_item_id": of,
        "sku": sku,
        "kind": "goods",
        "quantity": qty,
        "subtotal": subtotal,
        "duty": "0",
        "tax": "0",
    }


def order(
    key: str,
    when: str,
    lines: Sequence[dict[str, Any]],
    *,
    updated: str | None = None,
    shipping: str | None = None,
    refunds: Sequence[dict[str, Any]] = (),
    buyer: str | None = "B1",
    test: bool = False,
    currency: str = "GBP",
) -> dict[str, Any]:
    total = sum((Decimal(x["total"]) for x in lines), Decimal(shipping or 0))
    return {
        "id": key,
        "created_at": iso(when),
        "processed_at": iso(when),
        "updated_at": iso(updated or when),
        "cancelled_at": None,
        "paid_at": iso(when),
        "test": test,
        "financial_status": "PAID",
        "currency": currency,
        "taxes_included": False,
        "total": str(total),
        "total_tax": "0",
        "total_tip": "0",
        "total_duties": "0",
        "total_fees": "0",
        "total_refunded": "0",
        "customer_id": buyer,
        "country_code": "GB",
        "country": "United Kingdom",
        "line_items": list(lines),
        "shipping_lines": []
        if shipping is None
        else [{"id": None, "title": "POST", "total": shipping, "tax": "0"}],
        "refunds": list(refunds),
    }


def ticket(
    key: str, when: str, *, agent: str = "17", reply: int | None = 5, status: str = "closed"
) -> dict[str, Any]:
    return {
        "id": key,
        "created_at": iso(when),
        "updated_at": iso(when),
        "generated_timestamp": 1,
        "status": status,
        "priority": "high",
        "type": "incident",
        "group_id": "70",
        "assignee_id": agent,
        "satisfaction": None,
        "metric_set": None
        if status == "deleted"
        else {
            "solved_at": iso(when),
            "reopens": 0,
            "replies": 1,
            "assignee_stations": 1,
            "group_stations": 1,
            "reply_time_in_minutes": {"calendar": reply, "business": None},
            "first_resolution_time_in_minutes": {"calendar": 9, "business": None},
            "full_resolution_time_in_minutes": {"calendar": 9, "business": None},
            "agent_wait_time_in_minutes": None,
            "requester_wait_time_in_minutes": None,
            "on_hold_time_in_minutes": None,
        },
    }


def window(
    folder: Path,
    ref: StreamRef,
    payloads: Sequence[dict[str, Any]],
    start: str,
    end: str,
    *,
    as_of: str | None = None,
) -> PulledWindow:
    text = "".join(json.dumps(_record(p), ensure_ascii=False) + "\n" for p in payloads)
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = folder / f"{ref.shop_id}-{digest[:16]}.ndjson"
    path.write_text(text, encoding="utf-8")
    return PulledWindow(
        ref=ref,
        window_from=at(start),
        window_to=at(end),
        kind="time",
        records_path=path,
        rows=len(payloads),
        landing_file=path.name,
        landing_sha256=digest,
        proof=f"count={len(payloads)}",
        as_of=at(as_of or end),
    )


def _record(payload: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(payload, sort_keys=True)
    return {
        "record_key": payload["id"],
        "record_day": payload.get("record_day", payload["created_at"])[:10],
        "version_at": payload["updated_at"],
        "row_hash": hashlib.sha256(text.encode()).hexdigest(),
        "payload": payload,
    }


def failure(
    ref: StreamRef, start: str, end: str, cause: str = "HTTP 503 five times", *, as_of: str | None = None
) -> FailedWindow:
    return FailedWindow(
        ref=ref,
        window_from=at(start),
        window_to=at(end),
        kind="time",
        code="P204",
        cause=cause,
        as_of=at(as_of or end),
    )


def accounts(con: duckdb.DuckDBPyConnection, *, active_to: str | None = None) -> None:
    set_source_accounts(
        con,
        [
            SourceAccount(
                ref=UK,
                feeds=("order_line", "refund"),
                zone=ZONES["uk"],
                active_from="2011-11-01",
                active_to=active_to,
                lookback="",
                finality_days=60,
                platform="shopify",
            ),
            SourceAccount(
                ref=LA,
                feeds=("order_line", "refund"),
                zone=ZONES["la"],
                active_from="2011-11-01",
                active_to=active_to,
                lookback="",
                finality_days=60,
                platform="shopify",
            ),
            SourceAccount(
                ref=DESK,
                feeds=("ticket",),
                zone=ZONES["desk"],
                active_from="2011-11-01",
                active_to=active_to,
                lookback="",
                finality_days=0,
                platform="zendesk",
            ),
        ],
    )


def company(con: duckdb.DuckDBPyConnection) -> None:
    """Ann runs uk, Bob and Cid share la, Dee owns SKU group G1, Eve is agent 17; one rate, one cost."""
    accounts(con)
    people = [
        ("ann", "manager"),
        ("bob", "specialist"),
        ("cid", "specialist"),
        ("dee", "buyer"),
        ("eve", "agent"),
    ]
    put(
        con,
        "core_person",
        [{"person_id": p, "name": p, "role_id": r, "valid_from": date(2011, 1, 1)} for p, r in people],
    )
    owned = [
        ("shop", "uk", "manager", "ann", "1"),
        ("shop", "la", "specialist", "bob", "0.6"),
        ("shop", "la", "specialist", "cid", "0.4"),
        ("sku_group", "G1", "buyer", "dee", "1"),
        ("agent", "17", "agent", "eve", "1"),
    ]
    put(con, "core_ownership", [own(*row) for row in owned])
    put(con, "core_rate", [rate("GBP", "2011-11-01", "10.5")])
    put(con, "core_cost", [cost("S1", "2011-01-01", "2.00")])
    put(con, "core_sku", [{"sku_id": "S1", "sku_group": "G1"}, {"sku_id": "S2", "sku_group": "G2"}])
    put(con, "ticket_sla", [{"priority": "high", "sla_hours": 24}])


def own(
    kind: str,
    scope: str,
    role: str,
    person: str,
    share: str,
    first: str = "2011-01-01",
    last: str | None = None,
) -> dict[str, Any]:
    return {
        "scope_type": kind,
        "scope_id": scope,
        "role_id": role,
        "person_id": person,
        "share": Decimal(share),
        "valid_from": date.fromisoformat(first),
        "valid_to": date.fromisoformat(last) if last else None,
    }


def rate(currency: str, day: str, value: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "base_currency": "CNY",
        "rate_date": date.fromisoformat(day),
        "rate": Decimal(value),
    }


def cost(sku: str, day: str, value: str, currency: str = "GBP") -> dict[str, Any]:
    return {
        "sku_id": sku,
        "valid_from": date.fromisoformat(day),
        "cogs": Decimal(value),
        "currency": currency,
    }


def put(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> bool:
    return replace_company_table(
        con, name, rows, file=f"{name}.csv", sha256=hashlib.sha256(repr(rows).encode()).hexdigest()
    )


def load(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    ref: StreamRef,
    payloads: Sequence[dict[str, Any]],
    start: str = "2011-11-01T00:00+00:00",
    end: str = "2011-12-10T00:00+00:00",
    *,
    as_of: str | None = None,
) -> LoadResult:
    return load_window(con, window(folder, ref, payloads, start, end, as_of=as_of))


def _kpi(key: str, body: str, unit: str = "CNY") -> str:
    return (
        f"  - id: {key}\n    effective_from: 2010-01-01\n    label: {{zh: {key}, en: {key}}}\n    "
        f"formula: {{zh: {key}, en: {key}}}\n"
        f"    kind: result\n    unit: {unit}\n    direction: higher\n    decimals: 2\n{body}"
    )


def _role(key: str, kpis: Sequence[str]) -> str:
    weights = [100 - 10 * (len(kpis) - 1), *([10] * (len(kpis) - 1))]
    lines = "".join(
        f"          - {{kpi: {k}, duty: all, weight: {w}, target: 100, method: score.linear}}\n"
        for k, w in zip(kpis, weights, strict=True)
    )
    return (
        f"  - id: {key}\n    effective_from: 2010-01-01\n    label: {{zh: {key}, en: {key}}}\n    duties: "
        f"[{{id: all, zh: all, en: all}}]\n"
        f"    cycle: M\n    missing: pending\n    grade_table: standard\n    dimensions:\n      - id: "
        f"result\n"
        f"        label: {{zh: r, en: r}}\n        weight: 100\n        kpis:\n{lines}"
    )


_NET = """    numerator:
      - {fact: order_line, sum: paid_amount_base, where: not is_excluded, date: business_date}
      - {fact: refund, sum: amount_base, where: not is_excluded, date: business_date, sign: minus}
"""


_GMV = "fact: order_line, sum: paid_amount_base, date: business_date"
_MARGIN = "fact: order_line, sum: paid_amount_base - cogs_base, date: business_date"
_ORDERS = "fact: order_line, count_distinct: order_id, where: not is_excluded, date: business_date"
_NEW_BUYERS = (
    "fact: order_line, count_distinct: buyer_id, where: buyer_id is not null and buyer_first_on >= period_start,"
    " date: business_date"
)
_REPLY = (
    "fact: ticket, median: first_reply_minutes, where: first_reply_minutes is not null and first_reply_minutes >= 0,"
    " date: opened_on"
)


def definitions() -> Definitions:
    kpis = [
        _kpi("net_sales", _NET),
        _kpi("sales_attainment", _NET + "    denominator: {target: net_sales}\n", "ratio"),
        _kpi(
            "margin",
            f"    numerator:\n      - {{{_MARGIN}}}\n    denominator:\n      - {{{_GMV}}}\n",
            "ratio",
        ),
        _kpi("orders", f"    numerator:\n      - {{{_ORDERS}}}\n", "count"),
        _kpi("new_buyers", f"    numerator:\n      - {{{_NEW_BUYERS}}}\n", "count"),
        _kpi("reply", f"    numerator:\n      - {{{_REPLY}}}\n", "minutes"),
    ]
    shop = ["net_sales", "sales_attainment", "margin", "orders", "new_buyers"]
    roles = [_role(r, shop) for r in ("manager", "specialist", "buyer")] + [_role("agent", ["reply"])]
    return load_definitions({"test.yaml": _text(kpis, roles)})


def definition_text(kpis: Sequence[tuple[str, str, str]], roles: Mapping[str, Sequence[str]]) -> str:
    """Definitions of a few KPIs (id, formula, unit) and of roles that are appraised by them."""
    return _text([_kpi(*kpi) for kpi in kpis], [_role(role, names) for role, names in roles.items()])


def _text(kpis: Sequence[str], roles: Sequence[str]) -> str:
    return (
        "grade_tables:\n  - id: standard\n    effective_from: 2010-01-01\n"
        "    bands: [{grade: B, max: 60, coefficient: 0}, {grade: A, min: 60, coefficient: 1}]\n"
        "kpis:\n" + "".join(kpis) + "roles:\n" + "".join(roles)
    )

"""Payloads of a stream straight into canonical rows, for golden-row tests of connectors."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from connectors.registry import get
from models.attribution import Attribution
from models.loads import LoadResult, PulledWindow, SourceAccount, StreamRef
from warehouse.facts.build import build_core
from warehouse.facts.feeds import present_feeds, shipped_feeds
from warehouse.raw.load import load_window, set_source_accounts
from warehouse.store.connect import open_warehouse

Payload = Mapping[str, Any]
SHOP = "shop"


def canonical(
    connector: str,
    stream: str,
    payloads: Sequence[Payload],
    table: str,
    *,
    zone: str,
    key: str | Callable[[Payload], str] = "id",
    day: str = "2026-10-01",
    platform: str | None = None,
    base: str = "CNY",
    prepare: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
) -> list[dict[str, Any]]:
    """The canonical rows that payloads of one account become, by key; columns that are NULL are left out.

    Instants come in UTC. Exchange rates, costs and SKUs are unknown unless `prepare` puts them in.

    Args:
        connector: its registered name.
        stream: the stream.
        payloads: what the stream's `payload` gives, as it stands in the raw table (money as text).
        table: the canonical table to read back.
        zone: the account's zone.
        key: the payload field that is the record's key, or a function that makes it.
        day: the record day, which only prunes loads.
        platform: of the account; the connector's own by default.
        base: the company's currency.
        prepare: fills company tables, or loads rows of other streams with `feed`.
    """
    with TemporaryDirectory() as folder, open_warehouse(Path(folder) / "home") as con:
        account(con, connector, stream, zone=zone, platform=platform)
        if prepare is not None:
            prepare(con)
        feed(con, connector, stream, payloads, key=key, day=day)
        build_core(con, base, Attribution())
        _require_records(con, f"{connector}_{stream}", table)
        return rows(con, table)


def account(
    con: duckdb.DuckDBPyConnection, connector: str, stream: str, *, zone: str, platform: str | None = None
) -> None:
    """Make one account of a stream known beside those that are."""
    known = con.execute(
        "select connector, stream, shop_id, feeds, zone, platform from source_account"
    ).fetchall()
    accounts = [
        SourceAccount(ref=StreamRef(c, s, h), feeds=tuple(f), zone=z, platform=p)
        for c, s, h, f, z, p in known
    ]
    declared = get(connector)
    new = SourceAccount(
        ref=StreamRef(connector, stream, SHOP),
        feeds=declared.stream(stream).feeds,
        zone=zone,
        platform=platform or declared.platform,
    )
    set_source_accounts(con, [*accounts, new])


def feed(
    con: duckdb.DuckDBPyConnection,
    connector: str,
    stream: str,
    payloads: Sequence[Payload],
    *,
    key: str | Callable[[Payload], str] = "id",
    day: str = "2026-10-01",
) -> LoadResult:
    """Load payloads as a proven window of the account; a later one stands before an earlier one."""
    (loads,) = con.execute("select count(*) from load_window").fetchone() or (0,)
    as_of = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=loads)
    text = "".join(json.dumps(_record(p, key, day, as_of), ensure_ascii=False) + "\n" for p in payloads)
    digest = hashlib.sha256(text.encode()).hexdigest()
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "records.ndjson"
        path.write_text(text, encoding="utf-8")
        window = PulledWindow(
            ref=StreamRef(connector, stream, SHOP),
            window_from=start,
            window_to=start + timedelta(days=1),
            kind="time",
            records_path=path,
            rows=len(payloads),
            landing_file="records.ndjson.gz",
            landing_sha256=digest,
            proof=f"count={len(payloads)}",
            as_of=as_of,
        )
        return load_window(con, window)


def _require_records(con: duckdb.DuckDBPyConnection, stem: str, table: str) -> None:
    """A row whose record column names no record would never leave again, and count twice after a change."""
    (feed,) = [f for f in shipped_feeds() if (f.stem, f.table) == (stem, table)]
    keys = " union all ".join(
        f"select record_key from {f.raw_table}" for f in present_feeds(con) if f.table == table
    )
    lost = con.execute(
        f"select {feed.record} from core_{table} where {feed.record} not in ({keys})"
    ).fetchall()
    assert lost == [], f"`-- record: {feed.record}` of {feed.name} does not carry record_key"


def _record(
    payload: Payload, key: str | Callable[[Payload], str], day: str, as_of: datetime
) -> dict[str, Any]:
    text = json.dumps(payload, sort_keys=True)
    return {
        "record_key": payload[key] if isinstance(key, str) else key(payload),
        "record_day": day,
        "version_at": as_of.isoformat(),
        "row_hash": hashlib.sha256(text.encode()).hexdigest(),
        "payload": payload,
    }


def rows(con: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    """All rows of a canonical table by key, without their NULLs."""
    described = con.execute(f"describe core_{table}").fetchall()
    columns = ", ".join(
        f"epoch_us({name})" if kind.startswith("TIMESTAMP") else name for name, kind, *_ in described
    )
    names = [(name, kind.startswith("TIMESTAMP")) for name, kind, *_ in described]
    found = con.execute(f"select {columns} from core_{table} order by platform, shop_id, source_row_id")
    return [
        {name: _instant(value) if is_instant else value for (name, is_instant), value in zip(names, row, strict=True)
         if value is not None}
        for row in found.fetchall()
    ]  # fmt: skip


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)

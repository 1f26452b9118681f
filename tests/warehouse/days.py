"""An account of a day stream and its windows in October 2026: what was read, and what could not be."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from models.loads import FailedWindow, LoadResult, PulledWindow, SourceAccount, StreamRef
from warehouse.raw.load import load_window, record_failure, set_source_accounts
from warehouse.raw.source_health import store_source_health
from warehouse.store.connect import open_warehouse

ROOMS = StreamRef("qianchuan", "rooms", "desk")
FIRST = date(2026, 10, 1)
Rows = Sequence[tuple[int, str, int]]  # day of October, id, entries


class Days:
    """An account in UTC whose windows are whole days of October 2026."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self.open() as con:
            account = SourceAccount(
                ref=ROOMS,
                feeds=("live_session",),
                zone="UTC",
                active_from="2026-10-01",
                finality_days=3,
                platform="qianchuan",
            )
            set_source_accounts(con, [account])

    def open(self) -> Any:
        return open_warehouse(self.folder / "home")

    def window(
        self, first: int, last: int, rows: Rows, *, read: int, key: str = "{day}|{id}"
    ) -> PulledWindow:
        """Days `first` to `last`, read at the end of day `read`."""
        as_of = midnight(read + 1)
        text = "".join(_record(day, key.format(day=day_of(day), id=name), n, as_of) for day, name, n in rows)
        path = self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.ndjson"
        path.write_text(text, encoding="utf-8")
        return PulledWindow(
            ref=ROOMS, window_from=midnight(first), window_to=midnight(last + 1), kind="day", records_path=path,
            rows=len(rows), landing_file=f"{first}-{last}@{read}", landing_sha256=hashlib.sha256(text.encode()).hexdigest(),
            proof=f"count={len(rows)}", as_of=as_of, replaces=(day_of(first), day_of(last)),
        )  # fmt: skip

    def load(self, first: int, last: int, rows: Rows, *, read: int) -> LoadResult:
        with self.open() as con:
            return load_window(con, self.window(first, last, rows, read=read))

    def fail(self, first: int, last: int, code: str, *, read: int) -> None:
        with self.open() as con:
            record_failure(
                con,
                FailedWindow(
                    ref=ROOMS,
                    window_from=midnight(first),
                    window_to=midnight(last + 1),
                    kind="day",
                    code=code,
                    cause="it failed",
                    as_of=midnight(read + 1),
                ),
            )

    def stored(self) -> list[Any]:
        with self.open() as con:
            return con.execute(
                "select day(record_day), record_key, (payload ->> 'n')::int from raw_qianchuan_rooms order by all"
            ).fetchall()

    def health(self, *, until: int = 9) -> dict[int, tuple[Any, ...]]:
        with self.open() as con:
            store_source_health(con, FIRST, day_of(until))
            rows = con.execute(
                "select day(business_date), status, finality, cause_code, proof from source_health order by 1"
            ).fetchall()
        return {row[0]: row[1:] for row in rows}


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def midnight(number: int) -> datetime:
    return datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=number - 1)


def _record(day: int, key: str, n: int, as_of: datetime) -> str:
    payload = {
        "n": n, "room_id": key, "aweme_id": "R1", "start_time": f"{day_of(day)}T10:00:00", "end_time": f"{day_of(day)}T11:00:00",
        "total_live_watch_cnt": n, "total_live_comment_cnt": 0, "total_live_follow_cnt": 0, "total_live_fans_club_join_cnt": 0,
        "live_click_product_count_alias": 0, "live_pay_order_count_alias": 0, "live_pay_order_gmv_alias": "0",
    }  # fmt: skip
    record = {
        "record_key": key, "record_day": day_of(day).isoformat(), "version_at": as_of.isoformat(),
        "row_hash": hashlib.sha256(f"{key}{n}".encode()).hexdigest(), "payload": payload,
    }  # fmt: skip
    return json.dumps(record) + "\n"

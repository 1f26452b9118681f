"""What a pull hands to the warehouse: plain data, so that `connectors/` and `warehouse/` never import each other.

Belongs here: the shape of one pulled or failed window. Not here: how to pull (connectors/kit), how to load (warehouse/raw).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

WindowKind = Literal[
    "time", "cursor", "day"
]  # how a stream is cut: by when records changed, by an opaque mark, by whole days
FILE_DROP = "file_drop"  # connector of fact files: each window is one file and speaks for its own days only


@dataclass(frozen=True)
class StreamRef:
    """One stream of one account: the grain of cursors, proofs and source health."""

    connector: str
    stream: str
    shop_id: str

    def __str__(self) -> str:
        return f"{self.connector}.{self.stream}[{self.shop_id}]"

    @property
    def raw_table(self) -> str:
        """Name of the raw table, e.g. `raw_shopify_orders`; shared by all accounts of the stream."""
        return f"raw_{self.connector}_{self.stream}"


@dataclass(frozen=True)
class QuarantinedRow:
    """One record set aside with its cause; it is counted and shown, never dropped silently."""

    row_number: int
    record_key: str
    cause_code: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class PulledWindow:
    """A window `[window_from, window_to)` that was read whole and proven so.

    `records_path` is an NDJSON file with one object per record:
    `{"record_key": str, "record_day": "YYYY-MM-DD", "version_at": ISO instant, "row_hash": hex, "payload": {...}}`.
    `record_day` never changes for a record (it prunes the merge); money inside `payload` is decimal text.
    """

    ref: StreamRef
    window_from: datetime
    window_to: datetime
    kind: WindowKind
    records_path: Path
    rows: int
    landing_file: str  # relative to KPI_HOME/landing
    landing_sha256: str
    proof: str
    as_of: datetime
    cursor: str | None = None  # next opaque cursor, cursor streams only
    pages: int = 0
    requests: int = 0
    retries: int = 0
    waited_seconds: Decimal = Decimal(0)
    quarantined: tuple[QuarantinedRow, ...] = ()
    replaces: tuple[date, date] | None = None  # rows of these record days that the window lacks are gone
    drift: Mapping[str, int] = field(default_factory=dict)  # unknown field of a record -> how often it came


@dataclass(frozen=True, kw_only=True)
class FailedWindow:
    """A window of which nothing may be committed, with the cause that the board will show."""

    ref: StreamRef
    window_from: datetime
    window_to: datetime
    kind: WindowKind
    code: str
    cause: str
    as_of: datetime
    requests: int = 0
    retries: int = 0
    waited_seconds: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """What loading a window changed."""

    load_id: str
    new_rows: int
    changed_rows: int
    unchanged_rows: int
    gone_rows: int = 0
    late_rows: int = (
        0  # new, changed or gone rows of days that were final before: what was reported there has moved
    )
    shared_rows: int = 0  # of a fact file: rows that stand in another file of the shop too


@dataclass(frozen=True, kw_only=True)
class SourceAccount:
    """One account as the warehouse needs to know it: which facts it feeds, in which zone, and when it was open."""

    ref: StreamRef
    feeds: tuple[str, ...]  # canonical tables, e.g. ("order_line", "refund")
    zone: str
    active_from: str | None = None  # ISO date, inclusive
    active_to: str | None = None
    # where active_from is not stated: the first day that the company asks of any account
    begins_on: str | None = None
    lookback: str = ""
    finality_days: int = 0
    only: str = ""  # a flag that every row of it carries: what leaves such rows out is not fed by it
    platform: str = field(default="")

"""The money of every day, from whichever way the rows came in: pulled windows or a platform's own download.

Belongs here: loading what was read and adding it up by day. Not here: the orders (a test file per platform).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.registry import get
from connectors.testing.world import FakeRecord
from models.attribution import Attribution
from models.loads import FailedWindow, PulledWindow, SourceAccount
from models.periods import Period
from tests.connectors.against_fake import FakeBench
from warehouse.facts.build import build_core
from warehouse.facts.reconcile import reconcile
from warehouse.raw.load import load_window, set_source_accounts
from warehouse.store.connect import open_warehouse

ROLES = {"order_line": "manager", "refund": "manager"}
# what KPIs add up: only rows with a day that are not excluded
_DAYS = """
with line as (
    select business_date as day, currency, paid_amount as gmv, 0 as refunds, tax_amount as tax, order_id
    from core_order_line where not is_excluded and business_date is not null
    union all
    select business_date, currency, 0, amount, -tax_amount, null
    from core_refund where not is_excluded and business_date is not null
)
select concat(day, ' ', currency), sum(gmv), sum(refunds), sum(gmv) - sum(refunds), sum(tax), count(distinct order_id)
from line group by all
"""


@dataclass(frozen=True)
class DayMoney:
    """What one local day in one currency brought; `tax` is None where no line states one."""

    gmv: Decimal
    refunds: Decimal
    net: Decimal
    tax: Decimal | None
    orders: int


def money(gmv: str, refunds: str, tax: str | None, orders: int) -> DayMoney:
    """The money of a day as a test writes it down."""
    sold, back = Decimal(gmv), Decimal(refunds)
    return DayMoney(sold, back, sold - back, None if tax is None else Decimal(tax), orders)


def hold_only(bench: FakeBench, records: Mapping[str, Iterable[FakeRecord]]) -> None:
    """Replace the fake's records of these streams."""
    for stream, found in records.items():
        bench.platform.world.streams[stream] = {}
        for record in found:
            bench.platform.world.put(stream, record)


def pulled(
    bench: FakeBench,
    folder: Path,
    connector: str,
    streams: Iterable[str],
    read: Callable[[str], list[PulledWindow | FailedWindow]],
) -> dict[str, DayMoney]:
    """The days of streams of an account, pulled by `read` into a warehouse of their own; all that is stated must reconcile."""
    declared, account = get(connector), bench.account()
    with open_warehouse(folder / "home") as con:
        windows = [window for stream in streams for window in read(stream)]
        refs = {window.ref.stream: window.ref for window in windows}
        set_source_accounts(
            con,
            [
                SourceAccount(ref=ref, feeds=declared.stream(name).feeds, zone=account.zone, platform=declared.platform)
                for name, ref in refs.items()
            ],
        )  # fmt: skip
        for window in windows:
            assert isinstance(window, PulledWindow), window
            load_window(con, window)
        build_core(con, "CNY", Attribution())
        rows = reconcile(con, Period.parse("2026"), ROLES)
        assert {row["measure"] for row in rows} >= {"gmv", "orders", "refunds"}
        assert {row["measure"]: row["difference"] for row in rows if row["difference"]} == {}
        return days(con)


def days(con: Any) -> dict[str, DayMoney]:
    """The money of every day in a warehouse, by day and currency."""
    return {row[0]: DayMoney(*row[1:]) for row in con.execute(_DAYS).fetchall()}

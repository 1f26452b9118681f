"""Real orders of an Indian Amazon seller, served as Amazon serves them, pulled and loaded, against answers computed elsewhere.

The set has no licence for anything but tests: nothing of it is copied here, and without it these tests are skipped. What it lacks
is sent empty; of its dates only the day is known, so all answers are by day or coarser (replay-mapping.md 4.3).
"""

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest

from connectors.amazon_sp import AmazonSp
from connectors.kit import AccountSettings, Landing, Runtime, pull
from connectors.testing.clock import Clock
from connectors.testing.fakes import amazon_world as made
from connectors.testing.fakes.amazon_sp import CLIENT, REFRESH, SECRET, AmazonSpFake
from connectors.testing.loopback import Served
from connectors.testing.world import FakeRecord
from models.attribution import Attribution
from models.loads import FailedWindow, SourceAccount, StreamRef
from warehouse.facts.build import build_core
from warehouse.raw.load import load_window, set_source_accounts
from warehouse.store.connect import open_warehouse

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
INDIA, EXPECTED = SHARED / "noncommercial" / "amazon_india", SHARED / "expected"
SAMPLE, FOUR_DAYS, STOCK = (
    INDIA / f"{name}.parquet" for name in ("orders_sample", "orders_raw_4days", "stock")
)
pytestmark = pytest.mark.skipif(
    not (SAMPLE.exists() and EXPECTED.exists()), reason="the real orders and the answers are not here"
)
KOLKATA = timedelta(hours=5, minutes=30)
ZONE = "Asia/Kolkata"
# month of purchase as the answers have it; pending orders are no sale for us, for the answers they are
MONTHLY = """
    with line as (
        select
            strftime(timezone('Asia/Kolkata', cast(payload ->> 'purchase_date' as timestamptz)), '%Y-%m') as month,
            payload ->> 'amazon_order_id' as order_id, payload ->> 'order_status' as status,
            cast(payload ->> 'item_price' as decimal(18, 4)) as price, cast(payload ->> 'quantity' as bigint) as qty,
            payload ->> 'is_business_order' = 'true' as is_b2b
        from raw_amazon_sp_orders
    ),
    told as (
        select
            month, count(*) as lines, count(distinct order_id) as orders,
            count(*) filter (status = 'Cancelled') as cancelled_lines,
            count(*) filter (status in ('Returned to Seller', 'Returning to Seller', 'Rejected by Buyer')) as returned_lines,
            count(*) filter (is_b2b) as b2b_lines, count(distinct order_id) filter (status = 'Pending') as waiting,
            coalesce(sum(price) filter (status = 'Pending'), 0) as waiting_price,
            coalesce(sum(qty) filter (status = 'Pending'), 0) as waiting_qty
        from line group by 1
    ),
    sold as (
        select
            strftime(business_date, '%Y-%m') as month, sum(paid_amount) as sales, sum(qty) as units,
            count(distinct order_id) as orders
        from core_order_line where not is_excluded group by 1
    )
    select
        month, lines, told.orders, cancelled_lines, returned_lines, sales + waiting_price, units + waiting_qty,
        sold.orders + waiting, b2b_lines
    from told join sold using (month) order by 1
"""


class IndianSeller(AmazonSpFake):
    """The same API over the real orders."""

    marketplace: ClassVar[str] = "A21TJRUUN4KGV"
    page: ClassVar[int] = 50

    def __init__(self, clock: Clock, orders: list[dict[str, str]], stock: list[dict[str, Any]]) -> None:
        super().__init__(clock)
        self.stock = stock
        self.world.streams = {"orders": {}, "sales_traffic": {}}
        for number, raw in enumerate(orders):
            at = datetime.fromisoformat(raw["last-updated-date"])
            self.world.put("orders", FakeRecord(f"{number:06d}", at, at, raw, {}))

    def freeze(self) -> None:
        """The truth is computed elsewhere."""


def _rows(path: Path) -> Iterator[dict[str, str]]:
    columns = [row[0] for row in duckdb.execute("describe from read_parquet(?)", [str(path)]).fetchall()]
    for row in duckdb.execute("from read_parquet(?) order by cast(index as int)", [str(path)]).fetchall():
        yield dict(zip(columns, row, strict=True))


def _order(row: dict[str, str]) -> dict[str, str]:
    """The set's words in the report's columns; category with size stand where a line's SKU is not known."""
    month, day, year = map(int, row["Date"].replace("/", "-").split("-"))
    at = (datetime(2000 + year, month, day, tzinfo=UTC) - KOLKATA).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    raw = dict.fromkeys(made.ORDER_COLUMNS, "")
    return raw | {
        "amazon-order-id": row["Order ID"],
        "purchase-date": at,
        "last-updated-date": at,
        "order-status": row["Status"],
        "fulfillment-channel": row["Fulfilment"],
        "sales-channel": row.get("Sales Channel", ""),
        "ship-service-level": row["ship-service-level"],
        "sku": row.get("SKU") or f"{row['Category']} {row['Size']}",
        "asin": row.get("ASIN", ""),
        "item-status": row["Courier Status"],
        "quantity": row["Qty"],
        "currency": row.get("currency", "INR" if row["Amount"] else ""),
        "item-price": row["Amount"],
        "ship-city": row["ship-city"],
        "ship-state": row["ship-state"],
        "ship-postal-code": row["ship-postal-code"],
        "ship-country": row.get("ship-country", ""),
        "promotion-ids": row.get("promotion-ids", ""),
        "is-business-order": row["B2B"].lower(),
    }


def _stock() -> list[dict[str, Any]]:
    """One row per SKU: Amazon has no two of one, the set has; whole quantities are written with a fraction."""
    summed: dict[str, Decimal] = {}
    for row in _rows(STOCK):
        sku, units = row["SKU Code"].strip(), row["Stock"]
        if sku and units:
            summed[sku] = summed.get(sku, Decimal(0)) + Decimal(units)
    details = {"inboundWorkingQuantity": 0, "inboundShippedQuantity": 0, "inboundReceivingQuantity": 0}
    return [
        {
            "sellerSku": sku,
            "inventoryDetails": {"fulfillableQuantity": int(units), **details},
            "lastUpdatedTime": "2022-05-01T00:00:00Z",
            "totalQuantity": int(units),
        }
        for sku, units in summed.items()
        if units == int(units)
    ]


def _pulled(
    folder: Path,
    con: duckdb.DuckDBPyConnection,
    seller: IndianSeller,
    span: tuple[date, datetime],
    *streams: str,
) -> list[str]:
    """Pull through HTTP and load; the proofs."""
    proofs = []
    clock = seller.clock
    runtime = Runtime(sleep=clock.sleep, chance=lambda: 0.5, monotonic=clock.monotonic, wall=clock.wall)
    with Served() as server:
        url = server.mount("in", seller)
        account = AccountSettings(
            shop_id="in",
            zone=ZONE,
            currency="INR",
            base_url=url,
            token_url=url + "/auth/o2/token",
            secrets={"client_secret": SECRET, "refresh_token": REFRESH},
            settings={"marketplace": "IN", "client_id": CLIENT, "max_window_days": "15"},
        )
        connector = AmazonSp()
        set_source_accounts(
            con,
            [
                SourceAccount(
                    ref=StreamRef("amazon_sp", name, "in"),
                    feeds=connector.stream(name).feeds,
                    zone=ZONE,
                    platform="amazon",
                )
                for name in streams
            ],
        )
        for name in streams:
            start = span[0] if name == "orders" else (span[1] + KOLKATA).date() - timedelta(days=1)
            for window in pull(
                connector,
                name,
                account,
                span_from=datetime.combine(start, datetime.min.time(), UTC) - KOLKATA,
                as_of=span[1],
                landing=Landing(folder / "landing"),
                spool=folder / "spool",
                runtime=runtime,
            ):
                assert not isinstance(window, FailedWindow), window
                load_window(con, window)
                proofs.append(window.proof)
    build_core(con, "INR", Attribution())
    return proofs


@pytest.mark.slow
def test_two_months_of_real_orders_give_the_answers_that_were_computed_without_us(tmp_path: Path) -> None:
    now = datetime(2022, 6, 30, 0, 30, tzinfo=UTC)
    seller = IndianSeller(Clock(now), [_order(row) for row in _rows(SAMPLE)], [])
    with open_warehouse(tmp_path / "home") as con:
        proofs = _pulled(tmp_path, con, seller, (date(2022, 3, 30), now), "orders")
        monthly = con.execute(MONTHLY).fetchall()
        fulfilment = con.execute(
            "select payload ->> 'fulfillment_channel', payload ->> 'ship_service_level', count(*),"
            " coalesce(sum(cast(payload ->> 'item_price' as decimal(12, 2))), 0),"
            " count(*) filter (payload ->> 'order_status' = 'Cancelled') from raw_amazon_sp_orders group by 1, 2 order by 1, 2"
        ).fetchall()

    answers = duckdb.execute(
        "select month, lines, orders, cancelled_lines, returned_lines, sales, units, aov, b2b_lines"
        " from read_csv(?, types = {'sales': 'DECIMAL(18,4)'}) order by 1",
        [str(EXPECTED / "amz_monthly.csv")],
    ).fetchall()
    assert [row[:7] for row in monthly] == [row[:7] for row in answers]
    assert [row[8] for row in monthly] == [row[8] for row in answers]
    assert [round(float(row[5]) / row[7], 6) for row in monthly] == [row[7] for row in answers]
    assert (
        fulfilment
        == duckdb.execute(
            "from read_csv(?, types = {'amount': 'DECIMAL(12,2)'})", [str(EXPECTED / "amz_fulfilment.csv")]
        ).fetchall()
    )
    assert len([proof for proof in proofs if "asked range echoed" in proof]) == len(proofs)


@pytest.mark.slow
def test_states_and_cities_of_real_orders_are_in_no_landed_byte(tmp_path: Path) -> None:
    now = datetime(2022, 5, 2, 0, 30, tzinfo=UTC)
    orders = [_order(row) for row in _rows(FOUR_DAYS)]
    seller = IndianSeller(Clock(now), orders, [])
    with open_warehouse(tmp_path / "home") as con:
        _pulled(tmp_path, con, seller, (date(2022, 4, 26), now), "orders")

    landed = "".join(
        gzip.decompress(path.read_bytes()).decode() for path in (tmp_path / "landing").rglob("*.gz")
    )
    assert orders[0]["amazon-order-id"] in landed
    assert "MAHARASHTRA" not in landed
    assert "BENGALURU" not in landed


@pytest.mark.slow
def test_four_days_of_sales_against_the_stock_give_the_same_sell_through(tmp_path: Path) -> None:
    now = datetime(2022, 5, 1, 20, 0, tzinfo=UTC)
    seller = IndianSeller(Clock(now), [_order(row) for row in _rows(FOUR_DAYS)], _stock())
    with open_warehouse(tmp_path / "home") as con:
        _pulled(tmp_path, con, seller, (date(2022, 4, 26), now), "orders", "fba_inventory")
        found = con.execute(
            "with s as (select trim(sku_id) as sku, sum(qty) as sold from core_order_line group by 1)"
            " select s.sku, sold, sellable_qty, round(sold / (sold + sellable_qty), 6)"
            " from s join core_inventory as i on i.sku_id = s.sku where sold > 0 order by 1"
        ).fetchall()

    answers = duckdb.execute("from read_csv(?)", [str(EXPECTED / "amz_sell_through.csv")]).fetchall()
    assert len(found) == len(answers) > 1000
    assert found == answers

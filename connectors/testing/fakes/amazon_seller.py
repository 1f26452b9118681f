"""The seller behind the fake of Amazon's Selling Partner API: what he has, and how that changes.

Here: the world and its changes. Not here: records on the wire (amazon_world.py), the API (amazon_sp.py).
"""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.testing.clock import Clock
from connectors.testing.fakes import amazon_world as made
from connectors.testing.fakes.amazon_world import ZONE
from connectors.testing.platform import Platform
from connectors.testing.world import FakeRecord


class AmazonSeller(Platform):
    """One US seller: 40 order lines, returns, eleven days of traffic, 40 movements of money, 40 SKUs in stock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.stock = [
            made.stock_row(n, 100 - n, made.FIRST + timedelta(hours=(n * 17) % 60)) for n in range(40)
        ]
        self.health = made.health_row(5)
        for number in range(36):
            for line in (1, 2) if number % 9 == 4 else (1,):
                self.world.put("orders", made.order_entry(number, line, _changed(number)))
        day = made.FIRST - timedelta(days=8)
        for number in range(40):
            at = day + timedelta(hours=5 + number % 5 + 24 * (number // 4 if number < 8 else 5 + number // 6))
            self.world.put("returns", made.return_entry(number, at))
            self.world.put("finances", made.transaction_entry(number, at))
        for number in range(2, 13):
            self.traffic_of((day + timedelta(days=number)).astimezone(ZONE).date(), Decimal("16.79"))

    def traffic_of(self, on: date, price: Decimal, products: int = 3) -> str:
        """A day of the whole shop and its products."""
        total, units = Decimal(0), 0
        for number in range(products):
            sales = Decimal("90071992547409.93") if number == 2 and on.day == 9 else price * (number + 1)
            self.world.put("sales_traffic", made.traffic_entry(on, number, number + 1, sales))
            total, units = total + sales, units + number + 1
        return self.world.put("sales_traffic", made.traffic_entry(on, None, units, total))

    # -- changes of the world

    def day_of(self, stream: str, key: str, zone: ZoneInfo) -> date:
        """The day of a snapshot stands in its key."""
        if stream in ("fba_inventory", "account_health"):
            return date.fromisoformat(key[:10])
        return super().day_of(stream, key, zone)

    def add(self, stream: str) -> str | None:
        """Something new, now."""
        now = self.clock.wall().replace(microsecond=0)
        if stream == "fba_inventory":
            # 777 and 888 are no numbers of the world above: what comes later has an id of its own
            self.stock.append(made.stock_row(777, 7, now))
            return "777"
        if stream == "orders":
            return self.world.put(stream, made.order_entry(777, 1, now))
        if stream == "returns":
            return self.world.put(stream, made.return_entry(777, now))
        if stream == "finances":
            return self.world.put(stream, made.transaction_entry(777, now))
        if stream == "sales_traffic":
            return self.traffic_of(now.astimezone(ZONE).date(), Decimal("0.10"))
        return None

    def change(self, stream: str, key: str | None = None) -> str | None:
        """Something known becomes another."""
        if stream == "fba_inventory":
            row = next((r for r in self.stock if key and key.endswith(r["sellerSku"])), self.stock[0])
            row["inventoryDetails"] = {**row["inventoryDetails"], "fulfillableQuantity": 1}
            return f"{self.ended()}/{row['sellerSku']}"
        if stream == "account_health":
            self.health = made.health_row(6)
            return "odr"
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[-1]
        if stream == "orders":
            return self._order_again(entry, item_price="0.10")
        if stream == "finances":
            number = int(entry.key[3:7])
            return self.world.put(stream, made.transaction_entry(number, entry.at, "DEFERRED_RELEASED"))
        if stream == "returns":
            number = int(entry.raw["license-plate-number"][5:])
            return self.world.put(stream, made.return_entry(number, entry.at, status="Reimbursed"))
        return self.traffic_of(entry.whole_day, Decimal("17.01"))

    def cancel(self, stream: str) -> str | None:
        """An order is cancelled."""
        if stream != "orders":
            return None
        return self._order_again(self.world.entries(stream)[5], order_status="Cancelled", item_price="")

    def _order_again(self, entry: FakeRecord, **more: str) -> str:
        """All lines of an order carry its new state and instant; its day of purchase stays."""
        now = self.clock.wall().replace(microsecond=0)
        # back from order_id: the seven digits behind `111-`
        number = int(entry.key[4:11]) - 4_000_000
        for other in self.world.entries("orders", lambda e: e.key[:19] == entry.key[:19]):
            line = int(other.key.split("/")[1])
            fresh = made.order_entry(number, line, now, **more, purchase_date=other.raw["purchase-date"])
            fresh.payload["purchase_date"] = other.payload["purchase_date"]
            self.world.put("orders", FakeRecord(fresh.key, now, other.day, fresh.raw, fresh.payload))
        return entry.key

    def late(self, stream: str, at: datetime) -> str | None:
        """An order becomes known late."""
        return self.world.put(stream, made.order_entry(888, 1, at.replace(microsecond=0)))

    def restate(self, stream: str, day: date) -> str | None:
        """A past day's figures change, or something is booked into it."""
        if stream in ("fba_inventory", "account_health"):
            return None
        at = made.begins(day) + timedelta(hours=3)
        if stream == "sales_traffic":
            return self.traffic_of(day, Decimal("18.05"))
        if stream == "returns":
            return self.world.put(stream, made.return_entry(888, at))
        return self.world.put(stream, made.transaction_entry(888, at))

    def ended(self) -> date:
        """The day whose end the stock and the account stand for: they are read in the morning after it."""
        return (self.clock.wall().astimezone(ZONE) - timedelta(days=1)).date()

    def freeze(self) -> None:
        """What is told now is what the day's end stands for."""
        day = self.ended()
        held = self.world.streams.setdefault("fba_inventory", {})
        # an earlier look at the same day is no truth any more
        for key in [key for key in held if key.startswith(day.isoformat())]:
            del held[key]
        for row in deepcopy(self.stock):
            self.world.put("fba_inventory", made.stock_entry(day, row))


def _changed(number: int) -> datetime:
    """When an order changed: some together, some exactly at a local midnight at which a window begins."""
    if number in (8, 9):
        return datetime(2026, 3, 8, 8, tzinfo=UTC)  # midnight in Los Angeles, 8 hours behind
    if number in (20, 21):
        return datetime(2026, 3, 11, 7, tzinfo=UTC)  # midnight there after the change, 7 hours behind
    if number % 6 == 5:
        return made.FIRST + timedelta(hours=30)
    return made.FIRST + timedelta(hours=4 * number, minutes=7)

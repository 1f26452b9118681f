"""Sales and traffic of one day, the whole shop and product by product.

Belongs here: the stream, the join of both lists of the report, and that they add up. Not here: the life of a report
(reports.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from connectors.amazon_sp import library
from connectors.amazon_sp.limits import SALES_AND_TRAFFIC, per_app
from connectors.amazon_sp.reports import ReportKind, report
from connectors.amazon_sp.rows_traffic import DayTraffic, TrafficEntry, flat_day_traffic
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.documents import JsonDocument
from connectors.kit.contract.errors import Incomplete, SchemaDrift, SettingWrong
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.proofs import WholeReport, exact
from connectors.kit.contract.stream import ByDay, Record, Reported, Stream
from connectors.kit.contract.strict_json import Json, dig

BY_DATE, BY_ASIN = "salesAndTrafficByDate", "salesAndTrafficByAsin"
SPEC = "reportSpecification"
_HEAD = tuple(
    f"{SPEC}.{name}"
    for name in ("reportType", "dataStartTime", "dataEndTime", "marketplaceIds", "reportOptions")
)
_PRODUCT = {"CHILD": "childAsin", "SKU": "sku"}
FIELDS = field_lists(__file__)["sales_traffic"]


def granularity(account: AccountSettings) -> str:
    """CHILD (by ASIN) unless the account asks for SKU."""
    found = account.settings.get("asin_granularity", "CHILD")
    if found not in _PRODUCT:
        raise SettingWrong("setting asin_granularity must be CHILD or SKU")
    return found


KIND = ReportKind(
    name="GET_SALES_AND_TRAFFIC_REPORT",
    options=lambda account: {"dateGranularity": "DAY", "asinGranularity": granularity(account)},
    by_date=True,
    shared=per_app,
)


@dataclass(frozen=True)
class BothLists(JsonDocument):
    """The report's list by date, then its list by product."""

    def rows(self, path: Path) -> Iterator[dict[str, Json]]:
        """Entries of both lists as they are."""
        document = self._document(path)
        for name in (BY_DATE, BY_ASIN):
            found = dig(document, name)
            if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
                raise SchemaDrift("the rows of the report are no list of objects", actual=name)
            yield from found


def echoed(query: PageQuery, head: Json) -> bool:
    """Whether the report's own specification is what was asked."""
    day, options = query.first_day.isoformat(), head[f"{SPEC}.reportOptions"]
    return (
        head[f"{SPEC}.reportType"] == KIND.name
        # dates alone: Amazon ignores the time of day of the asked range
        and str(head[f"{SPEC}.dataStartTime"])[:10] == day
        and str(head[f"{SPEC}.dataEndTime"])[:10] == day
        and head[f"{SPEC}.marketplaceIds"] == [library.marketplace_id(query.account)]
        and isinstance(options, dict)
        and options.get("dateGranularity") == "DAY"
        and options.get("asinGranularity") == granularity(query.account)
    )


def joined(rows: Iterator[dict[str, Json]], query: PageQuery) -> Iterator[dict[str, Json]]:
    """One record for the shop and one per product; units and sales of the products add up to those of the shop.

    Raises:
        Incomplete: they do not, or the day is not the asked one.
    """
    day, product = query.first_day.isoformat(), _PRODUCT[granularity(query.account)]
    totals: list[tuple[int, Decimal]] = []
    units, sales = 0, Decimal(0)
    for row in rows:
        # both lists come in one stream: this field tells an entry of the shop from one of a product
        if "salesByDate" in row:
            if row.get("date") != day:
                raise Incomplete("the report is for another day than was asked")
            record = _record(day, "shop", None, row["salesByDate"], dig(row, "trafficByDate"))
            totals.append(_sold(record))
        else:
            name = row.get(product)
            if not isinstance(name, str) or not name:
                raise SchemaDrift("a product of the report has no id", actual=product)
            record = _record(day, "sku", name, dig(row, "salesByAsin"), dig(row, "trafficByAsin"))
            record |= {key: row.get(key) for key in ("parentAsin", "childAsin", "sku")}
            sold = _sold(record)
            units, sales = units + sold[0], sales + sold[1]
        yield record
    # compared as a list: no entry for the day, or a second one, is a fault too
    if totals != [(units, sales)]:
        told = ", ".join(f"{n} units for {money}" for n, money in totals) or "nothing"
        raise Incomplete(
            "the products of the report do not add up to its day",
            actual=f"{told} by date, {units} units for {sales} by product",
        )


def _record(day: str, level: str, product: Json, sales: Json, traffic: Json) -> dict[str, Json]:
    return {"date": day, "level": level, "product": product, "sales": sales, "traffic": traffic}


def _sold(record: Json) -> tuple[int, Decimal]:
    units = dig(record, "sales.unitsOrdered")
    # `true` must not pass for 1 unit: a bool is an int in Python
    if not isinstance(units, int) or isinstance(units, bool):
        raise SchemaDrift("a count of the report is no whole number", actual="unitsOrdered")
    return units, exact(dig(record, "sales.orderedProductSales.amount"))


SALES_TRAFFIC: Stream[DayTraffic] = Stream(
    name="sales_traffic",
    feeds=("traffic",),
    windows=ByDay(
        most_window_days=1,  # rows by product are sums over the whole asked range
        lookback=timedelta(days=1),
        lookback_reason="each day costs a quarter of an hour of the app's budget, "
        "so the week that Amazon fills is read once a week",
        reread=timedelta(days=35),  # Amazon fills a day for up to a week and restates older ones now and then
        lag=timedelta(hours=12),
    ),
    read=Reported(
        report=report(
            KIND,
            BothLists(path=BY_ASIN, head_paths=_HEAD),
            cool_down=timedelta(hours=4),
            assemble=joined,
            wire=TrafficEntry,
            echo=echoed,
        )
    ),
    record=Record(
        model=DayTraffic,
        key=lambda row: f"{row.date}/{row.level}" + ("" if row.product is None else f"/{row.product}"),
        day=lambda row: row.date,
        payload=flat_day_traffic,
        unused=FIELDS.unused,
    ),
    proof=WholeReport(distinct=True),
    limit="{shop_id}/GET_SALES_AND_TRAFFIC_REPORT",
    rate=lambda _: SALES_AND_TRAFFIC,
    finality_days=8,
    docs=FIELDS.docs,
    shaping_settings=("asin_granularity", "marketplace"),
)

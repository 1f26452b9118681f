"""The account's health in one marketplace, as Amazon states it on the day it is asked.

Belongs here: the stream and which figures of the report are a metric. Not here: the life of a report (reports.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from connectors.amazon_sp import library
from connectors.amazon_sp.limits import RATES
from connectors.amazon_sp.reports import ReportKind, report
from connectors.amazon_sp.rows_health import HealthEntry, HealthMetric, flat_health
from connectors.kit.contract.documents import JsonDocument
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.proofs import WholeReport
from connectors.kit.contract.stream import ByDay, Record, Reported, Stream
from connectors.kit.contract.strict_json import Json, dig

KIND = ReportKind(name="GET_V2_SELLER_PERFORMANCE_REPORT", by_date=True, is_snapshot=True)
# metric -> its figures: fulfilment, path, numerator, denominator. Amazon's schema and its own example name the rate of
# cancellations differently: the first one that is there counts.
_FIGURES: dict[str, tuple[tuple[str, tuple[str, ...], str, str], ...]] = {
    "odr": (
        ("mfn", ("orderDefectRate.mfn",), "orderWithDefects.count", "orderCount"),
        ("afn", ("orderDefectRate.afn",), "orderWithDefects.count", "orderCount"),
    ),
    "lsr": (("", ("lateShipmentRate",), "lateShipmentCount", "orderCount"),),
    "vtr": (("", ("validTrackingRate",), "validTrackingCount", "shipmentCount"),),
    "cancel_rate": (
        (
            "",
            ("preFulfillmentCancellationRate", "prefulfillmentCancelRate"),
            "cancellationCount",
            "orderCount",
        ),
    ),
}
FIELDS = field_lists(__file__)["account_health"]


@dataclass(frozen=True)
class WithStatus(JsonDocument):
    """The metrics of every marketplace, with the status that another list names."""

    def rows(self, path: Path) -> Iterator[dict[str, Json]]:
        """One entry per marketplace."""
        document = self._document(path)
        listed = dig(document, "accountStatuses")
        if not isinstance(listed, list):
            raise SchemaDrift("the states of the account are no list")
        statuses = {str(dig(one, "marketplaceId")): dig(one, "status") for one in listed}
        for row in super().rows(path):
            yield {**row, "accountStatus": statuses.get(str(dig(row, "marketplaceId")))}


def metrics(rows: Iterator[dict[str, Json]], query: PageQuery) -> Iterator[dict[str, Json]]:
    """One record per metric of the account's own marketplace.

    Raises:
        Incomplete: the report does not hold exactly that marketplace once.
    """
    wanted = library.marketplace_id(query.account)
    mine = [row for row in rows if dig(row, "marketplaceId") == wanted]
    if len(mine) != 1:
        raise Incomplete("the report does not hold the marketplace exactly once", actual=f"{len(mine)} times")
    for name, figures in _FIGURES.items():
        yield {
            "day": query.last_day.isoformat(),
            "metric": name,
            "accountStatus": mine[0]["accountStatus"],
            "parts": [_part(mine[0], *figure) for figure in figures],
        }


def _part(row: Json, fulfilment: str, paths: tuple[str, ...], numerator: str, denominator: str) -> Json:
    # only the first step is looked for: a metric that is there but broken must fail below, not pass for the other name
    path = next((p for p in paths if p.partition(".")[0] in row), None)
    if path is None:
        raise SchemaDrift("the report lacks a metric", actual=paths[0])
    figure = dig(row, path)
    return {
        "fulfilment": fulfilment,
        "dateFrom": dig(figure, "reportingDateRange.reportingDateFrom"),
        "dateTo": dig(figure, "reportingDateRange.reportingDateTo"),
        "numerator": dig(figure, numerator),
        "denominator": dig(figure, denominator),
        "rate": dig(figure, "rate"),
        "status": dig(figure, "status"),
    }


ACCOUNT_HEALTH: Stream[HealthMetric] = Stream(
    name="account_health",
    feeds=("platform_health",),
    windows=ByDay(
        # to noon: until then the state still counts as that of the end of the day before
        readable_for=timedelta(hours=12),
        # a snapshot is written under the last day of its window: a longer one would leave days without any
        most_window_days=1,
        lookback=timedelta(0),
        lookback_reason="Amazon states the account as it is now: a past day cannot be read again",
    ),
    read=Reported(
        report=report(
            KIND,
            WithStatus(path="performanceMetrics"),
            cool_down=timedelta(hours=4),
            assemble=metrics,
            wire=HealthEntry,
        )
    ),
    record=Record(
        model=HealthMetric,
        key=lambda found: f"{found.day}/{found.metric}",
        day=lambda found: found.day,
        payload=flat_health,
        unused=FIELDS.unused,
    ),
    proof=WholeReport(),  # not distinct: one row of the report becomes four metrics
    limit="{shop_id}/createReport",
    rate=lambda _: RATES["createReport"],
    finality_days=0,
    docs=FIELDS.docs,
    shaping_settings=("marketplace",),
)

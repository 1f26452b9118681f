"""Units that customers sent back to Amazon's warehouses (FBA customer returns), by the day they arrived.

Belongs here: the stream. Not here: money, which is given back in another transaction on another day (finances.py).
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from connectors.amazon_sp.limits import RATES
from connectors.amazon_sp.reports import ReportKind, report
from connectors.amazon_sp.rows import ReturnedItem, flat_returned_item
from connectors.kit.contract.documents import Delimited
from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.proofs import WholeReport
from connectors.kit.contract.stream import ByDay, Record, Reported, Stream
from connectors.kit.contract.strict_json import Json

KIND = ReportKind(
    name="GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA",
    # the range includes its end: a return of exactly midnight would come with both days
    before_end=timedelta(seconds=1),
    empty_reason="Amazon cancels a report by itself when there is no data to return, and nobody here cancels one",
)
FIELDS = field_lists(__file__)["returns"]
_REQUIRED = ("return-date", "order-id", "sku", "quantity", "reason", "license-plate-number")


def numbered(rows: Iterator[dict[str, Json]], query: PageQuery) -> Iterator[dict[str, Json]]:
    """Every line with its number among equal lines without a plate; a plate names one unit, and comes once a day.

    The report names no currency, and an amount of 0 in an unknown currency would leave all refunds of the day unknown.

    Raises:
        SettingWrong: the account names none either.
    """
    if query.account.currency is None:
        raise SettingWrong("the source needs its `currency`: Amazon's list of returns names none")
    seen: Counter[bytes] = Counter()
    for row in rows:
        number = 1
        if not row["license-plate-number"]:
            # the other parts of the key: the number tells apart what they cannot
            told = (str(row["return-date"])[:10], str(row["order-id"]), str(row["sku"]))
            mark = hashlib.blake2b("\x1f".join(told).encode(), digest_size=8).digest()
            seen[mark] += 1
            number = seen[mark]
        yield {**row, "line-number": number, "currency": query.account.currency}


RETURNS: Stream[ReturnedItem] = Stream(
    name="returns",
    feeds=("refund",),
    windows=ByDay(
        max_window_days=7,
        most_window_days=30,
        lookback=timedelta(days=8),
        lookback_reason="warehouses book returns late; Amazon lists FBA reports of this kind as updated daily",
        lag=timedelta(hours=4),
    ),
    read=Reported(
        report=report(
            KIND,
            Delimited(required=_REQUIRED, charset_setting="report_charset"),
            cool_down=timedelta(hours=4),
            assemble=numbered,
        )
    ),
    record=Record(
        model=ReturnedItem,
        key=lambda item: item.key,
        day=lambda item: item.return_date,
        payload=flat_returned_item,
        pii=FIELDS.personal,
        unused=FIELDS.unused,
    ),
    proof=WholeReport(distinct=True),
    limit="{shop_id}/createReport",
    rate=lambda _: RATES["createReport"],
    finality_days=8,
    docs=FIELDS.docs,
    shaping_settings=("report_charset",),
)

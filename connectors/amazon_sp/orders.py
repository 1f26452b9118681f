"""Order lines from the report of all orders by last update: one createReport instead of hours of searchOrders.

Belongs here: the stream and the numbering of lines. Not here: the life of a report (reports.py), the rows (rows.py).
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.amazon_sp.limits import RATES
from connectors.amazon_sp.reports import ReportKind, report
from connectors.amazon_sp.rows import OrderItem, flat_order_item
from connectors.kit.contract.documents import Delimited
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.proofs import WholeReport
from connectors.kit.contract.stream import ByChange, Record, Reported, Stream
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import iso

KIND = ReportKind(
    name="GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
    empty_reason="Amazon cancels a report by itself when there is no data to return, nobody here cancels one; asked for twice",
    # seen on days with orders: amzn/selling-partner-api-models #685, #2292
    doubts_empty=True,
)
FIELDS = field_lists(__file__)["orders"]
_REQUIRED = tuple(
    field.alias or name
    for name, field in OrderItem.model_fields.items()
    if field.is_required() and name != "line_number"  # the number is ours, no column
)


def numbered(rows: Iterator[dict[str, Json]], query: PageQuery) -> Iterator[dict[str, Json]]:
    """Every line with its number among the lines of the same SKU in the same order; what changed at the very end comes next.

    The report has no id of a line. All lines of an order carry the order's last update, so that they come together and their
    numbers stay; lines of one order and SKU that changed at different instants would break that.

    Raises:
        SchemaDrift: equal lines changed at different instants.
        Incomplete: several lines, and each comes at least twice to the last field: a file sent double, not twins.
    """
    seen: dict[bytes, tuple[int, str]] = {}
    end, whole, alone = iso(query.window.end), set[bytes](), set[bytes]()
    for row in rows:
        line, changed = _mark(*row.values()), str(row["last-updated-date"])
        # `alone` holds the lines that came once so far: a line enters at its first time, leaves at its second
        alone ^= {line} if line not in whole or line in alone else set()
        whole.add(line)
        mark = _mark(row["amazon-order-id"], row["sku"])
        before, when = seen.get(mark, (0, changed))
        # the number of a line is part of its key: if twins came in different windows, both would be number 1
        if when != changed:
            raise SchemaDrift(
                "equal lines of one order changed at different instants: they cannot be told apart"
            )
        if _text(changed) == end:
            continue  # the next window begins with it
        seen[mark] = before + 1, changed
        yield {**row, "line-number": before + 1}
    if len(whole) > 1 and not alone:
        raise Incomplete("every line of the report comes more than once", may_settle=True)


def _mark(*values: Json) -> bytes:
    # a separator that no column holds keeps ("a", "bc") and ("ab", "c") apart; 8 bytes, as a window may have 50,000 lines
    return hashlib.blake2b("\x1f".join(map(str, values)).encode(), digest_size=8).digest()


def _text(changed: str) -> str:
    """The instant as the window writes it; what is none is left to the row's own check."""
    try:
        return iso(datetime.fromisoformat(changed))
    except ValueError:
        return ""


ORDERS: Stream[OrderItem] = Stream(
    name="orders",
    feeds=("order_line",),
    windows=ByChange(
        version=lambda item: item.last_updated_date,
        max_window_days=1,
        most_window_days=30,  # the most that the report spans, as Amazon's page of it says
        max_window_records=50_000,  # each window costs one createReport a minute: split late
        lookback=timedelta(hours=6),
        lookback_reason="an update reaches the report's own store some time after it happened; Amazon states no bound",
        reread=timedelta(days=30),
        lag=timedelta(minutes=5),
    ),
    read=Reported(
        report=report(
            KIND,
            Delimited(required=_REQUIRED, charset_setting="report_charset"),
            cool_down=timedelta(minutes=30),
            assemble=numbered,
        )
    ),
    record=Record(
        model=OrderItem,
        key=lambda item: item.key,
        day=lambda item: item.purchase_date,
        payload=flat_order_item,
        pii=FIELDS.personal,
        unused=FIELDS.unused,
    ),
    # not distinct: lines that changed at the very end of the window are left to the next one
    proof=WholeReport(),
    limit="{shop_id}/createReport",
    rate=lambda _: RATES["createReport"],
    finality_days=30,
    docs=FIELDS.docs,
    shaping_settings=("report_charset",),
)

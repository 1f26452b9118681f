"""Movements of money (Finances API 2024-06-19) by the day they were posted; the refunds among them fill a table.

Belongs here: the stream. Not here: which movement is a refund (warehouse/sql/feeds).
"""

from datetime import UTC, datetime, timedelta

from connectors.amazon_sp import library
from connectors.amazon_sp.limits import RATES, within
from connectors.amazon_sp.proofs import WalkedAgain
from connectors.amazon_sp.rows import Transaction, flat_transaction
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Token
from connectors.kit.contract.proofs import Reading
from connectors.kit.contract.request import Request
from connectors.kit.contract.stream import ByDay, Paged, Record, Stream
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window, iso

RECORDS = "payload.transactions"
PAGER = Token("payload.nextToken")
PATH = "/finances/2024-06-19/transactions"
FIELDS = field_lists(__file__)["finances"]


def transactions(query: PageQuery) -> Request:
    """listTransactions: a page of what was posted in the window, in every marketplace.

    Amazon's model: with a marketplaceId, orders that a US seller ships himself are left out. So none is sent.
    """
    token = {"nextToken": query.token} if query.token else {}
    request = library.get(
        PATH, postedAfter=iso(query.window.start), postedBefore=iso(query.window.end), **token
    )
    return within(request, query.account, "listTransactions")


def placed(body: Json, query: PageQuery) -> None:
    """Write into every row whether it is of the account's marketplace; what names none belongs to the seller as a whole."""
    mine = library.marketplace_id(query.account)
    for row in dig(body, RECORDS):
        # marked, not dropped: movements of other marketplaces are kept and not counted
        row["isOurs"] = (row.get("marketplaceDetails") or {}).get("marketplaceId") in (None, mine)


def cut_inside(reading: Reading) -> tuple[Window, ...]:
    """The window in two, cut at the middle one of the rows of its first page, or at half time where that is no cut."""
    window = reading.window
    posted = sorted(datetime.fromisoformat(row["postedDate"]) for row in dig(reading.first_page, RECORDS))
    # the start is no cut: a first page without rows falls through to the halves
    middle = posted[len(posted) // 2].astimezone(UTC) if posted else window.start
    if window.start < middle < window.end:
        return Window(window.start, middle), Window(middle, window.end)
    # too short for halves: the second walk asks for the same window again
    return window.halves() or (window,)


FINANCES: Stream[Transaction] = Stream(
    name="finances",
    feeds=("refund",),
    windows=ByDay(
        max_window_days=7,
        most_window_days=90,  # Amazon answers nothing at all for more than 180
        lookback=timedelta(days=8),
        lookback_reason="a deferred movement changes its state when it is released, and postings come late",
        lag=timedelta(hours=48),  # Amazon's model: the last 48 hours may lack orders
    ),
    read=Paged(request=transactions, pager=PAGER, records=RECORDS, stamp=placed),
    record=Record(
        model=Transaction,
        key=lambda found: found.transaction_id,
        day=lambda found: found.posted_date,
        payload=flat_transaction,
        unused=FIELDS.unused,
    ),
    proof=WalkedAgain(transactions, PAGER, RECORDS, "transactionId", pieces=cut_inside, has_empty_pages=True),
    limit="{shop_id}/listTransactions",
    rate=lambda _: RATES["listTransactions"],
    finality_days=10,
    docs=FIELDS.docs,
    shaping_settings=("marketplace",),
)

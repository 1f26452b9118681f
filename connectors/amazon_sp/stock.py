"""Stock in Amazon's warehouses as it is now: a snapshot at the end of each day.

Belongs here: the stream. Not here: what the figures mean (rows.py).
"""

from datetime import timedelta

from connectors.amazon_sp import library
from connectors.amazon_sp.limits import RATES, within
from connectors.amazon_sp.proofs import WalkedAgain
from connectors.amazon_sp.rows import Stock, flat_stock
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Token
from connectors.kit.contract.proofs import Every, Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.stream import ByDay, Paged, Record, Stream
from connectors.kit.contract.strict_json import Json, dig

RECORDS, GRANULARITY = "payload.inventorySummaries", "payload.granularity.granularityId"
PATH = "/fba/inventory/v1/summaries"
PAGER = Token("pagination.nextToken")
FIELDS = field_lists(__file__)["fba_inventory"]


def summaries(query: PageQuery) -> Request:
    """A page of the whole list of one marketplace (getInventorySummaries)."""
    return _page(query.account, details=True, **_token(query))


def names(query: PageQuery) -> Request:
    """The same page without the quantities."""
    return _page(query.account, details=False, **_token(query))


def _token(query: PageQuery) -> dict[str, str]:
    return {"nextToken": query.token} if query.token else {}


def _page(account: AccountSettings, **asked: str | bool) -> Request:
    mine = library.marketplace_id(account)
    request = library.get(
        PATH,
        marketplaceIds=[mine],
        **asked,
        granularityType=library.by_marketplace(),
        granularityId=mine,
    )
    return within(request, account, "getInventorySummaries")


class ChangedAreKnown(Proof):
    """What changed lately, asked alone, was on the page: only for a list of a single page, whose next token may be lost."""

    def check(self, reading: Reading) -> str:
        """Ask for what changed after the middle one of the known changes."""
        if reading.first_page is not reading.last_page:
            return "several pages"
        rows = dig(reading.first_page, RECORDS)
        changes = sorted(row["lastUpdatedTime"] for row in rows if row.get("lastUpdatedTime"))
        if not changes:
            return "no change is dated"
        # from the middle one: about half of the known rows come back, so that their answer fits a page as well
        request = _page(reading.account, details=False, startDateTime=changes[len(changes) // 2])
        body = reading.fetch(request, path_tree({RECORDS: {"sellerSku": None}}))
        found, known = ({str(dig(row, "sellerSku")) for row in page} for page in (_list(body), rows))
        unknown = found - known
        if unknown:
            raise Incomplete(
                "stock that changed lately was not in the list",
                actual=f"{len(unknown)} of its SKUs",
                may_settle=True,
            )
        return "changed SKUs known"


def _list(body: Json) -> list[Json]:
    found = dig(body, RECORDS)
    if not isinstance(found, list):
        raise SchemaDrift("the record list is no list", actual=RECORDS)
    return found


def dated(body: Json, query: PageQuery) -> None:
    """Write the day into every row, once the page names the asked marketplace."""
    if dig(body, GRANULARITY) != library.marketplace_id(query.account):
        raise Incomplete("the stock is of another marketplace than was asked")
    rows = _list(body)
    # this list has no documented empty pages: one in the middle is a fault that may hide rows
    if not rows and PAGER.step(body, query).token:
        raise Incomplete("a page of the stock holds no row although the list goes on", may_settle=True)
    for row in rows:
        # the answer names no day: the snapshot stands for the day that is over
        row["day"] = query.last_day.isoformat()


FBA_INVENTORY: Stream[Stock] = Stream(
    name="fba_inventory",
    feeds=("inventory",),
    windows=ByDay(
        # to noon: until then the stock still counts as that of the end of the day before
        readable_for=timedelta(hours=12),
        # a snapshot is written under the last day of its window: a longer one would leave days without any
        most_window_days=1,
        lookback=timedelta(0),
        lookback_reason="Amazon states the stock as it is now: a past day cannot be read again",
    ),
    read=Paged(request=summaries, pager=PAGER, records=RECORDS, envelope={GRANULARITY: None}, stamp=dated),
    record=Record(
        model=Stock,
        key=lambda stock: f"{stock.day}/{stock.seller_sku}",
        day=lambda stock: stock.day,
        payload=flat_stock,
        unused=FIELDS.unused,
    ),
    proof=Every(
        WalkedAgain(names, PAGER, RECORDS, "sellerSku", key=lambda sku, query: f"{query.last_day}/{sku}"),
        ChangedAreKnown(),
    ),
    limit="{shop_id}/getInventorySummaries",
    rate=lambda _: RATES["getInventorySummaries"],
    finality_days=0,
    docs=FIELDS.docs,
    shaping_settings=("marketplace",),
)

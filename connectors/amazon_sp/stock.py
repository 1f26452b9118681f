"""Stock in Amazon's warehouses as it is now: a snapshot at the end of each day.

Belongs here: the stream. Not here: what the figures mean (rows.py).
"""

from datetime import timedelta

from connectors.amazon_sp import library
from connectors.amazon_sp.limits import RATES, within
from connectors.amazon_sp.proofs import NextToken, WalkedAgain
from connectors.amazon_sp.rows import Stock, flat_stock
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.proofs import Every, Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.stream import Stream
from connectors.kit.contract.strict_json import Json, dig

RECORDS, GRANULARITY = "payload.inventorySummaries", "payload.granularity.granularityId"
PAGER = NextToken("pagination.nextToken")


def summaries(ask: Ask) -> Request:
    """A page of the whole list of one marketplace (getInventorySummaries)."""
    return _page(ask.account, details=True, **_token(ask))


def names(ask: Ask) -> Request:
    """The same page without the quantities."""
    return _page(ask.account, details=False, **_token(ask))


def _token(ask: Ask) -> dict[str, str]:
    return {"nextToken": ask.token} if ask.token else {}


def _page(account: AccountSettings, **asked: str | bool) -> Request:
    request = library.built(
        account,
        "Inventories",
        lambda api: api.get_inventory_summary_marketplace(
            marketplaceIds=[library.marketplace_id(account)], **asked
        ),
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
        request = _page(reading.account, details=False, startDateTime=changes[len(changes) // 2])
        body = reading.ask(request, path_tree({RECORDS: {"sellerSku": None}}))
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


def dated(body: Json, ask: Ask) -> None:
    """Write the day into every row, once the page names the asked marketplace."""
    if dig(body, GRANULARITY) != library.marketplace_id(ask.account):
        raise Incomplete("the stock is of another marketplace than was asked")
    rows = _list(body)
    if not rows and PAGER.step(body, ask).token:
        raise Incomplete("a page of the stock holds no row although the list goes on", may_settle=True)
    for row in rows:
        row["day"] = ask.last_day.isoformat()


FBA_INVENTORY: Stream[Stock] = Stream(
    name="fba_inventory",
    model=Stock,
    key=lambda stock: f"{stock.day}/{stock.seller_sku}",
    day=lambda stock: stock.day,
    payload=flat_stock,
    feeds=("inventory",),
    request=summaries,
    pager=PAGER,
    records=RECORDS,
    cursor_kind="day",
    readable_for=timedelta(hours=12),
    most_window_days=1,
    lookback=timedelta(0),
    lookback_reason="Amazon states the stock as it is now: a past day cannot be read again",
    limit="{shop_id}/getInventorySummaries",
    rate=lambda _: RATES["getInventorySummaries"],
    proof=Every(
        WalkedAgain(names, PAGER, RECORDS, "sellerSku", key=lambda sku, ask: f"{ask.last_day}/{sku}"),
        ChangedAreKnown(),
    ),
    finality_days=0,
    unused=(
        *("productName", "stores", "inventoryDetails.researchingQuantity"),
        "inventoryDetails.unfulfillableQuantity",
        *(
            f"inventoryDetails.reservedQuantity.{name}"
            for name in (
                "pendingCustomerOrderQuantity",
                "pendingTransshipmentQuantity",
                "fcProcessingQuantity",
            )
        ),
    ),
    docs="https://developer-docs.amazon.com/sp-api/docs/fba-inventory-api-v1-reference",
    shaping_settings=("marketplace",),
    envelope={GRANULARITY: None},
    stamp=dated,
)

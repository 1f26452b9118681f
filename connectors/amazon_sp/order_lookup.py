"""One order as Amazon has it now (Orders 2026-01-01), to look into a single figure.

Belongs here: the question and what of its answer is shown. Not here: loading orders (orders.py): the limit of this API would make
that take hours.
"""

from collections import Counter

from pydantic import ValidationError

from connectors.amazon_sp import AmazonSp, library
from connectors.amazon_sp.limits import budget
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SchemaDrift
from connectors.kit.contract.fields import CamelRow, Id, Instant
from connectors.kit.contract.redact import model_tree, project
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.transport.client import Client
from connectors.kit.transport.runtime import SHARED, Runtime

PATH = "/orders/2026-01-01/orders/{}"  # v0 is deprecated: developer-docs.amazon.com/sp-api/docs/orders-api


class FoundOrderProduct(CamelRow):
    """Which product a line is of."""

    asin: str | None = None
    seller_sku: str | None = None


class FoundOrderLine(CamelRow):
    """One line of the order."""

    order_item_id: Id
    quantity_ordered: int
    product: FoundOrderProduct


class FoundOrderChannel(CamelRow):
    """Where it was placed."""

    channel_name: str
    marketplace_id: str | None = None


class FoundOrderFulfillment(CamelRow):
    """How far it is."""

    fulfillment_status: str
    fulfilled_by: str | None = None


class FoundOrder(CamelRow):
    """The order without anything about its buyer."""

    order_id: Id
    created_time: Instant
    last_updated_time: Instant
    sales_channel: FoundOrderChannel
    fulfillment: FoundOrderFulfillment | None = None
    order_items: list[FoundOrderLine]


def order_request(order_id: str) -> Request:
    """The call getOrder; no further data sets are asked for, so that no personal data comes."""
    return library.get(PATH, order_id)


def look_up(account: AccountSettings, order_id: str, runtime: Runtime = SHARED) -> FoundOrder:
    """The order as it stands.

    Args:
        account: whose order.
        order_id: Amazon's number, 3-7-7 digits.
        runtime: waits and rate limits.

    Raises:
        KitError: what stood in the way; BadRequest (P106) where there is no such order.
    """
    client = Client(AmazonSp(), account, runtime)
    client.start_window()
    try:
        body = client.call(order_request(order_id), budget(account, "getOrder"))
    finally:
        client.close()
    return _order(dig(body, "order"))


def _order(body: Json) -> FoundOrder:
    # reduced before it is checked: nothing undeclared, a buyer's name least of all, gets any further
    kept = project(body, model_tree(FoundOrder), Counter())
    try:
        return FoundOrder.model_validate(kept)
    except ValidationError as error:
        raise SchemaDrift("the order has another shape", actual=f"{error.error_count()} fields") from None

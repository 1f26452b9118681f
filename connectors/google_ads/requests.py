"""What Google Ads is asked for: a query in its own language, through REST search.

Belongs here: building requests, and what an answer must have before it is read. Not here: what answers mean (errors.py), the
fields (fields.yaml).
"""

import re
from typing import Any

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SchemaDrift, SettingWrong
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import Window

FIELDS = field_lists(__file__)["campaigns"]
# the order makes pages of one query follow each other
CAMPAIGNS = (
    "SELECT {fields} FROM campaign WHERE segments.date BETWEEN '{first}' AND '{last}' "
    "ORDER BY segments.date, campaign.id"
)
BOOKS = "SELECT customer.id, customer.currency_code, customer.time_zone FROM customer"
# without it Google states no total, and a lost page would look like a shorter list
SETTINGS = {"returnTotalResultsCount": True}


def customer_number(account: AccountSettings, name: str = "customer_id") -> str:
    """The ten digits of a customer, written with or without dashes."""
    number = account.setting(name).replace("-", "")
    if not re.fullmatch(r"[0-9]{10}", number):
        raise SettingWrong(f"setting {name} must be a customer number of ten digits")
    return number


def _search(account: AccountSettings, body: dict[str, Json]) -> Request:
    return Request("POST", f"/v25/customers/{customer_number(account)}/googleAds:search", json=body)


def campaigns(query: PageQuery) -> Request:
    """A page of campaigns by day."""
    text = CAMPAIGNS.format(fields=", ".join(FIELDS.asked), first=query.first_day, last=query.last_day)
    body: dict[str, Json] = {"query": text, "searchSettings": SETTINGS}
    if query.token:
        body["pageToken"] = query.token
    return _search(query.account, body)


def customer(account: AccountSettings, _window: Window) -> Request:
    """Zone and currency of the customer."""
    return _search(account, {"query": BOOKS})


def books(body: Json) -> tuple[Any, Any]:
    """Zone and currency of the only customer in an answer."""
    rows = body.get("results") if isinstance(body, dict) else None
    only = rows[0] if isinstance(rows, list) and len(rows) == 1 else None
    found = only.get("customer") if isinstance(only, dict) else None
    if not isinstance(found, dict):
        raise SchemaDrift("the answer does not hold the one customer that was asked for")
    return found.get("timeZone"), found.get("currencyCode")


def filled(body: Json) -> None:
    """Put back what JSON of protocol buffers leaves out when it is empty; the field mask shows that this is an answer.

    Raises:
        SchemaDrift: it is no answer to a query.
    """
    if not isinstance(body, dict) or not isinstance(body.get("fieldMask"), str):
        raise SchemaDrift("the answer does not say which fields it holds", actual="fieldMask")
    # "0" is text: JSON of protocol buffers writes 64-bit numbers so
    if "results" not in body and body.get("totalResultsCount", "0") == "0" and not body.get("nextPageToken"):
        body["results"], body["totalResultsCount"] = [], "0"

"""The GraphQL documents sent to Shopify.

Each is checked against the official 2026-10 schema in tests/connectors. They ask for no name, mail, phone or
street. Not here: what is done with the answers.
"""

from collections.abc import Mapping

from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dumps
from connectors.kit.contract.windows import Window, iso

PATH = "/admin/api/2026-10/graphql.json"

_BAG = "{ shopMoney { amount currencyCode } }"
_LINES = f"""{{
  nodes {{
    id sku quantity
    originalUnitPriceSet {_BAG} originalTotalSet {_BAG}
    discountAllocations {{ allocatedAmountSet {_BAG} }}
  }}
  pageInfo {{ hasNextPage endCursor }}
}}"""
_REFUND_LINES = f"""{{
  nodes {{ id quantity subtotalSet {_BAG} lineItem {{ id sku }} }}
  pageInfo {{ hasNextPage endCursor }}
}}"""

_REFUND = f"""{{
  id createdAt processedAt totalRefundedSet {_BAG}
  refundLineItems(first: $refundLines) {_REFUND_LINES}
}}"""

ORDERS = f"""query Orders(
  $query: String!, $sort: OrderSortKeys!, $first: Int!, $after: String, $lines: Int!, $refunds: Int!, $refundLines: Int!
) {{
  orders(query: $query, sortKey: $sort, first: $first, after: $after) {{
    nodes {{
      id createdAt processedAt updatedAt cancelledAt test displayFinancialStatus currencyCode
      totalPriceSet {_BAG} totalRefundedSet {_BAG}
      customer {{ id }}
      shippingAddress {{ country countryCodeV2 }}
      lineItems(first: $lines) {_LINES}
      shippingLines(first: 3) {{
        nodes {{ id title discountedPriceSet {_BAG} }}
        pageInfo {{ hasNextPage endCursor }}
      }}
      refunds(first: $refunds) {_REFUND}
    }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""

ORDER_LINES = f"""query OrderLines($id: ID!, $first: Int!, $after: String) {{
  order(id: $id) {{ id lineItems(first: $first, after: $after) {_LINES} }}
}}"""

ORDER_REFUNDS = f"""query OrderRefunds($id: ID!, $refunds: Int!, $refundLines: Int!) {{
  order(id: $id) {{ id refunds(first: $refunds) {_REFUND} }}
}}"""

REFUND_LINES = f"""query RefundLines($id: ID!, $first: Int!, $after: String) {{
  refund(id: $id) {{ id refundLineItems(first: $first, after: $after) {_REFUND_LINES} }}
}}"""

# limit: null = no upper bound; the default of 10,000 would make the count inexact
ORDERS_COUNT = """query OrdersCount($query: String!) {
  ordersCount(query: $query, limit: null) { count precision }
}"""

SHOP = "query Shop { shop { ianaTimezone currencyCode } }"

RUN_BULK = """mutation RunBulk($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id status }
    userErrors { code field }
  }
}"""

BULK_STATUS = """query BulkStatus($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount fileSize url query }
}"""

BULK_LIST = """query BulkList($query: String!) {
  bulkOperations(first: 50, query: $query) { nodes { id status query } }
}"""

_BULK_ORDERS = f"""{{
  orders(query: SEARCH) {{
    edges {{ node {{
      id createdAt processedAt updatedAt cancelledAt test displayFinancialStatus currencyCode
      totalPriceSet {_BAG} totalRefundedSet {_BAG}
      customer {{ id }}
      shippingAddress {{ country countryCodeV2 }}
      refunds {{ id createdAt processedAt totalRefundedSet {_BAG} }}
      lineItems {{ edges {{ node {{
        __typename id sku quantity
        originalUnitPriceSet {_BAG} originalTotalSet {_BAG}
        discountAllocations {{ allocatedAmountSet {_BAG} }}
      }} }} }}
      shippingLines {{ edges {{ node {{ __typename id title discountedPriceSet {_BAG} }} }} }}
    }} }}
  }}
}}"""


def graphql(name: str, query: str, variables: dict[str, Json]) -> Request:
    """One POST to the GraphQL endpoint."""
    return Request("POST", PATH, json={"operationName": name, "query": query, "variables": variables})


def sorted_by(settings: Mapping[str, str]) -> str:
    """By which instant orders are asked for: that of the last change, or that of their making."""
    return "created_at" if settings.get("orders_by") == "created" else "updated_at"


def search(settings: Mapping[str, str], window: Window) -> str:
    """The orders of a window in Shopify's search syntax."""
    field = sorted_by(settings)
    return f"{field}:>='{iso(window.start)}' {field}:<'{iso(window.end)}'"


def bulk_orders(ask: Ask) -> str:
    """The query that a bulk operation runs; it takes no variables."""
    return _BULK_ORDERS.replace("SEARCH", dumps(search(ask.account.settings, ask.window)))

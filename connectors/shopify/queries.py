"""The GraphQL documents sent to Shopify.

Each is checked against the official 2026-10 schema in tests/connectors. They ask for no name, mail, phone or
street. Not here: what is done with the answers.
"""

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
  $query: String!, $first: Int!, $after: String, $lines: Int!, $refunds: Int!, $refundLines: Int!
) {{
  orders(query: $query, sortKey: UPDATED_AT, first: $first, after: $after) {{
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

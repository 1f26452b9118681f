"""A loopback Shopify that invents N order lines as cheaply as possible, so that the client is what is measured.

Run as a process of its own by ingest.py. Not a sandbox: it knows three queries and one page size.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LINES_PER_ORDER = 10
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 10


def money(amount: str) -> str:
    return f'{{"shopMoney":{{"amount":"{amount}","currencyCode":"GBP"}}}}'


def line(order: int, n: int) -> str:
    return (
        f'{{"id":"gid://shopify/LineItem/{order}{n:02d}","sku":"S{(order * 7 + n) % 4000:05d}","quantity":2,'
        f'"title":"Mug","vendor":"Sample","requiresShipping":true,"isGiftCard":false,"originalTotalSet":{money("8.50")},'
        f'"discountAllocations":[],"taxLines":[]}}'
    )


def order(n: int, at: str) -> str:
    lines = ",".join(line(n, i) for i in range(LINES_PER_ORDER))
    return (
        f'{{"id":"gid://shopify/Order/{n}","createdAt":"{at}","processedAt":"{at}","updatedAt":"{at}","cancelledAt":null,'
        f'"test":false,"displayFinancialStatus":"PAID","currencyCode":"GBP","taxesIncluded":false,"dutiesIncluded":false,'
        f'"totalPriceSet":{money("85.00")},"originalTotalPriceSet":{money("85.00")},"totalTaxSet":{money("0.00")},'
        f'"totalTipReceivedSet":{money("0.00")},"originalTotalDutiesSet":null,"originalTotalAdditionalFeesSet":null,'
        f'"transactions":[{{"kind":"SALE","status":"SUCCESS","processedAt":"{at}","amountSet":{money("85.00")}}}],'
        f'"totalRefundedSet":{money("0.00")},"customer":{{"id":"gid://shopify/Customer/{n % 5000}"}},'
        f'"shippingAddress":{{"country":"United Kingdom","countryCodeV2":"GB"}},"lineItems":{{"nodes":[{lines}],'
        f'"pageInfo":{{"hasNextPage":false,"endCursor":null}}}},"shippingLines":{{"nodes":[],"pageInfo":'
        f'{{"hasNextPage":false,"endCursor":null}}}},"refunds":[]}}'
    )


def page(first: int, last: int, per_day: int, size: int, after: int) -> str:
    begin = max(first, after + 1)
    end = min(begin + size, last)
    nodes = []
    for n in range(begin, end):
        day, place = divmod(n, per_day)
        at = START + timedelta(days=day, seconds=place * 86400 // per_day)
        nodes.append(order(n, at.strftime("%Y-%m-%dT%H:%M:%SZ")))
    more = "true" if end < last else "false"
    return (
        f'{{"data":{{"orders":{{"nodes":[{",".join(nodes)}],"pageInfo":'
        f'{{"hasNextPage":{more},"endCursor":"{end - 1}"}}}}}}}}'
    )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write per answer; a second would wait for a delayed acknowledgement
    per_day = 0

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        raw = self.answer(asked["operationName"], asked["variables"]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def answer(self, operation: str, variables: dict[str, Any]) -> str:
        if operation == "Shop":
            return '{"data":{"shop":{"ianaTimezone":"Etc/UTC","currencyCode":"GBP"}}}'
        first, last = self.day_range(variables["query"])
        if operation == "OrdersCount":
            return f'{{"data":{{"ordersCount":{{"count":{last - first},"precision":"EXACT"}}}}}}'
        after = variables.get("after")
        return page(first, last, self.per_day, variables["first"], first - 1 if after is None else int(after))

    def day_range(self, query: str) -> tuple[int, int]:
        # the two texts in quotes of updated_at:>='..' updated_at:<'..'
        start, end = (datetime.fromisoformat(part) for part in query.split("'")[1::2])
        return self.first_at(start), self.first_at(end)

    def first_at(self, instant: datetime) -> int:
        day, rest = divmod(int((instant - START).total_seconds()), 86400)
        # the n-th order of a day is placed at floor(n * 86400 / per_day): the first one not before `rest`
        place = -(-rest * self.per_day // 86400)
        return min(max(day * self.per_day + place, 0), DAYS * self.per_day)

    def log_message(self, *_: object) -> None:
        """Silent: the terminal shows the table."""


def main() -> None:
    Handler.per_day = int(sys.argv[1]) // LINES_PER_ORDER // DAYS
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

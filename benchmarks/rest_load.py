"""A loopback REST API that invents orders with lines, as cheaply as possible, so that the client is what is measured.

`GET /orders?from=..&to=..&limit=..&cursor=..` gives `{"orders": [...], "next": "..." | null, "more": bool, "total": n}`.
Run as a process of its own by versus_dlt.py: python rest_load.py LINES LATENCY_SECONDS. Pages are made once and kept, so that a
repeat costs the server nothing.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LINES_PER_ORDER = 10
START = datetime(2026, 1, 1, tzinfo=UTC)
# START and DAYS are those of versus_dlt.py, which asks for these days alone
DAYS = 10
SECONDS = DAYS * 86400


def order(n: int, at: str) -> str:
    lines = ",".join(
        f'{{"id":"{n}-{i}","sku":"S{(n * 7 + i) % 4000:05d}","quantity":2,"price":"4.25","total":"8.50"}}'
        for i in range(LINES_PER_ORDER)
    )
    # 85.00 = LINES_PER_ORDER lines of 8.50
    return (
        f'{{"id":"{n}","created_at":"{at}","updated_at":"{at}","status":"paid","currency":"GBP","total":"85.00",'
        f'"customer":{{"id":"c{n % 5000}","country":"GB"}},"lines":[{lines}]}}'
    )


@cache
def page(orders: int, start: int, end: int, limit: int, after: int) -> bytes:
    first = max(place(orders, start), after + 1)
    stop = place(orders, end)
    last = min(first + limit, stop)
    nodes = []
    for n in range(first, last):
        at = START + timedelta(seconds=n * SECONDS // orders)
        nodes.append(order(n, at.strftime("%Y-%m-%dT%H:%M:%SZ")))
    more = last < stop
    following = f'"{last - 1}"' if more else "null"
    total = stop - place(orders, start)
    return (
        f'{{"orders":[{",".join(nodes)}],"next":{following},"more":{str(more).lower()},"total":{total}}}'
    ).encode()


def place(orders: int, second: int) -> int:
    """Number of the first order that is not before a second since START."""
    # -(-a // b) rounds up in whole numbers: a float would misplace an order at the edge of a second
    return min(max(-(-second * orders // SECONDS), 0), orders)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # http.server's own HTTP/1.0 would close the connection after each page
    disable_nagle_algorithm = True
    wbufsize = -1  # one write per answer; a second would wait for a delayed acknowledgement
    orders = 0
    latency = 0.0

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        start, end = (
            int((datetime.fromisoformat(asked[name]) - START).total_seconds()) for name in ("from", "to")
        )
        # orders count from 0: -1 is the place before the first
        raw = page(self.orders, start, end, int(asked["limit"]), int(asked.get("cursor") or -1))
        time.sleep(self.latency)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Silent: the terminal shows the table."""


def main() -> None:
    Handler.orders, Handler.latency = int(sys.argv[1]) // LINES_PER_ORDER, float(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)  # a pipe is buffered, and the parent waits for the port
    server.serve_forever()


if __name__ == "__main__":
    main()

"""Shopify's bulk operations: one file per window, whole or not at all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit import replay
from connectors.registry import get
from connectors.shopify import Shopify
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import Bench, Call, Reply, only, only_failed, records
from tests.connectors.fakes import GIDS, line, money, order, refund

FROM, AS_OF = datetime(2011, 11, 1, 12, tzinfo=UTC), datetime(2011, 11, 1, 18, tzinfo=UTC)
ORDER, OTHER = f"{GIDS}Order/1", f"{GIDS}Order/2"
OPERATION = f"{GIDS}BulkOperation/1"


_PARTS = ("refundLineItems", "refundShippingLines", "orderAdjustments")


def _node(number: int, **changes: Any) -> dict[str, Any]:
    made = order(number, **changes)
    kept = {k: v for k, v in made.items() if k not in ("lineItems", "shippingLines", "email")}
    return kept | {"refunds": [{k: v for k, v in r.items() if k not in _PARTS} for r in made["refunds"]]}


def _item(number: int, parent: str) -> dict[str, Any]:
    return {"__typename": "LineItem", **line(number), "__parentId": parent}


POST = {
    "__typename": "ShippingLine",
    "id": None,
    "title": "POST",
    "discountedPriceSet": money("4.90"),
    "taxLines": [],
}
ROWS = [
    _node(1, refunds=[refund(5, [1])]),
    _item(1, ORDER),
    _item(2, ORDER),
    POST | {"__parentId": ORDER},
    _node(2),
]


class Bulk:
    """A shop that runs one operation; what it says of it can be changed."""

    def __init__(self, bench: Bench, rows: list[dict[str, Any]], **told: Any) -> None:
        self.url, self.rows = bench.platform.url, rows
        self.states: Iterator[str] = iter(["CREATED", "RUNNING"])
        self.query, self.starts = "", list[dict[str, Any]]()
        roots = str(sum("__parentId" not in row for row in rows))
        self.told = {"objectCount": str(len(rows)), "rootObjectCount": roots, **told}
        self.user_errors: list[list[dict[str, Any]]] = []

    @property
    def file(self) -> bytes:
        return "".join(json.dumps(row) + "\n" for row in self.rows).encode()

    def __call__(self, call: Call) -> Reply:
        if call.path == "/file":
            assert "X-Shopify-Access-Token" not in call.headers, "the URL is the permission"
            return Reply(raw=self.file, headers={"Content-Type": "application/jsonl"})
        return Reply({"data": getattr(self, call.json["operationName"])(call.json["variables"])})

    def RunBulk(self, v: dict[str, Any]) -> dict[str, Any]:
        self.starts.append(v)
        self.query = v["query"]
        errors = self.user_errors.pop(0) if self.user_errors else []
        return {"bulkOperationRunQuery": {"bulkOperation": {"id": OPERATION}, "userErrors": errors}}

    def BulkStatus(self, v: dict[str, Any]) -> dict[str, Any]:
        assert v == {"id": OPERATION}
        state = next(self.states, "COMPLETED")
        done = {"url": f"{self.url}/file", "fileSize": str(len(self.file))} if state == "COMPLETED" else {}
        return {"bulkOperation": {"id": OPERATION, "status": state, "query": self.query, **done, **self.told}}

    def RefundParts(self, v: dict[str, Any]) -> dict[str, Any]:
        (found,) = (r for r in [refund(5, [1])] if r["id"] == v["id"])
        whole = {"hasNextPage": False, "endCursor": None}
        parts = {name: {"nodes": found[name], "pageInfo": whole} for name in _PARTS}
        return {"refund": {"id": v["id"], **parts}}

    def Shop(self, v: dict[str, Any]) -> dict[str, Any]:
        return {"shop": {"ianaTimezone": "Europe/London", "currencyCode": "GBP"}}


def _pull(bench: Bench, **changes: Any) -> list[PulledWindow | FailedWindow]:
    return bench.pull(Shopify(), span_from=FROM, as_of=AS_OF, settings={"bulk": "true"}, **changes)


def test_the_lines_of_a_file_become_orders_and_their_count_is_the_proof(bench: Bench) -> None:
    bench.platform.default = Bulk(bench, ROWS)

    window = only(_pull(bench))

    first, second = (record["payload"] for record in records(window))
    assert [one["sku"] for one in first["line_items"]] == ["SKU1", "SKU2"]
    assert first["shipping_lines"] == [{"id": None, "title": "POST", "total": "4.90", "tax": "0"}]
    assert [(one["total"], len(one["lines"])) for one in first["refunds"]] == [("2.55", 1)]
    assert (second["id"], second["line_items"]) == (OTHER, [])
    assert window.proof.startswith("document 5 rows")
    assert window.proof.endswith("2 orders, zone Europe/London, GBP")
    asked = [c.json["operationName"] if c.json else c.path for c in bench.platform.calls]
    assert asked == ["RunBulk", *["BulkStatus"] * 3, "/file", "RefundParts", "Shop"]
    assert "partialDataUrl" not in json.dumps([c.json for c in bench.platform.calls])
    again = replay(
        bench.folder / "landing" / window.landing_file,
        root=bench.folder / "landing",
        as_of=AS_OF,
        spool=bench.folder / "again",
        find=get,
    )
    assert records(again) == records(window)


def test_an_operation_without_orders_proves_an_empty_window(bench: Bench) -> None:
    bench.platform.default = Bulk(bench, [], url=None, fileSize=None)

    assert only(_pull(bench)).rows == 0


def test_the_shop_is_waited_for_while_it_runs_as_many_operations_as_it_allows(bench: Bench) -> None:
    shop = Bulk(bench, ROWS)
    shop.user_errors = [[{"code": "LIMIT_REACHED", "field": None}], [{"code": "OPERATION_IN_PROGRESS"}]]
    bench.platform.default = shop

    window = only(_pull(bench))

    assert (window.rows, len(shop.starts), window.retries) == (2, 3, 2)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"objectCount": "6"}, "P108"),
        ({"rootObjectCount": "3"}, "P108"),
        ({"fileSize": "7"}, "P108"),
        ({"url": None}, "P107"),
        ({"url": "https://10.0.0.1/file"}, "P107"),
        ({"query": "{ orders(query: \"updated_at:>='2010'\") { edges { node { id } } } }"}, "P108"),
        ({"status": "FAILED", "errorCode": "TIMEOUT"}, "P113"),
        ({"status": "CANCELED"}, "P113"),
        ({"status": "EXPIRED"}, "P113"),
    ],
    ids=str,
)
def test_an_operation_that_does_not_add_up_or_failed_hands_nothing_over(
    bench: Bench, told: dict[str, Any], code: str
) -> None:
    bench.platform.default = Bulk(bench, ROWS, **told)

    assert only_failed(_pull(bench)).code == code
    assert bench.landed() == []


def test_a_line_that_does_not_follow_its_order_is_refused(bench: Bench) -> None:
    bench.platform.default = Bulk(bench, [_node(1), _node(2), _item(1, ORDER)])

    assert only_failed(_pull(bench)).code == "P107"


def test_a_refused_bulk_query_is_not_asked_again(bench: Bench) -> None:
    shop = Bulk(bench, ROWS)
    shop.user_errors = [[{"code": "INVALID", "field": ["query"]}]] * 9
    bench.platform.default = shop

    assert only_failed(_pull(bench)).code == "P106"
    assert len(shop.starts) == 1

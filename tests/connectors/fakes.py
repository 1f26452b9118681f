"""A small Shopify shop and a small Zendesk desk that answer the connectors' own requests from plain lists.

Belongs here: honest answers to be spoilt by the tests. Not here: realistic data (connectors/sandbox).
"""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.connectors.bench import Call, Reply

GIDS = "gid://shopify/"
PLANTED = {
    "name": "Jane Planted",
    "email": "jane.planted@example.com",
    "phone": "+44 20 7946 0000",
    "address1": "1 Planted Road",
}


def money(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": "GBP"}}


def line(number: int, total: str = "15.30", discounts: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": f"{GIDS}LineItem/{number}",
        "sku": f"SKU{number}",
        "title": "Mug",
        "vendor": "Sample",
        "requiresShipping": True,
        "isGiftCard": False,
        "quantity": 6,
        "originalTotalSet": money(total),
        "discountAllocations": [{"allocatedAmountSet": money(d)} for d in discounts],
        "taxLines": [],
    }


def payment(at: str, amount: str, kind: str = "SALE", status: str = "SUCCESS") -> dict[str, Any]:
    return {"kind": kind, "status": status, "processedAt": at, "amountSet": money(amount)}


def refund(number: int, lines: list[int], total: str = "2.55") -> dict[str, Any]:
    return {
        "id": f"{GIDS}Refund/{number}",
        "createdAt": "2011-11-03T09:00:00Z",
        "processedAt": "2011-11-03T09:00:00Z",
        "totalRefundedSet": money(total),
        "duties": [],
        "refundLineItems": [
            {
                "id": f"{GIDS}RefundLineItem/{n}",
                "quantity": 1,
                "subtotalSet": money("2.55"),
                "totalTaxSet": money("0.00"),
                "lineItem": {"id": f"{GIDS}LineItem/{n}", "sku": f"SKU{n}"},
            }
            for n in lines
        ],
        "refundShippingLines": [],
        "orderAdjustments": [],
    }


def order(number: int, updated: str = "2011-11-01T10:00:00Z", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{GIDS}Order/{number}",
        "createdAt": "2011-11-01T10:00:00Z",
        "processedAt": "2011-11-01T10:00:00Z",
        "updatedAt": updated,
        "cancelledAt": None,
        "test": False,
        "displayFinancialStatus": "PAID",
        "currencyCode": "GBP",
        "taxesIncluded": False,
        "dutiesIncluded": False,
        "totalPriceSet": money("15.30"),
        "originalTotalPriceSet": money("15.30"),
        "totalTaxSet": money("0.00"),
        "totalTipReceivedSet": money("0.00"),
        "originalTotalDutiesSet": None,
        "originalTotalAdditionalFeesSet": None,
        "totalRefundedSet": money("0.0"),
        "transactions": [payment("2011-11-01T10:00:00Z", "15.30")],
        "customer": {
            "id": f"{GIDS}Customer/17850",
            "email": PLANTED["email"],
            "displayName": PLANTED["name"],
        },
        "shippingAddress": {"country": "United Kingdom", "countryCodeV2": "GB", **PLANTED},
        "email": PLANTED["email"],
        "lineItems": [line(number * 1000 + 1)],
        "shippingLines": [],
        "refunds": [],
        **changes,
    }


def connection(nodes: list[Any], first: int, after: str | None) -> dict[str, Any]:
    start = int(after or 0)
    end = start + first
    more = end < len(nodes)
    return {
        "nodes": nodes[start:end],
        "pageInfo": {"hasNextPage": more, "endCursor": str(end) if nodes else None},
    }


def _parts(r: dict[str, Any], lines: int, after: str | None, others: int) -> dict[str, Any]:
    return {
        **r,
        "refundLineItems": connection(r["refundLineItems"], lines, after),
        **{name: connection(r[name], others, None) for name in ("refundShippingLines", "orderAdjustments")},
    }


class Shop:
    """Orders by `updated_at`, three pages and nested lists included."""

    def __init__(
        self, orders: list[dict[str, Any]], *, zone: str = "Europe/London", currency: str = "GBP"
    ) -> None:
        self.orders, self.zone, self.currency = orders, zone, currency
        self.count_offset = 0

    def __call__(self, call: Call) -> Reply:
        variables, operation = call.json["variables"], call.json["operationName"]
        data = getattr(self, operation)(variables)
        status = {"maximumAvailable": 2000.0, "currentlyAvailable": 1990, "restoreRate": 100.0}
        cost = {"requestedQueryCost": 10, "throttleStatus": status}
        return Reply({"data": data, "extensions": {"cost": cost}})

    def found(self, query: str) -> list[dict[str, Any]]:
        match = re.fullmatch(r"(created|updated)_at:>='(.+?)' \1_at:<'(.+?)'", query)
        assert match, query
        field = f"{match[1]}At"
        chosen = [o for o in self.orders if match[2] <= o[field] < match[3]]
        return sorted(chosen, key=lambda o: o[field])

    def Shop(self, v: dict[str, Any]) -> dict[str, Any]:
        return {"shop": {"ianaTimezone": self.zone, "currencyCode": self.currency}}

    def Orders(self, v: dict[str, Any]) -> dict[str, Any]:
        nodes = [self._served(o, v) for o in self.found(v["query"])]
        return {"orders": connection(nodes, v["first"], v["after"])}

    def _served(self, o: dict[str, Any], v: dict[str, Any]) -> dict[str, Any]:
        return {
            **o,
            "lineItems": connection(o["lineItems"], v["lines"], None),
            "shippingLines": connection(o["shippingLines"], 3, None),
            "transactions": o["transactions"][:3],
            "refunds": self._refunds(o, v),
        }

    def _refunds(self, o: dict[str, Any], v: dict[str, Any]) -> list[dict[str, Any]]:
        given = [_parts(r, v["refundLines"], None, 1) for r in o["refunds"]]
        return given[: v.get("most", v.get("refunds"))]

    def OrderPayments(self, v: dict[str, Any]) -> dict[str, Any]:
        found = next(o for o in self.orders if o["id"] == v["id"])
        return {"order": {"id": v["id"], "transactions": found["transactions"][: v["most"]]}}

    def OrderRefunds(self, v: dict[str, Any]) -> dict[str, Any]:
        found = next(o for o in self.orders if o["id"] == v["id"])
        return {"order": {"id": v["id"], "refunds": self._refunds(found, v)}}

    def OrdersCount(self, v: dict[str, Any]) -> dict[str, Any]:
        count = len(self.found(v["query"])) + self.count_offset
        return {"ordersCount": {"count": count, "precision": "EXACT"}}

    def OrderLines(self, v: dict[str, Any]) -> dict[str, Any]:
        found = next(o for o in self.orders if o["id"] == v["id"])
        return {"order": {"id": v["id"], "lineItems": connection(found["lineItems"], v["first"], v["after"])}}

    def RefundParts(self, v: dict[str, Any]) -> dict[str, Any]:
        found = next(r for o in self.orders for r in o["refunds"] if r["id"] == v["id"])
        return {"refund": _parts(found, v["first"], v["after"], 25)}


def ticket(number: int, generated: int = 1456745340, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": "2016-02-29T01:16:00Z",
        "updated_at": "2016-02-29T11:29:00Z",
        "generated_timestamp": generated,
        "status": "closed",
        "priority": "normal",
        "type": "incident",
        "group_id": 70,
        "assignee_id": 89,
        "subject": PLANTED["name"],
        "description": PLANTED["email"],
        "via": {"source": {"from": {"address": PLANTED["email"]}}},
        "requester_id": 20978392,
        "tags": [PLANTED["name"]],
        "satisfaction_rating": {"score": "good", "comment": PLANTED["name"]},
        **changes,
    }


def metrics(number: int) -> dict[str, Any]:
    return {
        "ticket_id": number,
        "solved_at": "2016-02-29T11:29:00Z",
        "reopens": 0,
        "replies": 1,
        "assignee_stations": 1,
        "group_stations": 2,
        "reply_time_in_minutes": {"calendar": 7, "business": None},
        "full_resolution_time_in_minutes": {"calendar": 613, "business": None},
    }


class Desk:
    """Tickets in pages by an opaque cursor."""

    def __init__(self, tickets: list[dict[str, Any]], page: int = 2) -> None:
        self.tickets, self.page = tickets, page

    def __call__(self, call: Call) -> Reply:
        asked = parse_qs(urlsplit(call.path).query)
        start = int(asked["cursor"][0].removeprefix("c")) if "cursor" in asked else 0
        end = min(start + self.page, len(self.tickets))
        chosen = self.tickets[start:end]
        body: dict[str, Any] = {
            "tickets": chosen,
            "after_cursor": f"c{end}",
            "after_url": f"https://desk.example.com/api/v2/incremental/tickets/cursor.json?cursor=c{end}",
            "end_of_stream": end == len(self.tickets),
        }
        if asked.get("include") == ["metric_sets"]:
            body["metric_sets"] = [metrics(t["id"]) for t in chosen if t["status"] != "deleted"]
        return Reply(body)

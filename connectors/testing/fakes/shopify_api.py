"""Shopify Admin GraphQL 2026-10 of one sample shop: root fields, leaky bucket, error answers.

Here: body of a request to body of an answer. Not here: sockets (loopback.py), types (shopify_schema.py).
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.testing.fakes.graphql import GraphQLError, Selection, parse
from connectors.testing.fakes.shopify_execute import (
    Meter,
    Plan,
    Slice,
    check_arguments,
    compile_connection,
    compile_object,
    decode_cursor,
    encode_cursor,
    first_argument,
    require_children,
    unknown_field,
)
from connectors.testing.fakes.shopify_shop import SORT_KEYS, Key, Shop, page
from connectors.testing.reply import Reply

LIMITS_PAGE = "https://shopify.dev/api/usage/limits"
ROOT_ARGUMENTS = {
    "orders": frozenset({"first", "after", "query", "sortKey", "reverse"}),
    "ordersCount": frozenset({"query", "limit"}),
    "order": frozenset({"id"}),
    "refund": frozenset({"id"}),
    "shop": frozenset[str](),
}


@dataclass(frozen=True)
class ShopifyLimits:
    """Points; the platform's own are 1,000 to 20,000 with 100 to 2,000 a second and 1,000 for one query."""

    maximum: int = 2_000_000
    restore_per_second: int = 1_000_000
    query_maximum: int = 1_000_000


class PointsBucket:
    """Leaky bucket of one shop; `monotonic` is its clock."""

    def __init__(self, limits: ShopifyLimits, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._monotonic = monotonic
        self._available = float(limits.maximum)
        self._seen = monotonic()

    def available(self) -> int:
        """Points there are now."""
        now = self._monotonic()
        restored = self._available + (now - self._seen) * self.limits.restore_per_second
        self._available, self._seen = min(float(self.limits.maximum), restored), now
        return int(self._available)

    def take(self, points: int) -> None:
        """Use points up."""
        self._available -= points

    def cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        """`extensions.cost` of an answer."""
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": self.limits.maximum,
                "currentlyAvailable": self.available(),
                "restoreRate": self.limits.restore_per_second,
            },
        }


class ShopifyApi:
    """Answers the GraphQL endpoint of one shop."""

    def __init__(
        self, shop: Shop, limits: ShopifyLimits, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.shop = shop
        self.bucket = PointsBucket(limits, monotonic)

    def answer(self, body: bytes) -> Reply:
        """The reply to one POST body; every GraphQL error is HTTP 200 as on the platform."""
        try:
            request = json.loads(body)
            selections = parse(request["query"], request.get("variables") or {})
        except (ValueError, KeyError, TypeError):
            return Reply.json(400, {"errors": "query is missing or the body is not JSON"})
        except GraphQLError as error:
            return Reply.json(200, {"errors": [error.entry]})
        try:
            return Reply.json(200, self._execute(selections))
        except GraphQLError as error:
            return Reply.json(200, {"errors": [error.entry]})

    def throttled(self, requested: int = 1) -> dict[str, Any]:
        """HTTP 200, errors, no data: how the platform says "wait"."""
        entry = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS_PAGE}}
        return {"errors": [entry], "extensions": {"cost": self.bucket.cost(requested, None)}}

    def _execute(self, selections: list[Selection]) -> dict[str, Any]:
        meter, warnings = Meter(), list[dict[str, Any]]()
        plans = [(s.key, self._root(s, meter, warnings)) for s in selections]
        requested = sum(plan.requested for _, plan in plans)
        self._check_size(requested)
        # before anything is answered: the platform asks for the worst case and gives back what was not used
        if requested > self.bucket.available():
            return self.throttled(requested)
        data = {key: plan.run(None) for key, plan in plans}
        actual = min(requested, meter.actual + sum(plan.own for _, plan in plans))
        self.bucket.take(actual)
        extensions: dict[str, Any] = {"cost": self.bucket.cost(requested, actual)}
        if warnings:
            extensions["search"] = warnings
        return {"data": data, "extensions": extensions}

    def _check_size(self, requested: int) -> None:
        most = self.bucket.limits.query_maximum
        if requested > most:
            raise GraphQLError(
                f"Query cost is {requested}, which exceeds the single query max cost limit ({most}).",
                code="MAX_COST_EXCEEDED",
                cost=requested,
                maxCost=most,
                documentation=LIMITS_PAGE,
            )

    def _root(self, selection: Selection, meter: Meter, warnings: list[dict[str, Any]]) -> Plan:
        if selection.name == "__typename":
            return Plan(lambda _: "QueryRoot", 0, 0)
        if selection.name not in ROOT_ARGUMENTS:
            raise unknown_field(selection.name, "QueryRoot")
        check_arguments(selection, "QueryRoot", ROOT_ARGUMENTS[selection.name])
        if selection.name == "orders":
            return self._orders(selection, meter, warnings)
        type_name = {"ordersCount": "Count", "order": "Order", "refund": "Refund", "shop": "Shop"}[
            selection.name
        ]
        require_children(selection, type_name)
        plan = compile_object(selection.children, type_name, meter)
        value = self._single(selection.name, selection.arguments, warnings)
        return Plan(lambda _: None if value is None else plan.run(value), 1 + plan.own, 1 + plan.requested)

    def _single(self, name: str, arguments: Mapping[str, Any], warnings: list[dict[str, Any]]) -> Any:
        if name == "shop":
            return self.shop
        if name == "ordersCount":
            return self._count(arguments, warnings)
        digits = _gid_digits("Order" if name == "order" else "Refund", arguments.get("id"))
        return self.shop.view(int(digits)) if name == "order" else self.shop.refund(digits)

    def _count(self, arguments: Mapping[str, Any], warnings: list[dict[str, Any]]) -> tuple[int, str]:
        count = len(self._search("ordersCount", arguments.get("query"), "ID", warnings))
        # the platform counts so far unless told otherwise; null means without an end
        limit = arguments.get("limit", 10_000)
        if limit is not None and count > limit:
            return int(limit), "AT_LEAST"
        return count, "EXACT"

    def _search(
        self, path: str, query: str | None, sort_key: str, warnings: list[dict[str, Any]]
    ) -> list[Key]:
        found = self.shop.search(query or "", sort_key)
        if found.warnings:
            named = [
                {"field": n, "message": "Invalid search field.", "code": "invalid_field"}
                for n in found.warnings
            ]
            warnings.append({"path": [path], "query": query, "warnings": named})
        return found.keys

    def _orders(self, selection: Selection, meter: Meter, warnings: list[dict[str, Any]]) -> Plan:
        arguments = selection.arguments
        require_children(selection, "OrderConnection")
        # the platform's own order where none is asked for
        first, sort_key = first_argument(selection), arguments.get("sortKey") or "PROCESSED_AT"
        if sort_key not in SORT_KEYS:
            raise GraphQLError(f"The sandbox cannot sort by {sort_key}", code="argumentLiteralsIncompatible")
        after = _order_key(arguments["after"]) if arguments.get("after") is not None else None
        connection = compile_connection(selection, "Order", meter, first)

        def run(_: Any) -> Any:
            keys = self._search("orders", arguments.get("query"), sort_key, warnings)
            chosen, more, before = page(keys, first, after, reverse=bool(arguments.get("reverse")))
            views = [self.shop.view(number) for _, number in chosen]
            return connection.run(Slice(views, lambda i: _order_cursor(chosen[i]), more, before))

        return Plan(run, 0, connection.requested)


def _order_cursor(key: Key) -> str:
    return encode_cursor(json.dumps({"last_id": key[1], "last_value": key[0]}))


def _order_key(cursor: str) -> Key:
    try:
        read = json.loads(decode_cursor(cursor))
        return int(read["last_value"]), int(read["last_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise GraphQLError(f"Invalid cursor for current pagination sort: {cursor}.") from error


def _gid_digits(kind: str, gid: Any) -> str:
    prefix, _, digits = str(gid).rpartition("/")
    if prefix != f"gid://shopify/{kind}" or not digits.isdigit():
        raise GraphQLError(f"Invalid global id '{gid}'", code="argumentLiteralsIncompatible")
    return digits

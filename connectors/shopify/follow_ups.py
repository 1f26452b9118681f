"""What an order still needs: further lines, all of its payments and refunds, the parts of a refund.

Belongs here: asking for the rest of one order. Not here: pages of orders (requests.py).
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete
from connectors.kit.contract.pagers import connection_next
from connectors.kit.contract.redact import Tree, model_tree, path_tree
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.shopify.requests import PAYMENTS, graphql, more_page, refund_page
from connectors.shopify.rows import (
    OrderAdjustments,
    Payment,
    RefundLines,
    RefundShippingLines,
    ShopifyLines,
    ShopifyRefund,
)

# of one order: 1,000 points of a query hold 30 refunds with one line each, and 300 payments
MOST_REFUNDS, MOST_PAYMENTS = 30, 100
_REFUND_PARTS = {  # in the order of the query
    "refundLineItems": model_tree(RefundLines),
    "refundShippingLines": model_tree(RefundShippingLines),
    "orderAdjustments": model_tree(OrderAdjustments),
}

_PLAIN_LISTS = {
    "refunds": (MOST_REFUNDS, "refundsWhole", model_tree(ShopifyRefund)),
    "transactions": (MOST_PAYMENTS, "paymentsWhole", model_tree(Payment)),
}


def rest_of_order(order: Json, account: AccountSettings) -> FollowUp | None:
    """What an order of a page still needs."""
    # 3 as requests.graphql asks for: each further one would cost points for every order of the page
    if connection_next(order["shippingLines"]) is not None:
        raise Incomplete("an order has more than 3 shipping lines")
    # plain lists without a next page: a full one may have been cut, so it is asked for alone
    if len(order["refunds"]) >= refund_page(account) and not order.get("refundsWhole"):
        return _all_refunds(order)
    if len(order["transactions"]) >= PAYMENTS and not order.get("paymentsWhole"):
        return _all_payments(order)
    lines = _continue(order, "lineItems", ("order", "OrderLines"), model_tree(ShopifyLines), account)
    return lines or next(filter(None, (_rest_of_refund(r, account) for r in order["refunds"])), None)


def rest_of_bulk_order(order: Json, account: AccountSettings) -> FollowUp | None:
    """The parts of the next refund that has none yet, then the further lines of a refund with many.

    A bulk query takes no connection inside a list, so that refunds come without their lines.
    """
    for refund in order["refunds"]:
        is_bare = not any(name in refund for name in _REFUND_PARTS)
        rest = _refund_parts(refund, account, after=None) if is_bare else _rest_of_refund(refund, account)
        if rest is not None:
            return rest
    return None


def _rest_of_refund(refund: Json, account: AccountSettings) -> FollowUp | None:
    lines, *others = (refund[name] for name in _REFUND_PARTS)
    # asked for again from the first line: shipping and adjustments come whole or not at all
    if any(part["pageInfo"]["hasNextPage"] for part in others):
        if refund.get("partsWhole"):
            raise Incomplete("a refund has more than 25 shipping lines or adjustments", actual=refund["id"])
        return _refund_parts(refund, account, after=None)
    after = connection_next(lines)
    return None if after is None else _refund_parts(refund, account, after=after)


def _refund_parts(refund: Json, account: AccountSettings, *, after: str | None) -> FollowUp:
    def merge(body: Json) -> None:
        found = _same(body, "refund", refund)
        known = refund["refundLineItems"]["nodes"] if after else []
        for name in _REFUND_PARTS:
            refund[name] = dig(found, name)
        lines = refund["refundLineItems"]
        refund["refundLineItems"] = lines | {"nodes": known + dig(lines, "nodes")}
        refund["partsWhole"] = True

    variables = {"id": refund["id"], "first": more_page(account), "after": after}
    kept = {f"data.refund.{name}": tree for name, tree in _REFUND_PARTS.items()}
    keep = path_tree({"data.refund.id": None, **kept})
    return FollowUp(graphql("RefundParts", variables), keep, f"{refund['id']}/{after or ''}", merge)


def _all_refunds(order: Json) -> FollowUp:
    # with one line each: thirty refunds with two would cost more than a query may
    variables = {"most": MOST_REFUNDS, "refundLines": 1}
    return _whole_list(order, "refunds", graphql("OrderRefunds", {"id": order["id"], **variables}))


def _all_payments(order: Json) -> FollowUp:
    variables = {"id": order["id"], "most": MOST_PAYMENTS}
    return _whole_list(order, "transactions", graphql("OrderPayments", variables))


def _whole_list(order: Json, field: str, request: Request) -> FollowUp:
    """A plain list of an order, asked for alone."""
    most, whole, tree = _PLAIN_LISTS[field]

    def merge(body: Json) -> None:
        found = _same(body, "order", order)
        # as many as were asked for: the list has no next page to tell whether there are more
        if len(dig(found, field)) >= most:
            raise Incomplete(f"an order has {most} {field} or more", actual=order["id"])
        order[field], order[whole] = found[field], True

    keep = path_tree({"data.order.id": None, f"data.order.{field}": tree})
    return FollowUp(request, keep, f"{order['id']}/{field}", merge)


def _same(body: Json, root: str, owner: Json) -> Json:
    found = dig(body, f"data.{root}")
    if found is None or found.get("id") != owner["id"]:
        raise Incomplete(f"{_ARTICLE[root]} disappeared while it was read", may_settle=True)
    return found


_ARTICLE = {"order": "an order", "refund": "a refund"}


def _continue(
    owner: Json, field: str, document: tuple[str, str], tree: Tree, account: AccountSettings
) -> FollowUp | None:
    """The next page of a nested list, unless it is whole; `document`: the object that the answer holds, and the query's name."""
    after = connection_next(owner[field])
    if after is None:
        return None
    root, name = document

    def merge(body: Json) -> None:
        more = dig(_same(body, root, owner), field)
        owner[field] = {"nodes": owner[field]["nodes"] + more["nodes"], "pageInfo": more["pageInfo"]}

    variables = {"id": owner["id"], "first": more_page(account), "after": after}
    keep = path_tree({f"data.{root}.id": None, f"data.{root}.{field}": tree})
    return FollowUp(graphql(name, variables), keep, f"{owner['id']}/{after}", merge)

"""What an order still needs: further lines, all of its refunds, further lines of a refund.

Belongs here: asking for the rest of one order. Not here: pages of orders (requests.py).
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete
from connectors.kit.contract.pagers import connection_next
from connectors.kit.contract.redact import Tree, model_tree, path_tree
from connectors.kit.contract.request import FollowUp
from connectors.kit.contract.strict_json import Json, dig
from connectors.shopify.requests import REFUND_LINE_PAGE_SIZE, graphql, more_page, refund_page
from connectors.shopify.rows import RefundLines, ShopifyLines, ShopifyRefund

MOST_REFUNDS = 30  # of one order; with two lines each they stay below the 1,000 points of a query


def rest_of_order(order: Json, account: AccountSettings) -> FollowUp | None:
    """What an order of a page still needs."""
    # 3 as requests.graphql asks for: each further one would cost points for every order of the page
    if connection_next(order["shippingLines"]) is not None:
        raise Incomplete("an order has more than 3 shipping lines")
    # `refunds` is a plain list without a next page: a full one may have been cut, so it is asked for alone
    if len(order["refunds"]) >= refund_page(account) and not order.get("refundsWhole"):
        return _all_refunds(order)
    lines = _continue(order, "lineItems", ("order", "OrderLines"), model_tree(ShopifyLines), account)
    return lines or next(filter(None, (_rest_of_refund(r, account) for r in order["refunds"])), None)


def rest_of_bulk_order(order: Json, account: AccountSettings) -> FollowUp | None:
    """The lines of the next refund that has none yet, then the further pages of a refund with many.

    A bulk query takes no connection inside a list, so that refunds come without their lines.
    """
    for refund in order["refunds"]:
        if refund.get("refundLineItems") is None:
            return _part(
                refund, "refundLineItems", ("refund", "RefundLines"), model_tree(RefundLines), account
            )
        rest = _rest_of_refund(refund, account)
        if rest is not None:
            return rest
    return None


def _rest_of_refund(refund: Json, account: AccountSettings) -> FollowUp | None:
    return _continue(refund, "refundLineItems", ("refund", "RefundLines"), model_tree(RefundLines), account)


def _all_refunds(order: Json) -> FollowUp:
    def merge(body: Json) -> None:
        found = _same(body, "order", order)
        # as many as were asked for: the list has no next page to tell whether there are more
        if len(dig(found, "refunds")) >= MOST_REFUNDS:
            raise Incomplete(f"an order has {MOST_REFUNDS} refunds or more", actual=order["id"])
        order["refunds"], order["refundsWhole"] = found["refunds"], True

    variables = {"id": order["id"], "refunds": MOST_REFUNDS, "refundLines": REFUND_LINE_PAGE_SIZE}
    keep = path_tree({"data.order.id": None, "data.order.refunds": model_tree(ShopifyRefund)})
    return FollowUp(graphql("OrderRefunds", variables), keep, f"{order['id']}/refunds", merge)


def _same(body: Json, root: str, owner: Json) -> Json:
    found = dig(body, f"data.{root}")
    if found is None or found.get("id") != owner["id"]:
        raise Incomplete(f"{_ARTICLE[root]} disappeared while it was read", may_settle=True)
    return found


_ARTICLE = {"order": "an order", "refund": "a refund"}


def _continue(
    owner: Json, field: str, document: tuple[str, str], tree: Tree, account: AccountSettings
) -> FollowUp | None:
    """The next page of a nested list, unless it is whole."""
    after = connection_next(owner[field])
    return None if after is None else _part(owner, field, document, tree, account, after=after)


def _part(
    owner: Json,
    field: str,
    document: tuple[str, str],
    tree: Tree,
    account: AccountSettings,
    *,
    after: str | None = None,
) -> FollowUp:
    """A page of a nested list, asked for alone; `document` is the object that the answer holds, and the query's name."""
    root, name = document

    def merge(body: Json) -> None:
        more = dig(_same(body, root, owner), field)
        known = owner.get(field) or {"nodes": []}
        owner[field] = {"nodes": known["nodes"] + more["nodes"], "pageInfo": more["pageInfo"]}

    variables = {"id": owner["id"], "first": more_page(account), "after": after}
    keep = path_tree({f"data.{root}.id": None, f"data.{root}.{field}": tree})
    return FollowUp(graphql(name, variables), keep, f"{owner['id']}/{after or ''}", merge)

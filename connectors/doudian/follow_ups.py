"""What an after-sales request still needs: who bore the discount that was returned, which only its detail tells.

Not here: the list of requests (requests.py).
"""

from connectors.doudian.requests import DETAIL, call
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import FollowUp
from connectors.kit.contract.strict_json import Json, dig

GIVEN_BACK = (3, 5)  # refund_status: paid out, or collected from the shop after the platform had paid
_FOUND = "data.process_info.after_sale_info"
_PARTS = ("platform_discount_return_amount", "kol_discount_return_amount")


def subsidy(request: Json, account: AccountSettings) -> FollowUp | None:
    """Who bore a returned discount: only the detail tells, and only where one was returned it matters."""
    info = request["aftersale_info"]
    is_needed = info["refund_status"] in GIVEN_BACK and info.get("return_promotion_amount")
    if not is_needed or request.get("subsidy") is not None:
        return None
    key = info["aftersale_id"]
    if not isinstance(key, str) or not key.isdigit():
        raise SchemaDrift("an after-sales request has no id")

    def merge(body: Json) -> None:
        found = dig(body, _FOUND)
        if str(dig(found, "after_sale_id")) != key:
            raise Incomplete("the detail is of another after-sales request", may_settle=True)
        request["subsidy"] = {name: dig(found, name) for name in _PARTS}

    keep = path_tree({f"{_FOUND}.{name}": None for name in ("after_sale_id", *_PARTS)})
    return FollowUp(call(account, DETAIL, {"after_sale_id": key}), keep, key, merge)

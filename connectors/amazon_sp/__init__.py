"""Amazon Selling Partner API: orders, returns, sales and traffic, stock, finances, account health.

Belongs here: what an answer means and which streams there are. Requests are built by python-amazon-sp-api (library.py) and sent
by the kit. See README.md.
"""

from collections.abc import Mapping

from connectors.amazon_sp.finances import FINANCES
from connectors.amazon_sp.health import ACCOUNT_HEALTH
from connectors.amazon_sp.limits import SLOWEST_LEARNED
from connectors.amazon_sp.orders import ORDERS
from connectors.amazon_sp.returns import RETURNS
from connectors.amazon_sp.signing import LOGIN
from connectors.amazon_sp.stock import FBA_INVENTORY
from connectors.amazon_sp.traffic import SALES_TRAFFIC
from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.errors import AuthExpired, BadRequest, Forbidden, KitError, Throttled, Transient
from connectors.kit.contract.request_budget import Bucket, learn_rate_header
from connectors.kit.contract.stream import Connector
from connectors.kit.contract.strict_json import Json

_CODES: dict[str, type[KitError]] = {
    "QuotaExceeded": Throttled,
    "Unauthorized": Forbidden,
    "AccessDenied": Forbidden,
    "InternalFailure": Transient,
    "ServiceUnavailable": Transient,
}


class AmazonSp(Connector):
    """A seller's account in one marketplace, read with a private app's refresh token."""

    name = "amazon_sp"
    platform = "amazon"
    auth = LOGIN
    settings = ("client_id",)
    streams = (ORDERS, RETURNS, FINANCES, SALES_TRAFFIC, FBA_INVENTORY, ACCOUNT_HEALTH)
    sandbox_token_path = "/auth/o2/token"  # noqa: S105 - a path

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """`errors` is never "no data", neither filled nor empty; an expired token comes as 403."""
        errors = body.get("errors") if isinstance(body, dict) else None
        if status == 403 and _is_expired(errors):
            return AuthExpired("the platform does not accept the access token any more")
        trouble = by_status(status)
        if trouble is not None:
            trouble.actual = _code(errors)
            return trouble
        if errors:
            code = _code(errors)
            return _CODES.get(code, BadRequest)("Amazon answered with errors instead of data", actual=code)
        if isinstance(body, dict) and "errors" in body and len(body) == 1:
            return Transient("Amazon answered with an empty list of errors instead of data")
        return error_document(body)

    def learn(self, bucket: Bucket, now: float, headers: Mapping[str, str], body: Json) -> None:  # noqa: ARG002
        """Some answers name the requests per second of the operation; the budget of an app is stricter than that."""
        if bucket.per_second >= SLOWEST_LEARNED:
            learn_rate_header(bucket, now, headers)


def _is_expired(errors: Json) -> bool:
    """Whether Amazon's details of "Access to requested resource is denied" are about the token: expired, revoked, malformed."""
    told = (
        [str(e.get("details") or "") for e in errors if isinstance(e, dict)]
        if isinstance(errors, list)
        else []
    )
    return any("access token" in text.lower() for text in told)


def _code(errors: Json) -> str:
    """Amazon's own code; never its text."""
    first = errors[0] if isinstance(errors, list) and errors else None
    code = first.get("code") if isinstance(first, dict) else None
    return code if isinstance(code, str) and code.isascii() and code.isidentifier() and len(code) < 60 else ""

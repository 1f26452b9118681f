"""What Shopify's answers mean: almost all troubles come inside HTTP 200.

Belongs here: GraphQL's error codes, refused bulk operations. Not here: what is asked for (requests.py).
"""

from connectors.kit.contract.classify import usual_trouble
from connectors.kit.contract.errors import (
    BadRequest,
    Forbidden,
    KitError,
    PageTooLarge,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json

# shopify.dev/docs/api/admin-graphql/latest, "Status and error codes"
_CODES: dict[str, type[KitError]] = {
    "THROTTLED": Throttled,
    "MAX_COST_EXCEEDED": PageTooLarge,
    "ACCESS_DENIED": Forbidden,
    "SHOP_INACTIVE": Forbidden,
    "INTERNAL_SERVER_ERROR": Transient,
    "TIMEOUT": Transient,
}
_WAIT = ("OPERATION_IN_PROGRESS", "LIMIT_REACHED")  # five of an app may run at once in a shop


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of, None for data."""
    found, body = usual_trouble(answer), answer.body
    if found is not None or body is None:
        return found
    errors = body.get("errors")
    if errors:
        return _graphql_trouble(errors)
    if not isinstance(body.get("data"), dict):
        return SchemaDrift("the answer has neither data nor errors")
    return _refused_bulk(body["data"])


def _graphql_trouble(errors: Json) -> KitError:
    if not isinstance(errors, list):
        return Transient("the platform sent an error text instead of data")
    codes = [_code(error) for error in errors]
    # in the order of the table: throttling is waited out before any other error beside it counts
    for code, kind in _CODES.items():
        if code in codes:
            return kind("Shopify answered with an error", actual=code)
    return BadRequest("Shopify refuses the query", actual=next((c for c in codes if c), "no code"))


def _code(error: Json) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) and code.isascii() and code.isidentifier() and len(code) < 60 else ""


def _refused_bulk(data: Json) -> KitError | None:
    """What a refused start of a bulk operation means; None for any other answer."""
    started = data.get("bulkOperationRunQuery") if isinstance(data, dict) else None
    errors = started.get("userErrors") if isinstance(started, dict) else None
    if not errors:
        return None
    code = errors[0].get("code") if isinstance(errors, list) and isinstance(errors[0], dict) else None
    if code in _WAIT:
        return Throttled("Shopify runs as many bulk operations as it allows", actual=code)
    return BadRequest("Shopify refuses the bulk query", actual=code if code == "INVALID" else "no code")

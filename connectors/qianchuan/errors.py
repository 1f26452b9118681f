"""What 千川's answers mean: it answers 200 whatever happens; `code` says what did.

Not here: what is asked for (requests.py).
"""

from connectors.kit.contract.classify import by_status
from connectors.kit.contract.errors import (
    AuthExpired,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer

# 40100, 40102 and 40105 as the community SDK hyq0719/marketing-api treats them; 40002 is not verified
_MEANING: dict[int, type[KitError]] = {
    40002: Forbidden,
    40100: Throttled,
    40102: AuthExpired,
    40104: AuthExpired,
    40105: AuthExpired,
}


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of, None for data."""
    found, body = by_status(answer.status), answer.body
    if found is not None or body is None:
        return found
    code = body.get("code") if isinstance(body, dict) else None
    if not isinstance(code, int) or isinstance(code, bool):
        return SchemaDrift("the answer names no code")
    if code == 0:
        return None if isinstance(body.get("data"), dict) else SchemaDrift("the answer has no data")
    return _kind(code)("千川 answered with an error", actual=f"code {code}")


def _kind(code: int) -> type[KitError]:
    if code in _MEANING:
        return _MEANING[code]
    # the rest of the family of token troubles: one renewal is tried
    if 40100 < code < 40200:
        return AuthExpired
    return Transient if code >= 50000 else BadRequest

"""What TikTok Shop's answers mean: the body's code says what happened, whatever the status.

Belongs here: codes (partner.tiktokshop.com/docv2/page, "Common errors"). Not here: what is asked for (requests.py).
"""

from connectors.kit.contract.classify import by_status
from connectors.kit.contract.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    SettingWrong,
    Throttled,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json

_MEANING: dict[int, type[KitError]] = {
    105002: AuthExpired,
    105005: Forbidden,
    106013: SettingWrong,  # the shop cipher
    36009002: Throttled,
    36009003: Transient,
    36009007: Transient,
    33001002: Transient,
    66007001: Transient,
    98001001: Transient,
}
_OPAQUE = 36009004  # one code for many causes: only its words tell them apart


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of, None for data."""
    status, body = answer.status, answer.body
    code = body.get("code") if isinstance(body, dict) else None
    if not isinstance(code, int) or isinstance(code, bool):
        return by_status(status) or (None if body is None else SchemaDrift("the answer names no code"))
    if code == 0:
        data = body.get("data")
        # a failing status is believed also over a code of success
        return by_status(status) or (
            None if isinstance(data, dict) else SchemaDrift("the answer has no data")
        )
    return _kind(status, code, body)("TikTok Shop answered with an error", actual=f"code {code}")


def _kind(status: int, code: int, body: Json) -> type[KitError]:
    if code in _MEANING:
        return _MEANING[code]
    if code == _OPAQUE:
        # the words are read, never shown: they may hold parts of the request
        words = str(body.get("message", "")).lower()
        if "sign" in words:
            return AuthRevoked
        return AuthExpired if "token" in words or "credential" in words else BadRequest
    found = by_status(status)
    if found is not None:
        return type(found)
    # the family of 105002: one renewal is tried
    return AuthExpired if 105000 <= code < 106000 else BadRequest

"""How 抖店 signs: method, parameters and time between two secrets, HMAC-SHA256; tokens are fetched by signed calls too.

Belongs here: signature, access token. Not here: what is asked for (requests.py).
"""

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from requests import PreparedRequest

from connectors.doudian.errors import trouble
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import AuthExpired, AuthRevoked, BadRequest
from connectors.kit.contract.oauth import Grant, OAuth
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.signing_context import SigningContext, TokenCall
from connectors.kit.contract.strict_json import Json, dumps

REFRESH = "/token/refresh"
_LONGEST = 10_000_000  # seconds; a larger `expires_in` is an instant, as one description of the field has it


def signature(app_key: str, secret: str, method: str, param_json: str, timestamp: str) -> str:
    """The signature over exactly the bytes that are sent as parameters."""
    # names and values in the order of the names; `v2` is the parameter v with the value 2
    text = f"app_key{app_key}method{method}param_json{param_json}timestamp{timestamp}v2"
    return hmac.new(secret.encode(), f"{secret}{text}{secret}".encode(), hashlib.sha256).hexdigest()


def query(account: AccountSettings, path: str, param_json: str, at: datetime) -> dict[str, str]:
    """The signed common parameters of a call."""
    method = ".".join(path.strip("/").split("/")[-2:])  # /order/searchList is order.searchList
    app_key, timestamp = account.setting("app_key"), str(int(at.timestamp()))
    signed = signature(app_key, account.secret("app_secret"), method, param_json, timestamp)
    return {
        "app_key": app_key,
        "method": method,
        "timestamp": timestamp,
        "v": "2",
        "sign_method": "hmac-sha256",
        "sign": signed,
    }


def _place(prepared: PreparedRequest, token: str, context: SigningContext) -> None:
    body = prepared.body or b""
    param_json = body.decode() if isinstance(body, bytes) else str(body)
    url = prepared.url or ""
    signed = query(context.account, urlsplit(url).path, param_json, context.now())
    prepared.prepare_url(url, {**signed, "access_token": token})


def _call(account: AccountSettings, refresh: str) -> TokenCall:
    asked = {"grant_type": "refresh_token", "refresh_token": refresh}
    return TokenCall(account.tokens_at(account.base_url + REFRESH), json=asked)


def _finish(call: TokenCall, account: AccountSettings, at: datetime) -> TokenCall:
    return replace(call, query=tuple(query(account, REFRESH, dumps(call.json), at).items()))


def _read(status: int, body: Json) -> Grant:
    found = trouble(HttpAnswer(status, {}, body))
    # at the token endpoint both mean the refresh token: renewing once more would not help
    if isinstance(found, AuthExpired | BadRequest):
        raise AuthRevoked("the refresh token is not accepted", actual=found.actual)
    if found is not None:
        raise found
    data = body["data"]
    seconds = int(data["expires_in"])
    # an hour in place of an instant: a renewal too many costs one call, no more
    return Grant(data["access_token"], seconds if seconds < _LONGEST else 3600, data["refresh_token"])


SHOP_TOKENS = OAuth(
    call=_call,
    read=_read,
    place=_place,
    sealed_with="app_secret",
    rotates=True,
    finish=_finish,
)

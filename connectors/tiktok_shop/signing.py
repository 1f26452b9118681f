"""How TikTok Shop wants a request signed, and how its tokens are renewed.

Belongs here: the signature over the final path, query and body; the token endpoint. Not here: what is asked for
(requests.py).
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import AuthRevoked, Transient
from connectors.kit.contract.oauth import Grant, OAuth, refused
from connectors.kit.contract.signing_context import SigningContext, TokenCall
from connectors.kit.contract.strict_json import Json

TOKENS = "https://auth.tiktok-shops.com/api/v2/token/refresh"
HEADER = "x-tts-access-token"
_SPAN_OR_INSTANT = 1_000_000_000
# a signature cannot hold itself, and the token is no part of it
_UNSIGNED = ("sign", "access_token")


def signature(secret: str, path: str, query: Iterable[tuple[str, str]], body: bytes) -> str:
    """HMAC-SHA256 over path, sorted parameters and the exact body, wrapped by the app's secret.

    The platform's own worked sample (partner.tiktokshop.com, "Sign your API request"):

    >>> signature("e59af819cc", "/authorization/202309/shops", [("timestamp", "1623812664"), ("app_key", "29a39d")], b"")
    'b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8'
    """
    told = "".join(name + value for name, value in sorted(query) if name not in _UNSIGNED)
    text = f"{secret}{path}{told}".encode() + body + secret.encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def place(prepared: PreparedRequest, token: str, context: SigningContext) -> None:
    """Put the token into its header, then the app, the shop, the time and the signature into the query."""
    account = context.account
    prepared.headers[HEADER] = token
    common = {
        "app_key": account.setting("app_key"),
        "shop_cipher": account.setting("shop_cipher"),
        "timestamp": str(int(context.now().timestamp())),
    }
    prepared.prepare_url(prepared.url, common)
    url = urlsplit(prepared.url or "")
    # signed is the platform's own path: what base_url puts before it (a proxy's prefix) is not part of it
    path = url.path.removeprefix(urlsplit(account.base_url).path)
    body = prepared.body or b""
    sign = signature(
        account.secret("app_secret"),
        path,
        parse_qsl(url.query, keep_blank_values=True),
        body if isinstance(body, bytes) else str(body).encode(),
    )
    prepared.prepare_url(prepared.url, {"sign": sign})


def _call(account: AccountSettings, refresh: str) -> TokenCall:
    query = (
        ("app_key", account.setting("app_key")),
        ("app_secret", account.secret("app_secret")),
        ("refresh_token", refresh),
        ("grant_type", "refresh_token"),
    )
    return TokenCall(account.tokens_at(TOKENS), query=query, method="GET")


def _read(status: int, body: Json) -> Grant:
    if status >= 400:
        raise refused(status)
    code = body["code"]
    # the refresh token is still good then: only the platform cannot answer now
    if code in (36009002, 36009003):
        raise Transient("the token endpoint has a trouble of its own", actual=f"code {code}")
    if code != 0:
        raise AuthRevoked("the refresh token is not accepted", actual=f"code {code!s:.12}")
    data = body["data"]
    until = datetime.fromtimestamp(
        int(data["access_token_expire_in"]), UTC
    )  # an instant, whatever its name says
    # 0 seconds say nothing: `until` stands in their place
    return Grant(str(data["access_token"]), 0, str(data["refresh_token"]), until)


AUTH = OAuth(call=_call, read=_read, place=place, sealed_with="app_secret", rotates=True)

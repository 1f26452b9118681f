"""How 千川 is entered: an access token in one header; every renewal gives the next refresh token.

Belongs here: the token endpoint. Not here: when a token is renewed (connectors/kit/contract/oauth.py).
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import AuthRevoked, Transient
from connectors.kit.contract.oauth import Grant, OAuth, in_header, refused
from connectors.kit.contract.signing_context import TokenCall
from connectors.kit.contract.strict_json import Json
from connectors.qianchuan.requests import whole_setting

REFRESH = "/open_api/oauth2/refresh_token/"


def _call(account: AccountSettings, refresh: str) -> TokenCall:
    body = {
        "app_id": whole_setting(account, "app_id"),
        "secret": account.secret("client_secret"),
        "refresh_token": refresh,
    }
    url = account.tokens_at(account.base_url + REFRESH).rstrip("/")
    return TokenCall(f"{url}/", json=body)  # every path of the platform ends so; settings lose it


def _read(status: int, body: Json) -> Grant:
    if status >= 400:
        raise refused(status)
    code = body["code"]
    # the refresh token is still good then: refusing it would send the user to authorise anew for nothing
    if code == 40100 or (isinstance(code, int) and code >= 50000):
        raise Transient("the token endpoint has a trouble of its own", actual=f"code {code}")
    if code != 0:
        raise AuthRevoked("the refresh token is not accepted", actual=f"code {code!s:.12}")
    data = body["data"]
    return Grant(str(data["access_token"]), int(data["expires_in"]), str(data["refresh_token"]))


TOKEN = OAuth(call=_call, read=_read, place=in_header("Access-Token"), rotates=True)

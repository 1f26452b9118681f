"""Login with Amazon: a refresh token gives an access token for an hour, sent in `x-amz-access-token`.

Belongs here: how the token endpoint is spoken to. Not here: when to refresh (connectors/kit/oauth.py).
"""

from requests import PreparedRequest

from connectors.kit.account import AccountSettings
from connectors.kit.desk import Desk, TokenCall
from connectors.kit.oauth import Grant, OAuth, refused
from connectors.kit.strict_json import Json

TOKENS = "https://api.amazon.com/auth/o2/token"


def client_id(account: AccountSettings) -> str:
    """The app's id: a secret or a setting called client_id."""
    return account.settings.get("client_id") or account.secret("client_id")


def _call(account: AccountSettings, refresh: str) -> TokenCall:
    form = (
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("client_id", client_id(account)),
        ("client_secret", account.secret("client_secret")),
    )
    return TokenCall(account.tokens_at(TOKENS), form=form)


def _read(status: int, body: Json) -> Grant:
    if status != 200:
        raise refused(status, "Login with Amazon does not accept the refresh token")
    return Grant(body["access_token"], int(body["expires_in"]))


def _place(prepared: PreparedRequest, account: AccountSettings, token: str, desk: Desk) -> None:  # noqa: ARG001
    prepared.headers["x-amz-access-token"] = token


# the answer repeats the refresh token: it does not rotate
LOGIN = OAuth(call=_call, read=_read, place=_place)

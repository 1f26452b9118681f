"""Login with Amazon: a refresh token gives an access token for an hour, sent in `x-amz-access-token`.

Belongs here: how the token endpoint is spoken to (developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api). Not
here: when to refresh (connectors/kit/contract/oauth.py).
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.oauth import OAuth, bearer_grant, in_header, refresh_form

TOKENS = "https://api.amazon.com/auth/o2/token"


def client_id(account: AccountSettings) -> str:
    """The app's id: a secret or a setting called client_id."""
    return account.settings.get("client_id") or account.secret("client_id")


# the answer repeats the refresh token: it does not rotate
LOGIN = OAuth(call=refresh_form(TOKENS, client_id), read=bearer_grant, place=in_header("x-amz-access-token"))

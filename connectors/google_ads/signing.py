"""How Google Ads is entered: an access token of Google, the app's developer token, the manager account that opens the door.

Belongs here: headers and the token endpoint (developers.google.com/google-ads/api/rest/auth). Not here: when a token is renewed
(connectors/kit/contract/oauth.py).
"""

from requests import PreparedRequest

from connectors.google_ads.requests import customer_number
from connectors.kit.contract.oauth import OAuth, bearer_grant, refresh_form
from connectors.kit.contract.signing_context import SigningContext

TOKENS = "https://oauth2.googleapis.com/token"


def _place(prepared: PreparedRequest, token: str, context: SigningContext) -> None:
    account = context.account
    prepared.headers["Authorization"] = f"Bearer {token}"
    prepared.headers["developer-token"] = account.secret("developer_token")
    if account.settings.get("login_customer_id"):
        prepared.headers["login-customer-id"] = customer_number(account, "login_customer_id")


TOKEN = OAuth(call=refresh_form(TOKENS), read=bearer_grant, place=_place, names=("developer_token",))

"""How Amazon Ads is entered: Login with Amazon, and the app and the profile in headers of their own.

Belongs here: headers and the token endpoint (advertising.amazon.com/API/docs/en-us/guides/account-management/authorization). Not
here: when a token is renewed (connectors/kit/contract/oauth.py).
"""

from requests import PreparedRequest

from connectors.kit.contract.oauth import OAuth, bearer_grant, refresh_form
from connectors.kit.contract.signing_context import SigningContext

TOKENS = "https://api.amazon.com/auth/o2/token"


def _place(prepared: PreparedRequest, token: str, context: SigningContext) -> None:
    prepared.headers["Authorization"] = f"Bearer {token}"
    prepared.headers["Amazon-Advertising-API-ClientId"] = context.account.setting("client_id")
    prepared.headers["Amazon-Advertising-API-Scope"] = context.account.setting("profile_id")


LOGIN = OAuth(call=refresh_form(TOKENS), read=bearer_grant, place=_place)

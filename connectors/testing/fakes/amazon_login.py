"""Login with Amazon: the token request that the Ads API and the Selling Partner API share.

As https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html says: a wrong client is a 401, a wrong
refresh token a 400. Not here: what a token opens (amazon_ads.py, amazon_sp.py).
"""

from connectors.testing.reply import Received, Reply
from connectors.testing.tokens import Tokens


def renew(request: Received, tokens: Tokens, client: tuple[str, str], *, expires_in: int) -> Reply:
    """A new access token for a refresh token.

    Args:
        request: a form with client_id, client_secret, grant_type and refresh_token.
        tokens: what the fake has issued.
        client: id and secret of the application.
        expires_in: seconds that the answer promises.
    """
    form = request.form
    if (form.get("client_id"), form.get("client_secret")) != client:
        words = "Client authentication failed"
        return Reply.json(401, {"error": "invalid_client", "error_description": words})
    found = tokens.exchange(form.get("refresh_token", ""))
    if found is None or form.get("grant_type") != "refresh_token":
        words = "The refresh token is invalid"
        return Reply.json(400, {"error": "invalid_grant", "error_description": words})
    access, refresh = found
    body = {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "bearer",
        "expires_in": expires_in,
    }
    return Reply.json(200, body)

"""How a request proves who sends it: an object that signs the final prepared bytes.

Signing last lets a later connector compute an HMAC over exactly what goes on the wire (TikTok Shop,
Douyin). Not here: what an answer says about the credential (`Connector.classify`).
"""

import base64
from abc import ABC, abstractmethod
from dataclasses import dataclass

from requests import PreparedRequest

from connectors.kit.account import AccountSettings


class Auth(ABC):
    """Signs requests of one platform."""

    @abstractmethod
    def sign(self, prepared: PreparedRequest, account: AccountSettings) -> None:
        """Add whatever makes `prepared` acceptable; method, URL, headers and body are final by now."""

    def refresh(self, account: AccountSettings) -> bool:  # noqa: ARG002 - a static token has nothing to renew
        """Renew the credential once; False when there is nothing to renew."""
        return False


@dataclass(frozen=True)
class HeaderToken(Auth):
    """A static token in one header."""

    header: str
    secret: str = "token"  # noqa: S105 - the name of a secret, not a secret

    def sign(self, prepared: PreparedRequest, account: AccountSettings) -> None:
        """Set the header."""
        prepared.headers[self.header] = account.secret(self.secret)


@dataclass(frozen=True)
class Basic(Auth):
    """HTTP Basic; `user` may name settings in braces, e.g. `{email}/token`."""

    user: str
    secret: str = "token"  # noqa: S105 - the name of a secret, not a secret

    def sign(self, prepared: PreparedRequest, account: AccountSettings) -> None:
        """Set the Authorization header."""
        user = self.user
        for name in ("email", "user"):
            if f"{{{name}}}" in user:
                user = user.replace(f"{{{name}}}", account.setting(name))
        pair = f"{user}:{account.secret(self.secret)}".encode()
        prepared.headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")

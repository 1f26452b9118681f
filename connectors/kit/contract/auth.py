"""How a request proves who sends it: an object that signs the final prepared bytes.

Signing last lets a connector compute an HMAC over exactly what goes on the wire (TikTok Shop, Douyin, Taobao).
Not here: tokens that expire (oauth.py), what an answer says about the credential (`Connector.classify`).
"""

import base64
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from requests import PreparedRequest

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.signing_context import SigningContext

USUAL_NAME = "token"  # of the secret of an account that has only one


class Auth(ABC):
    """Signs requests of one platform."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets that an account must have."""
        return ()

    @property
    def settings(self) -> tuple[str, ...]:
        """Names of the account's settings that signing reads."""
        return ()

    @abstractmethod
    def sign(self, prepared: PreparedRequest, context: SigningContext) -> None:
        """Add whatever makes `prepared` acceptable; method, URL, headers and body are final by now."""


class RenewableAuth(Auth):
    """A credential that can be renewed when the platform refuses it; a static token cannot."""

    @abstractmethod
    def renew(self, context: SigningContext) -> None:
        """Renew the credential once."""


@dataclass(frozen=True)
class HeaderToken(Auth):
    """A static token in one header, after `prefix`."""

    header: str
    secret: str = USUAL_NAME
    prefix: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self.secret,)

    def sign(self, prepared: PreparedRequest, context: SigningContext) -> None:
        """Set the header."""
        prepared.headers[self.header] = self.prefix + context.account.secret(self.secret)


@dataclass(frozen=True)
class Basic(Auth):
    """HTTP Basic; `user` may name settings in braces, e.g. `{email}/token`."""

    user: str
    secret: str = USUAL_NAME

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password or API token."""
        return (self.secret,)

    @property
    def settings(self) -> tuple[str, ...]:
        """What `user` names in braces."""
        return tuple(name for name in ("email", "user") if f"{{{name}}}" in self.user)

    def sign(self, prepared: PreparedRequest, context: SigningContext) -> None:
        """Set the Authorization header."""
        user, account = self.user, context.account
        for name in self.settings:
            user = user.replace(f"{{{name}}}", account.setting(name))
        # as UTF-8; `HTTPBasicAuth` of requests would write latin-1 and refuse a Chinese user name
        pair = f"{user}:{account.secret(self.secret)}".encode()
        prepared.headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")


@dataclass(frozen=True)
class Signed(Auth):
    """A function of the final request: it may set headers, extend the query, or prepare the body anew.

    Args:
        by: gets the prepared request, the account and the instant of signing.
        names: secrets that the function reads.
    """

    by: Callable[[PreparedRequest, AccountSettings, datetime], None]
    names: tuple[str, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What the function reads."""
        return self.names

    def sign(self, prepared: PreparedRequest, context: SigningContext) -> None:
        """Call the function."""
        self.by(prepared, context.account, context.now())

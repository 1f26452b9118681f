"""What an auth object may use while it signs: the account, the clock, the token memories, one call to the token endpoint.

Belongs here: this small set of abilities. Not here: what a token means (oauth.py), where tokens are kept (transport/state.py).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.strict_json import Json


@dataclass(frozen=True)
class AccessToken:
    """A token and the instant from which it is not used any more."""

    text: str = field(repr=False)
    until: datetime


@dataclass
class TokenCache:
    """Access tokens of one process; they live an hour or a week and are never written to disk."""

    _held: dict[str, AccessToken] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def get(self, name: str, now: datetime) -> AccessToken | None:
        """The token of that name unless it is about to expire."""
        with self._lock:
            held = self._held.get(name)
        return held if held is not None and now < held.until else None

    def put(self, name: str, token: AccessToken) -> None:
        """Keep a token."""
        with self._lock:
            self._held[name] = token

    def drop(self, name: str, text: str) -> None:
        """Forget a token that was refused, unless somebody has replaced it already."""
        with self._lock:
            held = self._held.get(name)
            if held is not None and held.text == text:
                del self._held[name]


class TokenStore(Protocol):
    """Sealed tokens that outlive the process, and who may renew one."""

    def single(self, name: str) -> AbstractContextManager[None]:
        """One holder of `name` at a time, across threads and processes."""

    def exclusive(self) -> AbstractContextManager[None]:
        """What was written inside is durable when it ends well."""

    def token(self, name: str, secret: str) -> str | None:
        """The token stored under a name."""

    def keep_token(self, name: str, secret: str, token: str, now: datetime) -> None:
        """Store a token; call inside `exclusive`."""


@dataclass(frozen=True)
class TokenCall:
    """A request to a token endpoint: `url` is absolute, `form` or `json` its body, `basic` user and password of HTTP Basic."""

    url: str
    _: KW_ONLY
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    json: dict[str, Json] | None = field(default=None, repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    method: str = "POST"
    basic: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class SigningContext:
    """Everything an auth object needs; `call` gives status and parsed body, transport troubles raise KitError."""

    account: AccountSettings
    now: Callable[[], datetime]
    cache: TokenCache
    store: TokenStore
    call: Callable[[TokenCall], tuple[int, Json]]


EARLY = timedelta(minutes=1)  # a token is renewed before it ends, or a request on its way would meet its end

"""What an auth object may use while it signs: the clock, the token memory, and one plain call to the token endpoint.

Belongs here: the small set of abilities. Not here: what a token means (oauth.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from connectors.kit.contract.strict_json import Json
from connectors.kit.transport.state import State


@dataclass(frozen=True)
class AccessToken:
    """A token and the instant from which it is not used any more."""

    text: str = field(repr=False)
    until: datetime


@dataclass
class Wallet:
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


@dataclass(frozen=True)
class TokenCall:
    """A request to a token endpoint: `url` is absolute, `form` or `json` its body, `user` for HTTP Basic."""

    url: str
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    json: dict[str, Json] | None = field(default=None, repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    method: str = "POST"
    basic: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Desk:
    """Everything an auth object needs besides the account."""

    now: Callable[[], datetime]
    state: State
    wallet: Wallet
    ask: Callable[[TokenCall], tuple[int, Json]]  # status and parsed body; transport troubles raise KitError


EARLY = timedelta(minutes=1)  # a token is renewed before it ends, or a request on its way would meet its end

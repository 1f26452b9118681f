"""Access tokens that expire: fetched with a refresh token, one refresher at a time, a rotated one stored before use.

Belongs here: when to refresh, in which order things are stored. Not here: where a platform puts the token and how its
token endpoint is spoken to (each connector declares that).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from requests import PreparedRequest

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.auth import RenewableAuth
from connectors.kit.contract.errors import AuthRevoked, KitError, SchemaDrift, Transient
from connectors.kit.contract.signing_context import EARLY, AccessToken, SigningContext, TokenCall
from connectors.kit.contract.strict_json import Json, dumps, loads

FIRST_GRANT, APP = "refresh_token", "client_secret"  # the names of two secrets, as most platforms call them


@dataclass(frozen=True)
class Grant:
    """What a token endpoint answered: the access token, its life in seconds, and the next refresh token if it rotates.

    `until` stands in the place of the life where a platform states the end itself.
    """

    access: str = field(repr=False)
    seconds: int
    refresh: str | None = field(default=None, repr=False)
    until: datetime | None = None

    def __post_init__(self) -> None:
        texts = [self.access, self.refresh or "none"]
        if not self.access or not all(isinstance(t, str) for t in texts) or not isinstance(self.seconds, int):
            raise TypeError  # read outside a connector's own checks: told as another shape


@dataclass(frozen=True, kw_only=True)
class OAuth(RenewableAuth):
    """A bearer token behind a refresh token.

    Args:
        call: the request to the token endpoint for an account and its current refresh token.
        read: the grant in the answer (status, body); raises AuthRevoked when the refresh token is dead.
        place: puts an access token into the prepared request (and signs, where the platform wants that too).
        begins_with: name of the secret that holds the first refresh token.
        sealed_with: name of the secret that seals a rotated refresh token on disk.
        names: further secrets the functions read.
        rotates: every refresh kills the refresh token that was used.
        finish: signs the finished token request at the given instant, where the platform wants that.
        settings: settings of the account that the functions read.
    """

    call: Callable[[AccountSettings, str], TokenCall]
    read: Callable[[int, Json], Grant]
    place: Callable[[PreparedRequest, str, SigningContext], None]
    begins_with: str = FIRST_GRANT
    sealed_with: str = APP
    names: tuple[str, ...] = ()
    rotates: bool = False
    finish: Callable[[TokenCall, AccountSettings, datetime], TokenCall] | None = None
    settings: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Refresh token, app secret and what else is read."""
        return tuple(dict.fromkeys((self.begins_with, self.sealed_with, *self.names)))

    def sign(self, prepared: PreparedRequest, context: SigningContext) -> None:
        """Place a token that is still good, fetching one when there is none."""
        self.place(prepared, self._access(context), context)

    def renew(self, context: SigningContext) -> None:
        """Fetch another token in place of the refused one; somebody else's newer one is good enough."""
        name = self.stored_as(context.account)
        held = context.cache.get(name, context.now())
        refused = held.text if held is not None else None
        if refused is not None:
            context.cache.drop(name, refused)
        self._access(context, refused)

    def _access(self, context: SigningContext, refused: str | None = None) -> str:
        name = self.stored_as(context.account)
        held = context.cache.get(name, context.now())
        if held is None:
            with context.store.single(name):
                held = context.cache.get(name, context.now())  # another thread may have been first
                if held is None:
                    held = self._granted(name, context, refused)
                    context.cache.put(name, held)
        return held.text

    def _granted(self, name: str, context: SigningContext, refused: str | None) -> AccessToken:
        account, store = context.account, context.store
        first = account.secret(self.begins_with)
        app_secret = account.secret(self.sealed_with)
        # a refresh token that does not rotate stays good in the environment and is never written to disk
        kept = _kept(store.token(name, app_secret) if self.rotates else None, first)
        if kept is not None and kept.access.text != refused and context.now() < kept.access.until:
            return kept.access  # another process refreshed: a second refresh would only kill its token
        call = self.call(account, kept.refresh if kept is not None else first)
        status, body = context.call(self.finish(call, account, context.now()) if self.finish else call)
        try:
            grant = self.read(status, body)
        # `read` is a connector's code on a foreign answer: whatever it stumbles over is a changed shape
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # only the name of the error: its text may quote a token
            raise SchemaDrift(
                "the token endpoint answers in another shape", actual=type(error).__name__
            ) from None
        now = context.now()
        life = max(grant.until - now if grant.until else timedelta(seconds=grant.seconds), timedelta(0))
        # half of a life below two minutes: EARLY would take most of it, or all
        token = AccessToken(grant.access, now + max(life - EARLY, life / 2))
        if self.rotates:
            if not grant.refresh:
                raise SchemaDrift("the token endpoint gave no next refresh token")
            text = _Kept(grant.refresh, token).text(first)
            with store.exclusive():  # stored before first use: after a crash the next run still gets in
                store.keep_token(name, app_secret, text, now)
        return token

    def stored_as(self, account: AccountSettings) -> str:
        """Under which name the chain of tokens is remembered; holds no secret."""
        # not by shop: one authorisation may open several, and two chains of one refresh token would kill each other
        return f"{account.tokens_at(account.base_url)}#{_mark(account.secret(self.begins_with))}"


@dataclass(frozen=True)
class _Kept:
    """What is sealed on disk: the newest refresh token and the access token that came with it."""

    refresh: str = field(repr=False)
    access: AccessToken

    def text(self, first: str) -> str:
        """As stored, with a mark of the configured token that the chain began with."""
        parts = {"origin": _mark(first), "refresh": self.refresh, "access": self.access.text}
        return dumps({**parts, "until": self.access.until.isoformat()})


def _kept(text: str | None, first: str) -> _Kept | None:
    """The stored chain, unless somebody configured a new refresh token since: then that one begins a new chain."""
    if text is None:
        return None
    parts = loads(text.encode("utf-8"))
    if parts["origin"] != _mark(first):
        return None
    return _Kept(parts["refresh"], AccessToken(parts["access"], datetime.fromisoformat(parts["until"])))


def _mark(secret: str) -> str:
    # 64 bits tell chains apart and give no secret away
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()[:16]


def in_header(name: str, prefix: str = "") -> Callable[[PreparedRequest, str, SigningContext], None]:
    """Puts the access token into one header, after `prefix`, for platforms that want nothing else."""

    def place(prepared: PreparedRequest, token: str, _context: SigningContext) -> None:
        prepared.headers[name] = prefix + token

    return place


def _setting_client(account: AccountSettings) -> str:
    return account.setting("client_id")


def refresh_form(
    tokens: str, client_id: Callable[[AccountSettings], str] = _setting_client
) -> Callable[[AccountSettings, str], TokenCall]:
    """The refresh request of RFC 6749, section 6, as a form with the app's id and secret; `tokens` is the platform's address."""

    def call(account: AccountSettings, refresh: str) -> TokenCall:
        form = (
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("client_id", client_id(account)),
            ("client_secret", account.secret("client_secret")),
        )
        return TokenCall(account.tokens_at(tokens), form=form)

    return call


def bearer_grant(status: int, body: Json) -> Grant:
    """The answer of RFC 6749, section 5.1, of a platform that keeps the refresh token as it is."""
    # 200 and no other success: RFC 6749, section 5.1
    if status != 200:
        raise refused(status)
    return Grant(body["access_token"], int(body["expires_in"]))


def refused(status: int, what: str = "the refresh token is not accepted") -> KitError:
    """The trouble of a token endpoint that does not answer 2xx: a dead credential, or a passing trouble."""
    # timeout, too early, too many: they pass by themselves and say nothing about the token
    if status >= 500 or status in (408, 425, 429):
        return Transient("the token endpoint has a trouble of its own", actual=f"HTTP {status}")
    return AuthRevoked(what, actual=f"HTTP {status}")

"""One HTTP call done so that a short, wrong or foreign answer can never pass for data.

Belongs here: time-outs, retries, redirects, size caps, hiding secrets. Not here: what an answer means
(`Connector.classify`) and what is in it (pull.py).
"""

import hashlib
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3

from connectors.kit.contract.account import AccountSettings, is_loopback
from connectors.kit.contract.auth import RenewableAuth
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.documents import Location, check_location
from connectors.kit.contract.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    Incomplete,
    KitError,
    NotReady,
    PageTooLarge,
    QuotaSpent,
    Retryable,
    SettingWrong,
    Throttled,
    TooLarge,
    Transient,
)
from connectors.kit.contract.pagers import LINK, next_link
from connectors.kit.contract.request import HttpAnswer, Request
from connectors.kit.contract.request_budget import Bucket, Limit
from connectors.kit.contract.signing_context import SigningContext, TokenCall
from connectors.kit.contract.strict_json import Json, NotJson, dumps, loads
from connectors.kit.transport.guarded import GuardedAdapter
from connectors.kit.transport.log_redaction import hide_queries
from connectors.kit.transport.retry import RETRY_AFTER_CAP, backoff, wished_pause
from connectors.kit.transport.runtime import Runtime
from models.money import shift
from models.values import ReadingError, read_whole

LOG = logging.getLogger("meritline.connectors")
CHUNK = 64 * 1024
USER_AGENT = "meritline/0.1"


@dataclass
class Effort:
    """What a window cost so far."""

    requests: int = 0
    retries: int = 0
    waited: float = 0.0

    @property
    def waited_seconds(self) -> Decimal:
        """Waiting time in milliseconds precision, for the load log."""
        return shift(Decimal(int(self.waited * 1000 + 0.5)), -3)


@dataclass(frozen=True)
class RawAnswer:
    """Status, headers and whole body of one response, unread."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    def fingerprint(self) -> str:
        """Enough to compare answers, too little to learn anything from: type, length, hash."""
        kind = self.headers.get("Content-Type", "no content type").split(";")[0].strip()[:40]
        kind = kind if kind.isascii() and kind.isprintable() else "odd content type"
        digest = hashlib.sha256(self.data).hexdigest()[:12]
        return f"HTTP {self.status}, {kind}, {len(self.data)} bytes, sha256 {digest}"


class Client:
    """Calls one account of one connector within its rate limit."""

    def __init__(self, connector: Connector, account: AccountSettings, runtime: Runtime) -> None:
        hide_queries()
        self._connector, self._account, self._runtime = connector, account, runtime
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, GuardedAdapter(allow_private=account.allow_private))
        self._hosts: dict[str, dict[str, Any]] = {}
        self._deadline = float("inf")
        self._signing = SigningContext(
            account=account,
            now=runtime.wall,
            cache=runtime.token_cache,
            store=runtime.state,
            call=self._ask_tokens,
        )
        self.effort = Effort()

    @property
    def account(self) -> AccountSettings:
        """Whose data is read."""
        return self._account

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def new_effort(self) -> None:
        """Count from nothing again: the last window was reported."""
        self.effort = Effort()

    def start_window(self) -> None:
        """Begin a new deadline."""
        self._deadline = self._runtime.monotonic() + self._runtime.window_deadline

    def call(self, request: Request, budget: Limit) -> Json:
        """The parsed answer that the connector accepts, sent within the request's own budget or else `budget`.

        Raises:
            KitError: what stood in the way, after retries where they make sense.
        """
        limit = request.limit or budget
        bucket = self._runtime.limiter.bucket(limit)
        renewed = False
        for attempt in range(1, self._runtime.max_attempts + 1):
            try:
                try:
                    return self._once(request, limit, bucket)
                except AuthExpired as error:  # a trouble of the token endpoint is waited out like any other
                    auth = self._connector.auth
                    if renewed or not isinstance(auth, RenewableAuth):
                        revoked = AuthRevoked(error.what, actual=error.actual)
                        raise revoked from None
                    auth.renew(self._signing)
                    renewed = True
            except Retryable as error:
                # a throttled request was not taken, so that it may be sent again whatever it does
                may_repeat = request.repeatable or isinstance(error, Throttled)
                if attempt == self._runtime.max_attempts or not may_repeat:
                    self._grant(error, bucket)
                    raise
                self._pause(error, attempt, bucket)
            self.effort.retries += 1
        raise Transient("no attempt was left after renewing the credential")

    def now(self) -> datetime:
        """The clock on the wall."""
        return self._runtime.wall()

    def idle(self, seconds: float) -> None:
        """Wait for a platform's own work; the window's time stands still meanwhile."""
        self._deadline += seconds
        self._sleep(seconds)

    def download(self, location: Location, into: BinaryIO) -> None:
        """Copy a report's file as it lies there, unsigned: its URL is the permission.

        Raises:
            Incomplete: it ended early or has another size than announced.
            Transient: it could not be fetched now; a fresh location may help.
        """
        check_location(location.url, self._account)
        self.effort.requests += 1
        failure: KitError | None = None
        try:
            with self._session.get(
                location.url,
                # identity: the announced length counts the bytes as they lie there, not as they would be packed for the way
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
                timeout=(self._runtime.connect_timeout, self._runtime.read_timeout),
                allow_redirects=False,
                stream=True,
                **self._environment(location.url),
            ) as response:
                failure = self._copied(response, location, into)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = Transient("the report's file could not be fetched whole", actual=type(error).__name__)
        if failure is not None:  # raised outside the handler: the library's exception quotes the URL
            raise failure

    def _copied(self, response: requests.Response, location: Location, into: BinaryIO) -> KitError | None:
        if response.status_code != 200:  # also 206: a part of the file is no file
            wish = response.headers.get("Retry-After")
            return Transient(
                "the report's file is not there", actual=f"HTTP {response.status_code}", retry_after=wish
            )
        size = 0
        while chunk := response.raw.read(CHUNK, decode_content=False):
            size += into.write(chunk)
            if size > self._runtime.document_bytes:
                return TooLarge("the report's file is larger than the cap")
            if self._runtime.monotonic() > self._deadline:
                return Transient("the time for the window is used up")
        announced = {location.size} if location.size is not None else set()
        with suppress(ReadingError):  # a header that is absent or no number announces nothing
            announced.add(read_whole(response.headers.get("Content-Length", ""), least=0))
        if announced - {size}:
            told = " and ".join(map(str, sorted(announced)))
            return Incomplete(
                "the report's file has another size than announced",
                actual=f"{size} bytes, announced {told}",
                may_settle=True,
            )
        return None

    def _ask_tokens(self, call: TokenCall) -> tuple[int, Json]:
        """One request to a token endpoint; nothing of it is ever shown."""
        failed = ""
        try:
            prepared = requests.Request(
                call.method,
                call.url,
                params=list(call.query),
                data=dumps(call.json).encode() if call.json is not None else (list(call.form) or None),
                headers={"Accept": "application/json", "User-Agent": USER_AGENT},
                auth=call.basic,
            ).prepare()
            if call.json is not None:
                prepared.headers["Content-Type"] = "application/json"
        except (requests.RequestException, UnicodeError) as error:
            failed = type(error).__name__
        if failed:
            raise SettingWrong("the token request cannot be built from the source's settings", actual=failed)
        self.effort.requests += 1
        answer = self._send(prepared)
        if answer.status in (429, 503) and "Retry-After" in answer.headers:
            raise self._told(Throttled("the token endpoint asks us to slow down"), answer)
        body: Json = None
        # an error answer need not be JSON, its status says enough; a success is checked below
        with suppress(NotJson, KitError):
            body = loads(answer.data)
        if answer.status < 400 and not isinstance(body, dict):
            raise Transient("the token endpoint did not answer in JSON", actual=answer.fingerprint())
        return answer.status, body

    def _once(self, request: Request, limit: Limit, bucket: Bucket) -> Json:
        runtime = self._runtime
        quota = limit.rate.per_day
        # counted before it is sent: after a kill the day has too few requests left, never too many
        if quota is not None and not runtime.state.spend(limit.key, runtime.wall().date(), quota):
            raise QuotaSpent("the day's requests are used up", actual=f"{quota} a day for {limit.key}")
        wait = bucket.reserve(runtime.monotonic())
        if wait > runtime.longest_wait:
            raise NotReady(
                "the request budget is used up for longer than a run waits", actual=f"{wait:.0f} s"
            )
        if wait > 0:
            self._deadline += wait
            self._sleep(wait)
        self.effort.requests += 1
        raw = self._send(self._prepare(request))
        body, unreadable = self._parse(raw)
        answer = HttpAnswer(raw.status, raw.headers, body)
        self._connector.learn(bucket, runtime.monotonic(), answer)
        # the connector first: an error page is often no JSON, and its status says more than "not JSON"
        trouble = self._connector.classify(answer) or unreadable
        if trouble is not None:
            raise self._told(trouble, raw)
        return self._linked(answer)

    def _linked(self, answer: HttpAnswer) -> Json:
        """A list gets a place for the envelope, and the Link header a place in it."""
        body = {"items": answer.body} if isinstance(answer.body, list) else answer.body
        if isinstance(body, dict) and LINK not in body:
            body[LINK] = next_link(answer.headers)
        return body

    def _parse(self, answer: RawAnswer) -> tuple[Json, KitError | None]:
        try:
            return loads(answer.data), None
        except NotJson:
            return None, Transient("the answer is not whole JSON")  # cut, or the HTML page of a gateway
        except KitError as error:
            return None, error

    def _told(self, error: KitError, answer: RawAnswer) -> KitError:
        if not error.actual:
            error.actual = answer.fingerprint()
        if isinstance(error, Retryable) and error.retry_after is None:
            error.retry_after = answer.headers.get("Retry-After")
        return error

    def _prepare(self, request: Request) -> requests.PreparedRequest:
        failed = ""
        try:
            prepared = requests.Request(
                request.method,
                self._account.base_url + request.path,
                params=list(request.params),
                data=self._payload(request),
                headers={
                    "Accept": "application/json",
                    "User-Agent": USER_AGENT,
                    **self._connector.headers,
                    **dict(request.headers),
                },
            ).prepare()
            if request.json is not None and "Content-Type" not in prepared.headers:
                prepared.headers["Content-Type"] = "application/json"
            self._connector.auth.sign(prepared, self._signing)
        except (requests.RequestException, UnicodeError) as error:
            failed = type(error).__name__
        if failed:  # raised outside the handler: the library's exception may quote URL and headers
            raise SettingWrong("the request cannot be built from the source's settings", actual=failed)
        return prepared

    def _payload(self, request: Request) -> bytes | list[tuple[str, str]] | None:
        return list(request.form) or None if request.json is None else dumps(request.json).encode()

    def _send(self, prepared: requests.PreparedRequest) -> RawAnswer:
        failure: KitError
        try:
            with self._session.send(
                prepared,
                timeout=(self._runtime.connect_timeout, self._runtime.read_timeout),
                allow_redirects=False,
                stream=True,
                **self._environment(prepared.url or ""),
            ) as response:
                # a signed request that goes to another host would take its credential along
                if 300 <= response.status_code < 400:
                    failure = BadRequest("a redirect was refused", actual=f"HTTP {response.status_code}")
                else:
                    return RawAnswer(response.status_code, response.headers, self._body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = Transient("the connection failed", actual=type(error).__name__)
        except (ValueError, UnicodeError) as error:  # http.client quotes a header value it cannot send
            failure = SettingWrong("the request cannot be sent as configured", actual=type(error).__name__)
        raise failure

    def _environment(self, url: str) -> dict[str, Any]:
        """Proxies and certificates of the machine's environment; looked up once per host, it costs more than a request."""
        host = urlsplit(url).netloc
        if host not in self._hosts:
            # through a proxy "this machine" would be the proxy's
            if is_loopback(urlsplit(url).hostname or ""):
                self._hosts[host] = {"proxies": {}}
            else:
                # Session.send, unlike Session.get, does not look at the environment itself
                found = self._session.merge_environment_settings(url, {}, None, None, None)
                self._hosts[host] = {name: found[name] for name in ("proxies", "verify", "cert")}
        return self._hosts[host]

    def _body(self, response: requests.Response) -> bytes:
        parts, size = [], 0
        # unpacked bytes: a small gzip answer cannot grow past the cap
        for chunk in response.iter_content(CHUNK):
            size += len(chunk)
            if size > self._runtime.page_bytes:
                raise PageTooLarge(
                    "one answer is larger than the cap", actual=f"over {self._runtime.page_bytes} bytes"
                )
            if self._runtime.monotonic() > self._deadline:
                raise Transient("the time for the window is used up")
            parts.append(chunk)
        return b"".join(parts)

    def _pause(self, error: Retryable, attempt: int, bucket: Bucket) -> None:
        wish = self._grant(error, bucket)
        if wish is not None and wish > RETRY_AFTER_CAP:
            raise NotReady(
                "the platform asks for a longer pause than a run waits",
                actual=f"{wish:.0f} s",
                stops_stream=True,
            )
        # up to a second more: everybody who was told the same pause comes back at another instant
        pause = backoff(attempt, self._runtime.chance) if wish is None else wish + self._runtime.chance()
        if self._runtime.monotonic() + pause > self._deadline:
            raise Transient(
                f"the time for the window is used up; last trouble: {error.what}", actual=error.actual
            )
        LOG.info("waiting %.1f s: %s", pause, error.what)
        self._sleep(pause)

    def _grant(self, error: Retryable, bucket: Bucket) -> float | None:
        """The pause a platform asks for; other requests on the same key wait as well, also when this one is given up."""
        wish = wished_pause(error.retry_after, self._runtime.wall())
        if wish is not None and wish <= RETRY_AFTER_CAP:
            bucket.drain(self._runtime.monotonic(), wish)
        return wish

    def _sleep(self, seconds: float) -> None:
        self.effort.waited += seconds
        self._runtime.sleep(seconds)

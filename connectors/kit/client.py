"""One HTTP call done so that a short, wrong or foreign answer can never pass for data.

Belongs here: time-outs, retries, redirects, size caps, hiding secrets. Not here: what an answer means
(`Connector.classify`) and what is in it (pull.py).
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from connectors.kit.account import AccountSettings, is_loopback
from connectors.kit.declare import Connector
from connectors.kit.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    KitError,
    NotReady,
    PageTooLarge,
    Retryable,
    SettingWrong,
    Transient,
)
from connectors.kit.limiter import Bucket, Rate
from connectors.kit.request import Request
from connectors.kit.retry import RETRY_AFTER_CAP, backoff, wished_pause
from connectors.kit.runtime import Runtime
from connectors.kit.strict_json import Json, NotJson, dumps, loads

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
        return Decimal(round(self.waited * 1000)) / 1000


@dataclass(frozen=True)
class Answer:
    """Status, headers and whole body of one response."""

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
        self._connector, self._account, self._runtime = connector, account, runtime
        self._session = requests.Session()
        self._deadline = float("inf")
        self.effort = Effort()

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def new_effort(self) -> None:
        """Count from nothing again: the last window was reported."""
        self.effort = Effort()

    def start_window(self) -> None:
        """Begin a new deadline."""
        self._deadline = self._runtime.monotonic() + self._runtime.window_deadline

    def call(self, request: Request, limit_key: str, rate: Rate) -> Json:
        """The parsed answer that the connector accepts.

        Raises:
            KitError: what stood in the way, after retries where they make sense.
        """
        bucket = self._runtime.limiter.bucket(limit_key, rate)
        refreshed = False
        for attempt in range(1, self._runtime.max_attempts + 1):
            try:
                return self._once(request, bucket)
            except AuthExpired as error:
                if refreshed or not self._connector.auth.refresh(self._account):
                    revoked = AuthRevoked(error.what, actual=error.actual)
                    raise revoked from None
                refreshed = True
            except Retryable as error:
                if attempt == self._runtime.max_attempts or not request.repeatable:
                    raise
                self._pause(error, attempt)
            self.effort.retries += 1
        raise Transient("no attempt was left after renewing the credential")

    def _once(self, request: Request, bucket: Bucket) -> Json:
        runtime = self._runtime
        wait = bucket.reserve(runtime.monotonic())
        if wait > 0:
            self._deadline += wait
            self._sleep(wait)
        self.effort.requests += 1
        answer = self._send(self._prepare(request))
        body, trouble = self._parse(answer)
        self._connector.learn(bucket, runtime.monotonic(), answer.headers, body)
        verdict = self._connector.classify(answer.status, answer.headers, body) or trouble
        if verdict is not None:
            raise self._told(verdict, answer)
        return body

    def _parse(self, answer: Answer) -> tuple[Json, KitError | None]:
        try:
            return loads(answer.data), None
        except NotJson:
            return None, Transient("the answer is not whole JSON")
        except KitError as error:
            return None, error

    def _told(self, error: KitError, answer: Answer) -> KitError:
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
                data=None if request.json is None else dumps(request.json).encode(),
                headers={"Accept": "application/json", "User-Agent": USER_AGENT, **self._connector.headers},
            ).prepare()
            if request.json is not None:
                prepared.headers["Content-Type"] = "application/json"
            self._connector.auth.sign(prepared, self._account)
        except (requests.RequestException, UnicodeError) as error:
            failed = type(error).__name__
        if failed:  # raised outside the handler: the library's exception may quote URL and headers
            raise SettingWrong("the request cannot be built from the source's settings", actual=failed)
        return prepared

    def _send(self, prepared: requests.PreparedRequest) -> Answer:
        failure: KitError
        try:
            with self._session.send(
                prepared,
                timeout=(self._runtime.connect_timeout, self._runtime.read_timeout),
                allow_redirects=False,
                stream=True,
                **self._environment(prepared),
            ) as response:
                if 300 <= response.status_code < 400:
                    failure = BadRequest("a redirect was refused", actual=f"HTTP {response.status_code}")
                else:
                    return Answer(response.status_code, response.headers, self._body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = Transient("the connection failed", actual=type(error).__name__)
        except (ValueError, UnicodeError) as error:  # http.client quotes a header value it cannot send
            failure = SettingWrong("the request cannot be sent as configured", actual=type(error).__name__)
        raise failure

    def _environment(self, prepared: requests.PreparedRequest) -> dict[str, Any]:
        url = prepared.url or ""
        if is_loopback(urlsplit(url).hostname or ""):
            return {}
        found = self._session.merge_environment_settings(url, {}, None, None, None)
        return {name: found[name] for name in ("proxies", "verify", "cert")}

    def _body(self, response: requests.Response) -> bytes:
        parts, size = [], 0
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

    def _pause(self, error: Retryable, attempt: int) -> None:
        wish = wished_pause(error.retry_after, self._runtime.wall())
        if wish is not None and wish > RETRY_AFTER_CAP:
            raise NotReady(
                "the platform asks for a longer pause than a run waits",
                actual=f"{wish:.0f} s",
                stops_stream=True,
            )
        pause = backoff(attempt, self._runtime.chance) if wish is None else wish + self._runtime.chance()
        if self._runtime.monotonic() + pause > self._deadline:
            raise Transient(
                f"the time for the window is used up; last trouble: {error.what}", actual=error.actual
            )
        LOG.info("waiting %.1f s: %s", pause, error.what)
        self._sleep(pause)

    def _sleep(self, seconds: float) -> None:
        self.effort.waited += seconds
        self._runtime.sleep(seconds)

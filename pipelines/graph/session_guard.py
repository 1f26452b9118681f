"""Who may speak to Dagster's pages, which have no login: the browser that opened the address `kpi serve` printed.

Belongs here: session, Host, Origin and the shape of a GraphQL request, before Dagster sees anything of it. Not here: starting and
ending the processes (webserver.py), what a run may do (company/pin.py).

What each of them keeps out: the session other users of this machine and programs without it; Host a foreign name that was made
to lead to 127.0.0.1 (DNS rebinding); Origin pages of other sites and ports, whose requests carry our cookie along; GraphQL by GET
a link that does something (https://owasp.org, "Cross-Site Request Forgery Prevention").
"""

import secrets

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from models.errors import UsageError

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
_PARAMETER = "session"
_GRAPHQL = "/graphql"
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class SessionGuard:
    """An application that answers to one browser session only.

    Args:
        app: what is guarded.
        port: the port on 127.0.0.1 under which it is reached.
    """

    def __init__(self, app: ASGIApp, *, port: int) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._address = f"http://127.0.0.1:{port}/"
        # cookies are shared by all ports of a host (RFC 6265, section 8.5): two servers must not log each other out
        self._cookie_name = f"kpi_session_{port}"
        self._cookie = secrets.token_urlsafe(32)
        self._token: str | None = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """Where the session is opened, once."""
        return f"{self._address}?{_PARAMETER}={self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it to the application."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        answer: ASGIApp | None = self._foreign(asked) or self._opened(asked) or self._without_session(asked)
        if answer is None and scope["type"] == "http":
            answer = _by_link(asked)
        # before its handshake a socket that is closed is answered with 403 (ASGI specification, websocket.close)
        if answer is not None and scope["type"] == "websocket":
            answer = WebSocketClose(code=_POLICY_VIOLATION)
        await (answer or self._app)(scope, receive, send)

    def _foreign(self, asked: HTTPConnection) -> Response | None:
        """Another name for this machine, or a page of another origin."""
        hosts, origins = asked.headers.getlist("host"), asked.headers.getlist("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return _refused(
                UsageError(
                    "U062", "the request names another host", actual=_shown(hosts), remedy=self._remedy
                )
            )
        if any(origin.lower().removeprefix("http://") not in self._hosts for origin in origins):
            return _refused(
                UsageError(
                    "U063", "a page of another origin asks", actual=_shown(origins), remedy=self._remedy
                )
            )
        return None

    def _opened(self, asked: HTTPConnection) -> Response | None:
        """The first use of the printed address sets the cookie; every later one needs it."""
        if (
            asked.scope.get("method") != "GET"
            or asked.url.path != "/"
            or _PARAMETER not in asked.query_params
        ):
            return None
        if self._token is not None and _same(asked.query_params[_PARAMETER], self._token):
            self._token = None
            opened = RedirectResponse("/", status_code=303, headers=_PRIVATE)
            opened.set_cookie(self._cookie_name, self._cookie, httponly=True, samesite="strict")
            return opened
        # a clean address in any case: no token stays in the bar
        return self._without_session(asked) or RedirectResponse("/", status_code=303, headers=_PRIVATE)

    def _without_session(self, asked: HTTPConnection) -> Response | None:
        if _same(asked.cookies.get(self._cookie_name, ""), self._cookie):
            return None
        return _refused(
            UsageError("U061", "this page answers to the session of `kpi serve` only", remedy=self._remedy)
        )

    @property
    def _remedy(self) -> str:
        return (
            f"open the address that `kpi serve` printed ({self._address}?{_PARAMETER}=...); it works once, "
            "after that use the same browser or start `kpi serve` again"
        )


def _by_link(asked: HTTPConnection) -> Response | None:
    """GraphQL comes by POST as JSON, which no link and no form of another page can send; the page to write it in comes by GET."""
    if asked.url.path.rstrip("/") != _GRAPHQL:
        return None
    method, kind = asked.scope["method"], asked.headers.get("content-type", "")
    if method == "POST" and kind.split(";")[0].strip().lower() == "application/json":
        return None
    if method == "GET" and "text/html" in asked.headers.get("accept", ""):
        return None
    return _refused(
        UsageError(
            "U064", "GraphQL is answered by POST with JSON only", actual=f"{method} {kind[:60]}".strip()
        ),
        status=405,
    )


def _same(given: str, expected: str) -> bool:
    # in constant time, so that it cannot be guessed letter by letter; bytes, because text must be ASCII for it
    return secrets.compare_digest(given.encode(), expected.encode())


def _shown(values: list[str]) -> str:
    return repr(", ".join(values)[:100])


def _refused(error: UsageError, status: int = 403) -> Response:
    return PlainTextResponse(error.render() + "\n", status_code=status, headers=_PRIVATE)

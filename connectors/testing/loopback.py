"""A loopback HTTP server: sockets, keep-alive, faults of the connection.

Here: reading requests, writing answers, starting and stopping, and which platform an address means. Not here:
what is answered (`accounts`, the platforms).
"""

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from connectors.testing.platform import Platform
from connectors.testing.reply import Received, Reply

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 1_000_000  # bytes; the largest request of a connector, a GraphQL query, has some kilobytes
LONGEST_STALL = 5.0  # seconds until a silent answer gives its thread back

Respond = Callable[[Received], Reply]


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a client that hangs must not keep the process of the tests alive
    respond: Respond

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is a fault under test, not news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # HTTP/1.0, the default of http.server, keeps no connection
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece; two writes would wait for a delayed acknowledgement
    timeout = 120  # seconds that an idle connection may hold its thread
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - signature of http.server
        """Stay silent: an address may hold a cursor, a header a token."""

    def _handle(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            # its body was not read and would be taken for the next request
            self.close_connection = True
            self._write(Reply.json(413, {"errors": "Content Too Large"}))
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.respond(Received(self.command, self.path, headers, body))
        if reply.wire == "reset":
            self._reset()
        elif reply.wire == "stall":
            self._stall()
        else:
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        body = reply.body()
        # before the length is named: the body looks whole
        if reply.wire == "short":
            body = body[: len(body) // 2]
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        # after it: the header promises more than comes
        if reply.wire == "cut":
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write(body)
        self.wfile.flush()

    def _stall(self) -> None:
        """Say nothing until the client has had enough."""
        self.close_connection = True
        self.connection.settimeout(LONGEST_STALL)
        # both ways in which the silence ends raise it: our timeout, and a reset by the client
        with contextlib.suppress(OSError):
            self.connection.recv(1)

    def _reset(self) -> None:
        """Close with RST: no lingering, and the descriptor goes before anyone can send FIN."""
        self.close_connection = True
        # l_onoff 1, l_linger 0: unsent data is dropped and the peer gets RST (socket(7), SO_LINGER)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


class Loopback:
    """One server in a thread: `with Loopback(respond) as server: server.url`.

    Args:
        respond: the answer to a request.
        port: 0 takes a free one.
    """

    def __init__(self, respond: Respond, port: int = 0) -> None:
        self._server = _Server((LOOPBACK, port), _Handler)
        self._server.respond = respond
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        # 0.05 s between two looks for a stop; the default of 0.5 would be paid by every test that ends a server
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End serving and give the port back."""
        # first of all: serve_forever still uses the socket until shutdown returns
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Served(Loopback):
    """Several platforms on one server, each below its own first path segment.

    ``with Served() as server: url = server.mount("desk", platform)``; the platform sees addresses without
    that segment.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(self._route, port)
        self._platforms: dict[str, Platform] = {}

    def mount(self, name: str, platform: Platform) -> str:
        """Serve `platform` below `name`, in the place of an earlier one; the result is its base URL."""
        self._platforms[name] = platform
        platform.url = f"{self.url}/{name}"
        return platform.url

    def _route(self, request: Received) -> Reply:
        name, _, rest = request.target.removeprefix("/").partition("/")
        platform = self._platforms.get(name)
        if platform is None:
            return Reply.json(404, {"errors": "Not Found"})
        return platform.respond(Received(request.method, f"/{rest}", request.headers, request.body))

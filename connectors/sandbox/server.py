"""The loopback HTTP server of the sandbox: sockets, keep-alive, faults of the connection.

Here: reading requests, writing answers, starting and stopping. Not here: what is answered (`accounts`).
"""

import os
import socket
import struct
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from connectors.sandbox.accounts import DATA, Accounts, Options, Request
from connectors.sandbox.reply import Reply

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 1_000_000


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    accounts: Accounts


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece; two writes would wait for a delayed acknowledgement
    timeout = 120
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
            self.close_connection = True
            self._write(Reply.json(413, {"errors": "Content Too Large"}), "")
            return
        body = self.rfile.read(int(length))
        reply, fault = self.server.accounts.answer(
            Request(
                self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body
            )
        )
        if fault == "reset":
            self._reset()
        else:
            self._write(reply, fault)

    def _write(self, reply: Reply, fault: str) -> None:
        body = reply.body()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if fault == "cut":
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write(body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Close with RST: no lingering, and the descriptor goes before anyone can send FIN."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


class Sandbox:
    """The whole sandbox in a thread: `with Sandbox(as_of) as sandbox: sandbox.url`.

    Args:
        as_of: the moment every account shows; must carry a zone.
        data_dir: folder of the bundled files.
        port: 0 takes a free one.
        options: tokens and limits.
    """

    def __init__(
        self, as_of: datetime, data_dir: Path = DATA, port: int = 0, *, options: Options | None = None
    ) -> None:
        if as_of.tzinfo is None:
            raise ValueError("as_of needs a zone")
        self._options = options or Options()
        self._server = _Server((LOOPBACK, port), _Handler)
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        self._server.accounts = Accounts(as_of, data_dir, self._options, self.url)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def shopify_token(self) -> str:
        """What `X-Shopify-Access-Token` must hold."""
        return self._options.shopify_token

    @property
    def zendesk_token(self) -> str:
        """The API token of any agent."""
        return self._options.zendesk_token

    def set_clock(self, as_of: datetime) -> None:
        """Move every account to another moment."""
        self._server.accounts.set_clock(as_of)

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End serving and give the port back."""
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

"""One HTTP request and one answer before it is written.

Not here: sockets (`loopback`), what an answer says (the platforms), what faults do to it (`faults`, `spoil`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from connectors.kit.contract.strict_json import dumps
from connectors.testing.document import ServedFile

# what the connection does with a whole answer: cut it, close early but name the short length, drop it, stay silent
Wire = Literal["", "cut", "short", "reset", "stall"]


@dataclass(frozen=True)
class Received:
    """One HTTP request; header names in lower case, `target` below the platform's mount point."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Address without its query string."""
        return urlsplit(self.target).path

    @property
    def parameters(self) -> dict[str, str]:
        """Query string; the last of repeated names wins."""
        # a blank value is a parameter too: a platform refuses one that it does not know
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """An x-www-form-urlencoded body."""
        # bytes that are no UTF-8 become a value that the platform refuses, never an exception in the server
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """A JSON body, None when there is none."""
        try:
            return json.loads(self.body) if self.body else None
        # JSONDecodeError and UnicodeDecodeError are both ValueErrors
        except ValueError:
            return None


@dataclass
class Reply:
    """Status, headers and body; `document` is the body before encoding, so that a fault can change it.

    A `str` or `bytes` document is sent as it is, a `ServedFile` is encoded as a report file, anything else is
    JSON. `wire` is what the connection does with the answer.
    """

    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"
    wire: Wire = ""

    @classmethod
    def json(cls, status: int, document: Any, **headers: str) -> "Reply":
        """A JSON answer; underscores in header names become dashes."""
        return cls(status, document, {name.replace("_", "-"): value for name, value in headers.items()})

    @classmethod
    def file(cls, document: ServedFile, **headers: str) -> "Reply":
        """A report file."""
        reply = cls.json(200, document, **headers)
        reply.content_type = "application/octet-stream"
        return reply

    def body(self) -> bytes:
        """The bytes to send."""
        if isinstance(self.document, bytes):
            return self.document
        if isinstance(self.document, str):
            return self.document.encode()
        if isinstance(self.document, ServedFile):
            return self.document.encode()
        try:
            return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()
        except TypeError:
            return dumps(self.document).encode()  # it holds a Decimal: written digit by digit


class RefusalError(Exception):
    """A fake platform refuses a request: `reply` is what it answers, in its own words."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with {reply.status}")
        self.reply = reply

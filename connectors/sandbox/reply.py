"""One HTTP answer before it is written. Not here: sockets (`server`), what faults do to it (`faults`)."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """Status, headers and body; `document` is the body before encoding, so that a fault can change it."""

    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"

    @classmethod
    def json(cls, status: int, document: Any, **headers: str) -> "Reply":
        """A JSON answer; underscores in header names become dashes."""
        return cls(status, document, {name.replace("_", "-"): value for name, value in headers.items()})

    def body(self) -> bytes:
        """The bytes to send."""
        if isinstance(self.document, str):
            return self.document.encode()
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()

"""Faults a test can order: what goes wrong, how often, on which requests.

Here: choosing a fault and changing an answer. Not here: faults of the connection; `loopback` acts them out.
"""

from dataclasses import dataclass, field
from typing import Any

from connectors.testing.reply import Reply

KINDS = ("error200", "html", "no_paging", "repeat_cursor", "cut", "http500", "throttle", "reset")
PAGE = "<!DOCTYPE html><html><head><title>Back soon</title></head><body><h1>Maintenance</h1></body></html>"


@dataclass
class OrderedFault:
    """One order: the next `times` requests that fit go wrong; -1 means always."""

    path_prefix: str
    fault: str
    times: int = 1
    match: str = ""
    retry_after: int = 1

    def __post_init__(self) -> None:
        if self.fault not in KINDS:
            raise ValueError(f"fault must be one of {', '.join(KINDS)}")

    def fits(self, path: str, text: str) -> bool:
        """Whether a request is hit; `match` is looked for in the address and the body."""
        return (
            self.times != 0 and path.startswith(self.path_prefix) and (not self.match or self.match in text)
        )


@dataclass
class OrderedFaults:
    """Orders not used up yet, oldest first."""

    orders: list[OrderedFault] = field(default_factory=list)
    served: int = 0

    def take(self, path: str, text: str) -> OrderedFault | None:
        """The fault for one request, counted down."""
        for fault in self.orders:
            if fault.fits(path, text):
                fault.times -= 1 if fault.times > 0 else 0
                self.served += 1
                return fault
        return None


def spoil(fault: OrderedFault, reply: Reply, throttled: Reply, asked: dict[str, Any]) -> Reply:
    """The answer with the fault in it; `cut` and `reset` are left to the connection.

    Args:
        fault: what to do.
        reply: the good answer.
        throttled: how this platform says "too many requests".
        asked: cursor the request itself carried, under `after` or `cursor`.
    """
    if fault.fault == "cut":
        reply.wire = "cut"
    if fault.fault == "reset":
        reply.wire = "reset"
    if fault.fault == "http500":
        return Reply.json(500, {"errors": "Internal Server Error"})
    if fault.fault == "html":
        return Reply(200, PAGE, content_type="text/html; charset=utf-8")
    if fault.fault == "throttle":
        return throttled
    if fault.fault == "error200":
        return Reply.json(200, _error200(reply.document))
    if fault.fault == "no_paging":
        _change_paging(reply.document, None)
    if fault.fault == "repeat_cursor":
        _change_paging(reply.document, asked)
    return reply


def _error200(document: Any) -> dict[str, Any]:
    if isinstance(document, dict) and "tickets" in document:
        return {"error": "InternalError", "description": "Something went wrong"}
    words = "Internal error. Looks like something went wrong on our end."
    return {"errors": [{"message": words, "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}


def _change_paging(document: Any, asked: dict[str, Any] | None) -> None:
    """Without `asked`: paging is missing. With it: the asked cursor comes back and more is promised."""
    if not isinstance(document, dict):
        return
    if "tickets" in document:
        _change_export(document, asked)
    for value in (document.get("data") or {}).values():
        if isinstance(value, dict):
            _change_connection(value, asked)
            for inner in value.values():
                _change_connection(inner, asked)


def _change_export(document: dict[str, Any], asked: dict[str, Any] | None) -> None:
    if asked is None:
        for name in ("after_cursor", "after_url", "end_of_stream"):
            document.pop(name, None)
        return
    document["end_of_stream"] = False
    document["after_cursor"] = asked.get("cursor") or document["after_cursor"]


def _change_connection(value: Any, asked: dict[str, Any] | None) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("pageInfo"), dict):
        return
    if asked is None:
        del value["pageInfo"]
        return
    info = value["pageInfo"]
    info["hasNextPage"] = True
    info["endCursor"] = asked.get("after") or info.get("endCursor")

"""Spoils an honest answer in one way, knowing nothing of the platform but the stream's own declaration.

Belongs here: pure changes of a `Reply`; each returns a new one. Not here: which request is hit and what must
come of it (conformance/), faults in a platform's own words (`Platform.throttled` and the like).
"""

import gzip
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from connectors.kit.contract.pagers import Pager
from connectors.kit.contract.stream import Paged, Stream
from connectors.testing.document import ServedFile
from connectors.testing.reply import Reply, Wire

Path = tuple[str | int, ...]
Change = Callable[[Reply], Reply]
# marks stand for tokens that no JSON encoder writes (RFC 8259 has no NaN, and 1e400 is beyond every double); `raw_tokens`
# puts them in after encoding
NAN, HUGE = '"@@nan@@"', '"@@huge@@"'
MARK = "@@twice@@"
SIGN_IN = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"
)


@dataclass(frozen=True)
class Shape:
    """What a stream declares about its answers: where the records are, which envelope fields it reads."""

    stream: Stream[Any]

    @property
    def pager(self) -> Pager | None:
        """How pages are chained, also those of a ready report."""
        listing = self.stream.report.listing if self.stream.report else None
        if listing:
            return listing.pager
        return self.stream.read.pager if isinstance(self.stream.read, Paged) else None

    @property
    def records(self) -> str:
        """Where the records of a page are on the wire."""
        listing = self.stream.report.listing if self.stream.report else None
        return listing.records if listing else self.stream.read.records

    @property
    def is_file(self) -> bool:
        """The records come in a report's file."""
        return self.pager is None

    @property
    def model(self) -> type[BaseModel]:
        """What a row is on the wire."""
        wire = self.stream.report.wire if self.stream.report else None
        return wire or self.stream.record.model

    @property
    def envelope(self) -> tuple[str, ...]:
        """Dotted paths of the envelope that pager or proof read, and the record list itself."""
        proof = self.stream.proof.paths
        paged = self.pager.paths if self.pager else ()
        paths = (*paged, *proof, self.records)
        # `@` marks what the kit takes from a header: it is no field of the body
        return tuple(dict.fromkeys(path for path in paths if not path.startswith("@")))

    def rows(self, reply: Reply) -> list[Any] | None:
        """The records of an answer, None when it is no page of this stream."""
        if reply.status != 200:
            return None
        if isinstance(reply.document, ServedFile):
            return reply.document.rows
        found = look(reply.document, self.records)
        return found if isinstance(found, list) and self._are_mine(found) else None

    def _are_mine(self, rows: list[Any]) -> bool:
        """Whether rows are those of the listing: an answer with totals may hold its rows in the same place."""
        wire = self.stream.report.wire if self.stream.report else None
        if wire is None or not rows or not isinstance(rows[0], dict):
            return True
        needed = [field.alias or name for name, field in wire.model_fields.items() if field.is_required()]
        # more than half of the fields: totals share some of their names with the rows
        return sum(name in rows[0] for name in needed) * 2 > len(needed)


def look(body: Any, path: str) -> Any:
    """The value at a dotted path, None when a step is missing."""
    for step in path.split("."):
        if not isinstance(body, dict) or step not in body:
            return None
        body = body[step]
    return body


def drop(body: Any, path: str) -> bool:
    """Take the field at a dotted path away; False when it is not there."""
    *steps, last = path.split(".")
    holder = look(body, ".".join(steps)) if steps else body
    # `look` itself stands for absent: None may be the field's value
    return isinstance(holder, dict) and holder.pop(last, look) is not look


def put(body: Any, path: str, value: Any) -> bool:
    """Set the field at a dotted path whose parents exist."""
    *steps, last = path.split(".")
    holder = look(body, ".".join(steps)) if steps else body
    if not isinstance(holder, dict):
        return False
    holder[last] = value
    return True


def copied(reply: Reply) -> Reply:
    """An answer that may be changed."""
    return Reply(reply.status, deepcopy(reply.document), dict(reply.headers), reply.content_type, reply.wire)


def on_wire(kind: Wire) -> Change:
    """The connection cuts, shortens, drops or withholds the answer."""

    def change(reply: Reply) -> Reply:
        spoilt = copied(reply)
        spoilt.wire = kind
        return spoilt

    return change


def body_as(make: Callable[[bytes], bytes], **headers: str) -> Change:
    """Other bytes with the same status."""

    def change(reply: Reply) -> Reply:
        spoilt = copied(reply)
        spoilt.document = make(reply.body())
        spoilt.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        return spoilt

    return change


def html(status: int) -> Change:
    """A page for people in the place of the answer."""
    return lambda _: Reply(status, SIGN_IN, content_type="text/html; charset=utf-8")


def instead(status: int, document: Any) -> Change:
    """Another JSON document in the place of the answer."""
    return lambda _: Reply.json(status, document)


# never less than 12 bytes: the header of ten (RFC 1952, 2.3) stays whole, the data behind it is cut
cut_gzip = body_as(
    lambda data: gzip.compress(data)[: max(12, len(gzip.compress(data)) * 2 // 3)], Content_Encoding="gzip"
)


def cut_file(data: bytes) -> bytes:
    """The first half of a file, compressed or not."""
    return data[: len(data) // 2]


def other_charset(reply: Reply) -> Reply:
    """The same text in UTF-16, which says nothing of itself."""
    spoilt = copied(reply)
    if isinstance(spoilt.document, ServedFile):
        spoilt.document.charset = "utf-16"
    else:
        spoilt.document = reply.body().decode("utf-8").encode("utf-16")
    return spoilt


def first_rows(shape: Shape, change: Callable[[list[Any]], None]) -> Change:
    """Change the list of records of a page."""

    def changed(reply: Reply) -> Reply:
        spoilt = copied(reply)
        rows = shape.rows(spoilt)
        if rows:
            change(rows)
        return spoilt

    return changed


def set_leaf(row: Any, path: Path, value: Any) -> None:
    """Set a value inside a record."""
    for step in path[:-1]:
        row = row[step]
    row[path[-1]] = value


def drop_leaf(row: Any, path: Path) -> None:
    """Take a field of a record away."""
    for step in path[:-1]:
        row = row[step]
    row.pop(path[-1])


def leaves(row: Any, model: type[BaseModel], at: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Path, annotation and value of every declared field that a record holds; of lists the first element."""
    for name, field in model.model_fields.items():
        wire = field.alias or name
        if not isinstance(row, dict) or wire not in row:
            continue
        value, here = row[wire], (*at, wire)
        yield here, field, value
        inner = model_in(field.annotation)  # also of a list, an optional or both
        if inner is not None:
            nested, step = (value[0], (0,)) if isinstance(value, list) and value else (value, ())
            yield from leaves(nested, inner, (*here, *step))


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The row model inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = map(model_in, getattr(annotation, "__args__", ()))
    return next((model for model in found if model is not None), None)


def raw_tokens(reply: Reply) -> Reply:
    """Replace the marks by what no JSON encoder writes: NaN, a number without end, a field named twice."""
    file = reply.document if isinstance(reply.document, ServedFile) else None
    data = file.text().encode(file.charset) if file else reply.body()
    data = data.replace(NAN.encode(), b"NaN").replace(HUGE.encode(), b"1e400").replace(MARK.encode(), b"")
    spoilt = copied(reply)
    spoilt.document = gzip.compress(data, mtime=0) if file and file.gzip else data
    return spoilt

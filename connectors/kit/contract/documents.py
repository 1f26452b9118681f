"""Report files: downloaded whole or not at all, then read row by row.

Belongs here: the download's checks, the file formats. Not here: asking for a report (reports.py), what a row means.
Every way in which a file can be short is an error: status, length, gzip end, charset, line end, column count.
"""

import codecs
import csv
import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, BinaryIO
from urllib.parse import urlsplit

from connectors.kit.contract.account import AccountSettings, is_loopback
from connectors.kit.contract.errors import Incomplete, PageTooLarge, SchemaDrift, SettingWrong, TooLarge
from connectors.kit.contract.hosts import Leads, leads
from connectors.kit.contract.strict_json import Json, NotJson, dig, first, loads

CHUNK = 64 * 1024
LARGEST_FILE = 4 * 1024**3  # unpacked; a gzip bomb must not fill the disk
LONGEST_LINE = 16 * 1024**2  # one record: the largest order with all of its lines stays far below
_A_NAME = re.compile(
    r"\.([a-z]{2,63}|xn--[a-z0-9-]{1,59})$"
)  # a registered domain is never a number (RFC 3696, section 2)


@dataclass(frozen=True)
class Location:
    """Where a report's file lies. The URL carries its own permission, so it is never shown."""

    url: str = field(repr=False)
    is_gzip: bool = False
    size: int | None = None  # bytes on the wire, where the platform states them


def check_location(url: str, account: AccountSettings) -> None:
    """Refuse a URL that leads to this machine or into the local network, unless the account itself lives here.

    Raises:
        SchemaDrift: it is no https URL of a public host.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    at_home = is_loopback(urlsplit(account.base_url).hostname or "")
    if at_home and is_loopback(host) and parts.scheme in ("http", "https"):
        return
    # a name, never an address: a platform that shows one shows its inside
    is_public = leads(host) is Leads.OUT and _A_NAME.search(host) is not None
    if parts.scheme != "https" or not is_public or parts.username:
        raise SchemaDrift("the report's file is not at a public https address")


def unpack(packed: BinaryIO, into: BinaryIO, *, is_gzip: bool) -> int:
    """Copy a downloaded file, unpacking it to its very end; the number of bytes written.

    Raises:
        Incomplete: the gzip stream is cut, damaged, or followed by something else.
        TooLarge: it unpacks to more than a report can be.
    """
    # 31 = 16 + 15: gzip framing, the largest window (docs.python.org, zlib.decompressobj, wbits)
    engine = zlib.decompressobj(31) if is_gzip else None
    size = 0
    while chunk := packed.read(CHUNK):
        try:
            while chunk:
                # a limit for each step: deflate packs up to 1032 : 1, and 64 KiB of a bomb would unpack to 66 MB of memory
                part = engine.decompress(chunk, CHUNK * 16) if engine else chunk
                size += into.write(part)
                if size > LARGEST_FILE:
                    raise TooLarge("the report's file unpacks to more than a report can be")
                chunk = engine.unconsumed_tail if engine else b""
                if engine and engine.eof and engine.unused_data:
                    chunk, engine = engine.unused_data, zlib.decompressobj(31)  # gzip allows several members
        except zlib.error:
            raise Incomplete("the report's file is damaged", may_settle=True) from None
    # zlib tells a damaged stream but not one that just stops: the end mark must have been seen
    if engine and not engine.eof:
        raise Incomplete("the report's file is cut", may_settle=True)
    return size


class Format(ABC):
    """How rows lie in a file."""

    @abstractmethod
    def rows(self, path: Path) -> Iterator[dict[str, Json]]:
        """The rows, wire names as keys."""

    def head(self, _path: Path) -> Json:
        """What the file says about itself, for the echo check; most formats say nothing."""
        return {}

    def of(self, _account: AccountSettings) -> "Format":
        """The format as this account gets it; most platforms write alike for everybody."""
        return self


def _text(path: Path, charset: str) -> IO[str]:
    return path.open("r", encoding=charset, errors="strict", newline="")


@dataclass(frozen=True, kw_only=True)
class Delimited(Format):
    """A header line, then one line per row; every line has as many fields as the header and ends with a line end.

    Args:
        required: header names that must be there.
        delimiter: between fields.
        charset: the strict encoding.
        is_quoted: CSV quoting; tab files of Amazon know none.
        empty_is_null: an empty field is no value.
        charset_setting: the account's setting that names another encoding, where a platform writes by region.
    """

    required: tuple[str, ...]
    delimiter: str = "\t"
    charset: str = "utf-8"
    is_quoted: bool = False
    empty_is_null: bool = True
    charset_setting: str = ""

    def of(self, account: AccountSettings) -> "Delimited":
        """In the encoding that the account's setting names."""
        named = account.settings.get(self.charset_setting, self.charset)
        try:
            return replace(self, charset=codecs.lookup(named).name)
        except LookupError:
            raise SettingWrong(f"setting {self.charset_setting} names no known encoding") from None

    def rows(self, path: Path) -> Iterator[dict[str, Json]]:
        """One dictionary per line."""
        self._check_end(path)
        with _text(path, self.charset) as file:
            try:
                # strict: without it csv mends a broken quotation silently and joins rows (docs.python.org, csv)
                reader = csv.reader(file, self._dialect(), strict=True)
                # charset utf-8 leaves a byte order mark in the first name, and `strip` does not take it for a space
                names = [name.strip().removeprefix("\ufeff") for name in next(reader, [])]
                self._check_header(names)
                for fields in reader:
                    if len(fields) != len(names):
                        raise SchemaDrift(
                            "a row of the report has another number of fields than its header",
                            actual=f"line {reader.line_num}: {len(fields)} fields, {len(names)} columns",
                        )
                    yield {
                        n: (v or None if self.empty_is_null else v)
                        for n, v in zip(names, fields, strict=True)
                    }
            except UnicodeDecodeError:
                raise SchemaDrift(f"the report's file is not {self.charset} text") from None
            except csv.Error:
                raise SchemaDrift("the report's file is no table", actual=f"line {reader.line_num}") from None

    def _dialect(self) -> type[csv.Dialect]:
        class Lines(csv.Dialect):
            delimiter = self.delimiter
            quotechar = '"'
            doublequote = True
            lineterminator = "\n"  # csv demands one and its reader ignores it
            quoting = csv.QUOTE_MINIMAL if self.is_quoted else csv.QUOTE_NONE

        return Lines

    def _check_header(self, names: list[str]) -> None:
        missing = [name for name in self.required if name not in names]
        if missing:
            raise SchemaDrift("the report lacks a column", actual=", ".join(missing)[:200])
        if len(set(names)) != len(names):
            raise SchemaDrift("the report names one column twice")

    def _check_end(self, path: Path) -> None:
        """A file cut at a clean byte still ends inside a line."""
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 1))
            if size == 0 or file.read(1) != b"\n":
                raise Incomplete("the report's file does not end with a line end", may_settle=True)


@dataclass(frozen=True)
class JsonLines(Format):
    """One JSON object per line."""

    def rows(self, path: Path) -> Iterator[dict[str, Json]]:
        """One dictionary per line."""
        with path.open("rb") as file:
            # a line that is longer comes in pieces, and a piece is refused as "not whole JSON"
            while line := file.readline(LONGEST_LINE):
                if not line.strip():
                    continue
                yield _object(line)


def _object(line: bytes) -> dict[str, Json]:
    try:
        row = loads(line)
    # most often the last line of a file that was cut
    except NotJson:
        raise Incomplete("a line of the report's file is not whole JSON", may_settle=True) from None
    if not isinstance(row, dict):
        raise SchemaDrift("a line of the report's file is no object")
    return row


@dataclass(frozen=True)
class JsonDocument(Format):
    """One JSON document with the rows as a list at `path` (the whole document where `path` is empty).

    Args:
        path: dotted path of the list.
        head_paths: fields that say which range the file is for.
        largest: bytes; the document is held in memory.
    """

    path: str = ""
    head_paths: tuple[str, ...] = ()
    largest: int = 64 * 1024**2  # as the cap of one answer: both are held in memory

    def rows(self, path: Path) -> Iterator[dict[str, Json]]:
        """The items of the list."""
        document = self._document(path)
        found = dig(document, self.path) if self.path else document
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise SchemaDrift("the rows of the report are no list of objects", actual=self.path)
        yield from found

    def head(self, path: Path) -> Json:
        """The declared head fields by their paths."""
        if not self.head_paths:
            return {}
        document = self._document(path)
        return {name: dig(document, name) for name in self.head_paths}

    def _document(self, path: Path) -> Json:
        if path.stat().st_size > self.largest:
            raise PageTooLarge(
                "the report is larger than is held at once", actual=f"{path.stat().st_size} bytes"
            )
        try:
            return loads(path.read_bytes())
        except NotJson:
            raise Incomplete("the report's file is not whole JSON", may_settle=True) from None


@dataclass(frozen=True)
class JsonList(Format):
    """One JSON list of objects, read object by object so that memory stays flat however long it is."""

    def rows(self, path: Path) -> Iterator[dict[str, Json]]:
        """The objects of the list; the file ends with the list."""
        try:
            with _text(path, "utf-8") as file:
                yield from _items(file)
        except UnicodeDecodeError:
            raise SchemaDrift("the report's file is not utf-8 text") from None


def _items(file: IO[str]) -> Iterator[dict[str, Json]]:
    text = _Ahead(file)
    if text.mark() != "[":
        raise _no_list()
    if text.peek() == "]":
        text.mark()
    else:
        yield text.value()
        while (mark := text.mark()) == ",":
            yield text.value()
        if mark != "]":
            raise _no_list()
    if text.peek():
        raise Incomplete("the report's file goes on after its list", may_settle=True)


def _no_list() -> Incomplete:
    return Incomplete("the report's file is not one whole JSON list", may_settle=True)


class _Ahead:
    """Text of a file, held only from where reading stands."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._held, self._at = file, "", 0

    def peek(self) -> str:
        """The next character that is no space, nothing at the end."""
        while True:
            while self._at < len(self._held):
                if self._held[self._at] not in " \t\r\n":
                    return self._held[self._at]
                self._at += 1
            if not self._more():
                return ""

    def mark(self) -> str:
        """Take that character."""
        found = self.peek()
        self._at += 1
        return found

    def value(self) -> dict[str, Json]:
        """Take the object that begins here, reading on while it is not whole."""
        if self.peek() != "{":
            raise SchemaDrift("a row of the report is no object")
        while (found := first(self._held, self._at)) is None:
            if len(self._held) - self._at > LONGEST_LINE or not self._more():
                raise _no_list()
        self._at = found[1]
        return dict(found[0])

    def _more(self) -> bool:
        more = self._file.read(CHUNK * 4)
        self._held, self._at = self._held[self._at :] + more, 0
        return bool(more)

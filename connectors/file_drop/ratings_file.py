"""The company's ratings.csv with some ratings replaced, and every other row as it was, byte for byte.

Belongs here: which text of the file is which rating, and the new content. Not here: what may be rated (models/closing), when
it is written (pipelines/closing).
"""

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from connectors.file_drop.company import find_table
from connectors.file_drop.headers import find_header, match_header
from connectors.file_drop.layout import FileOptions, Layout, load_layout
from connectors.file_drop.reading.csv_rows import decode
from connectors.file_drop.reading.grid import is_blank, is_comment
from connectors.file_drop.reading.opening import read_bytes
from connectors.file_drop.table import DroppedTable, csv_and_delimiter, read_content, read_table
from models.errors import CompanyError
from models.money import plain

TABLE = "ratings"
FILE = f"{TABLE}.csv"
_BOM = "\ufeff".encode()


class RatingRowKey(NamedTuple):
    """What identifies a row of ratings.csv."""

    person_id: str
    period: str
    item_id: str
    rater_id: str
    rater_type: str


@dataclass(frozen=True, kw_only=True)
class RatingRow:
    """A rating as a row of the file; without a score the rater abstains."""

    key: RatingRowKey
    score: Decimal | None
    scale_max: Decimal
    comment: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """The cells by column."""
        score = "" if self.score is None else plain(self.score)
        return {
            **self.key._asdict(),
            "score": score,
            "scale_max": plain(self.scale_max),
            "comment": self.comment,
        }


@dataclass(frozen=True, kw_only=True)
class RatingsFile:
    """ratings.csv as it is; `content` is empty while the company has none."""

    path: Path
    content: bytes
    options: FileOptions
    rows: Mapping[RatingRowKey, RatingRow]
    _lines: Mapping[RatingRowKey, int]  # the line of the file where the row begins

    @property
    def sha256(self) -> str:
        """The identity of the content."""
        return hashlib.sha256(self.content).hexdigest()

    def replaced(self, gone: Collection[RatingRowKey], new: Sequence[RatingRow]) -> bytes:
        """The content with rows replaced where they stand, new ones at the end, and without those that are gone.

        Raises:
            CompanyError: C196 when the encoding of the file lacks a character, C197 when the result would not be what was meant.
        """
        wanted = {row.key: row for row in new}
        if all(self.rows.get(key) == row for key, row in wanted.items()) and not set(gone) & (
            self.rows.keys() - wanted.keys()
        ):
            return self.content
        layout = load_layout(TABLE)
        content = self._changed(layout, gone, wanted) if self.content else _new(layout, wanted.values())
        left = {key: row for key, row in self.rows.items() if key not in gone}
        found = _typed(read_content(layout, content, self.path.name, options=self.options))
        if {key: row for key, (row, _) in found.items()} != {**left, **wanted}:
            raise CompanyError("C197", "the ratings could not be written unchanged", where=self.path.name)
        return content

    def _changed(
        self, layout: Layout, gone: Collection[RatingRowKey], wanted: Mapping[RatingRowKey, RatingRow]
    ) -> bytes:
        grid, delimiter = csv_and_delimiter(self.path.name, self.content, layout, self.options)
        header = grid.top[find_header(grid.top, layout, self.options)[0]]
        columns, _ = match_header(header, self.path.name, layout, self.options)
        names: list[str] = [columns[i].name if i in columns else "" for i in range(len(header.cells))]
        # a file without the column gets it once somebody comments: what a rater wrote is not dropped
        extra = [
            c for c in ("score", "comment") if c not in names and any(r.cells[c] for r in wanted.values())
        ]
        text, encoding, mark = _decoded(self.content, self.path.name, layout, self.options)
        records = list(_records(text, delimiter))
        writer = _Writer([*names, *extra], delimiter, _ending(records[0].text) or "\n", self.options.decimal)
        by_line = {line: key for key, line in self._lines.items()}
        kept: list[str] = []
        for record in records:
            key = by_line.get(record.line)
            if key is not None and key in wanted and self.rows[key] != wanted[key]:
                kept.append(writer.line(wanted[key]))
            elif key in wanted or key not in gone:
                more = extra if record.line == header.number else [""] * len(extra)
                is_row = record.line >= header.number and not record.is_remark
                kept.append(record.widened(delimiter, more) if is_row else record.text)
        if not _ending(kept[-1]):
            kept[-1] += writer.ending
        kept += [writer.line(row) for key, row in wanted.items() if key not in self.rows]
        try:
            return mark + "".join(kept).encode(encoding)
        except UnicodeEncodeError as error:
            what = f"the file is {encoding}, which has no {error.object[error.start]!r}"
            raise CompanyError("C196", what, where=self.path.name) from None


def open_ratings(folder: Path) -> RatingsFile:
    """The ratings of a company folder.

    Raises:
        CompanyError: C195 when they stand in a workbook; C101 to C159 for a file that cannot be read.
    """
    found = find_table(folder, TABLE)
    path, options = found or (folder / FILE, FileOptions())
    if path.suffix.lower() != ".csv":
        what = "the ratings of this company stand in a workbook, and the command writes ratings.csv only"
        raise CompanyError("C195", what, where=path.name)
    if found is None:
        return RatingsFile(path=path, content=b"", options=options, rows={}, _lines={})
    content = read_bytes(path)
    table = read_content(load_layout(TABLE), content, path.name, options=options)
    typed = _typed(table)
    return RatingsFile(
        path=path,
        content=content,
        options=options,
        rows={key: row for key, (row, _) in typed.items()},
        _lines={key: line for key, (_, line) in typed.items()},
    )


def given_ratings(folder: Path) -> Mapping[RatingRowKey, RatingRow]:
    """Every rating that the company has, in whatever file.

    Raises:
        CompanyError: C101 to C159 for a file that cannot be read.
    """
    found = find_table(folder, TABLE)
    if found is None:
        return {}
    typed = _typed(read_table(TABLE, found[0], options=found[1]))
    return {key: row for key, (row, _) in typed.items()}


def _typed(table: DroppedTable) -> dict[RatingRowKey, tuple[RatingRow, int]]:
    found = {}
    for dropped in table.dropped:
        values = dropped.values
        key = RatingRowKey(*(str(values[name]) for name in RatingRowKey._fields))
        score, scale = values["score"], values["scale_max"]
        row = RatingRow(
            key=key,
            score=score if isinstance(score, Decimal) else None,
            scale_max=scale if isinstance(scale, Decimal) else Decimal(0),  # required: it is one
            comment=str(values["comment"] or ""),
        )
        found[key] = row, dropped.number
    return found


@dataclass(frozen=True)
class _Record:
    """One record of a CSV file with its text, its line end included; blank ones and remarks too."""

    line: int
    text: str
    is_remark: bool

    def widened(self, delimiter: str, cells: Sequence[str]) -> str:
        """The record with cells after its last."""
        ending = _ending(self.text)
        return self.text.removesuffix(ending) + "".join(delimiter + cell for cell in cells) + ending


@dataclass(frozen=True)
class _Writer:
    """Writes rows as the file has them."""

    names: Sequence[str]
    delimiter: str
    ending: str
    decimal: str = "."

    def line(self, row: RatingRow) -> str:
        """The row as one line with its end."""
        cells = row.cells
        numbers = {name: cells[name].replace(".", self.decimal) for name in ("score", "scale_max")}
        shown = {**cells, **numbers}
        target = io.StringIO()
        writer = csv.writer(target, delimiter=self.delimiter, lineterminator=self.ending)
        writer.writerow([shown.get(name, "") for name in self.names])
        return target.getvalue()


def _new(layout: Layout, rows: Collection[RatingRow]) -> bytes:
    names = [column.name for column in layout.columns]
    writer = _Writer(names, ",", "\n")
    return "".join([",".join(names) + "\n", *map(writer.line, rows)]).encode()


def _records(text: str, delimiter: str) -> Iterator[_Record]:
    # the lines as csv_rows.py counts them, so that a row is found by its number
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    start = 0
    for cells in reader:
        shown: list[str | None] = list(cells)
        remark = is_blank(shown) or is_comment(shown)
        yield _Record(start + 1, "".join(lines[start : reader.line_num]), remark)
        start = reader.line_num


def _decoded(content: bytes, name: str, layout: Layout, options: FileOptions) -> tuple[str, str, bytes]:
    """The text, the encoding to write it in, and the mark before it."""
    encodings = (options.encoding,) if options.encoding else layout.encodings
    text = decode(content, name, encodings)
    mark = _BOM if content.startswith(_BOM) else b""
    is_utf8 = options.encoding in (None, "utf-8", "utf-8-sig")
    return text, "utf-8" if is_utf8 else str(options.encoding), mark


def _ending(text: str) -> str:
    return next((end for end in ("\r\n", "\n", "\r") if text.endswith(end)), "")

"""A report file before it is encoded: rows, format, compression, charset.

Belongs here: turning rows into the bytes a platform would send. Not here: when a report is ready (`jobs`).
"""

import csv
import gzip
import io
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.kit.contract.strict_json import dumps

Format = Literal["tsv", "csv", "json", "jsonl"]


@dataclass(kw_only=True)
class ServedFile:
    """Rows of a report; a fault may change `rows`, `charset` or the encoded bytes.

    Args:
        rows: wire name to text (tsv, csv) or to JSON values (json, jsonl).
        columns: header of a tsv or csv file; the keys of the first row when not given.
        gzip: the file itself is compressed.
        envelope: json only: what stands around the rows.
        path: json only: where in the envelope the rows are; empty when the file is a bare list.
        line_end: of tsv and csv.
    """

    rows: list[dict[str, Any]]
    format: Format
    columns: tuple[str, ...] = ()
    gzip: bool = False
    charset: str = "utf-8"
    envelope: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    line_end: str = "\n"

    def text(self) -> str:
        """The file as text."""
        if self.format == "json":
            return dumps(self._enveloped())
        if self.format == "jsonl":
            return "".join(dumps(row) + "\n" for row in self.rows)
        return self._table("\t" if self.format == "tsv" else ",")

    def encode(self) -> bytes:
        """The bytes to send."""
        data = self.text().encode(self.charset)
        # mtime 0: the same rows give the same bytes (RFC 1952, MTIME)
        return gzip.compress(data, mtime=0) if self.gzip else data

    def _enveloped(self) -> Any:
        if not self.path:
            return self.rows
        whole = deepcopy(self.envelope)  # the envelope is the fake's own
        *steps, last = self.path.split(".")
        node = whole
        for step in steps:
            node = node.setdefault(step, {})
        node[last] = self.rows
        return whole

    def _table(self, delimiter: str) -> str:
        columns = list(self.columns) or list(self.rows[0] if self.rows else ())
        columns += [name for row in self.rows for name in row if name not in columns][:1]  # a planted field
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator=self.line_end)
        writer.writerow(columns)
        writer.writerows([row.get(name, "") for name in columns] for row in self.rows)
        return out.getvalue()

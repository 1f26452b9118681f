"""Rows of a table as the bytes of a file: CSV, JSON or Parquet. Not here: which rows (export.py)."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from models.money import plain
from models.spreadsheet_text import inert

Rows = tuple[list[str], list[tuple[object, ...]]]  # names of the columns, rows


def as_csv(rows: Rows) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read Chinese; text that looks like a formula is made inert."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")  # RFC 4180
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row] for row in rows[1])
    return target.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    # text alone: a negative number must stay a number
    return inert(value) if isinstance(value, str) else str(value)


def as_json(rows: Rows) -> bytes:
    """A list of objects; numbers are text, because readers would turn them into binary floats."""
    records = [dict(zip(rows[0], map(_json, row), strict=True)) for row in rows[1]]
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode()


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def as_parquet(rows: Rows) -> bytes:
    """Columns with their own types; decimals stay decimals."""
    columns = [list(column) for column in zip(*rows[1], strict=True)]
    target = io.BytesIO()
    pq.write_table(pa.table(columns, names=rows[0]), target, compression="zstd")
    return target.getvalue()


WRITERS: dict[str, Callable[[Rows], bytes]] = {"csv": as_csv, "json": as_json, "parquet": as_parquet}

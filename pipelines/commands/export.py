"""`kpi export`: the published scores of a period as a file for other programs and people."""

import argparse
import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from models.errors import UsageError
from models.money import plain
from models.periods import Period
from pipelines.commands.asked import period_of
from pipelines.company.home import Home
from pipelines.render.board import write_board, write_whole
from pipelines.render.workbook import write_workbook
from warehouse.published.read import cards, score_table
from warehouse.store.connect import open_published

Rows = tuple[list[str], list[tuple[object, ...]]]

_FORMULA = tuple("=+-@\t\r＝＋－＠")


def export(chosen: argparse.Namespace) -> int:
    """Write the file and print its path."""
    home = Home.of()
    with open_published(home.root) as con:
        if chosen.format == "html":
            print(_board(con, home, Period.parse(chosen.period)))
            return 0
        period = period_of(chosen.period)
        _refuse_unscored(con, period)
        path = home.report(period.id, f"scores.{chosen.format}")
        if chosen.format == "xlsx":
            write_workbook(con, period.id, path)
        else:
            write_whole(path, _WRITERS[chosen.format](score_table(con, period.id)))
    print(path)
    return 0


def _board(con: DuckDBPyConnection, home: Home, period: Period) -> Path:
    path = home.report(period.end.isoformat(), "board.html")
    return write_board(con, period.end, path)


def _refuse_unscored(con: DuckDBPyConnection, period: Period) -> None:
    if not cards(con, period.id):
        raise UsageError(
            "U027",
            "this period is not scored",
            actual=period.id,
            remedy=f"run `kpi score --period {period.id}` first",
        )


def as_csv(rows: Rows) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read Chinese; text that looks like a formula is made inert."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row] for row in rows[1])
    return target.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    text = str(value)
    looks_active = isinstance(value, str) and text.lstrip(" \"'").startswith(_FORMULA)
    return f"'{text}" if looks_active else text


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


_WRITERS: dict[str, Callable[[Rows], bytes]] = {"csv": as_csv, "json": as_json, "parquet": as_parquet}

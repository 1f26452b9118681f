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
from models.whole_file import write_whole
from pipelines.commands.asked import period_of
from pipelines.company.home import Home
from pipelines.render.board import write_board
from pipelines.render.workbook import write_workbook
from warehouse.store.connect import open_published

Rows = tuple[list[str], list[tuple[object, ...]]]

# One row per person, role and KPI line, with the whole scorecard's result beside it.
_LINES = """
    select s.period, s.person_id, s.role_id, s.status as scorecard_status, s.total, s.grade, s.coefficient,
           s.state, s.definition_hash, s.cause as scorecard_cause, l.position, l.dimension, l.kpi_id,
           l.declared_weight, l.weight, l.target, l.numerator, l.denominator, l.value, l.attainment, l.score,
           l.contribution, l.status, l.cause_code, l.cause, l.n_rows
    from scorecard as s
    left join scorecard_line as l
        on l.period = s.period and l.person_id = s.person_id and l.role_id = s.role_id
    where s.period = ?
    order by s.role_id, s.person_id, l.position
"""
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
            write_whole(path, _WRITERS[chosen.format](_rows(con, period)))
    print(path)
    return 0


def _board(con: DuckDBPyConnection, home: Home, period: Period) -> Path:
    path = home.report(period.end.isoformat(), "board.html")
    return write_board(con, period.end, path)


def _refuse_unscored(con: DuckDBPyConnection, period: Period) -> None:
    found = con.execute("select count(*) from scorecard where period = ?", [period.id]).fetchone()
    if not found or not found[0]:
        raise UsageError(
            "U027",
            "this period is not scored",
            actual=period.id,
            remedy=f"run `kpi score --period {period.id}` first",
        )


def _rows(con: DuckDBPyConnection, period: Period) -> Rows:
    cursor = con.execute(_LINES, [period.id])
    return [column[0] for column in cursor.description or []], cursor.fetchall()


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

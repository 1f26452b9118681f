"""What Dagster shows beside an asset: counts, schemas, Markdown tables. Never secrets, never pay.

Names come from files and platforms, and the UI renders Markdown: every cell is escaped, so that no name becomes a link, an
image or markup.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import dagster as dg

from models.tables import Table
from pipelines.render.open_points import HEADS, OpenPoints, rows
from pipelines.steps.compute import RoleFigure
from pipelines.steps.pull import PullReport

# Every character that CommonMark gives a meaning (spec.commonmark.org, "Backslash escapes") and a cell can hold.
_ACTIVE = re.compile(r"([\\`*_{}\[\]()#+!|~:.@/-])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
MAX_CELL = 200  # characters; a longer cell pushes the columns that matter out of the window


def escape(text: str) -> str:
    r"""Text as one inert Markdown table cell.

    >>> escape("a|b<i>")
    'a\\|b&lt;i&gt;'
    """
    flat = "".join(c if c.isprintable() else " " for c in text)[:MAX_CELL]
    return "".join(_HTML.get(c, c) for c in _ACTIVE.sub(r"\\\1", flat))


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> dg.MarkdownMetadataValue:
    """A table of escaped cells."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def role_table(figures: Sequence[RoleFigure]) -> dg.MarkdownMetadataValue:
    """People x KPI of one role: actual, target to date, attainment, pace, and why a figure is missing."""
    header = (
        "人员 Person",
        "指标 KPI",
        "实际 Actual",
        "目标 Target to date",
        "完成率 Attainment",
        "进度 Pace",
        "原因 Cause",
    )
    return markdown(header, [_role_row(f) for f in figures])


def _role_row(figure: RoleFigure) -> tuple[str, ...]:
    cause = (
        ""
        if figure.status == "scored"
        else f"{figure.status}: {figure.cause_code or ''} {figure.cause or ''}"
    )
    return (
        f"{figure.person_name} {figure.person_id}",
        f"{figure.kpi_zh} {figure.kpi_en}",
        figure.shown(figure.value),
        figure.shown(figure.target_to_date),
        "" if figure.attainment is None else f"{figure.attainment:.1%}",
        "" if figure.pace is None else f"{figure.pace:.1%}",
        cause.strip(),
    )


def close_table(points: OpenPoints) -> dg.MarkdownMetadataValue:
    """What blocks the close of a period, in the order in which it should be mended."""
    return markdown(
        [head.both() for head, _ in HEADS], ([cell.both() for cell in row] for row in rows(points))
    )


def reports_metadata(
    reports: Sequence[PullReport], as_of: datetime
) -> dict[str, dg.MetadataValue | int | str]:
    """What a stream brought and what it cost, in all and by account."""
    drift = Counter[str]()
    for report in reports:
        drift.update(report.drift)
    # dagster/row_count is a standard key that the UI shows as such (docs.dagster.io, "Asset metadata"); the others are ours.
    waited = sum((r.waited_seconds for r in reports), Decimal(0))
    return {
        "dagster/row_count": sum(r.rows for r in reports),
        "new_rows": sum(r.new_rows for r in reports),
        "changed_rows": sum(r.changed_rows for r in reports),
        "late_rows": sum(r.late_rows for r in reports),
        "failed_windows": sum(len(r.failures) for r in reports),
        "requests": sum(r.requests for r in reports),
        "retries": sum(r.retries for r in reports),
        "waited_seconds": format(waited, "f"),
        "unknown_fields": ", ".join(f"{name} x {n}" for name, n in sorted(drift.items()))[:500] or "none",
        "as_of": as_of.isoformat(),
        "accounts": reports_table(reports, as_of),
    }


def reports_table(reports: Sequence[PullReport], as_of: datetime) -> dg.MarkdownMetadataValue:
    """What each account brought, why it is whole, and how old that is."""
    header = (
        *("Account", "Windows", "Rows", "New", "Changed", "Requests", "Retries", "Waited"),
        *("Proof", "Age", "Failed", "Cause"),
    )
    accounts = [
        (
            *(r.ref.shop_id, str(r.windows), str(r.rows), str(r.new_rows), str(r.changed_rows)),
            *(str(r.requests), str(r.retries), f"{r.waited_seconds:.1f} s", r.proof),
            *("" if r.proven_to is None else _age(as_of - r.proven_to), str(len(r.failures))),
            f"{r.failures[0].code} {r.failures[0].cause}" if r.failures else "",
        )
        for r in reports
    ]
    return markdown(header, accounts)


def _age(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds())) // 60
    return f"{minutes // 60} h {minutes % 60:02d} min"


def column_schema(table: Table) -> dg.TableSchema:
    """Columns of a canonical table, from the registry."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(c.name, c.sql_type, description=_meaning(c.description, c.unit))
            for c in table.columns
        ]
    )


def _meaning(description: str, unit: str) -> str:
    return f"{description} ({unit})" if unit else description


def raw_schema() -> dg.TableSchema:
    """Columns every raw table has."""
    columns = (
        ("shop_id", "VARCHAR", "Account the record belongs to"),
        ("record_key", "VARCHAR", "Id of the record on the platform"),
        ("record_day", "DATE", "Local day the record was created; never changes"),
        ("version_at", "TIMESTAMPTZ", "Instant that grows with every change"),
        ("row_hash", "VARCHAR", "Digest of the payload"),
        ("payload", "JSON", "The record, without personal data"),
        ("load_seq", "BIGINT", "Load that brought this version"),
    )
    return dg.TableSchema(columns=[dg.TableColumn(n, t, description=d) for n, t, d in columns])

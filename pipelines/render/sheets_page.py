"""The appraisal sheets (考核表) of a period as one self-contained HTML page, to read and to print.

Belongs here: the view of a sheet and the page. Not here: which rows (workbook.py reads them), the columns and remarks, which
are those of the Excel sheet (sheet.py).
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb

from models.whole_file import PRIVATE, write_whole
from pipelines.render import bilingual
from pipelines.render.bilingual import Bilingual
from pipelines.render.board import TEMPLATES, csp_hash, environment
from pipelines.render.labels import locked_words
from pipelines.render.sheet import (
    COLUMNS,
    ROUNDING,
    SheetData,
    closing,
    contributions,
    remarks,
    weight,
    weights,
)
from pipelines.render.workbook import load_period, sheet_data
from warehouse.published.read import PublishedLine


@dataclass(frozen=True)
class SheetRow:
    """A KPI line as texts, in the order of `COLUMNS`; a bilingual text has both, a figure one."""

    cells: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One dimension: its lines and their subtotal."""

    name: Bilingual
    rows: tuple[SheetRow, ...]
    weight: str
    contribution: str


@dataclass(frozen=True, kw_only=True)
class SheetView:
    """One sheet, ready to be shown."""

    about: SheetData
    blocks: tuple[Block, ...]
    weight: str
    total: str
    coefficient: str
    closing: str


def write_sheets_page(con: duckdb.DuckDBPyConnection, period: str, path: Path) -> Path:
    """Render the page and put it in place whole; the same data gives the same bytes.

    Raises:
        UsageError: U310 when the period has not been scored.
    """
    write_whole(path, render_sheets(con, period).encode("utf-8"), mode=PRIVATE)
    return path


def render_sheets(con: duckdb.DuckDBPyConnection, period: str) -> str:
    """The page as text."""
    book = load_period(con, period)
    page = environment().get_template("sheets.html.j2")
    css = (TEMPLATES / "sheets.css").read_text(encoding="utf-8")
    return page.render(
        book=book,
        sheets=[_view(sheet_data(book, card)) for card in book.cards],
        heads=[head for head, _ in COLUMNS],
        widths=[width for _, width in COLUMNS],
        rounding=ROUNDING,
        locked=locked_words(book.lock),
        as_of=bilingual.instant(book.publication.as_of, book.company.zone),
        css=css,
        css_hash=csp_hash(css),
    )


def _view(about: SheetData) -> SheetView:
    card = about.card
    numbered = list(enumerate(about.lines, start=1))
    blocks = [
        _block(about, list(members)) for _, members in groupby(numbered, key=lambda pair: pair[1].dimension)
    ]
    return SheetView(
        about=about,
        blocks=tuple(blocks),
        weight=bilingual.grouped(weights(about.lines), 2),
        total=bilingual.format_value(card.total, "", 2) or "—",
        coefficient=bilingual.format_value(card.coefficient, "", 2) or "—",
        closing=closing(card),
    )


def _block(about: SheetData, numbered: list[tuple[int, PublishedLine]]) -> Block:
    lines = [line for _, line in numbered]
    return Block(
        Bilingual(lines[0].dimension_zh, lines[0].dimension_en),
        tuple(_row(about, number, line) for number, line in numbered),
        bilingual.grouped(weights(lines), 2),
        bilingual.format_value(contributions(lines), "", 2),
    )


def _row(about: SheetData, number: int, line: PublishedLine) -> SheetRow:
    kpi, measured = about.kpi(line.kpi_id), about.kpi(line.measured_by)
    unit = bilingual.bilingual_unit(kpi.unit, about.currency).both(" ")
    actual = bilingual.format_value(line.value, kpi.unit, kpi.decimals) or bilingual.STATUS["missing"].both()
    return SheetRow(
        (
            str(number),
            Bilingual(line.dimension_zh, line.dimension_en).both("\n"),
            f"{Bilingual(kpi.zh, kpi.en).both(chr(10))}\n({unit})",
            bilingual.format_value(weight(line), "", 2),
            bilingual.format_value(line.target, kpi.unit, kpi.decimals),
            actual,
            bilingual.percent(line.attainment, 2),
            bilingual.format_value(line.score, "", 2),
            bilingual.format_value(line.contribution, "", 2),
            Bilingual(line.rule_zh, line.rule_en).both("\n"),
            "\n".join(filter(None, [measured.sources, measured.defined_at])),
            remarks(line, measured),
        )
    )

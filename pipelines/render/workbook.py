"""The monthly workbook: a summary sheet, what blocks the close, and one appraisal sheet (考核表) per person and role.

Belongs here: file, summary, sheet names. Not here: one appraisal sheet (sheet.py), open points (open_points.py), cell styles.
"""

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from models.errors import UsageError
from models.periods import Period
from models.whole_file import PRIVATE, write_whole
from pipelines.render.bilingual import NO_CAUSE, STATUS, Bilingual, in_words, instant
from pipelines.render.labels import locked_words, role_label
from pipelines.render.open_points import SHEET as OPEN_POINTS
from pipelines.render.open_points import OpenPoints, write_open_points
from pipelines.render.sheet import SheetData, write_sheet
from pipelines.render.styles import Styles, footer, lines_needed, row_height, write_number, write_text
from warehouse.published import labels, read
from warehouse.published.labels import KpiLabel, Publication, PublishedCompany, PublishedPerson, RoleLabel
from warehouse.published.period_locks import PublishedLock, lock_of
from warehouse.published.read import PublishedCard, PublishedLine

# Excel takes 31 characters for the name of a sheet and none of these seven (support.microsoft.com, "Rename a worksheet").
NAME_LIMIT = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
HEADS = (
    (Bilingual("工号", "Id"), 9), (Bilingual("姓名", "Name"), 16), (Bilingual("岗位", "Role"), 36),
    (Bilingual("部门", "Dept"), 14),
    (Bilingual("直接上级", "Manager"), 16), (Bilingual("总分", "Total"), 9), (Bilingual("等级", "Grade"), 8),
    (Bilingual("系数", "Coefficient"), 11), (Bilingual("状态", "Status"), 19), (Bilingual("原因", "Cause"), 46),
)  # fmt: skip
HEAD_ROW = 4


@dataclass(frozen=True, kw_only=True)
class WorkbookData:
    """The published rows of one period."""

    period: Period
    company: PublishedCompany
    publication: Publication
    kpis: dict[str, KpiLabel]
    roles: dict[str, RoleLabel]
    people: list[PublishedPerson]
    cards: list[PublishedCard]
    lines: dict[tuple[str, str], list[PublishedLine]]
    lock: PublishedLock | None = None

    def role(self, role_id: str) -> Bilingual:
        """The names of a role."""
        label = role_label(self.roles, role_id)
        return Bilingual(label.zh, label.en)

    def person(self, card: PublishedCard) -> PublishedPerson:
        """The assignment a card is about: the latest one that touches the period in that role."""
        own = [p for p in self.people if p.person_id == card.person_id]
        fitting = [
            p for p in own if p.role_id == card.role_id and p.is_valid(self.period.start, self.period.end)
        ]
        if fitting or own:
            return (fitting or own)[-1]
        return PublishedPerson(
            person_id=card.person_id,
            name=card.person_id,
            role_id=card.role_id,
            dept="",
            manager_id=None,
            valid_from=self.period.start,
            valid_to=None,
        )

    def name(self, person_id: str | None) -> str:
        """A person's name at the end of the period."""
        return labels.name_on(self.people, person_id, self.period.end)


def load_period(con: duckdb.DuckDBPyConnection, period: str) -> WorkbookData:
    """Read a period from the published tables.

    Raises:
        UsageError: U310 when the period has not been scored.
    """
    span = Period.parse(period)
    cards = read.cards(con, period)
    if not cards:
        raise UsageError(
            "U310",
            f"no scorecards are published for {period}",
            where="published/kpi.duckdb",
            remedy=f"run `kpi score --period {period}` first",
        )
    return WorkbookData(
        period=span,
        company=labels.company(con),
        publication=labels.publication(con, period=period),
        kpis=labels.kpi_labels(con, span.end),
        roles=labels.role_labels(con),
        people=labels.people(con),
        cards=cards,
        lines=read.lines(con, period),
        lock=lock_of(con, period),
    )


def write_workbook(
    con: duckdb.DuckDBPyConnection, period: str, path: Path, points: OpenPoints | None = None
) -> Path:
    """Write the workbook of a period and put it in place whole; the same data gives the same bytes.

    With `points` it has a sheet of what blocks the close, as `kpi close` shows it.
    """
    write_whole(path, workbook_bytes(load_period(con, period), points), mode=PRIVATE)
    return path


def workbook_bytes(book_data: WorkbookData, points: OpenPoints | None = None) -> bytes:
    """The workbook as bytes."""
    target = io.BytesIO()
    options = {
        "in_memory": True,
        # a name that looks like a formula, a link or a number stays text
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties(_properties(book_data))
        styles = Styles(book)
        names = sheet_names((card.person_id, book_data.person(card).name) for card in book_data.cards)
        _summary(book.add_worksheet("汇总 Summary"), styles, book_data, names)
        if points is not None and points.found.blockers:
            write_open_points(book.add_worksheet(OPEN_POINTS), styles, points)
        for card, name in zip(book_data.cards, names, strict=True):
            write_sheet(book.add_worksheet(name), styles, sheet_data(book_data, card))
    return target.getvalue()


def sheet_names(people: Iterable[tuple[str, str]]) -> list[str]:
    """Names Excel accepts: without `[ ] : * ? /` and backslash, at most 31 UTF-16 units, unique in any case.

    >>> sheet_names([("P002", "王芳"), ("P002", "王芳"), ("P/3", "a[b]")])
    ['P002 王芳', 'P002 王芳 (2)', 'P_3 a_b_']
    """
    # our own sheets, and a name that Excel keeps for itself
    taken = {"汇总 summary", OPEN_POINTS.lower(), "history"}
    names = []
    for person_id, name in people:
        plain = "".join(c for c in f"{person_id} {name}".translate(FORBIDDEN) if c.isprintable())
        candidate, number = _clip(plain, ""), 1
        # Excel takes two names for the same that differ in case alone
        while candidate.lower() in taken:
            number += 1
            candidate = _clip(plain, f" ({number})")
        taken.add(candidate.lower())
        names.append(candidate)
    return names


def _clip(text: str, suffix: str) -> str:
    # two bytes are one unit of UTF-16, in which Excel counts
    while len((text + suffix).encode("utf-16-le")) > 2 * NAME_LIMIT:
        text = text[:-1]
    # Excel refuses an apostrophe at either end (support.microsoft.com, "Rename a worksheet")
    return (text.strip().strip("'") or "_") + suffix


def _properties(book_data: WorkbookData) -> dict[str, object]:
    return {
        "title": f"考核表 Appraisal {book_data.period.id}",
        "author": "meritline",
        "comments": f"definitions {book_data.publication.definition_hash}",
        # Excel keeps naive UTC; a fixed instant, because the same data must give the same bytes.
        "created": book_data.publication.as_of.astimezone(UTC).replace(tzinfo=None),
    }


def sheet_data(book_data: WorkbookData, card: PublishedCard) -> SheetData:
    """What the sheet of a card shows."""
    person = book_data.person(card)
    return SheetData(
        company=Bilingual(book_data.company.name_zh, book_data.company.name_en),
        currency=book_data.company.currency,
        person=person,
        role=book_data.role(card.role_id),
        manager=book_data.name(person.manager_id),
        period=book_data.period,
        card=card,
        lines=book_data.lines.get((card.person_id, card.role_id), []),
        kpis=book_data.kpis,
        lock=book_data.lock,
    )


def _summary(sheet: Worksheet, styles: Styles, book_data: WorkbookData, names: list[str]) -> None:
    _page(sheet, book_data)
    last = len(HEADS) - 1
    title = f"{book_data.company.name_zh} {book_data.period.id} 绩效汇总 Performance summary"
    sheet.merge_range(0, 0, 0, last, "", styles.title)
    write_text(sheet, 0, 0, title, styles.title)
    sheet.set_row(0, 26)
    for row, line in enumerate(_counts(book_data), start=1):
        sheet.merge_range(row, 0, row, last, "", styles.note)
        write_text(sheet, row, 0, line, styles.note)
        sheet.set_row(row, row_height(lines_needed(line, sum(width for _, width in HEADS))))
    for column, (head, width) in enumerate(HEADS):
        sheet.set_column(column, column, width)
        write_text(sheet, HEAD_ROW, column, head.both("\n"), styles.head)
    sheet.set_row(HEAD_ROW, row_height(2))
    for offset, (card, name) in enumerate(zip(book_data.cards, names, strict=True), start=1):
        _summary_row(sheet, styles, HEAD_ROW + offset, (book_data, card, name))
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(book_data.cards), last)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.repeat_rows(HEAD_ROW)


def _summary_row(
    sheet: Worksheet, styles: Styles, row: int, about: tuple[WorkbookData, PublishedCard, str]
) -> None:
    book_data, card, name = about
    person = book_data.person(card)
    status = in_words(STATUS, card.status)
    cause = _cause(card)
    texts = {
        0: person.person_id, 2: book_data.role(card.role_id).both(), 3: person.dept,
        4: book_data.name(person.manager_id), 6: card.grade or "—", 8: status.both(), 9: cause,
    }  # fmt: skip
    for column, text in texts.items():
        write_text(sheet, row, column, text, styles.center if column in {6, 8} else styles.text)
    escaped = name.replace("'", "''")
    # Inside the file only: the name leads to the person's own sheet. The shown text is a string cell.
    sheet.write_url(row, 1, f"internal:'{escaped}'!A1", styles.link, string=person.name or "—")
    write_number(sheet, (row, 5), card.total, (2, styles.score), empty=styles.center)
    write_number(sheet, (row, 7), card.coefficient, (4, styles.coefficient), empty=styles.center)
    shown = {**texts, 1: person.name}
    sheet.set_row(
        row, row_height(max(lines_needed(text, HEADS[column][1]) for column, text in shown.items()))
    )


def _cause(card: PublishedCard) -> str:
    if card.cause:
        return card.cause
    return "" if card.total is not None else NO_CAUSE.both()


def _counts(book_data: WorkbookData) -> list[str]:
    cards = book_data.cards
    states = Counter(card.status for card in cards)
    grades = Counter(card.grade for card in cards if card.grade)
    shown = " · ".join(f"{in_words(STATUS, s).both()} {n}" for s, n in sorted(states.items()))
    graded = " · ".join(f"{grade} {n}" for grade, n in sorted(grades.items())) or "—"
    version = book_data.publication.definition_hash[:12]
    locked = locked_words(book_data.lock)
    signed = f" · {locked.both()}" if locked else ""
    return [
        f"人数 People {len(cards)} · {shown}",
        f"等级 Grades: {graded}",
        f"数据截至 Data as of {_day(book_data)} · 定义版本 Definitions {version}{signed}",
    ]


def _day(book_data: WorkbookData) -> str:
    return instant(book_data.publication.as_of, book_data.company.zone)


def _page(sheet: Worksheet, book_data: WorkbookData) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.hide_gridlines(2)
    sheet.set_footer(
        footer(f"{book_data.company.name_zh} {book_data.period.id}", book_data.publication.definition_hash)
    )

"""One appraisal sheet (考核表): header, KPI lines, subtotals, total, signatures. Layout only."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.periods import Period
from models.units import unit_of
from pipelines.render.bilingual import (
    STATUS,
    Bilingual,
    bilingual_unit,
    cause_line,
    format_value,
    in_words,
    quotient,
)
from pipelines.render.labels import by_another, kpi_label, locked_words
from pipelines.render.styles import (
    Styles,
    footer,
    lines_needed,
    number_pattern,
    row_height,
    write_number,
    write_text,
)
from warehouse.published.labels import KpiLabel, PublishedPerson
from warehouse.published.period_locks import PublishedLock
from warehouse.published.read import PublishedCard, PublishedLine

COLUMNS = (
    (Bilingual("序号", "No."), 6), (Bilingual("维度", "Dimension"), 12), (Bilingual("指标", "KPI"), 21),
    (Bilingual("权重 %", "Weight %"), 10), (Bilingual("目标", "Target"), 15), (Bilingual("实际", "Actual"), 15),
    (Bilingual("完成率", "Attainment"), 12), (Bilingual("得分", "Score"), 9), (Bilingual("加权得分", "Weighted"), 11),
    (Bilingual("评分标准", "Scoring rule"), 28), (Bilingual("数据来源", "Data source"), 21),
    (Bilingual("备注", "Remarks"), 27),
)  # fmt: skip
LAST = len(COLUMNS) - 1
WIDTH = sum(width for _, width in COLUMNS)
HEAD_ROW = 4
# Kept to four decimals: the percentage with two that the pattern shows is then exact.
ATTAINMENT = (4, "0.00%")
ROUNDING = Bilingual(
    "总分由未舍入的加权得分相加，只舍入一次。",
    "Weighted scores are added unrounded; only the total is rounded, once.",
)
# Text, its first and last column, and the last column of the date beside it.
SIGNATURES = (("被考核人 Employee：", 0, 2, 4), ("直接上级 Manager：", 5, 6, 8), ("人力资源 HR：", 9, 9, 11))


@dataclass(frozen=True, kw_only=True)
class SheetData:
    """What one sheet shows."""

    company: Bilingual
    currency: str
    person: PublishedPerson
    role: Bilingual
    manager: str
    period: Period
    card: PublishedCard
    lines: list[PublishedLine]
    kpis: dict[str, KpiLabel]
    lock: PublishedLock | None = None

    def kpi(self, kpi_id: str) -> KpiLabel:
        """The label of a KPI; its id stands in where none was published."""
        return kpi_label(self.kpis, kpi_id)


def write_sheet(sheet: Worksheet, styles: Styles, about: SheetData) -> None:
    """Write one appraisal sheet, ready to print on A4 landscape, one page wide."""
    _page(sheet, about)
    _header(sheet, styles, about)
    row = HEAD_ROW + 1
    number = 0
    for _, lines in groupby(about.lines, key=lambda line: line.dimension):
        members = list(lines)
        for line in members:
            number += 1
            _line(sheet, styles, (row, number), (about, line))
            row += 1
        row = _subtotal(sheet, styles, row, members)
    row = _totals(sheet, styles, row, about)
    last = _signatures(sheet, styles, row + 1)
    sheet.print_area(0, 0, last, LAST)


def _page(sheet: Worksheet, about: SheetData) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4 (xlsxwriter.readthedocs.io, set_paper)
    sheet.fit_to_pages(1, 1 if len(about.lines) <= 12 else 0)  # one sheet of paper with its signatures
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    # 2: on the screen and on paper (xlsxwriter.readthedocs.io, hide_gridlines)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(HEAD_ROW)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.set_footer(footer(f"{about.person.person_id} {about.period.id}", about.card.definition_hash))
    for column, (_, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)


def _header(sheet: Worksheet, styles: Styles, about: SheetData) -> None:
    title = f"{about.company.zh} 绩效考核表 Performance appraisal"
    _merged(sheet, (0, 0, LAST), title, styles.title)
    sheet.set_row(0, 30)
    span = f"{about.period.id} ({about.period.start} … {about.period.end})"
    blocks = [
        [("姓名 Name", f"{about.person.name} ({about.person.person_id})"), ("岗位 Role", about.role.both()),
         ("考核周期 Period", span)],
        [("部门 Dept", about.person.dept), ("直接上级 Manager", about.manager or "—"),
         ("定义版本 Definitions", about.card.definition_hash[:16] or "—")],
    ]  # fmt: skip
    for row, block in enumerate(blocks, start=1):
        heights = [_pair(sheet, styles, row, index, pair) for index, pair in enumerate(block)]
        sheet.set_row(row, row_height(max(heights)))
    # an empty strip between header and table
    sheet.set_row(3, 6)
    for column, (head, _) in enumerate(COLUMNS):
        write_text(sheet, HEAD_ROW, column, head.both("\n"), styles.head)
    sheet.set_row(HEAD_ROW, row_height(2))


def _pair(sheet: Worksheet, styles: Styles, row: int, index: int, pair: tuple[str, str]) -> int:
    first, middle, last = ((0, 1, 3), (4, 5, 8), (9, 10, 11))[index]
    label_end = middle if index == 0 else first
    value_start = label_end + 1
    _merged(sheet, (row, first, label_end), pair[0], styles.label)
    _merged(sheet, (row, value_start, last), pair[1], styles.text)
    label_width = sum(width for _, width in COLUMNS[first : label_end + 1])
    value_width = sum(width for _, width in COLUMNS[value_start : last + 1])
    return max(lines_needed(pair[0], label_width), lines_needed(pair[1], value_width))


def _merged(sheet: Worksheet, at: tuple[int, int, int], text: str, style: Format) -> None:
    row, first, last = at
    if last > first:
        # merged empty and written afterwards: merge_range would guess from the text whether it is a formula or a number
        sheet.merge_range(row, first, row, last, "", style)
    write_text(sheet, row, first, text, style)


def _line(
    sheet: Worksheet, styles: Styles, at: tuple[int, int], content: tuple[SheetData, PublishedLine]
) -> None:
    (row, number), (about, line) = at, content
    kpi, measured = about.kpi(line.kpi_id), about.kpi(line.measured_by)
    texts = {
        1: Bilingual(line.dimension_zh, line.dimension_en).both("\n"),
        2: Bilingual(kpi.zh, kpi.en).both("\n") + f"\n({bilingual_unit(kpi.unit, about.currency).both(' ')})",
        9: Bilingual(line.rule_zh, line.rule_en).both("\n"),
        10: "\n".join(filter(None, [measured.sources, measured.defined_at])),
        11: remarks(line, measured),
    }
    write_text(sheet, row, 0, str(number), styles.center)
    for column, text in texts.items():
        # from 9 on stand the long texts: rule, source, remarks
        write_text(sheet, row, column, text, styles.small if column >= 9 else styles.text)
    _figures(sheet, styles, row, (line, kpi))
    sheet.set_row(row, row_height(max(lines_needed(t, COLUMNS[c][1]) for c, t in texts.items())))


def _figures(sheet: Worksheet, styles: Styles, row: int, content: tuple[PublishedLine, KpiLabel]) -> None:
    line, kpi = content
    places, pattern = number_pattern(kpi.unit, kpi.decimals)
    own = (places, styles.number(pattern))
    write_number(sheet, (row, 3), weight(line), (2, styles.score), empty=styles.center)
    write_number(sheet, (row, 4), line.target, own, empty=styles.center)
    if line.value is None:
        write_text(sheet, row, 5, STATUS["missing"].both("\n"), styles.missing)
    else:
        write_number(sheet, (row, 5), line.value, own, empty=styles.center)
    write_number(
        sheet, (row, 6), line.attainment, (ATTAINMENT[0], styles.number(ATTAINMENT[1])), empty=styles.center
    )
    write_number(sheet, (row, 7), line.score, (2, styles.score), empty=styles.center)
    write_number(sheet, (row, 8), line.contribution, (2, styles.score), empty=styles.center)


def remarks(line: PublishedLine, kpi: KpiLabel) -> str:
    """What stands beside a line: by what it was measured, its state, the division, a weight that moved, the source rows.

    `kpi`: the label of the KPI that measured the line, which need not be the line's own.
    """
    parts = [by_another(kpi).both()] if line.measured_as else []
    if line.status != "scored" or line.value is None:
        state = in_words(STATUS, line.status).both()
        parts.append(f"{state}：{cause_line(line.cause_code, line.cause)}")
    unit = unit_of(kpi.unit)
    if (unit.is_ratio or unit.is_multiple) and line.numerator is not None and line.denominator is not None:
        parts.append(quotient(line.numerator, line.denominator))
    if line.declared_weight is not None and line.weight is not None and line.weight != line.declared_weight:
        declared, used = (format_value(w, "", 2) for w in (line.declared_weight, line.weight))
        parts.append(f"权重由 {declared} 调整为 {used} weight moved")
    if line.n_rows:
        parts.append(f"来源 {line.n_rows:,} 行 source rows")
    return "\n".join(parts)


def _subtotal(sheet: Worksheet, styles: Styles, row: int, lines: list[PublishedLine]) -> int:
    name = Bilingual(lines[0].dimension_zh, lines[0].dimension_en)
    _merged(sheet, (row, 0, 2), f"{name.zh}小计 {name.en} subtotal", styles.subtotal)
    strong = (2, styles.number("0.00", strong=True))
    write_number(sheet, (row, 3), weights(lines), strong, empty=styles.subtotal)
    for column in (4, 5, 6, 7, 9, 10, 11):
        write_text(sheet, row, column, "", styles.subtotal)
    write_number(sheet, (row, 8), contributions(lines), strong, empty=styles.subtotal)
    sheet.set_row(row, row_height(1))
    return row + 1


def weight(line: PublishedLine) -> Decimal | None:
    """The weight that counted; the declared one where the card has none yet."""
    return line.weight if line.weight is not None else line.declared_weight


def weights(lines: list[PublishedLine]) -> Decimal:
    """The sum of the weights of lines."""
    used = [weight(line) for line in lines]
    return sum((w for w in used if w is not None), Decimal(0))


def contributions(lines: list[PublishedLine]) -> Decimal | None:
    """The sum of a block; none while a line that counts is missing: part of a sum is not the sum."""
    counted = [line.contribution for line in lines if line.status != "excluded"]
    return None if not counted or None in counted else sum((c for c in counted if c is not None), Decimal(0))


def _totals(sheet: Worksheet, styles: Styles, row: int, about: SheetData) -> int:
    card = about.card
    strong = (2, styles.number("0.00", strong=True))
    _merged(sheet, (row, 0, 2), "权重合计 Sum of weights", styles.subtotal)
    write_number(sheet, (row, 3), weights(about.lines), strong, empty=styles.subtotal)
    _merged(sheet, (row, 4, LAST), "", styles.subtotal)
    sheet.set_row(row, row_height(1))
    row += 1
    _merged(sheet, (row, 0, 2), "总分 Total", styles.total)
    for column in range(3, 8):
        write_text(sheet, row, column, "", styles.total)
    if card.total is None:
        write_text(sheet, row, 8, "—", styles.total)
    else:
        write_number(sheet, (row, 8), card.total, strong, empty=styles.total)
    write_text(sheet, row, 9, f"等级 Grade: {card.grade or '—'}", styles.total)
    coefficient = "—" if card.coefficient is None else format_value(card.coefficient, "", 2)
    write_text(sheet, row, 10, f"系数 Coefficient: {coefficient}", styles.total)
    state = closing(card)
    write_text(sheet, row, 11, state, styles.total)
    sheet.set_row(row, row_height(max(lines_needed(state, COLUMNS[11][1]) + 1, 2)))
    locked = locked_words(about.lock)
    note = f"{ROUNDING.both()} {locked.both()}" if locked else ROUNDING.both()
    _merged(sheet, (row + 1, 0, LAST), note, styles.note)
    if locked:
        sheet.set_row(row + 1, row_height(lines_needed(note, WIDTH)))
    return row + 2


def closing(card: PublishedCard) -> str:
    """The state of a card and why it has no total."""
    state = in_words(STATUS, card.status).both()
    if card.total is None:
        return f"{state}：{cause_line(None, card.cause)}"
    return f"{state}：{card.cause}" if card.cause else state


def _signatures(sheet: Worksheet, styles: Styles, row: int) -> int:
    for text, first, middle, last in SIGNATURES:
        _merged(sheet, (row, first, middle), text, styles.sign)
        _merged(sheet, (row, middle + 1, last), "日期 Date：", styles.sign)
    sheet.set_row(row, 44)  # room to sign by hand
    return row

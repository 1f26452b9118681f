"""The workbook that a rater fills in: instructions, one sheet of ratings, and the hidden sheet of what was sent.

Belongs here: cells, drop-downs, protection. Not here: what is asked and how it comes back (models/closing/rating_form.py).
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from models.closing.raters import AskedRating
from models.closing.rating_form import (
    ABSTAIN,
    COMMENT,
    HEAD_ROW,
    LONGEST_COMMENT,
    RATINGS,
    SCORE,
    SIGNED,
    RatingForm,
    form_of,
    shown_cells,
)
from models.definitions import Label
from models.money import plain
from models.periods import Period
from pipelines.render.bilingual import Bilingual
from pipelines.render.rating_words import COUNTING, TOLD
from pipelines.render.styles import Styles, lines_needed, row_height, write_text

HEADS = (
    (Bilingual("关系", "Relation"), 12), (Bilingual("工号", "Id"), 10), (Bilingual("姓名", "Name"), 12),
    (Bilingual("岗位", "Role"), 18), (Bilingual("评分项", "Item"), 16),
    (Bilingual("含义与等级", "Meaning and levels"), 84), (Bilingual("得分", "Score"), 13),
    (Bilingual("评语（可不填）", "Comment (optional)"), 32),
)  # fmt: skip
_INSTRUCTIONS = "说明 Instructions"
_PAGE = (26, 90)  # widths of the columns of the instructions
# what a reader may do on a protected sheet; there is no password, for it would keep nobody out who means harm
_ALLOWED = {"format_columns": True, "format_rows": True}


@dataclass(frozen=True, kw_only=True)
class RatingBook:
    """What one workbook shows."""

    company_id: str
    company: Label
    period: Period
    rater: str
    rater_name: str
    asked: Sequence[AskedRating]

    @property
    def form(self) -> RatingForm:
        """What is signed on the hidden sheet."""
        return form_of(self.company_id, self.period.id, self.rater, self.asked)


def rating_book_bytes(about: RatingBook) -> bytes:
    """The workbook as bytes; the same ratings asked of the same person give the same bytes."""
    target = io.BytesIO()
    plain_text = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, plain_text) as book:
        book.set_properties(
            {
                "title": f"评分表 Ratings {about.period.id} {about.rater}",
                "author": "meritline",
                # a fixed instant, naive as Excel keeps it: the day of sending would give other bytes to the same content
                "created": datetime.combine(about.period.end, time()),
            }
        )
        styles = Styles(book)
        _instructions(book.add_worksheet(_INSTRUCTIONS), styles, about)
        _ratings(book.add_worksheet(RATINGS), styles, about)
        _signed(book.add_worksheet(SIGNED), styles, about.form)
    return target.getvalue()


def _ratings(sheet: Worksheet, styles: Styles, about: RatingBook) -> None:
    last = len(HEADS) - 1
    title = f"{about.company.zh} {about.period.id} 评分表 Ratings · {about.rater_name} ({about.rater})"
    note = f"只填写黄色的两列；无法评价时选「{ABSTAIN}」。 Fill in the two yellow columns only; abstain where you cannot judge."
    for row, (text, style, height) in enumerate(((title, styles.title, 28), (note, styles.note, 20))):
        sheet.merge_range(row, 0, row, last, "", style)
        write_text(sheet, row, 0, text, style)
        sheet.set_row(row, height)
    for column, (head, width) in enumerate(HEADS):
        sheet.set_column(column, column, width)
        write_text(sheet, HEAD_ROW - 1, column, head.both("\n"), styles.head)
    sheet.set_row(HEAD_ROW - 1, row_height(2))
    for row, rating in enumerate(about.asked, start=HEAD_ROW):
        _rating(sheet, styles, row, rating)
    sheet.freeze_panes(HEAD_ROW, 3)
    sheet.protect("", _ALLOWED)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW - 1)


def _rating(sheet: Worksheet, styles: Styles, row: int, rating: AskedRating) -> None:
    shown = shown_cells(rating)
    for column, text in enumerate(shown):
        write_text(sheet, row, column, text, styles.small if column == len(shown) - 1 else styles.text)
    # the last of them is set in 9 points: an eighth more fits into its column
    widths = [*(width for _, width in HEADS[: len(shown) - 1]), HEADS[len(shown) - 1][1] * 9 // 8]
    lines = max(lines_needed(text, width) for text, width in zip(shown, widths, strict=True))
    sheet.set_row(row, row_height(lines))
    sheet.write_blank(row, SCORE, None, styles.fill_score)
    sheet.write_blank(row, COMMENT, None, styles.fill_text)
    sheet.data_validation(row, SCORE, row, SCORE, _scores(row, rating))
    sheet.data_validation(
        row,
        COMMENT,
        row,
        COMMENT,
        {
            "validate": "length",
            "criteria": "<=",
            "value": LONGEST_COMMENT,
            "error_title": "评语过长 Too long",
            "error_message": f"最多 {LONGEST_COMMENT} 字 at most {LONGEST_COMMENT} characters",
        },
    )


def _scores(row: int, rating: AskedRating) -> dict[str, object]:
    """The drop-down of a scale; where the scale is long, a number within it or the word of abstention."""
    item = rating.item
    scale = f"{plain(item.lowest)} – {plain(item.scale_max)}"
    said: dict[str, object] = {
        "input_title": f"{rating.kpi.label.zh} {scale}"[:32],
        "input_message": f"选择得分，或「{ABSTAIN}」。留空即未答。 Choose a score or abstain. Empty: not answered.",
        "error_title": "不在量表内 Not on the scale",
        "error_message": f"{scale}，或 or {ABSTAIN}",
    }
    if item.choices:
        return {**said, "validate": "list", "source": [*map(plain, item.choices), ABSTAIN]}
    cell = f"{chr(ord('A') + SCORE)}{row + 1}"
    bounds = f"{cell}>={plain(item.lowest)},{cell}<={plain(item.scale_max)}"
    formula = f'=OR({cell}="{ABSTAIN}",AND(ISNUMBER({cell}),{bounds}))'
    return {**said, "validate": "custom", "value": formula}


def _instructions(sheet: Worksheet, styles: Styles, about: RatingBook) -> None:
    for column, width in enumerate(_PAGE):
        sheet.set_column(column, column, width)
    title = f"{about.company.zh} {about.period.id} 评分说明 How to rate"
    sheet.merge_range(0, 0, 0, 1, "", styles.title)
    write_text(sheet, 0, 0, title, styles.title)
    sheet.set_row(0, 28)
    row = 1
    for head, text in (*_told(about), *_counting(about.asked)):
        write_text(sheet, row, 0, head, styles.label)
        write_text(sheet, row, 1, text, styles.text)
        sheet.set_row(row, row_height(max(lines_needed(head, _PAGE[0]), lines_needed(text, _PAGE[1]))))
        row += 1
    sheet.protect("", _ALLOWED)
    sheet.hide_gridlines(2)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _told(about: RatingBook) -> Iterable[tuple[str, str]]:
    who = f"{about.rater_name} ({about.rater})"
    people = len({rating.person_id for rating in about.asked})
    yield "评分人 Rater", who
    span = f"{about.period.id}（{about.period.start} – {about.period.end}）"
    yield "范围 Asked for", f"{span}：{people} 人 people，{len(about.asked)} 项 ratings"
    for head, text in TOLD:
        yield head, text.format(period=about.period.id)


def _counting(asked: Sequence[AskedRating]) -> Iterable[tuple[str, str]]:
    """How ratings of each item count, as each role says; told once."""
    told: dict[tuple[str, str], None] = {}
    for rating in asked:
        head = f"{rating.kpi.label.zh} {rating.kpi.label.en}"
        for step in rating.counts:
            told[head, f"{step.zh}\n{step.en}"] = None
    yield from COUNTING
    yield from told


def _signed(sheet: Worksheet, styles: Styles, form: RatingForm) -> None:
    for row, cells in enumerate(form.signed()):
        for column, text in enumerate(cells):
            write_text(sheet, row, column, text, styles.text)
    sheet.protect("", {})
    sheet.very_hidden()

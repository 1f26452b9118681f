"""What blocks the close of a period as rows for a reader: one wording for the command, Dagster and the sheet of the workbook.

Belongs here: cells and the sheet. Not here: what blocks and who can mend it (models/closing).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from models.closing.blockers import KIND_NAMES, Blocker, BlockerList, BlockerOwner
from models.closing.remedies import CloseContext
from models.definitions import Label
from pipelines.render.bilingual import Bilingual
from pipelines.render.styles import Styles, lines_needed, row_height, write_text

SHEET = "待办 Open points"
HEADS = (
    (Bilingual("序号", "No."), 6),
    (Bilingual("人数", "People"), 8),
    (Bilingual("种类", "Kind"), 16),
    (Bilingual("阻碍", "What blocks"), 60),
    (Bilingual("由谁解决", "Who"), 30),
    (Bilingual("怎么办", "What to do"), 60),
    (Bilingual("命令", "Command"), 40),
    (Bilingual("文件", "File"), 24),
)
_PEOPLE_SHOWN = 5


@dataclass(frozen=True)
class OpenPoints:
    """The list of a period with what its words need."""

    found: BlockerList
    about: CloseContext


def owner_told(owner: BlockerOwner, about: CloseContext) -> Bilingual:
    """Names, then the position; the position alone where nobody is known by name."""
    names = ", ".join(about.person(person) for person in owner.people[:_PEOPLE_SHOWN])
    if len(owner.people) > _PEOPLE_SHOWN:
        names += f", … ({len(owner.people)})"
    if not names:
        return as_bilingual(owner.position)
    return Bilingual(f"{names}（{owner.position.zh}）", f"{names} ({owner.position.en})")


def as_bilingual(label: Label) -> Bilingual:
    """A label of the models as a text of the reports."""
    return Bilingual(label.zh, label.en)


def cells(number: int, blocker: Blocker, about: CloseContext) -> tuple[Bilingual, ...]:
    """One blocker in the columns of `HEADS`."""
    plain = [str(number), str(len(blocker.people))]
    return (
        *(Bilingual(text, text) for text in plain),
        as_bilingual(KIND_NAMES[blocker.kind]),
        Bilingual(f"[{blocker.code}] {blocker.what.zh}", f"[{blocker.code}] {blocker.what.en}"),
        owner_told(blocker.owner, about),
        as_bilingual(blocker.remedy),
        Bilingual(blocker.command, blocker.command),
        Bilingual(blocker.place, blocker.place),
    )


def rows(points: OpenPoints) -> list[tuple[Bilingual, ...]]:
    """Every blocker, in the order in which it should be mended."""
    return [cells(n, blocker, points.about) for n, blocker in enumerate(points.found.blockers, start=1)]


def write_open_points(sheet: Worksheet, styles: Styles, points: OpenPoints) -> None:
    """The list as a sheet, beside the appraisal sheets of the same publication."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    last = len(HEADS) - 1
    sheet.merge_range(0, 0, 0, last, "", styles.title)
    write_text(sheet, 0, 0, as_bilingual(points.found.line).both(), styles.title)
    sheet.set_row(0, 26)
    for column, (head, width) in enumerate(HEADS):
        sheet.set_column(column, column, width)
        write_text(sheet, 1, column, head.both("\n"), styles.head)
    sheet.set_row(1, row_height(2))
    for row, texts in enumerate(rows(points), start=2):
        _write_row(sheet, styles, row, [text.both("\n") for text in texts])
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)


def _write_row(sheet: Worksheet, styles: Styles, row: int, texts: Sequence[str]) -> None:
    for column, text in enumerate(texts):
        write_text(sheet, row, column, text, styles.center if column < 2 else styles.text)
    widths = [width for _, width in HEADS]
    sheet.set_row(
        row, row_height(max(lines_needed(text, width) for text, width in zip(texts, widths, strict=True)))
    )

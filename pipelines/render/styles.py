"""Cell styles and the few ways a cell is written. No content.

Text is always written as a string cell, never guessed into a formula, link or number; `quote_prefix` keeps it
text even when somebody edits the cell in Excel.
"""

import unicodedata
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.money import round_half_up
from models.units import unit_of
from pipelines.render.bilingual import shown_places

FONT = "Microsoft YaHei"  # readers without it fall back to their own CJK font
MAX_CELL = (
    32_767  # characters; more is cut by Excel (support.microsoft.com, "Excel specifications and limits")
)
LINE_POINTS = 14.5  # height of one line of the font at 10 points
FILL = "#FFFBE6"  # cells that wait for an entry
INK, MUTED, RULE, SHADE, ACCENT = "#1B232D", "#55606D", "#AEB6C0", "#EEF1F4", "#1D5C9C"


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[tuple[str, bool], Format] = {}
        self.title = self._make(bold=True, font_size=15, align="left", border=0)
        self.note = self._make(font_color=MUTED, font_size=9, border=0)
        self.label = self._make(font_color=MUTED, bg_color=SHADE)
        self.text = self._make()
        self.small = self._make(font_size=9)
        self.center = self._make(align="center")
        self.missing = self._make(align="center", bold=True, font_color="#B0261D")
        self.head = self._make(bold=True, bg_color=SHADE, align="center", bottom=2)
        self.link = self._make(font_color=ACCENT)
        self.subtotal = self._make(bold=True, bg_color="#F6F7F8")
        self.total = self._make(bold=True, bg_color=SHADE, top=2, font_size=11)
        self.sign = self._make(border=0, bottom=1, valign="bottom")
        # what people fill in. Text in the comment: a line that begins with = or - stays what was typed
        self.fill_score = self._make(num_format="General", align="center", locked=False, bg_color=FILL)
        self.fill_text = self._make(num_format="@", text_wrap=True, locked=False, bg_color=FILL)
        self.score = self.number("0.00")
        self.coefficient = self.number("0.00##")

    def number(self, pattern: str, *, strong: bool = False) -> Format:
        """A right-aligned number format, made once."""
        key = (pattern, strong)
        if key not in self._numbers:
            extra = {"bold": True, "bg_color": "#F6F7F8"} if strong else {}
            self._numbers[key] = self._make(num_format=pattern, align="right", shrink=True, **extra)
        return self._numbers[key]

    def _make(self, **options: object) -> Format:
        base: dict[str, object] = {
            "font_name": FONT, "font_size": 10, "font_color": INK, "border": 1, "border_color": RULE,
            # a number shrinks instead of wrapping: on two lines it could be read as two numbers
            "valign": "vcenter", "text_wrap": "num_format" not in options,
            "quote_prefix": "num_format" not in options,
        }  # fmt: skip
        if options.get("align") != "center" and options.get("border") != 0:
            base["indent"] = 1  # text must not touch the rule
        return self._book.add_format(base | options)


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """A string cell; control characters other than a line break have no meaning on paper and are dropped."""
    shown = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    sheet.write_string(row, column, shown[:MAX_CELL], style)


def write_number(
    sheet: Worksheet, at: tuple[int, int], value: Decimal | None, how: tuple[int, Format], *, empty: Format
) -> None:
    """A number cell, or a dash when there is none: a missing figure is never 0.

    The value is rounded to the shown decimals as a Decimal first. Only then it becomes the binary double that
    the Excel format prescribes: the one place where a figure leaves decimal arithmetic.
    """
    (row, column), (places, style) = at, how
    if value is None:
        write_text(sheet, row, column, "—", empty)
        return
    sheet.write_number(row, column, float(round_half_up(value, places)), style)


def number_pattern(unit: str, decimals: int) -> tuple[int, str]:
    """Decimals to keep and Excel pattern of a unit: a ratio keeps two more decimals than its percentage.

    >>> number_pattern("ratio", 4), number_pattern("CNY", 2), number_pattern("count", 0)
    ((4, '0.00%'), (2, '#,##0.00'), (0, '#,##0'))
    """
    places = shown_places(unit, decimals)
    tail = "." + "0" * places if places else ""
    if unit_of(unit).is_ratio:
        return places + 2, f"0{tail}%"
    return places, f"#,##0{tail}" + ('"×"' if unit_of(unit).is_multiple else "")


def width_of(text: str) -> int:
    """Columns a text takes: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def lines_needed(text: str, width: int) -> int:
    """Lines a wrapped text takes in a column, on the safe side: words break early, fonts differ."""
    usable = max(width - 3, 1)  # the indent and both edges of a cell
    return sum(max(-(-width_of(line) // usable), 1) for line in text.split("\n"))


def row_height(lines: int) -> float:
    """Points for that many lines; Excel's own limit is 409."""
    return min(LINE_POINTS * lines + 4, 409)


def footer(left: str, definition_hash: str) -> str:
    """Page footer; `&` starts a control code in Excel, so it is doubled in text."""
    name = left.replace("&", "&&")[:80]
    return f"&L&8{name}&C&8第 &P 页 / 共 &N 页&R&8定义 definitions {definition_hash[:16]}"

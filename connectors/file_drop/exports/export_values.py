"""One cell of an export -> one exact value, in the ways that platforms write: ¥1,234.50, 12.34%, ="6912...", 2026/10/01.

Belongs here: cleaning a cell and choosing the date format. Not here: the formats of our own templates (values.py), which this
hands every cleaned cell to: one place says what a number is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from connectors.file_drop.exports.export_layout import ExportLayout
from connectors.file_drop.layout import ColumnSpec, FileOptions
from connectors.file_drop.values import BadValueError, Value, eaten_id, parse_cell
from models.spellings import day_text
from models.values import ReadingError, plausible, read_date, read_instant

_AS_TEXT = re.compile(r'="([^"]*)"')  # how spreadsheets are kept from turning an id into a number
# 1,234,567 and, as in India, 12,34,567
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]+)?%?", re.ASCII)
# some exports write a count as 12.0
_WHOLE = re.compile(r"(-?[0-9]+)\.0+", re.ASCII)
_SURE_DIGITS = 15  # what a spreadsheet keeps of a number
_PLAIN = FileOptions()


def clean(cell: str | None, nulls: Iterable[str]) -> str | None:
    """The text of a cell without what only protects it; None for every way to write nothing."""
    # blanks of web pages, byte order marks and zero-width spaces: `strip` alone leaves the last two
    text = (cell or "").replace("\u00a0", " ").strip().strip("\ufeff\u200b").strip()
    if wrapped := _AS_TEXT.fullmatch(text):
        text = wrapped[1].strip()
    # the mark with which a spreadsheet keeps a number as text
    if text.startswith("'") and len(text) > 1:
        text = text[1:]
    return None if not text or text in nulls else text


@dataclass(kw_only=True)
class CellReader:
    """Reads the cells of one file; remembers the currency signs it met."""

    layout: ExportLayout
    from_workbook: bool
    notation: FileOptions = _PLAIN
    date_format: str = ""
    signs: set[str] = field(default_factory=set)
    instant_format: str = ""

    def value(self, text: str, spec: ColumnSpec) -> Value:
        """The value of a cleaned cell.

        Raises:
            BadValueError: with the code and cause of the refusal.
        """
        if text.startswith("="):
            raise BadValueError(
                "C110", "a formula is not calculated", "paste the values instead of the formula"
            )
        if spec.type in {"decimal", "integer"}:
            return parse_cell(self._number(text, spec), spec, self.notation)
        if spec.type == "date":
            return self._date(text)
        if spec.type == "instant":
            return self._instant(text, spec)
        return parse_cell(text, spec, _PLAIN, from_workbook=self.from_workbook)

    def _number(self, text: str, spec: ColumnSpec) -> str:
        if not (text[0].isdigit() and text[-1] in "0123456789%"):
            # the longest first: where one sign begins with another, the whole of it is taken
            longest = sorted(self.layout.symbols, key=len, reverse=True)
            sign = next((s for s in longest if text.lstrip("-").startswith(s) or text.endswith(s)), "")
            self.signs |= {sign} - {""}
            text = text.replace(sign, "", 1).strip() if sign else text
        if self.notation.decimal == "." and _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if spec.type == "integer" and (whole := _WHOLE.fullmatch(text)):
            return whole[1]
        return text

    def _date(self, text: str) -> date:
        day = parsed_day(text, self.date_format or self.layout.dates[0])
        if day is None:
            raise BadValueError("C151", "this is no date of the export", f"written as {self.layout.dates[0]}")
        return day

    def _instant(self, text: str, spec: ColumnSpec) -> Value:
        """A file keeps to one format: the one that fitted last is tried first."""
        for form in filter(None, (self.instant_format, *self.layout.instants)):
            try:
                found = read_instant(text, form)
            except ReadingError:
                continue
            self.instant_format = form
            return found
        # none fits: the usual reader has the words for the refusal
        return parse_cell(text, spec, _PLAIN)


def parsed_day(text: str, form: str) -> date | None:
    """The day a cell names in a format, or in a spelling that can mean one day only; None when it is none."""
    # the form of the layout first: what it reads is never read another way
    for written, read_as in ((text, form), (day_text(text), "")):
        try:
            return plausible(read_date(written, read_as))
        except ReadingError:
            continue
    return None


def date_format(cells: Iterable[str], layout: ExportLayout, days: tuple[date, date] | None) -> str:
    """The format of the layout in which most cells are days, and days of the entry where it names any.

    Raises:
        BadValueError: C151 when 01/02/26 could be two days and nothing decides.
    """
    texts = sorted(set(cells))
    found = {form: tuple(parsed_day(text, form) for text in texts) for form in layout.dates}
    most = max(len(texts) - read.count(None) for read in found.values())
    readings: dict[tuple[date | None, ...], str] = {}
    # formats that read every cell alike are one: 2026-10-01 leaves nothing to decide
    for form, read in found.items():
        if len(texts) - read.count(None) == most:
            readings.setdefault(read, form)
    inside = [form for read, form in readings.items() if _within(read, days)]
    chosen = inside or list(readings.values())
    if len(chosen) > 1 and most == len(texts):
        remedy = f"state `date_format:` in facts.yaml (or --date-format), e.g. {chosen[0]}"
        raise BadValueError("C151", "the dates can be read in two ways", remedy)
    return chosen[0]


def _within(read: tuple[date | None, ...], days: tuple[date, date] | None) -> bool:
    return days is not None and all(day is not None and days[0] <= day <= days[1] for day in read)


def refuse_lost_digits(ids: Iterable[str]) -> None:
    """Long ids that all end in zeros went through a spreadsheet number: their last digits are gone.

    Raises:
        BadValueError: C158.
    """
    long = {text for text in ids if len(text) > _SURE_DIGITS and text.isascii() and text.isdigit()}
    # a single id may end in zeros by itself
    if len(long) > 1 and all(not text[_SURE_DIGITS:].strip("0") for text in long):
        raise eaten_id()

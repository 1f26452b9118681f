"""The rows of a recognised export as rows of its canonical table, with what the file itself proves.

Belongs here: which rows are facts, where a column comes from, totals that stand in the file. Not here: single cells
(export_values.py), totals of orders (export_orders.py), the days and totals an entry declares (drops.py).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connectors.file_drop.exports.export_layout import ExportColumn, ExportLayout
from connectors.file_drop.exports.export_match import Match
from connectors.file_drop.exports.export_orders import split_orders
from connectors.file_drop.exports.export_reading import ExportEntry, RawRow, Sheet
from connectors.file_drop.exports.export_values import CellReader, clean, date_format, refuse_lost_digits
from connectors.file_drop.exports.summary_rows import summary_kind
from connectors.file_drop.fact_layouts import fact_layout
from connectors.file_drop.layout import ColumnSpec, FileOptions
from connectors.file_drop.refusals import raise_all
from connectors.file_drop.table import DroppedRow, DroppedTable, duplicates
from connectors.file_drop.values import BadValueError, check_range, eaten_id, parse_cell
from models.errors import CompanyError
from models.money import subtract
from models.money import total as added
from models.spellings import folded


@dataclass(frozen=True)
class ExportRows:
    """Canonical rows, and what is known about their completeness."""

    table: DroppedTable
    layout: ExportLayout
    data_rows: int
    proofs: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def export_rows(match: Match, content: bytes, entry: ExportEntry) -> ExportRows:
    """The rows of a file in the layout it was recognised by.

    Args:
        match: what `recognise` found.
        content: the bytes of the file, for its identity.
        entry: what facts.yaml says of it.

    Raises:
        MeritError: every wrong cell at once, or C106, C114, C140, C167, C180.
    """
    sheet = _sheet(match, entry)
    facts, totals, summaries = _sorted_out(sheet, list(_raw(match, sheet)))
    # before rows are left out: the total row of a platform sums up all of them
    proofs = list(_checked_totals(sheet, facts, totals))
    kept, left_out = _kept(sheet, _filled_down(sheet, facts))
    _choose_dates(sheet, kept)
    plans = _plans(sheet)
    rows = [_dropped(sheet, plans, row, number) for row, number in _numbered(sheet, kept)]
    # a row that could not be read would only make its order fail to add up
    raise_all(sheet.errors)
    orders = split_orders(sheet, kept, rows)
    rows = orders.rows
    _check_currency(sheet)  # last: signs are met while cells are read
    target = fact_layout(sheet.layout.table)
    raise_all(duplicates(rows, target, sheet.name))
    table = DroppedTable(
        table=target.table, file=sheet.name, sha256=hashlib.sha256(content).hexdigest(), dropped=tuple(rows)
    )
    return ExportRows(
        table, sheet.layout, len(facts), tuple(proofs), {**summaries, **left_out, **orders.left_out}
    )


def _sheet(match: Match, entry: ExportEntry) -> Sheet:
    layout, titles = match.layout, match.titles
    name = f"{entry.file}[{match.sheet.name}]" if match.sheet.name else entry.file
    counts = Counter(folded(t) for t in titles if t)
    # only headers that are read: a remark column may well stand twice
    taken = {folded(h) for c in layout.columns.values() for group in c.alternatives for h in group}
    twice = next((t for t in titles if t and folded(t) in taken and counts[folded(t)] > 1), None)
    if twice:
        where = f"{name}:{match.sheet.top[match.header].number}"
        raise CompanyError(
            "C106", "two columns have the same header", where=where, actual=twice, remedy="keep one of them"
        )
    # reversed, so that of two equal headers the first one stays
    positions = {folded(t): i for i, t in reversed(list(enumerate(titles))) if t}
    notation = FileOptions(decimal=entry.decimal or layout.decimal)
    reader = CellReader(
        layout=layout,
        from_workbook=match.sheet.from_workbook,
        notation=notation,
        date_format=entry.date_format,
    )
    return Sheet(layout=layout, entry=entry, name=name, positions=positions, width=len(titles), reader=reader)


def _raw(match: Match, sheet: Sheet) -> Iterator[RawRow]:
    for row in match.sheet.rows_below(match.header):
        cells = [clean(cell, sheet.layout.nulls) for cell in row.cells]
        # a separator at the end of the line makes an empty cell too many, which shifts nothing
        cells = cells[: sheet.width] if not any(cells[sheet.width :]) else cells
        if any(cells):
            yield RawRow(row.number, cells, row.damaged)


def _sorted_out(sheet: Sheet, rows: Iterable[RawRow]) -> tuple[list[RawRow], list[RawRow], dict[str, int]]:
    """The rows of facts, the rows that sum them up and are to be checked, and how many others are no facts."""
    facts: list[RawRow] = []
    totals: list[RawRow] = []
    summaries: Counter[str] = Counter()
    rule, keys = sheet.layout.total, _key_positions(sheet)
    position = sheet.position(rule.column) if rule else None
    for row in rows:
        label = row.cells[position] if position is not None and position < len(row.cells) else None
        # before the width is looked at: total rows are often shorter than the header
        if rule and label in rule.checked:
            totals.append(row)
        elif rule and label in rule.unchecked:
            continue
        elif kind := summary_kind(row.cells, keys):
            summaries[kind] += 1
        elif len(row.cells) != sheet.width:
            sheet.errors.append(_wrong_width(sheet, row))
        else:
            facts.append(row)
    return facts, totals, dict(summaries)


def _key_positions(sheet: Sheet) -> list[int]:
    """Where the columns stand that tell one fact from another."""
    sources = [sheet.layout.columns.get(name) for name in fact_layout(sheet.layout.table).grain]
    headers = [s.headers or (s.number_within,) for s in sources if s and (s.headers or s.number_within)]
    return [found for h in headers if (found := sheet.position(h)) is not None]


def _wrong_width(sheet: Sheet, row: RawRow) -> CompanyError:
    return CompanyError(
        "C113",
        f"the row has {len(row.cells)} cells, the header has {sheet.width}",
        where=f"{sheet.name}:{row.number}",
        remedy="export the file again: it may have been cut, or edited",
    )


def _checked_totals(sheet: Sheet, facts: list[RawRow], totals: list[RawRow]) -> Iterator[str]:
    """Every sum the file states about itself, compared with its rows."""
    rule = sheet.layout.total
    for row in totals:
        for header in rule.sums if rule else ():
            stated = sheet.amount(row, header)
            if stated is None:
                continue
            found = added([sheet.amount(fact, header) or Decimal(0) for fact in facts])
            if found != stated:
                raise CompanyError(
                    "C167",
                    f"{header}: the rows do not add up to the total row of the file",
                    where=f"{sheet.name}:{row.number}",
                    actual=f"rows {found:f}, total row {stated:f}",
                    remedy="export the file again without filters, and do not edit it",
                )
            yield f"{header} adds up to its total row {stated:f}"


def _filled_down(sheet: Sheet, rows: list[RawRow]) -> list[RawRow]:
    """Columns that stand on the first row of their order only, repeated on its other rows."""
    layout = sheet.layout
    if not layout.fill_by:
        return rows
    key = sheet.positions[folded(layout.fill_by)]
    columns = [sheet.positions[folded(h)] for h in layout.fill_down if folded(h) in sheet.positions]
    filled: list[RawRow] = []
    for row in rows:
        cells = list(row.cells)
        # only from the row above and only in the same order: nothing is filled into another one
        if filled and filled[-1].cells[key] == cells[key]:
            for column in columns:
                cells[column] = cells[column] or filled[-1].cells[column]
        filled.append(RawRow(row.number, cells, row.damaged))
    return filled


def _kept(sheet: Sheet, rows: list[RawRow]) -> tuple[list[RawRow], dict[str, int]]:
    """Rows that are facts, and how many were left out for which reason."""
    left_out: Counter[str] = Counter()
    kept: list[RawRow] = []
    for row in rows:
        why = next((s.why for s in sheet.layout.skip if (sheet.cell(row, *s.column) or "") in s.among), None)
        if why is None:
            kept.append(row)
        else:
            left_out[f"{why.zh} / {why.en}"] += 1
    return kept, dict(left_out)


def _choose_dates(sheet: Sheet, rows: list[RawRow]) -> None:
    """The one date format of the file; ids that lost their digits are looked for in the same pass over whole columns."""
    for spec, source in _sources(sheet):
        texts = [t for row in rows if (t := sheet.cell(row, *source.headers)) is not None]
        try:
            if spec.type == "date" and source.headers and not sheet.entry.date_format:
                sheet.reader.date_format = date_format(texts, sheet.layout, sheet.entry.days)
            if spec.id:
                refuse_lost_digits(texts)
        except BadValueError as error:
            shown = CompanyError(
                error.code, f"{spec.name}: {error.cause}", where=sheet.name, remedy=error.remedy
            )
            sheet.errors.append(shown)


def _sources(sheet: Sheet) -> Iterator[tuple[ColumnSpec, ExportColumn]]:
    for spec in fact_layout(sheet.layout.table).columns:
        if source := sheet.layout.columns.get(spec.name):
            yield spec, source


def _numbered(sheet: Sheet, rows: list[RawRow]) -> Iterator[tuple[RawRow, int]]:
    """Every row with its place among the rows of its order."""
    by = next((c.number_within for c in sheet.layout.columns.values() if c.number_within), "")
    seen: Counter[str | None] = Counter()
    for row in rows:
        key = sheet.cell(row, by) if by else None
        seen[key] += 1
        yield row, seen[key]


@dataclass(frozen=True)
class _ColumnPlan:
    """How one column of the table is filled: from the file, or always the same."""

    spec: ColumnSpec
    source: ExportColumn | None
    otherwise: object


def _plans(sheet: Sheet) -> list[_ColumnPlan]:
    layout, plans = sheet.layout, []
    for spec in fact_layout(layout.table).columns:
        source = layout.columns.get(spec.name)
        text = (
            layout.constants.get(spec.name, layout.currency if spec.name == "currency" else "")
            or spec.default  # a constant goes before the layout's currency, that before the default
        )
        otherwise = None if text is None else parse_cell(text, spec, FileOptions())
        is_tighter = source is not None and source.max is not None
        held = spec.model_copy(update={"max": source.max}) if source and is_tighter else spec
        plans.append(_ColumnPlan(held, source, otherwise))
    return plans


def _dropped(sheet: Sheet, plans: list[_ColumnPlan], row: RawRow, number: int) -> DroppedRow:
    values: dict[str, object] = {}
    for plan in plans:
        try:
            values[plan.spec.name] = _value(sheet, plan, row, number) if plan.source else plan.otherwise
        except BadValueError as error:
            sheet.errors.append(sheet.refusal(row, plan.spec.name, error, _shown(sheet, plan.source, row)))
    return DroppedRow(row.number, values)


def _shown(sheet: Sheet, source: ExportColumn | None, row: RawRow) -> str:
    """The cells a value is made of, as a message repeats them."""
    groups = source.alternatives if source else ()
    return " + ".join(cell for headers in groups if (cell := sheet.cell(row, *headers)))


def _value(sheet: Sheet, plan: _ColumnPlan, row: RawRow, number: int) -> object:
    """The cell under the header, else what its absence means."""
    source, spec = plan.source or ExportColumn(), plan.spec
    if source.number_within:
        return _place_in_order(sheet.cell(row, source.number_within), number)
    if source.sum:
        return _sum(sheet, row, source, spec)
    position = sheet.position(source.headers)
    if position is None and source.of_the_entry:
        return _day_of(sheet)
    if source.where_empty and (position is None or row.cells[position] is None):
        position = sheet.position(source.where_empty)
    text = _mapped(None if position is None else row.cells[position], source)
    if source.only and text not in source.only:
        raise BadValueError(
            "C181", "the word is not one the layout knows", f"write one of {', '.join(source.only)}"
        )
    if text is None and spec.required:
        raise BadValueError("C150", "the cell is empty", "export the file again, or correct the row")
    if text is None:
        return plan.otherwise
    if spec.type == "text" and position in row.damaged:
        raise eaten_id()
    return sheet.reader.value(text, spec)


def _place_in_order(order: str | None, number: int) -> str:
    if order is None:
        raise BadValueError("C150", "the row names no order", "export the file again")
    return f"{order}/{number}"


def _mapped(text: str | None, source: ExportColumn) -> str | None:
    """The platform's word as the word of the table; an unknown word stays, and is refused where the table has a list."""
    if text is None or not source.values:
        return text
    # a word that is translated into "" means nothing
    return source.values.get(text, source.otherwise if source.otherwise is not None else text) or None


def _sum(sheet: Sheet, row: RawRow, source: ExportColumn, spec: ColumnSpec) -> object:
    """A sum of columns less others; the first one must be filled, an empty other one adds nothing."""
    texts = [sheet.cell(row, *headers) for headers in source.sum]
    if texts[0] is None:
        raise BadValueError("C150", f"the cell under {source.sum[0][0]} is empty", "export the file again")
    found = added([Decimal(str(sheet.reader.value(t, spec))) for t in texts if t is not None])
    for text in (sheet.cell(row, *headers) for headers in source.less):
        if text is not None:
            found = subtract(found, Decimal(str(sheet.reader.value(text, spec))))
    check_range(found, spec)  # each part may fit its column and the sum may not
    return found


def _day_of(sheet: Sheet) -> date | None:
    """The file names no day: it must speak for one alone."""
    if sheet.entry.days is None:
        return None
    if sheet.entry.one_day is None:
        first, last = sheet.entry.days
        cause = f"the file names no days, so it can speak for one only, not for {first} to {last}"
        raise BadValueError("C150", cause, "export one file per day, and state that day as from and to")
    return sheet.entry.one_day


def _check_currency(sheet: Sheet) -> None:
    """The currency of the entry must be that of the export, and one that every currency sign in the file can mean."""
    layout, stated = sheet.layout, sheet.entry.currency
    meant = [set(layout.symbols[sign]) for sign in sheet.reader.signs]
    # a file without any sign may be in either of the two that are stated
    possible = set.intersection(*meant) if meant else {stated, layout.currency}
    own = stated or layout.currency
    if (
        (own and own not in possible)
        or not possible
        or (stated and layout.currency and stated != layout.currency)
    ):
        found = " and ".join(sorted(sheet.reader.signs)) or layout.currency
        raise CompanyError(
            "C140",
            "the currency of the file is not that of its entry",
            where=sheet.name,
            actual=f"file {found}, entry {stated or 'states none'}",
            remedy="state the `currency:` the file is in; one file holds one currency",
        )

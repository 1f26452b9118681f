"""facts.yaml: which file holds which days of which canonical table, and the totals that prove it whole.

Belongs here: the declarations. Not here: reading the files (drops.py).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import PurePosixPath

from pydantic import ValidationError

from connectors.file_drop.layout import FileOptions
from models.definitions.reading import (
    Fields,
    as_date,
    as_id,
    as_items,
    as_mapping,
    as_number,
    as_text,
)
from models.definitions.strict_yaml import Node, parse, plain
from models.errors import CompanyError
from models.loads import FILE_DROP, StreamRef
from models.periods import day_bounds
from models.tables import FACTS, ColumnType, Table
from models.values import (
    FormError,
    LimitError,
    ReadingError,
    nearest,
    plausible,
    read_currency,
    read_shop_id,
    read_whole,
    read_zone,
)

MANIFEST = "facts.yaml"
_REQUIRED = ("table", "file", "shop_id", "zone", "from", "to")
_FORMAT = ("sheet", "encoding", "delimiter", "date_format", "decimal", "thousands", "decimals", "columns")
# parts of a file's name that stand for its day: such an entry declares one file for each day from `from` to `to`
_DAY_MARKS = {"{day}": "%Y-%m-%d", "{yyyymmdd}": "%Y%m%d"}
_MARK = re.compile(r"\{[^{}/]*\}")
_MAX_DAYS = 1100  # three years: a slip in the year would claim a century


@dataclass(frozen=True, kw_only=True)
class Drop:
    """One declared file: the days it speaks for and what it must add up to."""

    table: str
    file: str
    shop_id: str
    zone: str
    first: date
    last: date
    rows: int | None
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    platform: str = "file"
    currency: str | None = None
    options: FileOptions = field(default_factory=FileOptions)
    # how a platform's own export looks: the name of a layout, or `auto`; nothing for our templates
    layout: str = ""
    where: str = MANIFEST
    # the name in the entry, where it stands for one file a day; this drop is one of them
    pattern: str = ""

    @property
    def ref(self) -> StreamRef:
        """The stream it belongs to."""
        return StreamRef(FILE_DROP, self.table, self.shop_id)

    @property
    def fact(self) -> Table:
        """The canonical table it fills."""
        return FACTS[self.table]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its days as instants `[start, end)` in UTC."""
        return day_bounds(self.first, self.zone)[0], day_bounds(self.last, self.zone)[1]

    def statement(self) -> str:
        """Everything it declares, as one text: another text is another drop."""
        parts = [*vars(self).items()]
        return repr(
            [
                # neither the order of the totals nor how the entry names it makes another drop
                (key, sorted(value.items()) if key == "totals" else value)
                for key, value in parts
                if key not in ("where", "pattern")
            ]
        )


def read_manifest(text: str) -> tuple[Drop, ...]:
    """The drops of facts.yaml.

    Raises:
        CompanyError: C140, C141, and D1xx for the shape, with file and line.
    """
    top = Fields(parse(text, MANIFEST), MANIFEST, required=("drops",))
    drops = tuple(drop for node in as_items(top["drops"], "drops") for drop in _drops(node))
    _refuse_contradictions(drops)
    return drops


def _drops(node: Node) -> Iterator[Drop]:
    """The files of one entry: one, or one a day where its name holds a mark for the day."""
    whole = _drop(node)
    if not whole.pattern:
        yield whole
        return
    for n in range((whole.last - whole.first).days + 1):
        day, file = whole.first + timedelta(days=n), whole.pattern
        for mark, form in _DAY_MARKS.items():
            file = file.replace(mark, day.strftime(form))
        yield replace(whole, file=file, first=day, last=day)


def _drop(node: Node) -> Drop:
    optional = ("rows", "layout", "totals", "platform", "currency", *_FORMAT)
    entry = Fields(node, "a drop", required=_REQUIRED, optional=optional)
    table = _table(entry["table"])
    first, last = _day(entry["from"], "from"), _day(entry["to"], "to")
    # 0: a file of one day has equal days
    if not 0 <= (last - first).days < _MAX_DAYS:
        raise _refused(
            "the days are no range",
            entry["to"],
            f"{first} to {last}",
            f"from, then to, at most {_MAX_DAYS} days in one entry: split a longer history into several",
        )
    platform, currency = entry.get("platform"), entry.get("currency")
    layout, rows = entry.get("layout"), entry.get("rows")
    _refuse_unproven(entry, layout, rows)
    file = _file(entry["file"])
    pattern = _pattern(file, entry)
    return Drop(
        table=table.name,
        file=file,
        shop_id=_shop(entry["shop_id"]),
        zone=_zone(entry["zone"]),
        first=first,
        last=last,
        rows=_rows(rows) if rows else None,
        totals=_totals(entry.get("totals"), table),
        platform=as_id(platform, "platform") if platform else "file",
        currency=_currency(currency) if currency else None,
        options=_options(entry),
        layout=as_id(layout, "layout") if layout else "",
        where=str(entry.place),
        pattern=pattern,
    )


def _pattern(file: str, entry: Fields) -> str:
    """The name of a file, where it stands for one file a day; nothing for one file."""
    marks = _MARK.findall(file)
    if unknown := [mark for mark in marks if mark not in _DAY_MARKS]:
        remedy = "one file a day is named with {day} (2026-03-05) or {yyyymmdd} (20260305)"
        raise _refused("the file's name holds an unknown mark", entry["file"], unknown[0], remedy)
    for key in ("rows", "totals"):
        if marks and (stated := entry.get(key)) is not None:
            remedy = "leave it out where each file proves itself; else give every day an entry of its own"
            raise _refused(f"`{key}` is that of one file, and {marks[0]} names many", stated, key, remedy)
    return file if marks else ""


def _refuse_unproven(entry: Fields, layout: Node | None, rows: Node | None) -> None:
    """A file in our own columns says nothing of its completeness; an export may carry its own totals, or every day."""
    columns = entry.get("columns")
    if layout is None and rows is None:
        remedy = "state `rows:`, or `layout: auto` for an export of a platform"
        raise CompanyError(
            "C140",
            "an entry of facts.yaml cannot be used: rows is missing",
            where=str(entry.place),
            remedy=remedy,
        )
    if layout is not None and columns is not None:
        remedy = "leave `columns:` out, or write a layout into the folder layouts/"
        raise _refused("`columns:` does not go with `layout:`", columns, "both", remedy)


def _refused(what: str, node: Node, actual: str, remedy: str) -> CompanyError:
    return CompanyError(
        "C140",
        f"an entry of facts.yaml cannot be used: {what}",
        where=str(node.place),
        actual=actual[:120],
        remedy=remedy,
    )


def _table(node: Node) -> Table:
    name = as_text(node, "table")
    open_to_files = [t.name for t in FACTS.values() if not t.derived_from]
    if name not in open_to_files:
        what = "the table is built from others" if name in FACTS else "there is no such table"
        raise _refused(what, node, repr(name), nearest(name, open_to_files))
    return FACTS[name]


def _file(node: Node) -> str:
    name = as_text(node, "file")
    parts = PurePosixPath(name).parts
    # `.` and the empty name have no parts
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in parts or len(name) > 200 or not parts:
        raise _refused(
            "the file lies outside the company folder",
            node,
            repr(name),
            "write e.g. facts/traffic-2026-10.csv",
        )
    return name


def _shop(node: Node) -> str:
    shop = as_text(node, "shop_id")
    try:
        return read_shop_id(shop)
    except FormError as error:
        raise _refused("shop_id is no id", node, repr(shop), error.remedy) from None


def _day(node: Node, what: str) -> date:
    try:
        return plausible(as_date(node, what))
    except LimitError as error:
        raise _refused(f"{what}: {error.cause}", node, as_text(node, what), error.remedy) from None


def _zone(node: Node) -> str:
    zone = as_text(node, "zone")
    try:
        return read_zone(zone).key
    except FormError as error:
        raise _refused(error.cause, node, repr(zone), error.remedy) from None


def _rows(node: Node) -> int:
    text = as_text(node, "rows")
    try:
        # 0 rows: "nothing happened on these days" can be stated too
        return read_whole(text, least=0)
    except ReadingError:
        remedy = "write the number of rows below the header"
        raise _refused("rows is no count", node, repr(text), remedy) from None


def _currency(node: Node) -> str:
    currency = as_text(node, "currency")
    try:
        return read_currency(currency)
    except FormError as error:
        raise _refused("this is no currency", node, repr(currency), error.remedy) from None


def _totals(node: Node | None, table: Table) -> dict[str, Decimal]:
    entries = as_mapping(node, "totals").entries if node else {}
    numbers = [c.name for c in table.given if c.type is ColumnType.NUMBER]
    for name, value in entries.items():
        if name not in numbers:
            raise _refused(
                f"{table.name} has no number column {name[:40]}",
                value,
                repr(name[:60]),
                nearest(name, numbers),
            )
    return {name: as_number(value, name) for name, value in entries.items()}


def _options(entry: Fields) -> FileOptions:
    stated = {key: plain(node) for key in _FORMAT if (node := entry.get(key)) is not None}
    try:
        return FileOptions.model_validate(stated)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise CompanyError(
            "C140",
            "an entry of facts.yaml cannot be used: its format",
            where=str(entry.place),
            actual=reason[:200],
            remedy="see `encoding`, `delimiter`, `date_format`, `decimal` in docs/fact-files.md",
        ) from None


def _refuse_contradictions(drops: tuple[Drop, ...]) -> None:
    """Two files that both claim a day whole cannot both be right; one shop has one zone and platform per table."""
    groups: dict[tuple[str, str], list[Drop]] = {}
    for drop in drops:
        groups.setdefault((drop.table, drop.shop_id), []).append(drop)
    for group in groups.values():
        # by first day: if any two overlap, two neighbours do
        ordered = sorted(group, key=lambda d: (d.first, d.last))
        for before, after in pairwise(ordered):
            if after.first <= before.last:
                raise _contradiction(
                    "two files claim the same day",
                    before,
                    after,
                    f"{after.first} in both",
                    "end one before the other begins: an order that was paid after the last day stays in the file it stands in."
                    f" Another report of the same days, e.g. by items, takes a shop_id of its own ({after.shop_id}-items)",
                )
            if (before.zone, before.platform) != (after.zone, after.platform):
                actual = f"{before.zone}, {before.platform} and {after.zone}, {after.platform}"
                raise _contradiction(
                    "one shop has two zones or platforms", before, after, actual, "state the same in both"
                )


def _contradiction(what: str, before: Drop, after: Drop, actual: str, remedy: str) -> CompanyError:
    return CompanyError(
        "C141",
        f"{what}: {after.table} of {after.shop_id}",
        where=f"{before.where} and {after.where}",
        actual=actual,
        remedy=remedy,
    )

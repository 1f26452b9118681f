"""How a platform's own export looks, as data: headers, formats, checksum rows, what is personal, and where we know it from.

Belongs here: the shape of `exports/*.yaml` and of a company's `layouts/*.yaml`, and loading them. Not here: finding the layout
of a file (export_match.py), reading rows with it (export_rows.py).
"""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from connectors.file_drop.fact_layouts import FROM_DROP, file_columns
from connectors.file_drop.layout import NULLS, DeclaredModel
from connectors.file_drop.reading.csv_rows import decode
from connectors.file_drop.reading.opening import read_bytes
from models.definitions.strict_yaml import Mapping as Keys
from models.definitions.strict_yaml import Node, Sequence, parse, plain
from models.errors import CompanyError
from models.spellings import folded
from models.tables import FACTS, MONEY_WIDTH

SHIPPED = Path(__file__).parent / "layouts"
FOLDER = "layouts"  # of a company: adds to the shipped ones, a file of the same name replaces one
AUTO = "auto"
_MOST = 100  # layouts of one company: every one of them is compared with every row that may be a header
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)


class Text(DeclaredModel):
    """Words for both readers."""

    zh: str
    en: str


class ExportColumn(DeclaredModel):
    """Where one canonical column comes from: the first header found, a sum of columns less others, or the row's number."""

    model_config = ConfigDict(populate_by_name=True)  # `from` is a keyword of Python

    headers: tuple[str, ...] = Field(default=(), alias="from")
    sum: tuple[tuple[str, ...], ...] = ()
    less: tuple[tuple[str, ...], ...] = ()  # taken off the sum where the file has them
    number_within: str = ""
    where_empty: tuple[str, ...] = ()  # another header, for rows whose cell is empty
    only: tuple[str, ...] = ()  # the words that are known: nobody knows what another one means
    of_the_entry: bool = False  # the day of a file that names none: the one day of its entry in facts.yaml
    optional: bool = False
    values: Mapping[str, str] = {}
    otherwise: str | None = None
    max: Decimal | None = None

    @property
    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        """Groups of headers; of each group one must stand in the file."""
        return self.sum or ((self.headers,) if self.headers else ())

    @property
    def is_given(self) -> bool:
        """Whether it says where the value comes from."""
        return bool(self.alternatives or self.number_within or self.of_the_entry)


class Skip(DeclaredModel):
    """Rows that are no facts, e.g. orders nobody paid: left out, counted, and said in the proof."""

    column: tuple[str, ...]
    among: tuple[str, ...]
    why: Text


class TotalRow(DeclaredModel):
    """Rows that sum up others: `checked` ones must equal the sums, all of them are left out."""

    column: tuple[str, ...]
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()


class OrderTaxes(DeclaredModel):
    """The tax of an order, divided among its lines; prices hold it where subtotal and shipping alone make the `whole`."""

    amount: str
    into: str
    whole: str
    duties: str
    taxable: str


class NoGoods(DeclaredModel):
    """Rows among the lines of an order that are no goods, known by their name and by what their other cells say."""

    name: str
    tip: tuple[str, ...]
    gift_card: tuple[str, ...]
    says_no: tuple[str, ...]
    lacks: tuple[str, ...]


class OrderSplit(DeclaredModel):
    """An order's stated total divided among its lines; it must lie between Σ price x quantity and that less the discounts."""

    column: str
    order: str
    price: str
    quantity: str
    line_discount: str
    order_discount: str
    total: str
    taxes: OrderTaxes | None = None
    no_goods: NoGoods | None = None


class ExtraLine(DeclaredModel):
    """A second row for an amount that stands once per order, e.g. shipping."""

    amount: str
    into: str
    id_column: str
    suffix: str
    constants: Mapping[str, str]


class ExportLayout(DeclaredModel):
    """One export of one platform."""

    name: str
    label: Text
    platform: str
    table: str
    grain: Text
    verified: Literal["documented", "community", "unverified"]
    source: str
    note: Text | None = None
    header_within: int = Field(default=1, ge=1, le=30)  # le: as many rows as export_sheets keeps at hand
    sheet: str = ""
    absent: tuple[str, ...] = ()
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    instants: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    nulls: tuple[str, ...] = NULLS
    decimal: Literal[".", ","] = "."
    decimals: int | None = Field(default=None, ge=0, le=MONEY_WIDTH.places)
    currency: str = ""
    symbols: Mapping[str, tuple[str, ...]] = {}
    columns: Mapping[str, ExportColumn]
    constants: Mapping[str, str] = {}
    known: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    fill_by: str = ""
    skip: tuple[Skip, ...] = ()
    total: TotalRow | None = None
    split: OrderSplit | None = None
    extra: ExtraLine | None = None
    every_day: bool = False

    @model_validator(mode="after")
    def _fits_the_registry(self) -> "ExportLayout":
        if self.table not in FACTS or FACTS[self.table].derived_from:
            raise ValueError(f"there is no table {self.table[:60]!r} for files")
        open_columns = {c.name for c in file_columns(self.table)}
        for name in (*self.columns, *self.constants):
            if name not in open_columns or name in FROM_DROP:
                raise ValueError(f"{self.table} takes no column {name[:60]!r} from a file")
        for column in file_columns(self.table):
            source = self.columns.get(column.name)
            given = column.name in self.constants or (source is not None and source.is_given)
            # the column that `split` fills is computed from the order's total
            if column.required and not given and not (self.split and self.split.column == column.name):
                raise ValueError(f"{column.name} ({column.zh}) must be given: name its header")
        if not any(c.alternatives and not c.optional for c in self.columns.values()):
            raise ValueError("no column that must be there: any file would fit")
        return self

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Groups of headers of which each must be there: what the file is recognised by."""
        groups = [g for c in self.columns.values() if not c.optional for g in c.alternatives]
        groups += [s.column for s in self.skip]
        groups += [(self.fill_by,)] if self.fill_by else []
        if self.split:
            s = self.split
            groups += [
                (h,) for h in (s.order, s.price, s.quantity, s.line_discount, s.order_discount, s.total)
            ]
            groups += [(h,) for h in (s.taxes.amount, s.taxes.whole)] if s.taxes else []
            groups += [(s.no_goods.name,)] if s.no_goods else []
        if self.extra:
            groups.append((self.extra.amount,))
        # each group once, in the order in which a message names them
        return tuple(dict.fromkeys(groups))

    @property
    def all_headers(self) -> frozenset[str]:
        """Every header the layout knows, as they are compared."""
        taken = [
            h
            for c in self.columns.values()
            for group in (*c.alternatives, *c.less, c.where_empty)
            for h in group
        ]
        groups = [h for group in self.needed for h in group]
        return frozenset(folded(h) for h in (*taken, *groups, *self.known, *self.personal))


@cache
def shipped_exports() -> Mapping[str, ExportLayout]:
    """The layouts that come with the product, by name."""
    found = (
        _layout(path.read_text(encoding="utf-8"), path.name, path.stem)
        for path in sorted(SHIPPED.glob("*.yaml"))
    )
    return {layout.name: layout for layout in found}


def export_layouts(company: Path | None) -> Mapping[str, ExportLayout]:
    """The layouts a company can use: the shipped ones, and those of its folder `layouts/`.

    Raises:
        CompanyError: C166 for a file that is no layout; D1xx for YAML that is not as it should be.
    """
    # the later wins: a company may correct a shipped layout
    return {**shipped_exports(), **(_own(company) if company else {})}


def layouts_digest(company: Path) -> str:
    """Digest of every layout of a company: other layouts may read the same file differently."""
    digest = hashlib.sha256()
    for name, layout in sorted(export_layouts(company).items()):
        digest.update(f"{name}\n{layout!r}\n".encode())
    return digest.hexdigest()


def _own(company: Path) -> dict[str, ExportLayout]:
    folder = company / FOLDER
    # a link could lead out of the company folder
    if folder.is_symlink() or not folder.is_dir():
        return {}
    paths = sorted(folder.glob("*.yaml"))[: _MOST + 1]
    if len(paths) > _MOST:
        raise _unusable(FOLDER, f"more than {_MOST} files")
    texts = {p.stem: (decode(read_bytes(p), p.name, ("utf-8",)), f"{FOLDER}/{p.name}") for p in paths}
    return {stem: _layout(text, shown, stem) for stem, (text, shown) in texts.items()}


def _layout(text: str, shown: str, stem: str) -> ExportLayout:
    root = parse(text, shown)
    try:
        layout = ExportLayout.model_validate(plain(root))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = str(_place(root, first["loc"]))
        key = ".".join(map(str, first["loc"]))  # none where keys contradict each other
        said = first["msg"].removeprefix("Value error, ")
        raise _unusable(where, f"{key}: {said}" if key else said) from None
    if layout.name != stem or not _NAME.fullmatch(stem):
        raise _unusable(
            f"{shown}:1",
            f"name {layout.name[:60]!r} in {stem[:60]}.yaml: they must be one, in a-z, 0-9 and _",
        )
    return layout


def _place(node: Node, path: tuple[int | str, ...]) -> object:
    """The deepest line the path leads to."""
    for step in path:
        if isinstance(node, Keys) and step in node.entries:
            node = node.entries[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node.place


def _unusable(where: str, actual: str) -> CompanyError:
    return CompanyError(
        "C166",
        "a layout of exports cannot be used",
        where=where,
        actual=actual[:200],
        remedy="see the layouts in docs/reference/exports.md; `kpi connectors recognise FILE` writes a skeleton",
    )

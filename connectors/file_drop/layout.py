"""What a company file must look like, and what a company may declare about its own files.

Belongs here: the shape of `layouts/*.yaml` and of `files.yaml`.
Not here: reading files against it (table.py).
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.definitions.strict_yaml import parse, plain
from models.errors import CompanyError, DefinitionError
from models.spellings import folded
from models.tables import MONEY_WIDTH

LAYOUTS = Path(__file__).parent / "layouts"

CellType = Literal["text", "currency", "date", "instant", "decimal", "integer", "boolean", "period"]
# Only encodings that refuse wrong bytes: latin-1 accepts everything and turns 成本 into rubbish unseen.
Encoding = Literal["utf-8-sig", "utf-8", "gbk", "gb18030", "big5", "utf-16"]

# how people and exports write "nothing"; 0 is a figure and never among them
NULLS = ("", "-", "--", "—", "空", "N/A", "n/a", "#N/A")


class DeclaredModel(BaseModel):
    """Base of what a YAML file declares: no key but the known ones, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnSpec(DeclaredModel):
    """One column: its type, the headers it may stand under, and which values are plausible."""

    name: str
    type: CellType
    required: bool = False
    id: bool = False
    headers: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    default: str | None = None
    # whose labels may stand for the id: 店长 for store_manager
    names: Literal["", "role", "kpi"] = ""
    places: int = 4
    percent: bool = False
    min: Decimal | None = None
    above: Decimal | None = None
    max: Decimal | None = None
    meant: str = ""  # what to write instead of a number outside

    def answers_to(self, header: str) -> bool:
        """Whether a header cell names this column; case, width, blanks and kinds of dashes do not matter."""
        return folded(header) in {folded(h) for h in (self.name, *self.headers)}


class QuarantineLimit(DeclaredModel):
    """Bad rows are set aside up to this share of the file; above it the file is refused."""

    quarantine_up_to: Decimal = Field(ge=0, le=1)


class Layout(DeclaredModel):
    """The layout of one table."""

    table: str
    grain: tuple[str, ...]
    bad_rows: Literal["refuse"] | QuarantineLimit
    encodings: tuple[Encoding, ...] = ("utf-8-sig", "utf-8")
    nulls: tuple[str, ...] = NULLS
    columns: tuple[ColumnSpec, ...]

    @property
    def limit(self) -> Decimal:
        """The share of bad rows that may be set aside; 0 refuses the file at the first one."""
        return Decimal(0) if self.bad_rows == "refuse" else self.bad_rows.quarantine_up_to


class FileOptions(DeclaredModel):
    """What a company declares about one file in `files.yaml`."""

    file: str | None = None
    sheet: str | None = None
    encoding: Encoding | None = None
    delimiter: Literal[",", ";", "\t"] = ","
    date_format: str | None = None
    # 1.234,50 where people write so; a file in one notation is never guessed to be in the other
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", "."] | None = None
    # of money, where a file has more of them than its currency, e.g. a price list in tenths of a cent
    decimals: int | None = Field(default=None, ge=0, le=MONEY_WIDTH.places)
    columns: dict[str, str] = {}

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> "FileOptions":
        if self.thousands == self.decimal:
            raise ValueError(
                f"thousands and decimal are both {self.decimal!r}: state the other `decimal:` too"
            )
        return self


def table_names() -> tuple[str, ...]:
    """Every table that has a layout, in alphabetical order."""
    return tuple(sorted(p.stem for p in LAYOUTS.glob("*.yaml")))


@cache
def load_layout(table: str) -> Layout:
    """The shipped layout of a table."""
    path = LAYOUTS / f"{table}.yaml"
    if table not in table_names():
        raise CompanyError(
            "C112", f"there is no table {table!r}", remedy=f"use one of {', '.join(table_names())}"
        )
    return Layout.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def parse_files_yaml(text: str) -> dict[str, FileOptions]:
    """The declarations of a company about its files, by table.

    Raises:
        CompanyError: C112 with the line when the text is no mapping of known tables to known options.
    """
    remedy = "write `costs: {file: costs.csv, encoding: gbk}`; tables: " + ", ".join(table_names())
    try:
        root = parse(text, "files.yaml")
    except DefinitionError as error:
        raise _unusable(error.where, f"{error.what} {error.actual}".rstrip(), error.remedy) from None
    found: dict[str, FileOptions] = {}
    for table, node in root.entries.items():
        place = str(root.key_places[table])
        if table not in table_names():
            raise _unusable(place, f"no table {table[:40]!r}", remedy)
        try:
            found[table] = FileOptions.model_validate(plain(node))
        except ValidationError as error:
            raise _unusable(place, _first_reason(error), remedy) from None
    return found


def _unusable(where: str, actual: str, remedy: str) -> CompanyError:
    what = "cannot use the file declarations"
    return CompanyError("C112", what, where=where, actual=actual, remedy=remedy)


def _first_reason(error: ValidationError) -> str:
    # without the input: a cell or a setting may be private
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:200]

"""What a company file must look like, and what a company may declare about its own files.

Belongs here: the shape of `layouts/*.yaml` and of `files.yaml`.
Not here: reading files against it (table.py).
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from models.errors import CompanyError

LAYOUTS = Path(__file__).parent / "layouts"

CellType = Literal["text", "date", "decimal", "integer", "boolean", "period"]
# Only encodings that refuse wrong bytes: latin-1 accepts everything and turns 成本 into rubbish unseen.
Encoding = Literal["utf-8-sig", "utf-8", "gbk", "gb18030", "big5", "utf-16"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnSpec(_Strict):
    """One column: its type, the headers it may stand under, and which values are plausible."""

    name: str
    type: CellType
    required: bool = False
    id: bool = False
    headers: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    default: str | None = None
    places: int = 4
    percent: bool = False
    min: Decimal | None = None
    above: Decimal | None = None
    max: Decimal | None = None

    def answers_to(self, header: str) -> bool:
        """Whether a header cell names this column; case and surrounding blanks do not matter."""
        wanted = header.strip().casefold()
        return wanted in {h.casefold() for h in (self.name, *self.headers)}


class QuarantineLimit(_Strict):
    """Bad rows are set aside up to this share of the file; above it the file is refused."""

    quarantine_up_to: Decimal = Field(ge=0, le=1)


class Layout(_Strict):
    """The layout of one table."""

    table: str
    grain: tuple[str, ...]
    bad_rows: Literal["refuse"] | QuarantineLimit
    encodings: tuple[Encoding, ...] = ("utf-8-sig", "utf-8")
    nulls: tuple[str, ...] = ("", "-", "--", "空")
    columns: tuple[ColumnSpec, ...]

    @property
    def limit(self) -> Decimal:
        """The share of bad rows that may be set aside; 0 refuses the file at the first one."""
        return Decimal(0) if self.bad_rows == "refuse" else self.bad_rows.quarantine_up_to


class FileOptions(_Strict):
    """What a company declares about one file in `files.yaml`."""

    file: str | None = None
    sheet: str | None = None
    encoding: Encoding | None = None
    delimiter: Literal[",", ";", "\t"] = ","
    date_format: str | None = None
    thousands: Literal[","] | None = None
    columns: dict[str, str] = {}


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


class _NoSurprises(yaml.SafeLoader):
    """YAML without aliases and with every key once: PyYAML would keep the last of two keys without a word."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [k.value for k, _ in node.value]
        twice = {k for k in keys if keys.count(k) > 1}
        if twice:
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: key {sorted(twice)[0]!r} stands twice")
        return super().construct_mapping(node, deep)


def parse_files_yaml(text: str) -> dict[str, FileOptions]:
    """The declarations of a company about its files, by table.

    Raises:
        CompanyError: C112 when the text is no mapping of known tables to known options.
    """
    remedy = "write `costs: {file: costs.csv, encoding: gbk}`; tables: " + ", ".join(table_names())
    try:
        raw = yaml.load(text, Loader=_NoSurprises) or {}  # noqa: S506 - a SafeLoader with two refusals more
        if not isinstance(raw, dict) or not set(raw) <= set(table_names()):
            raise ValueError("not a mapping of table names")
        return {table: FileOptions.model_validate(options) for table, options in raw.items()}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CompanyError(
            "C112", "cannot use the file declarations", where="files.yaml", actual=reason, remedy=remedy
        ) from None

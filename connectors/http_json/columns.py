"""The fields of a stream: which wire field fills which canonical column, and the row model made of them.

Belongs here: `fields` of a declaration, the model, the payload. Not here: what a value may be (wire.py), requests.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any

from pydantic import Field, create_model

from connectors.http_json.reading import as_name, as_path, wrong
from connectors.http_json.wire import (
    DATE_FORMATS,
    INSTANT_FORMATS,
    MONEY_UNITS,
    UNITS,
    column_type,
    instant_type,
    or_nothing,
    with_zone,
)
from connectors.kit.contract.fields import Row
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.strict_json import Json, dig
from models.definitions.reading import Fields, as_choice, as_mapping, as_text
from models.definitions.strict_yaml import Mapping as Keys
from models.definitions.strict_yaml import Node, Scalar
from models.tables import MONEY, Column, ColumnType, Sensitivity, Table
from models.values import FormError, nearest, read_currency

FROM_ACCOUNT = ("platform", "shop_id", "source_row_id", "zone")  # known without being asked
# a path of a declaration cannot begin with @ (reading.py), so that no field of a platform has this name
ASKED_DAY = "@asked_day"  # where the day of a question is written into each record
VERSION = "version"
_KINDS = (ColumnType.NUMBER, ColumnType.INSTANT, ColumnType.DATE)


@dataclass(frozen=True)
class FieldSpec:
    """One column: a path on the wire, or a constant."""

    column: Column
    path: str = ""
    _: KW_ONLY
    constant: str = ""
    type: Any = None
    is_needed: bool = False  # null and absent are a change of the platform
    may_be_absent: bool = False
    is_local: bool = False  # a clock time of the shop

    @property
    def attribute(self) -> str:
        """Its name in the row model."""
        return f"c_{self.column.name}"


@dataclass(frozen=True)
class Columns:
    """All fields of a stream and when a record changed (None for day streams)."""

    table: Table
    specs: tuple[FieldSpec, ...]
    day: str
    version: FieldSpec | None

    @property
    def key_columns(self) -> tuple[str, ...]:
        """What makes a row unique within a shop; a day stream needs the day in it as well."""
        own = tuple(name for name in self.table.key if name not in FROM_ACCOUNT)
        return own if self.version is not None or self.day in own else (self.day, *own)

    @property
    def hashed(self) -> tuple[str, ...]:
        """Wire paths of ids of people outside the company."""
        return tuple(s.path for s in self.specs if s.path and s.column.sensitivity is Sensitivity.PERSONAL)

    def all(self) -> tuple[FieldSpec, ...]:
        """Everything that is read from the wire."""
        found = [spec for spec in self.specs if spec.path]
        return (*found, self.version) if self.version is not None else tuple(found)

    def model(self, name: str) -> type[Row]:
        """The row model: exactly these fields, strict."""
        return _model(name, self._leaves)

    @property
    def _leaves(self) -> list[tuple[list[str], FieldSpec]]:
        return [(spec.path.split("."), spec) for spec in self.all()]

    @cached_property
    def _readers(self) -> dict[str, Callable[[Row], Any]]:
        routes = _routes(self._leaves)
        found: dict[str, Callable[[Row], Any]] = {
            s.column.name: partial(_follow, routes[s.attribute]) for s in self.all()
        }
        return found | {s.column.name: partial(_always, s.constant) for s in self.specs if not s.path}

    def value(self, row: Row, name: str) -> Any:
        """What a record has for a column."""
        return self._readers[name](row)

    def key(self, row: Row) -> str:
        """The id of a record, as fact files make it."""
        # the same row, brought by a file or by a connector, has one id
        return "|".join(_escaped(self.value(row, name)) for name in self.key_columns)

    def day_of(self, row: Row) -> Any:
        """The day or instant a record belongs to for ever."""
        return self.value(row, self.day)

    def version_of(self, row: Row) -> datetime:
        """When the record last changed."""
        found = self.value(row, VERSION)
        assert isinstance(found, datetime)  # noqa: S101 - its type is an instant
        return found

    def payload(self, row: Row) -> dict[str, Json]:
        """The canonical columns that are stated; days as text."""
        return {spec.column.name: _plain(self.value(row, spec.column.name)) for spec in self.specs}

    def stamp(self, records: str) -> Callable[[Json, PageQuery], None] | None:
        """What only the question knows, written into the records: the asked day, the zone of local times."""
        local = tuple(dict.fromkeys(spec.path for spec in self.all() if spec.is_local))
        is_dated = any(spec.path == ASKED_DAY for spec in self.specs)
        return partial(_stamp, records, local, is_dated=is_dated) if local or is_dated else None


def read_fields(node: Node, table: Table, day: str, version: Node | None, *, by_day: bool) -> Columns:
    """The `fields` of a stream.

    Raises:
        CompanyError: C176 for a column, C177 for a unit or format, C178 for day and version.
        DefinitionError: D1xx for the shape.
    """
    mapping = as_mapping(node, "fields")
    needed = {
        day,
        *(n for n in table.key if n not in FROM_ACCOUNT),
        *(c.name for c in table.given if c.required),
    }
    specs = tuple(
        _spec(_column(name, table, value), value, name in needed, by_day=by_day)
        for name, value in mapping.entries.items()
    )
    _check_complete(mapping, table, needed)
    _check_money(specs, mapping)
    found = next((spec for spec in specs if spec.column.name == day), None)
    if found is None or not found.path or found.column.type not in (ColumnType.DATE, ColumnType.INSTANT):
        raise wrong(
            "C178", "`day` names no day or instant of `fields`", mapping, day, "name one that never changes"
        )
    return Columns(table, specs, day, None if version is None else _version(version))


def _column(name: str, table: Table, node: Node) -> Column:
    if name in FROM_ACCOUNT:
        raise wrong("C176", f"{name} comes from sources.yaml", node, name, "leave it out")
    column = next((c for c in table.given if c.name == name), None)
    if column is None:
        known = [c.name for c in table.given if c.name not in FROM_ACCOUNT]
        raise wrong("C176", f"{table.name} has no such column to fill", node, name[:60], nearest(name, known))
    return column


def _spec(column: Column, node: Node, is_needed: bool, *, by_day: bool) -> FieldSpec:
    if isinstance(node, Scalar):
        return _spec_of(column, as_path(node, column.name), node, is_needed)
    entry = Fields(
        node, column.name, optional=("path", "value", "from", "unit", "format", "values", "optional")
    )
    ways = [way for way in ("path", "value", "from") if way in entry]
    if len(ways) != 1:
        raise wrong(
            "C176", f"{column.name} needs one of path, value, from", node, ", ".join(ways), "keep one"
        )
    if "value" in entry:
        return FieldSpec(column, constant=_constant(column, entry["value"]))
    if "from" in entry:
        as_choice(entry["from"], "from", ("asked_day",))
        if not by_day or column.type is not ColumnType.DATE:
            raise wrong(
                "C176", "asked_day fills a day column of a stream that is read by day", node, column.name, ""
            )
        return FieldSpec(column, ASKED_DAY, type=column_type(column), is_needed=True)
    return _spec_of(column, as_path(entry["path"], column.name), node, is_needed, entry)


def _spec_of(
    column: Column, path: str, node: Node, is_needed: bool, entry: Fields | None = None
) -> FieldSpec:
    unit, form, values = _unit(column, node, entry), _form(column, node, entry), _values(column, node, entry)
    optional = entry.get("optional") if entry is not None else None
    may_be_absent = optional is not None and as_choice(optional, "optional", ("true", "false")) == "true"
    if may_be_absent and is_needed:
        raise wrong("C176", f"{column.name} must always be there", node, "optional: true", "remove optional")
    type_ = column_type(column, unit=unit, form=form, values=values)
    is_local = column.type is ColumnType.INSTANT and form == "local"
    return FieldSpec(
        column,
        path,
        type=type_,
        is_needed=is_needed,
        may_be_absent=may_be_absent,
        is_local=is_local,
    )


def _unit(column: Column, node: Node, entry: Fields | None) -> str:
    """Money must say what it is counted in: a wrong guess is a factor of a hundred."""
    stated = entry.get("unit") if entry is not None else None
    is_money, is_number = column.sql_type == MONEY, column.type is ColumnType.NUMBER
    if stated is None:
        if is_money:
            remedy = f"write {{path: ..., unit: {' | '.join(MONEY_UNITS)}}}"
            raise wrong("C177", f"{column.name} is money and has no unit", node, "", remedy)
        return "one"
    if not is_number or column.sql_type == "BIGINT":
        raise wrong("C177", f"{column.name} has no unit", node, column.sql_type, "remove unit")
    return as_choice(stated, "unit", MONEY_UNITS if is_money else UNITS)


def _form(column: Column, node: Node, entry: Fields | None) -> str:
    stated = entry.get("format") if entry is not None else None
    if column.type is ColumnType.INSTANT:
        if stated is None:
            remedy = f"write {{path: ..., format: {' | '.join(INSTANT_FORMATS)}}}"
            raise wrong("C177", f"{column.name} is a point in time and has no format", node, "", remedy)
        return as_choice(stated, "format", INSTANT_FORMATS)
    if stated is not None and column.type is not ColumnType.DATE:
        raise wrong("C177", f"{column.name} has no format", node, str(column.type), "remove format")
    return "iso" if stated is None else as_choice(stated, "format", DATE_FORMATS)


def _values(column: Column, node: Node, entry: Fields | None) -> Mapping[str, str] | None:
    stated = entry.get("values") if entry is not None else None
    if stated is None:
        return None
    if column.type in _KINDS:
        raise wrong("C177", f"{column.name} takes no values", node, str(column.type), "remove values")
    # a flag has no list of allowed words in the table
    known = ("true", "false") if column.type is ColumnType.BOOLEAN else column.allowed
    found = {}
    for word, meaning in as_mapping(stated, "values").entries.items():
        found[word] = (
            as_choice(meaning, f"values of {column.name}", known) if known else as_name(meaning, column.name)
        )
    return found


def _constant(column: Column, node: Node) -> str:
    if column.type is not ColumnType.TEXT:
        raise wrong(
            "C176",
            f"{column.name} is no text: a constant would be a made-up figure",
            node,
            "value",
            "use path",
        )
    # where the table has a list, only its words; elsewhere any text
    text = as_choice(node, column.name, column.allowed) if column.allowed else as_text(node, column.name)
    if column.is_currency:
        try:
            read_currency(text)
        except FormError as error:
            raise wrong("C176", "this is not a currency", node, text[:20], error.remedy) from None
    return text


def _version(node: Node) -> FieldSpec:
    entry = Fields(node, VERSION, required=("path", "format"))
    form = as_choice(entry["format"], "format", INSTANT_FORMATS)
    column = Column(
        name=VERSION,
        type=ColumnType.INSTANT,
        sql_type="TIMESTAMPTZ",
        description="when the record last changed",
    )
    path = as_path(entry["path"], VERSION)
    return FieldSpec(column, path, type=instant_type(form), is_needed=True, is_local=form == "local")


def _check_complete(mapping: Keys, table: Table, needed: set[str]) -> None:
    absent = sorted(needed - set(mapping.entries))
    if absent:
        remedy = f"add {absent[0]}: to fields"
        raise wrong("C176", f"{table.name} cannot do without {', '.join(absent)}", mapping, "", remedy)


def _check_money(specs: tuple[FieldSpec, ...], mapping: Keys) -> None:
    money = [spec.column.name for spec in specs if spec.column.sql_type == MONEY]
    if money and all(spec.column.name != "currency" for spec in specs):
        remedy = "add currency: {path: ...} or {value: CNY}"
        raise wrong("C176", "money without a currency has no value", mapping, ", ".join(money[:3]), remedy)


def _model(name: str, leaves: list[tuple[list[str], FieldSpec]]) -> type[Row]:
    """A model of the fields at one level, with models of its own for the objects below."""
    fields: dict[str, Any] = {}
    for (step, *rest), spec in leaves:
        if not rest:
            type_ = spec.type if spec.is_needed else or_nothing(spec.type)
            fields[spec.attribute] = (type_, _field(step, may_be_absent=spec.may_be_absent))
    # numbered as `_routes` numbers them: both walk `_below` in its order
    for number, (step, inner) in enumerate(_below(leaves).items()):
        model = _model(f"{name}_{number}", inner)
        # an object may be null only if nothing inside it is needed
        is_needed = any(spec.is_needed for _, spec in inner)
        may_be_absent = all(spec.may_be_absent for _, spec in inner)
        fields[f"o_{number}"] = (
            model if is_needed else model | None,
            _field(step, may_be_absent=may_be_absent),
        )
    made: type[Row] = create_model(name, __base__=Row, **fields)
    return made


def _field(alias: str, *, may_be_absent: bool) -> Any:
    return Field(default=None, alias=alias) if may_be_absent else Field(alias=alias)


def _follow(route: tuple[str, ...], row: Row) -> Any:
    found: Any = row
    for attribute in route:
        if found is None:  # an object that is null: so is all below it
            return None
        found = getattr(found, attribute)
    return found


def _always(constant: str, _: Row) -> str:
    return constant


def _routes(
    leaves: list[tuple[list[str], FieldSpec]], above: tuple[str, ...] = ()
) -> dict[str, tuple[str, ...]]:
    """From the attribute of a field to the attributes that lead to it, as `_model` names them."""
    found = {spec.attribute: (*above, spec.attribute) for (_, *rest), spec in leaves if not rest}
    for number, inner in enumerate(_below(leaves).values()):
        found |= _routes(inner, (*above, f"o_{number}"))
    return found


def _below(leaves: list[tuple[list[str], FieldSpec]]) -> dict[str, list[tuple[list[str], FieldSpec]]]:
    """The fields inside objects, by the object."""
    below: dict[str, list[tuple[list[str], FieldSpec]]] = {}
    for (step, *rest), spec in leaves:
        if rest:
            below.setdefault(step, []).append((rest, spec))
    return below


def _stamp(records: str, local: tuple[str, ...], body: Json, query: PageQuery, *, is_dated: bool) -> None:
    for record in dig(body, records):
        for path in local:
            *parents, last = path.split(".")
            holder = record
            for step in parents:
                holder = holder.get(step) if isinstance(holder, dict) else None
            # null and the empty text stay: `or_nothing` or the refusal of a needed column decides
            if isinstance(holder, dict) and holder.get(last) not in (None, ""):
                holder[last] = with_zone(holder[last], query.account.tz)
        if is_dated:
            record[ASKED_DAY] = query.first_day.isoformat()


def _escaped(value: Any) -> str:
    text = _plain(value)
    text = text.isoformat() if isinstance(text, datetime) else str(text)
    # the backslash first, or those put before | would be doubled
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _plain(value: Any) -> Json:
    # a datetime is a date in Python
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value

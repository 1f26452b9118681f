"""Every column of every file a person keeps: a number wider than it holds, and an id that looks like another, is a refusal."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from connectors.file_drop import load_layout, read_table, table_names
from connectors.file_drop.exports.export_layout import shipped_exports
from connectors.file_drop.exports.export_reading import AMOUNT
from connectors.file_drop.exports.export_values import CellReader, clean
from connectors.file_drop.fact_layouts import fact_layout
from connectors.file_drop.fact_templates import fact_templates
from connectors.file_drop.layout import ColumnSpec, FileOptions, Layout
from connectors.file_drop.table import read_layout
from connectors.file_drop.templates import write_templates
from connectors.file_drop.values import BadValueError, parse_cell
from connectors.http_json.wire import DATE_FORMATS, INSTANT_FORMATS, UNITS, column_type
from models.errors import MeritError
from models.inputs import RATER_TYPES, TARGET_SCOPES
from models.tables import FACTS, Column, ColumnType
from models.values import width_of
from warehouse.raw.load import replace_company_table
from warehouse.store.connect import open_warehouse

WIDE = (
    "1" * 20,
    "1" * 21,
    "9" * 29,
    "9" * 38,
    "9" * 39,
    "9" * 400,
    "-" + "9" * 30 + ".5",
    "1" * 20 + ".123456789012",
    "0." + "1" * 30,
)
CELLS = st.one_of(
    st.text(),
    st.text("0123456789１²+-.,%:TZ eE/\u200b\u00a0=¥$'是否Q", min_size=1, max_size=50),
    st.from_regex(r"-?[0-9]{1,60}(\.[0-9]{1,60})?%?", fullmatch=True),
)
FACT_NAMES = sorted(name for name, table in FACTS.items() if not table.derived_from)
CORE = {
    "people": "person",
    "targets": "target",
    "ratings": "rating",
    "costs": "cost",
    "rates": "rate",
    "skus": "sku",
}


def layouts() -> Iterator[Layout]:
    yield from map(load_layout, table_names())
    yield from map(fact_layout, FACT_NAMES)


def is_number(spec: ColumnSpec) -> bool:
    return spec.type in {"decimal", "integer"}


NUMBERS = [(layout, spec) for layout in layouts() for spec in layout.columns if is_number(spec)]
IDS = [(layout, spec) for layout in layouts() for spec in layout.columns if spec.id and not spec.allowed]
SPECS = {
    (spec.type, spec.id, spec.places, spec.percent, spec.allowed): spec
    for la in layouts()
    for spec in la.columns
}


def name_of(pair: tuple[Layout, ColumnSpec]) -> str:
    return f"{pair[0].table}.{pair[1].name}"


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """One good row of every table, as the templates show it."""
    folder = tmp_path_factory.mktemp("company")
    write_templates(folder)
    files = {f"{name}.csv" for name in table_names()} | set(fact_templates())
    return {Path(file).stem: example(folder / file) for file in files if file.endswith(".csv")}


def example(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(zip(lines[0].split(","), lines[-1].removeprefix("# example: ").split(","), strict=True))


def written(folder: Path, layout: Layout, row: dict[str, str]) -> Path:
    path = folder / f"{layout.table}.csv"
    path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("pair", NUMBERS, ids=name_of)
def test_a_number_wider_than_its_column_is_refused_with_place_value_and_remedy(
    pair: tuple[Layout, ColumnSpec], examples: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    layout, spec = pair

    for text in WIDE:
        path = written(tmp_path, layout, examples[layout.table] | {spec.name: text})
        with pytest.raises(MeritError) as caught:
            read_layout(layout, path, options=FileOptions())
        error = caught.value if "C108" not in caught.value.code else caught.value.errors[1]  # type: ignore[attr-defined]
        assert error.code in {"C153", "C157"}, text
        assert error.where == f"{layout.table}.csv:2"
        assert spec.name in error.what
        assert len(error.actual) <= 50
        assert error.remedy


@pytest.mark.parametrize("pair", IDS, ids=name_of)
def test_an_id_that_looks_like_another_is_refused_with_the_character(
    pair: tuple[Layout, ColumnSpec], examples: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    layout, spec = pair
    path = written(tmp_path, layout, examples[layout.table] | {spec.name: "P0\u200b01"})

    with pytest.raises(MeritError) as caught:
        read_layout(layout, path, options=FileOptions())

    message = caught.value.render()
    assert "C159" in message
    assert f"{layout.table}.csv:2" in message
    assert "U+200B at character 3" in message
    assert "type the id again" in message


def test_two_people_who_look_the_same_are_not_two(tmp_path: Path) -> None:
    head = "person_id,name,role_id,valid_from\n"
    path = tmp_path / "people.csv"
    path.write_text(head + "P001,甲,cs,2026-01-01\nP001\u200b,甲,cs,2026-01-01\n", encoding="utf-8")

    with pytest.raises(MeritError) as caught:
        read_table("people", path)

    assert (caught.value.code, caught.value.where) == ("C159", "people.csv:3")

    path.write_text(head + "P001,甲,cs,2026-01-01\n P001 ,甲,cs,2026-01-01\n", encoding="utf-8")
    with pytest.raises(MeritError) as caught:
        read_table("people", path)
    assert caught.value.code == "C114"


@pytest.mark.parametrize("table", sorted(CORE))
def test_the_widest_number_that_is_read_fits_the_warehouse(
    table: str, examples: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    layout = load_layout(table)
    wide = {s.name: widest(s) for s in layout.columns if is_number(s) and s.name != "scale_max"}
    read = read_table(table, written(tmp_path, layout, examples[table] | wide))

    with open_warehouse(tmp_path / "home") as con:
        core, at = f"core_{CORE[table]}", datetime(2026, 1, 1, tzinfo=UTC)
        replace_company_table(con, core, read.rows, file=read.file, sha256=read.sha256, as_of=at)
        stored = con.table(core).fetchone()
        kept = dict(zip(con.table(core).columns, stored or (), strict=True))

    for name, text in wide.items():
        assert Decimal(kept[name]) == Decimal(text), name


def widest(spec: ColumnSpec) -> str:
    """The largest number of a column, with all its decimals."""
    assert spec.min is not None or spec.above is not None, spec.name
    assert spec.max is not None, spec.name
    if spec.type == "integer":
        return str(spec.max)
    return f"{spec.max - Decimal(1).scaleb(-spec.places):f}"


@pytest.mark.parametrize("table", FACT_NAMES)
def test_the_widest_number_of_a_fact_file_fits_its_column(table: str) -> None:
    for column in FACTS[table].given:
        spec = next((s for s in fact_layout(table).columns if s.name == column.name), None)
        width = width_of(column.sql_type)
        if spec is not None and is_number(spec) and width is not None:
            assert spec.max == (column.bounds.most or 10**width.whole - 1)
            assert spec.max.adjusted() < width.whole
            assert spec.places == width.places


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda s: s.name)
@settings(max_examples=40)
@given(text=CELLS, is_workbook=st.booleans(), form=st.sampled_from([None, "%d/%m/%Y", "%Y-%Y", "%"]))
def test_any_cell_is_a_value_or_a_refusal(
    spec: ColumnSpec, text: str, is_workbook: bool, form: str | None
) -> None:
    options = FileOptions(date_format=form, thousands=",")
    try:
        value = parse_cell(text, spec, options, from_workbook=is_workbook)
    except BadValueError:
        return
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        assert spec.max is None or value <= spec.max


@pytest.mark.parametrize("spec", [AMOUNT, *SPECS.values()], ids=lambda s: s.name)
@settings(max_examples=40)
@given(text=CELLS)
def test_any_cell_of_an_export_is_a_value_or_a_refusal(spec: ColumnSpec, text: str) -> None:
    layout = next(iter(shipped_exports().values()))
    cleaned = clean(text, layout.nulls)
    if cleaned is None:
        return
    try:
        CellReader(layout=layout, from_workbook=False).value(cleaned, spec)
    except BadValueError as error:
        assert error.remedy  # noqa: PT017 - most texts are no values, a few are


WIRE_COLUMNS = {
    (c.type, c.sql_type, c.is_id, c.is_currency, bool(c.allowed)): c
    for n in FACT_NAMES
    for c in FACTS[n].given
}
SCALARS = st.one_of(
    CELLS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=9),
)


def wire_types(column: Column) -> Iterator[object]:
    if column.type is ColumnType.NUMBER:
        yield from (column_type(column, unit=unit) for unit in UNITS)
    elif column.type is ColumnType.INSTANT:
        yield from (column_type(column, form=form) for form in INSTANT_FORMATS)
    elif column.type is ColumnType.DATE:
        yield from (column_type(column, form=form) for form in DATE_FORMATS)
    else:
        yield column_type(column)


@pytest.mark.parametrize("column", WIRE_COLUMNS.values(), ids=lambda c: c.name)
@settings(max_examples=40)
@given(value=SCALARS)
def test_any_value_of_an_answer_is_a_value_or_a_refusal(column: Column, value: object) -> None:
    for type_ in wire_types(column):
        try:
            found = TypeAdapter(type_).validate_python(value)
        except ValidationError:
            continue
        width = width_of(column.sql_type)
        assert not isinstance(found, Decimal) or width is None or abs(found) < 10**width.whole


@pytest.mark.parametrize("column", WIRE_COLUMNS.values(), ids=lambda c: c.name)
def test_a_wide_number_of_an_answer_is_refused(column: Column) -> None:
    if column.type is not ColumnType.NUMBER:
        return
    for text in WIDE:
        for value in (text, json.loads(text, parse_float=Decimal)):
            with pytest.raises(ValidationError):
                TypeAdapter(column_type(column)).validate_python(value)


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [("targets", "scope", TARGET_SCOPES), ("ratings", "rater_type", RATER_TYPES)],
)
def test_the_words_of_a_column_are_those_of_its_type(table: str, column: str, words: tuple[str, ...]) -> None:
    spec = next(c for c in load_layout(table).columns if c.name == column)

    assert spec.allowed == words

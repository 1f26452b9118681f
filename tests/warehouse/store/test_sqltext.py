"""The one place where text becomes SQL: every value comes back as itself."""

import ast
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import WarehouseError
from warehouse.store.sqltext import Sql, fill, identifier, literal, type_name

ROOT = Path(__file__).resolve().parents[3]
SQLTEXT = ROOT / "warehouse/store/sqltext.py"
ROWS = ROOT / "warehouse/store/rows.py"
# SQLAlchemy's expressions, which no text can get into; what runs text of its own is in these files too, and reads it from sql/
EXPRESSIONS = (ROOT / "pipelines/graph/event_log.py", ROOT / "warehouse/ledger")


def _calls(*folders: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in (p for folder in folders for p in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path, node


def test_text_becomes_sql_in_one_place_and_elsewhere_only_as_a_written_out_constant() -> None:
    """mypy refuses a str where Sql is wanted; this holds that nobody declares made-up text to be Sql."""
    made = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in _calls("warehouse", "pipelines", "connectors", "models")
        if isinstance(call.func, ast.Name)
        and call.func.id == "Sql"
        and path != SQLTEXT
        and not all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in call.args)
    ]

    assert made == []


def test_statements_of_the_warehouse_are_executed_in_one_place() -> None:
    executing = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in _calls("warehouse", "pipelines")
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"execute", "executemany", "sql"}
        and path != ROWS
        and not any(path.is_relative_to(place) for place in EXPRESSIONS)
    ]

    assert executing == []


def test_a_template_is_filled_with_sql_and_keeps_its_parameters() -> None:
    filled = fill(Sql("select ${column} from t where id = $$id"), column=identifier("qty"))

    assert filled == "select qty from t where id = $id"


@pytest.mark.parametrize("name", ["DECIMAL(18,4)", "VARCHAR[]", "TIMESTAMP WITH TIME ZONE", "BIGINT"])
def test_a_type_is_its_own_name(name: str) -> None:
    assert type_name(name) == name


@pytest.mark.parametrize("name", ["", "DECIMAL(18,4); drop table x", "STRUCT(a INTEGER)", "int --"])
def test_anything_but_a_plain_type_is_refused(name: str) -> None:
    with pytest.raises(WarehouseError, match="W110"):
        type_name(name)


@given(value=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_any_text_comes_back_as_itself(value: str) -> None:
    assert duckdb.execute(f"select {literal(value)}").fetchone() == (value,)


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
)
def test_any_number_comes_back_exactly(value: Decimal) -> None:
    assert duckdb.execute(f"select {literal(value)} - 0").fetchone() == (value,)


def test_dates_and_booleans_come_back() -> None:
    assert duckdb.execute(f"select {literal(date(2011, 11, 8))}, {literal(True)}").fetchone() == (
        date(2011, 11, 8),
        True,
    )


@pytest.mark.parametrize("name", ["", "A", "a b", "a;b", 'a"', "a--", "1a", "ü", "a" * 64])
def test_anything_but_a_plain_name_is_no_identifier(name: str) -> None:
    with pytest.raises(WarehouseError, match="W110"):
        identifier(name)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), "a\x00b"])
def test_what_has_no_exact_literal_is_refused(value: Decimal | str) -> None:
    with pytest.raises(WarehouseError, match="W111"):
        literal(value)

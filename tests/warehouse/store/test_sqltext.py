"""The one place where text becomes SQL: every value comes back as itself."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import WarehouseError
from warehouse.store.sqltext import identifier, literal


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

"""Rows become objects by the names of their columns, whatever their order."""

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pytest

from warehouse.store.rows import (
    first_record,
    has_table,
    instant,
    only_column,
    only_record,
    only_value,
    records,
    row_dicts,
)
from warehouse.store.sqltext import Sql


@dataclass(frozen=True, kw_only=True)
class _Shop:
    shop_id: str
    platform: str


def test_a_column_that_moves_in_the_select_stays_in_its_field(con: duckdb.DuckDBPyConnection) -> None:
    one = records(con, Sql("select 'uk' as shop_id, 'shopify' as platform"), (), _Shop)
    other = records(con, Sql("select 'shopify' as platform, 'uk' as shop_id"), (), _Shop)

    assert one == other == [_Shop(shop_id="uk", platform="shopify")]


def test_a_column_that_the_object_does_not_know_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(TypeError):
        records(con, Sql("select 'uk' as shop_id, 'shopify' as platform, 1 as n"), (), _Shop)


def test_one_row_one_column_and_no_row(con: duckdb.DuckDBPyConnection) -> None:
    nothing = Sql("select 'uk' as shop_id, 'shopify' as platform where false")

    assert first_record(con, nothing, (), _Shop) is None
    assert only_value(con, Sql("select n from (values (1)) as t(n) where n > ?"), [1]) is None
    assert only_column(con, Sql("select unnest([2, 1])")) == [2, 1]
    assert (
        only_record(con, Sql("select $shop as shop_id, 'p' as platform"), {"shop": "la"}, _Shop).shop_id
        == "la"
    )
    assert row_dicts(con, Sql("select 1 as n, 2 as m")) == [{"n": 1, "m": 2}]


def test_a_temporary_table_is_no_table_of_the_file(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create temp table for_now (n integer)")

    assert has_table(con, "core_order_line")
    assert not has_table(con, "for_now")


def test_microseconds_are_an_instant() -> None:
    assert instant(1_320_746_400_000_001) == datetime(2011, 11, 8, 10, 0, 0, 1, tzinfo=UTC)
